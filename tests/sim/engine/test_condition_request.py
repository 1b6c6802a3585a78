"""The body of a condition order (rules 46 to 50, 106)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.sim.engine.condition_request import read_condition

from .street import code_of

GOOD: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "type": "STOP_LIMIT",
    "side": "SELL",
    "price": "84000",
    "quantity": "0.1",
    "stopPrice": "85000",
}


def code(**changes: Any) -> int:
    """Return the code of a good body with some changes; None takes a field out."""
    return code_of(read_condition, {**GOOD, **changes})


def test_defaults() -> None:
    """workingType is CONTRACT_PRICE, positionSide BOTH, timeInForce GTC, switches are off."""
    request = read_condition(GOOD)

    assert (request.working_type, request.position_side, request.time_in_force) == (
        "CONTRACT_PRICE",
        "BOTH",
        "GTC",
    )
    switches = request.reduce_only, request.close_position, request.price_protect
    assert switches == (False, False, False)
    assert (request.price, request.stop_price) == (84000, 85000)


@pytest.mark.parametrize("name", ["symbol", "type", "side", "quantity"])
def test_what_every_order_needs_is_2001(name: str) -> None:
    """Without a required field nothing is taken; quantity may go with closePosition (rule 46)."""
    assert code(**{name: None}) == 2001
    assert code(quantity=None, closePosition=True) == 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "LIMIT"}, 2002),
        ({"side": "sell"}, 2002),
        ({"timeInForce": "GTD"}, 2002),
        ({"timeInForce": "GTE_GTC"}, 0),
        ({"priceProtect": "yes"}, 2002),
        ({"priceProtect": True}, 0),
        ({"stopPrice": 85000}, 2002),
        ({"callbackRate": "1e-2"}, 2002),
        ({"workingType": 1}, 2002),
        ({"clientOrderId": "x" * 65}, 2002),
        ({"stopPrice": None}, 3101),
        ({"stopPrice": "0"}, 3101),
        ({"price": None}, 3103),
        ({"price": None, "type": "TAKE_PROFIT_LIMIT"}, 3103),
        ({"price": None, "type": "STOP_MARKET"}, 0),
        ({"workingType": "INDEX"}, 3105),
        ({"workingType": "MARK_PRICE"}, 0),
        ({"type": "TRAILING_STOP"}, 3104),
        ({"type": "TRAILING_STOP", "callbackRate": "0.01", "stopPrice": None}, 0),
        ({"type": "TRAILING_STOP", "callbackRate": "0.51"}, 3104),
        ({"type": "TRAILING_STOP", "callbackRate": "0"}, 3104),
    ],
)
def test_single_codes(changes: dict[str, Any], expected: int) -> None:
    """Each way to be wrong has its code; fields that a type does not use are left alone."""
    assert code(**changes) == expected


def test_a_callback_rate_is_a_fraction() -> None:
    """The text 0.01 is one percent."""
    body = {**GOOD, "type": "TRAILING_STOP", "callbackRate": "0.01"}
    assert read_condition(body).callback_rate == Decimal("0.01")


JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            **{name: JSON | st.just(value) for name, value in GOOD.items()},
            **dict.fromkeys(("workingType", "callbackRate", "activatePrice", "reduceOnly"), JSON),
        },
    )
)
def test_any_json_is_read_or_refused(body: dict[str, Any]) -> None:
    """Whatever the body holds, the outcome is a request or a documented code."""
    assert code_of(read_condition, body) in (0, 2001, 2002, 3101, 3103, 3104, 3105)
