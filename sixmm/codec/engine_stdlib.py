"""The strict JSON reader, from the standard library alone. Its verdict is the one that counts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NoReturn

from ..errors import DecodeError

__all__ = [
    "MAX_DEPTH",
    "MAX_DIGITS",
    "MAX_EXPONENT",
    "MAX_TEXT_BYTES",
    "SHAPE",
    "Refused",
    "check_depth",
    "exact",
    "is_surely_shallow",
    "read",
]

MAX_TEXT_BYTES = 16 * 1024 * 1024
"""The longest JSON text that is read, in bytes."""
MAX_DEPTH = 64
"""How many objects and lists may be inside one another."""
MAX_DIGITS = 40
"""How many digits a JSON number may have."""
MAX_EXPONENT = 64
"""How large the exponent of a JSON number may be, either way."""


class Refused(Exception):
    """JSON that the standard allows, or that the library would take, but that is not read here."""


def read(text: str | bytes, max_bytes: int) -> Any:
    """Return the value of a JSON text, as :func:`.parse_json` promises it.

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
    except Refused as exc:
        problem = str(exc)
    # Raised out here because those exceptions hold the text, and would hang on ours as its context.
    raise DecodeError(problem)


def _read(text: str | bytes, max_bytes: int) -> Any:
    if len(text) > max_bytes:
        raise Refused(f"longer than {max_bytes} bytes")
    data = text.encode() if isinstance(text, str) else text
    value = _DECODER.decode(text if isinstance(text, str) else data.decode())
    many = data.count(b"[") + data.count(b"{") > MAX_DEPTH
    if many and not is_surely_shallow(data.translate(SHAPE)):
        check_depth(value)
    if b"\\u" in data:
        _write(value).encode()  # an escaped lone surrogate fails here
    return value


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MAX_DIGITS:
        raise Refused(f"a number of more than {MAX_DIGITS} digits")
    return int(text)


def exact(text: str) -> Decimal:
    """Return a JSON number that has a point or an exponent, digit for digit.

    Raises:
        Refused: it has too many digits or too large an exponent to work with.
    """
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa.lstrip("-").replace(".", "")) > MAX_DIGITS:
        raise Refused(f"a number of more than {MAX_DIGITS} digits")
    if len(exponent) > MAX_DIGITS or abs(int(exponent or 0)) > MAX_EXPONENT:
        raise Refused(f"a number with an exponent over {MAX_EXPONENT}")
    return Decimal(text)


def _refuse_constant(_: str) -> NoReturn:
    raise Refused("NaN and Infinity are not JSON")


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=exact, parse_constant=_refuse_constant)
_write = json.JSONEncoder(ensure_ascii=False, check_circular=False, default=str).encode

SHAPE = bytes.maketrans(b"0123456789{}", b"0000000000[]")
"""A table for ``bytes.translate`` that leaves one digit and one kind of bracket."""


def is_surely_shallow(shape: bytes) -> bool:
    """Whether a valid JSON text, translated by :data:`SHAPE`, cannot be nested too deep.

    Each opening bracket is a level at most, and one that follows a closing bracket and a comma is
    no new level. Brackets inside strings count as levels too, or as none, but never less: such a
    sequence has no quote, so it is all inside of a string or all outside.
    """
    opened = shape.count(b"[")
    return opened <= MAX_DEPTH or opened - shape.count(b"],[") <= MAX_DEPTH


def check_depth(value: Any) -> None:
    """Visit the objects and lists of a decoded value, level by level.

    Raises:
        Refused: there are more than :data:`MAX_DEPTH` levels.
    """
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise Refused(f"nested more than {MAX_DEPTH} levels deep")


def _children(node: Any) -> Iterable[Any]:
    members = node.values() if isinstance(node, dict) else node
    return [child for child in members if isinstance(child, (dict, list))]
