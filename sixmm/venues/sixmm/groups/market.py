"""The public market data: symbols, candles and the profit ranking."""

from __future__ import annotations

from collections.abc import Iterator

from .. import calls
from .. import rest_schema as rest
from ..calls.arguments import Time, needed, time_ms
from ..calls.market import MAX_KLINES
from ..enums import KlineInterval, KlinePriceType, LeaderboardPeriod
from ..operations import operation
from ..paging import MAX_ROWS, Progress, by_time, checked_bound, interval_ms
from .funding import FundingCalls

__all__ = ["MarketGroup"]


class MarketGroup(FundingCalls):
    """Public market data; no credential is needed (rule 14).

    Every method raises what the tree in :mod:`sixmm.errors` says; ``ConfigurationError`` where an
    argument cannot be, before anything is sent. Rates and prices are exact decimals, times that
    come are Unix milliseconds, times that are given may also be datetimes with a zone.
    """

    @operation("getSymbols")
    def symbols(self) -> rest.Symbols:
        """Return every symbol with its trading rules: tick, step and size limits (rule 43).

        ``GET /v1/public/market/symbols``; no permission.
        """
        result: rest.Symbols = self._call(calls.symbols())
        return result

    @operation("getKlines")
    def klines(
        self,
        symbol: str,
        interval: KlineInterval | str,
        *,
        price_type: KlinePriceType | str | None = None,
        start_time: Time | None = None,
        end_time: Time | None = None,
        limit: int | None = None,
    ) -> rest.Klines:
        """Return candles: 500 by default, 1000 at most (rule 64); :meth:`iter_klines` gives more.

        ``GET /v1/public/market/klines``; no permission.

        Args:
            symbol: such as ``BTCUSDT``.
            interval: such as ``1m``, ``1h`` or ``1d``.
            price_type: ``indexPrice`` or ``markPrice``; None for the traded price.
            start_time: from when on.
            end_time: until when.
            limit: how many rows, 1 to 1000.
        """
        result: rest.Klines = self._call(
            calls.klines(
                symbol=symbol,
                interval=interval,
                price_type=price_type,
                start_time=start_time,
                end_time=end_time,
                limit=limit,
            )
        )
        return result

    @operation("getKlines")
    def iter_klines(
        self,
        symbol: str,
        interval: KlineInterval | str,
        *,
        start_time: Time,
        end_time: Time | None = None,
        price_type: KlinePriceType | str | None = None,
        max_rows: int | None = MAX_ROWS,
        progress: Progress | None = None,
    ) -> Iterator[rest.KlineRow]:
        """Yield candles of any span of time, oldest first, each once; the last may still change.

        ``GET /v1/public/market/klines``, once for about a thousand candles; no permission.

        Args:
            symbol: such as ``BTCUSDT``.
            interval: such as ``1m``, ``1h`` or ``1d``.
            start_time: from when on a candle begins.
            end_time: until when a candle begins, inclusive; None for the newest one there is.
            price_type: ``indexPrice`` or ``markPrice``; None for the traded price.
            max_rows: after how many candles to stop, 100,000 by default; None for no bound.
            progress: is told after each call how many candles there are so far, and how many there
                will be at most.
        """
        # Made once for nothing: what cannot be is refused now, not when the first row is taken.
        calls.klines(
            symbol=symbol,
            interval=interval,
            price_type=price_type,
            end_time=end_time,
        )
        interval_ms(interval)
        start_ms: int = needed(time_ms(start_time, "start_time"), "start_time")
        return self._candles(
            symbol,
            interval,
            price_type=price_type,
            start_ms=start_ms,
            end_ms=time_ms(end_time, "end_time"),
            max_rows=checked_bound(max_rows),
            progress=progress,
        )

    def _candles(
        self,
        symbol: str,
        interval: KlineInterval | str,
        *,
        price_type: KlinePriceType | str | None,
        start_ms: int,
        end_ms: int | None,
        max_rows: int | None,
        progress: Progress | None,
    ) -> Iterator[rest.KlineRow]:
        def fetch(start: int, end: int) -> tuple[rest.KlineRow, ...]:
            return self.klines(
                symbol,
                interval,
                price_type=price_type,
                start_time=start,
                end_time=end,
                limit=MAX_KLINES,
            ).rows

        if end_ms is None:
            newest = self.klines(symbol, interval, price_type=price_type, limit=1).rows
            end_ms = newest[-1].open_time if newest else start_ms - 1
        yield from by_time(
            fetch,
            time_of=lambda row: row.open_time,
            start_ms=start_ms,
            end_ms=end_ms,
            width_ms=interval_ms(interval),
            limit=MAX_KLINES,
            max_rows=max_rows,
            progress=progress,
        )

    @operation("getPnlLeaderboard")
    def pnl_leaderboard(self, period: LeaderboardPeriod | str) -> rest.Leaderboard:
        """Return the profit ranking.

        ``GET /v1/public/leaderboard/pnl``; no permission.

        Args:
            period: ``7d``, ``30d`` or ``90d``.
        """
        result: rest.Leaderboard = self._call(calls.pnl_leaderboard(period=period))
        return result
