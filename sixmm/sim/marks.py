"""Candles of the mark price, which moves whether anybody trades or not.

The embedded exchange has no other exchange to look at, so its index price is its mark price.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from .engine.candles import INTERVALS, KEPT_CANDLES, Candle, CandleSeries, open_time
from .engine.market import Market
from .engine.numbers import ZERO

__all__ = ["MarkCandles"]

EVERY_MS = 100
"""How often a mark price is looked at, at most."""


class MarkCandles:
    """The candles of all symbols and intervals; called under the lock of the `Core`."""

    def __init__(self, markets: Mapping[str, Market], seed: int) -> None:
        """Begin without candles; what lies before is made up as that of traded prices is."""
        self._markets = markets
        self._series = {
            symbol: {name: CandleSeries(market.spec, name, seed) for name in INTERVALS}
            for symbol, market in markets.items()
        }
        self._seen_ms = -EVERY_MS

    def sample(self, now_ms: int) -> None:
        """Take in the mark prices of this moment, unless that was done just now."""
        if 0 <= now_ms - self._seen_ms < EVERY_MS:
            return
        self._seen_ms = now_ms
        for symbol, market in self._markets.items():
            for interval, series in self._series[symbol].items():
                _bridge(series, interval, now_ms)
                series.add(market.tick_price, ZERO, now_ms)

    def rows(
        self, symbol: str, interval: str, *, start: int | None, end: int, limit: int
    ) -> list[Candle]:
        """Return candles as `CandleSeries.rows` does."""
        return self._series[symbol][interval].rows(start=start, end=end, limit=limit)


def _bridge(series: CandleSeries, interval: str, now_ms: int) -> None:
    """Fill the time in which nobody looked with candles that stand still."""
    last = series.last()
    if last is None or last.close_time >= now_ms:
        return
    kept = open_time(interval, max(0, now_ms - INTERVALS[interval] * KEPT_CANDLES))
    opened = max(last.close_time + 1, kept) if INTERVALS[interval] else last.close_time + 1
    present = open_time(interval, now_ms)
    price: Decimal = last.close
    while opened < present:
        series.add(price, ZERO, opened)
        newest = series.last()
        opened = newest.close_time + 1 if newest else present
