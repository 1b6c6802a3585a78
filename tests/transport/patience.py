"""Deadlines and threads for tests that wait for events and never for time."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from sixmm.clock import Deadline
from tests.transport.servers import PATIENCE

__all__ = ["in_thread", "past", "soon", "wait_until"]


def soon() -> Deadline:
    """A deadline that only a fault reaches."""
    return Deadline(PATIENCE)


def past() -> Deadline:
    """A deadline that has passed."""
    return Deadline(0.0)


@contextlib.contextmanager
def in_thread(action: Callable[[], object]) -> Iterator[list[Exception]]:
    """Run ``action`` in a thread and join it; what it raises is in the list afterwards."""
    raised: list[Exception] = []

    def run() -> None:
        try:
            action()
        except Exception as exc:
            raised.append(exc)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield raised
    thread.join(PATIENCE)
    assert not thread.is_alive(), "the thread did not end"


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until another thread has made ``condition`` true."""
    deadline, pause = soon(), threading.Event()
    while not condition():
        assert not deadline.expired, "it did not happen"
        pause.wait(0.001)
