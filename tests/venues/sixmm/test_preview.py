"""A preview tells what an order comes to, exactly, and in whole sentences what looks wrong."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import ConfigurationError, InvalidOrder
from sixmm.venues.sixmm.order_forms import NewConditionOrder, NewOrder
from sixmm.venues.sixmm.order_rules import SymbolRules
from sixmm.venues.sixmm.preview import OrderPreview, preview
from sixmm.venues.sixmm.rest_schema import LeverageTier

from .test_grid import amounts, units

TIERS = (
    LeverageTier(max_notional=Decimal(50_000), max_leverage=125),
    LeverageTier(max_notional=Decimal(500_000), max_leverage=50),
    LeverageTier(max_notional=None, max_leverage=None),
)
RULES = SymbolRules(
    symbol="BTCUSDT",
    tick_size=Decimal("0.1"),
    step_size=Decimal("0.001"),
    min_notional=Decimal(5),
    leverage_tiers=TIERS,
)
RATES = {"leverage": 20, "maker_rate": "0.0002", "taker_rate": Decimal("0.0005")}
LIMIT = NewOrder(symbol="BTCUSDT", side="BUY", price="85000", quantity="0.1")
MARKET = NewOrder(symbol="BTCUSDT", side="SELL", type="MARKET", quantity="0.1")
STOP = NewConditionOrder(
    symbol="BTCUSDT", side="SELL", type="STOP_MARKET", stop_price="80000", quantity="0.1"
)
TRAILING = NewConditionOrder(
    symbol="BTCUSDT", side="SELL", type="TRAILING_STOP", callback_rate="0.01", quantity="0.1"
)
ESTIMATE = "The figures are those at a price of {}; a fill may be worse."


def shown(order: NewOrder | NewConditionOrder, **known: Any) -> OrderPreview:
    """Return the preview of an order under the usual rules and rates."""
    return preview(order, RULES, **{**RATES, **known})


def test_a_limit_order() -> None:
    """Its figures are exact, its fee is that of a taker, and nothing is wrong with it."""
    assert shown(LIMIT, reference_price="85000.1") == OrderPreview(
        price=Decimal(85_000),
        quantity=Decimal("0.1"),
        notional=Decimal(8_500),
        fee_rate=Decimal("0.0005"),
        fee=Decimal("4.25"),
        leverage=20,
        initial_margin=Decimal(425),
    )


def test_an_order_that_only_makes() -> None:
    """Its fee is that of a maker; a fee below 0 is paid to the caller."""
    order = attrs.evolve(LIMIT, maker_only=True)

    assert shown(order).fee == Decimal("1.7")
    assert shown(order, maker_rate="-0.0001").fee == Decimal("-0.85")


def test_a_market_order() -> None:
    """It is reckoned at the reference price, and the preview says that this is an estimate."""
    found = shown(MARKET, reference_price="85000.15")

    assert (found.price, found.is_estimate) == (Decimal("85000.15"), True)
    assert (found.notional, found.fee) == (Decimal("8500.015"), Decimal("4.2500075"))
    assert found.warnings == (ESTIMATE.format("85000.15"),)


@pytest.mark.parametrize("order", [MARKET, attrs.evolve(LIMIT, price=None, price_type=1), TRAILING])
def test_without_a_price_nothing_is_known(order: NewOrder | NewConditionOrder) -> None:
    """What depends on the price is None, and the preview says what is missing."""
    found = shown(order)

    assert (found.price, found.notional, found.fee, found.initial_margin) == (None,) * 4
    assert found.quantity == Decimal("0.1")
    assert found.warnings == (
        "The price is not known here; give a reference price for notional, fee and margin.",
    )


def test_without_rates_and_leverage() -> None:
    """Only what depends on them is None."""
    found = preview(LIMIT, RULES)

    assert found.notional == 8_500
    assert (found.fee, found.fee_rate, found.leverage, found.initial_margin) == (None,) * 4
    assert found.warnings == ()


def test_an_order_that_only_reduces_needs_no_margin() -> None:
    """Its margin is 0; its fee is not."""
    found = shown(attrs.evolve(LIMIT, reduce_only=True))

    assert (found.initial_margin, found.fee) == (Decimal(0), Decimal("4.25"))


def test_an_order_that_ends_the_position() -> None:
    """Its size is not known here, and so is what depends on it; it needs no margin."""
    found = shown(attrs.evolve(MARKET, quantity=None, close_position=True), reference_price="85000")

    assert (found.quantity, found.notional, found.fee) == (None,) * 3
    assert found.initial_margin == 0
    assert found.warnings == (
        "The size is that of the position when the order is filled; it is not known here.",
    )


@pytest.mark.parametrize(
    ("order", "price", "is_estimate"),
    [
        (STOP, "80000", True),
        (attrs.evolve(STOP, type="STOP_LIMIT", price="79900"), "79900", False),
        (attrs.evolve(TRAILING, activate_price="90000"), "90000", True),
        (TRAILING, "85000", True),
    ],
)
def test_condition_orders(order: NewConditionOrder, price: str, is_estimate: bool) -> None:
    """They are reckoned at the price that is nearest to their fill, and as takers."""
    found = shown(order, reference_price="85000")

    assert (found.price, found.is_estimate) == (Decimal(price), is_estimate)
    assert found.fee == Decimal(price) * Decimal("0.00005")
    assert found.warnings == ((ESTIMATE.format(price),) if is_estimate else ())


# Warnings


def test_a_broken_rule_is_a_warning() -> None:
    """The figures are there all the same, so that the refusal can be understood."""
    found = shown(attrs.evolve(LIMIT, price="85000.13"))

    assert found.notional == Decimal("8500.013")
    assert found.warnings == (
        "The order would be refused: price 85000.13 is not a multiple of the tick size 0.1; "
        "nearest: 85000.1.",
    )


def test_amounts_that_say_nothing_are_not_reckoned_with() -> None:
    """A price or a size of 0 or less gives no figures, only the refusal."""
    found = shown(attrs.evolve(LIMIT, price="-1", quantity="0"))

    assert (found.price, found.quantity, found.notional) == (None,) * 3
    assert "price -1 is not positive" in found.warnings[0]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"price": "95624.9"},
            "The limit price 95624.9 is 12.5 % above the reference price 85000: the order would "
            "probably be filled at once, as taker.",
        ),
        (
            {"side": "SELL", "price": "76500"},
            "The limit price 76500 is 10 % below the reference price 85000: the order would "
            "probably be filled at once, as taker.",
        ),
        (
            {"maker_only": True},
            "The limit price 85000 is at the reference price 85000: the order would probably be "
            "refused, because it must not take.",
        ),
    ],
)
def test_a_limit_price_on_the_other_side(changes: dict[str, Any], text: str) -> None:
    """A price that takes at once is told, with how far it is off: it may be a slip."""
    assert shown(attrs.evolve(LIMIT, **changes), reference_price="85000").warnings == (text,)


@pytest.mark.parametrize(("side", "price"), [("BUY", "84999.9"), ("SELL", "85000.1")])
def test_a_limit_price_on_its_own_side(side: str, price: str) -> None:
    """An order that rests is no reason to warn."""
    order = attrs.evolve(LIMIT, side=side, price=price)

    assert shown(order, reference_price="85000").warnings == ()


@pytest.mark.parametrize(
    ("side", "type", "fires_at"),
    [
        ("BUY", "STOP_MARKET", ("84999", "85000")),
        ("SELL", "STOP_MARKET", ("85000", "85001")),
        ("BUY", "TAKE_PROFIT_MARKET", ("85000", "85001")),
        ("SELL", "TAKE_PROFIT_MARKET", ("84999", "85000")),
    ],
)
def test_a_stop_price_on_the_wrong_side(side: str, type: str, fires_at: tuple[str, ...]) -> None:
    """A condition that holds already is told."""
    firing = []
    for stop_price in ("84999", "85000", "85001"):
        order = attrs.evolve(STOP, side=side, type=type, stop_price=stop_price)
        if any("would fire at once" in w for w in shown(order, reference_price=85_000).warnings):
            firing.append(stop_price)

    assert tuple(firing) == fires_at


@pytest.mark.parametrize(
    ("quantity", "leverage", "most"),
    [("0.5", 125, None), ("0.501", 125, 50), ("5", 50, None), ("5", 51, 50), ("6", 200, None)],
)
def test_a_leverage_above_that_of_the_tier(quantity: str, leverage: int, most: int | None) -> None:
    """The tier is that of the notional of the order; a tier that tells nothing is not checked."""
    order = attrs.evolve(LIMIT, price="100000", quantity=quantity)
    warnings = shown(order, leverage=leverage).warnings

    if most is None:
        assert warnings == ()
    else:
        notional = {"0.501": "50100", "5": "500000"}[quantity]
        assert warnings == (
            f"A leverage of {leverage} is more than the {most} that a notional of {notional} "
            "may have.",
        )


def test_a_notional_above_all_tiers() -> None:
    """What no tier is for is told, too."""
    rules = attrs.evolve(RULES, leverage_tiers=TIERS[:1])
    order = attrs.evolve(LIMIT, price="100000", quantity="0.501")

    assert preview(order, rules, leverage=1).warnings == (
        "A notional of 50100 is above the highest leverage tier.",
    )


# Arguments

FLOAT: Any = 0.5


@pytest.mark.parametrize(
    ("order", "known", "field"),
    [
        (attrs.evolve(LIMIT, price=FLOAT), {}, "price"),
        (attrs.evolve(MARKET, quantity=FLOAT), {}, "quantity"),
        (attrs.evolve(TRAILING, callback_rate=FLOAT), {}, "callback_rate"),
        (LIMIT, {"reference_price": 85_000.1}, "reference_price"),
        (LIMIT, {"taker_rate": 0.0005}, "taker_rate"),
        (attrs.evolve(LIMIT, maker_only=True), {"maker_rate": 0.0002}, "maker_rate"),
    ],
)
def test_floats_are_refused(
    order: NewOrder | NewConditionOrder, known: dict[str, Any], field: str
) -> None:
    """A figure that is not exact is not shown as if it were (rule 9)."""
    with pytest.raises(InvalidOrder, match=f"^{field} .* is a float") as caught:
        shown(order, **known)

    assert caught.value.field == field


def test_the_rules_of_another_symbol() -> None:
    """They say nothing of the order: the preview is refused."""
    with pytest.raises(InvalidOrder, match="another symbol"):
        shown(attrs.evolve(LIMIT, symbol="ETHUSDT"))


@pytest.mark.parametrize("leverage", [0, -1, True, 1.5, "20", Decimal(20)])
def test_a_leverage_is_a_whole_number(leverage: Any) -> None:
    """Anything else is refused before it is reckoned with (rule 11)."""
    with pytest.raises(ConfigurationError, match="whole number"):
        shown(LIMIT, leverage=leverage)


@given(price=units, quantity=units, rate=amounts(), leverage=st.integers(1, 1_000))
def test_figures_are_exact(price: Decimal, quantity: Decimal, rate: Decimal, leverage: int) -> None:
    """Fractions come to the same figures, up to numbers of 60 digits and in any context."""
    order = attrs.evolve(LIMIT, price=price, quantity=quantity)
    with decimal.localcontext(decimal.Context(prec=4, traps=[decimal.Inexact])):
        found = preview(order, RULES, leverage=leverage, taker_rate=rate, reference_price=price)
    notional = Fraction(price) * Fraction(quantity)

    assert found.notional is not None
    assert found.fee is not None
    assert found.initial_margin is not None
    assert Fraction(found.notional) == notional
    assert Fraction(found.fee) == notional * Fraction(rate)
    surplus = Fraction(found.initial_margin) - notional / leverage
    assert 0 <= surplus < Fraction(1, 10**18)
