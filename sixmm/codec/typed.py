"""Decoded JSON to attrs objects by cattrs, with hooks that refuse where cattrs would coerce."""

from __future__ import annotations

import enum
import itertools
import types
import typing
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypeVar, Union

import attrs
import cattrs
from attrs import AttrsInstance

from ..errors import DecodeError
from .amounts import PLAIN_DECIMAL
from .levels import Levels
from .text import dump_json

__all__ = ["checked", "field_reader", "make_converter", "structure"]

T = TypeVar("T")
Hook = Callable[[Any, Any], Any]


class _Mismatch(Exception):
    """A wrong JSON type. Each object and list on the way out adds its step to the path."""

    def __init__(self, message: str) -> None:
        self.steps: list[str] = []
        super().__init__(message)

    def path(self, start: str) -> str:
        return start + "".join(reversed(self.steps))


def checked(read: Callable[[Any], T], value: Any, *, path: str = "$") -> T:
    """Return ``read(value)``, where ``read`` is made of hooks of this module.

    Raises:
        DecodeError: a field has the wrong JSON type; ``path`` is where the value itself is.
    """
    try:
        return read(value)
    except _Mismatch as exc:
        raise DecodeError(str(exc), path=exc.path(path)) from None


def structure(converter: cattrs.Converter, value: Any, cls: type[T], *, path: str = "$") -> T:
    """Return ``value``, as :func:`parse_json` gave it, as a ``cls``.

    Raises:
        DecodeError: a field is missing or has the wrong JSON type; it says which, and what was
            expected, but not what was there.
    """
    return checked(lambda item: converter.structure(item, cls), value, path=path)


def make_converter(*, numbers: bool = False) -> cattrs.Converter:
    """Return a converter that takes each JSON type for what it is and refuses every other.

    Text is text, an integer is an integer (``true`` and ``1.0`` are not), an amount is a string in
    plain decimal notation. For an optional field null is as good as absent. A union of an enum and
    ``str`` or ``int`` is open: a known value becomes the member, an unknown one is kept as it is.
    Members that a class does not name are passed over.

    Args:
        numbers: whether an amount may also be a JSON number, which is then exact.
    """
    converter = cattrs.Converter(detailed_validation=False, prefer_attrib_converters=False)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(int, _exactly(int, "expected an integer"))
    converter.register_structure_hook(bool, _exactly(bool, "expected true or false"))
    converter.register_structure_hook(Decimal, _amount_or_number if numbers else _amount)
    converter.register_structure_hook(Levels, _levels_hook(numbers))
    converter.register_structure_hook_factory(_is_union, lambda kind: _union_hook(kind, converter))
    converter.register_structure_hook_factory(_is_tuple, lambda kind: _tuple_hook(kind, converter))
    converter.register_structure_hook_factory(attrs.has, lambda cls: _object_hook(cls, converter))
    return converter


MAX_TEXT = 4_096
"""The longest text of a field: ids and words are far shorter, and many of them are kept."""


def _text(value: Any, _: Any) -> str:
    if type(value) is not str:
        raise _Mismatch("expected text")
    if len(value) > MAX_TEXT:
        raise _Mismatch(f"expected text of at most {MAX_TEXT} characters")
    return value


def _exactly(kind: type[Any], complaint: str) -> Hook:
    def hook(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise _Mismatch(complaint)
        return value

    return hook


_is_plain_decimal = PLAIN_DECIMAL.fullmatch


def _amount(value: Any, _: Any) -> Decimal:
    if type(value) is not str or _is_plain_decimal(value) is None:
        raise _Mismatch("expected a decimal string")
    return Decimal(value)


def _amount_or_number(value: Any, kind: Any) -> Decimal:
    if type(value) is int or type(value) is Decimal:
        return Decimal(value)
    return _amount(value, kind)


def _levels_hook(numbers: bool) -> Hook:
    def hook(value: Any, _: Any) -> Levels:
        if type(value) is not list:
            raise _Mismatch("expected a list")
        return Levels(value, numbers=numbers)

    return hook


def _is_union(kind: Any) -> bool:
    return typing.get_origin(kind) in (Union, types.UnionType)


def _union_hook(kind: Any, converter: cattrs.Converter) -> Hook:
    members = [member for member in typing.get_args(kind) if member is not types.NoneType]
    optional = len(members) < len(typing.get_args(kind))
    inner = _open_enum_hook(members)
    if inner is None:
        if len(members) != 1:
            raise TypeError(f"no rule says which member of {kind} a value is")
        inner = converter.get_structure_hook(members[0])
    known = inner
    return lambda value, _: None if optional and value is None else known(value, None)


def _open_enum_hook(members: list[Any]) -> Hook | None:
    plain = next((member for member in members if member in (str, int)), None)
    known = next((member for member in members if _is_enum(member)), None)
    if len(members) != 2 or plain is None or known is None:
        return None
    table = {member.value: member for member in known}
    check = _exactly(plain, "expected text" if plain is str else "expected an integer")

    def hook(value: Any, _: Any) -> Any:
        return table.get(check(value, None), value)

    return hook


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, enum.Enum)


