"""What is told, with a number: on its way to the caller, to the file, and back from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

import attrs

from ..errors import DecodeError
from ..events import DecodeFailed, Event
from ..state.models import Balance, ConditionOrder, Fill, Order, Position
from ..state.rows import Row
from ..state.values import model_of, values_of
from ..venues.base import Venue
from .coding import text_of, values_of_text

__all__ = [
    "Entry",
    "Numbered",
    "Record",
    "Tell",
    "TellAccount",
    "TellCondition",
    "TellOrder",
    "is_numbered",
    "item_of",
    "mark",
]


class Numbered:
    """An event or the text of a push on its way through the inbox, with its number.

    For the inbox it is an event: it has the ``raw`` that is measured there.

    Args:
        number: which private event of this checkpoint it is.
        item: the event, or the text that is decoded when it is taken.
        received_at: when it came (local Unix milliseconds).
        redelivered: whether it was delivered before, as far as the checkpoint knows.
    """

    __slots__ = ("item", "number", "raw", "received_at", "redelivered")

    def __init__(
        self, number: int, item: Event | bytes, received_at: int, redelivered: bool = False
    ) -> None:
        self.number = number
        self.item = item
        self.raw = item if isinstance(item, bytes) else item.raw
        self.received_at = received_at
        self.redelivered = redelivered


@attrs.frozen
class TellOrder:
    """What REST told of an order, or of one fill of it."""

    order: Order
    fill: Fill | None


@attrs.frozen
class TellAccount:
    """What REST told of balances and positions, and when that was (exchange time)."""

    balances: tuple[Balance, ...]
    positions: tuple[Position, ...]
    ts: int


@attrs.frozen
class TellCondition:
    """What REST told of a condition order."""

    condition: ConditionOrder


Tell = bytes | TellOrder | TellAccount | TellCondition
"""The text of a push, or what REST told."""


@attrs.define(eq=False)
class Record:
    """What one read or one comparison has brought: it is written as a whole, or not at all.

    Nobody changes it. It is made on the way of each push, where a frozen one would cost too much.
    """

    first: int
    """The number of the first event; the others follow it without a gap."""
    told: Sequence[tuple[Tell, int]]
    """What is told, each with the time at which it came."""
    topic: str
    rows: Sequence[Row]
    """What the mirror knows now of everything that was told."""
    certain_ms: int
    size: int
    """About how many bytes wait to be written."""
    is_beginning: bool = False
    """Whether ``rows`` are all that the mirror knows."""

    @property
    def last(self) -> int:
        """The number of the last event, or of the one before where there is none."""
        return self.first + len(self.told) - 1


@attrs.frozen
class Entry:
    """One event in the journal of the file."""

    number: int
    kind: str
    body: bytes | str
    received_at: int
    topic: str

    @classmethod
    def of(cls, number: int, tell: Tell, received_at: int, topic: str) -> Entry:
        """Return the entry of what is told.

        Raises:
            TypeError: it has a value that cannot be kept.
        """
        if isinstance(tell, bytes):
            return cls(number, "push", tell, received_at, topic)
        if isinstance(tell, TellOrder):
            fill = None if tell.fill is None else values_of(tell.fill)
            return cls(number, "order", text_of((values_of(tell.order), fill)), received_at, topic)
        if isinstance(tell, TellCondition):
            body = text_of(values_of(tell.condition))
            return cls(number, "condition", body, received_at, topic)
        balances, positions = (
            tuple(values_of(row) for row in rows) for rows in (tell.balances, tell.positions)
        )
        body = text_of((balances, positions, tell.ts))
        return cls(number, "account", body, received_at, topic)

    @property
    def size(self) -> int:
        """How many bytes it takes in the journal, about."""
        return len(self.body) + len(self.topic) + 50


def is_numbered(item: object) -> TypeGuard[Numbered]:
    """Whether an item of the inbox is one with a number."""
    return type(item) is Numbered


def item_of(entry: Entry, venue: Venue) -> Numbered:
    """Return an entry of the journal as it goes to the caller once more.

    What can no longer be read is delivered as a ``DecodeFailed`` with its text.
    """
    if isinstance(entry.body, bytes):
        return Numbered(entry.number, entry.body, entry.received_at, redelivered=True)
    try:
        event = _event_of(entry.kind, values_of_text(entry.body), entry, venue)
    except (ValueError, TypeError, LookupError, AttributeError, DecodeError) as error:
        event = DecodeFailed(
            received_at=entry.received_at,
            raw=entry.body,
            error=DecodeError(
                f"an event of the checkpoint cannot be read ({type(error).__name__})"
            ),
        )
    return Numbered(entry.number, mark(event), entry.received_at, redelivered=True)


def mark(event: Event) -> Event:
    """Return the event, marked as one that is delivered again."""
    return attrs.evolve(event, redelivered=True)


def _event_of(kind: str, values: tuple[Any, ...], entry: Entry, venue: Venue) -> Event:
    if kind == "order":
        order, fill = values
        return venue.order_event(
            model_of(Order, order),
            None if fill is None else model_of(Fill, fill),
            topic=entry.topic,
            received_at=entry.received_at,
        )
    if kind == "condition":
        return venue.condition_event(
            model_of(ConditionOrder, values), topic=entry.topic, received_at=entry.received_at
        )
    if kind != "account":
        raise ValueError("expected a kind that is known")
    balances, positions, ts = values
    (event,) = venue.account_events(
        balances=[model_of(Balance, row) for row in balances],
        positions=[model_of(Position, row) for row in positions],
        ts=ts,
        topic=entry.topic,
        received_at=entry.received_at,
    )
    return event
