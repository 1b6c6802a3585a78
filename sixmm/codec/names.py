"""Wire names: kept once, in the metadata of attrs fields, and what a message has beyond them."""

from __future__ import annotations

import functools
import typing
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs
from attrs import AttrsInstance

from .text import parse_json

__all__ = ["RAW", "extra_of", "unnamed", "wire", "wire_names"]

RAW: Mapping[str, Any] = MappingProxyType({"raw": True})
"""Metadata of the field that keeps the JSON text of the object it is in."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def wire(name: str) -> dict[str, Any]:
    """Return the metadata of an attrs field that is called ``name`` on the wire."""
    return {"wire": name}


def wire_names(cls: type[AttrsInstance]) -> frozenset[str]:
    """Return every wire name that an attrs class knows."""
    return frozenset(_shape(cls))


@functools.lru_cache(maxsize=256)
def _shape(cls: type[AttrsInstance]) -> Mapping[str, type[AttrsInstance] | None]:
    """Return the wire names of a class, each with the attrs class nested under it, or None."""
    hints = typing.get_type_hints(cls)
    return {
        field.metadata["wire"]: _nested(hints[field.name])
        for field in attrs.fields(cls)
        if "wire" in field.metadata
    }


def _nested(kind: Any) -> type[AttrsInstance] | None:
    if isinstance(kind, type) and attrs.has(kind):
        return kind
    found = (_nested(part) for part in typing.get_args(kind))
    return next((cls for cls in found if cls is not None), None)


def unnamed(value: Any, cls: type[AttrsInstance]) -> dict[str, Any]:
    """Return the members of a decoded object that ``cls`` does not name, in its own shape.

    A list of named objects appears only where one of them has such members, with an empty object
    in the place of each that has none.
    """
    if not isinstance(value, dict):
        return {}
    shape = _shape(cls)
    extra: dict[str, Any] = {}
    for name, item in value.items():
        rest = _unnamed_within(item, shape[name]) if name in shape else item
        if name not in shape or rest:
            extra[name] = rest
    return extra


def _unnamed_within(item: Any, cls: type[AttrsInstance] | None) -> Any:
    if cls is None:
        return None
    if isinstance(item, list):
        rows = [unnamed(row, cls) for row in item]
        return rows if any(rows) else None
    return unnamed(item, cls)


def extra_of(cls: type[AttrsInstance], raw: str, *, under: str | None = None) -> Mapping[str, Any]:
    """Return what the object in ``raw`` has beyond the fields of ``cls``; empty for an empty text.

    Args:
        cls: the attrs class that names the fields.
        raw: the JSON text, which was decoded once already.
        under: the member of the text that holds the object, or None for the text itself.
    """
    if not raw:
        return _NOTHING
    value = parse_json(raw)
    return MappingProxyType(unnamed(value.get(under) if under else value, cls))
