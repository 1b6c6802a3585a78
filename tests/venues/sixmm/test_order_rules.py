"""Orders are held against the rules of their symbol; an independent reading of them agrees."""

from __future__ import annotations

import decimal
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sixmm.errors import InvalidOrder
from sixmm.venues.sixmm.order_forms import Amendment, NewConditionOrder, NewOrder
from sixmm.venues.sixmm.order_rules import SymbolRules
from sixmm.venues.sixmm.rest_schema import LeverageTier, SymbolRow

from .examples import examples
from .test_grid import amounts, units

ROW = SymbolRow(
    symbol="BTCUSDT",
    min_quantity=Decimal("0.001"),
    min_notional=Decimal(5),
    tick_size=Decimal("0.1"),
    step_size=Decimal("0.001"),
    price_precision=1,
    max_limit_order_quantity=Decimal(1_000),
    max_market_order_quantity=Decimal(200),
)
RULES = SymbolRules.of(ROW)
LIMIT = NewOrder(symbol="BTCUSDT", side="BUY", price="85000", quantity="0.1")
MARKET = NewOrder(symbol="BTCUSDT", side="SELL", type="MARKET", quantity="0.1")
STOP = NewConditionOrder(
    symbol="BTCUSDT", side="SELL", type="STOP_MARKET", stop_price="80000", quantity="0.1"
)
STOP_LIMIT = attrs.evolve(STOP, type="STOP_LIMIT", price="79900")
TRAILING = NewConditionOrder(
    symbol="BTCUSDT", side="SELL", type="TRAILING_STOP", callback_rate="0.01", quantity="0.1"
)
AMENDMENT = Amendment(order_id="1", price="85100", quantity="0.2")


def refused(order: NewOrder | NewConditionOrder, **changes: Any) -> tuple[str, str, object]:
    """Return rule, field and nearest value of the refusal of a changed order."""
    with pytest.raises(InvalidOrder) as caught:
        RULES.check(attrs.evolve(order, **changes), reference_price="85000")
    return caught.value.rule, caught.value.field, caught.value.nearest


def refused_change(amendment: Amendment, **known: Any) -> tuple[str, str, object]:
    """Return rule, field and nearest value of the refusal of an amendment."""
    with pytest.raises(InvalidOrder) as caught:
        RULES.check_amendment(amendment, **known)
    return caught.value.rule, caught.value.field, caught.value.nearest


def test_rules_are_those_of_the_row() -> None:
    """Every figure of the symbols reply is taken over (rule 43)."""
    expected = SymbolRules(
        symbol="BTCUSDT",
        tick_size=Decimal("0.1"),
        step_size=Decimal("0.001"),
        min_quantity=Decimal("0.001"),
        min_notional=Decimal(5),
        max_limit_quantity=Decimal(1_000),
        max_market_quantity=Decimal(200),
        price_precision=1,
    )

    assert expected == RULES
    assert (RULES.price_step, RULES.leverage_tiers) == (Decimal("0.1"), ())


def test_leverage_tiers_of_the_row() -> None:
    """They are taken over where they have the assumed form, and else nothing else is lost."""
    tier = '{"tier":1,"minNotional":"0","maxNotional":"50000","maxLeverage":125}'
    known = attrs.evolve(ROW, raw=f'{{"leverageTiers":[{tier}]}}')
    other = attrs.evolve(ROW, raw='{"leverageTiers":{"50000":125}}')

    (found,) = SymbolRules.of(known).leverage_tiers
    assert isinstance(found, LeverageTier)
    assert (found.max_notional, found.max_leverage) == (Decimal(50_000), 125)
    assert SymbolRules.of(other) == RULES


