"""What the figures of a symbol say of one price or quantity, and how both are rounded."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sixmm.errors import InvalidOrder
from sixmm.venues.sixmm.symbol_figures import QuantityBounds, SymbolFigures

from .test_grid import amounts, units

BTC = SymbolFigures(
    symbol="BTCUSDT",
    tick_size=Decimal("0.10"),
    step_size=Decimal("0.001"),
    min_quantity=Decimal("0.002"),
    min_notional=Decimal(5),
    max_limit_quantity=Decimal(1_000),
    max_market_quantity=Decimal(200),
    price_precision=1,
)
UNTOLD = SymbolFigures(symbol="BTCUSDT")
LIMIT = QuantityBounds(kind="limit", most=BTC.max_limit_quantity)


def refused_price(figures: SymbolFigures, value: Any, name: str = "price") -> InvalidOrder:
    """Return the refusal of a price."""
    with pytest.raises(InvalidOrder) as caught:
        figures.check_price(name, value)
    return caught.value


def refused_quantity(figures: SymbolFigures, value: Any, **bounds: Any) -> InvalidOrder:
    """Return the refusal of a quantity."""
    with pytest.raises(InvalidOrder) as caught:
        figures.check_quantity(value, QuantityBounds(kind="limit", **bounds))
    return caught.value


# Figures


@pytest.mark.parametrize("figure", [None, Decimal(0), Decimal(-1)])
def test_a_figure_that_can_be_no_bound_is_not_told(figure: Decimal | None) -> None:
    """A step or a bound of 0 or less would refuse everything: it is not checked (rule 44)."""
    figures = SymbolFigures(
        symbol="X",
        tick_size=figure,
        step_size=figure,
        min_quantity=figure,
        min_notional=figure,
        max_limit_quantity=figure,
        max_market_quantity=figure,
    )

    assert figures == SymbolFigures(symbol="X")
    figures.check_price("price", "0.123456789")
    figures.check_quantity("0.123456789", QuantityBounds(kind="limit", price=Decimal(1)))


@pytest.mark.parametrize("digits", [None, -1, 31, 10**9])
def test_a_precision_that_says_nothing(digits: int | None) -> None:
    """No amount has more than 30 digits after the point: only 0 to 30 is a precision."""
    assert SymbolFigures(symbol="X", price_precision=digits).price_step is None


@pytest.mark.parametrize(
    ("tick", "digits", "step"),
    [
        ("0.10", 1, "0.1"),
        ("0.25", 1, "0.5"),
        ("0.25", 2, "0.25"),
        ("0.25", 0, "1"),
        ("10", 2, "10"),
        ("1E+1", None, "10"),
        (None, 3, "0.001"),
    ],
)
def test_price_step_is_of_tick_and_precision(tick: str | None, digits: int, step: str) -> None:
    """A price has to be a multiple of the tick size, and to have few enough digits."""
    size = None if tick is None else Decimal(tick)
    figures = SymbolFigures(symbol="X", tick_size=size, price_precision=digits)

    assert str(figures.price_step) == step


# Checks


@pytest.mark.parametrize("value", ["85000", "85000.1", "85000.10", 1, Decimal("0.1")])
def test_prices_on_a_tick_pass(value: Any) -> None:
    """The number counts, not how it is written, and it is given back exactly."""
    assert BTC.check_price("price", value) == Decimal(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (
            "85000.13",
            "price 85000.13 is not a multiple of the tick size 0.1; nearest: 85000.1",
        ),
        ("85000.15", "price 85000.15 is not a multiple of the tick size 0.1; nearest: 85000.2"),
        ("0.01", "price 0.01 is not a multiple of the tick size 0.1; nearest: 0.1"),
        ("0", "price 0 is not positive; nearest: 0.1"),
        (Decimal("-2E+1"), "price -20 is not positive; nearest: 0.1"),
    ],
)
def test_prices_off_the_ticks(value: Any, text: str) -> None:
    """The text has the value, the figure of the rule and the nearest valid value (rule 43)."""
    error = refused_price(BTC, value)

    assert str(error) == text
    assert (error.field, error.value) == ("price", value)
    assert isinstance(error.nearest, Decimal)
    assert text.endswith(f"nearest: {error.nearest}")


def test_price_precision() -> None:
    """A price on a tick may have too many digits; what is nearest keeps both rules."""
    figures = SymbolFigures(symbol="X", tick_size=Decimal("0.25"), price_precision=1)
    error = refused_price(figures, "10.25", "stop_price")

    assert str(error) == "stop_price 10.25 has more digits after the point than 1; nearest: 10.5"
    assert (error.rule, error.field) == ("price_precision", "stop_price")


@pytest.mark.parametrize(
    ("value", "bounds", "rule", "text"),
    [
        ("0", {}, "positive", "is not positive; nearest: 0.002"),
        ("-1", {"price": Decimal("0.5")}, "positive", "is not positive; nearest: 10"),
        ("0.0029", {}, "step_size", "is not a multiple of the step size 0.001; nearest: 0.003"),
        ("0.0025", {}, "step_size", "is not a multiple of the step size 0.001; nearest: 0.002"),
        ("0.001", {}, "min_quantity", "is below the smallest quantity 0.002; nearest: 0.002"),
        (
            "1500",
            {"most": Decimal("1000.0005")},
            "max_quantity",
            "is above 1000.0005, the most for a limit order; nearest: 1000",
        ),
        (
            "0.5",
            {"filled": Decimal("0.6")},
            "filled",
            "is less than the 0.6 that is filled (rule 54); nearest: 0.6",
        ),
        (
            "0.004",
            {"price": Decimal("300.3")},
            "min_notional",
            "makes a notional of 300.3 x 0.004 = 1.2012, which is below the smallest of 5; "
            "nearest: 0.017",
        ),
    ],
)
def test_quantities_that_break_a_rule(
    value: Any, bounds: dict[str, Any], rule: str, text: str
) -> None:
    """The text has the value, the figures of the rule and the nearest valid value (rule 43)."""
    error = refused_quantity(BTC, value, **bounds)

    assert str(error) == f"quantity {value} {text}"
    assert (error.rule, error.field, error.value) == (rule, "quantity", value)
    BTC.check_quantity(error.nearest, QuantityBounds(kind="limit", **bounds))  # type: ignore[arg-type]


def test_no_nearest_where_no_quantity_fits() -> None:
    """Nothing is proposed that would be refused again."""
    assert refused_quantity(BTC, "0.5", most=Decimal("0.001")).nearest is None
    assert refused_quantity(BTC, "0.5", most=Decimal(1), price=Decimal("0.1")).nearest is None
    assert refused_quantity(UNTOLD, "0").nearest is None
    assert refused_price(UNTOLD, "-1").nearest is None


def test_bounds_of_a_quantity_pass() -> None:
    """The smallest and largest quantity, what is filled, and the smallest notional are valid."""
    BTC.check_quantity("0.002", LIMIT)
    BTC.check_quantity("1000", LIMIT)
    BTC.check_quantity("0.6", QuantityBounds(kind="limit", filled=Decimal("0.6")))
    BTC.check_quantity("0.05", QuantityBounds(kind="limit", price=Decimal(100)))


def test_a_price_that_makes_the_notional_too_small() -> None:
    """Where only the price can be changed, the nearest price that is high enough is told."""
    with pytest.raises(InvalidOrder) as caught:
        BTC.check_notional("10.1", Decimal("10.1"), Decimal("0.3"))

    assert (caught.value.rule, caught.value.field) == ("min_notional", "price")
    assert (caught.value.value, caught.value.nearest) == ("10.1", Decimal("16.7"))
    BTC.check_notional("16.7", Decimal("16.7"), Decimal("0.3"))
    UNTOLD.check_notional("10.1", Decimal("10.1"), Decimal("0.3"))


# Rounding


@pytest.mark.parametrize(
    ("price", "side", "rounded"),
    [
        ("85000.13", None, "85000.1"),
        ("85000.15", None, "85000.2"),
        ("85000.13", "BUY", "85000.1"),
        ("85000.19", "BUY", "85000.1"),
        ("85000.11", "SELL", "85000.2"),
        ("85000.10", "SELL", "85000.1"),
        (Decimal("8.5E+4"), "BUY", "85000"),
        (Decimal("0.05"), None, "0.1"),
        ("0.01", "SELL", "0.1"),
    ],
)
def test_round_price(price: Any, side: str | None, rounded: str) -> None:
    """To the nearest tick, a half up; with a side, to the next passive one; in plain notation."""
    assert str(BTC.round_price(price, side)) == rounded


@pytest.mark.parametrize(
    ("quantity", "rounded"), [("0.1239", "0.123"), ("1", "1"), (Decimal("2.0000"), "2")]
)
def test_round_quantity(quantity: Any, rounded: str) -> None:
    """Always down, so that nothing is bought that was not asked for."""
    assert str(BTC.round_quantity(quantity)) == rounded


@pytest.mark.parametrize(("price", "side"), [("0.04", None), ("0.09", "BUY")])
def test_a_price_never_becomes_0(price: str, side: str | None) -> None:
    """It is refused, with the smallest price."""
    with pytest.raises(InvalidOrder, match=r"it would be 0; nearest: 0\.1") as caught:
        BTC.round_price(price, side)

    assert (caught.value.rule, caught.value.field) == ("tick_size", "price")


def test_a_price_is_not_rounded_to_what_cannot_be_sent() -> None:
    """Above the largest amount of 30 digits there is no next tick: it is refused."""
    figures = SymbolFigures(symbol="X", tick_size=Decimal(1))
    most = "9" * 30

    with pytest.raises(InvalidOrder, match=f"it would be 1{'0' * 30}; nearest: {most}$"):
        figures.round_price(most + ".9", "SELL")


def test_a_quantity_never_becomes_0() -> None:
    """It is refused, with one step."""
    with pytest.raises(InvalidOrder, match=r"it would be 0; nearest: 0\.001") as caught:
        BTC.round_quantity("0.00099")

    assert (caught.value.rule, caught.value.field) == ("step_size", "quantity")


def test_rounding_without_a_step() -> None:
    """Where the symbol tells none, an amount stays what it is; it still has to be one."""
    assert UNTOLD.round_price("1.23456789") == Decimal("1.23456789")
    assert UNTOLD.round_quantity(3) == 3
    for wrong in ("0", "-1", 0.5, "x"):
        with pytest.raises(InvalidOrder):
            UNTOLD.round_price(wrong)  # type: ignore[arg-type]
        with pytest.raises(InvalidOrder):
            UNTOLD.round_quantity(wrong)  # type: ignore[arg-type]


def test_rounding_for_an_unknown_side() -> None:
    """A side that is none would round the wrong way: it is refused."""
    with pytest.raises(InvalidOrder, match="none of BUY, SELL; nearest: BUY"):
        BTC.round_price("85000.13", "buy")


@given(amounts(least=1), units, st.sampled_from([None, "BUY", "SELL"]))
def test_rounded_prices_are_valid_and_stay(price: Decimal, tick: Decimal, side: str | None) -> None:
    """A rounded price passes the check, is on its side of the price, and is not rounded again."""
    figures = SymbolFigures(symbol="X", tick_size=tick)
    try:
        rounded = figures.round_price(price, side)
    except InvalidOrder:
        assume(False)
    distance = Fraction(rounded) - Fraction(price)

    assert (Fraction(rounded) / Fraction(tick)).denominator == 1
    assert figures.check_price("price", rounded) == rounded
    assert str(figures.round_price(rounded, side)) == str(rounded)
    assert side != "BUY" or distance <= 0
    assert side != "SELL" or distance >= 0
    assert abs(distance) < Fraction(tick)
    assert side is not None or abs(distance) <= Fraction(tick) / 2


@given(amounts(least=1), units)
def test_rounded_quantities_are_valid_and_stay(quantity: Decimal, step: Decimal) -> None:
    """A quantity loses less than a step, and is refused exactly where it is less than one."""
    figures = SymbolFigures(symbol="X", step_size=step)
    whole = math.floor(Fraction(quantity) / Fraction(step))
    if whole:
        rounded = figures.round_quantity(quantity)
        assert Fraction(rounded) == whole * Fraction(step)
        assert str(figures.round_quantity(rounded)) == str(rounded)
    else:
        with pytest.raises(InvalidOrder) as caught:
            figures.round_quantity(quantity)
        assert caught.value.nearest == step
