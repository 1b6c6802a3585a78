"""The way back: events that tell what only REST has said."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest

from sixmm.codec import parse_json, structure
from sixmm.events import Event, Origin
from sixmm.state.models import Balance, Fill, Order, Position
from sixmm.venues.rocketfi.facts import (
    facts_of,
    fill_of,
    order_of_events,
    order_of_row,
    position_of,
)
from sixmm.venues.rocketfi.ids import Address
from sixmm.venues.rocketfi.rest_events import account_events, order_event
from sixmm.venues.rocketfi.rest_schema import (
    OpenOrderRow,
    make_rest_converter,
    read_order_events_page,
    read_positions_reply,
)
from sixmm.venues.rocketfi.stream_schema import (
    CollateralUpdate,
    OpenOrdersUpdate,
    OrderEventUpdate,
    PositionUpdate,
)

from .examples import ACCOUNT, EVENTS, INSTRUMENT, NOW, ORDER, ORDER_ROW, POSITION, text

OWN = Address(ACCOUNT)
CONVERTER = make_rest_converter()


def rows(*events: Any) -> Any:
    """Return order events as REST tells them."""
    return read_order_events_page(CONVERTER, parse_json(text({"orderEvents": events}))).rows


def event_of(order: Order, fill: Fill | None = None) -> Event:
    """Return the event of an order."""
    return order_event(order, fill, account=ACCOUNT, received_at=7)


def filled() -> tuple[Order, Fill]:
    """Return an order after the fill of the examples, with the fill."""
    told = rows(EVENTS[0], EVENTS[1])
    order, fill = order_of_events(told), fill_of(told[1])
    assert order is not None
    assert fill is not None
    return order, fill


def test_a_fill() -> None:
    """It has everything that its row has, in the message that would have told it."""
    order, fill = filled()
    event = event_of(order, fill)
    assert isinstance(event, OrderEventUpdate)
    (row,) = event.order_events

    assert (event.origin, event.received_at, event.ts) == (Origin.REST, 7, NOW + 1)
    assert event.topic == f"OrderEvents?account={OWN}"
    assert (row.fee_rate, row.is_liquidation, row.pnl) == (
        Decimal("0.0001"),
        False,
        Decimal("-3.25"),
    )
    assert parse_json(event.raw)["OrderEventUpdate"]["orderEvents"] == [parse_json(text(EVENTS[1]))]
    assert event.extra == {}


def test_a_fill_without_its_row() -> None:
    """It is made of what is known, and is the same fill."""
    order, fill = filled()
    event = event_of(order, attrs.evolve(fill, raw=""))
    found = facts_of(event, account=ACCOUNT)

    assert found is not None
    assert found.fills == (fill,)
    assert found.orders[0].executed_quantity == Decimal("0.5")
    assert (event.raw, event.extra) == ("", {})


@pytest.mark.parametrize("ending", [EVENTS[3], EVENTS[4]])
@pytest.mark.parametrize("has_row", [True, False])
def test_an_end(ending: Any, has_row: bool) -> None:
    """A cancel and a rejection are told as the stream tells them."""
    order = order_of_events(rows(EVENTS[0], ending))
    assert order is not None
    event = event_of(order if has_row else attrs.evolve(order, raw=""))
    assert isinstance(event, OrderEventUpdate)

    assert event.order_events[0].order_id == str(ORDER)
    assert event.order_events[0].instrument_id == INSTRUMENT
    found = facts_of(event, account=ACCOUNT)
    assert found is not None
    assert [one.status for one in found.orders] == [order.status]
    assert bool(event.raw) is has_row


@pytest.mark.parametrize("has_row", [True, False])
def test_an_open_order(has_row: bool) -> None:
    """It is told as an open order, with its trigger where the row is at hand."""
    order = order_of_row(structure(CONVERTER, parse_json(text(ORDER_ROW)), OpenOrderRow))
    event = event_of(order if has_row else attrs.evolve(order, raw=""))
    assert isinstance(event, OpenOrdersUpdate)
    found = facts_of(event, account=ACCOUNT)

    assert found is not None
    assert found.orders == (order,)
    assert event.topic == f"OpenOrders?account={OWN}"
    assert (event.orders[0].trigger_price is not None) is has_row


def test_an_order_that_is_filled() -> None:
    """Without a fill to tell, it is told as an order of which nothing remains, and as no fill."""
    order, _ = filled()
    done = attrs.evolve(order, status="filled", rank=3, executed_quantity=order.quantity)
    found = facts_of(event_of(done), account=ACCOUNT)

    assert found is not None
    assert (found.orders[0].status, found.fills) == ("filled", ())


def test_a_row_of_another_kind() -> None:
    """An open order that was told last by an event is not taken for what that event says."""
    order, _ = filled()
    event = event_of(order)
    assert isinstance(event, OpenOrdersUpdate)
    assert event.orders[0].quantity == 2
    wrong = attrs.evolve(order, status="canceled", rank=3)
    assert isinstance(event_of(wrong), OrderEventUpdate)
    assert event_of(wrong).raw == ""


def test_the_account() -> None:
    """Each asset has an event, and all positions have one."""
    reply = {"positions": {INSTRUMENT: POSITION}}
    position = position_of(read_positions_reply(CONVERTER, parse_json(text(reply))).rows[0])
    balances = [Balance(asset=asset, wallet=Decimal(5)) for asset in ("0", "2")]
    events = account_events(
        balances=balances, positions=[position], account=ACCOUNT, ts=3, received_at=7
    )
    zero, two, held = events

    assert isinstance(zero, CollateralUpdate)
    assert isinstance(two, CollateralUpdate)
    assert isinstance(held, PositionUpdate)
    assert (zero.asset_id, two.asset_id, two.topic) == (0, 2, f"Collateral?assetId=2&account={OWN}")
    assert {(event.origin, event.ts, event.received_at) for event in events} == {
        (Origin.REST, 3, 7)
    }
    found = [facts_of(event, account=ACCOUNT) for event in events]
    assert [facts.balances for facts in found[:2] if facts] == [(one,) for one in balances]
    assert found[2] is not None
    assert found[2].positions == (position,)
    assert parse_json(held.raw) == {"PositionUpdate": {"account": OWN, **reply}}
    assert account_events(balances=[], positions=[], account=ACCOUNT, ts=3, received_at=7) == ()


def test_a_position_that_is_gone() -> None:
    """It has no row, and quantity 0."""
    gone = Position(symbol=INSTRUMENT, position_side="BOTH", quantity=Decimal(0))
    (event,) = account_events(balances=[], positions=[gone], account=ACCOUNT, ts=3, received_at=7)
    assert isinstance(event, PositionUpdate)
    assert (event.positions[0].quantity, event.raw) == (0, "")
