"""What an incoming order would meet in the book. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from .book import Book
from .numbers import ZERO
from .orders import Order

__all__ = ["crosses", "fillable", "next_maker", "sweep_price"]

PositionOf = Callable[[str, tuple[str, str]], Decimal]
"""Size that the account with the first argument as its id holds on the leg, without sign."""


def crosses(side: str, limit: Decimal | None, price: Decimal) -> bool:
    """Tell whether an order of `side` with `limit` (None for a market order) takes `price`."""
    if limit is None:
        return True
    return limit >= price if side == "BUY" else limit <= price


def next_maker(book: Book, taker: Order) -> Order | None:
    """Return the resting order that `taker` is filled against next, or None when none fits."""
    maker = book.opposite(taker.side).first()
    limit = taker.price if taker.type == "LIMIT" else None
    if maker is None or not crosses(taker.side, limit, maker.price):
        return None
    return maker


def sweep_price(book: Book, side: str, quantity: Decimal) -> Decimal | None:
    """Return the worst price that filling `quantity` now would reach, None for an empty side."""
    worst = None
    for price, size in book.opposite(side).levels():
        worst = price
        quantity -= size
        if quantity <= ZERO:
            break
    return worst


def fillable(book: Book, taker: Order, held: PositionOf) -> bool:
    """Tell whether all of `taker` would be filled at once; a FOK order lives or dies by it.

    Resting reduce-only orders are cancelled as soon as the position behind them is smaller
    than they are, also in the middle of a sweep. So the sizes that the owners would still
    hold are followed along, and an order that would be gone by then does not count.
    """
    limit = taker.price if taker.type == "LIMIT" else None
    left = taker.remaining
    closed: dict[tuple[str, tuple[str, str]], Decimal] = {}
    for maker in book.opposite(taker.side).orders():
        if left <= ZERO or not crosses(taker.side, limit, maker.price):
            break
        key = (maker.owner, maker.leg)
        holds = held(maker.owner, maker.leg) - closed.get(key, ZERO)
        if maker.reduce_only and maker.remaining > holds:
            continue
        taken = min(left, maker.remaining)
        left -= taken
        if key != (taker.owner, taker.leg):
            closed[key] = closed.get(key, ZERO) + taken
    return left <= ZERO
