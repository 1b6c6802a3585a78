"""How long to wait before the next attempt: full jitter, and a memory for flapping links.

The first attempt after a stable link is made at once. Each further attempt waits a random time
between 0 and a bound that doubles, so that the clients of a server that went away do not come back
all at the same moment. The bound falls back only after a link was up for a while: a server that
accepts and drops is not hammered.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import attrs

from ..errors import ConfigurationError

__all__ = ["Backoff", "BackoffPolicy"]


@attrs.frozen(kw_only=True)
class BackoffPolicy:
    """The figures of the back-off, all in seconds.

    Args:
        base: the bound of the first wait.
        maximum: the bound that is never exceeded.
        stable_after: how long a link must have been live before the series starts again.
    """

    base: float = 1.0
    maximum: float = 60.0
    stable_after: float = 10.0

    def __attrs_post_init__(self) -> None:
        if not 0 < self.base <= self.maximum < math.inf:
            raise ConfigurationError("back-off needs 0 < base <= maximum (seconds)")
        if not 0 <= self.stable_after < math.inf:
            raise ConfigurationError("stable_after must not be negative (seconds)")


class Backoff:
    """The state of one series of attempts. Times are passed in; nothing waits here.

    Args:
        policy: the figures.
        random: returns a number from 0 up to 1; injected so that a test can choose it.
    """

    def __init__(self, policy: BackoffPolicy, random: Callable[[], float]) -> None:
        self._policy = policy
        self._random = random
        self._failures = 0
        self._live_since: float | None = None

    @property
    def failures(self) -> int:
        """How many attempts or links have failed since the last stable link."""
        return self._failures

    def live(self, now: float) -> None:
        """Note that a link became live at ``now`` (monotonic seconds)."""
        self._live_since = now

    def lost(self, now: float, *, floor: float = 0.0) -> float:
        """Note a failure at ``now`` and return the seconds to wait, at least ``floor``."""
        if self._was_stable(now):
            self._failures = 0
        self._live_since = None
        self._failures += 1
        return max(floor, self._delay())

    def _was_stable(self, now: float) -> bool:
        since = self._live_since
        return since is not None and now - since >= self._policy.stable_after

    def _delay(self) -> float:
        if self._failures == 1:
            return 0.0
        # The exponent is bounded: a float overflows long before a client gives up.
        doublings = min(self._failures - 2, 32)
        bound = min(self._policy.maximum, self._policy.base * 2.0**doublings)
        return bound * self._random()
