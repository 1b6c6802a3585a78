"""Margin figures, each by one plain formula.

The documentation names the figures and gives no formula, so these are the customary ones of
linear contracts. ``size`` and ``cost`` are signed as in `Position`.
"""

from __future__ import annotations

from decimal import Decimal

from .numbers import ONE, SIM_CONTEXT, ZERO, money, ratio

__all__ = [
    "break_even_price",
    "initial_margin",
    "liq_price_cross",
    "liq_price_isolated",
    "maintenance",
    "unrealized",
]


def initial_margin(notional: Decimal, leverage: int) -> Decimal:
    """Return ``|notional| / leverage``."""
    return money(SIM_CONTEXT.divide(abs(notional), leverage))


def unrealized(size: Decimal, cost: Decimal, mark: Decimal) -> Decimal:
    """Return ``size * mark - cost``: what closing at the mark price would realize before fees."""
    return money(size * mark - cost)


def maintenance(size: Decimal, mark: Decimal, rate: Decimal) -> Decimal:
    """Return ``|size| * mark * rate``: the equity below which a position is liquidated."""
    return money(abs(size) * mark * rate)


def break_even_price(size: Decimal, cost: Decimal, fees: Decimal) -> Decimal:
    """Return ``(cost + fees) / size``: fees move a long's price up and a short's price down."""
    return ratio(cost + fees, size)


def liq_price_isolated(size: Decimal, entry: Decimal, leverage: int, rate: Decimal) -> Decimal:
    """Return the mark price at which the position's own margin is down to the maintenance.

    ``entry * (1 - 1/leverage + rate)`` for a long and ``entry * (1 + 1/leverage - rate)`` for
    a short, never below zero.
    """
    cushion = SIM_CONTEXT.divide(ONE, Decimal(leverage)) - rate
    factor = ONE - cushion if size > 0 else ONE + cushion
    return max(ZERO, money(entry * factor))


def liq_price_cross(size: Decimal, cost: Decimal, equity: Decimal, rate: Decimal) -> Decimal:
    """Return the mark price at which all of the account's `equity` is down to the maintenance.

    `equity` is that of the account without this position. Solving
    ``equity + size * p - cost = |size| * p * rate`` for ``p`` gives
    ``(cost - equity) / (size - |size| * rate)``; below zero means never, given as zero.
    """
    return max(ZERO, ratio(cost - equity, size - abs(size) * rate))
