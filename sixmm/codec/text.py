"""JSON text in and out: what the standard allows and nothing else, exact, and within bounds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NoReturn

from ..errors import ConfigurationError, DecodeError

__all__ = [
    "MAX_DEPTH",
    "MAX_TEXT_BYTES",
    "PLAIN_DECIMAL",
    "decimal_text",
    "dump_json",
    "parse_json",
]

MAX_TEXT_BYTES = 16 * 1024 * 1024
"""The longest JSON text that is read, in bytes."""
MAX_DEPTH = 64
"""How many objects and lists may be inside one another."""
MAX_DIGITS = 40
"""How many digits a JSON number may have."""
MAX_EXPONENT = 64
"""How large the exponent of a JSON number may be, either way."""

PLAIN_DECIMAL = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?")
"""An amount as it travels: ASCII digits, no exponent, at most 30 digits on either side."""


class _Refused(Exception):
    """JSON that the standard allows, or that the library would take, but that is not read here."""


def parse_json(text: str | bytes, *, max_bytes: int = MAX_TEXT_BYTES) -> Any:
    """Return the value of a JSON text; a number with a point or an exponent is an exact Decimal.

    Refused are NaN and Infinity, text that is not valid UTF-8, lone surrogates (they could not be
    encoded again), nesting over 64 levels, numbers of more than 40 digits or with an exponent
    over 64, and texts longer than ``max_bytes``. Of equal keys in one object the last one wins.

    Raises:
        DecodeError: the text is refused; the error does not repeat any of it.
    """
    try:
        return _read(text, max_bytes)
    except json.JSONDecodeError as exc:
        problem = f"not valid JSON at character {exc.pos}"
    except UnicodeError:
        problem = "not valid UTF-8"
    except RecursionError:
        problem = f"nested more than {MAX_DEPTH} levels deep"
    except _Refused as exc:
        problem = str(exc)
    # Raised out here because those exceptions hold the text, and would hang on ours as its context.
    raise DecodeError(problem)


def _read(text: str | bytes, max_bytes: int) -> Any:
    if len(text) > max_bytes:
        raise _Refused(f"longer than {max_bytes} bytes")
    data = text.encode() if isinstance(text, str) else text
    value = _DECODER.decode(text if isinstance(text, str) else data.decode())
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH and not _is_flat(data):
        _check_depth(value)
    if b"\\u" in data:
        _write(value, _number_text).encode()  # an escaped lone surrogate fails here
    return value


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MAX_DIGITS:
        raise _Refused(f"a number of more than {MAX_DIGITS} digits")
    return int(text)


def _exact(text: str) -> Decimal:
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa.lstrip("-")) > MAX_DIGITS + 1:
        raise _Refused(f"a number of more than {MAX_DIGITS} digits")
    if len(exponent) > MAX_DIGITS or abs(int(exponent or 0)) > MAX_EXPONENT:
        raise _Refused(f"a number with an exponent over {MAX_EXPONENT}")
    return Decimal(text)


def _refuse_constant(_: str) -> NoReturn:
    raise _Refused("NaN and Infinity are not JSON")


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_exact, parse_constant=_refuse_constant)
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'[]{}"'))


def _is_flat(data: bytes) -> bool:
    """Whether a valid JSON text is certainly nested less than 8 deep, without visiting its values.

    Without a backslash every quote is the end of a string; where quotes then come in adjacent pairs
    once all else is taken out, no bracket is inside a string, and the brackets can be cancelled.
    """
    if b"\\" in data:
        return False
    brackets = data.translate(None, _NOT_STRUCTURE).replace(b'""', b"")
    for _ in range(8):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return not brackets


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise _Refused(f"nested more than {MAX_DEPTH} levels deep")


def _children(node: Any) -> Iterable[Any]:
    members = node.values() if isinstance(node, dict) else node
    return [child for child in members if isinstance(child, (dict, list))]


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
