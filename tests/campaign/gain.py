"""By how much the memory of this process rises while something is done to it.

Two measures: what its objects need, which is the same in each run, and what the system has given
for them, which also depends on what the allocator has kept and on where there was room.
"""

from __future__ import annotations

import gc
import tracemalloc
from types import TracebackType

from .memory import Sampler, give_back, resident_bytes

__all__ = ["MIB", "Gain", "Held"]

MIB = 1024 * 1024
_INTERVAL = 0.005


class Gain:
    """Watches the resident memory during a ``with`` block; what it gained is known afterwards.

    Whatever is made once, such as the modules that are imported late, has to be there before.
    """

    def __init__(self) -> None:
        self.mib = 0.0
        """How far the highest sample was above what there was before."""

    def __enter__(self) -> Gain:
        gc.collect()
        give_back()
        self._before = resident_bytes()
        self._sampler = Sampler(_INTERVAL)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # What is held at the end counts, also where the block was too short for a sample.
        last = resident_bytes()
        self._sampler.stop()
        self.mib = max(0, max(self._sampler.peak, last) - self._before) / MIB


class Held:
    """Counts what the objects made during a ``with`` block need; the most is known afterwards.

    Whatever makes objects is several times slower meanwhile.
    """

    def __init__(self) -> None:
        self.mib = 0.0
        """The most that those objects needed at a moment."""

    def __enter__(self) -> Held:
        gc.collect()
        tracemalloc.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        self.mib = peak / MIB
