"""What log entries and events say is compared by value, and read from both sides alike."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sixmm.cli.claims import (
    NOTHING_HELD,
    agree,
    balance_values,
    claims_of_data,
    claims_of_event,
    position_values,
)
from sixmm.events import Connected, Origin
from sixmm.venues.sixmm.stream_schema import AccountUpdate, OrderTradeUpdate

from .world import World, streamed, told_by_rest


def test_both_sides_agree() -> None:
    """For each kind of push, the data of the log and the typed event say the same."""
    world = World()
    world.fill(world.place())

    for entry in world.log:
        assert claims_of_data(entry.data) == claims_of_event(streamed(entry))


def test_origin_does_not_matter() -> None:
    """A snapshot's event and a push say the same where their fields are the same."""
    world = World()
    world.place()
    entry = world.log[0]

    told = told_by_rest(entry.data, ts=entry.ts_ms)

    assert told.origin is Origin.REST
    assert claims_of_event(told) == claims_of_event(streamed(entry))


def test_amounts_are_numbers() -> None:
    """Zeros at the end of an amount do not make a difference, digits do."""
    assert balance_values("1.10", "0", None) == balance_values(Decimal("1.1"), "0.0", None)
    assert balance_values("1.10", "0", None) != balance_values("1.11", "0", None)


@pytest.mark.parametrize("quantity", ["0", "0.000", "-0"])
def test_closed_position(quantity: str) -> None:
    """A closed position has nothing that could differ."""
    assert position_values(quantity, "86500", "CROSS", 20) == NOTHING_HELD
    assert position_values(quantity, "0", "ISOLATED", 5) == NOTHING_HELD


def test_order_without_fill() -> None:
    """A change of an order that is no fill claims no fill."""
    world = World()
    world.place()

    assert claims_of_data(world.log[0].data).fill is None
    assert claims_of_event(streamed(world.log[0])).fill is None


def test_agree() -> None:
    """What one side leaves out does not differ; another number of values does."""
    assert agree((1, None, 3), (1, 2, None))
    assert not agree((1, 2), (1, 3))
    assert not agree((1,), (1, None))


def test_nothing_claimed() -> None:
    """Events that say nothing about the account, or name no order, claim nothing."""
    nothing = claims_of_data({"eventType": "NEW_KIND"})

    assert claims_of_event(Connected(connection=1, private=True)) == nothing
    assert claims_of_event(OrderTradeUpdate()) == nothing
    assert claims_of_event(AccountUpdate()) == nothing
