"""Comparing the account with the exchange, in the reader thread, while pushes are buffered.

Before the first connection the account is *primed*: a snapshot is taken over silently as what was
there before. From then on every connection begins with a comparison, and whatever happened between
two links is told. The calls run in the reader thread; between two of them it empties the socket
into the buffer, so that neither the exchange nor the kernel has to hold much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import attrs

from ..clock import Deadline
from ..errors import DecodeError, SixmmError, Throttled
from ..events import DecodeFailed, Event, Resynced
from ..state.models import Baseline, Facts, Snapshot
from .causes import MAX_RETRY_AFTER, Remedy, judge
from .reconcile import AccountChange, Change, expects_fills, reconcile, torn_orders, without_orders
from .routing import decode_message
from .shared import Shared

__all__ = ["AccountSync", "Comparison", "Pushed"]

_PRIME_OVERLAP_MS = 10_000
_RETRY = "retry"
_CLOCK_DOUBT_MS = 2_000
"""How far the clocks of the stream and of REST may differ at the exchange."""

Pushed = tuple[bytes, int]
"""A private message, and when it was received (local Unix milliseconds)."""


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
    """Keeps the mirror of one session equal to the account. Used by the reader thread only.

    Args:
        shared: the parts of the session.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._primed = False

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

    def read(self, between: Callable[[], None]) -> Comparison:
        """Read a snapshot of what may have changed since the mirror was certain.

        Args:
            between: is run before each call; what it raises ends the reading.

        Raises:
            SixmmError: from ``between``, or because the credential was refused.
        """
        now_ms = self._shared.rest.server_clock.earliest_ms()
        with self._shared.mirror_lock:
            baseline = self._shared.mirror.baseline()
        # A push that claims to be from the future must not hide what is missed until then.
        since_ms = min(baseline.since_ms, now_ms - _PRIME_OVERLAP_MS)
        return self._read(attrs.evolve(baseline, since_ms=since_ms), now_ms, between)

    def merge(
        self, comparison: Comparison, pushed: Sequence[Pushed], *, reason: str, connection: int
    ) -> bool:
        """Tell what the snapshot shows, then the buffered pushes that are new, then the report.

        Returns False where something was left to a push that is on its way: look again soon.
        """
        shared, snapshot = self._shared, comparison.snapshot
        events = [self._decode(push) for push in pushed]
        facts = [shared.venue.facts(event) for event in events]
        is_late = [_is_before(fact, snapshot.as_of_ms - _CLOCK_DOUBT_MS) for fact in facts]
        late, timely = _split(events, is_late), _split(facts, [not late for late in is_late])
        with shared.mirror_lock:
            # Pushes from long before the snapshot, which the exchange sends only now, go first.
            old = self._apply(late, _split(facts, is_late))
            known = [fact for fact in timely if fact is not None]
            torn = torn_orders(shared.mirror, snapshot, known)
            snapshot = without_orders(snapshot, torn) if torn else snapshot
            # On a link that has been compared already, what is on its way needs no second look.
            is_open = reason != _RETRY and (
                expects_fills(shared.mirror, snapshot, known)
                or any(isinstance(event, DecodeFailed) for event in events)
            )
            changes = reconcile(
                shared.mirror,
                snapshot,
                known,
                partly_filled=shared.venue.partly_filled,
            )
            fresh = self._apply(_split(events, [not late for late in is_late]), timely)
            shared.mirror.mark_checked(snapshot.as_of_ms, unchecked=snapshot.unchecked)
        repeated = len(events) - len(old) - len(fresh)
        shared.counters.repeated += repeated
        self._put(old)
        self._put([self._event_of(change) for change in changes])
        self._put(fresh)
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

    def is_torn(self, comparison: Comparison, pushed: Sequence[Pushed]) -> bool:
        """Whether the snapshot has orders with fills that nothing has told yet."""
        venue = self._shared.venue
        # Only looked at: these messages are decoded again, and counted, when they are merged.
        events = [decode_message(venue, push[0], received_at=push[1]) for push in pushed]
        facts = [fact for event in events if (fact := venue.facts(event)) is not None]
        with self._shared.mirror_lock:
            return bool(torn_orders(self._shared.mirror, comparison.snapshot, facts))

    def hand_over(self, pushed: Sequence[Pushed]) -> bool:
        """Tell the pushes that tell anything new, in order.

        Returns False where one could not be read: what it would have changed is then not certain.
        """
        shared = self._shared
        events = [self._decode(push) for push in pushed]
        facts = [shared.venue.facts(event) for event in events]
        is_readable = not any(isinstance(event, DecodeFailed) for event in events)
        with shared.mirror_lock:
            fresh = self._apply(events, facts)
            if not is_readable:
                shared.mirror.mark_stale()
        shared.counters.repeated += len(events) - len(fresh)
        self._put(fresh)
        return is_readable

    def lost(self) -> None:
        """Note that the link ended: nothing in the mirror is certain until the next comparison."""
        with self._shared.mirror_lock:
            self._shared.mirror.mark_stale()

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

    def _decode(self, push: Pushed) -> Event:
        message, received_at = push
        event = decode_message(self._shared.venue, message, received_at=received_at)
        if isinstance(event, DecodeFailed):
            self._shared.counters.decode_failures += 1
        if event.topic:
            self._shared.private_topic = event.topic
        return event

    def _apply(self, events: Sequence[Event], facts: Sequence[Facts | None]) -> list[Event]:
        """Take events into the mirror, under its lock; return those that tell anything new."""
        mirror = self._shared.mirror
        return [
            event
            for event, fact in zip(events, facts, strict=True)
            if fact is None or mirror.apply(fact)
        ]

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
