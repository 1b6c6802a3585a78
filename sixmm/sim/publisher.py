"""Turning what happened in the markets into public pushes.

Changes are gathered: one depth push tells all levels that changed since the one before.
Nothing is built for a topic that nobody listens to.
"""

from __future__ import annotations

from . import payloads
from .core import Core
from .engine.market import Market
from .hub import Outlet

__all__ = ["Publisher"]


class Publisher:
    """Publishes the markets of a core. Every method is called inside a transaction."""

    def __init__(self, core: Core) -> None:
        """Begin every depth topic at version 1."""
        self._core = core
        self._versions = dict.fromkeys(core.engine.state.markets, 1)

    def snapshot(self, outlet: Outlet, symbol: str) -> None:
        """Queue the whole book for one outlet.

        It carries the version of the last push, so that the next one follows on it. The
        caller has published what was pending.
        """
        market = self._core.engine.state.markets[symbol]
        data = payloads.depth_snapshot(market, self._versions[symbol])
        message = {
            "topic": f"market.depth.{symbol}",
            "event": "data",
            "ts": self._core.now_ms(),
            "data": data,
        }
        self._core.hub.tell(outlet, message)

    def publish(self) -> None:
        """Queue all that is new in all markets."""
        now_ms = self._core.now_ms()
        moved = False
        for market in self._core.engine.state.markets.values():
            if market.dirty:
                self._publish(market, now_ms)
                market.published()
                moved = True
        if moved:
            self._tickers(now_ms)

    def _publish(self, market: Market, now_ms: int) -> None:
        hub, symbol = self._core.hub, market.spec.symbol
        if market.book.bids.touched or market.book.asks.touched:
            self._depth(market, now_ms)
        if market.trades:
            if hub.subscribed(f"market.trade.{symbol}"):
                for one in market.trades:
                    hub.publish(f"market.trade.{symbol}", now_ms, payloads.trade(symbol, one))
            self._klines(market, now_ms)
        if hub.subscribed(f"market.ticker.{symbol}"):
            hub.publish(f"market.ticker.{symbol}", now_ms, payloads.ticker(market, now_ms))

    def _depth(self, market: Market, now_ms: int) -> None:
        symbol = market.spec.symbol
        self._versions[symbol] += 1
        topic = f"market.depth.{symbol}"
        if not self._core.hub.subscribed(topic) or self._core.faults.take("lost_depth"):
            return
        change = payloads.depth_change(market, self._versions[symbol])
        self._core.hub.publish(topic, now_ms, change)

    def _klines(self, market: Market, now_ms: int) -> None:
        symbol = market.spec.symbol
        for interval, series in market.candles.items():
            topic = f"market.kline.{symbol}.{interval}"
            candle = series.last()
            if candle is not None and self._core.hub.subscribed(topic):
                data = payloads.kline(symbol, interval, candle)
                self._core.hub.publish(topic, now_ms, data)

    def _tickers(self, now_ms: int) -> None:
        if self._core.hub.subscribed("market.tickers"):
            markets = self._core.engine.state.markets.values()
            rows = [payloads.ticker(market, now_ms) for market in markets]
            self._core.hub.publish("market.tickers", now_ms, rows)