def test_what_a_row_does_not_tell_is_not_checked() -> None:
    """A row with a name alone refuses only what no exchange could take (rule 44)."""
    rules = SymbolRules.of(SymbolRow(symbol="BTCUSDT"))

    rules.check_order(attrs.evolve(LIMIT, price="0.123456789", quantity="1.23456789"))
    rules.check_condition(attrs.evolve(STOP, stop_price="0.000001", quantity="9" * 30))
    rules.check_amendment(Amendment(order_id="1", quantity="0.0001"), order_price="1")
    with pytest.raises(InvalidOrder, match="not positive"):
        rules.check_order(attrs.evolve(LIMIT, price=0))


@pytest.mark.parametrize(
    "name",
    [name for name in examples("rest-request") if name.startswith("placeOrder.")],
)
def test_documented_orders_pass(name: str) -> None:
    """The printed orders keep the rules of their symbol."""
    body = examples("rest-request")[name]
    order = NewOrder(
        symbol=body["symbol"],
        side=body["side"],
        type=body["type"],
        price=body.get("price"),
        quantity=body.get("quantity"),
        time_in_force=body.get("timeInForce"),
        maker_only=body.get("makerOnly"),
    )

    SymbolRules.of(attrs.evolve(ROW, symbol=order.symbol)).check_order(order)


# Normal orders


@pytest.mark.parametrize(
    "order",
    [
        LIMIT,
        MARKET,
        attrs.evolve(LIMIT, quantity="1000"),
        attrs.evolve(MARKET, quantity="200"),
        attrs.evolve(LIMIT, price="5000", quantity="0.001"),
        attrs.evolve(LIMIT, price="0.1", quantity="0.001", reduce_only=True),
        attrs.evolve(LIMIT, price="0.1", quantity=None, close_position=True),
        attrs.evolve(MARKET, quantity=None, close_position=True),
        attrs.evolve(LIMIT, price=None, price_type=3, quantity="0.001"),
    ],
)
def test_orders_that_keep_the_rules(order: NewOrder) -> None:
    """Nothing is asked of them but what is documented (rules 43 and 46-49)."""
    RULES.check_order(order, reference_price="85000.123")


@pytest.mark.parametrize(
    ("order", "changes", "expected"),
    [
        (LIMIT, {"symbol": "ETHUSDT"}, ("symbol", "symbol", None)),
        (LIMIT, {"price": "85000.13"}, ("tick_size", "price", Decimal("85000.1"))),
        (LIMIT, {"price": 85000.1}, ("exact", "price", None)),
        (LIMIT, {"quantity": 0.1}, ("exact", "quantity", None)),
        (LIMIT, {"price": None}, ("required", "price", None)),
        (LIMIT, {"quantity": "0.0014"}, ("step_size", "quantity", Decimal("0.001"))),
        (LIMIT, {"quantity": "1000.001"}, ("max_quantity", "quantity", Decimal(1_000))),
        (MARKET, {"quantity": "200.001"}, ("max_quantity", "quantity", Decimal(200))),
        (LIMIT, {"quantity": "0.001", "price": "4999.9"}, ("min_notional", "quantity", 2)),
        (LIMIT, {"price": "85000.1", "price_type": 1, "quantity": 0}, ("positive", "quantity", 1)),
    ],
)
def test_orders_that_break_a_rule(
    order: NewOrder, changes: dict[str, Any], expected: tuple[str, str, object]
) -> None:
    """The first broken rule is told, with its field and the nearest value (in steps, if small)."""
    rule, field, near = expected

    assert refused(order, **changes) == (
        rule,
        field,
        near * Decimal("0.001") if isinstance(near, int) else near,
    )


@pytest.mark.parametrize("order", [MARKET, attrs.evolve(LIMIT, price=None, price_type=1)])
def test_orders_without_a_price_of_their_own(order: NewOrder) -> None:
    """Their notional is that at the reference price, and not checked without one (rule 49)."""
    small = attrs.evolve(order, quantity="0.001")

    RULES.check_order(small)
    RULES.check_order(small, reference_price="5000")
    RULES.check_order(attrs.evolve(small, reduce_only=True), reference_price="4999")
    with pytest.raises(InvalidOrder) as caught:
        RULES.check_order(small, reference_price=4999)
    assert (caught.value.rule, caught.value.nearest) == ("min_notional", Decimal("0.002"))


