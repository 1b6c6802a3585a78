"""Exact arithmetic, held against fractions."""

from __future__ import annotations

import decimal
import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.venues.sixmm import grid


def amounts(*, least: int = 0) -> st.SearchStrategy[Decimal]:
    """Return every size of amount that can be sent, up to 30 digits on either side of the point."""

    def scaled(whole: int, decimals: int) -> Decimal:
        return Decimal(f"{whole}e-{decimals}")

    return st.integers(0, 30).flatmap(
        lambda decimals: st.builds(
            scaled,
            st.one_of(
                st.integers(least, 10**4),
                st.integers(least, 10 ** (30 + decimals) - 1),
            ),
            st.just(decimals),
        )
    )


units = amounts(least=1)


@given(amounts(), units)
def test_multiples_next_to_a_value(value: Decimal, unit: Decimal) -> None:
    """The multiples below and above are those of the fractions, and on a multiple both are it."""
    steps = Fraction(value) / Fraction(unit)

    assert Fraction(grid.below(value, unit)) == math.floor(steps) * Fraction(unit)
    assert Fraction(grid.above(value, unit)) == math.ceil(steps) * Fraction(unit)
    assert grid.is_multiple(value, unit) == (steps.denominator == 1)


@given(amounts(), units, st.booleans())
def test_nearest_multiple(value: Decimal, unit: Decimal, half_up: bool) -> None:
    """No multiple is nearer, and of two that are as near the promised one is taken."""
    exact, step = Fraction(value), Fraction(unit)
    got = Fraction(grid.nearest(value, unit, half_up=half_up))

    assert got % step == 0
    assert abs(got - exact) <= step / 2
    if abs(got - exact) == step / 2:
        assert (got > exact) == half_up


@given(amounts(), amounts())
def test_products_and_differences_are_exact(a: Decimal, b: Decimal) -> None:
    """Nothing is rounded, with up to 120 digits in the result."""
    assert Fraction(grid.times(a, b)) == Fraction(a) * Fraction(b)
    assert Fraction(grid.minus(a, b)) == Fraction(a) - Fraction(b)


@given(amounts(), units, st.integers(0, 30))
def test_quotients_are_rounded_up_by_less_than_their_last_digit(
    a: Decimal, b: Decimal, decimals: int
) -> None:
    """A quotient that ends is exact; another one is too large, by less than one last digit."""
    got = Fraction(grid.quotient_up(a, b, decimals=decimals))
    exact = Fraction(a) / Fraction(b)

    assert got == Fraction(math.ceil(exact * 10**decimals), 10**decimals)


@given(units, units)
def test_common_multiple_is_the_least(a: Decimal, b: Decimal) -> None:
    """It is the one that the prime factors of both give."""
    x, y = Fraction(a), Fraction(b)
    least = Fraction(math.lcm(x.numerator, y.numerator), math.gcd(x.denominator, y.denominator))

    assert Fraction(grid.common_multiple(a, b)) == least


@given(
    value=amounts().flatmap(lambda a: st.sampled_from([a, a.copy_negate()])),
    unit=units,
    low=st.none() | amounts(),
    high=st.none() | units,
    half_up=st.booleans(),
)
def test_nearest_in_a_range(
    value: Decimal, unit: Decimal, low: Decimal | None, high: Decimal | None, half_up: bool
) -> None:
    """It is a positive multiple in the range that can be sent, and None only where none is."""
    got = grid.nearest_within(value, unit, low=low, high=high, half_up=half_up)
    step = Fraction(unit)
    least = max(step, Fraction(low or 0))
    most = Fraction(grid.LARGEST if high is None else high)
    first, last = math.ceil(least / step) * step, math.floor(most / step) * step

    if got is None:
        assert first > last
    else:
        exact = Fraction(got)
        assert exact % step == 0
        assert first <= exact <= last
        if first <= Fraction(value) <= last:
            assert abs(exact - Fraction(value)) <= step / 2


def test_nearest_at_a_bound() -> None:
    """It is never 0; without a step, what is outside of a range is moved to its bound."""
    low, high = Decimal("0.5"), Decimal(7)

    def found(text: str) -> Decimal | None:
        return grid.nearest_within(Decimal(text), None, low=low, high=high, half_up=True)

    assert grid.nearest_within(Decimal(-1), high, low=Decimal(0), half_up=True) == high
    assert [found(text) for text in ("0.1", "3.25", "9")] == [low, Decimal("3.25"), high]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.10", "0.1"),
        ("1E+3", "1000"),
        ("85000", "85000"),
        ("-0.00", "0"),
        ("0E-30", "0"),
        ("1E-30", "0." + "0" * 29 + "1"),
        ("9" * 30 + "." + "9" * 30, "9" * 30 + "." + "9" * 30),
    ],
)
def test_shown_is_the_shortest_plain_text(value: str, text: str) -> None:
    """No exponent and no zeros at the end, whatever the number came as."""
    assert grid.shown(Decimal(value)) == text
    assert format(grid.trimmed(Decimal(value)), "f") == text
    assert grid.trimmed(Decimal(value)) == Decimal(value)


def test_the_context_of_the_thread_does_not_matter() -> None:
    """A thread whose decimals have three digits, or must not be rounded, gets the same results."""
    value, unit = Decimal("123456789.123456789"), Decimal("0.0007")

    def results() -> list[Decimal | None]:
        return [
            grid.below(value, unit),
            grid.above(value, unit),
            grid.nearest(value, unit, half_up=True),
            grid.nearest_within(value, unit, low=unit, high=value, half_up=False),
            grid.times(value, value),
            grid.quotient_up(value, unit),
            grid.common_multiple(value, unit),
        ]

    usual = results()
    traps = [decimal.Inexact, decimal.Rounded, decimal.Subnormal, decimal.FloatOperation]
    narrow = decimal.Context(prec=3, Emax=3, Emin=-3, rounding=decimal.ROUND_UP, traps=traps)
    with decimal.localcontext(narrow):
        assert results() == usual
