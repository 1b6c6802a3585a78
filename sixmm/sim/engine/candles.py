"""Candles of traded prices, for the kline stream and for the REST query."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from .numbers import ZERO
from .symbols import SymbolSpec

__all__ = ["INTERVALS", "Candle", "CandleSeries", "open_time"]

_MINUTE = 60_000
_DAY = 86_400_000
_MONDAY = 4 * _DAY
"""The first Monday after the epoch; weeks begin there."""

INTERVALS: dict[str, int] = {
    "1m": _MINUTE,
    "5m": 5 * _MINUTE,
    "15m": 15 * _MINUTE,
    "30m": 30 * _MINUTE,
    "1h": 60 * _MINUTE,
    "4h": 240 * _MINUTE,
    "1d": _DAY,
    "1w": 7 * _DAY,
    "1M": 0,
}
"""Width of each interval in ms; a month has none of its own."""

KEPT_CANDLES = 1_000


def open_time(interval: str, at_ms: int) -> int:
    """Return the start of the candle that `at_ms` falls in; weeks begin on Monday, all in UTC."""
    width = INTERVALS[interval]
    if interval == "1w":
        return (at_ms - _MONDAY) // width * width + _MONDAY
    if width:
        return at_ms // width * width
    month = datetime.fromtimestamp(at_ms // 1000, timezone.utc).replace(
        day=1, hour=0, minute=0, second=0
    )
    return int(month.timestamp()) * 1000


def _next_open(interval: str, opened: int) -> int:
    width = INTERVALS[interval]
    if width:
        return opened + width
    month = datetime.fromtimestamp(opened // 1000, timezone.utc)
    return int((month + timedelta(days=32)).replace(day=1).timestamp()) * 1000


@dataclass(slots=True, kw_only=True)
class Candle:
    """One candle; times in ms, `close_time` is the last ms that belongs to it."""

    open_time: int
    close_time: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = ZERO

    def add(self, price: Decimal, quantity: Decimal) -> None:
        """Take in one trade."""
        self.high = max(self.high, price)
        self.low = min(self.low, price)
        self.close = price
        self.volume += quantity


class CandleSeries:
    """The candles of one symbol and interval, the newest thousand of them."""

    def __init__(self, spec: SymbolSpec, interval: str, seed: int) -> None:
        """Begin a series without trades."""
        self._spec = spec
        self._interval = interval
        self._seed = seed
        self._candles: deque[Candle] = deque(maxlen=KEPT_CANDLES)

    def add(self, price: Decimal, quantity: Decimal, at_ms: int) -> None:
        """Take in one trade; one from before the newest candle still counts for that one."""
        last = self._candles[-1] if self._candles else None
        if last is None or at_ms > last.close_time:
            start = last.close if last else price
            last = self._blank(open_time(self._interval, at_ms), start, price)
            self._candles.append(last)
        last.add(price, quantity)

    def last(self) -> Candle | None:
        """Return the newest candle, or None before the first trade."""
        return self._candles[-1] if self._candles else None

    def rows(self, *, start: int | None, end: int, limit: int) -> list[Candle]:
        """Return up to `limit` candles that open in ``[start, end]``, oldest first.

        With no `start` these are the newest ones. What lies before the first real trade is
        made up from the seed, so that a chart has something to show.
        """
        real = [c for c in self._candles if c.open_time <= end]
        if len(real) < limit:
            first = real[0].open_time if real else open_time(self._interval, end) + 1
            real = self._backfill(first, limit - len(real), start) + real
        kept = [c for c in real if start is None or c.open_time >= start]
        return kept[-limit:]

    def _blank(self, opened: int, start: Decimal, price: Decimal) -> Candle:
        return Candle(
            open_time=opened,
            close_time=_next_open(self._interval, opened) - 1,
            open=start,
            high=max(start, price),
            low=min(start, price),
            close=price,
        )

    def _backfill(self, before: int, count: int, start: int | None) -> list[Candle]:
        made: list[Candle] = []
        while len(made) < count and before > 0 and (start is None or before > start):
            opened = open_time(self._interval, before - 1)
            candle = self._blank(opened, self._made_up(opened - 1), self._made_up(opened))
            candle.volume = self._spec.min_quantity * 1000
            made.append(candle)
            before = opened
        return made[::-1]

    def _made_up(self, at_ms: int) -> Decimal:
        """Return a price within half a percent of the start price, the same for the same candle."""
        key = open_time(self._interval, at_ms)
        share = random.Random(f"{self._seed}:{self._spec.symbol}:{self._interval}:{key}").random()
        price = self._spec.start_price * Decimal(995_000 + int(share * 10_000)) / 1_000_000
        return price // self._spec.tick_size * self._spec.tick_size
