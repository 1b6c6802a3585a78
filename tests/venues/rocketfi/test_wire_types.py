"""The converters, and what they read by hand."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.codec import structure
from sixmm.errors import DecodeError
from sixmm.venues.rocketfi.ids import Address, InstrumentId, OrderId
from sixmm.venues.rocketfi.wire_types import (
    make_rocketfi_converter,
    read_order_event,
    read_order_events,
    read_positions,
)

from .examples import ACCOUNT, EVENTS, INSTRUMENT, NUMBER, ORDER, PLACED, POSITION, event

CONVERTER = make_rocketfi_converter()


@pytest.mark.parametrize(
    ("value", "cls", "expected"),
    [
        (ACCOUNT, Address, ACCOUNT.lower()),
        (INSTRUMENT, InstrumentId, INSTRUMENT),
        (NUMBER, InstrumentId, INSTRUMENT),
        (ORDER, OrderId, str(ORDER)),
        (str(ORDER), OrderId, str(ORDER)),
    ],
)
def test_ids(value: Any, cls: type[str], expected: str) -> None:
    """They have their type and their one form."""
    told = structure(CONVERTER, value, cls)

    assert (told, type(told)) == (expected, cls)


@pytest.mark.parametrize("cls", [Address, InstrumentId, OrderId])
@pytest.mark.parametrize("value", [None, True, 1.5, [], {}])
def test_no_ids(cls: type[str], value: Any) -> None:
    """A wrong JSON type is refused."""
    with pytest.raises(DecodeError, match="expected text"):
        structure(CONVERTER, value, cls)


def test_an_address_is_no_number() -> None:
    """Of the ids only instruments and orders have a number."""
    with pytest.raises(DecodeError, match="expected text"):
        structure(CONVERTER, 5, Address)


def test_order_events() -> None:
    """Each variant has its type; an unknown one has its name and no fields."""
    rows = read_order_events(CONVERTER, [*EVENTS, event({"expired": {"price": 5}})], path="$")

    assert [row["type"] for row in rows] == [
        *("placed", "fill", "modified", "rejected", "canceled", "expired"),
    ]
    assert "price" not in rows[-1]
    assert read_order_events(CONVERTER, None, path="$") == []
    assert read_order_event(CONVERTER, event({"canceled": None}), path="$")["type"] == "canceled"


@pytest.mark.parametrize(
    ("row", "path", "problem"),
    [
        (event({"placed": {**PLACED, "size": 2}}), "$.rows[1].eventData.placed.size", "decimal"),
        (event({"placed": []}), "$.rows[1].eventData.placed", "object"),
        (event(5), "$.rows[1].eventData", "variant"),
        (event(None), "$.rows[1].eventData", "variant"),
        (event({"fill": {}, "placed": {}}), "$.rows[1].eventData", "variant"),
        (event("canceled", orderId=None), "$.rows[1].orderId", "text"),
        ({"orderId": 5}, "$.rows[1].eventData", "missing"),
        (5, "$.rows[1]", "object"),
    ],
)
def test_where_an_order_event_is_wrong(row: Any, path: str, problem: str) -> None:
    """The path leads to the field."""
    with pytest.raises(DecodeError, match=problem) as caught:
        read_order_events(CONVERTER, [EVENTS[0], row], path="$.rows")

    assert caught.value.path == path


def test_positions() -> None:
    """The name of the member is the instrument, in either form."""
    for key in (INSTRUMENT, str(NUMBER)):
        ((instrument, fields, value),) = read_positions(CONVERTER, {key: POSITION}, path="$")
        assert (instrument, value) == (INSTRUMENT, POSITION)
        assert fields.leverage_setting == 10
    assert read_positions(CONVERTER, None, path="$") == []


def test_where_a_position_is_wrong() -> None:
    """The path has the member, and nothing that could forge a line of a log."""
    with pytest.raises(DecodeError) as caught:
        read_positions(CONVERTER, {"a\nb": {"quantity": 5}}, path="$.positions")
    assert caught.value.path == "$.positions.a\\nb.quantity"
    with pytest.raises(DecodeError, match="an object"):
        read_positions(CONVERTER, [], path="$.positions")
