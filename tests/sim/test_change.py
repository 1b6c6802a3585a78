"""Waiting for changes."""

from __future__ import annotations

import threading

from sixmm.sim.change import Change


def test_a_waiter_is_woken_by_a_change() -> None:
    """A predicate that another thread makes true ends the wait."""
    change, done, asked = Change(), threading.Event(), threading.Event()

    def act() -> None:
        asked.wait(10)
        done.set()
        change.announce()

    def predicate() -> bool:
        asked.set()
        return done.is_set()

    thread = threading.Thread(target=act)
    thread.start()

    assert change.wait_until(predicate, 10.0)
    thread.join()


def test_a_wait_ends_at_its_deadline() -> None:
    """What never comes true is False, and a timeout of 0 asks exactly once."""
    asked: list[int] = []

    assert not Change().wait_until(lambda: asked.append(1), 0.0)
    assert asked == [1]


def test_a_predicate_about_something_else_is_asked_again() -> None:
    """What changes outside of the exchange is noticed too, without any announcement."""
    answers = iter([False, False, True])

    assert Change().wait_until(lambda: next(answers), 10.0)


def test_the_predicate_may_announce_itself() -> None:
    """No lock is held while the predicate runs."""
    change = Change()

    assert change.wait_until(lambda: change.announce() is None, 10.0)
