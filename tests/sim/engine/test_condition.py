"""When a condition order fires (rule 50)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.sim.engine.condition import CONDITION_TYPES, Condition

ZERO = Decimal(0)


def condition(**figures: Any) -> Condition:
    """Return a waiting condition order with a stop at 100."""
    fields: dict[str, Any] = {
        "condition_id": "1",
        "client_order_id": "",
        "owner": "",
        "symbol": "BTCUSDT",
        "type": "STOP_MARKET",
        "side": "SELL",
        "position_side": "BOTH",
        "price": ZERO,
        "quantity": Decimal(1),
        "time_in_force": "GTC",
        "reduce_only": False,
        "close_position": False,
        "stop_price": Decimal(100),
        "working_type": "CONTRACT_PRICE",
        "price_protect": False,
        "activate_price": ZERO,
        "callback_rate": ZERO,
    }
    return Condition(**(fields | figures))


def trailing(side: str, rate: str, activate: int = 0) -> Condition:
    """Return a trailing order."""
    return condition(
        type="TRAILING_STOP",
        side=side,
        callback_rate=Decimal(rate),
        activate_price=Decimal(activate),
    )


@pytest.mark.parametrize(
    ("kind", "side", "above"),
    [
        ("STOP_MARKET", "BUY", True),
        ("STOP_MARKET", "SELL", False),
        ("STOP_LIMIT", "BUY", True),
        ("STOP_LIMIT", "SELL", False),
        ("TAKE_PROFIT_MARKET", "BUY", False),
        ("TAKE_PROFIT_MARKET", "SELL", True),
        ("TAKE_PROFIT_LIMIT", "BUY", False),
        ("TAKE_PROFIT_LIMIT", "SELL", True),
    ],
)
def test_type_and_side_tell_the_direction(kind: str, side: str, above: bool) -> None:
    """A stop buys into a rise and sells into a fall, a take-profit the other way round."""
    one = condition(type=kind, side=side)

    assert one.fires_at(Decimal(100))
    assert one.fires_at(Decimal(101)) is above
    assert one.fires_at(Decimal(99)) is not above


def prices(one: Condition, *path: int) -> list[bool]:
    """Return for each price of a path whether it fired the order."""
    return [one.fires_at(Decimal(price)) for price in path]


def test_a_trailing_sell_follows_the_highest_price() -> None:
    """It fires when the price has come back from the top by the callback rate, not before."""
    assert prices(trailing("SELL", "0.1"), 100, 95, 200, 181, 180) == [False] * 4 + [True]


def test_a_trailing_buy_follows_the_lowest_price() -> None:
    """It fires when the price has risen from the bottom by the callback rate."""
    assert prices(trailing("BUY", "0.1"), 100, 105, 50, 54, 55) == [False] * 4 + [True]


def test_a_trailing_order_sleeps_until_its_activation_price() -> None:
    """Falls before the activation do not count, and the activating price is the first best."""
    assert prices(trailing("SELL", "0.1", 120), 100, 50, 119, 120, 109, 108) == [False] * 5 + [True]
    assert prices(trailing("BUY", "0.1", 80), 100, 200, 81, 80, 87, 88) == [False] * 5 + [True]


@given(
    st.sampled_from(("BUY", "SELL")),
    st.sampled_from(("0.01", "0.1", "0.5")),
    st.lists(st.integers(1, 1000), max_size=40),
)
def test_a_trailing_order_fires_at_a_callback_and_only_there(
    side: str, rate: str, path: list[int]
) -> None:
    """The outcome is that of the definition: some earlier best, and a move back by the rate."""
    one = trailing(side, rate)
    seen: list[Decimal] = []
    for price in map(Decimal, path):
        fired = one.fires_at(price)
        seen.append(price)
        best = max(seen) if side == "SELL" else min(seen)
        back = best * (1 - Decimal(rate)) if side == "SELL" else best * (1 + Decimal(rate))
        assert fired == (price <= back if side == "SELL" else price >= back)


@pytest.mark.parametrize("kind", CONDITION_TYPES)
def test_what_closes_a_position_is_named(kind: str) -> None:
    """A take-profit closes by 2, stops and trailing stops by 3 (rule 69)."""
    assert condition(type=kind).trigger_mode == (2 if kind.startswith("TAKE") else 3)


def test_which_orders_only_reduce() -> None:
    """By their switches, or by side and leg of an account in hedge mode."""
    assert not condition().reduces
    assert condition(reduce_only=True).reduces
    assert condition(close_position=True).reduces
    assert condition(position_side="LONG").reduces
    assert not condition(position_side="SHORT").reduces
    assert condition(position_side="SHORT", side="BUY").reduces
