"""Comparing the account with the exchange, in the reader thread, while pushes are buffered.

Before the first connection the account is *primed*: a snapshot is taken over silently as what was
there before. From then on every connection begins with a comparison, and whatever happened between
two links is told. The calls run in the reader thread; between two of them it empties the socket
into the buffer, so that neither the exchange nor the kernel has to hold much.

Where the caller wants events only, pushes go to the inbox as text and the mirror rests. It catches
up from their tail when the account is compared. After a comparison that has told something, pushes
are held against the mirror for a while, because one that tells the same may still be on its way.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import TypeVar

import attrs

from ..clock import Deadline
from ..errors import DecodeError, SixmmError, Throttled
from ..events import DecodeFailed, Event, Resynced
from ..state.account import Telling, compare_orders
from ..state.models import Baseline, Facts, Snapshot
from .causes import MAX_RETRY_AFTER, Remedy, judge
from .lanes import EVENT_OVERHEAD_BYTES, Item, measure
from .reconcile import (
    AccountChange,
    Change,
    OrderChange,
    expects_fills,
    reconcile,
    torn_orders,
    without_orders,
)
from .routing import decode_messages
from .shared import Shared
from .tail import Read, Tail

__all__ = ["AccountSync", "Comparison"]

_PRIME_OVERLAP_MS = 10_000
_RETRY = "retry"
_CLOCK_DOUBT_MS = 2_000
"""How far the clocks of the stream and of REST may differ at the exchange."""

_LATE_MS = 10_000
"""How long a push may be on its way after a comparison that has told the same."""
_MAX_DECODED = 4_096
"""How many events may wait in decoded form: they take three times the memory of their text."""

Push = tuple[bytes, int]
"""A private message, and when it was received (local Unix milliseconds)."""
Told = tuple[Event, Push]
"""What a message says, and the message."""


@attrs.define
class _AtHand:
    """A read that is being handed over; a signal handler may raise in the middle of that."""

    messages: Sequence[bytes]
    received_at: int
    rests: bool
    puts_before: int
    is_new: list[bool] | None = None


@attrs.frozen(kw_only=True)
class Comparison:
    """A snapshot that was read, and the errors of the calls that failed."""

    snapshot: Snapshot
    errors: tuple[SixmmError, ...]

    @property
    def retry_after(self) -> float:
        """The seconds that the exchange asked to wait, or 0."""
        told = [e.retry_after or 0.0 for e in self.errors if isinstance(e, Throttled)]
        return min(max(told, default=0.0), MAX_RETRY_AFTER)

    @property
    def is_worth_another_try(self) -> bool:
        """Whether a part is missing for another reason than that the key may not read it."""
        return not self.snapshot.final.issuperset(self.snapshot.unchecked)


class AccountSync:
    """Keeps the mirror of one session equal to the account.

    It compares in the reader thread; :meth:`hand_over` runs in whichever thread reads.

    Args:
        shared: the parts of the session.
        tail: keeps the pushes that the mirror has not taken, where it rests; None makes one.
    """

    def __init__(self, shared: Shared, *, tail: Tail | None = None) -> None:
        self._shared = shared
        self._tail = tail or Tail()
        self._primed = False
        self._rests = shared.deliver == "events"
        self._was_lost = False
        # Pushes are missing in the mirror: what it knows of an order may not add up to its state.
        self._has_gap = False
        self._attentive_until_ms = 0
        self._at_hand: _AtHand | None = None

    def prime(self) -> None:
        """Take over the account as it is before the first connection; does nothing afterwards.

        Raises:
            SixmmError: a part could not be read now; try again.
        """
        if self._primed:
            return
        rest = self._shared.rest
        if not rest.server_clock.measured:
            rest.measure_clock()
        begin_ms = rest.server_clock.earliest_ms()
        comparison = self._read(Baseline(since_ms=begin_ms - _PRIME_OVERLAP_MS), begin_ms)
        for error in comparison.errors:
            # What will not pass by itself must not keep the stream from starting: the part is told
            # as unchecked after each connection.
            if _passes_by_itself(error):
                raise error
        with self._shared.mirror_lock:
            self._shared.mirror.begin(begin_ms)
            self._shared.mirror.adopt(comparison.snapshot)
            self._shared.mirror.mark_stale()
        self._primed = True
        self._shared.changes.note()

    def read(self, between: Callable[[], None]) -> Comparison:
        """Read a snapshot of what may have changed since the mirror was certain.

        Args:
            between: is run before each call; what it raises ends the reading.

        Raises:
            SixmmError: from ``between``, or because the credential was refused.
        """
        now_ms = self._shared.rest.server_clock.earliest_ms()
        self._catch_up()
        with self._shared.mirror_lock:
            baseline = self._shared.mirror.baseline()
        # A push that claims to be from the future must not hide what is missed until then.
        since_ms = min(baseline.since_ms, now_ms - _PRIME_OVERLAP_MS)
        return self._read(attrs.evolve(baseline, since_ms=since_ms), now_ms, between)

    def merge(
        self, comparison: Comparison, reads: Sequence[Read], *, reason: str, connection: int
    ) -> bool:
        """Tell what the snapshot shows, then the buffered pushes that are new, then the report.

        Returns False where something was left to a push that is on its way: look again soon.
        """
        shared, snapshot = self._shared, comparison.snapshot
        told = [
            (event, (message, received_at))
            for received_at, messages in reads
            for event, message in zip(self._decode(messages, received_at), messages, strict=True)
        ]
        facts = [shared.venue.facts(event) for event, _ in told]
        self._count_failures(told)
        is_late = [_is_before(fact, snapshot.as_of_ms - _CLOCK_DOUBT_MS) for fact in facts]
        is_timely = [not late for late in is_late]
        timely = _split(facts, is_timely)
        with shared.mirror_lock:
            # Pushes from long before the snapshot, which the exchange sends only now, go first.
            old = self._apply(_split(told, is_late), _split(facts, is_late))
            known = [fact for fact in timely if fact is not None]
            torn = self._torn(snapshot, known)
            snapshot = without_orders(snapshot, torn) if torn else snapshot
            # On a link that has been compared already, what is on its way needs no second look.
            is_open = reason != _RETRY and (
                expects_fills(shared.mirror, snapshot, known)
                or any(isinstance(event, DecodeFailed) for event, _ in told)
            )
            changes = reconcile(
                shared.mirror,
                snapshot,
                known,
                partly_filled=shared.venue.partly_filled,
            )
            fresh = self._apply(_split(told, is_timely), timely)
            self._close_gap(snapshot)
            shared.mirror.mark_checked(snapshot.as_of_ms, unchecked=snapshot.unchecked)
        shared.changes.note()
        self._show(facts)
        self._show([change for change in changes if isinstance(change, OrderChange)])
        repeated = len(told) - len(old) - len(fresh)
        shared.counters.repeated += repeated
        self._put_pushes(old)
        self._put([self._event_of(change) for change in changes])
        self._put_pushes(fresh)
        if changes:
            self._attentive_until_ms = shared.clock.time_ms() + _LATE_MS
        shared.tell(
            Resynced(
                reason=reason,
                connection=connection,
                checked=_checked(snapshot),
                unchecked=dict(snapshot.unchecked),
                delivered=len(changes),
                repeated=repeated,
            )
        )
        return not (torn or is_open)

    def is_torn(self, comparison: Comparison, reads: Sequence[Read]) -> bool:
        """Whether the snapshot has orders with fills that nothing has told yet."""
        venue = self._shared.venue
        # Only looked at: these messages are decoded again, and counted, when they are merged.
        facts = [
            fact
            for received_at, messages in reads
            for event in decode_messages(venue, messages, received_at=received_at)
            if (fact := venue.facts(event)) is not None
        ]
        with self._shared.mirror_lock:
            return bool(self._torn(comparison.snapshot, facts))

    def hand_over(self, messages: Sequence[bytes], *, received_at: int) -> bool:
        """Tell the pushes of one read that tell anything new, in order.

        Returns False where one could not be read: what it would have changed is then not certain.
        Where the mirror rests, every push is told, and this may be about one of an earlier read.
        """
        rests = self._rests and not (self._attentive_until_ms and self._is_attentive(received_at))
        puts = self._shared.inbox.private_puts
        self._at_hand = at_hand = _AtHand(messages, received_at, rests, puts)
        is_certain = self._pass_on(at_hand) if rests else self._take_in(at_hand)
        self._at_hand = None
        return is_certain

    def settle(self) -> None:
        """Do the rest of a hand-over that was interrupted by what a signal handler has raised.

        For the reader thread, when the caller who read has left it. What the mirror has taken and
        nobody was told would never be told otherwise.
        """
        at_hand, self._at_hand = self._at_hand, None
        if at_hand is None:
            return
        done = self._shared.inbox.private_puts - at_hand.puts_before
        if at_hand.rests:
            self._pass_on(at_hand, done=done)
        else:
            self._take_in(at_hand, done=done)

    def lost(self) -> None:
        """Note that the link ended: nothing in the mirror is certain until the next comparison."""
        self._was_lost = True
        if self._rests:
            # What it has not taken yet was told while it was certain: it is marked after that.
            return
        with self._shared.mirror_lock:
            self._shared.mirror.mark_stale()
        self._shared.changes.note()

    # Inside

    def _read(
        self, baseline: Baseline, now_ms: int, between: Callable[[], None] | None = None
    ) -> Comparison:
        errors: list[SixmmError] = []
        snapshot = self._shared.rest.run(
            self._shared.venue.snapshot_plan(baseline, now_ms=now_ms),
            deadline=Deadline(self._shared.options.sync_timeout, clock=self._shared.clock),
            between=between,
            on_error=errors.append,
        )
        return Comparison(snapshot=snapshot, errors=tuple(errors))

    def _take_in(self, at_hand: _AtHand, *, done: int = 0) -> bool:
        """Take pushes into the mirror, and tell those that are new, without the first ``done``."""
        shared, facts_of = self._shared, self._shared.venue.facts
        messages, received_at = at_hand.messages, at_hand.received_at
        events = self._decode(messages, received_at)
        facts = [facts_of(event) for event in events]
        is_readable = DecodeFailed not in set(map(type, events))
        with shared.mirror_lock:
            is_new = self._apply_all(facts, at_hand)
            if not is_readable:
                shared.mirror.mark_stale()
        shared.changes.note()
        self._show(facts)
        if not is_readable:
            shared.counters.decode_failures += sum(isinstance(e, DecodeFailed) for e in events)
        if not all(is_new):
            shared.counters.repeated += is_new.count(False)
            events, messages = _split(events, is_new), _split(messages, is_new)
        self._put_read(events[done:], messages[done:], received_at)
        return is_readable

    def _apply_all(self, facts: Sequence[Facts | None], at_hand: _AtHand) -> list[bool]:
        """Take facts into the mirror, under its lock; return which of them tell anything new."""
        apply = self._shared.mirror.apply
        is_new = at_hand.is_new
        if is_new is None:
            # Noted one by one, so that :meth:`settle` knows how far this came.
            at_hand.is_new = is_new = []
        elif len(is_new) < len(facts):
            # It was cut in this one: whatever the mirror has of it, nobody was told.
            fact = facts[len(is_new)]
            if fact is not None:
                apply(fact, again=True)
            is_new.append(True)
        is_new.extend(fact is None or apply(fact) for fact in facts[len(is_new) :])
        return is_new

    def _pass_on(self, at_hand: _AtHand, *, done: int = 0) -> bool:
        """Tell every push as text, without the first ``done``; keep it for the next comparison."""
        shared, messages, received_at = self._shared, at_hand.messages, at_hand.received_at
        size = measure(messages)
        if shared.watch.active:
            events = self._decode(messages, received_at)
            self._show([shared.venue.facts(event) for event in events])
        if self._primed and not self._tail.has(messages):
            self._tail.append(messages, received_at=received_at, size=size)
        if done:
            messages, size = messages[done:], measure(messages[done:])
        shared.inbox.put_private(messages, received_at=received_at, size=size)
        was_in_doubt, shared.is_in_doubt = shared.is_in_doubt, False
        return not was_in_doubt

    def _show(self, told: Sequence[Facts | OrderChange | None]) -> None:
        """Let those who follow single orders know what was told; no lock is held."""
        watch = self._shared.watch
        if not watch.active:
            return
        for item in told:
            if isinstance(item, Facts):
                watch.see(item.orders, item.fills)
            elif item is not None:
                watch.see((item.order,), () if item.fill is None else (item.fill,))

    def _is_attentive(self, received_at: int) -> bool:
        """Whether pushes are held against the mirror although it rests; once over, it is over."""
        if received_at >= self._attentive_until_ms:
            self._attentive_until_ms = 0
        return self._attentive_until_ms > 0

    def _catch_up(self) -> None:
        """Take into the mirror what was told while it rested."""
        shared = self._shared
        reads, was_cut = self._tail.take()
        self._has_gap = self._has_gap or was_cut
        events = [
            event
            for received_at, messages in reads
            for event in self._decode(messages, received_at)
        ]
        facts = [shared.venue.facts(event) for event in events]
        with shared.mirror_lock:
            if any(isinstance(event, DecodeFailed) for event in events):
                shared.mirror.mark_stale()
            for fact in facts:
                if fact is not None:
                    shared.mirror.apply(fact)
            if self._was_lost:
                shared.mirror.mark_stale()
        self._was_lost = False

    def _torn(self, snapshot: Snapshot, facts: Sequence[Facts]) -> frozenset[str]:
        if self._has_gap:
            # An order whose fills were told but are not in the mirror looks the same.
            return frozenset()
        return torn_orders(self._shared.mirror, snapshot, facts)

    def _close_gap(self, snapshot: Snapshot) -> None:
        """Take over how much of the open orders was executed by fills that the mirror missed."""
        if not self._has_gap or snapshot.open_orders is None:
            return
        mirror = self._shared.mirror
        # An order whose newest state is left to a push stays as it is, or that push would be taken
        # for a repeat.
        settled = tuple(
            order
            for order in snapshot.open_orders
            if compare_orders(mirror.order(order.order_id), order) is not Telling.NEW
        )
        mirror.adopt(
            Snapshot(as_of_ms=snapshot.as_of_ms, open_orders=settled, unchecked=snapshot.unchecked)
        )
        self._has_gap = len(settled) < len(snapshot.open_orders)

    def _decode(self, messages: Sequence[bytes], received_at: int) -> list[Event]:
        events = decode_messages(self._shared.venue, messages, received_at=received_at)
        for event in reversed(events):
            if event.topic:
                self._shared.private_topic = event.topic
                break
        return events

    def _count_failures(self, told: Sequence[Told]) -> None:
        failures = sum(isinstance(event, DecodeFailed) for event, _ in told)
        self._shared.counters.decode_failures += failures

    def _apply(self, told: Sequence[Told], facts: Sequence[Facts | None]) -> list[Told]:
        """Take events into the mirror, under its lock; return those that tell anything new."""
        mirror = self._shared.mirror
        return [
            event
            for event, fact in zip(told, facts, strict=True)
            if fact is None or mirror.apply(fact)
        ]

    def _put_pushes(self, told: Sequence[Told]) -> None:
        for received_at, group in itertools.groupby(told, key=_received_at):
            read = list(group)
            events, messages = [event for event, _ in read], [message for _, (message, _) in read]
            self._put_read(events, messages, received_at)

    def _put_read(
        self, events: Sequence[Event], messages: Sequence[bytes], received_at: int
    ) -> None:
        """Put pushes into the inbox, as text where many wait already: that takes less memory."""
        if self._shared.deliver == "state" or not events:
            return
        inbox = self._shared.inbox
        if inbox.private_depth < _MAX_DECODED:
            size = measure(messages) + EVENT_OVERHEAD_BYTES * len(events)
            inbox.put_private(events, size=size)
        else:
            inbox.put_private(list(map(_packed, events, messages)), received_at=received_at)

    def _put(self, events: Sequence[Event]) -> None:
        if self._shared.deliver != "state":
            self._shared.inbox.put_private(events)

    def _event_of(self, change: Change) -> Event:
        venue, topic = self._shared.venue, self._shared.private_topic
        now_ms = self._shared.clock.time_ms()
        if isinstance(change, AccountChange):
            return venue.account_event(
                balances=change.balances,
                positions=change.positions,
                ts=change.at_ms,
                topic=topic,
                received_at=now_ms,
            )
        return venue.order_event(change.order, change.fill, topic=topic, received_at=now_ms)


T = TypeVar("T")


def _received_at(told: Told) -> int:
    return told[1][1]


def _packed(event: Event, message: bytes) -> Item:
    # What could not be decoded was counted as such, and is not to be decoded again.
    return event if isinstance(event, DecodeFailed) else message


def _split(items: Sequence[T], chosen: Sequence[bool]) -> list[T]:
    return [item for item, is_chosen in zip(items, chosen, strict=True) if is_chosen]


def _is_before(facts: Facts | None, moment_ms: int) -> bool:
    return facts is not None and 0 < facts.ts_ms < moment_ms


def _passes_by_itself(error: SixmmError) -> bool:
    """Whether the same call may work in a moment; a reply of another form stays what it is."""
    verdict = judge(error, fresh_key=True)
    return verdict.remedy is Remedy.RETRY and not isinstance(error, DecodeError)


def _checked(snapshot: Snapshot) -> tuple[str, ...]:
    parts = {
        "fills": snapshot.fills,
        "orders": snapshot.open_orders,
        "positions": snapshot.positions,
        "balances": snapshot.balances,
    }
    return tuple(name for name, rows in parts.items() if rows is not None)
