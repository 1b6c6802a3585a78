"""Order calls over real HTTP (rules 43 to 65)."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.sim import Account, Exchange

from ..client import Rest

BASE = "/v1/private/order"
ORDER = {"symbol": "BTCUSDT", "type": "LIMIT", "side": "BUY", "price": "85000", "quantity": "0.1"}


def place(rest: Rest, **changes: Any) -> dict[str, Any]:
    """Place an order and return the reply's data."""
    data: dict[str, Any] = rest.data("POST", f"{BASE}/place", "", {**ORDER, **changes})
    return data


def query(rest: Rest, order_id: str) -> dict[str, Any]:
    """Return the row of an order."""
    data: dict[str, Any] = rest.data("GET", BASE, f"symbol=BTCUSDT&orderId={order_id}")
    return data


def test_place_query_cancel(rest: Rest) -> None:
    """An order is placed, found, cancelled, and then in the history only."""
    placed = place(rest, clientOrderId="mine")
    row = query(rest, placed["orderId"])

    assert placed["status"] == row["status"] == "PENDING"
    assert int(placed["orderId"]) > 2**53
    assert row["clientOrderId"] == "mine"
    assert row["updatedAt"] == placed["timestamp"]
    cancel = {"symbol": "BTCUSDT", "clientOrderId": "mine"}
    taken = rest.data("POST", f"{BASE}/cancel", "", cancel)
    assert set(taken) == {"orderId", "clientOrderId", "symbol", "timestamp"}
    assert query(rest, placed["orderId"])["status"] == "CANCELED"
    assert rest.data("GET", f"{BASE}/current")["total"] == 0
    history = rest.data("GET", f"{BASE}/history", "symbol=BTCUSDT&type=1&side=1")
    assert [row["orderId"] for row in history["list"]] == [placed["orderId"]]
    assert rest.code("POST", f"{BASE}/cancel", "", cancel) == 3005


def test_amend_by_rest(rest: Rest) -> None:
    """The new total size and price are in the row afterwards (rule 54)."""
    order_id = place(rest)["orderId"]
    body = {"symbol": "BTCUSDT", "orderId": order_id, "price": "84000", "quantity": "0.2"}
    rest.data("POST", f"{BASE}/move", "", body)
    row = query(rest, order_id)

    assert (row["price"], row["quantity"], row["status"]) == ("84000", "0.2", "PENDING")


def test_current_orders_page_by_cursor(rest: Rest) -> None:
    """Oldest first; lastOrderId leaves out everything up to and with that order."""
    ids = [place(rest)["orderId"] for _ in range(5)]
    first = rest.data("GET", f"{BASE}/current", "limit=2")
    rest_of_it = rest.data("GET", f"{BASE}/current", f"limit=100&lastOrderId={ids[1]}")

    assert [row["orderId"] for row in first["list"]] == ids[:2]
    assert [row["orderId"] for row in rest_of_it["list"]] == ids[2:]
    assert (first["total"], rest_of_it["total"]) == (5, 5)


def test_trades_and_history_page_newest_first(
    exchange: Exchange, account: Account, rest: Rest
) -> None:
    """Page 1 holds the newest; total counts all that match (rule 64)."""
    other = exchange.create_account(username="other", balance="1000000")
    for _ in range(3):
        exchange.place_order(
            other, symbol="BTCUSDT", side="SELL", type="LIMIT", price="85000", quantity="0.1"
        )
        place(rest)
    fills = exchange.truth(account)["fills"]
    page = rest.data("GET", f"{BASE}/trades", "symbol=BTCUSDT&page=2&pageSize=2")
    one = rest.data("GET", f"{BASE}/trades", f"orderId={fills[1]['orderId']}")
    late = rest.data("GET", f"{BASE}/trades", f"startTime={fills[2]['createdAt']}")
    history = rest.data("GET", f"{BASE}/history", "page=1&pageSize=2")

    assert (page["list"], page["total"]) == ([fills[0]], 3)
    assert one["list"] == [fills[1]]
    assert late["list"] == [fills[2]]
    assert [row["orderId"] for row in history["list"]] == [
        fills[2]["orderId"],
        fills[1]["orderId"],
    ]


@pytest.mark.parametrize(
    ("kind", "symbol", "left"), [(0, None, 0), (1, "BTCUSDT", 1), (2, None, 2)]
)
def test_cancel_all_is_taken_and_then_done(
    exchange: Exchange, account: Account, rest: Rest, kind: int, symbol: str | None, left: int
) -> None:
    """The reply says that the wish was taken; what it names goes soon after (rules 57, 58)."""
    place(rest)
    place(rest, symbol="ETHUSDT", price="3000")
    body = {"cancelType": kind} | ({"symbol": symbol} if symbol else {})
    assert rest.data("POST", f"{BASE}/batch-cancel-all", "", body) == {}

    assert exchange.wait_until(lambda: len(exchange.truth(account)["open_orders"]) == left)


