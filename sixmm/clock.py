"""Clocks, deadlines and rising timestamps: the only places where sixmm asks what time it is.

The pure core takes ``now`` as a value. The threads take a :class:`Clock`, so that a test can hand
them a :class:`ManualClock` and move time by hand.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import Protocol

__all__ = [
    "WAIT_SLICE",
    "Clock",
    "Deadline",
    "ManualClock",
    "RisingMilliseconds",
    "ServerClock",
    "SystemClock",
]

WAIT_SLICE = 0.2 if sys.platform == "win32" else 1.0
"""Seconds of one wait of a caller; every longer wait is a loop of such waits.

A wait ends early for Ctrl-C only where the signal finds the main thread inside the system call. One
that comes a microsecond before, or that another thread catches, is noticed after the wait; on
Windows each one is.
"""

_DRIFT_MS_PER_SECOND = 0.5
"""How fast a monotonic clock may run wrong while the system corrects it (500 ppm)."""


class Clock(Protocol):
    """What time it is, in the two senses that a client needs."""

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start; never goes back and never jumps."""

    def time_ms(self) -> int:
        """Return the wall clock in Unix milliseconds; it may be wrong, and it may jump."""


class SystemClock:
    """The clock of the machine."""

    # The function itself: this is asked several times for every message.
    monotonic = staticmethod(time.monotonic)

    def time_ms(self) -> int:
        """Return the wall clock in Unix milliseconds."""
        return time.time_ns() // 1_000_000


class ManualClock:
    """A clock that stands still until it is moved, for tests.

    Args:
        monotonic: the first value of :meth:`monotonic`, in seconds.
        time_ms: the first value of :meth:`time_ms`, in Unix milliseconds.
    """

    def __init__(self, *, monotonic: float = 1_000.0, time_ms: int = 1_771_047_000_000) -> None:
        self._monotonic = monotonic
        self._time_ms = time_ms

    def monotonic(self) -> float:
        """Return the seconds that the test has set."""
        return self._monotonic

    def time_ms(self) -> int:
        """Return the wall clock that the test has set."""
        return self._time_ms

    def advance(self, seconds: float) -> None:
        """Move both clocks on by ``seconds``."""
        self._monotonic += seconds
        self._time_ms += round(seconds * 1_000)

    def step_wall(self, milliseconds: int) -> None:
        """Move only the wall clock, as a correction of the machine's clock does."""
        self._time_ms += milliseconds


class Deadline:
    """One point in time that is handed down through the steps of an operation.

    A timeout that is used again at every step adds up; a deadline does not.

    Args:
        timeout: seconds from now, or None for no limit.
        clock: the clock to measure with.
    """

    __slots__ = ("_at", "_clock")

    def __init__(self, timeout: float | None, *, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._at = None if timeout is None else self._clock.monotonic() + timeout

    def remaining(self) -> float | None:
        """Return the seconds that are left, never below 0, or None for no limit."""
        if self._at is None:
            return None
        left = self._at - self._clock.monotonic()
        return left if left > 0.0 else 0.0

    def slice(self) -> float:
        """Return how long to wait in one go, in seconds: what is left, or :data:`WAIT_SLICE`."""
        left = self.remaining()
        return WAIT_SLICE if left is None else min(left, WAIT_SLICE)

    def earlier(self, other: Deadline) -> Deadline:
        """Return the one of two deadlines that passes first; this one where they are the same."""
        if other._at is None or (self._at is not None and self._at <= other._at):
            return self
        return other

    @property
    def expired(self) -> bool:
        """Whether the deadline has passed."""
        return self.remaining() == 0.0

    def sooner(self, timeout: float) -> Deadline:
        """Return the earlier of this deadline and ``timeout`` seconds from now."""
        other = Deadline(timeout, clock=self._clock)
        if self._at is not None and other._at is not None and self._at < other._at:
            return self
        return other

    def __repr__(self) -> str:
        left = self.remaining()
        return "<Deadline none>" if left is None else f"<Deadline in {left:.3f} s>"


class RisingMilliseconds:
    """Timestamps that are never used twice, also where several threads ask at once (rule 42).

    Two equal requests in one millisecond would have equal signatures, which the exchange takes for
    a replay (rule 41). Each call returns at least one more than the call before it. Only a clock
    that went back by more than the exchange's tolerance makes them begin again from there: to go on
    from the old value would have every request refused.

    Args:
        tolerance_ms: how far a timestamp may be off for the exchange (rule 38).
    """

    def __init__(self, *, tolerance_ms: int = 10_000) -> None:
        self._lock = threading.Lock()
        self._tolerance_ms = tolerance_ms
        self._last_ms = 0
        self._now_ms = 0

    def next(self, now_ms: int) -> int:
        """Return ``now_ms``, or one more than the last value where that is later."""
        with self._lock:
            # By the clock itself: more than one call a millisecond is ahead of it, too.
            if self._now_ms - now_ms > self._tolerance_ms:
                self._now_ms = self._last_ms = now_ms
            else:
                self._now_ms = max(now_ms, self._now_ms)
                self._last_ms = max(now_ms, self._last_ms + 1)
            return self._last_ms


class ServerClock:
    """The exchange's clock, followed by the local one (rule 39).

    Between two measurements it runs on the monotonic clock, so that a correction of the local wall
    clock changes nothing. Before the first measurement it is the local wall clock.

    Args:
        clock: the local clock.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        # One tuple, replaced as a whole, so that a reader in another thread never sees half of it:
        # the exchange's time, the monotonic time at which it was that, and the uncertainty (ms).
        self._measured: tuple[float, float, float] | None = None

    @property
    def measured(self) -> bool:
        """Whether the exchange's clock was ever read."""
        return self._measured is not None

    @property
    def uncertainty_ms(self) -> float:
        """How far :meth:`now_ms` may be off: half of the round trip of the measurement."""
        return self._measured[2] if self._measured else 0.0

    @property
    def offset_ms(self) -> float:
        """How far the exchange is ahead of the local wall clock."""
        return self.now_ms() - self._clock.time_ms() if self._measured else 0.0

    def adjust(self, server_ms: int, *, sent_at: float, received_at: float) -> None:
        """Take over a reading: the exchange's clock said ``server_ms`` at the midpoint of a call.

        Args:
            server_ms: Unix milliseconds.
            sent_at: monotonic seconds before the call.
            received_at: monotonic seconds after it.
        """
        midpoint = (sent_at + received_at) / 2
        self._measured = (float(server_ms), midpoint, (received_at - sent_at) * 500.0)

    def forget(self) -> None:
        """Drop the measurement: it was wrong, or has become so."""
        self._measured = None

    def now_ms(self) -> int:
        """Return the exchange's time in Unix milliseconds."""
        if self._measured is None:
            return self._clock.time_ms()
        server_ms, at, _ = self._measured
        return round(server_ms + (self._clock.monotonic() - at) * 1_000.0)

    def earliest_ms(self) -> int:
        """Return a time that the exchange's clock has certainly reached.

        Beyond the uncertainty of the measurement it allows for the drift of the local clock since.
        """
        if self._measured is None:
            return self.now_ms()
        age = self._clock.monotonic() - self._measured[1]
        return int(self.now_ms() - self.uncertainty_ms - age * _DRIFT_MS_PER_SECOND) - 1
