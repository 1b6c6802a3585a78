"""The kinds of values that KuCoin writes in more than one way, and the converter that reads them.

The same thing may come as text in one message and as a number in the next: a time, an id, an
amount. What it is does not depend on that, so these kinds take either and give one. Everything else
is as strict as :func:`sixmm.codec.make_converter` is.

To a type checker a kind is the plain type; the converter tells kinds apart at run time.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NewType, TypeVar, Union

import attrs
import cattrs

from ...codec import make_converter
from ...redaction import Secret

__all__ = [
    "EXPONENT_AMOUNT",
    "IdText",
    "Ms",
    "Ns",
    "Whole",
    "make_kucoin_converter",
    "ms_of",
]

if TYPE_CHECKING:
    IdText = str
    Ms = int
    Ns = int
    Whole = int
else:
    IdText = NewType("IdText", str)
    """An id: text, or an integer, which becomes its digits."""
    Ms = NewType("Ms", int)
    """A time in Unix milliseconds: an integer, or text of digits."""
    Ns = NewType("Ns", int)
    """A time in Unix nanoseconds: an integer, or text of digits."""
    Whole = NewType("Whole", int)
    """A count or a version: an integer, or text of digits."""

T = TypeVar("T")
Hook = Callable[[Any, Any], Any]

EXPONENT_AMOUNT = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?[eE][+-]?[0-9]{1,2}", re.ASCII)
"""An amount as text in scientific notation, such as ``1.2E-7``."""

_DIGITS = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_NS_PER_MS = 1_000_000
_MOST_MS = 10**16
"""What is larger counts nanoseconds: as milliseconds it is in the year 318857, as nanoseconds in
April 1970."""


def ms_of(time_ns: int | None) -> int | None:
    """Return nanoseconds as whole milliseconds, rounded down, and None for None."""
    return None if time_ns is None else time_ns // _NS_PER_MS


def make_kucoin_converter() -> cattrs.Converter:
    """Return a converter that is strict but for the kinds of this module.

    An amount may be a JSON number or text, either of them in scientific notation, and is exact. For
    an optional field an empty text is as good as null, which is how KuCoin writes "not applicable".
    """
    plain = _make_scalars()
    converter = _make_scalars()
    converter.register_structure_hook_factory(
        _is_optional, lambda kind: _optional_hook(kind, plain, converter)
    )
    return converter


def _make_scalars() -> cattrs.Converter:
    converter = make_converter(numbers=True)
    amount = converter.get_structure_hook(Decimal)
    text = converter.get_structure_hook(str)
    integer = converter.get_structure_hook(int)
    whole = _whole_hook(integer)
    converter.register_structure_hook(Decimal, _amount_hook(amount))
    converter.register_structure_hook(Secret, lambda value, _: Secret(text(value, str)))
    for kind, hook in (
        (IdText, _id_hook(text)),
        (Whole, whole),
        (Ms, lambda value, _: _as_ms(whole(value, int))),
        (Ns, lambda value, _: _as_ns(whole(value, int))),
    ):
        converter.register_structure_hook_func(_is_kind(kind), hook)
    return converter


def _is_kind(kind: Any) -> Callable[[Any], bool]:
    return lambda other: other is kind


def _amount_hook(amount: Hook) -> Hook:
    def hook(value: Any, _: Any) -> Any:
        if type(value) is str and EXPONENT_AMOUNT.fullmatch(value):
            return Decimal(value)
        return amount(value, Decimal)

    return hook


def _id_hook(text: Hook) -> Hook:
    return lambda value, _: str(value) if type(value) is int else text(value, str)


def _whole_hook(integer: Hook) -> Hook:
    def hook(value: Any, _: Any) -> Any:
        if type(value) is str and _DIGITS.fullmatch(value):
            return int(value)
        return integer(value, int)

    return hook


# Documentation and messages disagree about the unit of some fields, and messages of one field
# about each other. The two units are a million apart, so a value says which of them it has.


def _as_ms(time: int) -> int:
    return time if time < _MOST_MS else time // _NS_PER_MS


def _as_ns(time: int) -> int:
    return time if time >= _MOST_MS or time <= 0 else time * _NS_PER_MS


def _is_optional(kind: Any) -> bool:
    is_union = typing.get_origin(kind) in (Union, types.UnionType)
    return is_union and types.NoneType in typing.get_args(kind)


def _optional_hook(kind: Any, plain: cattrs.Converter, converter: cattrs.Converter) -> Hook:
    members = [member for member in typing.get_args(kind) if member is not types.NoneType]
    if len(members) == 1 and attrs.has(members[0]):
        inner = converter.get_structure_hook(members[0])
        return lambda value, _: None if value is None else inner(value, None)
    known = plain.get_structure_hook(kind)
    return lambda value, _: None if value == "" else known(value, kind)
