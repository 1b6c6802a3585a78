"""What the tests of the codec share: running under each JSON engine and reader of pushes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sixmm.venues.sixmm import decoder

from .readers import NAMES, push_readers, reader


@pytest.fixture(scope="class", params=NAMES)
def each_engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """Let :func:`parse_json` use one engine after the other; skip where one is not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sixmm.codec.text.read", reader(request.param))
        yield request.param


@pytest.fixture(scope="class", params=NAMES)
def each_push_reader(request: pytest.FixtureRequest) -> Iterator[str]:
    """Let decoders read pushes with one reader after the other, whatever this process chose."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoder, "push_reader", push_readers(request.param))
        _forget_forms()
        yield request.param
    _forget_forms()


def _forget_forms() -> None:
    decoder._private_form.cache_clear()
    decoder._market_form.cache_clear()
