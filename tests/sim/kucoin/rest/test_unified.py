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


def test_positions(ask: Ask, bench: Bench) -> None:
    """In the names of the unified account."""
    bench.futures.match(bench.futures.place("XBTUSDTM", "sell", 4), 4, price=D(70_000))
    (row,) = ask(f"{UA}/unified/position/open-list")

    assert (row["symbol"], row["size"], row["entryPrice"]) == ("XBTUSDTM", "-4", "70000")
