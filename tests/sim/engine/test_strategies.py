"""Linked orders in the engine: OTO, OCO and OTOCO (rules 51, 62)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sixmm.sim.engine.account import Account
from sixmm.sim.engine.strategies import find_strategy
from sixmm.sim.engine.strategy import Strategy

from ..bench import SYMBOL
from .street import LEG, Street, code_of

BUY = {"type": "LIMIT", "side": "BUY", "price": "86000"}
STOP = {"type": "STOP_MARKET", "stopPrice": "80000", "reduceOnly": True}
PROFIT = {"type": "TAKE_PROFIT_MARKET", "stopPrice": "90000", "reduceOnly": True}
LIMIT = {"type": "LIMIT", "price": "90000"}


@pytest.fixture
def trader(street: Street) -> Account:
    """Give an account with money and nothing else."""
    return street.account("trader")


def states(strategy: Strategy) -> tuple[str, ...]:
    """Return the state of the strategy and of its legs."""
    return (strategy.status, *(leg.status for leg in strategy.legs))


def sell(street: Street, price: str, size: str = "0.01") -> None:
    """Let the house sell at a price, to whoever bids there."""
    street.place(street.taker, "SELL", price, size, timeInForce="IOC")


def test_an_oto_places_its_second_leg_when_the_first_is_filled(
    street: Street, trader: Account
) -> None:
    """Half a fill is not enough; the strategy is done when the second leg is."""
    one = street.link(trader, "OTO", BUY, LIMIT)
    assert states(one) == ("WORKING", "PENDING", "WAITING")
    sell(street, "86000", "0.004")
    assert states(one) == ("WORKING", "PARTIALLY_FILLED", "WAITING")
    sell(street, "86000", "0.006")
    assert states(one) == ("WORKING", "FILLED", "PENDING")
    street.place(street.taker, "BUY", None, "0.01")

    assert states(one) == ("ALL_DONE", "FILLED", "FILLED")
    assert trader.position(LEG).size == 0


def test_an_oto_whose_first_leg_ends_unfilled_is_cancelled(street: Street, trader: Account) -> None:
    """Nothing can place the second leg any more; CANCELLED has two L for a strategy (rule 62)."""
    one = street.link(trader, "OTO", BUY, LIMIT)
    assert one.legs[0].order is not None
    street.cancel(trader, one.legs[0].order)

    assert states(one) == ("CANCELLED", "CANCELED", "CANCELED")


def test_a_drive_on_half_a_fill_or_on_the_end(street: Street, trader: Account) -> None:
    """PARTIALLY_FILLED and CANCELED drive as well as FILLED does."""
    for on, act in (("PARTIALLY_FILLED", sell), ("CANCELED", None)):
        drive = {"firstDrivenId": 1, "firstDrivenOn": on, "firstTrigger": "PLACE"}
        one = street.link(trader, "OTO", BUY, {**LIMIT, **drive})
        assert one.legs[0].order is not None
        if act:
            act(street, "86000", "0.001")
        else:
            street.cancel(trader, one.legs[0].order)
        assert one.legs[1].status == "PENDING"
        street.engine.cancel_all(trader, symbol=None, limit_only=False, now_ms=street.tick())


@pytest.mark.parametrize(("price", "mode", "fired"), [(90_000, 2, 0), (80_000, 3, 1)])
def test_an_oco_cancels_the_one_when_the_other_fires(
    street: Street, trader: Account, price: int, mode: int, fired: int
) -> None:
    """Profit or loss, never both; the closed position tells which it was (rule 69)."""
    street.hold(trader, "0.01")
    one = street.link(trader, "OCO", PROFIT, STOP)
    assert states(one) == ("WORKING", "NEW", "NEW")
    street.place(street.maker, "BUY", "79000", "1")
    street.trade_through(price)

    assert one.legs[fired].status == "FILLED"
    assert one.legs[1 - fired].status == "CANCELED"
    assert one.status == "ALL_DONE"
    assert [closed.trigger_mode for closed in trader.closed_positions] == [mode]


def test_an_oco_of_a_limit_and_a_stop(street: Street, trader: Account) -> None:
    """A fill of the limit leg cancels the stop; a trigger of the stop cancels the limit leg."""
    for price in (90_000, 80_000):
        street.hold(trader, "0.01")
        one = street.link(trader, "OCO", {**LIMIT, "reduceOnly": True}, STOP)
        assert states(one) == ("WORKING", "PENDING", "NEW")
        if price > 86_500:
            street.place(street.taker, "BUY", "90000", "0.01")
            assert states(one) == ("ALL_DONE", "FILLED", "CANCELED")
            street.trade(86_500)
        else:
            street.place(street.maker, "BUY", "80000", "0.02")
            street.place(street.taker, "SELL", "80000", "0.001")
            assert states(one) == ("ALL_DONE", "CANCELED", "FILLED")
    assert trader.open == trader.waiting == {}


def test_half_a_fill_of_a_limit_leg_leaves_the_other_alone(street: Street, trader: Account) -> None:
    """An OCO excludes on FILLED and TRIGGERED; a rest goes on working next to the other leg."""
    street.hold(trader, "0.01")
    one = street.link(trader, "OCO", LIMIT, STOP)
    street.place(street.taker, "BUY", "90000", "0.004")

    assert states(one) == ("WORKING", "PARTIALLY_FILLED", "NEW")


def test_an_oco_leg_cancelled_by_hand_leaves_the_other(street: Street, trader: Account) -> None:
    """The other goes on alone; when both were cancelled the strategy came to nothing."""
    one = street.link(trader, "OCO", {**LIMIT, "side": "SELL"}, STOP)
    assert one.legs[0].order is not None
    street.cancel(trader, one.legs[0].order)
    assert states(one) == ("WORKING", "CANCELED", "NEW")
    street.engine.cancel_all_conditions(trader, symbol=SYMBOL, now_ms=street.tick())

    assert states(one) == ("CANCELLED", "CANCELED", "CANCELED")


def test_an_otoco_guards_what_its_first_leg_opened(street: Street, trader: Account) -> None:
    """The guards come with the fill, and exclude each other."""
    one = street.link(trader, "OTOCO", BUY, PROFIT, STOP)
    assert states(one) == ("WORKING", "PENDING", "WAITING", "WAITING")
    assert trader.waiting == {}
    sell(street, "86000")
    assert states(one) == ("WORKING", "FILLED", "NEW", "NEW")
    street.place(street.maker, "BUY", "79999", "1")
    street.trade_through(80_000)

    assert states(one) == ("ALL_DONE", "FILLED", "CANCELED", "FILLED")
    assert trader.position(LEG).size == 0
    assert {c.strategy_id for c in trader.ended_conditions} == {one.strategy_id}


def test_a_guard_whose_price_has_been_passed_fires_at_once(street: Street, trader: Account) -> None:
    """When the first leg is filled beyond the stop, the stop does not wait for another price."""
    late = {**STOP, "stopPrice": "86200"}
    one = street.link(trader, "OTOCO", BUY, PROFIT, late)
    street.place(street.maker, "BUY", "85000", "1")
    sell(street, "86000")

    assert states(one) == ("ALL_DONE", "FILLED", "CANCELED", "FILLED")


def test_a_leg_that_is_refused_later_is_rejected(street: Street) -> None:
    """The money of the second leg is asked for when it is placed."""
    poor = street.account("poor", "50")
    one = street.link(poor, "OTO", BUY, {**LIMIT, "side": "BUY", "quantity": "1", "price": "86000"})
    sell(street, "86000")

    assert states(one) == ("CANCELLED", "FILLED", "REJECTED")


@pytest.mark.parametrize(
    ("kind", "legs", "expected"),
    [
        ("OTO", ({**BUY, "price": "86000.01"}, LIMIT), 2003),
        ("OTO", ({**BUY, "quantity": "1000.001"}, LIMIT), 2003),
        ("OTO", ({**BUY, "quantity": "100"}, LIMIT), 3001),
        ("OTO", (BUY, {**LIMIT, "price": "0.01"}), 2003),
        ("OTO", (BUY, {**LIMIT, "quantity": "0.0001"}), 2003),
        ("OTO", (BUY, {**LIMIT, "positionSide": "LONG"}), 2002),
        ("OTO", (BUY, {**STOP, "stopPrice": "0.05"}), 2003),
        ("OCO", (PROFIT, {**STOP, "stopPrice": "87000"}), 3102),
        ("OCO", ({**PROFIT, "clientOrderId": "a"}, {**STOP, "clientOrderId": "a"}), 3004),
    ],
)
def test_a_refused_strategy_leaves_no_trace(
    street: Street, trader: Account, kind: str, legs: Any, expected: int
) -> None:
    """Every leg is checked before the first is placed."""
    street.drain()

    assert code_of(street.link, trader, kind, *legs) == expected
    assert (trader.orders, trader.conditions, trader.strategies) == ({}, {}, {})
    assert street.drain() == []


def test_unknown_strategies_are_3003(street: Street, trader: Account) -> None:
    """A strategy is found by its id, by its own account only."""
    one = street.link(trader, "OTO", BUY, LIMIT)
    wanted = {"strategyId": one.strategy_id}

    assert find_strategy(trader, wanted) is one
    assert code_of(find_strategy, street.account("other"), wanted) == 3003
    assert code_of(find_strategy, trader, {}) == 2001


def test_strategies_are_bounded(
    street: Street, trader: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended strategies are forgotten beyond the bound, those that work are not."""
    monkeypatch.setattr("sixmm.sim.engine.account.KEPT_STRATEGIES", 2)
    works = street.link(trader, "OTO", BUY, LIMIT)
    for _ in range(3):
        one = street.link(trader, "OTO", BUY, LIMIT)
        assert one.legs[0].order is not None
        street.cancel(trader, one.legs[0].order)

    assert list(trader.strategies.values()) == [works, one]
    assert trader.frozen == Decimal(43)
