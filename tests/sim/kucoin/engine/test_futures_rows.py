"""Positions and the wallet in the names of the wire."""

from __future__ import annotations

import json

from sixmm.sim.kucoin.engine.futures_rows import mark_row, number, position_row

from ..bench import Bench, D


def test_small_numbers_have_an_exponent() -> None:
    """As the real stream prints them; zero has no sign."""
    assert json.dumps(number(D("-0.000023"))) == "-2.3e-05"
    assert json.dumps(number(D("-0.00000000001"))) == "0.0"


def test_a_crossed_position_has_fewer_fields(bench: Bench) -> None:
    """What belongs to the margin of one position is told of isolated ones only."""
    isolated = bench.futures.place("XBTUSDTM", "buy", 10, price=D(70_000))
    bench.futures.match(isolated, 10)
    bench.futures.set_margin_mode("ETHUSDTM", "CROSS")
    crossed = bench.futures.place("ETHUSDTM", "sell", 10, price=D(2_600))
    bench.futures.match(crossed, 10)
    rows = {
        symbol: position_row(position, 0) for symbol, position in bench.account.positions.items()
    }

    assert rows["XBTUSDTM"].keys() - rows["ETHUSDTM"].keys() == {
        "aggRate",
        "autoDeposit",
        "maintMargin",
        "posComm",
        "posCross",
        "posFunding",
        "posLoss",
        "realLeverage",
        "riskLimit",
        "riskLimitLevel",
    }
    assert rows["ETHUSDTM"]["crossMode"] is True
    assert rows["ETHUSDTM"]["currentQty"] == -10
    assert rows["XBTUSDTM"]["liquidationPrice"] == 56_280.0
    assert rows["XBTUSDTM"]["bankruptPrice"] == 56_000.0


def test_what_a_mark_price_changes(bench: Bench) -> None:
    """The rest of a position is not in it, not even the symbol."""
    order = bench.futures.place("XBTUSDTM", "buy", 10, price=D(70_000))
    bench.futures.match(order, 10)
    position = bench.account.positions["XBTUSDTM"]
    position.mark = D(77_000)
    row = mark_row(position, 5_000_000)

    assert row == {
        "markPrice": 77_000.0,
        "markValue": 770.0,
        "maintMargin": 210.0,
        "realLeverage": 3.6666666667,
        "unrealisedPnl": 70.0,
        "unrealisedPnlPcnt": 0.1,
        "unrealisedRoePcnt": 0.5,
        "delevPercentage": 0.1,
        "currentTimestamp": 5,
        "settleCurrency": "USDT",
    }


def test_the_wallet_adds_up(bench: Bench) -> None:
    """Cash, margins, orders and gains are in every figure that they belong to."""
    bench.futures.transfer(D(1_000))
    order = bench.futures.place("XBTUSDTM", "buy", 10, price=D(70_000))
    assert bench.futures.wallet().isolated_orders == 140
    bench.futures.match(order, 5)
    bench.futures.mark("XBTUSDTM", D(77_000))
    figures = bench.futures.wallet()

    assert figures.cash == D("999.93")
    assert figures.isolated_orders == 70
    assert figures.isolated_margin == 70
    assert figures.isolated_gain == 35
    assert figures.available == D("859.93")
    assert figures.equity == D("1034.93")
