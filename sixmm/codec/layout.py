"""What a reader of pushes has to know of an attrs class: one table, made from its fields.

The wire names, types and defaults come from the class and nowhere else.
"""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Union

import attrs

from .levels import Levels

__all__ = ["Kind", "Layout", "WireField", "layout_of"]


class Kind(enum.Enum):
    """What stands at a field on the wire."""

    AMOUNT = "amount"
    TEXT = "text"
    WORD = "word"
    """Text, and an open enum here."""
    INTEGER = "integer"
    FLAG = "flag"
    LEVELS = "levels"
    ROWS = "rows"
    """A list of objects of one class."""


@attrs.frozen(kw_only=True)
class WireField:
    """One field of an attrs class that has a name on the wire."""

    name: str
    wire: str
    kind: Kind
    default: Any
    """What the field has where the message has nothing, or null."""
    inner: Any = None
    """The enum of a word, or the attrs class of the rows."""


@attrs.frozen(kw_only=True, eq=False)
class Layout:
    """The fields of one attrs class, in its order."""

    cls: type[Any]
    base: tuple[str, ...]
    """The fields without a wire name, in the order of the class; they stand first."""
    fields: tuple[WireField, ...]


def layout_of(cls: type[Any], tag: str | None = None) -> Layout:
    """Return the layout of a class.

    Args:
        cls: the class; only fields that may be absent from a message are ordinary.
        tag: the wire name of the member that tells which class it is; its field counts as one
            without a wire name.

    Raises:
        TypeError: it has a field that is out of the ordinary.
    """
    hints = typing.get_type_hints(cls)
    found: list[WireField] = []
    base: list[str] = []
    for field in attrs.fields(cls):
        if field.metadata.get("wire", tag) == tag:
            base.append(field.name)
            continue
        kind, inner = _kind_of(hints[field.name])
        if kind is None or field.default is attrs.NOTHING:
            raise TypeError(f"{cls.__name__}.{field.name} is out of the ordinary")
        found.append(
            WireField(
                name=field.name,
                wire=field.metadata["wire"],
                kind=kind,
                default=_default_of(field),
                inner=inner,
            )
        )
    return Layout(cls=cls, base=tuple(base), fields=tuple(found))


def _default_of(field: attrs.Attribute[Any]) -> Any:
    default: Any = field.default
    return default.factory() if isinstance(default, attrs.Factory) else default  # type: ignore[arg-type]


_PLAIN: Mapping[Any, Kind] = {
    Decimal: Kind.AMOUNT,
    str: Kind.TEXT,
    int: Kind.INTEGER,
    bool: Kind.FLAG,
    Levels: Kind.LEVELS,
}


def _kind_of(hint: Any) -> tuple[Kind | None, Any]:
    members = [hint]
    if typing.get_origin(hint) in (Union, types.UnionType):
        members = [member for member in typing.get_args(hint) if member is not types.NoneType]
    if len(members) == 2 and str in members:
        word = next(member for member in members if member is not str)
        return (Kind.WORD, word) if _is_enum(word) else (None, None)
    if len(members) != 1:
        return None, None
    (member,) = members
    if typing.get_origin(member) is tuple:
        row, *rest = typing.get_args(member)
        return (Kind.ROWS, row) if rest == [Ellipsis] and attrs.has(row) else (None, None)
    return _PLAIN.get(member), None


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, enum.Enum)
