"""What is to go wrong: plain state, asked by the parts of the exchange that it concerns."""

from __future__ import annotations

from dataclasses import dataclass

from ..fault_plan import FaultPlan as AnyFaultPlan
from ..fault_plan import Refusal, RestError

__all__ = ["FaultPlan", "Refusal", "RestError"]


@dataclass(slots=True, kw_only=True)
class FaultPlan(AnyFaultPlan):
    """All faults; what only the other exchange of this package has stays at its default."""

    late_welcome: float = 0.0
    lost_welcomes: int = 0
    dead_endpoints: int = 0
    down: bool = False
    failing_requests: int = 0
    request_error: tuple[int, str] = (500, "system error")
