"""One symbol's market."""

from __future__ import annotations

from decimal import Decimal

from ..bench import SYMBOL, Bench


def test_the_mark_price_is_the_middle_or_the_last(bench: Bench) -> None:
    """Without a side it is the last price, at first the start price; with both the middle."""
    market = bench.engine.state.markets[SYMBOL]
    account = bench.account()
    prices = [market.mark_price]
    bench.place(account, "BUY", "85000", "0.1")
    prices.append(market.mark_price)
    bench.place(account, "SELL", "85000.1", "0.1")
    prices.append(market.mark_price)

    assert prices == [86500, 86500, Decimal("85000.05")]
    assert market.tick_price == 85000


def test_trades_count_for_the_ticker(bench: Bench) -> None:
    """High, low, volume and turnover follow every trade; publishing clears what waits."""
    market = bench.engine.state.markets[SYMBOL]
    account = bench.account(balance="1000000")
    for price in ("87000", "84000"):
        bench.place(account, "BUY", price, "0.1")
        bench.place(account, "SELL", price, "0.1")

    assert (market.high, market.low, market.last_price) == (87000, 84000, 84000)
    assert (market.volume, market.turnover) == (Decimal("0.2"), Decimal(17100))
    assert market.dirty
    assert len(market.trades) == 2
    market.published()
    assert not market.dirty
