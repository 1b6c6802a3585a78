"""Instruments, their prices and their books: a seeded walk, with no matching behind it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from ..engine.numbers import ZERO, money
from .ids import instrument_id
from .topics import INTERVALS

__all__ = ["ASSETS", "INSTRUMENTS", "Asset", "Candle", "Instrument", "Market"]

LEVELS = 10
MOST_AWAY = Decimal("0.01")
"""The price never leaves its start by more than this share of it."""

Side = dict[Decimal, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """Something that collateral is held in; the first one settles every instrument."""

    asset_id: int
    ticker: str
    price: Decimal
    volatility: Decimal | None = None
    """Where it has one, its price is told with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """What can be traded."""

    ticker: str
    underlying: str
    start_price: Decimal
    tick: Decimal
    step: Decimal

    @property
    def instrument_id(self) -> str:
        """Its id in hex."""
        return instrument_id(self.ticker)


ASSETS: Mapping[int, Asset] = MappingProxyType(
    {
        0: Asset(asset_id=0, ticker="USDC", price=Decimal(1)),
        1: Asset(asset_id=1, ticker="BTC", price=Decimal(86_000), volatility=Decimal("0.52")),
        2: Asset(asset_id=2, ticker="ETH", price=Decimal(2_900), volatility=Decimal("0.71")),
    }
)
INSTRUMENTS = (
    Instrument(
        ticker="BTC-PERP",
        underlying="BTC",
        start_price=Decimal(86_000),
        tick=Decimal("0.5"),
        step=Decimal("0.001"),
    ),
    Instrument(
        ticker="ETH-PERP",
        underlying="ETH",
        start_price=Decimal(2_900),
        tick=Decimal("0.05"),
        step=Decimal("0.01"),
    ),
)


@dataclass(slots=True)
class Candle:
    """One candle of one width so far."""

    slot: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = ZERO

    def take(self, price: Decimal, quantity: Decimal) -> None:
        """Count a trade."""
        self.high, self.low = max(self.high, price), min(self.low, price)
        self.close, self.volume = price, self.volume + quantity


@dataclass(slots=True, kw_only=True)
class Market:
    """One instrument with its book. Changed under the lock of the `Core`."""

    instrument: Instrument
    random: random.Random
    price: Decimal = ZERO
    last_price: Decimal = ZERO
    volume: Decimal = ZERO
    funding_rate: Decimal = Decimal("0.0000125")
    premium: Decimal = Decimal("0.0001")
    funding_round: int = 0
    bids: Side = field(default_factory=dict)
    asks: Side = field(default_factory=dict)
    changed_bids: Side = field(default_factory=dict)
    changed_asks: Side = field(default_factory=dict)
    candles: dict[str, Candle] = field(default_factory=dict)
    closed: list[tuple[str, Candle]] = field(default_factory=list)

    @classmethod
    def open(cls, instrument: Instrument, seed: int, now_ms: int) -> Market:
        """Return the market of an instrument, with a book and one candle of each width."""
        market = cls(instrument=instrument, random=random.Random(f"{seed}:{instrument.ticker}"))
        market.price = market.last_price = instrument.start_price
        market.trade(ZERO, now_ms)
        market.step(now_ms)
        return market

    @property
    def instrument_id(self) -> str:
        """The id of the instrument in hex."""
        return self.instrument.instrument_id

    def step(self, now_ms: int) -> None:
        """Move the price a little, set the book right, and trade a little."""
        tick, start = self.instrument.tick, self.instrument.start_price
        moved = self.price + self.random.randint(-3, 3) * tick
        if abs(moved - start) <= start * MOST_AWAY:
            self.price = moved
        self.changed_bids = _replace(self.bids, self._ladder(-tick))
        self.changed_asks = _replace(self.asks, self._ladder(tick))
        self.trade(self.instrument.step * self.random.randint(0, 20), now_ms)

    def trade(self, quantity: Decimal, now_ms: int) -> None:
        """Count a trade of that size at the price of now."""
        self.last_price, self.volume = self.price, self.volume + quantity
        self.closed = []
        for interval, seconds in INTERVALS.items():
            slot = now_ms // 1000 // seconds
            candle = self.candles.get(interval)
            if candle is None or candle.slot != slot:
                if candle is not None:
                    self.closed.append((interval, candle))
                price = self.price
                self.candles[interval] = candle = Candle(slot, price, price, price, price)
            candle.take(self.price, quantity)

    def set_funding(self, rate: Decimal) -> None:
        """Begin a round of funding at that rate."""
        self.funding_rate, self.funding_round = rate, self.funding_round + 1

    def _ladder(self, towards: Decimal) -> Side:
        """Return the levels of one side; those that stay mostly keep their size."""
        held = self.bids if towards < 0 else self.asks
        prices = [self.price + towards * place for place in range(1, LEVELS + 1)]
        return {price: self._size(held.get(price)) for price in prices}

    def _size(self, before: Decimal | None) -> Decimal:
        if before is not None and self.random.random() < 0.7:
            return before
        return money(self.instrument.step * self.random.randint(1, 5_000))


def _replace(levels: Side, wanted: Side) -> Side:
    """Make `levels` what is wanted; return what changed, with 0 for what went."""
    changed: Side = {price: ZERO for price in levels if price not in wanted}
    changed.update(_differing(levels, wanted.items()))
    levels.clear()
    levels.update(wanted)
    return changed


def _differing(levels: Side, wanted: Iterable[tuple[Decimal, Decimal]]) -> Side:
    return {price: size for price, size in wanted if levels.get(price) != size}
