"""The timer: a schedule that is a value, and one thread that no job can kill."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.clock import ManualClock
from sixmm.stream.timer import Schedule, Timer, TimerShare

from .waiting import GENEROUS


def nothing() -> None:
    """Do nothing."""


def names(due: list[tuple[str, Callable[[], None]]]) -> list[str]:
    """Return the names of the jobs."""
    return [name for name, _ in due]


# The schedule


def test_jobs_come_in_the_order_of_their_times() -> None:
    """Not in the order in which they were put; equal times keep that order."""
    schedule = Schedule()
    schedule.put("late", 3.0, nothing)
    schedule.put("first", 1.0, nothing)
    schedule.put("second", 1.0, nothing)
    assert schedule.next_at() == 1.0
    assert names(schedule.pop_due(3.0)) == ["first", "second", "late"]
    assert len(schedule) == 0
    assert schedule.next_at() is None


def test_what_is_not_due_stays() -> None:
    """A job comes at its time, not before."""
    schedule = Schedule()
    schedule.put("job", 2.0, nothing)
    assert schedule.pop_due(1.999) == []
    assert names(schedule.pop_due(2.0)) == ["job"]
    assert schedule.pop_due(2.0) == []


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=10), st.floats(0, 10_000))
def test_after_a_jump_of_the_clock_each_periodic_job_comes_once(
    intervals: list[float], jump: float
) -> None:
    """A machine that slept does not make up for the pings of the time (no ping storm)."""
    schedule = Schedule()
    for number, interval in enumerate(intervals):
        schedule.put(f"job{number}", interval, nothing, interval=interval)
    due = names(schedule.pop_due(3_600.0 + jump))
    assert sorted(due) == sorted(f"job{number}" for number in range(len(intervals)))
    assert schedule.pop_due(3_600.0 + jump) == []
    assert len(schedule) == len(intervals)


def test_a_periodic_job_comes_back_after_its_interval() -> None:
    """The next time counts from when it was due to run, not from when it was planned."""
    schedule = Schedule()
    schedule.put("ping", 1.0, nothing, interval=1.0)
    schedule.pop_due(1.5)
    assert schedule.next_at() == 2.5


def test_a_job_of_the_same_name_is_replaced() -> None:
    """There is one renewal at a time, not one for each time it was planned."""
    schedule = Schedule()
    schedule.put("job", 1.0, nothing)
    schedule.put("job", 5.0, nothing)
    assert len(schedule) == 1
    assert schedule.pop_due(4.0) == []
    assert names(schedule.pop_due(5.0)) == ["job"]


def test_a_cancelled_job_does_not_come() -> None:
    """Nor does cancelling what is not there do any harm."""
    schedule = Schedule()
    schedule.put("job", 1.0, nothing, interval=1.0)
    schedule.cancel("job")
    schedule.cancel("unknown")
    assert schedule.next_at() is None
    assert schedule.pop_due(100.0) == []


@pytest.mark.parametrize("interval", [0.0, -1.0])
def test_an_interval_that_is_always_due_is_refused(interval: float) -> None:
    """A job that is due again at once would never let the thread out of its round."""
    with pytest.raises(ValueError):
        Schedule().put("job", 0.0, nothing, interval=interval)


# The thread


@pytest.fixture
def timer() -> Iterator[Timer]:
    """A timer that runs."""
    timer = Timer()
    timer.start()
    yield timer
    timer.stop()
    assert timer.join(GENEROUS)


def test_a_job_runs_on_the_timer_thread(timer: Timer) -> None:
    """Not on the thread that plans it."""
    ran: list[str] = []
    done = threading.Event()

    def job() -> None:
        ran.append(threading.current_thread().name)
        done.set()

    timer.after("job", 0.0, job)
    assert done.wait(GENEROUS)
    assert ran == ["sixmm-timer"]


def test_a_periodic_job_runs_again(timer: Timer) -> None:
    """And again."""
    runs = threading.Semaphore(0)
    timer.every("job", 0.001, runs.release)
    for _ in range(3):
        assert runs.acquire(timeout=GENEROUS)


def test_a_job_that_fails_ends_neither_the_thread_nor_itself(
    timer: Timer, caplog: pytest.LogCaptureFixture
) -> None:
    """The failure is logged by name, and the job is due again after its interval."""
    runs = threading.Semaphore(0)

    def job() -> None:
        runs.release()
        raise RuntimeError("on purpose")

    timer.every("bad", 0.001, job)
    assert runs.acquire(timeout=GENEROUS)
    assert runs.acquire(timeout=GENEROUS)
    timer.cancel("bad")
    assert any("bad" in record.getMessage() for record in caplog.records)


def test_a_job_may_plan_and_cancel_jobs(timer: Timer) -> None:
    """The lock is not held while a job runs."""
    done = threading.Event()

    def job() -> None:
        timer.cancel("other")
        timer.after("next", 0.0, done.set)

    timer.after("other", 3_600.0, nothing)
    timer.after("job", 0.0, job)
    assert done.wait(GENEROUS)


def test_a_job_waits_for_its_time() -> None:
    """On a clock that stands still, a later job does not run before the clock has moved."""
    clock = ManualClock()
    timer = Timer(clock=clock)
    ran, now = threading.Event(), threading.Event()
    timer.after("later", 10.0, ran.set)
    timer.after("now", 0.0, now.set)
    timer.start()
    assert now.wait(GENEROUS)
    assert not ran.is_set()
    clock.advance(10.0)
    # Makes the thread look at its clock, which a test moves behind its back.
    timer.after("look", 0.0, nothing)
    assert ran.wait(GENEROUS)
    timer.stop()
    assert timer.join(GENEROUS)


def test_a_sooner_job_wakes_the_thread(timer: Timer) -> None:
    """A job that is put while the thread waits for a later one is not late."""
    timer.after("late", 3_600.0, nothing)
    done = threading.Event()
    timer.after("soon", 0.001, done.set)
    assert done.wait(GENEROUS)


def test_after_stop_no_job_begins() -> None:
    """Of several jobs that are due, none begins after the stop; the running one ends."""
    clock = ManualClock()
    timer = Timer(clock=clock)
    running, go_on = threading.Event(), threading.Event()
    ran: list[str] = []

    def first() -> None:
        running.set()
        assert go_on.wait(GENEROUS)
        ran.append("first")

    timer.after("first", 0.0, first)
    timer.after("second", 0.0, lambda: ran.append("second"))
    timer.start()
    assert running.wait(GENEROUS)
    timer.stop()
    go_on.set()
    assert timer.join(GENEROUS)
    assert ran == ["first"]


def test_a_job_may_stop_and_join_its_own_thread() -> None:
    """It does not wait for itself."""
    timer = Timer()
    joined: list[bool] = []
    done = threading.Event()

    def job() -> None:
        timer.stop()
        joined.append(timer.join(GENEROUS))
        done.set()

    timer.after("job", 0.0, job)
    timer.start()
    assert done.wait(GENEROUS)
    assert joined == [False]
    assert timer.join(GENEROUS)


def test_a_timer_that_was_never_started_is_at_its_end() -> None:
    """Joining it does not wait."""
    assert Timer().join(GENEROUS)


# Shares


def test_the_jobs_of_two_users_do_not_meet() -> None:
    """Equal names are two jobs; the end of a share drops its own and no others."""
    timer = Timer(clock=ManualClock())
    one, other = TimerShare(timer, "one"), TimerShare(timer, "other")
    one.every("ping", 5.0, lambda: None)
    other.after("ping", 5.0, lambda: None)
    other.after("more", 5.0, lambda: None)
    assert len(timer._schedule) == 3
    other.cancel("more")
    one.stop()
    assert list(timer._schedule._current) == ["other:ping"]


def test_a_share_that_is_over_takes_no_jobs() -> None:
    """A job that is planned at the very end does not outlive its user."""
    timer = Timer(clock=ManualClock())
    share = TimerShare(timer, "one")
    share.stop()
    share.every("ping", 5.0, lambda: None)
    share.after("once", 5.0, lambda: None)
    assert len(timer._schedule) == 0


def test_a_share_neither_starts_nor_ends_the_thread() -> None:
    """That is for whoever made the timer."""
    timer = Timer()
    share = TimerShare(timer, "one")
    share.start()
    assert share.join(0.0)
    assert timer._thread.ident is None
