"""Condition orders over real HTTP (rules 50, 57, 59, 63)."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.sim import Account, Exchange

from ..client import Rest, Stream

BASE = "/v1/private/order"
STOP = {
    "symbol": "BTCUSDT",
    "type": "STOP_MARKET",
    "side": "SELL",
    "stopPrice": "85000",
    "quantity": "0.01",
}


def place(rest: Rest, **changes: Any) -> str:
    """Place a condition order and return its id."""
    data = rest.data("POST", f"{BASE}/place-condition", "", {**STOP, **changes})
    return str(data["conditionId"])


def trade(exchange: Exchange, price: str) -> None:
    """Let two others trade at a price."""
    order = {"symbol": "BTCUSDT", "type": "LIMIT", "price": price, "quantity": "0.01"}
    for side in ("SELL", "BUY"):
        other = exchange.create_account(username=f"{side}-{price}")
        exchange.place_order(other, side=side, **order)


def test_place_list_cancel(rest: Rest) -> None:
    """A waiting order is among the current ones, a cancelled one in the history only."""
    body = {**STOP, "clientOrderId": "mine", "reduceOnly": True, "priceProtect": True}
    placed = rest.data("POST", f"{BASE}/place-condition", "", body)
    current = rest.data("GET", f"{BASE}/current-condition", "symbol=BTCUSDT")
    (row,) = current["list"]

    assert set(placed) == {"conditionId", "conditionStatus", "timestamp"}
    assert (placed["conditionStatus"], current["total"]) == ("NEW", 1)
    assert int(placed["conditionId"]) > 2**53
    assert row == {
        "conditionId": placed["conditionId"],
        "conditionStatus": "NEW",
        "orderId": "",
        "strategyId": "",
        "clientOrderId": "mine",
        "symbol": "BTCUSDT",
        "type": "STOP_MARKET",
        "side": "SELL",
        "positionSide": "BOTH",
        "price": "0",
        "quantity": "0.01",
        "timeInForce": "GTC",
        "reduceOnly": True,
        "closePosition": False,
        "stopPrice": "85000",
        "workingType": "CONTRACT_PRICE",
        "priceProtect": True,
        "activatePrice": "0",
        "callbackRate": "0",
        "createdAt": placed["timestamp"],
        "updatedAt": placed["timestamp"],
    }
    cancel = {"symbol": "BTCUSDT", "conditionId": placed["conditionId"]}
    taken = rest.data("POST", f"{BASE}/cancel-condition", "", cancel)
    assert set(taken) == {"conditionId", "symbol", "timestamp"}
    assert rest.data("GET", f"{BASE}/current-condition") == {"list": [], "total": 0}
    history = rest.data("GET", f"{BASE}/history-condition")
    assert [row["conditionStatus"] for row in history["list"]] == ["CANCELED"]
    assert rest.code("POST", f"{BASE}/cancel-condition", "", cancel) == 3005


def test_one_that_fires_is_told_as_a_normal_order(
    exchange: Exchange, account: Account, rest: Rest, private: Stream
) -> None:
    """The push is that of the order; the history names the order it became."""
    body = {"type": "STOP_LIMIT", "price": "85100", "clientOrderId": "mine"}
    condition_id = place(rest, **body)
    trade(exchange, "85000")
    push = private.next()
    (row,) = rest.data("GET", f"{BASE}/history-condition", "symbol=BTCUSDT&side=2")["list"]

    assert push["data"]["eventType"] == "ORDER_TRADE_UPDATE"
    assert (push["data"]["clientOrderId"], push["data"]["type"]) == ("mine", "LIMIT")
    assert (row["conditionId"], row["conditionStatus"]) == (condition_id, "TRIGGERED")
    assert row["orderId"] == push["data"]["orderId"]
    assert exchange.truth(account)["open_orders"][row["orderId"]]["price"] == "85100"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"symbol": None}, 2001),
        ({"type": None}, 2001),
        ({"quantity": None}, 2001),
        ({"type": "MARKET"}, 2002),
        ({"stopPrice": "85000.05"}, 2003),
        ({"stopPrice": None}, 3101),
        ({"stopPrice": "87000"}, 3102),
        ({"type": "STOP_LIMIT"}, 3103),
        ({"type": "TRAILING_STOP"}, 3104),
        ({"workingType": "LAST"}, 3105),
    ],
)
def test_bad_condition_orders(rest: Rest, changes: dict[str, Any], code: int) -> None:
    """Each fault has its code, 3100 and up for what only condition orders have (rule 106)."""
    assert rest.code("POST", f"{BASE}/place-condition", "", {**STOP, **changes}) == code


def test_the_two_hundred_and_first_is_3106(
    exchange: Exchange, account: Account, rest: Rest
) -> None:
    """So many may wait at a time, and not one more."""
    for number in range(200):
        exchange.place_condition(
            account,
            symbol="BTCUSDT",
            side="SELL",
            type="STOP_MARKET",
            stop_price=str(80_000 - number),
            quantity="0.001",
        )

    assert rest.code("POST", f"{BASE}/place-condition", "", STOP) == 3106


def test_the_history_has_filters_and_pages(rest: Rest) -> None:
    """By symbol, by side as a number and by time; the last to end comes first (rules 63, 64)."""
    ids = [place(rest, stopPrice=str(85_000 - n)) for n in range(3)]
    ids.append(place(rest, side="BUY", stopPrice="90000"))
    ids.append(place(rest, symbol="ETHUSDT", stopPrice="3000"))
    for key, symbol in zip(ids, ["BTCUSDT"] * 4 + ["ETHUSDT"], strict=True):
        body = {"symbol": symbol, "conditionId": key}
        rest.data("POST", f"{BASE}/cancel-condition", "", body)

    def history(query: str) -> list[str]:
        data = rest.data("GET", f"{BASE}/history-condition", query)
        return [row["conditionId"] for row in data["list"]]

    everything = rest.data("GET", f"{BASE}/history-condition", "page=1&pageSize=2")
    first = everything["list"][-1]["createdAt"]
    assert (everything["total"], history("")) == (5, ids[::-1])
    assert history("page=2&pageSize=2") == [ids[2], ids[1]]
    assert history("symbol=BTCUSDT&side=1") == [ids[3]]
    assert history("side=2&symbol=BTCUSDT") == [ids[2], ids[1], ids[0]]
    assert history(f"startTime={first}") == [ids[4], ids[3]]
    assert history(f"endTime={first}&side=1") == [ids[3]]
    assert rest.code("GET", f"{BASE}/history-condition", "side=BUY") == 2002
    assert rest.code("GET", f"{BASE}/history-condition", "status=1") == 2002
    assert rest.code("GET", f"{BASE}/current-condition", "symbol=NOPE") == 2002


def test_cancel_all_takes_condition_orders_only(exchange: Exchange, rest: Rest) -> None:
    """cancelType 2 leaves normal orders alone, 0 and 1 leave condition orders alone (rule 57)."""
    place(rest)
    place(rest, symbol="ETHUSDT", stopPrice="3000")
    order = {"symbol": "BTCUSDT", "type": "LIMIT", "side": "BUY", "price": "80000"}
    rest.data("POST", f"{BASE}/place", "", {**order, "quantity": "0.01"})

    def totals() -> tuple[int, int]:
        current = rest.data("GET", f"{BASE}/current")
        waiting = rest.data("GET", f"{BASE}/current-condition")
        return current["total"], waiting["total"]

    sweep = {"symbol": "ETHUSDT", "cancelType": 2}
    assert rest.data("POST", f"{BASE}/batch-cancel-all", "", sweep) == {}
    assert exchange.wait_until(lambda: totals() == (1, 1))
    rest.data("POST", f"{BASE}/batch-cancel-all", "", {})
    assert exchange.wait_until(lambda: totals() == (0, 1))
    rest.data("POST", f"{BASE}/batch-cancel-all", "", {"cancelType": 2})
    assert exchange.wait_until(lambda: totals() == (0, 0))


def test_condition_orders_by_python(exchange: Exchange, account: Account) -> None:
    """Snake case options and REST rows, as with normal orders."""
    row = exchange.place_condition(
        account,
        symbol="BTCUSDT",
        side="SELL",
        type="TRAILING_STOP",
        callback_rate="0.02",
        quantity="0.01",
    )
    ended = exchange.cancel_condition(account, symbol="BTCUSDT", condition_id=row["conditionId"])

    assert (row["callbackRate"], ended["conditionStatus"]) == ("0.02", "CANCELED")
