"""Envelopes, paths, and the operations of the OpenAPI file (rules 2 to 6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sixmm.sim import Exchange

from ..client import Rest

OPENAPI = Path(__file__).parents[2] / "data" / "6mm-openapi.yaml"


@pytest.fixture(scope="module")
def spec() -> Any:
    """Read the OpenAPI file."""
    return yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))


def operations(spec: Any) -> dict[tuple[str, str], Any]:
    """Return the operations of the file by method and path."""
    return {
        (method.upper(), path): operation
        for path, methods in spec["paths"].items()
        for method, operation in methods.items()
    }


def test_success_and_error_envelopes(rest: Rest) -> None:
    """Success has data, an error has none, both repeat the request id (rules 2, 3, 6)."""
    good = rest.send("GET", "/v1/version", X_Request_ID="mine-1")
    bad = rest.send("GET", "/v1/private/user/info", X_Request_ID="mine-2")

    assert list(good) == ["code", "message", "data", "requestId"]
    assert (good["code"], good["message"], good["requestId"]) == (0, "success", "mine-1")
    assert list(bad) == ["code", "message", "requestId"]
    assert bad["requestId"] == "mine-2"


def test_a_call_without_a_request_id_gets_one(rest: Rest) -> None:
    """Every reply can be traced, and no two have the same id."""
    ids = {rest.send("GET", "/v1/version")["requestId"] for _ in range(3)}

    assert len(ids) == 3
    assert all(ids)


def test_documented_but_not_served(rest: Rest) -> None:
    """An operation that is not served yet says so with code 5002."""
    reply = rest.send("GET", "/v1/private/position/history")

    assert reply["code"] == 5002
    assert reply["message"] == "not served by the embedded exchange yet"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nothing", 404), ("GET", "/", 404), ("DELETE", "/v1/time", 405)],
)
def test_unknown_paths(rest: Rest, method: str, path: str, status: int) -> None:
    """What does not exist at all is 404, a wrong method 405."""
    assert rest.send(method, path)["code"] == 2002
    assert rest.last.status_code == status


def resolved(spec: Any, schema: Any) -> Any:
    """Return a schema behind its reference."""
    while "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


def check(spec: Any, schema: Any, value: Any, path: str) -> None:
    """Check types, enums and member names of `value`; members beyond the schema are told."""
    schema = resolved(spec, schema)
    kind = schema.get("type")
    if kind is None:
        return
    assert isinstance(value, TYPES[kind]), path
    assert kind == "boolean" or not isinstance(value, bool), path
    assert value in schema.get("enum", [value]), path
    if kind == "array":
        for number, item in enumerate(value):
            check(spec, schema["items"], item, f"{path}[{number}]")
    if kind == "object" and "properties" in schema:
        assert set(value) == set(schema["properties"]), path
        for name, inner in schema["properties"].items():
            check(spec, inner, value[name], f"{path}.{name}")


CALLS: list[tuple[str, str, str, Any]] = [
    ("GET", "/v1/time", "", None),
    ("GET", "/v1/public/market/symbols", "", None),
    ("GET", "/v1/public/market/klines", "symbol=BTCUSDT&interval=1m&limit=3", None),
    ("POST", "/v1/public/user/login", "", {"username": "demo", "password": "pass-word"}),
    ("POST", "/v1/public/user/refresh-token", "", None),
    ("GET", "/v1/private/user/info", "", None),
    ("GET", "/v1/private/user/asset", "", None),
    ("POST", "/v1/private/user/listen-key", "", None),
    (
        "POST",
        "/v1/private/order/place",
        "",
        {"symbol": "BTCUSDT", "type": "MARKET", "side": "BUY", "quantity": "0.1"},
    ),
    ("GET", "/v1/private/order/trades", "symbol=BTCUSDT", None),
    ("GET", "/v1/private/order/current", "", None),
    ("POST", "/v1/private/position/leverage", "", {"symbol": "BTCUSDT", "leverage": 5}),
    ("GET", "/v1/private/position/settings", "symbol=BTCUSDT", None),
    ("GET", "/v1/private/position/positions", "", None),
]


def test_replies_have_the_documented_shape(exchange: Exchange, rest: Rest, spec: Any) -> None:
    """Types, enums and members of every documented reply fit the OpenAPI file."""
    other = exchange.create_account(username="other")
    exchange.place_order(
        other, symbol="BTCUSDT", side="SELL", type="LIMIT", price="85000", quantity="0.1"
    )
    for method, path, query, body in CALLS:
        data = rest.data(method, path, query, body)
        responses = operations(spec)[method, path]["responses"]
        schema = responses["200"]["content"]["application/json"]["schema"]["allOf"][1]
        check(spec, schema["properties"]["data"], data, f"{method} {path}")
    assert data["positions"]
