"""Comparing the account with the exchange, in the reader thread, while pushes are buffered.

Before the first connection the account is *primed*: a snapshot is taken over silently as what was
there before. From then on every connection begins with a comparison, and whatever happened between
two links is told. The calls run in the reader thread; between two of them it empties the socket
into the buffer, so that neither the exchange nor the kernel has to hold much.

Where the caller wants events only the mirror rests. It catches up from the tail of the pushes when
the account is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs

from ..checkpoint import Checkpoint, Tell, TellAccount, TellCondition, TellOrder, again
from ..clock import Deadline
from ..errors import DecodeError, SixmmError, Throttled
from ..events import DecodeFailed, Event, Resynced
from ..state.account import PARTS, Telling, compare_orders
from ..state.models import Baseline, Facts, Snapshot
from ..state.rows import Row
from .causes import MAX_RETRY_AFTER, Remedy, judge
from .handing import HandOver, Told, chosen_of, marked_late
from .reconcile import (
    AccountChange,
    Change,
    ConditionChange,
    OrderChange,
    expects_fills,
    reconcile,
    torn_orders,
    without_orders,
)
from .routing import decode_messages
from .shared import Shared
from .tail import Read

__all__ = ["AUDIT", "AccountSync", "Comparison", "Merged"]

AUDIT = "audit"
"""The reason of a comparison that nothing but the time has called for."""

_PRIME_OVERLAP_MS = 10_000
_CLOCK_DOUBT_MS = 2_000
"""How far the clocks of the stream and of REST may differ at the exchange."""


@attrs.frozen(kw_only=True)
class Comparison:
    """A snapshot that was read, and the errors of the calls that failed."""

    snapshot: Snapshot
    errors: tuple[SixmmError, ...]
    known_ms: int = 0
    """What was before that (exchange time) is in the snapshot for certain; 0 for not known."""

    @property
    def retry_after(self) -> float:
        """The seconds that the exchange asked to wait, or 0."""
        told = [e.retry_after or 0.0 for e in self.errors if isinstance(e, Throttled)]
        return min(max(told, default=0.0), MAX_RETRY_AFTER)

    @property
    def is_worth_another_try(self) -> bool:
        """Whether a part is missing for another reason than that the key may not read it."""
        return not self.snapshot.final.issuperset(self.snapshot.unchecked)

    @property
    def is_enough(self) -> bool:
        """Whether everything was read that pushes tell of, as far as the key may read it."""
        return self.snapshot.final.issuperset(self.snapshot.unchecked.keys() - {"conditions"})


@attrs.frozen
class Merged:
    """What a comparison came to."""

    is_whole: bool
    """Whether nothing was left to a push that is on its way; else look again soon."""
    untold: int
    """How many changes the snapshot has told that pushes should have told."""
    has_failures: bool
    """Whether a push came meanwhile that nobody can read."""


class AccountSync:
    """Keeps the mirror of one session equal to the account. For the reader thread.

    Args:
        shared: the parts of the session.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self.hand = HandOver(shared)
        """Tells what comes while nothing is compared."""
        self._was_lost = False
        self._is_restored = False
        # Pushes are missing in the mirror: what it knows of an order may not add up to its state.
        self._has_gap = False

    def prime(self) -> None:
        """Take over the account as it is before the first connection; does nothing afterwards.

        Raises:
            SixmmError: a part could not be read now; try again.
        """
        if self.hand.is_primed:
            return
        if self._shared.checkpoint is not None and not self._is_restored:
            self._restore(self._shared.checkpoint)
        rest = self._shared.rest
        if not rest.server_clock.measured:
            rest.measure_clock()
        if self._is_restored:
            self.hand.is_primed = True
            return
        begin_ms = rest.server_clock.earliest_ms()
        comparison = self._read(Baseline(since_ms=begin_ms - _PRIME_OVERLAP_MS), begin_ms)
        for error in () if comparison.is_enough else comparison.errors:
            # What will not pass by itself must not keep the stream from starting: the part is told
            # as unchecked after each connection.
            if _passes_by_itself(error):
                raise error
        with self._shared.mirror_lock:
            self._shared.mirror.begin(begin_ms)
            self._shared.mirror.adopt(comparison.snapshot)
            self._shared.mirror.mark_stale()
            rows, certain_ms = self._shared.mirror.rows(), self._shared.mirror.certain_ms
        if self._shared.checkpoint is not None:
            self._shared.checkpoint.begin(rows, certain_ms=certain_ms)
        self.hand.is_primed = True
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
        latest_ms = now_ms - _PRIME_OVERLAP_MS
        conditions_ms = baseline.conditions_since_ms
        baseline = attrs.evolve(
            baseline,
            since_ms=min(baseline.since_ms, latest_ms),
            conditions_since_ms=latest_ms
            if conditions_ms is None
            else min(conditions_ms, latest_ms),
        )
        return self._read(baseline, now_ms, between)

    def merge(
        self, comparison: Comparison, reads: Sequence[Read], *, reason: str, connection: int
    ) -> Merged:
        """Tell what the snapshot shows, then the buffered pushes that are new, then the report.

        An audit that has found nothing that a push should have told is not reported.
        """
        shared, hand, snapshot = self._shared, self.hand, comparison.snapshot
        told = [
            (event, (message, received_at))
            for received_at, messages in reads
            for event, message in zip(hand.decode(messages, received_at), messages, strict=True)
        ]
        facts = [shared.venue.facts(event) for event, _ in told]
        has_failures = self._count_failures(told) > 0
        is_late = [_is_before(fact, snapshot.as_of_ms - _CLOCK_DOUBT_MS) for fact in facts]
        is_timely = [not late for late in is_late]
        timely = chosen_of(facts, is_timely)
        with shared.mirror_lock:
            # Nothing is certain before the end: a push moves on what is, past what is still open.
            shared.mirror.mark_stale()
            # Pushes from long before the snapshot, which the exchange sends only now, go first.
            old = self._apply(chosen_of(told, is_late), chosen_of(facts, is_late))
            known = [fact for fact in timely if fact is not None]
            torn = self._torn(snapshot, known)
            snapshot = without_orders(snapshot, torn) if torn else snapshot
            open_parts = _open_parts(
                has_failures=has_failures,
                expects_fills=expects_fills(shared.mirror, snapshot, known),
            )
            changes = reconcile(
                shared.mirror,
                snapshot,
                known,
                partly_filled=shared.venue.partly_filled,
                known_ms=comparison.known_ms,
            )
            fresh = self._apply(chosen_of(told, is_timely), timely)
            unchecked = [p for p in PARTS if p in snapshot.unchecked or p in open_parts]
            self._close_gap(snapshot, unchecked)
            shared.mirror.mark_checked(snapshot.as_of_ms, unchecked=unchecked)
            rows = self._rows(facts, changes)
        first = self._record([*old, *changes, *fresh], rows)
        shared.changes.note()
        hand.show(facts)
        hand.show([change for change in changes if isinstance(change, OrderChange)])
        repeated = len(told) - len(old) - len(fresh)
        shared.counters.repeated += repeated
        hand.put_pushes(old, first)
        first = None if first is None else first + len(old)
        hand.put([event for change in changes for event in self._events_of(change)], first)
        hand.put_pushes(fresh, None if first is None else first + len(changes))
        untold = sum(not isinstance(change, ConditionChange) for change in changes)
        if untold:
            hand.be_attentive()
        if untold or reason != AUDIT:
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
        return Merged(not (torn or open_parts), untold, has_failures)

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

    def lost(self) -> None:
        """Note that the link ended: nothing in the mirror is certain until the next comparison."""
        self._was_lost = True
        if self.hand.rests:
            # What it has not taken yet was told while it was certain: it is marked after that.
            return
        with self._shared.mirror_lock:
            self._shared.mirror.mark_stale()
        self._shared.changes.note()

    # Inside

    def _restore(self, checkpoint: Checkpoint) -> None:
        """Begin where the checkpoint ends: what was not handled is delivered before all else."""
        shared, loaded = self._shared, checkpoint.take_loaded()
        if not loaded.has_begun:
            return
        self._is_restored = True
        shared.private_topic = loaded.topic
        with shared.mirror_lock:
            shared.mirror.restore(loaded.rows, certain_ms=loaded.certain_ms)
        shared.changes.note()
        self.hand.put_again(again(loaded, shared.venue))

    def _rows(self, facts: Sequence[Facts | None], changes: Sequence[Change]) -> Sequence[Row]:
        """Return what the checkpoint has to keep of a comparison; for whoever holds the lock."""
        if self._shared.checkpoint is None:
            return ()
        told = [change.condition for change in changes if isinstance(change, ConditionChange)]
        rows = self.hand.rows_of([*facts, *map(_facts_of, changes)])
        return [*rows, *self._shared.mirror.rows_of_conditions(told)]

    def _record(self, told: Sequence[Told | Change], rows: Sequence[Row]) -> int | None:
        """Have the checkpoint keep what a comparison tells; return the number of the first.

        It is one record: the mirror knows all of it already.
        """
        checkpoint = self._shared.checkpoint
        if checkpoint is None:
            return None
        now_ms = self._shared.clock.time_ms()
        tells = [one[1] if isinstance(one, tuple) else (_tell_of(one), now_ms) for one in told]
        return self.hand.record(checkpoint, tells, rows)

    def _read(
        self, baseline: Baseline, now_ms: int, between: Callable[[], None] | None = None
    ) -> Comparison:
        errors: list[SixmmError] = []
        clock = self._shared.rest.server_clock
        was_measured = clock.measured
        snapshot = self._shared.rest.run(
            self._shared.venue.snapshot_plan(baseline, now_ms=now_ms),
            deadline=Deadline(self._shared.options.sync_timeout, clock=self._shared.clock),
            between=between,
            on_error=errors.append,
        )
        # A clock that was not known, or was put back meanwhile, says nothing about pushes: to take
        # a new one for an old one would be worse than the reverse.
        is_timed = was_measured and clock.earliest_ms() >= now_ms
        known_ms = max(0, now_ms - _CLOCK_DOUBT_MS) if is_timed else 0
        return Comparison(snapshot=snapshot, errors=tuple(errors), known_ms=known_ms)

    def _catch_up(self) -> None:
        """Take into the mirror what was told while it rested."""
        shared, hand = self._shared, self.hand
        reads, was_cut = hand.tail.take()
        self._has_gap = self._has_gap or was_cut
        events = [
            event for received_at, messages in reads for event in hand.decode(messages, received_at)
        ]
        facts = [shared.venue.facts(event) for event in events]
        with shared.mirror_lock:
            if any(isinstance(event, DecodeFailed) for event in events):
                shared.mirror.mark_stale()
            for fact in facts:
                if fact is not None:
                    shared.mirror.apply(fact)
            # They were told as they came; nobody can say any more that one came late.
            shared.mirror.take_late()
            if self._was_lost:
                shared.mirror.mark_stale()
        self._was_lost = False

    def _torn(self, snapshot: Snapshot, facts: Sequence[Facts]) -> frozenset[str]:
        if self._has_gap:
            # An order whose fills were told but are not in the mirror looks the same.
            return frozenset()
        return torn_orders(self._shared.mirror, snapshot, facts)

    def _close_gap(self, snapshot: Snapshot, unchecked: Sequence[str]) -> None:
        """Take over how much of the open orders was executed by fills that the mirror missed.

        Args:
            snapshot: what REST says.
            unchecked: what is not certain after it.
        """
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
        notes = dict.fromkeys(unchecked, "")
        mirror.adopt(Snapshot(as_of_ms=snapshot.as_of_ms, open_orders=settled, unchecked=notes))
        self._has_gap = len(settled) < len(snapshot.open_orders)

    def _count_failures(self, told: Sequence[Told]) -> int:
        failures = sum(isinstance(event, DecodeFailed) for event, _ in told)
        self._shared.counters.decode_failures += failures
        return failures

    def _apply(self, told: Sequence[Told], facts: Sequence[Facts | None]) -> list[Told]:
        """Take events into the mirror, under its lock; return those that tell anything new."""
        mirror = self._shared.mirror
        is_new = [fact is None or mirror.apply(fact) for fact in facts]
        if late := mirror.take_late():
            events = marked_late([event for event, _ in told], facts, late)
            told = [(event, push) for event, (_, push) in zip(events, told, strict=True)]
        return chosen_of(told, is_new)

    def _events_of(self, change: Change) -> Sequence[Event]:
        """Return the events of a change; of a checkpointed account each change is one event."""
        venue, topic = self._shared.venue, self._shared.private_topic
        now_ms = self._shared.clock.time_ms()
        if isinstance(change, AccountChange):
            return venue.account_events(
                balances=change.balances,
                positions=change.positions,
                ts=change.at_ms,
                topic=topic,
                received_at=now_ms,
            )
        if isinstance(change, ConditionChange):
            return (venue.condition_event(change.condition, topic=topic, received_at=now_ms),)
        return (venue.order_event(change.order, change.fill, topic=topic, received_at=now_ms),)


def _tell_of(change: Change) -> Tell:
    if isinstance(change, AccountChange):
        return TellAccount(change.balances, change.positions, change.at_ms)
    if isinstance(change, ConditionChange):
        return TellCondition(change.condition)
    return TellOrder(change.order, change.fill)


def _facts_of(change: Change) -> Facts | None:
    if isinstance(change, ConditionChange):
        return None
    if isinstance(change, AccountChange):
        return Facts(balances=change.balances, positions=change.positions)
    return Facts(orders=(change.order,), fills=() if change.fill is None else (change.fill,))


def _is_before(facts: Facts | None, moment_ms: int) -> bool:
    return facts is not None and 0 < facts.ts_ms < moment_ms


def _open_parts(*, has_failures: bool, expects_fills: bool) -> tuple[str, ...]:
    """Return the parts that are certain only after another look.

    A push that nobody can read may have told of a change that is later than the snapshot. A fill
    that is left to a push is not told yet, and should the link be lost before that push has come,
    the next snapshot has to reach back to it.
    """
    if has_failures:
        return PARTS
    return ("fills", "orders") if expects_fills else ()


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
        "conditions": snapshot.conditions,
    }
    return tuple(name for name, rows in parts.items() if rows is not None)