def test_the_reference_price_is_not_used_for_a_limit_order() -> None:
    """A limit order is worth what its own price says."""
    RULES.check_order(attrs.evolve(LIMIT, quantity="0.001"), reference_price="1")


@pytest.mark.parametrize("price", ["0", "-1", 0.5])
def test_a_wrong_reference_price(price: Any) -> None:
    """It is told apart from the price of the order."""
    with pytest.raises(InvalidOrder) as caught:
        RULES.check_order(MARKET, reference_price=price)

    assert caught.value.field == "reference_price"


# Condition orders


@pytest.mark.parametrize(
    "order",
    [
        STOP,
        STOP_LIMIT,
        TRAILING,
        attrs.evolve(STOP_LIMIT, quantity="1000"),
        attrs.evolve(TRAILING, activate_price="90000.1", quantity="0.001"),
        attrs.evolve(STOP, stop_price="0.1", quantity=None, close_position=True),
        attrs.evolve(STOP, stop_price="0.1", quantity="0.001", reduce_only=True),
    ],
)
def test_condition_orders_that_keep_the_rules(order: NewConditionOrder) -> None:
    """Nothing is asked of them but what is documented (rules 43 and 50)."""
    RULES.check_condition(order)


@pytest.mark.parametrize(
    ("order", "changes", "expected"),
    [
        (STOP, {"symbol": "ETHUSDT"}, ("symbol", "symbol", None)),
        (STOP, {"stop_price": "80000.04"}, ("tick_size", "stop_price", Decimal(80_000))),
        (STOP, {"quantity": "200.001"}, ("max_quantity", "quantity", Decimal(200))),
        (STOP, {"stop_price": "4000", "quantity": "0.001"}, ("min_notional", "quantity", 2)),
        (STOP_LIMIT, {"price": "79900.05"}, ("tick_size", "price", Decimal("79900.1"))),
        (STOP_LIMIT, {"quantity": "1000.001"}, ("max_quantity", "quantity", Decimal(1_000))),
        (STOP_LIMIT, {"price": "4000", "quantity": "0.001"}, ("min_notional", "quantity", 2)),
        (TRAILING, {"activate_price": "-1"}, ("positive", "activate_price", Decimal("0.1"))),
        (TRAILING, {"callback_rate": "1"}, ("range", "callback_rate", None)),
    ],
)
def test_condition_orders_that_break_a_rule(
    order: NewConditionOrder, changes: dict[str, Any], expected: tuple[str, str, object]
) -> None:
    """A stop or activation price is a price, and the order that it becomes has its bounds."""
    rule, field, near = expected

    assert refused(order, **changes) == (
        rule,
        field,
        near * Decimal("0.001") if isinstance(near, int) else near,
    )


# Amendments


@pytest.mark.parametrize(
    ("changes", "known"),
    [
        ({}, {}),
        ({"price": None}, {}),
        ({"quantity": None}, {}),
        ({"price": None, "quantity": "0.001"}, {"order_price": "5000"}),
        ({"price": "5000", "quantity": None}, {"order_quantity": "0.001"}),
        ({"price": "0.1", "quantity": None}, {"order_quantity": "0"}),
        ({"price": "0.1", "quantity": None}, {"order_quantity": "0.001", "reduce_only": True}),
        ({"price": "0.1", "quantity": "0.001"}, {"reduce_only": True}),
        ({"quantity": "0.2"}, {"filled_quantity": "0.2", "order_quantity": "0.3"}),
        ({"price": None, "quantity": "0.001"}, {"order_price": "0", "filled_quantity": "0"}),
    ],
)
def test_changes_that_keep_the_rules(changes: dict[str, Any], known: dict[str, Any]) -> None:
    """A new price, a new total quantity or both; what is not known of the order is not checked."""
    RULES.check_amendment(attrs.evolve(AMENDMENT, **changes), **known)


