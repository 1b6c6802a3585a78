"""Where and how a connection ends, and the counting of its bytes up to there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import attrs

__all__ = ["Cut", "How", "Meter", "Plan", "Way"]

Way = Literal["reply", "request"]
"""Which way bytes go: to the client, or to the server."""

How = Literal["rst", "fin", "half", "hold"]
"""How a connection ends.

``rst`` resets it; ``fin`` ends it in order, both ways; ``half`` ends only the way whose bytes were
counted, in order, and passes the other one on; ``hold`` keeps it open and passes nothing any more.
"""


@attrs.frozen(kw_only=True)
class Cut:
    """Where a connection ends: after so many bytes one way, and how."""

    after_bytes: int
    how: How = "rst"
    of: Way = "reply"
    """Which way the bytes go that are counted."""


Plan = Callable[[int], "Cut | None"]
"""Takes the number of the connection, from 0, and says where to cut it, or None for not at all."""


class Meter:
    """Counts the bytes of one connection up to its cut; None counts nothing."""

    def __init__(self, cut: Cut | None) -> None:
        self.cut = cut
        self._left = 0 if cut is None else cut.after_bytes
        self.is_over = False

    def take(self, data: bytes, way: Way) -> bytes:
        """Return what of the data is passed on."""
        if self.cut is None or self.cut.of != way:
            return data
        passed, self._left = data[: self._left], max(0, self._left - len(data))
        self.is_over = self._left == 0
        return passed