def _is_tuple(kind: Any) -> bool:
    return typing.get_origin(kind) is tuple


def _tuple_hook(kind: Any, converter: cattrs.Converter) -> Hook:
    parts = typing.get_args(kind)
    if parts[-1] is Ellipsis:
        return _list_hook(converter.get_structure_hook(parts[0]))
    return _row_hook([converter.get_structure_hook(part) for part in parts])


def _list_hook(item_hook: Hook) -> Hook:
    def hook(value: Any, _: Any) -> Any:
        if type(value) is not list:
            raise _Mismatch("expected a list")
        try:
            return tuple([item_hook(item, None) for item in value])
        except _Mismatch as mismatch:
            mismatch.steps.append(_place(itertools.repeat(item_hook), value))
            raise

    return hook


def _row_hook(hooks: list[Hook]) -> Hook:
    def hook(value: Any, _: Any) -> Any:
        if type(value) is not list or len(value) != len(hooks):
            raise _Mismatch(f"expected a list of {len(hooks)}")
        try:
            return tuple(
                [item_hook(item, None) for item_hook, item in zip(hooks, value, strict=True)]
            )
        except _Mismatch as mismatch:
            mismatch.steps.append(_place(hooks, value))
            raise

    return hook


def _place(hooks: Iterable[Hook], value: list[Any]) -> str:
    """Return the step to the first wrong item, which is looked for only once there is one."""
    pairs = enumerate(zip(hooks, value, strict=False))
    return f"[{next(index for index, (hook, item) in pairs if _refuses(hook, item))}]"


def _refuses(hook: Hook, value: Any) -> bool:
    try:
        hook(value, None)
    except _Mismatch:
        return True
    return False


def _object_hook(cls: type[AttrsInstance], converter: cattrs.Converter) -> Hook:
    read = field_reader(cls, converter)
    return lambda value, _: cls(**read(value))


def field_reader(
    cls: type[AttrsInstance], converter: cattrs.Converter
) -> Callable[[Any], dict[str, Any]]:
    """Return a function that reads the named fields of a JSON object as arguments for ``cls``.

    A field that is absent, or null and optional, is left to its default; a member without a name
    is passed over. The field with the metadata :data:`RAW` gets the JSON text of the object. Call
    the function by way of :func:`checked`.
    """
    plan = [
        (field.metadata["wire"], field.name, hook, field.default is attrs.NOTHING)
        for field, hook in _hooks(cls, converter)
    ]
    raw = next((field.name for field in attrs.fields(cls) if "raw" in field.metadata), None)

    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise _Mismatch("expected an object")
        values: dict[str, Any] = {}
        name = ""
        try:
            for name, target, hook, required in plan:
                member = value.get(name)
                if member is not None or (required and name in value):
                    values[target] = hook(member, None)
                elif required:
                    raise _Mismatch("a required field is missing")
        except _Mismatch as mismatch:
            mismatch.steps.append(f".{name}")
            raise
        if raw is not None:
            values[raw] = dump_json(value, numbers=True).decode()
        return values

    return read


def _hooks(
    cls: type[AttrsInstance], converter: cattrs.Converter
) -> Iterable[tuple[attrs.Attribute[Any], Hook]]:
    hints = typing.get_type_hints(cls)
    for field in attrs.fields(cls):
        if "wire" in field.metadata:
            yield field, converter.get_structure_hook(hints[field.name])
