"""Every call, held against the OpenAPI file: path, method, parameters, body and credential."""

from __future__ import annotations

import inspect
from decimal import Decimal
from typing import Any

import pytest

from sixmm.redaction import Secret
from sixmm.venues.base import Auth, Call
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.order_forms import (
    Amendment,
    NewConditionOrder,
    NewOrder,
    OrderRef,
    StrategyLeg,
)

from ..examples import openapi

ORDER = NewOrder(
    symbol="BTCUSDT",
    side="BUY",
    type="LIMIT",
    price="1",
    quantity=Decimal("1.0"),
    position_side="LONG",
    time_in_force="GTC",
    reduce_only=True,
    maker_only=True,
    close_position=True,
    client_order_id="c",
    place_type="x",
    price_type=1,
)
CONDITION = NewConditionOrder(
    symbol="BTCUSDT",
    side="SELL",
    type="TRAILING_STOP",
    price="1",
    quantity=1,
    position_side="LONG",
    time_in_force="GTE_GTC",
    reduce_only=False,
    client_order_id="c",
    stop_price="2",
    working_type="MARK_PRICE",
    price_protect=True,
    activate_price="3",
    callback_rate="0.01",
    close_position=False,
)
LEGS = [
    StrategyLeg(sub_id=1, order=ORDER),
    StrategyLeg(
        sub_id=2,
        order=CONDITION,
        first_driven_id=1,
        first_driven_on="FILLED",
        first_trigger="PLACE",
        second_driven_id=0,
        second_driven_on="CANCELED",
        second_trigger="CANCEL",
    ),
]

EVERYTHING: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "symbols": ["BTCUSDT"],
    "interval": "1m",
    "period": "7d",
    "range": "1M",
    "asset_type": "USDT",
    "change_type": "FEE",
    "price_type": "markPrice",
    "start_time": 1,
    "end_time": 2,
    "limit": 3,
    "username": "demo",
    "password": Secret("p"),
    "device_id": "d",
    "device_name": "n",
    "ticket": Secret("t"),
    "embed_token": Secret("e"),
    "channel_id": "ch",
    "key": Secret("k"),
    "id": "1001",
    "label": "l",
    "permissions": 3,
    "ip_whitelist": ["203.0.113.10"],
    "side": "BUY",
    "type": "LIMIT",
    "price": "1",
    "quantity": "1",
    "client_order_id": "c",
    "order_id": "7",
    "condition_id": "8",
    "strategy_id": "9",
    "strategy_type": "OTO",
    "cancel_type": 0,
    "last_order_id": "6",
    "status": 1,
    "page": 1,
    "page_size": 20,
    "leverage": 5,
    "margin_mode": "CROSS",
    "order": ORDER,
    "orders": [ORDER],
    "legs": LEGS,
    "amendments": [Amendment(order_id="7", price="1", quantity="2")],
    "references": [OrderRef(symbol="BTCUSDT", order_id="7")],
}
SPECIAL: dict[str, dict[str, Any]] = {
    "place_condition_order": {"order": CONDITION},
    "balance_history": {"period": "1D"},
    "position_history": {"side": "long"},
}

AUTHS = {
    ("none",): Auth.NONE,
    ("bearerJwt", "apiKeyHmac"): Auth.ACCOUNT,
    ("bearerJwt",): Auth.TOKEN,
    ("sessionCookie",): Auth.COOKIE,
    ("bearerJwt+sessionCookie",): Auth.TOKEN_AND_COOKIE,
}
KINDS = {"integer": int, "boolean": bool, "string": str, "array": list}


def full_call(name: str) -> Call:
    """Return a call with every argument that it takes."""
    make = getattr(calls, name)
    given = {**EVERYTHING, **SPECIAL.get(name, {})}
    call: Call = make(**{p: given[p] for p in inspect.signature(make).parameters})
    return call


def documented(call: Call) -> dict[str, Any]:
    """Return the operation of the fact sheet at the call's path and method."""
    operation: dict[str, Any] = openapi()["paths"][call.path][call.method.lower()]
    return operation


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema, or what it refers to."""
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = openapi()["components"]["schemas"][schema["$ref"].split("/")[-1]]
    return found


def body_schema(operation: dict[str, Any]) -> dict[str, Any]:
    """Return the documented members of an operation's body."""
    if "requestBody" not in operation:
        return {}
    return resolved(operation["requestBody"]["content"]["application/json"]["schema"])


def faults(value: Any, schema: dict[str, Any], path: str = "$") -> list[str]:
    """Return where a value that is sent is not what its schema says."""
    schema = resolved(schema)
    kind = KINDS.get(schema.get("type", ""))
    if schema.get("type") == "object":
        return object_faults(value, schema, path)
    if kind is not None and type(value) is not kind:
        return [f"{path} is a {type(value).__name__}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{path} is none of the documented values"]
    items = enumerate(value if kind is list else ())
    found = [faults(item, schema.get("items", {}), f"{path}[{place}]") for place, item in items]
    return [fault for part in found for fault in part]


