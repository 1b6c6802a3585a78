"""The life of contracts."""

from __future__ import annotations

import pytest

from ..bench import Bench, D

ORDERS, WALLET = "/contractMarket/tradeOrders", "/contractAccount/wallet"
X = "XBTUSDTM"


def test_an_order_that_is_filled(bench: Bench) -> None:
    """It opens, is matched in parts and filled; the topic of the symbol tells the same."""
    order = bench.futures.place(X, "buy", 10, price=D(70_000), client_oid="mine")
    bench.futures.match(order, 4)
    bench.futures.match(order, 6)
    pushes = bench.pushes()
    rows = [one.data for one in pushes if one.topic == ORDERS]
    of_symbol = [one for one in pushes if one.topic == f"{ORDERS}:{X}"]

    assert [(row["type"], row["status"]) for row in rows] == [
        ("open", "open"),
        ("match", "open"),
        ("match", "done"),
        ("filled", "done"),
    ]
    assert [row["filledSize"] for row in rows] == ["0", "4", "10", "10"]
    assert [one.data for one in of_symbol] == rows
    assert {one.subject for one in of_symbol} == {"symbolOrderChange"}
    assert "orderType" not in rows[0]
    assert rows[1]["orderTime"] == order.created_ns


def test_every_change_of_the_wallet_has_a_version(bench: Bench) -> None:
    """It grows by one; the mark price of a crossed position changes figures and no version."""
    bench.futures.transfer(D(1000))
    bench.futures.set_margin_mode(X, "CROSS")
    order = bench.futures.place(X, "buy", 10, price=D(70_000))
    bench.futures.match(order, 10)
    bench.futures.mark(X, D(71_000))
    rows = bench.data(WALLET)

    assert [row["version"] for row in rows] == ["1", "2", "3", "4", "4"]
    assert rows[-1]["availableBalance"] != rows[-2]["availableBalance"]
    assert rows[-1]["crossUnPnl"] == "10"


def test_positions_open_grow_shrink_turn_and_close(bench: Bench) -> None:
    """Quantity, entry and profit are those of the fills."""

    def trade(side: str, size: int, price: int) -> None:
        order = bench.futures.place(X, side, size)
        bench.futures.match(order, size, price=D(price))

    trade("buy", 10, 100)
    trade("buy", 10, 200)
    position = bench.account.positions[X]
    assert (position.quantity, position.entry) == (20, 150)
    trade("sell", 5, 250)
    assert (position.quantity, position.entry, position.gross_profit) == (15, 150, D("0.5"))
    trade("sell", 25, 100)
    assert (position.quantity, position.entry) == (-10, 100)
    assert position.gross_profit == D("-0.25")
    trade("buy", 10, 90)
    assert (position.quantity, position.cost, position.gross_profit) == (0, 0, D("-0.15"))
    assert bench.account.futures_cash == D("-0.15") - position.fees
    row = bench.data("/contract/positionAll")[-1]
    assert (row["isOpen"], row["currentQty"], row["changeReason"]) == (False, 0, "positionChange")


def test_a_mark_price_is_pushed_in_part(bench: Bench) -> None:
    """The topic of the symbol has no symbol in it; another switch sends all of it."""
    bench.futures.mark(X, D(1))
    assert bench.pushes() == []
    order = bench.futures.place(X, "buy", 10)
    bench.futures.match(order, 10, price=D(70_000))
    bench.pushes()
    bench.futures.mark(X, D(71_000))
    pushes = {one.topic: one.data for one in bench.pushes()}
    bench.manners.partial_positions = False
    bench.futures.mark(X, D(72_000))
    whole = bench.data(f"/contract/position:{X}")[0]

    assert "symbol" not in pushes[f"/contract/position:{X}"]
    assert "currentQty" not in pushes[f"/contract/position:{X}"]
    assert pushes["/contract/positionAll"]["symbol"] == X
    assert (whole["currentQty"], whole["changeReason"]) == (10, "markPriceChange")


