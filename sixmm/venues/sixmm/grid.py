"""Exact arithmetic on prices and sizes: products, quotients, and multiples of a step.

Every result is exact, whatever decimal context the calling thread has: amounts have at most 30
digits on either side of the point (rule 9), and the context that is used here has room for all that
is made of them. Were it ever too small, it would raise and not round.
"""

from __future__ import annotations

import math
from decimal import (
    ROUND_DOWN,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)

__all__ = [
    "LARGEST",
    "above",
    "below",
    "common_multiple",
    "is_multiple",
    "minus",
    "nearest",
    "nearest_within",
    "quotient_up",
    "shown",
    "times",
    "trimmed",
]

MOST_DECIMALS = 30
"""How many digits an amount may have after the point."""

LARGEST = Decimal("9" * 30 + "." + "9" * MOST_DECIMALS)
"""The largest amount that can be sent."""

FINEST = Decimal("1e-18")
"""What is counted in where a symbol tells no step."""

_EXACT = Context(
    prec=400,
    rounding=ROUND_DOWN,
    Emin=-9_999,
    Emax=9_999,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[Inexact, InvalidOperation, DivisionByZero, Overflow],
)


def shown(value: Decimal) -> str:
    """Return the shortest text without exponent: ``0.10`` gives ``0.1``, and ``1E+3`` ``1000``."""
    return format(value.normalize(_EXACT), "f") if value else "0"


def trimmed(value: Decimal) -> Decimal:
    """Return the same number, with no zeros at its end but those before the point."""
    return Decimal(shown(value))


def times(a: Decimal, b: Decimal) -> Decimal:
    """Return the exact product."""
    return _EXACT.multiply(a, b)


def minus(a: Decimal, b: Decimal) -> Decimal:
    """Return the exact difference."""
    return _EXACT.subtract(a, b)


def quotient_up(a: Decimal, b: Decimal, *, decimals: int = MOST_DECIMALS) -> Decimal:
    """Return ``a / b``, exact where it ends within so many decimals, and else rounded up there.

    Both are positive, or ``a`` is 0.
    """
    unit = Decimal(1).scaleb(-decimals, _EXACT)
    part = times(b, unit)
    return trimmed(times(_EXACT.divide_int(above(a, part), part), unit))


def is_multiple(value: Decimal, unit: Decimal) -> bool:
    """Whether ``value`` is a whole number of ``unit``, which is positive."""
    return not _EXACT.remainder(value, unit)


def below(value: Decimal, unit: Decimal) -> Decimal:
    """Return the largest multiple of ``unit`` that is not above ``value``; neither is negative."""
    return trimmed(times(_EXACT.divide_int(value, unit), unit))


def above(value: Decimal, unit: Decimal) -> Decimal:
    """Return the smallest multiple of ``unit`` that is not below ``value``; none is negative."""
    low = below(value, unit)
    return low if low == value else trimmed(_EXACT.add(low, unit))


def nearest(value: Decimal, unit: Decimal, *, half_up: bool) -> Decimal:
    """Return the multiple of ``unit`` that is nearest to ``value``; neither is negative.

    Args:
        value: the number to round.
        unit: what the result is a multiple of.
        half_up: whether a number in the middle of two multiples goes to the larger one.
    """
    low = below(value, unit)
    over = minus(value, low)
    under = minus(unit, over)
    goes_up = over >= under if half_up else over > under
    return trimmed(_EXACT.add(low, unit)) if goes_up else low


def nearest_within(
    value: Decimal,
    unit: Decimal | None,
    *,
    low: Decimal | None = None,
    high: Decimal | None = None,
    half_up: bool,
) -> Decimal | None:
    """Return the positive multiple nearest to ``value`` in a range, or None where it has none.

    Args:
        value: what was asked for, of any sign.
        unit: what the result is a multiple of; without one, it has at most 18 decimals.
        low: the least that the result may be.
        high: the most that it may be; without one, the largest amount that can be sent.
        half_up: where a value in the middle goes, as in :func:`nearest`.
    """
    unit = FINEST if unit is None else unit
    first = above(unit if low is None else max(low, unit), unit)
    last = below(LARGEST if high is None else high, unit)
    if first > last:
        return None
    return min(max(nearest(max(value, Decimal(0)), unit, half_up=half_up), first), last)


def common_multiple(a: Decimal, b: Decimal) -> Decimal:
    """Return the least number that is a multiple of both; they have at most 30 decimals."""
    scale = Decimal(1).scaleb(MOST_DECIMALS, _EXACT)
    whole = math.lcm(int(times(a, scale)), int(times(b, scale)))
    return trimmed(Decimal(whole).scaleb(-MOST_DECIMALS, _EXACT))
