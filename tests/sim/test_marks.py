"""Candles of the mark price, with a clock that the test moves."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from sixmm.sim.engine.candles import Candle
from sixmm.sim.marks import MarkCandles

from .bench import NOW, SYMBOL, Bench

MINUTE = 60_000


def quoted(bench: Bench) -> MarkCandles:
    """Return the candles of a bench whose books are empty."""
    return MarkCandles(bench.engine.state.markets, 7)


def rows(marks: MarkCandles, now: int, limit: int = 5, interval: str = "1m") -> list[Candle]:
    """Return the newest candles."""
    return marks.rows(SYMBOL, interval, start=None, end=now, limit=limit)


def test_a_quote_moves_the_mark_price_without_a_trade(bench: Bench) -> None:
    """Nobody has traded, and the candle has moved all the same."""
    marks = quoted(bench)
    marks.sample(NOW)
    maker = bench.account("maker")
    bench.place(maker, "BUY", "86000", "0.1")
    bench.place(maker, "SELL", "86200", "0.1")
    marks.sample(NOW + 1_000)
    newest = rows(marks, NOW + 1_000)[-1]

    assert (newest.high, newest.low) == (Decimal(86500), Decimal(86100))
    assert (newest.close, newest.volume) == (Decimal(86100), 0)


def test_time_in_which_nobody_looked_is_filled(bench: Bench) -> None:
    """Every candle begins where the one before ends, across a gap of five minutes."""
    marks = quoted(bench)
    marks.sample(NOW)
    marks.sample(NOW + 5 * MINUTE)
    found = rows(marks, NOW + 5 * MINUTE, limit=8)

    assert all(one.close_time + 1 == other.open_time for one, other in pairwise(found))
    assert [one.close for one in found[-6:]] == [Decimal(86500)] * 6


def test_a_gap_of_years_costs_no_more_than_what_is_kept(bench: Bench) -> None:
    """A clock that jumps fills a thousand candles at most, of every interval."""
    marks = quoted(bench)
    marks.sample(NOW)
    later = NOW + 30 * 365 * 86_400_000
    marks.sample(later)

    for interval in ("1m", "1h", "1d", "1M"):
        found = rows(marks, later, limit=300, interval=interval)
        assert len(found) == 300
        assert all(one.close_time + 1 == other.open_time for one, other in pairwise(found))


def test_a_clock_that_is_set_back_is_no_accident(bench: Bench) -> None:
    """The newest candle takes what comes."""
    marks = quoted(bench)
    marks.sample(NOW)
    marks.sample(NOW - 10 * MINUTE)

    assert rows(marks, NOW)[-1].close == Decimal(86500)
