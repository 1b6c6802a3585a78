"""Leverage tiers: bounds, and a maintenance that does not jump (rule 112)."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.sim.engine.symbols import DEFAULT_SYMBOLS
from sixmm.sim.engine.tiers import default_tiers, largest_notional, maintenance_terms, tier_of

from ..bench import SYMBOL
from .street import Street, code_of

TIERS = DEFAULT_SYMBOLS[0].tiers


def test_tiers_rise_without_gaps() -> None:
    """Each begins where the one before it ends; leverage falls and maintenance rises."""
    assert [tier.tier for tier in TIERS] == [1, 2, 3, 4, 5]
    for lower, upper in pairwise(TIERS):
        assert lower.max_notional == upper.min_notional
        assert lower.max_leverage > upper.max_leverage
        assert lower.maintenance_rate < upper.maintenance_rate
    assert (TIERS[0].max_leverage, TIERS[0].maintenance_rate) == (125, Decimal("0.004"))


def test_every_tier_lets_a_new_position_live() -> None:
    """The margin of a position at the tier's highest leverage is above what it has to keep."""
    for tiers in (TIERS, default_tiers(3, Decimal("0.2"))):
        for tier in tiers:
            assert tier.maintenance_rate * tier.max_leverage < 1


def test_which_tier_a_value_is_in() -> None:
    """A value on the border is in the lower tier; beyond the last there is no other."""
    assert tier_of(TIERS, Decimal(1_000_000)).tier == 1
    assert tier_of(TIERS, Decimal("1000000.1")).tier == 2
    assert tier_of(TIERS, Decimal(10) ** 20).tier == 5


@pytest.mark.parametrize(
    ("leverage", "most"), [(125, 10**6), (51, 10**6), (50, 5 * 10**6), (20, 2 * 10**7), (126, 0)]
)
def test_the_largest_position_at_a_leverage(leverage: int, most: int) -> None:
    """More leverage, less position."""
    assert largest_notional(TIERS, leverage) == most


@given(st.integers(1, 2 * 10**8))
def test_maintenance_is_that_of_the_slices(value: int) -> None:
    """Each slice of the value at the rate of its tier: worked out slice by slice."""
    rate, deduction = maintenance_terms(TIERS, Decimal(value))
    slices = [max(Decimal(0), min(Decimal(value), t.max_notional) - t.min_notional) for t in TIERS]
    expected = sum(s * t.maintenance_rate for s, t in zip(slices, TIERS, strict=True))

    assert value * rate - deduction == expected


def test_an_order_beyond_the_tier_is_2003(street: Street) -> None:
    """Position, open orders and the new order together stay within the tier of the leverage."""
    rich = street.account("rich", "100000000")
    street.engine.set_leverage(rich, SYMBOL, 125, street.tick())
    place = (rich, "BUY", "80000")
    street.hold(rich, "5", 80_000)
    order = street.place(*place, "5")

    assert code_of(street.place, *place, "3") == 2003
    assert code_of(street.place, *place, "2") == 0
    assert code_of(street.amend, rich, order, quantity="6") == 2003
    street.cancel(rich, order)
    assert code_of(street.place, *place, "5") == 0
    assert code_of(street.place, rich, "SELL", "90000", "5") == 0


def test_a_leverage_above_the_tier_of_the_position_is_2003(street: Street) -> None:
    """The position has to fit the tier of the new leverage; less leverage is always allowed."""
    rich = street.account("rich", "100000000")
    street.hold(rich, "20", 80_000)
    lever = street.engine.set_leverage

    assert code_of(lever, rich, SYMBOL, 51, street.tick()) == 2003
    assert rich.settings[SYMBOL].leverage == 20
    assert code_of(lever, rich, SYMBOL, 50, street.tick()) == 0
    assert code_of(lever, rich, SYMBOL, 5, street.tick()) == 0


def test_open_orders_count_for_the_leverage_too(street: Street) -> None:
    """What rests may become a position at any time."""
    rich = street.account("rich", "100000000")
    street.place(rich, "BUY", "80000", "20")

    assert code_of(street.engine.set_leverage, rich, SYMBOL, 51, street.tick()) == 2003
