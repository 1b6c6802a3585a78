"""The plain state of the faults."""

from __future__ import annotations

from sixmm.sim.kucoin.fault_plan import FaultPlan


def test_nothing_goes_wrong_at_first() -> None:
    """Counters are used up one by one."""
    plan = FaultPlan()

    assert not plan.down
    assert not plan.take("lost_welcomes")
    plan.lost_welcomes = 1
    assert plan.take("lost_welcomes")
    assert not plan.take("lost_welcomes")
