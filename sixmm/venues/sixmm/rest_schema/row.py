"""What the rows of all replies have in common, and the converter that makes them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, TypeVar

import attrs
import cattrs
from attrs import field

from ....codec import RAW, extra_of, make_converter, structure
from ....errors import DecodeError
from ....redaction import Secret

__all__ = ["Accepted", "Row", "assumed_rows", "make_rest_converter"]

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Row:
    """The base of what a reply tells about one thing."""

    raw: str = field(default="", repr=False, eq=False, metadata=RAW)
    """Its JSON text."""

    @property
    def extra(self) -> Mapping[str, Any]:
        """The members that the class does not name, worked out on access."""
        return extra_of(type(self), self.raw)


@attrs.frozen(kw_only=True)
class Accepted(Row):
    """The reply to a call that was accepted, and whose result is not documented (rule 111).

    Whatever the reply has is in ``extra``.
    """


def make_rest_converter() -> cattrs.Converter:
    """Return a converter for these classes: the strict one, which also wraps secrets."""
    converter = make_converter()
    text = converter.get_structure_hook(str)
    converter.register_structure_hook(Secret, lambda value, _: Secret(text(value, str)))
    return converter


_shared_converter = functools.lru_cache(maxsize=1)(make_rest_converter)


def assumed_rows(cls: type[T], value: Any, *, path: str) -> tuple[T, ...]:
    """Return a list whose elements are not documented as rows of ``cls``, and None as no rows.

    It is for what is worked out on access: the rest of the reply can be used in any case.

    Raises:
        DecodeError: the list is something else than is assumed.
    """
    if value is None:
        return ()
    if not isinstance(value, list):
        raise DecodeError("expected a list", path=path)
    converter = _shared_converter()
    return tuple(
        structure(converter, row, cls, path=f"{path}[{place}]") for place, row in enumerate(value)
    )