@pytest.mark.parametrize(
    ("path", "query_text", "code"),
    [
        ("", "orderId=1", 2001),
        ("", "symbol=BTCUSDT", 2001),
        ("", "symbol=BTCUSDT&orderId=1", 3003),
        ("", "symbol=NOPE&orderId=1", 2002),
        ("/current", "limit=0", 2003),
        ("/current", "limit=x", 2002),
        ("/current", "lastOrderId=-1", 2002),
        ("/history", "type=LIMIT", 2002),
        ("/history", "status=1", 2002),
        ("/history", "page=0", 2003),
        ("/trades", "pageSize=1001", 2003),
    ],
)
def test_bad_queries(rest: Rest, path: str, query_text: str, code: int) -> None:
    """Missing 2001, bad 2002, out of range 2003, unknown order 3003."""
    assert rest.code("GET", BASE + path, query_text) == code


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("place", {**ORDER, "quantity": "1000"}, 3001),
        ("place", {**ORDER, "price": "1.55"}, 2003),
        ("place", {**ORDER, "price": 1.5}, 2002),
        ("place", {}, 2001),
        ("place", [], 2002),
        ("cancel", {"symbol": "BTCUSDT", "orderId": 5}, 2002),
        ("cancel", {"symbol": "BTCUSDT", "orderId": "5"}, 3003),
        ("move", {"symbol": "BTCUSDT", "orderId": "5", "price": "1"}, 3003),
        ("batch-cancel-all", {"cancelType": 3}, 2002),
        ("batch-cancel-all", {"cancelType": True}, 2002),
        ("batch-cancel-all", {"symbol": "NOPE"}, 2002),
    ],
)
def test_bad_bodies(rest: Rest, path: str, body: Any, code: int) -> None:
    """A refused write says why and changes nothing; the HTTP status stays 200."""
    assert rest.code("POST", f"{BASE}/{path}", "", body) == code
    assert rest.last.status_code == 200
    assert rest.data("GET", f"{BASE}/current")["total"] == 0


@pytest.mark.parametrize(
    ("changes", "status", "filled"),
    [
        ({}, "PARTIALLY_FILLED", "0.1"),
        ({"timeInForce": "IOC"}, "PARTIALLY_FILLED_CANCELED", "0.1"),
        ({"timeInForce": "FOK"}, "CANCELED", "0"),
        ({"timeInForce": "FOK", "quantity": "0.1"}, "FILLED", "0.1"),
        ({"makerOnly": True}, "REJECTED", "0"),
        ({"makerOnly": True, "price": "85999"}, "PENDING", "0"),
        ({"type": "MARKET", "price": None}, "PARTIALLY_FILLED_CANCELED", "0.1"),
        ({"priceType": 1, "price": None}, "PARTIALLY_FILLED", "0.1"),
        ({"priceType": 2, "price": None}, "PARTIALLY_FILLED", "0.1"),
        ({"priceType": 3, "price": None}, "PENDING", "0"),
        ({"priceType": 4, "price": None}, "PENDING", "0"),
    ],
)
def test_every_kind_of_placement(
    exchange: Exchange, rest: Rest, changes: dict[str, Any], status: str, filled: str
) -> None:
    """A buy of 0.2 against 0.1 at 86000, over HTTP, by lifetime and price type (rules 46-49)."""
    other = exchange.create_account(username="other", balance="1000000")
    exchange.place_order(other, **{**ORDER, "side": "SELL", "price": "86000"})
    exchange.place_order(other, **{**ORDER, "side": "BUY", "price": "84000"})
    placed = place(rest, **{"price": "86000", "quantity": "0.2", "placeType": "web", **changes})
    row = query(rest, placed["orderId"])

    assert (placed["status"], row["status"], row["executedQuantity"]) == (status, status, filled)


def test_orders_that_close_a_position(exchange: Exchange, account: Account, rest: Rest) -> None:
    """reduceOnly needs a position as large, closePosition takes all of it (rules 46, 47)."""
    assert rest.code("POST", f"{BASE}/place", "", {**ORDER, "reduceOnly": True}) == 2003
    assert rest.code("POST", f"{BASE}/place", "", {**ORDER, "closePosition": True}) == 2003
    other = exchange.create_account(username="other", balance="1000000")
    exchange.place_order(other, **{**ORDER, "side": "SELL"})
    place(rest)
    exchange.place_order(other, **{**ORDER, "quantity": "1"})
    sell = {"side": "SELL", "type": "MARKET", "price": None}
    order_id = place(rest, **sell, reduceOnly=True, quantity="0.04")["orderId"]
    assert query(rest, order_id)["reduceOnly"] is True
    order_id = place(rest, **sell, closePosition=True, quantity=None)["orderId"]

    assert query(rest, order_id)["executedQuantity"] == "0.06"
    assert exchange.truth(account)["positions"] == {}


def test_caps_of_a_placement(rest: Rest) -> None:
    """Largest sizes are those of the symbols call, one for each type (rule 43)."""
    symbols = rest.data("GET", "/v1/public/market/symbols")["list"]
    limits = next(row for row in symbols if row["symbol"] == "BTCUSDT")

    assert (limits["maxLimitOrderQty"], limits["maxMarketOrderQty"]) == ("1000", "200")
    for changes in ({"quantity": "1000.001"}, {"type": "MARKET", "quantity": "200.001"}):
        assert rest.code("POST", f"{BASE}/place", "", {**ORDER, **changes}) == 2003
