"""Every call, held against the OpenAPI file: path, method, parameters, body and credential."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from sixmm.redaction import Secret
from sixmm.venues.base import Auth, Call
from sixmm.venues.sixmm import calls

from ..examples import openapi

EVERYTHING: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "interval": "1m",
    "price_type": 1,
    "start_time": 1,
    "end_time": 2,
    "limit": 3,
    "username": "u",
    "password": Secret("p"),
    "key": Secret("k"),
    "side": "BUY",
    "type": "LIMIT",
    "position_side": "LONG",
    "price": "1",
    "quantity": "1",
    "time_in_force": "GTC",
    "reduce_only": True,
    "maker_only": True,
    "close_position": True,
    "client_order_id": "c",
    "place_type": "x",
    "order_id": "7",
    "cancel_type": 0,
    "last_order_id": "6",
    "status": 1,
    "page": 1,
    "page_size": 20,
    "leverage": 5,
    "margin_mode": 1,
}
SPECIAL = {"klines": {"price_type": "markPrice"}, "order_history": {"side": 1, "type": 1}}

AUTHS = {
    ("none",): Auth.NONE,
    ("bearerJwt", "apiKeyHmac"): Auth.ACCOUNT,
    ("bearerJwt",): Auth.TOKEN,
    ("sessionCookie",): Auth.COOKIE,
    ("bearerJwt+sessionCookie",): Auth.TOKEN_AND_COOKIE,
}


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


def body_schema(operation: dict[str, Any]) -> dict[str, Any]:
    """Return the documented members of an operation's body."""
    if "requestBody" not in operation:
        return {}
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    members: dict[str, Any] = openapi()["components"]["schemas"][reference.split("/")[-1]]
    return members


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

    def test_body(self, name: str) -> None:
        """Every member of the body is documented, of the documented type, and none is missing."""
        call = full_call(name)
        schema = body_schema(documented(call))
        members = schema.get("properties", {})
        optional = {"deviceId", "deviceName"}

        assert set(call.body or {}) == set(members) - optional
        assert set(schema.get("required", ())) <= set(call.body or {})
        kinds = {"integer": int, "boolean": bool, "string": str}
        for key, value in (call.body or {}).items():
            told = members[key]
            if "type" in told:
                assert type(value) is kinds[told["type"]], key

    def test_credential(self, name: str) -> None:
        """The call asks for the documented credential and no other (rules 12-18)."""
        call = full_call(name)

        assert call.auth is AUTHS[tuple(documented(call)["x-auth"])]

    def test_writes(self, name: str) -> None:
        """What is not a GET changes state, and is never sent again by itself."""
        call = full_call(name)

        assert call.writes is (call.method != "GET")


def test_no_operation_is_there_twice() -> None:
    """Each operation has one function."""
    operations = [full_call(name).operation for name in calls.__all__]

    assert len(set(operations)) == len(operations)
