"""What the calls share: checks of arguments, and the way from reply data to a typed result."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import cattrs

from ....codec import decimal_text, structure
from ....errors import ConfigurationError
from ....redaction import one_line
from .. import rest_schema as rest

__all__ = [
    "Amount",
    "amount",
    "as_",
    "given",
    "id_text",
    "integer",
    "plain_object",
    "query_pairs",
    "result_of",
    "symbol_text",
    "word",
]

T = TypeVar("T")
Amount = Decimal | int | str
"""An amount to send: text is sent as it is."""

_SYMBOL = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_WORD = re.compile(r"[A-Za-z0-9_]{1,40}")


# Results


def as_(cls: type[T]) -> Callable[[Any], T]:
    """Return the function that turns reply data into a ``cls``."""
    return functools.partial(result_of, cls)


def result_of(cls: type[T], data: Any) -> T:
    """Return reply data as a ``cls``; raises DecodeError with the path of a field that is wrong."""
    return structure(_converter(), data, cls, path="$.data")


@functools.lru_cache(maxsize=1)
def _converter() -> cattrs.Converter:
    return rest.make_rest_converter()


def plain_object(data: Any) -> Mapping[str, Any]:
    """Return the object of a reply without documented fields (rule 111), or an empty one."""
    return data if isinstance(data, dict) else {}


# Arguments. Each check lets None through, for "not given".


def symbol_text(value: str | None) -> str | None:
    """Return a symbol, or raise ConfigurationError."""
    return _matching(value, _SYMBOL, "a symbol")


def id_text(value: str | None, what: str = "an order id") -> str | None:
    """Return an id of the exchange or of the caller, or raise ConfigurationError."""
    return _matching(value, _ID, what)


def word(value: str | None, what: str) -> str | None:
    """Return a word such as ``BUY``, also from an enum, or raise ConfigurationError."""
    return _matching(value, _WORD, what)


def _matching(value: str | None, form: re.Pattern[str], what: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, str) and form.fullmatch(value):
        return str(value)
    raise ConfigurationError(f"{one_line(value, limit=80)!r} cannot be {what}")


def amount(value: Amount | None) -> str | None:
    """Return an amount as it travels (rule 9); a float is refused with ConfigurationError."""
    return None if value is None else decimal_text(value)


def integer(value: int | None, what: str) -> int | None:
    """Return a whole number (rule 11), or raise ConfigurationError."""
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    raise ConfigurationError(f"{what} must be an integer")


def given(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that are not None, in their order."""
    return {name: value for name, value in members.items() if value is not None}


def query_pairs(members: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the members that are not None as the pairs of a query."""
    return tuple((name, str(value)) for name, value in given(members).items())
