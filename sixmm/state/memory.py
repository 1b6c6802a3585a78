"""What is remembered within bounds: the fills, and which pushes were taken.

To forget takes as long as to remember, however much there is. The first key of a dictionary is no
way to find the oldest one: where many were deleted before, it is looked for among their traces.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable
from typing import cast

from .models import Fill
from .values import FillValues, model_of, values_of

__all__ = ["FillMemory", "TextMemory"]


class TextMemory:
    """Recognises a text that was taken before.

    A repeat has the time of the first one, so texts are kept by their time: times follow one
    another, and so do their places in memory, which is why this beats a set of all. Of a text only
    a hash of 8 bytes is kept. When the young memory is full it becomes the old one, and what was
    old is forgotten.

    Args:
        bound: how many texts are remembered at least; it may be up to twice as many.
    """

    __slots__ = ("_bound", "_old", "_room", "_young")

    def __init__(self, bound: int) -> None:
        self._bound = bound
        # How many times the young memory may have: fewer where several texts share one.
        self._room = bound
        self._young: dict[int, int | set[int]] = {}
        self._old: dict[int, int | set[int]] = {}

    def take(self, text: str, at_ms: int) -> bool:
        """Remember a text and its time; return whether it was new."""
        young = self._young
        if at_ms in young or at_ms in self._old:
            if self.knows(text, at_ms):
                return False
            self._add(hash(text), at_ms)
        else:
            young[at_ms] = hash(text)
        if len(young) >= self._room:
            self._young, self._old, self._room = {}, young, self._bound
        return True

    def knows(self, text: str, at_ms: int) -> bool:
        """Whether the text of that time was taken."""
        digest = hash(text)
        return _has(self._young.get(at_ms), digest) or _has(self._old.get(at_ms), digest)

    def _add(self, digest: int, at_ms: int) -> None:
        same = self._young.get(at_ms)
        if same is None:
            self._young[at_ms] = digest
            return
        if isinstance(same, int):
            same = self._young[at_ms] = {same}
        same.add(digest)
        self._room -= 1


def _has(digests: int | set[int] | None, digest: int) -> bool:
    return digest in digests if isinstance(digests, set) else digest == digests


class FillMemory:
    """The last fills by their id, each once; models of them are made when they are read.

    Args:
        bound: how many are remembered.
    """

    __slots__ = ("_bound", "_fills", "_gone", "_ids")

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._fills: dict[str, Fill | FillValues] = {}
        self._ids: deque[str] = deque()
        # How many were forgotten since the dictionary was made.
        self._gone = 0

    def __contains__(self, fill_id: object) -> bool:
        return fill_id in self._fills

    def take(self, fill: FillValues) -> bool:
        """Remember a fill; return whether it was new."""
        fill_id = fill[0]
        if fill_id in self._fills:
            return False
        self._fills[fill_id] = fill
        self._ids.append(fill_id)
        if len(self._ids) > self._bound:
            del self._fills[self._ids.popleft()]
            self._gone += 1
            if self._gone > self._bound // 4:
                # What was deleted leaves traces, which take as much room: the dictionary would
                # become twice as large.
                self._fills, self._gone = dict(self._fills), 0
        return True

    def values_of_all(self) -> list[FillValues]:
        """Return the values of all of them, oldest first."""
        return [values_of(f) if isinstance(f, Fill) else f for f in self._fills.values()]

    def of(self, order_ids: Container[str]) -> list[Fill]:
        """Return those of some orders, oldest first."""
        return [
            fill if isinstance(fill, Fill) else model_of(Fill, fill)
            for fill in self._fills.values()
            if (fill.order_id if isinstance(fill, Fill) else fill[1]) in order_ids
        ]

    def read(self) -> tuple[Fill, ...]:
        """Return all of them, oldest first."""
        fills = self._fills
        # What was read before is a model; so whatever is not comes after the last model.
        for fill_id in reversed(self._ids):
            fill = fills[fill_id]
            if isinstance(fill, Fill):
                break
            fills[fill_id] = model_of(Fill, fill)
        return tuple(cast(Iterable[Fill], fills.values()))
