"""Telling what a read has brought: into the mirror, and to the caller, each push once.

It runs in whichever thread reads. Where the caller wants events only, pushes go to the inbox as
text and the mirror rests; their texts are kept for the next comparison. After a comparison that has
told something, pushes are held against the mirror for a while, because one that tells the same may
still be on its way.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import TypeVar, cast

import attrs

from ..checkpoint import Checkpoint, Numbered, Tell
from ..events import DecodeFailed, Event
from ..state.models import Facts
from ..state.rows import Row
from .lanes import EVENT_OVERHEAD_BYTES, Item, measure
from .reconcile import OrderChange
from .routing import decode_messages
from .shared import Shared
from .tail import Tail

__all__ = ["HandOver", "Push", "Told", "chosen_of", "marked_late"]

_LATE_MS = 10_000
"""How long a push may be on its way after a comparison that has told the same."""
_MAX_AGAIN = 500
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
    first: int | None = None
    """The number of the first that is told, once the checkpoint has it."""


class HandOver:
    """Tells the pushes of one session, read by read.

    Args:
        shared: the parts of the session.
        tail: keeps the pushes that the mirror has not taken, where it rests; None makes one.
    """

    def __init__(self, shared: Shared, *, tail: Tail | None = None) -> None:
        self._shared = shared
        self.tail = tail or Tail()
        """What the mirror has not taken, where it rests."""
        self.rests = shared.deliver == "events"
        """Whether the mirror takes nothing before the account is compared."""
        self.is_primed = False
        """Whether the mirror has a beginning, so that what comes has to be kept for it."""
        self._attentive_until_ms = 0
        self._at_hand: _AtHand | None = None

    def be_attentive(self) -> None:
        """Hold pushes against the mirror for a while although it rests."""
        self._attentive_until_ms = self._shared.clock.time_ms() + _LATE_MS

    def hand_over(self, messages: Sequence[bytes], *, received_at: int) -> bool:
        """Tell the pushes of one read that tell anything new, in order.

        Returns False where one could not be read: what it would have changed is then not certain.
        Where the mirror rests, every push is told, and this may be about one of an earlier read.
        """
        rests = self.rests and not (self._attentive_until_ms and self._is_attentive(received_at))
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

    def _take_in(self, at_hand: _AtHand, *, done: int = 0) -> bool:
        """Take pushes into the mirror, and tell those that are new, without the first ``done``."""
        shared, facts_of = self._shared, self._shared.venue.facts
        messages, received_at = at_hand.messages, at_hand.received_at
        events = self.decode(messages, received_at)
        facts = [facts_of(event) for event in events]
        is_readable = DecodeFailed not in set(map(type, events))
        checkpoint = shared.checkpoint
        rows: Sequence[Row] = ()
        with shared.mirror_lock:
            if not is_readable:
                # First, so that those that come after it do not move on what is certain.
                shared.mirror.mark_stale()
            is_new = self._apply_all(facts, at_hand)
            late = shared.mirror.take_late()
            if checkpoint is not None:
                rows = self.rows_of(facts)
        shared.changes.note()
        self.show(facts)
        if not is_readable:
            shared.counters.decode_failures += sum(isinstance(e, DecodeFailed) for e in events)
        if late:
            events = marked_late(events, facts, late)
        if not all(is_new):
            shared.counters.repeated += is_new.count(False)
            events, messages = chosen_of(events, is_new), chosen_of(messages, is_new)
        if checkpoint is not None and events and at_hand.first is None:
            told = [(message, received_at) for message in messages]
            at_hand.first = self.record(checkpoint, told, rows)
        self._put_read(events[done:], messages[done:], received_at, _plus(at_hand.first, done))
        return is_readable

    def rows_of(self, facts: Sequence[Facts | None]) -> list[Row]:
        """Return what the mirror knows of what was told; for whoever holds its lock."""
        rows_of = self._shared.mirror.rows_of
        return [row for fact in facts if fact is not None for row in rows_of(fact)]

    def record(
        self, checkpoint: Checkpoint, told: Sequence[tuple[Tell, int]], rows: Sequence[Row]
    ) -> int:
        """Have the checkpoint keep what is about to be told; return the number of its first."""
        shared = self._shared
        return checkpoint.record(
            told, rows, certain_ms=shared.mirror.certain_ms, topic=shared.private_topic
        )

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

    def _pass_on(self, at_hand: _AtHand, *, done: int | None = None) -> bool:
        """Tell every push as text, and keep it for the next comparison.

        Args:
            at_hand: the read.
            done: how many of its pushes were told before this was interrupted; None at first.
        """
        shared, messages, received_at = self._shared, at_hand.messages, at_hand.received_at
        size = measure(messages)
        if shared.watch.followed:
            events = self.decode(messages, received_at)
            self.show([shared.venue.facts(event) for event in events])
        if self.is_primed and (done is None or not self.tail.has(messages)):
            self.tail.append(messages, received_at=received_at, size=size)
        if done:
            messages, size = messages[done:], measure(messages[done:])
        shared.inbox.put_private(messages, received_at=received_at, size=size)
        was_in_doubt, shared.is_in_doubt = shared.is_in_doubt, False
        return not was_in_doubt

    def show(self, told: Sequence[Facts | OrderChange | None]) -> None:
        """Let those who follow single orders know what was told; no lock is held."""
        watch = self._shared.watch
        if not watch.followed:
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

    def decode(self, messages: Sequence[bytes], received_at: int) -> list[Event]:
        """Return what private messages say, and remember the topic that they come by."""
        events = decode_messages(self._shared.venue, messages, received_at=received_at)
        for event in reversed(events):
            if event.topic:
                self._shared.private_topic = event.topic
                break
        return events

    def put_pushes(self, told: Sequence[Told], first: int | None = None) -> None:
        """Tell pushes that were buffered, each with the time at which it came.

        Args:
            told: the pushes.
            first: the number of the first of them, where the checkpoint has them.
        """
        for received_at, group in itertools.groupby(told, key=_received_at):
            read = list(group)
            events, messages = [event for event, _ in read], [message for _, (message, _) in read]
            self._put_read(events, messages, received_at, first)
            first = _plus(first, len(read))

    def _put_read(
        self,
        events: Sequence[Event],
        messages: Sequence[bytes],
        received_at: int,
        first: int | None,
    ) -> None:
        """Put pushes into the inbox, as text where many wait already: that takes less memory."""
        if self._shared.deliver == "state" or not events:
            return
        inbox = self._shared.inbox
        if first is not None:
            is_few = inbox.private_depth < _MAX_DECODED
            items = events if is_few else list(map(_packed, events, messages))
            inbox.put_private(_numbered(items, first, received_at), received_at=received_at)
        elif inbox.private_depth < _MAX_DECODED:
            size = measure(messages) + EVENT_OVERHEAD_BYTES * len(events)
            inbox.put_private(events, size=size)
        else:
            inbox.put_private(list(map(_packed, events, messages)), received_at=received_at)

    def put_again(self, items: Iterable[Numbered]) -> None:
        """Deliver once more what an earlier run has not handled; waits while the inbox is full."""
        iterator = iter(items)
        while part := list(itertools.islice(iterator, _MAX_AGAIN)):
            if not self._shared.inbox.put_private(cast(list[Item], part)):
                return

    def put(self, events: Sequence[Event], first: int | None = None) -> None:
        """Tell events that the client itself has made.

        Args:
            events: the events.
            first: the number of the first of them, where the checkpoint has them.
        """
        if self._shared.deliver != "state":
            items = events if first is None else _numbered(events, first, 0)
            self._shared.inbox.put_private(items)


T = TypeVar("T")


def _received_at(told: Told) -> int:
    return told[1][1]


def _numbered(items: Sequence[Item], first: int, received_at: int) -> list[Item]:
    """Return the items with their numbers; for the inbox each is an event that has its text."""
    return [
        cast(Item, Numbered(number, item, received_at)) for number, item in enumerate(items, first)
    ]


def _plus(first: int | None, count: int) -> int | None:
    return None if first is None else first + count


def _packed(event: Event, message: bytes) -> Item:
    # What could not be decoded was counted as such, and is not to be decoded again; and the text
    # of a push does not say that it came late.
    return event if event.late or isinstance(event, DecodeFailed) else message


def marked_late(
    events: Sequence[Event], facts: Sequence[Facts | None], late: Sequence[Facts]
) -> list[Event]:
    """Return the events, with a mark on those whose facts came late."""
    late_ids = set(map(id, late))
    return [
        attrs.evolve(event, late=True) if id(fact) in late_ids else event
        for event, fact in zip(events, facts, strict=True)
    ]


def chosen_of(items: Sequence[T], chosen: Sequence[bool]) -> list[T]:
    """Return the items that are chosen."""
    return [item for item, is_chosen in zip(items, chosen, strict=True) if is_chosen]
