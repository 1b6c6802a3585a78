"""Linked orders: a strategy, its legs, and what drives one leg by another (rule 51)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .condition import Condition, ConditionStatus
from .condition_request import ConditionRequest
from .orders import Order, Status
from .request import OrderRequest

__all__ = ["Drive", "Leg", "LegStatus", "Strategy", "StrategyStatus"]


class StrategyStatus:
    """States of a strategy, with two L where orders have one (rule 62)."""

    WORKING = "WORKING"
    ALL_DONE = "ALL_DONE"
    CANCELLED = "CANCELLED"


class LegStatus:
    """States of a leg that has no order of its own; else it has the state of its order."""

    WAITING = "WAITING"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """What happens to a leg (`action`) when the leg `driver` has come to `on`.

    `on` is FILLED, PARTIALLY_FILLED, TRIGGERED or CANCELED, `action` is PLACE or CANCEL.
    """

    driver: int
    on: str
    action: str


@dataclass(slots=True, kw_only=True, eq=False)
class Leg:
    """One leg: the request as it was `sent` and read, and what has come of it."""

    sub_id: int
    sent: Mapping[str, object]
    request: OrderRequest | ConditionRequest
    drives: tuple[Drive, ...]
    placed: Order | None = None
    condition: Condition | None = None
    refused: str = ""
    """REJECTED or CANCELED for a leg that will never have an order; else empty."""

    @property
    def order(self) -> Order | None:
        """The normal order of the leg: the one placed, or the one its condition order became."""
        return self.condition.order if self.condition else self.placed

    @property
    def is_deferred(self) -> bool:
        """Whether it is placed only when another leg has come so far."""
        return any(drive.action == "PLACE" for drive in self.drives)

    @property
    def waits(self) -> bool:
        """Whether it has not been placed yet and still may be."""
        return self.order is None and self.condition is None and not self.refused

    @property
    def status(self) -> str:
        """State of the leg: that of its order, or of its condition order before there is one."""
        if self.order is not None:
            return self.order.status
        if self.condition is not None:
            return self.condition.status
        return self.refused or LegStatus.WAITING

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come of it."""
        if self.order is not None:
            return not self.order.is_open
        if self.condition is not None:
            return not self.condition.waits
        return bool(self.refused)

    @property
    def has_traded(self) -> bool:
        """Whether its order was filled, at least in part."""
        return self.order is not None and bool(self.order.executed)

    def has_come_to(self, event: str) -> bool:
        """Tell whether `event` (see `Drive`) has happened to this leg."""
        if event == "TRIGGERED":
            return self.condition is not None and (
                self.condition.status == ConditionStatus.TRIGGERED
            )
        if event == "PARTIALLY_FILLED":
            return self.has_traded
        if event == "FILLED":
            return self.order is not None and self.order.status == Status.FILLED
        return self.is_over and not self.has_come_to("FILLED")


@dataclass(slots=True, kw_only=True, eq=False)
class Strategy:
    """A strategy of one account; times in ms."""

    strategy_id: str
    owner: str
    type: str
    legs: tuple[Leg, ...]
    status: str = StrategyStatus.WORKING
    created_at: int = 0
    updated_at: int = 0
    applied: set[tuple[int, Drive]] = field(default_factory=set)
    """Drives that have done their work, each with the leg that it worked on."""

    @property
    def is_working(self) -> bool:
        """Whether something may still come of it."""
        return self.status == StrategyStatus.WORKING

    def leg(self, sub_id: int) -> Leg:
        """Return the leg with that number."""
        return next(leg for leg in self.legs if leg.sub_id == sub_id)

    @property
    def outcome(self) -> str:
        """State of a strategy whose legs are all over.

        It is done when one of its last legs has traded: the second of an OTO, either of an
        OCO, one of the last two of an OTOCO. Else it came to nothing.
        """
        last = [leg for leg in self.legs if leg.is_deferred] or self.legs
        traded = any(leg.has_traded for leg in last)
        return StrategyStatus.ALL_DONE if traded else StrategyStatus.CANCELLED