@pytest.mark.parametrize(
    ("changes", "known", "expected"),
    [
        ({"price": None, "quantity": None}, {}, ("required", "price", None)),
        ({"price": "85100.01"}, {}, ("tick_size", "price", Decimal("85100"))),
        ({"quantity": "0.0005"}, {}, ("step_size", "quantity", Decimal("0.001"))),
        ({"quantity": "1001"}, {}, ("max_quantity", "quantity", Decimal(1_000))),
        (
            {"quantity": "0.1"},
            {"filled_quantity": "0.15"},
            ("filled", "quantity", Decimal("0.15")),
        ),
        (
            {"price": None, "quantity": "0.001"},
            {"order_price": "4000"},
            ("min_notional", "quantity", Decimal("0.002")),
        ),
        (
            {"price": "4000", "quantity": "0.001"},
            {"order_price": "85000"},
            ("min_notional", "quantity", Decimal("0.002")),
        ),
        (
            {"price": "1600", "quantity": None},
            {"order_quantity": "0.003"},
            ("min_notional", "price", Decimal("1666.7")),
        ),
        ({"quantity": 0.1}, {}, ("exact", "quantity", None)),
        ({}, {"filled_quantity": 0.1}, ("exact", "filled_quantity", None)),
    ],
)
def test_changes_that_break_a_rule(
    changes: dict[str, Any], known: dict[str, Any], expected: tuple[str, str, object]
) -> None:
    """The new total is held against what is filled; the notional blames what is new (rule 54)."""
    assert refused_change(attrs.evolve(AMENDMENT, **changes), **known) == expected


# Any rules, any order


figures = st.none() | st.sampled_from([Decimal(text) for text in ("0.1", "0.25", "3", "10")])
bounds = st.none() | st.sampled_from([Decimal(text) for text in ("0.01", "0.3", "5", "1000")])
usual_rules = st.builds(
    SymbolRules,
    symbol=st.just("X"),
    tick_size=figures,
    step_size=figures,
    min_quantity=bounds,
    min_notional=bounds,
    max_limit_quantity=bounds,
    max_market_quantity=bounds,
    price_precision=st.none() | st.integers(0, 3),
)
any_rules = st.builds(
    SymbolRules,
    symbol=st.just("X"),
    tick_size=st.none() | units,
    step_size=st.none() | units,
    min_quantity=st.none() | amounts(),
    min_notional=st.none() | amounts(),
    max_limit_quantity=st.none() | amounts(),
    max_market_quantity=st.none() | amounts(),
    price_precision=st.none() | st.integers(0, 30),
)
usual_amounts = st.decimals(-1, 2_000, places=2) | st.integers(0, 400).map(
    lambda quarters: Decimal(quarters) / 4
)
any_amount = usual_amounts | amounts()
limit_orders = st.builds(
    NewOrder,
    symbol=st.just("X"),
    side=st.just("BUY"),
    price=any_amount,
    quantity=any_amount,
    reduce_only=st.none() | st.booleans(),
)
market_orders = st.builds(
    NewOrder,
    symbol=st.just("X"),
    side=st.just("SELL"),
    type=st.just("MARKET"),
    quantity=any_amount,
    reduce_only=st.none() | st.booleans(),
)


def is_whole(value: Fraction, unit: Decimal | None) -> bool:
    """Whether a value is a multiple of a unit, if there is one."""
    return unit is None or (value / Fraction(unit)).denominator == 1


