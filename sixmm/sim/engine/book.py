"""The order book of one symbol: price first, then time.

A level keeps its orders in a dict, which remembers the order of insertion: that is the time
priority, and taking one out costs the same wherever it stands.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from decimal import Decimal

from .numbers import ZERO
from .orders import Order

__all__ = ["Book", "BookSide"]


class BookSide:
    """The bids or the asks."""

    def __init__(self, *, bids: bool) -> None:
        """Make an empty side; `bids` says that the highest price is the best."""
        self._bids = bids
        self._prices: list[Decimal] = []
        self._levels: dict[Decimal, dict[str, Order]] = {}
        self._totals: dict[Decimal, Decimal] = {}
        self.touched: set[Decimal] = set()
        """Prices whose size changed since the last time somebody cleared this set."""

    def __len__(self) -> int:
        """Return the number of price levels."""
        return len(self._prices)

    def best(self) -> Decimal | None:
        """Return the best price, or None when the side is empty."""
        return self.price_at(1)

    def price_at(self, level: int) -> Decimal | None:
        """Return the price of a level, 1 for the best; the deepest one when there are fewer."""
        if not self._prices:
            return None
        index = min(level, len(self._prices)) - 1
        return self._prices[-1 - index] if self._bids else self._prices[index]

    def total(self, price: Decimal) -> Decimal:
        """Return the size that rests at `price`, zero when there is no such level."""
        return self._totals.get(price, ZERO)

    def levels(self) -> Iterator[tuple[Decimal, Decimal]]:
        """Yield price and size of every level, best first."""
        for price in self._ordered():
            yield price, self._totals[price]

    def orders(self) -> Iterator[Order]:
        """Yield every order in the order in which it would be filled."""
        for price in self._ordered():
            yield from self._levels[price].values()

    def first(self) -> Order | None:
        """Return the order that is filled next, or None when the side is empty."""
        price = self.best()
        return None if price is None else next(iter(self._levels[price].values()))

    def add(self, order: Order) -> None:
        """Put `order` behind all others of its price."""
        price = order.price
        level = self._levels.get(price)
        if level is None:
            level = self._levels[price] = {}
            self._totals[price] = ZERO
            insort(self._prices, price)
        level[order.order_id] = order
        self._change(price, order.remaining)

    def remove(self, order: Order) -> None:
        """Take `order` with all that is left of it out of the side."""
        price = order.price
        level = self._levels[price]
        del level[order.order_id]
        self._change(price, -order.remaining)
        if not level:
            del self._levels[price], self._totals[price]
            del self._prices[bisect_left(self._prices, price)]

    def shrink(self, order: Order, quantity: Decimal) -> None:
        """Lower the size of the order's level by `quantity`; the order keeps its place."""
        self._change(order.price, -quantity)

    def _ordered(self) -> Iterator[Decimal]:
        return reversed(self._prices) if self._bids else iter(self._prices)

    def _change(self, price: Decimal, delta: Decimal) -> None:
        self._totals[price] += delta
        self.touched.add(price)


class Book:
    """Both sides of one symbol."""

    def __init__(self) -> None:
        """Make an empty book."""
        self.bids = BookSide(bids=True)
        self.asks = BookSide(bids=False)

    def own(self, side: str) -> BookSide:
        """Return the side on which an order of `side` rests."""
        return self.bids if side == "BUY" else self.asks

    def opposite(self, side: str) -> BookSide:
        """Return the side against which an order of `side` is filled."""
        return self.asks if side == "BUY" else self.bids

    def mid(self) -> Decimal | None:
        """Return the middle of the best bid and ask, or None when a side is empty."""
        bid, ask = self.bids.best(), self.asks.best()
        return None if bid is None or ask is None else (bid + ask) / 2
