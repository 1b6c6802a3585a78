"""Contracts over REST."""

from __future__ import annotations

import pytest

from sixmm.sim.kucoin import KuCoinError

from ..bench import Bench, D
from .conftest import Ask

X = "XBTUSDTM"


def test_orders_are_the_ended_ones_unless_asked(ask: Ask, bench: Bench) -> None:
    """The default is a trap."""
    ended = bench.futures.place(X, "buy", 1, price=D(70_000))
    bench.futures.cancel(ended)
    order = bench.futures.place(X, "buy", 4, price=D(70_000), client_oid="mine")
    bench.futures.match(order, 1)
    (row,) = ask("/api/v1/orders?status=active", "futures")["items"]

    assert [one["id"] for one in ask("/api/v1/orders", "futures")["items"]] == [ended.order_id]
    assert (row["id"], row["size"], row["dealSize"], row["status"]) == (
        order.order_id,
        4,
        1,
        "open",
    )
    assert row["orderTime"] == order.created_ns
    assert ask(f"/api/v1/orders/{order.order_id}", "futures") == row
    assert ask("/api/v1/orders/byClientOid?clientOid=mine", "futures") == row
    assert ask("/api/v1/orders?status=active&symbol=ETHUSDTM", "futures")["items"] == []
    assert [one["id"] for one in ask("/api/v1/recentDoneOrders", "futures")] == [ended.order_id]
    with pytest.raises(KuCoinError, match="orderNotExist"):
        ask("/api/v1/orders/1", "futures")
    with pytest.raises(KuCoinError, match="status is invalid"):
        ask("/api/v1/orders?status=open", "futures")


def test_pages_of_orders(ask: Ask, bench: Bench) -> None:
    """They add up to all of them."""
    for _ in range(5):
        bench.futures.place(X, "buy", 1, price=D(1))
    pages = [
        ask(f"/api/v1/orders?status=active&pageSize=2&currentPage={number}", "futures")
        for number in (1, 2, 3)
    ]

    assert [len(page["items"]) for page in pages] == [2, 2, 1]
    assert {page["totalNum"] for page in pages} == {5}
    assert {page["totalPage"] for page in pages} == {3}
    assert len({row["id"] for page in pages for row in page["items"]}) == 5


def test_fills(ask: Ask, bench: Bench) -> None:
    """With fees, by order and kind."""
    order = bench.futures.place(X, "buy", 4, price=D(70_000))
    fill = bench.futures.match(order, 1)
    bench.futures.match(order, 3, trade_type="adl")
    adl, row = ask("/api/v1/fills", "futures")["items"]

    assert (row["tradeId"], row["fee"], row["feeRate"]) == (fill.trade_id, "0.014", "0.0002")
    assert row["tradeTime"] == fill.time_ns
    assert ask("/api/v1/fills?tradeTypes=adl,liquid", "futures")["items"] == [adl]
    assert ask(f"/api/v1/fills?orderId={order.order_id}", "futures")["totalNum"] == 2
    assert ask("/api/v1/recentFills", "futures") == [adl, row]


def test_the_wallet(ask: Ask, bench: Bench) -> None:
    """It is in bitcoin unless USDT is asked for, and then as the last push has it."""
    bench.futures.transfer(D(1000))
    order = bench.futures.place(X, "buy", 4, price=D(70_000))
    bench.futures.match(order, 1)
    push = bench.data("/contractAccount/wallet")[-1]
    row = ask("/api/v1/account-overview?currency=USDT", "futures")

    assert ask("/api/v1/account-overview", "futures")["currency"] == "XBT"
    assert row["accountEquity"] == float(push["equity"])
    assert row["availableBalance"] == float(push["availableBalance"])
    assert row["orderMargin"] == float(push["isolatedOrderMargin"])


def test_positions(ask: Ask, bench: Bench) -> None:
    """The open ones, with the figures of the last push, also after a partial one."""
    order = bench.futures.place(X, "buy", 4, price=D(70_000))
    bench.futures.match(order, 4)
    bench.futures.mark(X, D(71_000))
    partial = bench.data(f"/contract/position:{X}")[-1]
    (row,) = ask("/api/v1/positions", "futures")

    assert partial.items() - {("changeReason", "markPriceChange")} <= row.items()
    assert (row["currentQty"], row["avgEntryPrice"], row["isOpen"]) == (4, 70_000.0, True)
    assert ask(f"/api/v1/position?symbol={X}", "futures") == row
    bench.futures.match(bench.futures.place(X, "sell", 4), 4, price=D(71_000))
    assert ask("/api/v1/positions", "futures") == []
    assert ask("/api/v1/position?symbol=ETHUSDTM", "futures")["currentQty"] == 0
    with pytest.raises(KuCoinError, match="does not exist"):
        ask("/api/v1/position?symbol=NONE", "futures")


def test_stop_orders(ask: Ask, bench: Bench) -> None:
    """Those that wait."""
    stop = bench.futures.place_stop(X, "buy", 1, stop="down", stop_price=D(6), price=D(5))
    (row,) = ask("/api/v1/stopOrders", "futures")["items"]

    assert (row["id"], row["stop"], row["stopPrice"]) == (stop.order_id, "down", "6")