def object_faults(value: dict[str, Any], schema: dict[str, Any], path: str) -> list[str]:
    """Return the faults of an object; one that extends others has to fit one of them."""
    missing = [name for name in schema.get("required", ()) if name not in value]
    found = [f"{path}.{name} is missing" for name in missing]
    bases = [resolved({"$ref": name}) for name in schema.get("x-extends-roughly", ())]
    readings = [member_faults(value, base["properties"], schema, path) for base in bases]
    return found + min(readings or [member_faults(value, {}, schema, path)], key=len)


def member_faults(
    value: dict[str, Any], more: dict[str, Any], schema: dict[str, Any], path: str
) -> list[str]:
    """Return the faults of the members of an object."""
    members = {**schema.get("properties", {}), **more}
    found = [f"{path}.{name} is made up" for name in value if name not in members]
    for name in value:
        found += faults(value[name], members.get(name, {}), f"{path}.{name}")
    return found


@pytest.mark.parametrize("name", calls.__all__)
class TestAgainstTheFactSheet:
    """Each call is the documented operation."""

    def test_operation(self, name: str) -> None:
        """Name, path and method are those of one operation."""
        call = full_call(name)

        assert documented(call)["operationId"] == call.operation

    def test_query(self, name: str) -> None:
        """Every query parameter is documented, none is missing, and they keep that order."""
        call = full_call(name)
        parameters = [p for p in documented(call)["parameters"] if p.get("in") == "query"]

        assert {key for key, _ in call.query} == {p["name"] for p in parameters}
        assert [key for key, _ in call.query] == [
            p["name"] for p in parameters if p["name"] in dict(call.query)
        ]

    def test_query_values(self, name: str) -> None:
        """Each value of a query is one that its parameter can have."""
        call = full_call(name)
        for parameter in documented(call)["parameters"]:
            schema = resolved(parameter.get("schema", {}))
            if parameter.get("in") == "query":
                text = dict(call.query)[parameter["name"]]
                value: Any = int(text) if schema.get("type") == "integer" else text
                assert faults(value, schema) == [], parameter["name"]

    def test_body(self, name: str) -> None:
        """Every member of the body is documented, of the documented type, and none is missing."""
        call = full_call(name)
        schema = body_schema(documented(call))

        assert set(call.body or {}) == set(schema.get("properties", {}))
        assert faults(dict(call.body or {}), schema or {"type": "object"}) == []

    def test_credential(self, name: str) -> None:
        """The call asks for the documented credential and no other (rules 12-18)."""
        call = full_call(name)

        assert call.auth is AUTHS[tuple(documented(call)["x-auth"])]

    def test_writes(self, name: str) -> None:
        """What is not a GET changes state, and is never sent again by itself."""
        call = full_call(name)

        assert call.writes is (call.method != "GET")


def test_every_operation_is_there_once() -> None:
    """Each of the 53 operations has one function, and no function is made up."""
    operations = [full_call(name).operation for name in calls.__all__]
    told = [one["operationId"] for item in openapi()["paths"].values() for one in item.values()]

    assert sorted(operations) == sorted(told)
    assert len(operations) == 53


def test_legs_have_every_documented_field() -> None:
    """What drives a leg is sent under the documented names, whatever its order is (rule 51)."""
    legs = (full_call("place_strategy_order").body or {})["subOrderList"]
    schemas = openapi()["components"]["schemas"]
    driven = set(schemas["StrategySubOrder"]["properties"])

    assert set(legs[0]) | set(legs[1]) >= driven
    assert set(legs[0]) - driven == set(schemas["PlaceOrderRequest"]["properties"])
    assert set(legs[1]) - driven == set(schemas["PlaceConditionRequest"]["properties"])


def test_the_check_can_fail() -> None:
    """A missing member, a made-up one, a wrong type and a wrong choice are each found."""
    schema = {"$ref": "PlaceOrderRequest"}
    good = {"symbol": "X", "type": "LIMIT", "side": "BUY"}

    assert faults(good, schema) == []
    assert faults({"symbol": "X", "type": "LIMIT"}, schema) == ["$.side is missing"]
    assert faults({**good, "odd": 1}, schema) == ["$.odd is made up"]
    assert faults({**good, "price": 1}, schema) == ["$.price is a int"]
    assert faults({**good, "side": "HOLD"}, schema) == ["$.side is none of the documented values"]
    assert faults({"orders": [{}]}, {"$ref": "BatchPlaceRequest"})[0].startswith("$.orders[0]")
