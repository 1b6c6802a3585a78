"""What a fuzzer prints is understood: how much it has tried, and what it has found."""

from __future__ import annotations

import importlib.util

import pytest

from .row import NotRun, Round
from .rows.fuzzing import ROWS, TARGETS, fuzzed, told

SOUND = """\
#2\tINITED cov: 5 ft: 5 corp: 1/1b exec/s: 0 rss: 60Mb
#5120\tpulse  cov: 80 ft: 90 corp: 9/1Kb exec/s: 900 rss: 61Mb
Done 5400 runs in 6 second(s)
stat::number_of_executed_units: 5400
stat::average_exec_per_sec:     900
"""
FOUND = """\
#77\tNEW    cov: 80 ft: 90
WRONG: Broken: the readers differ (_decoder)
  input: eyJh
  seed: 4
 === Uncaught Python exception: ===
AssertionError: Broken: the readers differ (_decoder)
"""


def test_a_sound_run() -> None:
    """The last count is how many inputs there were."""
    run = told("depth", SOUND, 0)

    assert (run.inputs, run.crashes, run.slow) == (5_400, [], [])


def test_a_finding_is_told_with_its_input() -> None:
    """And is one finding, although the fuzzer fails because of it as well."""
    run = told("depth", FOUND, 77)

    assert run.inputs == 77
    assert run.crashes == [
        "depth: WRONG: Broken: the readers differ (_decoder)\n  input: eyJh\n  seed: 4"
    ]
    assert run.slow == []


def test_what_takes_long_is_a_finding_of_its_own() -> None:
    """It is no crash."""
    run = told("depth", FOUND.replace("WRONG: Broken", "SLOW: took 2 s"), 77)

    assert run.crashes == []
    assert len(run.slow) == 1


def test_a_fuzzer_that_dies_is_a_crash() -> None:
    """Of the interpreter, or of the fuzzer itself: it has said nothing of why."""
    run = told("depth", "==1== ERROR: libFuzzer: deadly signal\n", -11)

    assert run.inputs == 0
    assert "code -11" in run.crashes[0]
    assert "deadly signal" in run.crashes[0]


def test_the_short_form_leaves_it_out() -> None:
    """It is told, and is no failure."""
    with pytest.raises(NotRun, match="short"):
        ROWS[0].run(Round(seed=1, is_short=True))


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="needs atheris")
@pytest.mark.parametrize("target", TARGETS)
def test_a_real_run(target: str) -> None:
    """A second of each: something is tried, and nothing is found."""
    run = fuzzed(target, seed=3, seconds=1)

    assert run.inputs > 10
    assert run.crashes == run.slow == []
