"""How often something may happen: sliding windows for the stream, fixed ones for REST."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

__all__ = ["Limits", "Pool", "Window"]


class Window:
    """At most `limit` times within any `seconds`; a limit of 0 is none."""

    def __init__(self, limit: int, seconds: float) -> None:
        """Begin with nothing used."""
        self._limit, self._seconds = limit, seconds
        self._times: deque[float] = deque()

    def take(self, now: float) -> bool:
        """Use one of the times at `now` seconds; False when there is none left."""
        if not self._limit:
            return True
        while self._times and now - self._times[0] >= self._seconds:
            self._times.popleft()
        if len(self._times) >= self._limit:
            return False
        self._times.append(now)
        return True


class Pool:
    """A weight of `limit` in every period of `seconds`, as the REST headers tell it."""

    def __init__(self, limit: int, seconds: float) -> None:
        """Begin with a full pool."""
        self.limit = limit
        self._seconds = seconds
        self._began = float("-inf")
        self._used = 0

    def take(self, weight: int, now: float) -> bool:
        """Use `weight` at `now` seconds; False when less than that is left."""
        if now - self._began >= self._seconds:
            self._began, self._used = now, 0
        if self._used + weight > self.limit:
            return False
        self._used += weight
        return True

    def headers(self, now: float) -> dict[str, str]:
        """Return the headers that tell what is left, and in how many ms it is full again."""
        left = max(0.0, self._began + self._seconds - now)
        return {
            "gw-ratelimit-limit": str(self.limit),
            "gw-ratelimit-remaining": str(self.limit - self._used),
            "gw-ratelimit-reset": str(round(left * 1000)),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of the stream one user may use; 0 is no limit. The strictest documented figures.

    `messages` of a connection in ten seconds, `dials` and `sessions` of a user: dials in a minute,
    and connections at once. `topics` of a spot connection; futures have no limit.
    `pro_ping_spacing`: seconds that have to lie between two pings of a Pro connection.
    """

    messages: int = 100
    dials: int = 30
    sessions: int = 50
    topics: int = 300
    pro_topics: int = 600
    pro_ping_spacing: float = 1.0
