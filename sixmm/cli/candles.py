"""Which candles are meant by a symbol, a span and a number of rows."""

from __future__ import annotations

from collections.abc import Iterator

from ..venues.sixmm.calls.market import MAX_KLINES
from ..venues.sixmm.groups import MarketGroup
from ..venues.sixmm.paging import Progress, interval_ms
from ..venues.sixmm.rest_schema import KlineRow

__all__ = ["candles"]


def candles(
    market: MarketGroup,
    symbol: str,
    interval: str,
    *,
    price_type: str | None,
    start_ms: int | None,
    end_ms: int | None,
    limit: int,
    progress: Progress,
) -> Iterator[KlineRow]:
    """Yield candles, oldest first: the first ones from a start, or the last ones before an end.

    Args:
        market: the calls.
        symbol: such as ``BTCUSDT``.
        interval: such as ``1h``.
        price_type: ``indexPrice`` or ``markPrice``, or None for the traded price.
        start_ms: from when on; None for the last ``limit`` candles.
        end_ms: until when; None for now.
        limit: how many at most; where candles are missing there may be fewer.
        progress: is told how far it is.

    Raises:
        ConfigurationError: an argument cannot be.
        SixmmError: a call failed.
    """
    if start_ms is None and limit <= MAX_KLINES:
        last = market.klines(
            symbol, interval, price_type=price_type, end_time=end_ms, limit=limit
        ).rows
        yield from sorted(last, key=lambda row: row.open_time)
        return
    if start_ms is None:
        if end_ms is None:
            newest = market.klines(symbol, interval, price_type=price_type, limit=1).rows
            if not newest:
                return
            end_ms = newest[-1].open_time
        start_ms = max(0, end_ms - limit * interval_ms(interval)[0] + 1)
    yield from market.iter_klines(
        symbol,
        interval,
        price_type=price_type,
        start_time=start_ms,
        end_time=end_ms,
        max_rows=limit,
        progress=progress,
    )
