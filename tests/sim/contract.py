"""The OpenAPI file as tests need it: operations, their fields, right values and wrong ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

OPENAPI = Path(__file__).parents[1] / "data" / "6mm-openapi.yaml"

TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}

ALSO_REQUIRED = {
    "renewListenKey": {"listenKey"},
    "closeListenKey": {"listenKey"},
    "saveFavoriteSymbols": {"symbols"},
    "deleteApiKey": {"id"},
    "batchPlaceOrders": {"orders"},
    "batchAmendOrders": {"symbol", "orders"},
    "batchCancelOrders": {"orders"},
    "cancelOrder": {"symbol"},
    "amendOrder": {"symbol", "orderId"},
    "cancelConditionOrder": {"symbol", "conditionId"},
    "setLeverage": {"symbol", "leverage"},
    "setMarginMode": {"symbol", "marginMode"},
}
"""What cannot be done without, although the file does not say that it is required."""


RIGHT: dict[str, list[Any]] = {
    "symbol": ["BTCUSDT"],
    "ipWhitelist": [["203.0.113.10", "2001:db8::1"], []],
    "changeType": [
        *("TRANSFER_IN", "TRANSFER_OUT", "REALIZED_PNL", "FEE", "FUNDING", "LIQUIDATION")
    ],
}
"""Values of fields for which the file has no example."""

FITTING: dict[str, tuple[Any, ...]] = {
    "boolean": (False, True),
    "array": ([],),
    "object": ({},),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One documented parameter or member of a body, with its resolved schema."""

    name: str
    required: bool
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: `bit` is the permission that a key needs, None where the file has none."""

    name: str
    method: str
    path: str
    bit: int | None
    auth: tuple[str, ...]
    fields: tuple[Field, ...]
    data: dict[str, Any]
    """The schema of the reply's data."""

    @property
    def in_query(self) -> bool:
        """Whether the fields travel in the query, and not in a JSON body."""
        return self.method == "GET"

    def __str__(self) -> str:
        return self.name


@cache
def document() -> dict[str, Any]:
    """Read the file."""
    found: dict[str, Any] = yaml.load(
        OPENAPI.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return found


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema behind its reference; what stands beside the reference counts too."""
    while "$ref" in schema:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]] | beside
    return schema


@cache
def operations() -> tuple[Operation, ...]:
    """Return all operations of the file."""
    return tuple(
        _operation(method.upper(), path, item)
        for path, methods in document()["paths"].items()
        for method, item in methods.items()
    )


def _operation(method: str, path: str, item: dict[str, Any]) -> Operation:
    content = item["responses"]["200"]["content"]["application/json"]["schema"]["allOf"][1]
    return Operation(
        name=item["operationId"],
        method=method,
        path=path,
        bit=item["x-permission-bit"],
        auth=tuple(item["x-auth"]),
        fields=tuple(_fields(item)),
        data=content["properties"]["data"],
    )


def _fields(item: dict[str, Any]) -> Iterator[Field]:
    needed = ALSO_REQUIRED.get(item["operationId"], set())
    for parameter in item["parameters"]:
        if parameter.get("in") == "query":
            yield Field(
                name=parameter["name"],
                required=parameter["required"],
                schema=resolved(parameter["schema"]),
            )
    if "requestBody" in item:
        body = resolved(item["requestBody"]["content"]["application/json"]["schema"])
        for name, schema in body["properties"].items():
            required = name in needed or name in body.get("required", ())
            yield Field(name=name, required=required, schema=resolved(schema))


def right_values(field: Field) -> list[Any]:
    """Return values that a field takes: all of an enum, else one or a few."""
    return RIGHT.get(field.name) or _fitting(field.schema)


def _fitting(schema: dict[str, Any]) -> list[Any]:
    listed = schema.get("enum") or schema.get("x-open-enum") or schema.get("examples")
    if listed:
        return list(listed)
    kind = schema["type"]
    if kind == "integer":
        bounds = [schema[name] for name in ("minimum", "maximum") if name in schema]
        return [*bounds, schema.get("default", 1)]
    if kind in FITTING:
        return list(FITTING[kind])
    return ["1" if schema.get("format") == "decimal" else "some-text"]


def wrong_values(schema: dict[str, Any], *, in_query: bool) -> list[Any]:
    """Return values that do not fit a schema, by type, by enum and by range."""
    kind = schema["type"]
    wrong: list[Any] = []
    if in_query:
        wrong += ["x", "1.5", "0x1", "9" * 25, "\u0661"] if kind == "integer" else []
    else:
        others = {"string": "no", "integer": 7, "boolean": True, "array": [], "object": {}}
        wrong += [value for name, value in others.items() if name != kind]
        wrong += [1.5] if kind == "integer" else []
    if schema.get("format") == "decimal":
        wrong += ["x", "1e5", "-1", "1.", "NaN", "\u0661"]
    if "enum" in schema or "x-open-enum" in schema:
        wrong.append(99 if kind == "integer" else "NO_SUCH_VALUE")
    if kind == "array" and resolved(schema["items"])["type"] == "string":
        wrong += [[5], [None], [["x"]]]
    return wrong + _out_of_range(schema)


def _out_of_range(schema: dict[str, Any]) -> list[Any]:
    wrong: list[Any] = []
    if "minimum" in schema:
        wrong.append(schema["minimum"] - 1)
    if "maximum" in schema:
        wrong.append(schema["maximum"] + 1)
    if schema.get("minLength", 0) > 1:
        wrong.append("x" * (schema["minLength"] - 1))
    if "maxLength" in schema:
        wrong.append("x" * (schema["maxLength"] + 1))
    if "maxItems" in schema:
        wrong.append(["203.0.113.10"] * (schema["maxItems"] + 1))
    return wrong


def check(schema: dict[str, Any], value: Any, path: str) -> None:
    """Check types, enums and member names of a reply; members beyond the schema are told."""
    schema = resolved(schema)
    kind = schema.get("type")
    if kind is None:
        return
    assert isinstance(value, TYPES[kind]), path
    assert kind == "boolean" or not isinstance(value, bool), path
    assert value in schema.get("enum", [value]), path
    if kind == "array":
        for number, item in enumerate(value):
            check(schema["items"], item, f"{path}[{number}]")
    if kind == "object" and "properties" in schema:
        assert set(value) == set(schema["properties"]), path
        for name, inner in schema["properties"].items():
            check(inner, value[name], f"{path}.{name}")
