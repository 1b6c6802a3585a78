"""The shape of a placement body (rules 46 to 49, 101)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.sim.codes import ExchangeError
from sixmm.sim.engine.request import read_order

GOOD = {"symbol": "BTCUSDT", "type": "LIMIT", "side": "BUY", "price": "85000", "quantity": "0.1"}


def code(**changes: Any) -> int:
    """Return the code that a changed body is refused with; a change to None takes a field out."""
    body = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    with pytest.raises(ExchangeError) as caught:
        read_order(body)
    return caught.value.code


def test_defaults_are_those_of_the_documentation() -> None:
    """BOTH, GTC, and false for every switch (rule 47)."""
    request = read_order(GOOD)

    assert (
        request.position_side,
        request.time_in_force,
        request.price_type,
        request.client_order_id,
    ) == ("BOTH", "GTC", 0, "")
    switches = (request.reduce_only, request.maker_only, request.close_position)
    assert switches == (False, False, False)


@pytest.mark.parametrize("name", ["symbol", "type", "side", "price", "quantity"])
def test_a_missing_field_is_2001(name: str) -> None:
    """Symbol, type, side, a limit's price, and the quantity have to be there (rule 46)."""
    assert code(**{name: None}) == 2001


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "STOP_MARKET"},
        {"side": "buy"},
        {"side": 1},
        {"price": 85000},
        {"quantity": 0.1},
        {"timeInForce": "GTE_GTC"},
        {"positionSide": "NET"},
        {"reduceOnly": "true"},
        {"clientOrderId": "two words"},
        {"clientOrderId": "x" * 65},
        {"priceType": 5},
        {"priceType": True},
        {"type": "MARKET", "priceType": 1},
        {"makerOnly": True, "timeInForce": "IOC"},
        {"placeType": 1},
        {"makerOnly": True, "type": "MARKET"},
    ],
)
def test_a_bad_value_is_2002(changes: dict[str, Any]) -> None:
    """Words outside the lists, numbers for texts and texts for switches are refused (rule 48)."""
    assert code(**changes) == 2002


def test_what_may_be_left_out() -> None:
    """A quantity with closePosition, and a price with a priceType (rules 46, 49)."""
    assert read_order({**GOOD, "quantity": None, "closePosition": True}).quantity is None
    assert read_order({**GOOD, "price": None, "priceType": 3}).price is None
    assert read_order({**GOOD, "type": "MARKET", "price": None}).price is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
FIELDS = (*GOOD, "clientOrderId", "reduceOnly", "priceType")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)))
def test_any_json_is_read_or_refused(body: dict[str, Any]) -> None:
    """Whatever the body holds, the outcome is a request or a code of 2001 and 2002."""
    try:
        code = int(read_order(body) is None)
    except ExchangeError as exc:
        code = exc.code

    assert code in (0, 2001, 2002)
