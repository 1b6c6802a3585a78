"""When a link is compared again, audited, or replaced."""

from __future__ import annotations

import pytest

from sixmm.clock import ManualClock
from sixmm.stream.agenda import RETRY, ROTATION, Agenda
from sixmm.stream.options import SessionOptions
from sixmm.stream.sync import AUDIT, Merged

OPTIONS = SessionOptions(resync_retry=5.0, resync_retry_max=12.0, audit_interval=60.0)


def agenda(
    clock: ManualClock, *, private: bool = True, rotate_after: float | None = None
) -> Agenda:
    """Return an agenda on which nothing stands but the rotation."""
    return Agenda(clock=clock, options=OPTIONS, private=private, rotate_after=rotate_after)


def due_after(plan: Agenda, clock: ManualClock, seconds: float) -> str | None:
    """Let time pass; return what is to be done then."""
    clock.advance(seconds)
    return plan.due()


def test_nothing_is_due_that_was_not_planned() -> None:
    """For ever."""
    clock = ManualClock()
    plan = agenda(clock)
    assert due_after(plan, clock, 1e9) is None
    assert plan.times == (None, None, None)


def test_what_fails_again_and_again_is_asked_rarely() -> None:
    """The wait doubles up to its bound, is never shorter than asked for, and does not shrink."""
    clock = ManualClock()
    plan = agenda(clock)
    waits = []
    for floor in (0.0, 0.0, 0.0, 40.0):
        plan.plan_resync(again=True, floor=floor)
        assert plan.resync_at is not None
        waits.append(plan.resync_at - clock.monotonic())
        plan.plan_resync(again=False)
        assert plan.resync_at is None
    assert waits == [5.0, 10.0, 12.0, 40.0]


def test_a_comparison_is_due_when_its_time_comes() -> None:
    """Not before, and before everything else."""
    clock = ManualClock()
    plan = agenda(clock, rotate_after=1.0)
    plan.plan_audit(1.0)
    plan.plan_resync(again=True)
    assert due_after(plan, clock, 4.9) == ROTATION
    assert due_after(plan, clock, 0.2) == RETRY


@pytest.mark.parametrize(
    ("merged", "waits"),
    [
        (Merged(True, 0, False), []),
        (Merged(False, 0, False), [5.0, 5.0]),
        (Merged(False, 0, True), [5.0, 10.0]),
    ],
)
def test_what_was_left_open_is_looked_at_soon(merged: Merged, waits: list[float]) -> None:
    """What nobody can read may come again and again, so that wait grows."""
    clock = ManualClock()
    plan = agenda(clock)
    found = []
    for _ in waits:
        plan.look_again(merged)
        assert plan.resync_at is not None
        found.append(plan.resync_at - clock.monotonic())
        plan.look_again(merged)
        plan.resync_at = None
    assert found == waits
    assert plan.resync_at is None


def test_an_audit_is_never_put_off() -> None:
    """One that is planned sooner stays; one that is over makes room."""
    clock = ManualClock()
    plan = agenda(clock)
    plan.plan_audit(60.0)
    plan.plan_audit(5.0)
    plan.plan_audit(60.0)
    assert due_after(plan, clock, 5.0) == AUDIT
    plan.plan_audit(60.0)
    assert due_after(plan, clock, 59.0) is None
    assert due_after(plan, clock, 1.0) == AUDIT


def test_there_are_no_audits_without_an_account_or_where_they_are_off() -> None:
    """Whoever asks for one."""
    clock = ManualClock()
    public = agenda(clock, private=False)
    public.plan_audit(5.0)
    off = Agenda(clock=clock, options=SessionOptions(audit_interval=None), private=True)
    off.plan_audit(5.0)
    agenda(clock).plan_audit(None)
    assert (public.times, off.times) == ((None, None, None), (None, None, None))


def test_a_link_that_could_not_be_replaced_is_tried_again_later() -> None:
    """In a minute."""
    clock = ManualClock()
    plan = agenda(clock, rotate_after=10.0)
    assert due_after(plan, clock, 10.0) == ROTATION
    plan.rotate_later()
    assert due_after(plan, clock, 59.0) is None
    assert due_after(plan, clock, 1.0) == ROTATION
