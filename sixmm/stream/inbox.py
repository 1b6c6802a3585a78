"""The thread-safe inbox between the reader thread and the caller: two lanes, both bounded.

The private lane never drops. It holds private events and what happens to the connection, in order;
at its bound :meth:`Inbox.put_private` waits, so the reader stops reading and the network holds the
rest. The market lane holds undecoded messages and has a policy for what to do at its bound. The
private lane is served first.

What is dropped is counted, and told by an ``Overflow`` event before the next market message.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from typing import Literal

import attrs

from ..clock import Clock, Deadline, SystemClock
from ..errors import ClientClosed, ConfigurationError, SixmmError, again
from ..events import Event, InboxFilling, Overflow

__all__ = ["WAIT_SLICE", "Inbox", "InboxLimits", "MarketMessage"]

_log = logging.getLogger("sixmm.inbox")

MarketPolicy = Literal["block", "drop_oldest", "latest"]

# A wait without a limit cannot be interrupted by Ctrl-C on Windows; elsewhere one is fine.
WAIT_SLICE = 0.2 if sys.platform == "win32" else 3_600.0
"""Seconds of one wait; every wait is a loop of such waits."""

_FILLING = 0.8
_EVENT_OVERHEAD_BYTES = 500
_TELL_MARGIN = 1_000


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


@attrs.frozen
class MarketMessage:
    """One undecoded market message; it is decoded in the caller's thread."""

    topic: str
    raw: bytes
    received_at: int
    """Local Unix milliseconds."""


