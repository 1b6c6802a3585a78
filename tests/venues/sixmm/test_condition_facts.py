"""What the rows of condition orders say, and the event that tells one (rules 50, 111, 113)."""

from __future__ import annotations

import inspect
from decimal import Decimal
from typing import Any

import attrs
import pytest

from sixmm.codec import dump_json, structure, wire_names
from sixmm.events import Origin
from sixmm.state.models import ConditionOrder
from sixmm.venues.sixmm.condition_facts import (
    ConditionOrderUpdate,
    condition_event,
    condition_of_row,
    has_ended,
)
from sixmm.venues.sixmm.enums import ConditionOrderType, ConditionStatus, Side, WorkingType
from sixmm.venues.sixmm.rest_schema import ConditionRow, make_rest_converter

ROW: dict[str, Any] = {
    "conditionId": "3",
    "conditionStatus": "TRIGGERED",
    "orderId": "7",
    "strategyId": "8",
    "clientOrderId": "c",
    "symbol": "BTCUSDT",
    "type": "STOP_LIMIT",
    "side": "SELL",
    "positionSide": "LONG",
    "price": "85000",
    "quantity": "0.3",
    "timeInForce": "GTE_GTC",
    "reduceOnly": True,
    "closePosition": False,
    "stopPrice": "85100",
    "workingType": "MARK_PRICE",
    "priceProtect": True,
    "activatePrice": "1",
    "callbackRate": "0.01",
    "createdAt": 5,
    "updatedAt": 9,
}


def row(**more: Any) -> ConditionRow:
    """Return a REST row."""
    made: ConditionRow = structure(make_rest_converter(), {**ROW, **more}, ConditionRow)
    return made


def test_every_field_of_the_row_is_taken() -> None:
    """Nothing that the exchange says of a condition order is left out, on the way to the event."""
    condition = condition_of_row(row(), is_waiting=False)
    event = condition_event(condition, topic="user.1", received_at=11)

    assert None not in attrs.asdict(condition).values()
    for field in attrs.fields(ConditionRow):
        assert getattr(event, field.name) == getattr(row(), field.name)
    assert len(wire_names(ConditionRow)) == len(ROW)


def test_the_event() -> None:
    """Words are members where they are known, and the time is that of the last change."""
    event = condition_event(
        condition_of_row(row(), is_waiting=False), topic="user.1", received_at=11
    )

    assert isinstance(event, ConditionOrderUpdate)
    assert (event.topic, event.ts, event.received_at) == ("user.1", 9, 11)
    assert event.origin is Origin.REST
    assert event.condition_status is ConditionStatus.TRIGGERED
    assert event.type is ConditionOrderType.STOP_LIMIT
    assert event.side is Side.SELL
    assert event.working_type is WorkingType.MARK_PRICE
    assert event.stop_price == Decimal(85100)


def test_what_there_is_not_is_none() -> None:
    """The empty texts of the wire say that there is no order, and no strategy."""
    condition = condition_of_row(row(orderId="", strategyId=""), is_waiting=True)

    assert (condition.order_id, condition.strategy_id) == (None, None)
    assert condition.is_waiting


@pytest.mark.parametrize(
    ("word", "ended"),
    [("NEW", False), ("ODD", False), ("TRIGGERED", True), ("CANCELED", True), ("REJECTED", True)],
)
def test_ends(word: str, ended: bool) -> None:
    """A word that nobody knows is no end: the list that it is in decides."""
    assert has_ended(row(conditionStatus=word)) is ended


def test_without_an_explanation() -> None:
    """One that is listed nowhere any more has no status and no text."""
    gone = ConditionOrder(condition_id="3", status="", is_waiting=False)
    event = condition_event(gone, topic="", received_at=1)

    assert event.condition_status is None
    assert dict(event.extra) == {}


def test_extra() -> None:
    """What no field names is worked out from the row."""
    condition = attrs.evolve(
        condition_of_row(row(), is_waiting=False), raw=dump_json({**ROW, "odd": 1})
    )

    assert dict(condition_event(condition, topic="", received_at=1).extra) == {"odd": 1}


def test_keyword_only() -> None:
    """The list that a row is from cannot be forgotten."""
    assert inspect.signature(condition_of_row).parameters["is_waiting"].kind.name == "KEYWORD_ONLY"
