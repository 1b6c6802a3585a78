"""What the tests of a session share: a server, and sessions that are closed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .server import FakeServer, Rig


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """An exchange in memory."""
    server = FakeServer()
    yield server
    server.close()


@pytest.fixture
def rig(server: FakeServer) -> Iterator[Callable[..., Rig]]:
    """A maker of sessions; at the end each is closed, and no thread may be left."""
    made: list[Rig] = []

    def make(**options: Any) -> Rig:
        made.append(Rig(server, **options))
        return made[-1]

    yield make
    assert all(rig.close() for rig in made)
    assert not Rig.threads()
