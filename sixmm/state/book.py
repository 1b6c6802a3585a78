"""An order book at one moment, as a value: its levels, and what an order would take from it.

All figures are exact decimals, whatever the decimal context of the thread says. There is no object
for a level until somebody looks at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_DOWN, Context, Decimal
from typing import NamedTuple, overload

import attrs

from ..errors import ConfigurationError

__all__ = ["Best", "Book", "BookSide", "Depth", "Level", "Sweep"]

# Two amounts of sixty digits multiplied, and thousands of such products added, are still exact.
_EXACT = Context(prec=140)
_QUOTIENT = Context(prec=28)
_CUT = Context(prec=40, rounding=ROUND_DOWN)
_HALF = Decimal("0.5")
_ZERO = Decimal(0)


class Level(NamedTuple):
    """One level of a book."""

    price: Decimal
    quantity: Decimal


class Best(NamedTuple):
    """The best level of each side; None where a side is empty."""

    bid: Level | None
    ask: Level | None


class Depth(NamedTuple):
    """The first levels of both sides, best first."""

    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


@attrs.frozen(kw_only=True)
class Sweep:
    """What an order would take from a book that nobody else touches meanwhile; fees apart."""

    side: str
    """``"BUY"`` or ``"SELL"``."""
    quantity: Decimal
    """How much is filled."""
    notional: Decimal
    """What that costs or yields: the sum of price times quantity."""
    average_price: Decimal | None
    """The notional by the quantity, to 28 digits; None where nothing is filled."""
    worst_price: Decimal | None
    """The price of the last level that is touched: the limit that a limit order would need."""
    levels: int
    """How many levels are touched."""
    complete: bool
    """Whether all that was asked for is filled."""


class BookSide(Sequence[Level]):
    """One side of a book, best first. It does not change.

    Args:
        prices: ascending.
        sizes: the quantity at each price.
        descending: whether the highest price is the best, as among the bids.
    """

    __slots__ = ("_descending", "_prices", "_sizes")

    def __init__(
        self,
        prices: Sequence[Decimal] = (),
        sizes: Sequence[Decimal] = (),
        *,
        descending: bool = False,
    ) -> None:
        self._prices = prices
        self._sizes = sizes
        self._descending = descending

    def __len__(self) -> int:
        return len(self._prices)

    @overload
    def __getitem__(self, index: int) -> Level: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Level, ...]: ...

    def __getitem__(self, index: int | slice) -> Level | tuple[Level, ...]:
        if isinstance(index, slice):
            return tuple(map(self.__getitem__, range(*index.indices(len(self)))))
        at = -1 - index if self._descending else index
        return Level(self._prices[at], self._sizes[at])

    def __iter__(self) -> Iterator[Level]:
        if self._descending:
            return map(Level, reversed(self._prices), reversed(self._sizes))
        return map(Level, self._prices, self._sizes)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (BookSide, list, tuple)):
            return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))
        return NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"<BookSide of {len(self)} levels>"


@attrs.frozen(kw_only=True, repr=False)
class Book:
    """The order book of one symbol at one moment; it does not change.

    A stale book has the levels that were last certain, or none. Look at ``stale`` before you trade
    on it.
    """

    symbol: str
    bids: BookSide = attrs.field(factory=lambda: BookSide(descending=True))
    """Best first: the highest price."""
    asks: BookSide = attrs.field(factory=BookSide)
    """Best first: the lowest price."""
    end_version: int | None = None
    """The version of the last message in it."""
    ts: int = 0
    """When that was sent, by the exchange's clock, in Unix milliseconds."""
    received_at: int = 0
    """When that was received, by the local clock, in Unix milliseconds."""
    reason: str = ""
    """Why the book is not certain; ``""`` where it is."""
    truncated: bool = False
    """Whether there are worse levels than the ones that are kept. Those that are kept are exact."""

    @property
    def stale(self) -> bool:
        """Whether the book may be wrong; ``reason`` says why."""
        return bool(self.reason)

    @property
    def best(self) -> Best:
        """The best bid and the best ask, each with its quantity; None where a side is empty."""
        return Best(self.bids[0] if self.bids else None, self.asks[0] if self.asks else None)

    @property
    def mid(self) -> Decimal | None:
        """The middle between best bid and best ask, or None where a side is empty."""
        bid, ask = self.best
        if bid is None or ask is None:
            return None
        return _EXACT.multiply(_EXACT.add(bid.price, ask.price), _HALF)

    @property
    def spread(self) -> Decimal | None:
        """By how much the best ask is above the best bid, or None where a side is empty."""
        bid, ask = self.best
        if bid is None or ask is None:
            return None
        return _EXACT.subtract(ask.price, bid.price)

    def depth(self, levels: int) -> Depth:
        """Return the first ``levels`` levels of both sides, or as many as there are.

        Raises:
            ConfigurationError: ``levels`` is not a whole number from 0.
        """
        if isinstance(levels, bool) or not isinstance(levels, int) or levels < 0:
            raise ConfigurationError("levels must be a whole number from 0")
        return Depth(self.bids[:levels], self.asks[:levels])

    def cumulative(
        self,
        side: str,
        quantity: Decimal | int | str | None = None,
        *,
        notional: Decimal | int | str | None = None,
    ) -> Sweep:
        """Return what it takes to fill an order at once, level after level.

        Where the book has not enough, ``complete`` is False and everything that is there is told.

        Args:
            side: of the order: ``"BUY"`` takes asks, ``"SELL"`` takes bids.
            quantity: how much of the base asset.
            notional: instead, how much of the quote asset; the quantity of the last level is cut
                to 40 digits, so that it never costs more than that.

        Raises:
            ConfigurationError: the side is another word, an amount is not above 0, or not one of
                the two is given.
        """
        if (quantity is None) is (notional is None):
            raise ConfigurationError("give a quantity or a notional, and not both")
        word = str(side).upper()
        if word not in ("BUY", "SELL"):
            raise ConfigurationError('side is "BUY" or "SELL"')
        levels = self.asks if word == "BUY" else self.bids
        if quantity is not None:
            return _sweep(word, _taken(levels, _amount("quantity", quantity)))
        assert notional is not None
        return _sweep(word, _bought(levels, _amount("notional", notional)))

    def __repr__(self) -> str:
        bid, ask = self.best
        state = f"stale: {self.reason}" if self.stale else f"version {self.end_version}"
        return f"<Book {self.symbol} {bid and bid.price} / {ask and ask.price} {state}>"


