"""What a depth push says about a book: the one place that names its fields.

Only ``endVersion`` is documented (rule 92). Should the real exchange name the others differently,
or leave one out, :class:`~.stream_schema.DepthUpdate` and this function are what has to change.
"""

from __future__ import annotations

from ...events import Event
from ...state.book_keeper import BookChange
from .stream_schema import DepthUpdate

__all__ = ["book_change"]


def book_change(event: Event) -> BookChange | None:
    """Return what a depth push tells, or None for any other event.

    The levels are checked when they are read: a wrong one raises ``DecodeError`` then. Where the
    push does not say whether it is a snapshot, the first one after a subscription is (rule 91).
    """
    if not isinstance(event, DepthUpdate):
        return None
    return BookChange(
        symbol=event.symbol,
        bids=event.bids,
        asks=event.asks,
        end_version=event.end_version,
        is_snapshot=event.snapshot,
        ts_ms=event.ts,
    )
