"""What happens to bytes on their way: they come later, in smaller parts, or slowly; never changed.

Nothing here waits or knows a socket: times are passed in, and randomness comes from seeded dice.
"""

from __future__ import annotations

import random
from collections import deque

import attrs

__all__ = ["CALM", "Flow", "Weather"]

_STEP = 0.01
"""A limited rate is kept in steps of this many seconds, or of one byte where that takes longer."""
_ALL = 65_536


@attrs.frozen(kw_only=True)
class Weather:
    """How the bytes of every connection pass, both ways.

    Args:
        latency: seconds by which everything comes later.
        jitter: up to so many seconds more, by the dice; the order is kept.
        rate: bytes per second, or None for no limit. A small one is a drip.
        slice_bytes: the most bytes of one write, or None for no limit. One cuts up every frame.
        slice_pause: seconds between two writes.
    """

    latency: float = 0.0
    jitter: float = 0.0
    rate: float | None = None
    slice_bytes: int | None = None
    slice_pause: float = 0.0

    def __attrs_post_init__(self) -> None:
        if min(self.latency, self.jitter, self.slice_pause) < 0:
            raise ValueError("times must not be negative")
        if self.rate is not None and self.rate <= 0:
            raise ValueError("rate must be above 0; to pass nothing, hold")
        if self.slice_bytes is not None and self.slice_bytes < 1:
            raise ValueError("slice_bytes must be at least 1")

    @property
    def largest_write(self) -> int:
        """How many bytes may be written at once."""
        step = _ALL if self.rate is None else max(1, int(self.rate * _STEP))
        return min(step, self.slice_bytes or _ALL)

    def pause_after(self, count: int) -> float:
        """Return the seconds that pass between a write of so many bytes and the next one."""
        return self.slice_pause + (0.0 if self.rate is None else count / self.rate)


CALM = Weather()
"""Bytes pass as they come."""


class Flow:
    """The bytes of one way of a connection that are on their way.

    Args:
        dice: decide about the jitter.
    """

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._parts: deque[tuple[float, bytes]] = deque()
        self._last_due = 0.0
        self._free_at = 0.0
        self.size = 0

    def put(self, data: bytes, *, now: float, weather: Weather) -> None:
        """Take in bytes that have come; no bytes overtake those before them."""
        if not data:
            return
        due = now + weather.latency + self._dice.random() * weather.jitter
        self._last_due = max(self._last_due, due)
        self._parts.append((self._last_due, data))
        self.size += len(data)

    def wait(self, now: float) -> float | None:
        """Return the seconds until the next write is due, or None where nothing is on its way."""
        if not self._parts:
            return None
        return max(0.0, self._parts[0][0] - now, self._free_at - now)

    def head(self, weather: Weather) -> bytes:
        """Return what the next write may write."""
        return self._parts[0][1][: weather.largest_write]

    def written(self, count: int, *, now: float, weather: Weather) -> None:
        """Note that the first ``count`` bytes of the head were written."""
        due, data = self._parts.popleft()
        if count < len(data):
            self._parts.appendleft((due, data[count:]))
        self.size -= count
        self._free_at = now + weather.pause_after(count)
