"""The schema of the stream: held against the fact sheet, and strict in every field."""

from __future__ import annotations

import copy
import inspect
import pickle
from decimal import Decimal
from typing import Any

import attrs
import pytest
import yaml

from sixmm.codec import structure, wire_names
from sixmm.errors import DecodeError
from sixmm.events import Event
from sixmm.venues.sixmm import decode, stream_schema
from sixmm.venues.sixmm.stream_schema import (
    AccountUpdate,
    BalanceUpdate,
    DepthUpdate,
    Kline,
    MarketTrade,
    OrderTradeUpdate,
    PositionUpdate,
    Ticker,
    make_stream_converter,
)

from .examples import DATA, WRONG_TYPES, compact

SCHEMAS = [
    AccountUpdate,
    BalanceUpdate,
    DepthUpdate,
    Kline,
    MarketTrade,
    OrderTradeUpdate,
    PositionUpdate,
    Ticker,
]

PROPER: dict[str, Any] = {
    "str": ["", "x", "1e5", "NaN"],
    "int": [1],
    "bool": [True, False],
    "Decimal": [],
    "tuple": [[]],
    # Levels are looked at when they are read.
    "Levels": [item for item in WRONG_TYPES if type(item) is list],
}


def fields() -> list[tuple[type[Any], str, str]]:
    """Return class, wire name and Python type of every field of the schema."""
    return [
        (cls, field.metadata["wire"], str(field.type))
        for cls in SCHEMAS
        for field in attrs.fields(cls)
        if "wire" in field.metadata
    ]


def takes(kind: str, value: Any) -> bool:
    """Whether a field of a Python type takes a JSON value of this form."""
    if value is None:
        return True
    names = ("Levels", "tuple", "Decimal", "bool", "int", "str")
    plain = next(name for name in names if name in kind)
    return any(type(value) is type(item) and value == item for item in PROPER[plain])


@pytest.mark.parametrize(("cls", "name", "kind"), fields(), ids=lambda item: str(item)[:40])
def test_every_field_refuses_every_other_type(cls: type[Any], name: str, kind: str) -> None:
    """Each field takes its own JSON type and null, and refuses the rest with its path (E2)."""
    converter = make_stream_converter()
    for value in WRONG_TYPES:
        if takes(kind, value):
            structure(converter, {name: value}, cls)
            continue
        with pytest.raises(DecodeError) as caught:
            structure(converter, {name: value}, cls)
        assert caught.value.path.startswith(f"$.{name}"), (name, value)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ([["1"]], "$[0]: expected a list of 2"),
        ([["1", "2"], ["1", 2]], "$[1]: expected a decimal string"),
        ([["1e5", "2"]], "$[0]: expected a decimal string"),
        ([5], "$[0]: expected a list of 2"),
    ],
)
def test_levels_refuse_when_they_are_read(value: Any, problem: str) -> None:
    """A book with a wrong level is an event; to read the level says which, and what belongs there.

    The rest of the event, its other side included, can be read (rule 91).
    """
    data = {"bids": value, "asks": [["1.50", "2"]], "endVersion": 9}
    text = compact({"topic": "market.depth.BTCUSDT", "event": "data", "ts": 1, "data": data})
    for _ in range(3):
        event = decode(text)
        assert isinstance(event, DepthUpdate)
        assert (event.asks, event.end_version) == (((Decimal("1.50"), Decimal(2)),), 9)
        assert len(event.bids) == len(value)
        with pytest.raises(DecodeError) as caught:
            event.bids[len(value) - 1]
        assert str(caught.value) == problem
        assert event.raw in (text, pickle.loads(pickle.dumps(event)).raw)
        assert repr(event)


def test_documented_names() -> None:
    """The few names that are documented are there (rule 114)."""
    assert {"eventType", "orderStatus"} <= wire_names(OrderTradeUpdate)
    assert {"eventType", "frozenBalance", "marginMode"} <= wire_names(AccountUpdate)
    assert "frozenBalance" in wire_names(BalanceUpdate)
    assert "marginMode" in wire_names(PositionUpdate)
    assert "endVersion" in wire_names(DepthUpdate)


def test_rest_names_are_not_used() -> None:
    """The stream has its own names for what REST calls status and frozenMargin (rule 79)."""
    assert not {"status", "frozenMargin"} & (
        wire_names(OrderTradeUpdate) | wire_names(BalanceUpdate)
    )


def test_schemas_of_the_fact_sheet() -> None:
    """Every member that the AsyncAPI file gives a payload has a field here."""
    text = (DATA / "6mm-asyncapi.yaml").read_text(encoding="utf-8")
    schemas = yaml.safe_load(text)["components"]["schemas"]

    for name, cls in (
        ("OrderTradeUpdateData", OrderTradeUpdate),
        ("AccountUpdateData", AccountUpdate),
        ("DepthData", DepthUpdate),
    ):
        assert set(schemas[name]["properties"]) <= wire_names(cls)


def test_assumed_page_and_schema_agree() -> None:
    """The one list of assumptions has every wire name of the schema, so that none is hidden."""
    page = (DATA.parents[1] / "docs" / "wire.md").read_text(encoding="utf-8")
    missing = {name for cls in SCHEMAS for name in wire_names(cls) if f"`{name}`" not in page}

    assert missing == set()


def test_every_field_is_optional() -> None:
    """A push with none of the assumed fields is still an event (rule 114)."""
    for cls in SCHEMAS:
        structure(make_stream_converter(), {}, cls)


def test_events_are_values() -> None:
    """An event compares by value, cannot be changed, copies and pickles."""
    data = {"eventType": "ORDER_TRADE_UPDATE", "orderId": "1", "side": "BUY", "price": "1"}
    event = decode(compact({"topic": "user.1", "ts": 1, "data": data}))

    assert pickle.loads(pickle.dumps(event)) == copy.deepcopy(event) == event
    assert hash(event) == hash(copy.copy(event))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        event.order_id = "2"  # type: ignore[attr-defined]


def test_repr_leaves_the_text_out() -> None:
    """The representation shows the fields, not the whole message again."""
    event = decode('{"topic":"user.1","data":{"eventType":"ACCOUNT_UPDATE","odd":"c4n4ry"}}')

    assert "c4n4ry" in event.raw
    assert "c4n4ry" not in repr(event)


def test_every_class_is_documented_and_an_event() -> None:
    """Classes that a caller receives are events, and each says what it is."""
    for name in stream_schema.__all__:
        thing = getattr(stream_schema, name)
        assert inspect.getdoc(thing), name
        if name.endswith("Ack") or name in ("OrderTradeUpdate", "Tickers", "Pong", "Refusal"):
            assert issubclass(thing, Event)
