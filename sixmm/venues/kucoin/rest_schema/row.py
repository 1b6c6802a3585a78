"""What the rows of all replies have in common, and the way from reply data to a typed result."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, TypeVar

import attrs
import cattrs
from attrs import field

from ....codec import RAW, extra_of, parse_json, structure
from ..kinds import make_kucoin_converter

__all__ = ["Row", "reread", "result_of"]

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


@functools.lru_cache(maxsize=1)
def _converter() -> cattrs.Converter:
    return make_kucoin_converter()


def result_of(cls: type[T], data: Any) -> T:
    """Return reply data as a ``cls``; raises DecodeError with the path of a field that is wrong."""
    return structure(_converter(), data, cls, path="$.data")


def reread(raw: str, cls: type[T]) -> T | None:
    """Return the row of a text that came from one, or None for an empty text."""
    return structure(_converter(), parse_json(raw), cls) if raw else None
