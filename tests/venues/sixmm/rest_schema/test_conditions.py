"""What the calls about condition orders and strategies tell."""

from __future__ import annotations

import pytest

from sixmm.codec import structure
from sixmm.errors import DecodeError
from sixmm.venues.sixmm import rest_schema as rest
from sixmm.venues.sixmm.enums import (
    ConditionOrderType,
    ConditionStatus,
    DrivenOn,
    LegTrigger,
    OrderStatus,
    StrategyStatus,
    StrategyType,
)

CONVERTER = rest.make_rest_converter()


def test_a_condition_order() -> None:
    """It has its own id and status beside those of the order that it becomes."""
    row = structure(
        CONVERTER,
        {
            "conditionId": "1",
            "conditionStatus": "TRIGGERED",
            "orderId": "2",
            "type": "TRAILING_STOP",
            "callbackRate": "0.01",
            "strategyId": "",
        },
        rest.ConditionRow,
    )

    assert row.condition_status is ConditionStatus.TRIGGERED
    assert row.type is ConditionOrderType.TRAILING_STOP
    assert (row.order_id, row.strategy_id, str(row.callback_rate)) == ("2", "", "0.01")
    with pytest.raises(DecodeError, match="conditionId"):
        structure(CONVERTER, {"orderId": "2"}, rest.ConditionRow)


def test_a_strategy() -> None:
    """It is ``CANCELLED`` with two L, where an order is ``CANCELED`` (rule 62)."""
    row = structure(
        CONVERTER,
        {
            "strategyId": "1",
            "strategyType": "OTOCO",
            "strategyStatus": "CANCELLED",
            "subOrders": [
                {
                    "strategySubId": 2,
                    "status": "WAITING",
                    "firstDrivenOn": "FILLED",
                    "firstTrigger": "PLACE",
                    "secondDrivenOn": "MOON",
                }
            ],
        },
        rest.StrategyRow,
    )
    (leg,) = row.sub_orders

    assert row.strategy_type is StrategyType.OTOCO
    assert row.strategy_status is StrategyStatus.CANCELLED
    assert row.strategy_status != OrderStatus.CANCELED
    assert (leg.first_driven_on, leg.first_trigger) == (DrivenOn.FILLED, LegTrigger.PLACE)
    assert (leg.status, leg.second_driven_on) == ("WAITING", "MOON")
