"""Decimal numbers as the exchange keeps, reads and writes them (rule 9).

Money is kept to eight decimals. No binary float ever enters: a number that arrives as a
JSON number where a text is documented is refused.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal

from ..codes import Code, ExchangeError

__all__ = ["ONE", "SIM_CONTEXT", "ZERO", "is_multiple", "money", "parse_decimal", "plain", "ratio"]

ZERO = Decimal(0)
ONE = Decimal(1)
SIM_CONTEXT = Context(prec=40, rounding=ROUND_HALF_EVEN)
"""The arithmetic of every command, whatever context the caller's thread has."""

_QUANTUM = Decimal("1e-8")
_TEXT = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")


def money(value: Decimal) -> Decimal:
    """Return `value` rounded to eight decimals, half to even."""
    return value.quantize(_QUANTUM, context=SIM_CONTEXT)


def ratio(part: Decimal, whole: Decimal) -> Decimal:
    """Return ``part / whole`` to eight decimals, and zero when there is no whole."""
    return money(SIM_CONTEXT.divide(part, whole)) if whole else ZERO


def plain(value: Decimal) -> str:
    """Return the shortest text without exponent: ``0.10`` gives ``0.1`` and ``-0`` gives ``0``."""
    return format(value.normalize(SIM_CONTEXT), "f") if value else "0"


def is_multiple(value: Decimal, step: Decimal) -> bool:
    """Tell whether `value` lies on the grid of `step`."""
    return not SIM_CONTEXT.remainder(value, step)


def parse_decimal(value: object, name: str) -> Decimal:
    """Return the number in a JSON text.

    Anything but a text of digits with an optional fraction is refused with code 2002: a JSON
    number, an exponent, a sign, a digit of another script.
    """
    if not isinstance(value, str) or not _TEXT.fullmatch(value):
        raise ExchangeError(Code.BAD, f"{name} must be a decimal in a string")
    return Decimal(value)
