"""What a depth push says about a book, from its text on."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from sixmm.errors import DecodeError
from sixmm.events import UnknownEvent
from sixmm.state.book_keeper import BookKeeper
from sixmm.venues.sixmm.book_facts import book_change
from sixmm.venues.sixmm.decoder import decode


def push(**data: Any) -> str:
    """Return a depth push as docs/wire.md assumes it."""
    return json.dumps(
        {"topic": "market.depth.BTCUSDT", "event": "data", "ts": 1771047000123, "data": data}
    )


def test_a_depth_push_tells_a_change() -> None:
    """Levels, version, time, and whether it is the whole book (rules 85, 91, 92)."""
    levels = {"bids": [["86000.1", "0.5"]], "asks": [["86000.2", "0"]]}
    change = book_change(decode(push(symbol="BTCUSDT", endVersion=9, snapshot=False, **levels)))

    assert change is not None
    assert list(change.bids) == [(Decimal("86000.1"), Decimal("0.5"))]
    assert list(change.asks) == [(Decimal("86000.2"), Decimal(0))]
    assert (change.symbol, change.end_version, change.ts_ms) == ("BTCUSDT", 9, 1771047000123)
    assert change.is_snapshot is False


def test_what_a_push_leaves_out_is_not_made_up() -> None:
    """Only endVersion is documented: the symbol is that of the topic, the mark stays unknown."""
    change = book_change(decode(push(endVersion=9)))

    assert change is not None
    assert (change.symbol, change.is_snapshot) == ("BTCUSDT", None)
    assert (list(change.bids), list(change.asks)) == ([], [])


def test_a_push_without_a_version_cannot_be_followed() -> None:
    """The book is stale then, rather than followed by guess (rule 92)."""
    change = book_change(decode(push(snapshot=True)))
    keeper = BookKeeper("BTCUSDT")
    assert change is not None
    keeper.apply(change, received_at=1)

    assert keeper.stale


@pytest.mark.parametrize("bids", [[["1"]], [["1", 2]], [["1", "1e5"]], {}, "text", [None]])
def test_a_wrong_level_makes_the_book_stale(bids: Any) -> None:
    """Wherever it is noticed: when the push is decoded, or when the level is read."""
    keeper = BookKeeper("BTCUSDT")
    try:
        change = book_change(decode(push(endVersion=1, snapshot=True, bids=bids)))
    except DecodeError:
        return
    assert change is not None
    keeper.apply(change, received_at=1)

    assert keeper.stale


def test_other_events_tell_nothing() -> None:
    """A trade is no change of a book; neither is what nobody knows."""
    assert book_change(UnknownEvent()) is None
    assert book_change(decode(push().replace("market.depth", "market.trade"))) is None
