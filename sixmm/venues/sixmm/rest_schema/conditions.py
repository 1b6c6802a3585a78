"""What the calls about condition orders and strategies tell."""

from __future__ import annotations

from decimal import Decimal

import attrs
from attrs import field

from ....codec import wire
from ..enums import (
    BboPriceType,
    ConditionOrderType,
    ConditionStatus,
    DrivenOn,
    LegTrigger,
    PositionSide,
    Side,
    StrategyStatus,
    StrategyType,
    TimeInForce,
    WorkingType,
)
from .row import Row

__all__ = [
    "ConditionCancelReply",
    "ConditionPage",
    "ConditionRow",
    "PlacedCondition",
    "PlacedStrategy",
    "StrategyLegRow",
    "StrategyRow",
]


@attrs.frozen(kw_only=True)
class PlacedCondition(Row):
    """The reply to the placement of a condition order."""

    condition_id: str = field(metadata=wire("conditionId"))
    condition_status: ConditionStatus | str | None = field(
        default=None, metadata=wire("conditionStatus")
    )
    """The known words are *assumed* (rule 113)."""
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))


@attrs.frozen(kw_only=True)
class ConditionCancelReply(Row):
    """The reply to the cancel of a condition order, *assumed*: accepted, not done (rule 59)."""

    condition_id: str | None = field(default=None, metadata=wire("conditionId"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))


@attrs.frozen(kw_only=True)
class ConditionRow(Row):
    """One condition order; all of it is *assumed*, named after its placement (rule 111)."""

    condition_id: str = field(metadata=wire("conditionId"))
    condition_status: ConditionStatus | str | None = field(
        default=None, metadata=wire("conditionStatus")
    )
    order_id: str | None = field(default=None, metadata=wire("orderId"))
    """The normal order that it has become; ``""`` before."""
    strategy_id: str | None = field(default=None, metadata=wire("strategyId"))
    """The strategy that it belongs to; ``""`` for none."""
    client_order_id: str | None = field(default=None, metadata=wire("clientOrderId"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    type: ConditionOrderType | str | None = field(default=None, metadata=wire("type"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    quantity: Decimal | None = field(default=None, metadata=wire("quantity"))
    time_in_force: TimeInForce | str | None = field(default=None, metadata=wire("timeInForce"))
    reduce_only: bool | None = field(default=None, metadata=wire("reduceOnly"))
    close_position: bool | None = field(default=None, metadata=wire("closePosition"))
    stop_price: Decimal | None = field(default=None, metadata=wire("stopPrice"))
    working_type: WorkingType | str | None = field(default=None, metadata=wire("workingType"))
    price_protect: bool | None = field(default=None, metadata=wire("priceProtect"))
    activate_price: Decimal | None = field(default=None, metadata=wire("activatePrice"))
    callback_rate: Decimal | None = field(default=None, metadata=wire("callbackRate"))
    """A fraction: 0.01 is 1 %."""
    created_at: int | None = field(default=None, metadata=wire("createdAt"))
    updated_at: int | None = field(default=None, metadata=wire("updatedAt"))


@attrs.frozen(kw_only=True)
class ConditionPage(Row):
    """Condition orders: those that wait, or one page of the past ones; *assumed* (rule 111)."""

    rows: tuple[ConditionRow, ...] = field(metadata=wire("list"))
    total: int | None = field(default=None, metadata=wire("total"))


# Strategies


@attrs.frozen(kw_only=True)
class PlacedStrategy(Row):
    """The reply to the placement of a strategy."""

    strategy_id: str = field(metadata=wire("strategyId"))
    strategy_status: StrategyStatus | str | None = field(
        default=None, metadata=wire("strategyStatus")
    )
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))


@attrs.frozen(kw_only=True)
class StrategyLegRow(Row):
    """One leg of a strategy; all of it is *assumed*, named after its placement (rule 112)."""

    strategy_sub_id: int | None = field(default=None, metadata=wire("strategySubId"))
    status: str | None = field(default=None, metadata=wire("status"))
    """``WAITING``, or the status of its order or of its condition order."""
    order_id: str | None = field(default=None, metadata=wire("orderId"))
    """The normal order that was made of it; ``""`` where there is none."""
    condition_id: str | None = field(default=None, metadata=wire("conditionId"))
    """The condition order that was made of it; ``""`` where there is none."""
    client_order_id: str | None = field(default=None, metadata=wire("clientOrderId"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    type: str | None = field(default=None, metadata=wire("type"))
    """A type of normal or of condition order."""
    side: Side | str | None = field(default=None, metadata=wire("side"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    quantity: Decimal | None = field(default=None, metadata=wire("quantity"))
    time_in_force: TimeInForce | str | None = field(default=None, metadata=wire("timeInForce"))
    reduce_only: bool | None = field(default=None, metadata=wire("reduceOnly"))
    maker_only: bool | None = field(default=None, metadata=wire("makerOnly"))
    close_position: bool | None = field(default=None, metadata=wire("closePosition"))
    place_type: str | None = field(default=None, metadata=wire("placeType"))
    price_type: BboPriceType | int | None = field(default=None, metadata=wire("priceType"))
    stop_price: Decimal | None = field(default=None, metadata=wire("stopPrice"))
    working_type: WorkingType | str | None = field(default=None, metadata=wire("workingType"))
    price_protect: bool | None = field(default=None, metadata=wire("priceProtect"))
    activate_price: Decimal | None = field(default=None, metadata=wire("activatePrice"))
    callback_rate: Decimal | None = field(default=None, metadata=wire("callbackRate"))
    first_driven_id: int | None = field(default=None, metadata=wire("firstDrivenId"))
    """The leg that drives it; 0 for none."""
    first_driven_on: DrivenOn | str | None = field(default=None, metadata=wire("firstDrivenOn"))
    first_trigger: LegTrigger | str | None = field(default=None, metadata=wire("firstTrigger"))
    second_driven_id: int | None = field(default=None, metadata=wire("secondDrivenId"))
    second_driven_on: DrivenOn | str | None = field(default=None, metadata=wire("secondDrivenOn"))
    second_trigger: LegTrigger | str | None = field(default=None, metadata=wire("secondTrigger"))


@attrs.frozen(kw_only=True)
class StrategyRow(Row):
    """One strategy and its legs."""

    strategy_id: str = field(metadata=wire("strategyId"))
    strategy_type: StrategyType | str | None = field(default=None, metadata=wire("strategyType"))
    strategy_status: StrategyStatus | str | None = field(
        default=None, metadata=wire("strategyStatus")
    )
    """``CANCELLED`` has two L here, unlike that of an order (rule 62)."""
    book_time: int | None = field(default=None, metadata=wire("bookTime"))
    """When it was made."""
    update_time: int | None = field(default=None, metadata=wire("updateTime"))
    sub_orders: tuple[StrategyLegRow, ...] = field(default=(), metadata=wire("subOrders"))
