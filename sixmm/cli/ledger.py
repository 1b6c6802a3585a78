"""What a client delivered, arranged for the questions of the audit."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

import attrs

from ..events import Event, Origin
from .claims import AccountKey, Claims, FillClaim, OrderClaim, Values, agree, claims_of_event
from .course import Course, Rising
from .history import Entry, History

__all__ = ["Ledger", "Telling"]

K = TypeVar("K")


@attrs.frozen
class Telling:
    """One telling of one balance or position."""

    index: int
    """Its place among the delivered events."""
    ts_ms: int
    values: Values
    by_rest: bool


class _Thread:
    """Every telling of one balance or position, in the order of delivery."""

    def __init__(self) -> None:
        self.last: Telling | None = None
        self.by_rest: list[Telling] = []
        self.pushes = Rising()
        self._seqs: list[int] = []
        self._indexes: list[int] = []

    def add(self, telling: Telling, entry: Entry | None) -> None:
        self.last = telling
        if telling.by_rest:
            self.by_rest.append(telling)
        if entry is not None:
            place = bisect_left(self._seqs, entry.seq)
            self._seqs.insert(place, entry.seq)
            self._indexes.insert(place, telling.index)

    def streamed_after(self, seq: int) -> bool:
        """Whether a push of a later entry was delivered."""
        return bool(self._seqs) and self._seqs[-1] > seq

    def index_before(self, seq: int) -> int:
        """Return where the newest push of an entry before ``seq`` was delivered, or -1."""
        place = bisect_left(self._seqs, seq)
        return self._indexes[place - 1] if place else -1


class Ledger:
    """The delivered events, taken in one by one.

    Args:
        history: the exchange's log that the events are held against.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self.disorders: list[str] = []
        """The events that go back, each in words."""
        self.inventions: list[str] = []
        """The events that tell what never was, each in words."""
        self._index = 0
        self._courses: dict[str, Course] = {}
        self._streamed: dict[str, Claims] = {}
        self._fills: dict[str, FillClaim] = {}
        self._tellings: set[Values] = set()
        self._states: Counter[Values] = Counter()
        self._snapshots: set[tuple[int, frozenset[tuple[AccountKey, Values]]]] = set()
        self._newest_of_state: dict[Values, int] = {}
        self._newest_of_order: dict[str, int] = {}
        self._threads: dict[AccountKey, _Thread] = {}

    def take(self, event: Event) -> str | None:
        """Take in one event; return what it repeats, or None where it is new."""
        claims = claims_of_event(event)
        entry = self._history.by_text.get(event.raw) if event.origin is Origin.STREAM else None
        known_fill = self._take_fill(claims.fill)
        news = claims.fill is not None and known_fill is None
        self._note(self.inventions, self._invention(event, claims, entry))
        if claims.order is not None:
            course = self._courses.setdefault(claims.order.order_id, Course())
            self._note(self.disorders, course.take(claims.order, _seq_of(entry)))
        reasons = [
            self._take_text(event, claims, entry),
            known_fill,
            self._take_order(claims.order, entry, tells_fill=news),
            self._take_account(event, claims.account, entry),
        ]
        self._index += 1
        return next((reason for reason in reasons if reason), None)

    # Asking

    def was_streamed(self, entry: Entry) -> bool:
        """Whether the exact text of the entry was delivered, and read as what it says."""
        return self._streamed.get(entry.text) == entry.claims

    def told_fill(self, fill: FillClaim) -> bool:
        """Whether the fill was told, with the same values wherever both sides have one."""
        told = self._fills.get(fill.fill_id)
        return told is not None and agree(told.values, fill.values)

    def told_state(self, order: OrderClaim) -> bool:
        """Whether this state of the order was told, not counting an earlier state like it."""
        return self._newest_of_state.get(order.state, -1) >= (order.updated_at_ms or 0)

    def told_later_order(self, order: OrderClaim) -> bool:
        """Whether a later state of the order was told."""
        return self._newest_of_order.get(order.order_id, -1) > (order.updated_at_ms or 0)

    def ends_as(self, order: OrderClaim) -> bool:
        """Whether the last telling of the order has this status and executed quantity."""
        course = self._courses.get(order.order_id)
        last = course.last if course is not None else None
        return last is not None and (last.status, last.executed) == (order.status, order.executed)

    def told_values(self, key: AccountKey, values: Values, seq: int) -> bool:
        """Whether a snapshot told these values after the pushes that came before entry ``seq``."""
        thread = self._threads.get(key)
        if thread is None:
            return False
        start = thread.index_before(seq)
        return any(t.index > start and t.values == values for t in thread.by_rest)

    def told_later_values(self, key: AccountKey, entry: Entry) -> bool:
        """Whether a later state of the balance or position was told."""
        thread = self._threads.get(key)
        if thread is None:
            return False
        start = thread.index_before(entry.seq)
        return thread.streamed_after(entry.seq) or any(
            t.index > start and t.ts_ms >= entry.ts_ms for t in thread.by_rest
        )

    def final_values(self, key: AccountKey) -> Values | None:
        """Return the values of the last telling, or None where there was none."""
        thread = self._threads.get(key)
        return thread.last.values if thread is not None and thread.last is not None else None

    # Taking in

    def _note(self, reasons: list[str], reason: str | None) -> None:
        if reason is not None:
            reasons.append(f"event {self._index}: {reason}")

    def _invention(self, event: Event, claims: Claims, entry: Entry | None) -> str | None:
        is_push = event.origin is Origin.STREAM
        if is_push and entry is None and claims != Claims():
            return "a push that was never sent"
        return self._history.reached.invention_in(claims, by_rest=not is_push)

    def _take_text(self, event: Event, claims: Claims, entry: Entry | None) -> str | None:
        if entry is None and claims == Claims():
            return None
        if event.origin is not Origin.STREAM:
            return None
        repeated = event.raw in self._streamed
        self._streamed.setdefault(event.raw, claims)
        return "the same push" if repeated else None

    def _take_fill(self, fill: FillClaim | None) -> str | None:
        if fill is None:
            return None
        repeated = fill.fill_id in self._fills
        self._fills.setdefault(fill.fill_id, fill)
        return f"fill {fill.fill_id}" if repeated else None

    def _take_order(
        self, order: OrderClaim | None, entry: Entry | None, *, tells_fill: bool
    ) -> str | None:
        """Note an order state; it is a repeat where it was told more often than it was reached.

        An event that tells a new fill is news whatever state comes with it: where a fill was missed
        and the order was amended after it, a snapshot only has the amended price and quantity. So
        such a state of a snapshot counts as told with that time only.
        """
        if order is None:
            return None
        self._states[order.state] += entry is not None or not tells_fill
        reached = max(1, self._history.states[order.state])
        repeated = order.moment in self._tellings or self._states[order.state] > reached
        self._tellings.add(order.moment)
        self._note_newest(order)
        return f"order {order.order_id} {order.status}" if repeated and not tells_fill else None

    def _note_newest(self, order: OrderClaim) -> None:
        time_ms = order.updated_at_ms
        # A telling without a time may be of any time: it tells its own state, and no later one.
        _raise_to(self._newest_of_state, order.state, sys.maxsize if time_ms is None else time_ms)
        _raise_to(self._newest_of_order, order.order_id, time_ms or 0)

    def _take_account(
        self, event: Event, account: Mapping[AccountKey, Values], entry: Entry | None
    ) -> str | None:
        if not account:
            return None
        by_rest = event.origin is Origin.REST
        repeated = self._tells_nothing_new(account, entry, by_rest=by_rest)
        if by_rest:
            snapshot = event.ts, frozenset(account.items())
            repeated |= snapshot in self._snapshots
            self._snapshots.add(snapshot)
        for key, values in account.items():
            telling = Telling(self._index, event.ts, values, by_rest)
            thread = self._threads.setdefault(key, _Thread())
            thread.add(telling, entry)
            if thread.pushes.falls(_seq_of(entry)):
                self._note(self.disorders, "/".join(key) + " after a later push")
        return "/".join(next(iter(account))) if repeated else None

    def _tells_nothing_new(
        self, account: Mapping[AccountKey, Values], entry: Entry | None, *, by_rest: bool
    ) -> bool:
        """Whether all of it was told, and by a snapshot where a push would be the one to tell it.

        A push whose values did not change at the exchange either is no repeat: something else did.
        """
        if any(self.final_values(key) != values for key, values in account.items()):
            return False
        if by_rest:
            return True
        news = entry.news if entry is not None else ()
        return bool(news) and all(self._was_by_rest(key) for key in news)

    def _was_by_rest(self, key: AccountKey) -> bool:
        last = self._threads[key].last
        return last is not None and last.by_rest


def _seq_of(entry: Entry | None) -> int | None:
    return None if entry is None else entry.seq


def _raise_to(newest: dict[K, int], key: K, value: int) -> None:
    newest[key] = max(newest.get(key, -1), value)
