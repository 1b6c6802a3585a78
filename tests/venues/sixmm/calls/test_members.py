"""Forms of orders become members of a body: complete, exact, and nothing that was not given."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.codec import dump_json
from sixmm.errors import ConfigurationError
from sixmm.venues.sixmm.calls.arguments import given as given_members
from sixmm.venues.sixmm.calls.members import (
    amendment_members,
    condition_members,
    leg_members,
    order_members,
    reference_members,
    which_order,
)
from sixmm.venues.sixmm.enums import BboPriceType, ConditionOrderType, Side
from sixmm.venues.sixmm.order_forms import (
    Amendment,
    NewConditionOrder,
    NewOrder,
    OrderRef,
    StrategyLeg,
)


def order(**arguments: Any) -> NewOrder:
    """Return a market order with some arguments changed."""
    return NewOrder(**{"symbol": "X", "side": "BUY", "type": "MARKET", "quantity": "1"} | arguments)


def condition(**arguments: Any) -> NewConditionOrder:
    """Return a stop order with some arguments changed."""
    told = {"symbol": "X", "side": Side.SELL, "type": "STOP_MARKET", "quantity": "1"}
    return NewConditionOrder(**told | {"stop_price": "9"} | arguments)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"type": "LIMIT"}, "a LIMIT order needs a price"),
        ({"type": "LIMIT", "price_type": 0}, "a LIMIT order needs a price"),
        ({"quantity": None}, "quantity may be left out only with close_position=True"),
        ({"quantity": None, "close_position": False}, "quantity may be left out"),
        ({"quantity": 0.1}, r"quantity 0\.1 is a float, which is not exact: pass it as text"),
        ({"type": "LIMIT", "price": 85000.0}, r"price 85000\.0 is a float"),
        ({"quantity": "1e3"}, "quantity: an amount must be a plain decimal"),
        ({"quantity": True}, "quantity"),
        ({"client_order_id": "a b"}, "'a b' cannot be a client order id"),
        ({"side": "BUY&SELL"}, "cannot be a side"),
        ({"side": None}, "side is missing"),
        ({"symbol": None}, "symbol is missing"),
        ({"reduce_only": 1}, "reduce_only must be True or False"),
        ({"price_type": "1"}, "price_type must be an integer"),
    ],
)
def test_an_order_that_cannot_be(arguments: dict[str, Any], problem: str) -> None:
    """A field that is missing or has not its form is refused, with the reason (rules 9, 46)."""
    with pytest.raises(ConfigurationError, match=problem):
        order_members(order(**arguments))


def test_orders_without_price_or_quantity() -> None:
    """A price from the book replaces the price, and closing replaces the quantity (46, 49)."""
    at_best = order_members(order(type="LIMIT", price_type=BboPriceType.OPPOSITE_1))
    closing = order_members(order(side="SELL", quantity=None, close_position=True))

    assert given_members(at_best) == {
        "symbol": "X",
        "type": "LIMIT",
        "side": "BUY",
        "quantity": "1",
        "priceType": 1,
    }
    assert given_members(closing) == {
        "symbol": "X",
        "type": "MARKET",
        "side": "SELL",
        "closePosition": True,
    }


@pytest.mark.parametrize("kind", [ConditionOrderType.STOP_LIMIT, "TAKE_PROFIT_LIMIT"])
def test_a_condition_order_that_becomes_a_limit_needs_its_price(kind: str) -> None:
    """The two limit types have a price, the other three need none (rule 50)."""
    with pytest.raises(ConfigurationError, match=f"a {kind} order needs a price"):
        condition_members(condition(type=kind))
    assert condition_members(condition(type=kind, price="8"))["price"] == "8"
    assert condition_members(condition())["price"] is None


def test_a_trailing_order() -> None:
    """What only a trailing order has is sent under its own names (rule 50)."""
    members = condition_members(
        condition(
            type="TRAILING_STOP", stop_price=None, activate_price=7, callback_rate=Decimal("0.010")
        )
    )

    assert (members["activatePrice"], members["callbackRate"]) == ("7", "0.010")
    assert members["stopPrice"] is None
    with pytest.raises(ConfigurationError, match=r"callback_rate 0\.01 is a float"):
        condition_members(condition(callback_rate=0.01))
    with pytest.raises(ConfigurationError, match="quantity may be left out"):
        condition_members(condition(quantity=None))


def test_a_leg_has_its_order_and_what_drives_it() -> None:
    """A leg is sent with its number, its order, and its drivers; 0 is sent, too (rule 51)."""
    waiting = StrategyLeg(
        sub_id=2,
        order=condition(),
        first_driven_id=1,
        first_driven_on="FILLED",
        first_trigger="PLACE",
    )

    assert leg_members(StrategyLeg(sub_id=1, order=order())) == {
        "strategySubId": 1,
        "symbol": "X",
        "type": "MARKET",
        "side": "BUY",
        "quantity": "1",
        "firstDrivenId": 0,
    }
    assert leg_members(waiting)["stopPrice"] == "9"
    assert leg_members(waiting)["firstTrigger"] == "PLACE"
    with pytest.raises(ConfigurationError, match="sub_id must be from 1"):
        leg_members(StrategyLeg(sub_id=0, order=order()))
    with pytest.raises(ConfigurationError, match="a NewOrder or NewConditionOrder is wanted"):
        leg_members(StrategyLeg(sub_id=1, order="BUY"))  # type: ignore[arg-type]


def test_forms_are_not_mixed_up() -> None:
    """A form of another kind is refused by its name, before it is looked into."""
    with pytest.raises(ConfigurationError, match="NewOrder is wanted, and not a NewConditionOrder"):
        order_members(condition())  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="Amendment is wanted, and not a dict"):
        amendment_members({})  # type: ignore[arg-type]


def test_an_amendment_changes_something() -> None:
    """A change has a new price, a new quantity or both, and names its order (rule 54)."""
    with pytest.raises(ConfigurationError, match="a new price"):
        amendment_members(Amendment(order_id="1"))
    with pytest.raises(ConfigurationError, match="order_id is missing"):
        amendment_members(Amendment(order_id=None, price="1"))  # type: ignore[arg-type]
    assert amendment_members(Amendment(order_id="1", quantity=2))["quantity"] == "2"


def test_an_order_is_named_by_one_of_its_ids() -> None:
    """A look-up takes either id; a batch cancel is documented with the exchange's only (52-55)."""
    with pytest.raises(ConfigurationError, match="order_id or client_order_id"):
        which_order(None, None)
    with pytest.raises(ConfigurationError, match="documented with order_id only"):
        reference_members(OrderRef(symbol="X", client_order_id="c"))
    assert reference_members(OrderRef(symbol="X", order_id="1")) == {"symbol": "X", "orderId": "1"}


AMOUNTS = st.decimals(
    allow_nan=False, allow_infinity=False, places=10, min_value=-1e18, max_value=1e18
)


@given(price=AMOUNTS, quantity=AMOUNTS)
def test_amounts_arrive_exactly(price: Decimal, quantity: Decimal) -> None:
    """Prices and sizes are the same number on the wire, digit for digit (rule 9)."""
    text = format(quantity, "f")
    members = order_members(order(type="LIMIT", price=price, quantity=text))

    assert Decimal(members["price"]) == price
    assert members["quantity"] == text
    assert dump_json(given_members(members))
