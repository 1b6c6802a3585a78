"""What the tests of the codec share: running under each JSON engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .readers import NAMES, reader


@pytest.fixture(scope="class", params=NAMES)
def each_engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """Let :func:`parse_json` use one engine after the other; skip where one is not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sixmm.codec.text.read", reader(request.param))
        yield request.param
