"""From the data of a message to the fields of its class, and back to what the class leaves out.

Besides named members KuCoin has objects whose member names are data: a currency or a symbol. Such
an object becomes a tuple of rows, in each of which the name is a field.
"""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import attrs
import cattrs
from attrs import AttrsInstance

from ...codec import checked, field_reader, parse_json, unnamed
from ...errors import DecodeError

__all__ = ["Keyed", "extra_of_message", "keyed", "reader_of"]

ReadData = Callable[[Any, str], dict[str, Any]]
"""``read(data, path)`` gives the arguments for a class; ``path`` is where ``data`` stands."""


@attrs.frozen(kw_only=True)
class Keyed:
    """How an object whose member names are data is read."""

    wire: str | None
    """The member of the data that holds it, or None where it is the data itself."""
    key: str
    """The field of a row that takes the name."""
    value: str | None = None
    """The field of a row that takes the member, or None where the member is an object."""


def keyed(name: str | None, *, key: str, value: str | None = None) -> dict[str, Any]:
    """Return the metadata of an attrs field of rows from an object; see :class:`Keyed`."""
    return {"keyed": Keyed(wire=name, key=key, value=value)}


def reader_of(cls: type[AttrsInstance], converter: cattrs.Converter) -> ReadData:
    """Return what reads the data of a message of a class.

    It raises DecodeError, with the path of the field, where one has the wrong JSON type.
    """
    named = field_reader(cls, converter)
    tables = [
        (name, _table_reader(row, how, converter), how.wire)
        for name, row, how in _keyed_fields(cls)
    ]

    def read(data: Any, path: str) -> dict[str, Any]:
        values = checked(named, data, path=path)
        for name, rows, member in tables:
            table = data if member is None else data.get(member)
            if table is not None:
                values[name] = rows(table, path if member is None else f"{path}.{member}")
        return values

    return read


def _table_reader(
    row: type[AttrsInstance], how: Keyed, converter: cattrs.Converter
) -> Callable[[Any, str], tuple[Any, ...]]:
    if how.value is None:
        fields = field_reader(row, converter)
    else:
        hint = typing.get_type_hints(row)[how.value]
        hook, target = converter.get_structure_hook(hint), how.value

        def fields(member: Any) -> dict[str, Any]:
            return {target: hook(member, hint)}

    def read(table: Any, path: str) -> tuple[Any, ...]:
        if type(table) is not dict:
            raise DecodeError("expected an object", path=path)
        return tuple(
            [
                row(**{how.key: name}, **checked(fields, member, path=f"{path}.{name}"))
                for name, member in table.items()
            ]
        )

    return read


@functools.lru_cache(maxsize=256)
def _keyed_fields(
    cls: type[AttrsInstance],
) -> tuple[tuple[str, type[AttrsInstance], Keyed], ...]:
    """Return name, row class and description of each field that is read from an object."""
    hints = typing.get_type_hints(cls)
    return tuple(
        (field.name, typing.get_args(hints[field.name])[0], field.metadata["keyed"])
        for field in attrs.fields(cls)
        if "keyed" in field.metadata
    )


def extra_of_message(
    cls: type[AttrsInstance], raw: str, *, under: str, around: frozenset[str]
) -> Mapping[str, Any]:
    """Return the members of a message that no field names: those of its data, and those around it.

    Args:
        cls: the class that names the members of the data.
        raw: the text of the message, which was decoded once already.
        under: the member that holds the data.
        around: the members beside the data that are known.
    """
    message = parse_json(raw) if raw else None
    if not isinstance(message, dict):
        return MappingProxyType({})
    beside = {name: item for name, item in message.items() if name not in around | {under}}
    return MappingProxyType({**beside, **_beyond(message.get(under), cls)})


def _beyond(data: Any, cls: type[AttrsInstance]) -> dict[str, Any]:
    tables = _keyed_fields(cls)
    if any(how.wire is None for _, _, how in tables):
        (_, row, how), *_ = tables
        return _beyond_rows(data, row, how)
    extra = unnamed(data, cls)
    for _, row, how in tables:
        member = how.wire or ""
        rest = _beyond_rows(extra.pop(member, None), row, how)
        if rest:
            extra[member] = rest
    return extra


def _beyond_rows(table: Any, row: type[AttrsInstance], how: Keyed) -> dict[str, Any]:
    if how.value is not None or not isinstance(table, dict):
        return {}
    rests = {name: unnamed(member, row) for name, member in table.items()}
    return {name: rest for name, rest in rests.items() if rest}
