"""Calls about linked orders."""

from __future__ import annotations

from typing import Any

from ..core import Core
from ..engine.strategies import find_strategy
from ..engine.strategy import Leg
from ..engine.strategy_request import read_strategy
from .call import Call
from .caller import Caller

__all__ = ["detail", "place"]


def place(core: Core, call: Call, caller: Caller) -> object:
    """Take a strategy (rule 51); the reply tells its state after the first legs were placed."""
    request = read_strategy(call.json())
    strategy = core.engine.place_strategy(caller.account, request, core.now_ms())
    return {
        "strategyId": strategy.strategy_id,
        "strategyStatus": strategy.status,
        "timestamp": strategy.updated_at,
    }


def detail(_core: Core, call: Call, caller: Caller) -> object:
    """Answer with one strategy and its legs."""
    strategy = find_strategy(caller.account, call.query())
    return {
        "strategyId": strategy.strategy_id,
        "strategyType": strategy.type,
        "strategyStatus": strategy.status,
        "bookTime": strategy.created_at,
        "subOrders": [_leg(leg) for leg in strategy.legs],
        "updateTime": strategy.updated_at,
    }


def _leg(leg: Leg) -> dict[str, Any]:
    """Return a leg as it was sent, with what has come of it (wire assumed, rule 112)."""
    return {
        **leg.sent,
        "strategySubId": leg.sub_id,
        "status": leg.status,
        "orderId": leg.order.order_id if leg.order else "",
        "conditionId": leg.condition.condition_id if leg.condition else "",
    }
