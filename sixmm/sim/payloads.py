"""The ``data`` of the five public channels, as ``docs/wire.md`` lists it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from .engine.candles import Candle
from .engine.funding import next_funding_ms
from .engine.market import Market, PublicTrade
from .engine.numbers import ZERO, plain, ratio
from .engine.rows import Row

__all__ = ["candle_row", "depth_change", "depth_snapshot", "kline", "ticker", "trade"]


def depth_snapshot(market: Market, version: int) -> Row:
    """Return the whole book, best prices first."""
    book = market.book
    return _depth(market, book.bids.levels(), book.asks.levels(), version, snapshot=True)


def depth_change(market: Market, version: int) -> Row:
    """Return the levels that changed since the last publication; size ``0`` takes one out."""
    bids, asks = market.book.bids, market.book.asks
    return _depth(
        market,
        [(price, bids.total(price)) for price in sorted(bids.touched, reverse=True)],
        [(price, asks.total(price)) for price in sorted(asks.touched)],
        version,
        snapshot=False,
    )


def _depth(
    market: Market,
    bids: Iterable[tuple[Decimal, Decimal]],
    asks: Iterable[tuple[Decimal, Decimal]],
    version: int,
    *,
    snapshot: bool,
) -> Row:
    return {
        "symbol": market.spec.symbol,
        "bids": [[plain(price), plain(size)] for price, size in bids],
        "asks": [[plain(price), plain(size)] for price, size in asks],
        "endVersion": version,
        "snapshot": snapshot,
    }


def trade(symbol: str, one: PublicTrade) -> Row:
    """Return one public trade; the side is that of the taker."""
    return {
        "symbol": symbol,
        "tradeId": one.trade_id,
        "price": plain(one.price),
        "quantity": plain(one.quantity),
        "side": one.side,
        "createdAt": one.created_at,
    }


def candle_row(candle: Candle) -> Row:
    """Return a candle with the fields of the klines call."""
    return {
        "openTime": candle.open_time,
        "open": plain(candle.open),
        "high": plain(candle.high),
        "low": plain(candle.low),
        "close": plain(candle.close),
        "volume": plain(candle.volume),
        "closeTime": candle.close_time,
    }


def kline(symbol: str, interval: str, candle: Candle) -> Row:
    """Return a candle as the stream has it."""
    return {"symbol": symbol, "interval": interval, **candle_row(candle)}


def ticker(market: Market, now_ms: int) -> Row:
    """Return the summary of a symbol; what is customarily a day reaches back to the start."""
    bid, ask = market.book.bids.best(), market.book.asks.best()
    change = market.last_price - market.first_price
    mark = plain(market.tick_price)
    return {
        "symbol": market.spec.symbol,
        "lastPrice": plain(market.last_price),
        "markPrice": mark,
        "indexPrice": mark,
        "bidPrice": plain(bid or ZERO),
        "askPrice": plain(ask or ZERO),
        "highPrice": plain(market.high),
        "lowPrice": plain(market.low),
        "volume": plain(market.volume),
        "turnover": plain(market.turnover),
        "priceChange": plain(change),
        "priceChangePercent": plain(ratio(change * 100, market.first_price)),
        "fundingRate": plain(market.funding_rate),
        "nextFundingTime": next_funding_ms(now_ms),
    }