def test_funding(bench: Bench) -> None:
    """Who is long pays a positive rate; the settlement names no symbol."""
    order = bench.futures.place(X, "buy", 10)
    bench.futures.match(order, 10, price=D(70_000))
    cash = bench.account.futures_cash
    bench.pushes()
    bench.futures.settle_funding(X, D("0.0001"))
    pushes = bench.pushes()

    assert bench.account.futures_cash == cash - D("0.07")
    assert pushes[0].subject == "position.settlement"
    assert (pushes[0].data["fundingFee"], pushes[0].data["qty"]) == (-0.07, 10)
    assert "symbol" not in pushes[0].data
    assert WALLET in {one.topic for one in pushes}
    bench.futures.settle_funding("ETHUSDTM", D("0.0001"))
    assert bench.pushes() == []


def test_settings(bench: Bench) -> None:
    """Leverage, margin mode, margin and risk limit are told, each in its way."""
    bench.futures.set_leverage(X, D(8))
    bench.futures.set_margin_mode(X, "ISOLATED")
    order = bench.futures.place(X, "buy", 10, price=D(70_000))
    with pytest.raises(ValueError, match="without orders"):
        bench.futures.set_margin_mode(X, "CROSS")
    bench.futures.match(order, 10)
    bench.futures.add_margin(X, D(5))
    bench.futures.set_risk_limit(X, 2)
    bench.futures.set_risk_limit(X, 9, "Insufficient balance.")
    pushes = bench.pushes()
    told = {one.topic: one.data for one in pushes}
    limits = [one.data for one in pushes if one.subject == "position.adjustRiskLimit"]

    assert told["/contract/crossLeverage"] == {X: {"leverage": "8"}}
    assert told["/contract/marginMode"] == {X: "ISOLATED"}
    assert told["leverage.FUTURES"] == {"s": X, "l": "8.00"}
    assert {one["success"] for one in limits} == {True, False}
    reasons = [
        one.data["changeReason"]
        for one in pushes
        if one.topic == "/contract/positionAll" and one.subject == "position.change"
    ]
    assert reasons == ["positionChange", "marginChange", "changeRiskLimit"]
    assert bench.account.positions[X].margin == D("92.5")


def test_stop_orders(bench: Bench) -> None:
    """What is triggered goes on as an order with an id of its own."""
    stop = bench.futures.place_stop(X, "buy", 1, stop="down", stop_price=D(60_000), price=D(59_000))
    other = bench.futures.place_stop(X, "buy", 1, stop="up", stop_price=D(80_000), price=D(81_000))
    order = bench.futures.trigger(stop)
    bench.futures.cancel_stop(other)
    rows = bench.data("/contractMarket/advancedOrders")

    assert [row["type"] for row in rows] == ["open", "open", "triggered", "cancel"]
    assert rows[0]["size"] == 1
    assert order.order_id != stop.order_id
    assert not bench.account.futures_stops


def test_orders_that_end_without_a_fill(bench: Bench) -> None:
    """They shrink and are cancelled; what they held is free again."""
    bench.futures.transfer(D(1000))
    order = bench.futures.place(X, "buy", 10, price=D(70_000))
    bench.futures.reduce(order, 6)
    bench.futures.cancel(order)
    rows = bench.data(ORDERS)

    assert [(row["type"], row["canceledSize"]) for row in rows] == [
        ("open", "0"),
        ("update", "4"),
        ("canceled", "10"),
    ]
    assert rows[1]["oldSize"] == "10"
    assert bench.futures.wallet().available == 1000


def test_what_cannot_be(bench: Bench) -> None:
    """Contracts that do not exist, fills beyond the size, orders that grow."""
    with pytest.raises(ValueError, match="no contract 'NONE'"):
        bench.futures.place("NONE", "buy", 1, price=D(1))
    order = bench.futures.place(X, "buy", 2, price=D(1))
    with pytest.raises(ValueError, match="what is left"):
        bench.futures.match(order, 3)
    with pytest.raises(ValueError, match="only shrink"):
        bench.futures.reduce(order, 2)
