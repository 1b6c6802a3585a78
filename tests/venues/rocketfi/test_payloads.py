"""The shapes of the messages that are not flat."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from sixmm.codec import parse_json, structure, wire_names
from sixmm.venues.rocketfi import payloads
from sixmm.venues.rocketfi.payloads import (
    BookPayload,
    CandlePayload,
    EventFields,
    MarkPricePayload,
    PositionFields,
    QuotePayload,
    RiskPayload,
    StatsPayload,
    fields_of,
)
from sixmm.venues.rocketfi.stream_schema import OrderEvent, PositionEntry
from sixmm.venues.rocketfi.wire_types import make_rocketfi_converter

from .examples import EVENTS, INSTRUMENT, MESSAGES, POSITION, text

PAYLOADS = {
    "AccountRiskUpdate": RiskPayload,
    "CandleUpdate": CandlePayload,
    "MarkPriceUpdate": MarkPricePayload,
    "OrderbookUpdate": BookPayload,
    "QuoteUpdate": QuotePayload,
}


@pytest.mark.parametrize("name", PAYLOADS)
def test_flat_fields(name: str) -> None:
    """What is nested on the wire is flat in the event, and all of it is there."""
    payload = parse_json(text(MESSAGES[name]))
    fields = structure(make_rocketfi_converter(numbers=True), payload, PAYLOADS[name]).flat()

    assert None not in {key: value for key, value in fields.items() if key != "iv"}.values()


def test_the_names_within_events() -> None:
    """Together the variants have exactly the members that the examples have."""
    seen: set[str] = set()
    for row in EVENTS:
        data = row["eventData"]
        for body in data.values() if isinstance(data, dict) else ():
            seen |= body.keys()

    assert wire_names(EventFields) == seen
    assert wire_names(PositionFields) == POSITION.keys()


def test_events_have_a_field_for_each_member() -> None:
    """The flat classes follow the shapes."""
    flat = {one.name for one in attrs.fields(OrderEvent)}
    assert {one.name for one in attrs.fields(EventFields)} < flat
    held = {one.name for one in attrs.fields(PositionEntry)}
    assert {one.name for one in attrs.fields(PositionFields)} | {"instrument_id"} == held


def read(cls: type[Any], payload: dict[str, Any]) -> dict[str, Any]:
    """Return the flat fields of a payload."""
    value = parse_json(text({"instrumentId": INSTRUMENT, **payload}))
    told: dict[str, Any] = structure(make_rocketfi_converter(numbers=True), value, cls).flat()
    return told


def test_versions_differ_in_their_case() -> None:
    """A quote in snake case and the figures of REST are understood as well."""
    quote = read(QuotePayload, {"quote": {"bid_price": "1", "ask_size": "2", "askPrice": "3"}})
    assert (quote["bid_price"], quote["ask_size"], quote["ask_price"]) == (1, 2, 3)
    stats = read(StatsPayload, {"stats": {"volume24h": "5", "quoteVolume24h": "6"}})
    assert (stats["volume_24h"], stats["quote_volume_24h"]) == (5, 6)


def test_fields_of_nothing() -> None:
    """An object that is not there has no fields."""
    assert fields_of(None) == {}
    assert read(MarkPricePayload, {"markPrice": {"New": {"price": "1"}}}) == {
        "instrument_id": INSTRUMENT
    }


def test_every_shape_is_exported() -> None:
    """The decoder needs nothing that is private."""
    assert all(hasattr(payloads, name) for name in payloads.__all__)
