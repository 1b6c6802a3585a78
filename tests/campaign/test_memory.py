"""The slope of the memory is that of a straight line through the samples."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from .memory import Sampler, resident_bytes, slope_per_hour
from .program import program


def test_a_steady_rise_is_its_own_slope() -> None:
    """A byte a second is 3,600 bytes an hour."""
    assert slope_per_hour([(float(n), 1_000 + n) for n in range(100)]) == pytest.approx(3_600)


def test_a_level_line_has_none() -> None:
    """However high it is; and too few samples say nothing."""
    assert slope_per_hour([(float(n), 10**9) for n in range(100)]) == pytest.approx(0)
    assert slope_per_hour([(1.0, 5)]) == 0
    assert slope_per_hour([(1.0, 5), (1.0, 9)]) == 0


def test_samples_this_process() -> None:
    """Where the system tells; the sampler ends with its thread."""
    sampler = Sampler(interval=0.001)
    while not sampler.samples:
        pass
    sampler.stop()

    assert sampler.peak >= 0
    assert resident_bytes() == 0 or resident_bytes() > 1_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it")
def test_memory_that_was_freed_does_not_count() -> None:
    """Where the allocator gives it back; else it keeps what lies under something that is in use."""
    before = resident_bytes()
    pieces = [bytearray(b"x") * 100_000 for _ in range(400)]
    pin = pieces.pop()
    del pieces
    sampler = Sampler(interval=0.001, gives_back=True)
    while not sampler.samples:
        pass
    sampler.stop()

    assert sampler.samples[-1][1] - before < 10 * 1024 * 1024
    del pin


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told")
def test_little_is_kept_of_what_was_freed() -> None:
    """Also in a thread, after a larger piece, and below something that is still in use."""
    done = subprocess.run(
        program("tests.campaign.churn"), capture_output=True, text=True, check=True, timeout=60
    )

    assert int(done.stdout) < 10 * 1024 * 1024
