"""The thread-safe inbox between the reader thread and the callers: two lanes, both bounded.

The private lane never drops. It holds private events and what happens to the connection, in order;
at its bound :meth:`Inbox.put_private` waits, so the reader stops reading and the network holds the
rest. The market lane holds undecoded messages and has a policy for what to do at its bound. The
private lane is served first.

Both lanes hold batches. A caller pops single items off :attr:`Inbox.front`, the batch that is next,
without the lock; where that is empty it asks for the next one with :meth:`Inbox.refill`. Whoever
changes what is next puts another batch in front: popping goes on in the old one or in the new one,
and each item is popped once.

What is dropped is counted, and told by an ``Overflow`` event before the next market message.
"""

from __future__ import annotations

import logging
import os
import threading
import weakref
from collections.abc import Iterable, Sequence
from typing import Literal

import attrs

from ..clock import WAIT_SLICE, Clock, Deadline, SystemClock
from ..errors import ClientClosed, ConfigurationError, SixmmError, again
from ..events import Event, InboxFilling, Overflow
from .lanes import FILLING, Batch, Item, Lane, LatestLane, measure
from .turns import Turn
from .waiting import WaitingRoom, call

__all__ = ["Inbox", "InboxLimits"]

_log = logging.getLogger("sixmm.inbox")

MarketPolicy = Literal["block", "drop_oldest", "latest"]

_TELL_MARGIN = 1_000
# A reader that waits for room is woken when the caller has emptied a batch, so none is very large.
_MAX_BATCH = 512

_NOTHING = Batch()


@attrs.frozen(kw_only=True)
class InboxLimits:
    """The bounds of the inbox, and what happens to market data at its bound.

    Args:
        private_events: how many events the private lane holds.
        private_bytes: how many bytes of wire text they may hold together.
        market_messages: how many messages the market lane holds.
        market_bytes: how many bytes they may hold together.
        market_policy: ``"drop_oldest"``, ``"latest"`` (keep the newest of each topic) or
            ``"block"`` (stop reading, which also delays private events).
    """

    private_events: int = 100_000
    private_bytes: int = 128 * 1024 * 1024
    market_messages: int = 50_000
    market_bytes: int = 64 * 1024 * 1024
    market_policy: MarketPolicy = "drop_oldest"

    def __attrs_post_init__(self) -> None:
        figures = (
            self.private_events,
            self.private_bytes,
            self.market_messages,
            self.market_bytes,
        )
        if any(figure < 1 for figure in figures):
            raise ConfigurationError("every bound of the inbox must be at least 1")
        if self.market_policy not in ("block", "drop_oldest", "latest"):
            raise ConfigurationError("market_policy is 'drop_oldest', 'latest' or 'block'")


