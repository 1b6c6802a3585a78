"""A gate is judged by a ratio of medians; what was not measured has no verdict."""

from __future__ import annotations

import pytest

from benchmarks.gates import GATES, Gate, Verdict, judge, sender_faults

_FASTER = Gate("rate", "x limit", "a/rate", ("b/rate", "c/rate"), 0.5, 0.8)
_LOWER = Gate("p50", "x limit", "a/us", ("b/us",), 2.0, 1.2, is_most=True)


def verdict(gate: Gate, value: float) -> Verdict:
    """Return what a ratio means for a gate."""
    return Verdict(gate, value)


def test_a_ratio_is_of_medians_and_of_the_greatest_base() -> None:
    """The limit is the faster of its two forms, and an outlier does not decide."""
    samples = {"a/rate": [1.0, 6.0, 90.0], "b/rate": [2.0], "c/rate": [10.0, 12.0, 1.0]}

    assert _FASTER.ratio(samples) == 0.6


@pytest.mark.parametrize("missing", ["a/rate", "b/rate"])
def test_what_was_not_measured_has_no_verdict(missing: str) -> None:
    """Neither held nor missed: the report says that it was not run."""
    samples = {"a/rate": [1.0], "b/rate": [2.0]}
    del samples[missing]
    found = Verdict(_FASTER, _FASTER.ratio(samples))

    assert (found.held, found.half_held, found.reached) == (None, None, None)


@pytest.mark.parametrize(
    ("gate", "value", "held", "half", "reached"),
    [
        (_FASTER, 0.8, True, True, True),
        (_FASTER, 0.5, True, True, False),
        (_FASTER, 0.3, False, True, False),
        (_FASTER, 0.2, False, False, False),
        (_LOWER, 1.2, True, True, True),
        (_LOWER, 2.0, True, True, False),
        (_LOWER, 3.9, False, True, False),
        (_LOWER, 4.1, False, False, False),
    ],
)
def test_a_bound_itself_is_kept(
    gate: Gate, value: float, held: bool, half: bool, reached: bool
) -> None:
    """The short form allows half as good as the gate, whichever way better is."""
    found = verdict(gate, value)

    assert (found.held, found.half_held, found.reached) == (held, half, reached)


def test_every_gate_aims_higher_than_it_asks() -> None:
    """No aim is below its gate, and no two gates are the same."""
    for gate in GATES:
        assert gate.holds(gate.aim, gate.gate)
    assert len({(gate.value, gate.bases) for gate in GATES}) == len(GATES)


def test_nothing_measured_is_nothing_judged() -> None:
    """A run of one figure says nothing about the gates of the others."""
    assert [found.held for found in judge({})] == [None] * len(GATES)


def test_a_slow_sender_is_a_fault() -> None:
    """What a sender below 1.5 times the fastest candidate shows is the sender."""
    good = {"x/plain/drain/rate": [15.0], "x/plain/limit/rate": [10.0]}
    bad = {"x/plain/drain/rate": [14.0], "x/plain/limit/rate": [10.0], "x/plain/limit/us": [99.0]}

    assert sender_faults(good) == []
    assert sender_faults(bad) == ["x/plain: the sender is only 1.40 times the fastest"]
