"""How much memory this process holds, over time; known on Linux only."""

from __future__ import annotations

import contextlib
import ctypes
import threading
import time
from array import array
from pathlib import Path

__all__ = ["Sampler", "give_back", "keep_little", "resident_bytes", "slope_per_hour"]

_STATUS = Path("/proc/self/status")
# The names and figures of malloc.h in glibc.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
_LARGE_BYTES = 128 * 1024


def resident_bytes() -> int:
    """Return the resident memory of this process, or 0 where the system does not tell."""
    if not _STATUS.exists():
        return 0
    for line in _STATUS.read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def give_back() -> None:
    """Have the allocator return what it keeps for later: memory that is used again is no gain."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def keep_little() -> None:
    """Have the allocator return what is large when it is freed; before any thread is started.

    By default it learns from large pieces that are freed to keep such pieces, for each thread up to
    64 MiB of them, and :func:`give_back` does not reach all of that. Then the resident memory of a
    process that holds the same all the time goes up and down by 5 MiB.
    """
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_ARENA_MAX, 1)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)


class Sampler:
    """Notes the resident memory from a thread of its own.

    Args:
        interval: seconds between two samples.
        gives_back: whether the allocator returns what it keeps for later before each sample. How
            much that is goes up and down by several MiB, for hours, whatever the process needs.
    """

    def __init__(self, interval: float = 0.25, *, gives_back: bool = False) -> None:
        # Numbers only: as objects, those of an hour would be a tenth of a MiB of gain themselves.
        self._moments, self._sizes = array("d"), array("q")
        self._interval = interval
        self._gives_back = gives_back
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            if self._gives_back:
                give_back()
            self._moments.append(time.monotonic())
            self._sizes.append(resident_bytes())

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    @property
    def peak(self) -> int:
        """The most bytes of any sample."""
        return max(self._sizes, default=0)

    @property
    def samples(self) -> list[tuple[float, int]]:
        """Monotonic seconds and bytes."""
        return list(zip(self._moments, self._sizes, strict=False))


def slope_per_hour(samples: list[tuple[float, int]]) -> float:
    """Return by how many bytes an hour the samples rise, by least squares; 0 for too few."""
    if len(samples) < 2:
        return 0.0
    middle = sum(moment for moment, _ in samples) / len(samples)
    mean = sum(size for _, size in samples) / len(samples)
    spread = sum((moment - middle) ** 2 for moment, _ in samples)
    rise = sum((moment - middle) * (size - mean) for moment, size in samples)
    return 3_600 * rise / spread if spread else 0.0
