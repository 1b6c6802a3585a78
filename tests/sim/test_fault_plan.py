"""Faults that are used up."""

from __future__ import annotations

from sixmm.sim.fault_plan import FaultPlan, Refusal, RestError


def error(count: int, path: str | None, code: int) -> RestError:
    """Return a REST error."""
    return RestError(count=count, code=code, http_status=200, retry_after=None, path=path)


def test_nothing_goes_wrong_by_default() -> None:
    """A fresh plan has no fault."""
    plan = FaultPlan()

    assert plan.take_refusal() is None
    assert plan.take_rest_error("/v1/time") is None
    assert not plan.take("lost_acks")


def test_counted_faults_end() -> None:
    """Each use takes one away."""
    plan = FaultPlan(lost_acks=2, refusal=Refusal(count=1, status=503, retry_after=None))

    assert [plan.take("lost_acks") for _ in range(3)] == [True, True, False]
    assert [plan.take_refusal() is None for _ in range(2)] == [False, True]


def test_rest_errors_pick_their_paths_in_order() -> None:
    """The oldest fault that fits comes first; a path that no fault names is left alone."""
    plan = FaultPlan(rest_errors=[error(1, "/v1/private/order", 1), error(1, None, 2)])

    codes = []
    for path in ("/v1/private/order/place", "/v1/private/order", "/v1/time"):
        taken = plan.take_rest_error(path)
        codes.append(taken and taken.code)
    assert codes == [1, 2, None]
