"""The calls of the unified account."""

from __future__ import annotations

import pytest

from sixmm.sim.kucoin import KuCoinError

from ..bench import Bench, D
from .conftest import Ask

UA = "/api/ua/v1"


def test_balances(ask: Ask, bench: Bench) -> None:
    """One list of currencies."""
    bench.spot.transfer("trade", "USDT", D(10))
    (account,) = ask(f"{UA}/unified/account/balance")["accounts"]

    assert account["currencies"] == [
        {
            "currency": "USDT",
            "equity": "10",
            "hold": "0",
            "balance": "10",
            "available": "10",
            "liability": "0",
        }
    ]
    assert ask(f"{UA}/unified/account/overview")["equity"] == "10"


def test_open_orders(ask: Ask, bench: Bench) -> None:
    """Of all markets, or of one."""
    spot = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(2))
    contract = bench.futures.place("XBTUSDTM", "buy", 4, price=D(70_000))
    bench.futures.match(contract, 1)
    rows = ask(f"{UA}/unified/order/open-list")["items"]
    futures = ask(f"{UA}/classic/order/open-list?tradeType=FUTURES")["items"]
    page = ask(f"{UA}/unified/order/open-list?pageSize=1&pageNumber=2")

    assert [(row["orderId"], row["status"]) for row in rows] == [
        (spot.order_id, 2),
        (contract.order_id, 4),
    ]
    assert futures == rows[1:] == page["items"]
    assert ask(f"{UA}/unified/order/open-list?symbol=BTC-USDT")["items"] == rows[:1]
    with pytest.raises(KuCoinError, match="tradeType is invalid"):
        ask(f"{UA}/unified/order/open-list?tradeType=NONE")


def test_ended_orders(ask: Ask, bench: Bench) -> None:
    """Those that ended last come first, a page at a time; one is found by either id."""
    ended = []
    for _ in range(2):
        order = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(2), client_oid="mine")
        contract = bench.futures.place("XBTUSDTM", "buy", 4, price=D(70_000))
        bench.futures.match(contract, 4)
        bench.spot.match(order, D(1))
        bench.spot.cancel(order)
        ended += [contract.order_id, order.order_id]
    got, last = [], 0
    for size in (3, 1, 0):
        page = ask(f"{UA}/unified/order/history?pageSize=3&lastId={last}")
        assert len(page["items"]) == size
        got += [(row["orderId"], row["status"]) for row in page["items"]]
        last = page["lastId"]
    one = f"{UA}/unified/order/detail?tradeType=SPOT&symbol=BTC-USDT"

    assert [order_id for order_id, _ in got] == ended[::-1]
    assert [status for _, status in got] == [6, 3, 6, 3]
    assert ask(f"{one}&orderId={ended[1]}")["filledSize"] == "1"
    assert ask(f"{one}&clientOid=mine")["orderId"] == ended[3]
    with pytest.raises(KuCoinError, match="order not exist"):
        ask(f"{one}&orderId=x")


def test_a_buy_by_money(ask: Ask, bench: Bench) -> None:
    """Its size is an amount of money, and it is filled though something was left."""
    order = bench.spot.place("BTC-USDT", "buy", funds=D(12))
    bench.spot.match(order, D("0.1"), price=D(119))
    bench.spot.settle(order)
    (row,) = ask(f"{UA}/classic/order/history?tradeType=SPOT")["items"]

    assert (row["size"], row["sizeUnit"], row["price"]) == ("12", "QUOTECCY", "")
    assert (row["status"], row["avgPrice"], row["cancelSize"]) == (3, "119", "0.1")


def test_executions_page_by_a_cursor(ask: Ask, bench: Bench) -> None:
    """Newest first, of all markets in the order of their times."""
    order = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(3))
    contract = bench.futures.place("XBTUSDTM", "buy", 4, price=D(70_000))
    trades = []
    for _ in range(2):
        trades.append(str(bench.spot.match(order, D(1)).trade_id))
        trades.append(bench.futures.match(contract, 1).trade_id)
    got, last = [], 0
    for size in (3, 1, 0):
        page = ask(f"{UA}/unified/order/execution?pageSize=3&lastId={last}")
        assert len(page["items"]) == size
        got += [row["tradeId"] for row in page["items"]]
        last = page["lastId"]

    assert got == trades[::-1]
    assert ask(f"{UA}/unified/order/execution?startAt=1790000000124")["items"] == []


def test_positions(ask: Ask, bench: Bench) -> None:
    """In the names of the unified account."""
    bench.futures.match(bench.futures.place("XBTUSDTM", "sell", 4), 4, price=D(70_000))
    (row,) = ask(f"{UA}/unified/position/open-list")

    assert (row["symbol"], row["size"], row["entryPrice"]) == ("XBTUSDTM", "-4", "70000")
