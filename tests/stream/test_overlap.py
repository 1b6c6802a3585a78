"""What two links bring both is told once; what only looks like it is not left out."""

from __future__ import annotations

from collections import Counter

import pytest

from sixmm.clock import ManualClock
from sixmm.stream.overlap import Overlap


@pytest.fixture
def clock() -> ManualClock:
    """Make a clock that stands still."""
    return ManualClock()


@pytest.fixture
def overlap(clock: ManualClock) -> Overlap:
    """Make an empty one."""
    return Overlap(clock)


def test_nothing_is_left_out_before_there_is_another_link(overlap: Overlap) -> None:
    """What a link brings by itself is new, also where it repeats itself."""
    overlap.note([b"a"])
    assert overlap.fresh([b"a", b"a"]) is None


def test_what_the_other_link_told_is_left_out(overlap: Overlap, clock: ManualClock) -> None:
    """By its text, wherever it comes."""
    told = Overlap(clock).remember()
    told.update([b"a", b"b"])
    overlap.leave_out(told)
    assert overlap.fresh([b"c", b"a"]) == [True, False]
    assert overlap.fresh([b"c"]) is None
    assert overlap.fresh([b"b"]) == [False]


def test_a_message_is_left_out_as_often_as_it_was_told(overlap: Overlap) -> None:
    """One more than that is a message of its own, although it has the same text."""
    overlap.leave_out(Counter({b"a": 2}))
    assert overlap.fresh([b"a", b"a", b"a"]) == [False, False, True]
    assert overlap.fresh([b"a"]) is None


def test_what_is_noted_is_counted(overlap: Overlap) -> None:
    """From the moment that it is to be remembered, and not before."""
    overlap.note([b"early"])
    told = overlap.remember()
    overlap.note([b"a", b"b"])
    overlap.note([b"a"])
    assert told == {b"a": 2, b"b": 1}


def test_the_memory_ends(overlap: Overlap, clock: ManualClock) -> None:
    """After a while the links cannot bring the same any more."""
    overlap.leave_out(Counter({b"a": 1}))
    clock.advance(60.0)
    assert overlap.fresh([b"a"]) is None


def test_it_is_active_while_there_is_something_to_leave_out(
    overlap: Overlap, clock: ManualClock
) -> None:
    """Else nobody need ask, and after the memory has ended nobody need ask any more."""
    assert not overlap.active
    overlap.leave_out(Counter())
    assert not overlap.active
    overlap.leave_out(Counter({b"a": 1}))
    assert overlap.active
    clock.advance(60.0)
    overlap.fresh([b"a"])
    assert not overlap.active


def test_it_is_active_while_it_notes(overlap: Overlap, clock: ManualClock) -> None:
    """Also after the memory of an earlier rotation has ended."""
    overlap.leave_out(Counter({b"a": 1}))
    overlap.remember()
    clock.advance(60.0)
    overlap.fresh([b"a"])
    assert overlap.active
