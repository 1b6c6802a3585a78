"""JSON text in and out: what the standard allows and nothing else, exact, and within bounds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ..errors import ConfigurationError
from .amounts import PLAIN_DECIMAL
from .engine_stdlib import MAX_DEPTH, MAX_TEXT_BYTES
from .engines import read

__all__ = [
    "MAX_DEPTH",
    "MAX_TEXT_BYTES",
    "PLAIN_DECIMAL",
    "decimal_text",
    "dump_json",
    "parse_json",
]


def parse_json(text: str | bytes, *, max_bytes: int = MAX_TEXT_BYTES) -> Any:
    """Return the value of a JSON text; a number with a point or an exponent is an exact Decimal.

    Refused are NaN and Infinity, text that is not valid UTF-8, lone surrogates (they could not be
    encoded again), nesting over 64 levels, numbers of more than 40 digits or with an exponent
    over 64, and texts longer than ``max_bytes``. Of equal keys in one object the last one wins.

    Raises:
        DecodeError: the text is refused; the error does not repeat any of it.
    """
    return read(text, max_bytes)


def dump_json(value: Any, *, numbers: bool = False) -> bytes:
    """Return the compact JSON text of ``value`` in UTF-8: no spaces, members in their given order.

    A Decimal is written as a string in plain notation, because amounts travel as strings (rule 9);
    with ``numbers=True`` it is written as a JSON number, which gives back what
    :func:`parse_json` read.

    Raises:
        ConfigurationError: the value has a float, a key that is not text, a lone surrogate, or
            anything else that JSON has no form for.
    """
    try:
        return _write(value, _number_text if numbers else _quoted_decimal).encode()
    except UnicodeError:
        problem = "text with a lone surrogate cannot be sent"
    except RecursionError:
        problem = "a value that is nested too deeply, or in itself, cannot be sent"
    raise ConfigurationError(problem)


_quote = json.JSONEncoder(ensure_ascii=False).encode


def _quoted_decimal(value: Decimal) -> str:
    return f'"{decimal_text(value)}"'


def _number_text(value: Decimal) -> str:
    return str(value)


def _write(value: Any, decimal: Callable[[Decimal], str]) -> str:
    if isinstance(value, str):
        return _quote(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, Decimal):
        return decimal(value)
    if isinstance(value, Mapping):
        members = (f"{_key(key)}:{_write(item, decimal)}" for key, item in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_write(item, decimal) for item in value) + "]"
    if isinstance(value, float):
        raise ConfigurationError("a float is not exact: give an amount as text or as a Decimal")
    raise ConfigurationError(f"a {type(value).__name__} cannot be sent as JSON")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise ConfigurationError("a member name must be text")
    return _quote(key)


def decimal_text(value: Decimal | int | str) -> str:
    """Return an amount in the plain notation of the wire; text is checked and returned as it is.

    Raises:
        ConfigurationError: the value is a float or a bool, is not finite, is not a plain decimal,
            or has more than 30 digits on either side of the point.
    """
    if isinstance(value, (float, bool)):
        raise ConfigurationError("an amount is text, an int or a Decimal: a float is not exact")
    text = _plain(value)
    if not PLAIN_DECIMAL.fullmatch(text):
        raise ConfigurationError("an amount must be a plain decimal such as 0.001")
    return text


def _plain(value: object) -> str:
    # The sizes are looked at first: 1E+999999 in plain notation is a megabyte of zeros.
    if isinstance(value, Decimal):
        small = value.is_finite() and abs(value.adjusted()) <= 30
        return format(value, "f") if small else ""
    if isinstance(value, int):
        return str(value) if value.bit_length() < 128 else ""
    return value if isinstance(value, str) else ""
