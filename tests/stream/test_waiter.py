"""One slot: an answer is handed over once, and never to somebody who has gone."""

from __future__ import annotations

import threading

import pytest

from sixmm.clock import Deadline
from sixmm.errors import ClientClosed, SubscriptionRefused
from sixmm.stream.waiter import Waiter

NOW = 0.0
REFUSED = SubscriptionRefused("no such topic")


def test_a_waiter_hands_over_from_another_thread() -> None:
    """The answer of one thread wakes the other."""
    waiter = Waiter()
    thread = threading.Thread(target=waiter.set)
    thread.start()
    assert waiter.wait(Deadline(30.0))
    thread.join()


def test_an_answer_that_came_first_is_not_lost() -> None:
    """Whether the answer or the waiter is first makes no difference."""
    waiter = Waiter()
    assert waiter.set()
    assert waiter.wait(Deadline(NOW))


def test_a_waiter_that_gave_up_refuses_the_answer() -> None:
    """Whoever brings a late answer learns that nobody took it."""
    waiter = Waiter()
    assert not waiter.wait(Deadline(NOW))
    assert not waiter.set()


def test_a_waiter_takes_one_answer() -> None:
    """The second answer does not replace the first."""
    waiter = Waiter()
    assert waiter.set()
    assert not waiter.set(ClientClosed("late"))
    assert waiter.wait(Deadline(NOW))


def test_a_waiter_raises_the_error_that_it_was_given() -> None:
    """An error is an answer too."""
    waiter = Waiter()
    waiter.set(REFUSED)
    with pytest.raises(SubscriptionRefused):
        waiter.wait(Deadline(NOW))
