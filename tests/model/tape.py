"""Choices out of a list of numbers: a history that can be repeated, written down and made smaller.

Where the numbers are used up every choice is the first one, which is always the harmless one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

__all__ = ["Tape", "smallest", "some_numbers"]

T = TypeVar("T")

NUMBERS = 720
"""How many numbers there are; it can be divided by every small count."""


class Tape:
    """Numbers that decide what happens.

    Args:
        numbers: from 0 up to :data:`NUMBERS`.
    """

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = numbers
        self._at = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is decided any more."""
        return self._at >= len(self._numbers)

    def pick(self, count: int) -> int:
        """Return a number from 0 up to ``count``."""
        if self.is_over:
            return 0
        self._at += 1
        return self._numbers[self._at - 1] % count

    def choose(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[self.pick(len(options))]


def some_numbers(seed: str, length: int) -> list[int]:
    """Return numbers by chance, the same for the same seed."""
    chance = random.Random(seed)
    return [chance.randrange(NUMBERS) for _ in range(length)]


def smallest(numbers: Sequence[int], breaks: Callable[[list[int]], bool]) -> list[int]:
    """Return fewer and smaller numbers that still break something.

    Parts are left out, large ones first; then single numbers become 0.
    """
    best = list(numbers)
    size = len(best)
    while size:
        at = 0
        while at < len(best):
            shorter = best[:at] + best[at + size :]
            if breaks(shorter):
                best = shorter
            else:
                at += size
        size //= 2
    for at, number in enumerate(best):
        simpler = [*best[:at], 0, *best[at + 1 :]]
        if number and breaks(simpler):
            best = simpler
    return best