class _Taken(NamedTuple):
    quantity: Decimal
    notional: Decimal
    worst_price: Decimal | None
    levels: int
    complete: bool


def _taken(levels: Iterable[Level], wanted: Decimal) -> _Taken:
    left, notional, worst, count = wanted, _ZERO, None, 0
    for worst, size in levels:
        part = min(size, left)
        notional = _EXACT.add(notional, _EXACT.multiply(worst, part))
        left = _EXACT.subtract(left, part)
        count += 1
        if not left:
            break
    return _Taken(_EXACT.subtract(wanted, left), notional, worst, count, not left)


def _bought(levels: Iterable[Level], wanted: Decimal) -> _Taken:
    left, quantity, worst, count = wanted, _ZERO, None, 0
    for worst, size in levels:
        cost = _EXACT.multiply(worst, size)
        count += 1
        if cost >= left:
            part = _CUT.divide(left, worst)
            spent = _EXACT.add(_EXACT.subtract(wanted, left), _EXACT.multiply(worst, part))
            return _Taken(_EXACT.add(quantity, part), spent, worst, count, True)
        left = _EXACT.subtract(left, cost)
        quantity = _EXACT.add(quantity, size)
    return _Taken(quantity, _EXACT.subtract(wanted, left), worst, count, False)


def _sweep(side: str, taken: _Taken) -> Sweep:
    average = _QUOTIENT.divide(taken.notional, taken.quantity) if taken.quantity else None
    return Sweep(side=side, average_price=average, **taken._asdict())


def _amount(name: str, value: Decimal | int | str) -> Decimal:
    problem = f"{name} must be a number above 0: a Decimal, an int, or a text"
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise ConfigurationError(problem)
    try:
        amount = Decimal(value)
    except ArithmeticError:
        raise ConfigurationError(problem) from None
    if not (amount.is_finite() and amount > 0):
        raise ConfigurationError(problem)
    return amount
