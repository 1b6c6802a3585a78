"""Rows of REST and data of pushes (rules 79, 80)."""

from __future__ import annotations

from decimal import Decimal

from sixmm.sim.engine.rows import asset_row, balance_push, order_push, order_row, position_row

from ..bench import SYMBOL, Bench

BOTH = (SYMBOL, "BOTH")


def test_the_figures_of_a_position(bench: Bench) -> None:
    """Cross and isolated positions show the figures of the margin formulas."""
    trader, other = bench.account("trader", "1000"), bench.account("other")
    bench.engine.set_margin_mode(trader, SYMBOL, "ISOLATED")
    bench.place(other, "SELL", "85000", "0.1")
    bench.place(trader, "BUY", None, "0.1")
    bench.place(other, "BUY", "85990", "0.1")
    bench.place(other, "SELL", "86010", "0.1")
    markets = bench.engine.state.markets
    row = position_row(trader, trader.position(BOTH), markets)
    cross = position_row(other, other.position(BOTH), markets)

    assert (
        row["marginMode"],
        row["quantity"],
        row["entryPrice"],
        row["breakEvenPrice"],
    ) == ("ISOLATED", "0.1", "85000", "85042.5")
    assert (row["unrealizedPnl"], row["roe"], row["liqPrice"]) == ("100", "0.23529412", "81090")
    assert str((Decimal("34.4") / 525).quantize(Decimal("1e-8"))) == row["marginRatio"]
    assert (cross["marginMode"], cross["quantity"], cross["unrealizedPnl"]) == (
        "CROSS",
        "-0.1",
        "-100",
    )
    assert Decimal(cross["liqPrice"]) > 86000


def test_cross_positions_share_what_isolated_ones_leave(bench: Bench) -> None:
    """The equity behind a cross position is the wallet less isolated margin, plus open profit."""
    trader, other = bench.account("trader", "10000"), bench.account("other")
    bench.engine.set_margin_mode(trader, "ETHUSDT", "ISOLATED")
    for symbol, price, size in ((SYMBOL, "85000", "0.1"), ("ETHUSDT", "3000", "1")):
        bench.place(other, "SELL", price, size, symbol=symbol)
        bench.place(trader, "BUY", None, size, symbol=symbol)
    bench.place(other, "SELL", "150", "10", symbol="SOLUSDT")
    bench.place(trader, "BUY", None, "10", symbol="SOLUSDT")
    row = position_row(trader, trader.position(BOTH), bench.engine.state.markets)
    equity = trader.wallet - 150 - 6
    expected = (8500 - equity) / (Decimal("0.1") - Decimal("0.0004"))

    assert Decimal(row["liqPrice"]) == max(Decimal(0), expected.quantize(Decimal("1e-8")))


def test_rest_and_stream_use_their_own_names(bench: Bench) -> None:
    """status and orderStatus, frozenMargin and frozenBalance; all else is the same."""
    account = bench.account()
    order = bench.place(account, "BUY", "85000", "0.1")
    row, push = order_row(order), order_push(order, None)
    asset, balance = asset_row(account), balance_push(account)

    assert set(row) ^ set(push) == {"status", "orderStatus", "eventType"}
    assert row["status"] == push["orderStatus"] == "PENDING"
    assert set(asset) ^ set(balance) == {"frozenMargin", "frozenBalance", "userId"}
    assert asset["frozenMargin"] == balance["frozenBalance"] == "425"
