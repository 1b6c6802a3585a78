"""Orders that cannot work, whatever their symbol, are refused with the field and the way out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest

from sixmm.errors import InvalidOrder, LocalError
from sixmm.venues.sixmm.enums import (
    BboPriceType,
    ConditionOrderType,
    OrderType,
    Side,
    TimeInForce,
    WorkingType,
)
from sixmm.venues.sixmm.order_forms import NewConditionOrder, NewOrder
from sixmm.venues.sixmm.order_shape import (
    check_condition_shape,
    check_order_shape,
    check_word,
    exact_amount,
    positive_amount,
    refusal,
)

LIMIT = NewOrder(symbol="BTCUSDT", side="BUY", type="LIMIT", price="85000", quantity="0.1")
MARKET = NewOrder(symbol="BTCUSDT", side="SELL", type="MARKET", quantity="0.1")
STOP = NewConditionOrder(
    symbol="BTCUSDT", side="SELL", type="STOP_MARKET", stop_price="80000", quantity="0.1"
)
STOP_LIMIT = attrs.evolve(STOP, type="STOP_LIMIT", price="79900")
TRAILING = NewConditionOrder(
    symbol="BTCUSDT", side="SELL", type="TRAILING_STOP", callback_rate="0.01", quantity="0.1"
)


def refused(order: NewOrder | NewConditionOrder, **changes: Any) -> InvalidOrder:
    """Return the refusal of a changed order."""
    check: Any = check_order_shape if isinstance(order, NewOrder) else check_condition_shape
    with pytest.raises(InvalidOrder) as caught:
        check(attrs.evolve(order, **changes))
    return caught.value


# Amounts


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        ("85000.10", "85000.10"),
        (85000, "85000"),
        (Decimal("8.5E+4"), "85000"),
        (Decimal("0.1"), "0.1"),
        ("-1", "-1"),
        ("9" * 30 + "." + "9" * 30, "9" * 30 + "." + "9" * 30),
    ],
)
def test_amounts_are_exact(value: Any, exact: str) -> None:
    """Text, whole numbers and decimals are taken as they are, to the last of 60 digits (rule 9)."""
    assert str(exact_amount("price", value)) == exact


@pytest.mark.parametrize(
    "value",
    [
        *("", " 1", "1 ", "1e5", "1_0", "+1", ".5", "1.", "0x1", "NaN", "\u0661", "1,5"),
        *("9" * 31, "0." + "1" * 31, 10**31, -(10**31)),
        *(Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("1E+30")),
        *(Decimal("1E-31"), Decimal("1E+999999"), Decimal("1E-999999")),
        *(True, False, None, [], {}, b"1"),
    ],
)
def test_what_is_no_plain_decimal_is_refused(value: Any) -> None:
    """An amount that could not be sent as it was written is refused, with its field."""
    with pytest.raises(InvalidOrder, match="quantity must be a plain decimal") as caught:
        exact_amount("quantity", value)

    assert (caught.value.rule, caught.value.field) == ("exact", "quantity")
    assert caught.value.value is value
    assert caught.value.nearest is None


def test_a_number_too_long_to_print_is_refused() -> None:
    """The refusal does not try to print it."""
    with pytest.raises(InvalidOrder, match="at most 30 digits"):
        exact_amount("quantity", 10**5_000)


@pytest.mark.parametrize("value", [0.1, 1.0, float("nan"), float("inf")])
def test_a_float_is_refused_with_the_reason(value: Any) -> None:
    """The text says that a float is not exact, and what to give (rule 9)."""
    with pytest.raises(InvalidOrder, match="is a float, which is not exact: give it as text"):
        exact_amount("price", value)


@pytest.mark.parametrize("value", ["0", "0.000", "-0", "-0.1", 0, Decimal("-5")])
def test_positive_amounts(value: Any) -> None:
    """Nothing at or below 0 is one."""
    with pytest.raises(InvalidOrder, match=r"^price -?[0-9.]+ is not positive$") as caught:
        positive_amount("price", value)

    assert caught.value.rule == "positive"


# Words


@pytest.mark.parametrize("value", [None, "BUY", Side.SELL])
def test_members_and_their_text_are_words(value: Any) -> None:
    """An enum, its text, and nothing at all are let through."""
    check_word("side", value, Side)


@pytest.mark.parametrize(
    ("value", "nearest"),
    [
        *(("buy", "BUY"), (" Sell", "SELL"), ("HOLD", None), ("", None), (1, None), (True, None)),
        *((OrderType.LIMIT, None), ([], None), ({}, None), (b"BUY", None)),
    ],
)
def test_other_words_are_refused(value: Any, nearest: str | None) -> None:
    """What is not documented is refused, with the choices, and the one that was probably meant."""
    with pytest.raises(InvalidOrder, match="is none of BUY, SELL") as caught:
        check_word("side", value, Side)

    assert (caught.value.rule, caught.value.nearest) == ("choice", nearest)


def test_a_word_cannot_forge_a_line() -> None:
    """Control characters and long texts are shown on one short line."""
    with pytest.raises(InvalidOrder) as caught:
        check_word("side", "x\n\x1b[2J" + "y" * 1_000, Side)

    text = str(caught.value)
    assert text.isprintable()
    assert len(text) < 100


@pytest.mark.parametrize("value", [0, 4, BboPriceType.SAME_1])
def test_numbers_of_a_choice(value: Any) -> None:
    """The levels of the book are numbers from 0 to 4 (rule 49)."""
    check_word("price_type", value, BboPriceType)


@pytest.mark.parametrize("value", [5, -1, "1", False, True, 1.0])
def test_other_numbers_are_refused(value: Any) -> None:
    """Neither text nor a truth value is a level of the book."""
    with pytest.raises(InvalidOrder, match="is none of 0, 1, 2, 3, 4"):
        check_word("price_type", value, BboPriceType)


def test_the_nearest_value_is_in_the_text() -> None:
    """Who only reads the text knows what to write instead, without an exponent."""
    error = refusal("no", rule="r", field="f", value="v", nearest=Decimal("1E+2"))

    assert str(error) == "no; nearest: 100"
    assert (error.rule, error.field, error.value) == ("r", "f", "v")
    assert isinstance(error, (LocalError, ValueError))


# Normal orders


@pytest.mark.parametrize(
    "order",
    [
        LIMIT,
        MARKET,
        attrs.evolve(LIMIT, side=Side.SELL, type=OrderType.LIMIT, position_side="LONG"),
        attrs.evolve(LIMIT, maker_only=True),
        attrs.evolve(LIMIT, maker_only=True, time_in_force="GTC"),
        attrs.evolve(LIMIT, time_in_force="IOC", maker_only=False),
        attrs.evolve(LIMIT, time_in_force=TimeInForce.FOK),
        attrs.evolve(LIMIT, price=None, price_type=BboPriceType.SAME_1),
        attrs.evolve(LIMIT, price_type=0),
        attrs.evolve(LIMIT, quantity=None, close_position=True),
        attrs.evolve(LIMIT, reduce_only=True),
        attrs.evolve(MARKET, quantity=None, close_position=True),
        attrs.evolve(MARKET, price_type=0),
    ],
)
def test_complete_orders_pass(order: NewOrder) -> None:
    """What the documentation describes is let through (rules 46-49)."""
    check_order_shape(order)


@pytest.mark.parametrize(
    ("order", "changes", "rule", "field"),
    [
        (LIMIT, {"type": "STOP_MARKET"}, "choice", "type"),
        (LIMIT, {"type": None}, "required", "type"),
        (LIMIT, {"side": "HOLD"}, "choice", "side"),
        (LIMIT, {"side": None}, "required", "side"),
        (LIMIT, {"position_side": "NET"}, "choice", "position_side"),
        (LIMIT, {"time_in_force": "GTD"}, "choice", "time_in_force"),
        (LIMIT, {"time_in_force": "GTE_GTC"}, "choice", "time_in_force"),
        (LIMIT, {"price_type": 5}, "choice", "price_type"),
        (LIMIT, {"reduce_only": "yes"}, "choice", "reduce_only"),
        (LIMIT, {"maker_only": 1}, "choice", "maker_only"),
        (LIMIT, {"close_position": "false"}, "choice", "close_position"),
        (LIMIT, {"price": None}, "required", "price"),
        (LIMIT, {"price": None, "price_type": 0}, "required", "price"),
        (LIMIT, {"quantity": None}, "required", "quantity"),
        (LIMIT, {"quantity": None, "close_position": False}, "required", "quantity"),
        (LIMIT, {"close_position": True}, "conflict", "quantity"),
        (LIMIT, {"maker_only": True, "time_in_force": "IOC"}, "conflict", "maker_only"),
        (LIMIT, {"maker_only": True, "time_in_force": "FOK"}, "conflict", "maker_only"),
        (MARKET, {"maker_only": True}, "conflict", "maker_only"),
        (MARKET, {"price": "85000"}, "unwanted", "price"),
        (MARKET, {"price_type": 1}, "unwanted", "price_type"),
        (MARKET, {"quantity": None}, "required", "quantity"),
    ],
)
def test_orders_that_cannot_work(
    order: NewOrder, changes: dict[str, Any], rule: str, field: str
) -> None:
    """The refusal names the rule, the field and the value that was given (rules 46-49)."""
    error = refused(order, **changes)

    assert (error.rule, error.field) == (rule, field)
    assert error.value == getattr(attrs.evolve(order, **changes), field)
    assert field in str(error)


def test_gte_gtc_is_for_condition_orders() -> None:
    """On a normal order it is refused with the reason, and GTC as what is nearest (rule 48)."""
    error = refused(LIMIT, time_in_force=TimeInForce.GTE_GTC)

    assert "condition orders only (rule 48); nearest: GTC" in str(error)
    check_order_shape(attrs.evolve(LIMIT, time_in_force=str(error.nearest)))
    check_condition_shape(attrs.evolve(STOP, time_in_force="GTE_GTC"))
    assert refused(LIMIT, time_in_force="gte_gtc").nearest is None


# Condition orders


@pytest.mark.parametrize(
    "order",
    [
        STOP,
        STOP_LIMIT,
        TRAILING,
        attrs.evolve(STOP, type=ConditionOrderType.TAKE_PROFIT_MARKET),
        attrs.evolve(STOP_LIMIT, type="TAKE_PROFIT_LIMIT", time_in_force="FOK"),
        attrs.evolve(STOP, working_type=WorkingType.MARK_PRICE, price_protect=True),
        attrs.evolve(STOP, quantity=None, close_position=True),
        attrs.evolve(TRAILING, activate_price="90000", callback_rate=Decimal("0.999")),
    ],
)
def test_complete_condition_orders_pass(order: NewConditionOrder) -> None:
    """What the documentation describes is let through (rule 50)."""
    check_condition_shape(order)


@pytest.mark.parametrize(
    ("order", "changes", "rule", "field"),
    [
        (STOP, {"type": "LIMIT"}, "choice", "type"),
        (STOP, {"type": None}, "required", "type"),
        (STOP, {"side": "SHORT"}, "choice", "side"),
        (STOP, {"position_side": "BUY"}, "choice", "position_side"),
        (STOP, {"time_in_force": "DAY"}, "choice", "time_in_force"),
        (STOP, {"working_type": "LAST_PRICE"}, "choice", "working_type"),
        (STOP, {"price_protect": "TRUE"}, "choice", "price_protect"),
        (STOP, {"reduce_only": 0}, "choice", "reduce_only"),
        (STOP, {"stop_price": None}, "required", "stop_price"),
        (STOP, {"price": "1"}, "unwanted", "price"),
        (STOP, {"activate_price": "1"}, "unwanted", "activate_price"),
        (STOP, {"callback_rate": "0.1"}, "unwanted", "callback_rate"),
        (STOP, {"quantity": None}, "required", "quantity"),
        (STOP, {"close_position": True}, "conflict", "quantity"),
        (STOP_LIMIT, {"price": None}, "required", "price"),
        (STOP_LIMIT, {"stop_price": None}, "required", "stop_price"),
        (STOP_LIMIT, {"type": "TAKE_PROFIT_LIMIT", "price": None}, "required", "price"),
        (TRAILING, {"callback_rate": None}, "required", "callback_rate"),
        (TRAILING, {"callback_rate": 0.01}, "exact", "callback_rate"),
        (TRAILING, {"callback_rate": "0"}, "range", "callback_rate"),
        (TRAILING, {"callback_rate": "1"}, "range", "callback_rate"),
        (TRAILING, {"callback_rate": "-0.01"}, "range", "callback_rate"),
        (TRAILING, {"stop_price": "1"}, "unwanted", "stop_price"),
        (TRAILING, {"price": "1"}, "unwanted", "price"),
    ],
)
def test_condition_orders_that_cannot_work(
    order: NewConditionOrder, changes: dict[str, Any], rule: str, field: str
) -> None:
    """The refusal names the rule, the field and the value that was given (rule 50)."""
    error = refused(order, **changes)

    assert (error.rule, error.field) == (rule, field)
    assert error.value == getattr(attrs.evolve(order, **changes), field)
    assert field in str(error)
