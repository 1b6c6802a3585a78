"""One symbol's market: book, trades, candles and the figures of the ticker."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from decimal import Decimal

from .book import Book
from .candles import INTERVALS, CandleSeries
from .funding import KEPT_SETTLEMENTS, FundingSettlement
from .numbers import ZERO
from .symbols import SymbolSpec

__all__ = ["Market", "PublicTrade"]

PENDING_TRADES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTrade:
    """One trade as everybody sees it; `side` is that of the taker, `created_at` in ms."""

    trade_id: str
    price: Decimal
    quantity: Decimal
    side: str
    created_at: int


class Market:
    """Everything public about one symbol."""

    def __init__(self, spec: SymbolSpec, seed: int) -> None:
        """Open the market at its start price, with an empty book."""
        self.spec = spec
        self.book = Book()
        self.first_price = spec.start_price
        self.last_price = spec.start_price
        self.high = spec.start_price
        self.low = spec.start_price
        self.volume = ZERO
        self.turnover = ZERO
        self.candles = {name: CandleSeries(spec, name, seed) for name in INTERVALS}
        self.trades: deque[PublicTrade] = deque(maxlen=PENDING_TRADES)
        """Trades that have not been published yet; whoever publishes them clears it."""
        self.funding_rate = spec.interest_rate
        """The rate of the next settlement; `Engine.set_funding_rate` changes it."""
        self.settlements: deque[FundingSettlement] = deque(maxlen=KEPT_SETTLEMENTS)
        """The funding settlements so far, oldest first."""

    @property
    def mark_price(self) -> Decimal:
        """The middle of the book, or the last price when a side is empty; not on the tick grid."""
        mid = self.book.mid()
        return self.last_price if mid is None else mid

    @property
    def tick_price(self) -> Decimal:
        """The mark price, rounded down to a tick: usable as an order price."""
        tick = self.spec.tick_size
        return self.mark_price // tick * tick

    @property
    def dirty(self) -> bool:
        """Whether anything happened that has not been published."""
        return bool(self.trades or self.book.bids.touched or self.book.asks.touched)

    def record(self, trade: PublicTrade) -> None:
        """Take in one trade."""
        self.last_price = trade.price
        self.high = max(self.high, trade.price)
        self.low = min(self.low, trade.price)
        self.volume += trade.quantity
        self.turnover += trade.price * trade.quantity
        self.trades.append(trade)
        for series in self.candles.values():
            series.add(trade.price, trade.quantity, trade.created_at)

    def published(self) -> None:
        """Forget what was waiting to be published."""
        self.trades.clear()
        self.book.bids.touched.clear()
        self.book.asks.touched.clear()
