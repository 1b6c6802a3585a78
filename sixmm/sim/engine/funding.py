"""Funding: what longs and shorts pay each other every eight hours of the exchange's time.

The figures are customary, the documentation gives none (rule 111): a positive rate is paid by
longs to shorts, on the size that is held at the mark price of that moment. Settlements lie on
the grid of 00:00, 08:00 and 16:00 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .numbers import money

__all__ = [
    "FUNDING_HOURS",
    "FUNDING_MS",
    "KEPT_SETTLEMENTS",
    "FundingSettlement",
    "clamp",
    "funding_fee",
    "next_funding_ms",
]

FUNDING_HOURS = 8
FUNDING_MS = FUNDING_HOURS * 3_600_000
KEPT_SETTLEMENTS = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingSettlement:
    """One settlement of one symbol; `at_ms` lies on the grid."""

    symbol: str
    rate: Decimal
    mark_price: Decimal
    at_ms: int


def next_funding_ms(now_ms: int) -> int:
    """Return the time of the first settlement after `now_ms`."""
    return (now_ms // FUNDING_MS + 1) * FUNDING_MS


def clamp(rate: Decimal, cap: Decimal) -> Decimal:
    """Return `rate`, or the end of ``-cap`` to ``cap`` that it lies beyond."""
    return max(-cap, min(cap, rate))


def funding_fee(size: Decimal, mark: Decimal, rate: Decimal) -> Decimal:
    """Return what a position of signed `size` receives; negative where it pays."""
    return money(-size * mark * rate)
