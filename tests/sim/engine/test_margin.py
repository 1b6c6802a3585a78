"""Margin figures, each against a value worked out by hand."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sixmm.sim.engine.margin import (
    break_even_price,
    initial_margin,
    liq_price_cross,
    liq_price_isolated,
    maintenance,
    unrealized,
)

RATE = Decimal("0.004")


def test_plain_figures() -> None:
    """Initial and maintenance margin, open profit and break-even price."""
    assert Decimal("432.5") == initial_margin(Decimal(-8650), 20)
    assert Decimal("34.6") == maintenance(Decimal("-0.1"), Decimal(86500), RATE)
    assert Decimal(100) == unrealized(Decimal("-0.1"), Decimal(-8700), Decimal(86000))
    assert Decimal(101) == break_even_price(Decimal(2), Decimal(200), Decimal(2))
    assert Decimal(99) == break_even_price(Decimal(-2), Decimal(-200), Decimal(2))


def test_isolated_liquidation_lies_on_the_losing_side() -> None:
    """A long is liquidated below its entry and a short above it."""
    assert Decimal("95.4") == liq_price_isolated(Decimal(1), Decimal(100), 20, RATE)
    assert Decimal("104.6") == liq_price_isolated(Decimal(-1), Decimal(100), 20, RATE)
    assert liq_price_isolated(Decimal(1), Decimal(100), 1, Decimal(0)) == 0


@given(st.integers(-100, 100).filter(bool), st.integers(50, 150), st.integers(0, 5000))
def test_cross_liquidation_solves_its_equation(size: int, entry: int, equity: int) -> None:
    """At the price found, equity and open profit are what the maintenance asks."""
    price = liq_price_cross(Decimal(size), Decimal(size * entry), Decimal(equity), RATE)

    if price:
        left = equity + unrealized(Decimal(size), Decimal(size * entry), price)
        assert abs(left - maintenance(Decimal(size), price, RATE)) < Decimal("0.001")
    else:
        assert size > 0
        assert equity >= size * entry
