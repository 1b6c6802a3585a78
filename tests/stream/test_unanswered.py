"""When a topic without an answer is asked for again, and when it is given up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.stream.unanswered import Unanswered


def made(*, first: float = 1.0, longest: float = 4.0) -> Unanswered:
    """Return one with a patience of ten seconds."""
    return Unanswered(first_wait=first, longest_wait=longest, patience=10.0)


def test_nothing_is_due_at_first() -> None:
    """Nobody went without an answer."""
    topics = made()

    assert not topics.is_due(1e9)
    assert topics.due_at is None


def test_the_waits_double_and_end() -> None:
    """Asked for again after 1, 2 and 4 seconds, each time with ten seconds for the answer."""
    topics, now, waits = made(), 100.0, []
    while not (given_up := topics.went_without(["a"], now)):
        due_at = topics.due_at
        assert due_at is not None
        assert not topics.is_asked
        waits.append(due_at - now)
        topics.asked(["a"], due_at)
        assert topics.is_asked
        assert topics.due_at == due_at + 10.0
        now = due_at + 10.0

    assert waits == [1.0, 2.0, 4.0]
    assert given_up == ("a",)
    assert (topics.topics, topics.due_at) == ((), None)


def test_what_is_answered_is_over() -> None:
    """An answer to all of it leaves nothing to do."""
    topics = made()
    topics.went_without(["a", "b"], 0.0)
    topics.asked(["a", "b"], 1.0)

    assert topics.went_without([], 11.0) == ()
    assert topics.due_at is None


def test_what_nobody_needs_any_more_is_over() -> None:
    """Where none of them had to be asked for again nothing is waited for."""
    topics = made()
    topics.went_without(["a"], 0.0)
    topics.asked([], 1.0)

    assert (topics.topics, topics.is_asked, topics.due_at) == ((), False, None)


def test_what_is_refused_is_asked_for_at_the_same_time() -> None:
    """Several refusals of one moment are one round; those of a later round wait for its end."""
    topics = made()
    topics.refused(["a"], 0.0)
    topics.refused(["b"], 0.5)
    assert (topics.topics, topics.due_at) == (("a", "b"), 1.0)
    assert topics.went_without(["c"], 0.6) == ()
    assert (topics.topics, topics.due_at) == (("a", "b", "c"), 2.6)
    topics.asked(["a", "b", "c"], 2.6)
    topics.refused(["b"], 3.0)
    assert (topics.topics, topics.due_at) == (("a", "b", "c"), 12.6)

    assert topics.went_without([], 3.0) == ()
    assert (topics.topics, topics.is_asked, topics.due_at) == (("b",), False, 7.0)


def test_what_is_refused_again_and_again_is_left() -> None:
    """That it was refused is told each time, so that nothing more is to be told in the end."""
    topics = made(first=1.0, longest=1.0)
    topics.refused(["a"], 0.0)
    topics.asked(["a"], 1.0)
    topics.refused(["a"], 1.0)

    assert topics.went_without([], 1.0) == ()
    assert (topics.topics, topics.due_at) == ((), None)


def test_off() -> None:
    """Where the first wait is longer than the longest, nothing is asked for again."""
    assert made(first=2.0, longest=1.0).went_without(["a"], 0.0) == ("a",)


@given(st.floats(0.001, 10.0), st.floats(0.001, 1_000.0))
def test_it_always_ends(first: float, longest: float) -> None:
    """Whatever the figures are, the number of repeats is bounded."""
    topics = made(first=first, longest=longest)
    for _ in range(25):
        if topics.went_without(["a"], 0.0):
            return
        topics.asked(["a"], 0.0)
    pytest.fail("it goes on for ever")
