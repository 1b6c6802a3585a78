"""What a leg has come to, and what a strategy comes to (rules 51, 62)."""

from __future__ import annotations

import pytest

from sixmm.sim.engine.account import Account
from sixmm.sim.engine.strategy import Leg

from .street import Street

EVENTS = ("TRIGGERED", "PARTIALLY_FILLED", "FILLED", "CANCELED")
BUY = {"type": "LIMIT", "side": "BUY", "price": "86000"}
SELL = {"type": "LIMIT", "side": "SELL", "price": "90000"}
STOP = {"type": "STOP_LIMIT", "side": "SELL", "price": "95000", "stopPrice": "80000"}


@pytest.fixture
def trader(street: Street) -> Account:
    """Give an account with money."""
    return street.account("trader")


def events(leg: Leg) -> list[str]:
    """Return the events that have happened to a leg."""
    return [event for event in EVENTS if leg.has_come_to(event)]


def test_the_events_of_a_normal_order(street: Street, trader: Account) -> None:
    """A fill is a part of a full one, and an order that was filled was not cancelled."""
    first = street.link(trader, "OTO", BUY, SELL).legs[0]
    assert (events(first), first.is_over) == ([], False)
    street.place(street.taker, "SELL", "86000", "0.001")
    assert (events(first), first.is_over) == (["PARTIALLY_FILLED"], False)
    street.place(street.taker, "SELL", "86000", "0.009")
    assert (events(first), first.is_over) == (["PARTIALLY_FILLED", "FILLED"], True)


def test_an_order_cancelled_halfway(street: Street, trader: Account) -> None:
    """It has been filled in part, and it has been cancelled."""
    first = street.link(trader, "OTO", BUY, SELL).legs[0]
    street.place(street.taker, "SELL", "86000", "0.001")
    assert first.order is not None
    street.cancel(trader, first.order)

    assert (events(first), first.is_over) == (["PARTIALLY_FILLED", "CANCELED"], True)
    assert first.status == "PARTIALLY_FILLED_CANCELED"


def test_the_events_of_a_condition_order(street: Street, trader: Account) -> None:
    """It is triggered first, and then has the events of the order that it became."""
    leg = street.link(trader, "OCO", STOP, SELL).legs[0]
    assert (leg.status, events(leg)) == ("NEW", [])
    street.trade(80_000)
    assert (leg.status, events(leg), leg.is_over) == ("PENDING", ["TRIGGERED"], False)
    street.place(street.taker, "BUY", "95000", "0.01")
    assert (events(leg), leg.is_over) == (["TRIGGERED", "PARTIALLY_FILLED", "FILLED"], True)


def test_a_waiting_leg_has_no_events(street: Street, trader: Account) -> None:
    """It has neither order nor condition order, and is not over."""
    leg = street.link(trader, "OTO", BUY, SELL).legs[1]

    assert (leg.status, events(leg), leg.is_over, leg.order) == ("WAITING", [], False, None)
