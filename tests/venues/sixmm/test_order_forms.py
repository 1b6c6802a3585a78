"""The forms of orders: plain values, in which nothing is given that was not said."""

from __future__ import annotations

import attrs
import pytest

from sixmm.venues.sixmm.order_forms import (
    Amendment,
    NewConditionOrder,
    NewOrder,
    OrderRef,
    StrategyLeg,
)

LEAST = [
    NewOrder(symbol="X", side="BUY"),
    NewConditionOrder(symbol="X", side="BUY", type="STOP_MARKET"),
    Amendment(order_id="1"),
    OrderRef(symbol="X"),
    StrategyLeg(sub_id=1, order=NewOrder(symbol="X", side="BUY")),
]


@pytest.mark.parametrize("form", LEAST, ids=lambda form: type(form).__name__)
def test_what_is_not_given_is_none(form: attrs.AttrsInstance) -> None:
    """Every field but those that name the order is None, so that the exchange's default holds."""
    given = {"symbol", "side", "type", "order_id", "sub_id", "order", "first_driven_id"}
    values = attrs.asdict(form, recurse=False)

    assert {name for name, value in values.items() if value is not None} <= given


@pytest.mark.parametrize("form", LEAST, ids=lambda form: type(form).__name__)
def test_forms_are_values(form: attrs.AttrsInstance) -> None:
    """A form equals one with the same fields, and cannot be changed."""
    assert attrs.evolve(form) == form
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        form.symbol = "Y"  # type: ignore[attr-defined]


def test_an_order_is_a_limit_order_unless_it_says_otherwise() -> None:
    """The type of an order is LIMIT by itself, and a leg waits for nothing (rule 51)."""
    assert NewOrder(symbol="X", side="BUY").type == "LIMIT"
    assert StrategyLeg(sub_id=1, order=NewOrder(symbol="X", side="BUY")).first_driven_id == 0