class Inbox:
    """The events that wait for the caller.

    Args:
        limits: the bounds.
        clock: gives the times of the events that the inbox itself makes.
        has_one_reader: whether one reader thread puts messages in. Where several do, callers are
            woken at once, and none of them reads a link.
    """

    def __init__(
        self,
        limits: InboxLimits | None = None,
        *,
        clock: Clock | None = None,
        has_one_reader: bool = True,
    ) -> None:
        self._limits = limits = limits or InboxLimits()
        self._has_one_reader = has_one_reader
        self._clock = clock or SystemClock()
        # Re-entrant: close() may be called by a signal handler, in the middle of any method.
        self._lock = threading.RLock()
        self._takers = WaitingRoom(self._lock)
        self._putters = WaitingRoom(self._lock)
        self._private = Lane(max_items=limits.private_events, max_bytes=limits.private_bytes)
        self._market: Lane | LatestLane = _market_lane(limits)
        self._warning: InboxFilling | None = None
        self._told_filling = False
        self._untold_drops = 0
        self._dropped = 0
        self._ended = False
        self._error: SixmmError | None = None
        self.turn = Turn(clock=self._clock)
        """Lets a caller who would wait here read the link in the meantime."""
        # The callers to be woken when the reader has done its work, or None where that is at once.
        self._later: list[threading.Lock] | None = None
        self.front: Batch = _NOTHING
        """The batch that callers pop from; it may be replaced at any moment."""
        _inboxes.add(self)

    # The reader's side

    def gather(self) -> None:
        """Wake no caller before :meth:`release`; for the reader, which works on meanwhile.

        A caller that wakes needs the interpreter, which the reader has until it waits again.
        """
        if self._later is None and self._has_one_reader:
            self._later = []
        # Else the thread that read before stands still before its release: this one wakes for both.

    def release(self) -> bool:
        """Wake the callers for whom something was put since :meth:`gather`; return if any were."""
        later, self._later = self._later, None
        if later:
            call(later)
        return bool(later)

    def put_private(
        self, items: Sequence[Item], *, received_at: int = 0, size: int | None = None
    ) -> bool:
        """Add what must not be lost; waits while the lane is full.

        Returns False where the inbox has ended, and what was left is then dropped.

        Args:
            items: events, and texts that are decoded when they are taken.
            received_at: when the texts came (local Unix milliseconds).
            size: what the items count for, where that is known.
        """
        if len(items) <= _MAX_BATCH:
            size = measure(items) if size is None else size
            return self._put_waiting(self._private, items, received_at, size)
        return self._put_parts(self._private, items, received_at)

    def tell(self, event: Event) -> None:
        """Add an event about the connection without waiting; for threads that must not block.

        There are few of these, so they pass the bound; should they pile up they are logged only.
        """
        with self._lock:
            if self._ended:
                return
            if self._private.waiting > self._limits.private_events + _TELL_MARGIN:
                _log.warning("nobody takes events; left out: %r", event)
                return
            self._append(self._private, [event], 0, measure([event]), puts=0)
            woken = self._takers.empty()
        call(woken)

    def put_market(
        self, messages: Sequence[bytes], *, received_at: int, topics: Sequence[str] = ()
    ) -> bool:
        """Add market messages under the policy; returns False where the inbox has ended.

        Args:
            messages: the texts, oldest first.
            received_at: when they came (local Unix milliseconds).
            topics: the topic of each, where :attr:`needs_topics` says so.
        """
        lane = self._market
        if self._limits.market_policy == "block":
            assert isinstance(lane, Lane)
            return self._put_parts(lane, messages, received_at)
        with self._lock:
            if self._ended:
                return False
            if isinstance(lane, LatestLane):
                dropped = lane.put(messages, topics, received_at=received_at)
            else:
                lane.append(messages, received_at=received_at, size=measure(messages))
                dropped = lane.drop_excess()
            if dropped:
                self._note_drops(dropped)
            woken = self._takers.empty()
        self._call(woken)
        return True

    @property
    def needs_topics(self) -> bool:
        """Whether the topics of market messages are needed: only where the newest are kept."""
        return isinstance(self._market, LatestLane)

    # The caller's side

    def refill(self, deadline: Deadline) -> bool:
        """Put the next batch in front, once there is one; False where the deadline passed first.

        Another thread may have popped from it by the time that this returns.

        Raises:
            SixmmError: the fatal error that ended the stream, once the private lane is empty.
            ClientClosed: the inbox has ended, once the private lane is empty.
        """
        has_waited = False
        while True:
            with self._lock:
                is_there, is_over = self._advance(), self._ended
                # The batch at hand is used up, so there is room.
                woken = self._putters.empty() if self._putters.tickets else ()
            if woken:
                call(woken)
            if is_there:
                return True
            if is_over:
                raise again(self._error or ClientClosed("the client is closed"))
            # Looked at after a wait: where none is asked for, what has arrived is taken.
            if has_waited and deadline.expired:
                return False
            if not self.turn.read(deadline):
                self._wait_for_items(deadline)
            has_waited = True

    # Both

    def end(self, error: SixmmError | None = None) -> None:
        """End the inbox: wakes everybody; waiting private events can still be taken.

        The first call decides about the error.
        """
        with self._lock:
            if not self._ended:
                self._ended, self._error = True, error
                self._market.clear()
            woken = self._takers.empty() + self._putters.empty()
        call(woken)

    @property
    def private_puts(self) -> int:
        """How many items :meth:`put_private` has added since the start."""
        return self._private.puts

    @property
    def private_depth(self) -> int:
        """How many private events wait."""
        with self._lock:
            return self._private.waiting + (self._warning is not None)

    @property
    def market_depth(self) -> int:
        """How many market messages wait."""
        with self._lock:
            return self._market.waiting

    @property
    def dropped(self) -> int:
        """How many market messages were dropped since the start."""
        return self._dropped

    # Inside, mostly under the lock

    def _put_parts(self, lane: Lane, items: Sequence[Item], received_at: int) -> bool:
        parts = (items[start : start + _MAX_BATCH] for start in range(0, len(items), _MAX_BATCH))
        return all(self._put_waiting(lane, part, received_at, measure(part)) for part in parts)

    def _put_waiting(self, lane: Lane, items: Sequence[Item], received_at: int, size: int) -> bool:
        while True:
            ticket = None
            with self._lock:
                if self._ended:
                    return False
                is_calm = lane.is_calm(len(items), size)
                count = len(items) if is_calm else lane.room_for(items, size)
                # Who reads and takes must not wait for itself: a read may be one too many.
                if count == len(items) or self.turn.is_mine:
                    self._append(lane, items, received_at, size, is_calm=is_calm)
                else:
                    if count:
                        part, items = items[:count], items[count:]
                        self._append(lane, part, received_at, measure(part))
                        size = measure(items)
                    ticket = self._putters.enter()
                woken = self._takers.empty() if self._takers.tickets else ()
            if woken:
                self._call(woken)
            if ticket is None:
                return True
            self.release()
            self._putters.wait(ticket, WAIT_SLICE)

    def _call(self, woken: Iterable[threading.Lock]) -> None:
        if self._later is None:
            call(woken)
        else:
            self._later.extend(woken)

    def _wait_for_items(self, deadline: Deadline) -> None:
        with self._lock:
            ticket = self._takers.enter()
            # Looked at last: a signal handler may have ended the inbox in between.
            if self._ended or self._advance():
                self._takers.leave(ticket)
                return
        self._takers.wait(ticket, deadline.slice())

    def _advance(self) -> bool:
        """Put the next batch in front where the one in front is used up; False without a next."""
        while not self.front.items:
            batch = self._next()
            if batch is None:
                # No batch of a lane, so that it is not taken for one when it is compared.
                self.front = _NOTHING
                return False
            self.front = batch
        return True

    def _append(
        self,
        lane: Lane,
        items: Sequence[Item],
        received_at: int,
        size: int,
        *,
        is_calm: bool = False,
        puts: int | None = None,
    ) -> None:
        if lane is not self._private:
            lane.append(items, received_at=received_at, size=size)
            return
        self._told_filling = self._told_filling and not is_calm and lane.reaches(FILLING)
        alone = lane.append(items, received_at=received_at, size=size, puts=puts)
        if self.front is _NOTHING:
            if alone is not None and self._warning is None:
                # Nothing comes before it: this saves the caller a look at the lanes.
                self.front = alone
        elif self._market.is_head(self.front):
            # What is private does not wait behind market data.
            self.front = _NOTHING
        if not (is_calm or self._told_filling) and lane.reaches(FILLING):
            self._warn()

    def _warn(self) -> None:
        """Tell that the private lane is filling, in front of what waits: the caller is late."""
        now_ms = self._clock.time_ms()
        self._told_filling = True
        self._warning = InboxFilling(
            ts=now_ms,
            received_at=now_ms,
            events=self._private.waiting,
            size_bytes=self._private.size,
        )
        if self._private.is_head(self.front):
            self.front = _NOTHING

    def _note_drops(self, dropped: int) -> None:
        self._dropped += dropped
        self._untold_drops += dropped
        if self._market.is_head(self.front):
            # The Overflow comes before the next market message.
            self.front = _NOTHING

    def _next(self) -> Batch | None:
        """Return what comes next; what is in a lane stays there until it is popped."""
        if self._warning is not None:
            warning, self._warning = self._warning, None
            return Batch([warning])
        batch = self._private.head()
        if batch is None and self._untold_drops:
            return Batch([self._overflow()])
        return batch or self._market.head()

    def _overflow(self) -> Overflow:
        dropped, self._untold_drops = self._untold_drops, 0
        now_ms = self._clock.time_ms()
        return Overflow(
            ts=now_ms,
            received_at=now_ms,
            dropped=dropped,
            policy=self._limits.market_policy,
        )


def _market_lane(limits: InboxLimits) -> Lane | LatestLane:
    cls = LatestLane if limits.market_policy == "latest" else Lane
    return cls(max_items=limits.market_messages, max_bytes=limits.market_bytes)


_inboxes: weakref.WeakSet[Inbox] = weakref.WeakSet()


def _forget_fronts() -> None:
    """Make every caller in the child of a fork ask for a batch, and be told that it may not."""
    for inbox in list(_inboxes):
        inbox.front = _NOTHING


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_fronts)
