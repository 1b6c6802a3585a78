"""Identifiers like those of the exchange: rising, and far above 2**53 (rule 10)."""

from __future__ import annotations

import random

__all__ = ["IdSource"]

_FIRST = 2_022_543_809_547_603_968


class IdSource:
    """A source of rising identifiers that is the same for the same seed."""

    def __init__(self, seed: int) -> None:
        """Start the sequence that belongs to `seed`."""
        self._gaps = random.Random(f"ids:{seed}")
        self._last = _FIRST

    def next(self) -> str:
        """Return the next identifier, greater than every one before it."""
        self._last += self._gaps.randrange(1, 4096)
        return str(self._last)
