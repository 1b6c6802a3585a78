"""Linked orders over real HTTP (rules 51, 62)."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.sim import Exchange

from ..client import Rest

BASE = "/v1/private/order"
BUY = {
    "strategySubId": 1,
    "firstDrivenId": 0,
    "symbol": "BTCUSDT",
    "type": "LIMIT",
    "side": "BUY",
    "price": "86000",
    "quantity": "0.01",
}
STOP = {
    "strategySubId": 2,
    "firstDrivenId": 1,
    "firstDrivenOn": "FILLED",
    "firstTrigger": "PLACE",
    "symbol": "BTCUSDT",
    "type": "STOP_MARKET",
    "side": "SELL",
    "stopPrice": "80000",
    "quantity": "0.01",
    "clientOrderId": "guard",
}
OTO = {"strategyType": "OTO", "subOrderList": [BUY, STOP]}


def test_a_strategy_from_beginning_to_end(exchange: Exchange, rest: Rest) -> None:
    """The legs are told as they were sent, with what has become of each."""
    placed = rest.data("POST", f"{BASE}/place-strategy", "", OTO)
    query = f"strategyId={placed['strategyId']}"
    before = rest.data("GET", f"{BASE}/strategy", query)
    other = exchange.create_account(username="other")
    sell = {"symbol": "BTCUSDT", "side": "SELL", "type": "LIMIT", "quantity": "0.01"}
    exchange.place_order(other, **sell, price="86000")
    after = rest.data("GET", f"{BASE}/strategy", query)
    (waiting,) = rest.data("GET", f"{BASE}/current-condition")["list"]

    assert set(placed) == {"strategyId", "strategyStatus", "timestamp"}
    assert placed["strategyStatus"] == before["strategyStatus"] == "WORKING"
    assert before["strategyType"] == "OTO"
    assert before["bookTime"] <= placed["timestamp"] == before["updateTime"]
    first, second = before["subOrders"]
    order_id = rest.data("GET", f"{BASE}/trades")["list"][0]["orderId"]
    assert first == {**BUY, "status": "PENDING", "orderId": order_id, "conditionId": ""}
    assert second == {**STOP, "status": "WAITING", "orderId": "", "conditionId": ""}
    assert [leg["status"] for leg in after["subOrders"]] == ["FILLED", "NEW"]
    assert after["subOrders"][1]["conditionId"] == waiting["conditionId"]
    assert waiting["strategyId"] == placed["strategyId"]
    assert after["updateTime"] > after["bookTime"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 2001),
        ({"strategyType": "OTO"}, 2001),
        ({"strategyType": "XXX", "subOrderList": [BUY, STOP]}, 2002),
        ({"strategyType": "OTO", "subOrderList": {}}, 2002),
        ({"strategyType": "OCO", "subOrderList": [BUY, STOP]}, 3107),
        ({"strategyType": "OTO", "subOrderList": [BUY]}, 3107),
        ({"strategyType": "OTO", "subOrderList": [BUY, {**STOP, "stopPrice": None}]}, 3101),
        ({"strategyType": "OTO", "subOrderList": [{**BUY, "quantity": "1000.001"}, STOP]}, 2003),
    ],
)
def test_bad_strategies(rest: Rest, body: dict[str, Any], code: int) -> None:
    """A refused strategy places nothing."""
    assert rest.code("POST", f"{BASE}/place-strategy", "", body) == code
    assert rest.data("GET", f"{BASE}/current")["total"] == 0


def test_an_unknown_strategy_is_3003(rest: Rest) -> None:
    """And one without an id is 2001."""
    assert rest.code("GET", f"{BASE}/strategy", "strategyId=1") == 3003
    assert rest.code("GET", f"{BASE}/strategy") == 2001
