"""Leverage tiers: the larger a position, the less leverage it may have and the more it has to keep.

The documentation names ``leverageTiers`` and gives no fields and no figures (rule 112). The
maintenance margin is reckoned like a tax: each slice of the value at the rate of its tier, so
that it does not jump where one tier ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .numbers import ZERO

__all__ = ["Tier", "default_tiers", "largest_notional", "maintenance_terms", "tier_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One tier: values from `min_notional` up to and with `max_notional`, in the quote asset."""

    tier: int
    min_notional: Decimal
    max_notional: Decimal
    max_leverage: int
    maintenance_rate: Decimal


_LIMITS = (1_000_000, 5_000_000, 20_000_000, 100_000_000, 10**15)
_LEVERAGES = (0, 50, 20, 10, 5)
_RATES = ("0", "0.01", "0.025", "0.05", "0.1")


def default_tiers(max_leverage: int, maintenance_rate: Decimal) -> tuple[Tier, ...]:
    """Return five tiers; the first has the given figures, the others are stricter or equal."""
    tiers = []
    below = ZERO
    for index, most in enumerate(_LIMITS):
        leverage = min(max_leverage, _LEVERAGES[index]) if index else max_leverage
        tiers.append(
            Tier(
                tier=index + 1,
                min_notional=below,
                max_notional=Decimal(most),
                max_leverage=leverage,
                maintenance_rate=max(maintenance_rate, Decimal(_RATES[index])),
            )
        )
        below = Decimal(most)
    return tuple(tiers)


def tier_of(tiers: Sequence[Tier], notional: Decimal) -> Tier:
    """Return the tier of a position worth `notional`, the last one beyond all bounds."""
    return next((tier for tier in tiers if notional <= tier.max_notional), tiers[-1])


def largest_notional(tiers: Sequence[Tier], leverage: int) -> Decimal:
    """Return what a position may be worth at `leverage`; zero where no tier allows it."""
    fitting = [tier.max_notional for tier in tiers if leverage <= tier.max_leverage]
    return max(fitting, default=ZERO)


def maintenance_terms(tiers: Sequence[Tier], notional: Decimal) -> tuple[Decimal, Decimal]:
    """Return rate and deduction: the maintenance is ``notional * rate - deduction``."""
    own = tier_of(tiers, notional)
    if own is tiers[0]:
        return own.maintenance_rate, ZERO
    deduction = before = ZERO
    for tier in tiers:
        deduction += tier.min_notional * (tier.maintenance_rate - before)
        before = tier.maintenance_rate
        if tier is own:
            break
    return own.maintenance_rate, deduction
