"""What two links bring both, while one takes the place of the other: it is told once, by its text.

The mirror of the account finds most repeats by what they tell. This is for whatever tells it
nothing: market data, and private pushes that are about something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..clock import Clock

__all__ = ["Overlap"]

_OVERLAP = 10.0
"""Seconds for which one link of a rotation may bring a message later than the other."""


class Overlap:
    """Remembers what a link that goes out of use has told, for the link that follows.

    Args:
        clock: the local clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.active = False
        """Whether there is anything to note, or to leave out; else nobody need ask."""
        self._last: Counter[bytes] | None = None
        self._told: Counter[bytes] = Counter()
        self._until = 0.0

    def remember(self) -> Counter[bytes]:
        """Count the messages that are noted from now on; what is returned goes on counting."""
        self._last, self.active = Counter(), True
        return self._last

    def note(self, messages: Sequence[bytes]) -> None:
        """Note messages of a link that goes out of use."""
        if self._last is not None:
            self._last.update(messages)

    def leave_out(self, told: Counter[bytes]) -> None:
        """Leave out what the other link has told, each message as often as it was told there.

        It may come later on this link than the answer to a ping came on the other.
        """
        self._told = Counter(told)
        self.active = bool(told) or self._last is not None
        self._until = self._clock.monotonic() + _OVERLAP

    def fresh(self, messages: Sequence[bytes]) -> list[bool] | None:
        """Return which of the messages the other link has not told, or None where that is all."""
        if not self._told:
            return None
        if self._clock.monotonic() >= self._until:
            self._told, self.active = Counter(), self._last is not None
            return None
        is_new = [not self._take(message) for message in messages]
        return None if all(is_new) else is_new

    def _take(self, message: bytes) -> bool:
        left = self._told.get(message, 0)
        if left:
            self._told[message] = left - 1
        return bool(left)
