"""Orders, fills and balances over REST."""

from __future__ import annotations

import pytest

from sixmm.sim.kucoin import KuCoinError

from ..bench import START_NS, Bench, D
from .conftest import Ask

ACTIVE = "/api/v1/hf/orders/active"


def test_open_orders(ask: Ask, bench: Bench) -> None:
    """By symbol, which is required; another call tells which symbols there are."""
    order = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(2), client_oid="mine")
    bench.spot.place("ETH-USDT", "sell", price=D(10), size=D(1))
    bench.spot.match(order, D(1))
    (row,) = ask(f"{ACTIVE}?symbol=BTC-USDT")

    assert ask(f"{ACTIVE}/symbols") == {"symbols": ["BTC-USDT", "ETH-USDT"]}
    assert row["id"] == order.order_id
    assert row["clientOid"] == "mine"
    assert (row["size"], row["dealSize"], row["remainSize"]) == ("2", "1", "1")
    assert (row["dealFunds"], row["fee"], row["feeCurrency"]) == ("100", "0.1", "USDT")
    assert row["active"] is row["inOrderBook"] is True
    assert ask(f"{ACTIVE}/page?symbol=BTC-USDT&pageSize=10")["items"] == [row]
    with pytest.raises(KuCoinError, match="symbol cannot be empty"):
        ask(ACTIVE)


def test_one_order(ask: Ask, bench: Bench) -> None:
    """By either id, open or ended."""
    order = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(2), client_oid="mine")
    by_id = f"/api/v1/hf/orders/{order.order_id}?symbol=BTC-USDT"
    assert ask(by_id)["active"] is True
    bench.spot.cancel(order)

    assert ask(by_id)["active"] is False
    assert ask(by_id)["cancelExist"] is True
    assert ask("/api/v1/hf/orders/client-order/mine?symbol=BTC-USDT") == ask(by_id)
    with pytest.raises(KuCoinError, match="order not exist"):
        ask("/api/v1/hf/orders/0?symbol=BTC-USDT")


def test_ended_orders_page_by_a_cursor(ask: Ask, bench: Bench) -> None:
    """Newest first; the last id of one page leads to the next, until one is empty."""
    for _ in range(5):
        bench.spot.cancel(bench.spot.place("BTC-USDT", "buy", price=D(1), size=D(1)))
    done = "/api/v1/hf/orders/done?symbol=BTC-USDT&limit=2"
    ids, last = [], 0
    for size in (2, 2, 1, 0):
        page = ask(f"{done}&lastId={last}")
        assert len(page["items"]) == size
        ids += [row["id"] for row in page["items"]]
        last = page["lastId"]

    assert ids == [one.order_id for one in reversed(bench.account.spot_done)]


def test_fills_have_fees(ask: Ask, bench: Bench) -> None:
    """And numbers as trade ids; they are found by order and by time."""
    order = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(2))
    first, second = (bench.spot.match(order, D(1)) for _ in range(2))
    items = ask("/api/v1/hf/fills?symbol=BTC-USDT")["items"]
    now = START_NS // 10**6

    assert [row["tradeId"] for row in items] == [second.trade_id, first.trade_id]
    assert isinstance(items[0]["id"], int)
    assert (items[0]["fee"], items[0]["feeRate"], items[0]["feeCurrency"]) == (
        "0.1",
        "0.001",
        "USDT",
    )
    assert ask(f"/api/v1/hf/fills?symbol=BTC-USDT&startAt={now}")["items"] == items
    assert ask(f"/api/v1/hf/fills?symbol=BTC-USDT&startAt={now + 1}")["items"] == []
    assert ask("/api/v1/hf/fills?symbol=BTC-USDT&orderId=x")["items"] == []


def test_balances(ask: Ask, bench: Bench) -> None:
    """By currency and type, with the id that the pushes have."""
    bench.spot.transfer("trade", "USDT", D(10))
    bench.spot.transfer("main", "USDT", D(5))
    bench.spot.transfer("isolated_BTC-USDT", "USDT", D(5))
    push = bench.data("/account/balance")[0]
    rows = ask("/api/v1/accounts?type=trade&currency=USDT")

    assert rows == [
        {
            "id": push["accountId"],
            "currency": "USDT",
            "type": "trade",
            "balance": "10",
            "available": "10",
            "holds": "0",
        }
    ]
    assert {row["type"] for row in ask("/api/v1/accounts")} == {"trade", "main"}


def test_orders_with_borrowed_money(ask: Ask, bench: Bench) -> None:
    """They have calls of their own, by trade type, and are in none of the others."""
    order = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(2), trade_type="MARGIN_TRADE")
    bench.spot.match(order, D(1))
    base, cross = "/api/v3/hf/margin", "symbol=BTC-USDT&tradeType=MARGIN_TRADE"

    assert ask(f"{ACTIVE}?symbol=BTC-USDT") == []
    assert ask("/api/v1/hf/fills?symbol=BTC-USDT")["items"] == []
    assert ask(f"{base}/order/active/symbols?tradeType=MARGIN_TRADE")["symbols"] == ["BTC-USDT"]
    assert [row["id"] for row in ask(f"{base}/orders/active?{cross}")] == [order.order_id]
    assert len(ask(f"{base}/fills?{cross}")["items"]) == 1
    assert ask(f"{base}/orders/{order.order_id}?symbol=BTC-USDT")["tradeType"] == "MARGIN_TRADE"
    bench.spot.cancel(order)
    assert len(ask(f"{base}/orders/done?{cross}")["items"]) == 1
    with pytest.raises(KuCoinError, match="tradeType is invalid"):
        ask(f"{base}/orders/active?symbol=BTC-USDT&tradeType=TRADE")


def test_stop_orders(ask: Ask, bench: Bench) -> None:
    """Those that wait."""
    stop = bench.spot.place_stop(
        "BTC-USDT", "sell", stop="loss", stop_price=D(90), price=D(89), size=D(1)
    )
    (row,) = ask("/api/v1/stop-order")["items"]

    assert (row["id"], row["status"], row["stopPrice"]) == (stop.order_id, "NEW", "90")
    assert ask("/api/v1/stop-order?symbol=ETH-USDT")["items"] == []