class Inbox:
    """The events that wait for the caller.

    Args:
        limits: the bounds.
        clock: gives the times of the events that the inbox itself makes.
    """

    def __init__(self, limits: InboxLimits | None = None, *, clock: Clock | None = None) -> None:
        self._limits = limits or InboxLimits()
        self._clock = clock or SystemClock()
        self._condition = threading.Condition()
        self._private: deque[Event] = deque()
        self._private_bytes = 0
        self._told_filling = False
        self._market: OrderedDict[object, MarketMessage] = OrderedDict()
        self._market_bytes = 0
        self._untold_drops = 0
        self._dropped = 0
        self._serial = 0
        self._ended = False
        self._error: SixmmError | None = None

    # The reader's side

    def put_private(self, events: Iterable[Event]) -> bool:
        """Add events that must not be lost; waits while the lane is full.

        Returns False where the inbox has ended, and what was left is then dropped.
        """
        return all(self._put_one(event) for event in events)

    def tell(self, event: Event) -> None:
        """Add an event about the connection without waiting; for threads that must not block.

        There are few of these, so they pass the bound; should they pile up they are logged only.
        """
        with self._condition:
            if self._ended:
                return
            if len(self._private) > self._limits.private_events + _TELL_MARGIN:
                _log.warning("nobody takes events; left out: %r", event)
                return
            self._append(event, len(event.raw) + _EVENT_OVERHEAD_BYTES)

    def put_market(self, messages: Sequence[MarketMessage]) -> bool:
        """Add market messages under the policy; returns False where the inbox has ended."""
        with self._condition:
            for message in messages:
                if not self._make_room(message):
                    return False
                self._insert_market(message)
            self._condition.notify_all()
        return True

    # The caller's side

    def take(self, deadline: Deadline) -> Event | MarketMessage | None:
        """Return what comes next, or None where the deadline passed first.

        Raises:
            SixmmError: the fatal error that ended the stream, once the private lane is empty.
            ClientClosed: the inbox has ended, once the private lane is empty.
        """
        with self._condition:
            while True:
                item = self._pop()
                if item is not None:
                    self._condition.notify_all()
                    return item
                if self._ended:
                    raise again(self._error or ClientClosed("the client is closed"))
                left = deadline.remaining()
                if left == 0.0:
                    return None
                self._condition.wait(WAIT_SLICE if left is None else min(left, WAIT_SLICE))

    # Both

    def end(self, error: SixmmError | None = None) -> None:
        """End the inbox: wakes everybody; waiting private events can still be taken.

        The first call decides about the error.
        """
        with self._condition:
            if not self._ended:
                self._ended, self._error = True, error
                self._market.clear()
                self._market_bytes = 0
            self._condition.notify_all()

    @property
    def private_depth(self) -> int:
        """How many private events wait."""
        return len(self._private)

    @property
    def market_depth(self) -> int:
        """How many market messages wait."""
        return len(self._market)

    @property
    def dropped(self) -> int:
        """How many market messages were dropped since the start."""
        return self._dropped

    # Under the lock

    def _put_one(self, event: Event) -> bool:
        size = len(event.raw) + _EVENT_OVERHEAD_BYTES
        with self._condition:
            while not self._ended and self._private_full(size):
                self._condition.wait(WAIT_SLICE)
            if self._ended:
                return False
            self._append(event, size)
        return True

    def _append(self, event: Event, size: int) -> None:
        self._private.append(event)
        self._private_bytes += size
        self._tell_filling()
        self._condition.notify_all()

    def _private_full(self, size: int) -> bool:
        # An event larger than the whole lane passes when the lane is empty, or it waits forever.
        return bool(self._private) and (
            len(self._private) >= self._limits.private_events
            or self._private_bytes + size > self._limits.private_bytes
        )

    def _tell_filling(self) -> None:
        """Warn once each time the private lane passes 80 % of its bound."""
        if self._is_filling and not self._told_filling:
            self._told_filling = True
            now_ms = self._clock.time_ms()
            event = InboxFilling(
                ts=now_ms,
                received_at=now_ms,
                events=len(self._private),
                size_bytes=self._private_bytes,
            )
            # In front: the caller is late, and should not learn it after everything else.
            self._private.appendleft(event)
            self._private_bytes += _EVENT_OVERHEAD_BYTES

    @property
    def _is_filling(self) -> bool:
        return (
            len(self._private) >= _FILLING * self._limits.private_events
            or self._private_bytes >= _FILLING * self._limits.private_bytes
        )

    def _make_room(self, message: MarketMessage) -> bool:
        if self._limits.market_policy == "latest":
            self._drop(message.topic)
        while self._market and self._market_full(message):
            if self._limits.market_policy == "block":
                self._condition.notify_all()
                self._condition.wait(WAIT_SLICE)
            else:
                self._drop(next(iter(self._market)))
            if self._ended:
                return False
        return not self._ended

    def _market_full(self, message: MarketMessage) -> bool:
        return (
            len(self._market) >= self._limits.market_messages
            or self._market_bytes + len(message.raw) > self._limits.market_bytes
        )

    def _drop(self, key: object) -> None:
        message = self._market.pop(key, None)
        if message is not None:
            self._market_bytes -= len(message.raw)
            self._dropped += 1
            self._untold_drops += 1

    def _insert_market(self, message: MarketMessage) -> None:
        self._serial += 1
        key = message.topic if self._limits.market_policy == "latest" else self._serial
        self._market[key] = message
        self._market_bytes += len(message.raw)

    def _pop(self) -> Event | MarketMessage | None:
        if self._private:
            event = self._private.popleft()
            self._private_bytes -= len(event.raw) + _EVENT_OVERHEAD_BYTES
            self._told_filling = self._told_filling and self._is_filling
            return event
        if self._untold_drops:
            return self._overflow()
        if self._market:
            _, message = self._market.popitem(last=False)
            self._market_bytes -= len(message.raw)
            return message
        return None

    def _overflow(self) -> Overflow:
        dropped, self._untold_drops = self._untold_drops, 0
        now_ms = self._clock.time_ms()
        return Overflow(
            ts=now_ms,
            received_at=now_ms,
            dropped=dropped,
            policy=self._limits.market_policy,
        )