def keeps(rules: SymbolRules, order: NewOrder, reference: Decimal) -> bool:
    """Read the rules once more, with fractions (rule 43)."""
    price, quantity = Fraction(str(order.price or reference)), Fraction(str(order.quantity))
    most = rules.max_market_quantity if order.type == "MARKET" else rules.max_limit_quantity
    digits = rules.price_precision
    fits = [
        quantity > 0,
        is_whole(quantity, rules.step_size),
        rules.min_quantity is None or quantity >= Fraction(rules.min_quantity),
        most is None or quantity <= Fraction(most),
    ]
    if order.type == "LIMIT":
        fits += [
            order.price is not None and Fraction(str(order.price)) > 0,
            is_whole(price, rules.tick_size),
            digits is None or (price * 10**digits).denominator == 1,
        ]
    if not order.reduce_only and rules.min_notional is not None:
        fits.append(price * quantity >= Fraction(rules.min_notional))
    return all(fits)


@given(usual_rules | any_rules, limit_orders | market_orders, amounts(least=1))
def test_an_order_passes_exactly_where_it_keeps_the_rules(
    rules: SymbolRules, order: NewOrder, reference: Decimal
) -> None:
    """Fractions come to the same verdict, up to numbers of 60 digits."""
    try:
        rules.check_order(order, reference_price=reference)
        passed = True
    except InvalidOrder:
        passed = False

    assert passed == keeps(rules, order, reference)


@given(usual_rules | any_rules, limit_orders | market_orders, amounts(least=1))
def test_the_nearest_value_passes_in_place_of_the_value(
    rules: SymbolRules, order: NewOrder, reference: Decimal
) -> None:
    """After at most one new price and one new quantity nothing is left to refuse."""
    changed: list[str] = []
    while True:
        try:
            rules.check_order(order, reference_price=reference)
        except InvalidOrder as error:
            if error.nearest is None:
                return
            changed.append(error.field)
            change: dict[str, Any] = {error.field: error.nearest}
            order = attrs.evolve(order, **change)
        else:
            break

    assert changed in ([], ["price"], ["quantity"], ["price", "quantity"])
    assert keeps(rules, order, reference)


@given(
    rules=usual_rules | any_rules,
    price=st.none() | any_amount,
    quantity=st.none() | any_amount,
    known=st.fixed_dictionaries(
        {
            "order_price": st.none() | any_amount,
            "order_quantity": st.none() | any_amount,
            "filled_quantity": st.none() | any_amount,
            "reduce_only": st.booleans(),
        }
    ),
)
def test_the_nearest_value_passes_in_an_amendment(
    rules: SymbolRules, price: Decimal | None, quantity: Decimal | None, known: dict[str, Any]
) -> None:
    """After at most two new values nothing is left to refuse."""
    amendment = Amendment(order_id="1", price=price, quantity=quantity)
    changed: list[str] = []
    while True:
        try:
            rules.check_amendment(amendment, **known)
        except InvalidOrder as error:
            if error.nearest is None:
                return
            changed.append(error.field)
            assert len(changed) <= 2
            change: dict[str, Any] = {error.field: error.nearest}
            amendment = attrs.evolve(amendment, **change)
        else:
            return


@given(usual_rules | any_rules, any_amount, any_amount)
def test_rounded_amounts_keep_the_steps(
    rules: SymbolRules, price: Decimal, quantity: Decimal
) -> None:
    """What the two helpers return is never refused for its steps."""
    try:
        rounded = rules.round_price(price), rules.round_quantity(quantity)
    except InvalidOrder:
        assume(False)

    assert rules.check_price("price", rounded[0]) == rounded[0]
    assert is_whole(Fraction(rounded[1]), rules.step_size)


def test_any_context_and_any_thread() -> None:
    """The verdict does not depend on the decimal context, nor on who else uses the rules."""
    orders = [
        attrs.evolve(LIMIT, price=f"85000.{tenth}{off}") for tenth in range(10) for off in "05"
    ]

    def verdict(order: NewOrder) -> object:
        with decimal.localcontext(decimal.Context(prec=2, traps=[decimal.Inexact])):
            try:
                RULES.check_order(order)
            except InvalidOrder as error:
                return str(error.nearest)
            return None

    usual = [verdict(order) for order in orders]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(verdict, orders * 50)) == usual * 50
    assert usual[:4] == [None, "85000.1", None, "85000.2"]
