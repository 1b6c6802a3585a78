"""Reading the fields of a body or of a query, with the code for each way to be wrong.

Absent or empty where something is required is 2001, of the wrong type or not among the known
values is 2002, too long or out of bounds is 2003 (rule 101). A JSON ``null`` is the same as
nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from ..codes import Code, ExchangeError
from ..engine.request import text_field

__all__ = ["addresses", "integer", "short_text", "texts"]


def short_text(
    fields: Mapping[str, object], name: str, *, most: int, least: int = 0, required: bool = False
) -> str | None:
    """Return a text of `least` to `most` characters, or None when it is absent."""
    value = text_field(fields, name, required=required)
    if value is not None and not least <= len(value) <= most:
        wanted = f"{max(least, 1)} to {most} characters"
        raise ExchangeError(Code.OUT_OF_RANGE, f"{name} must have {wanted}")
    return value


def integer(body: Mapping[str, object], name: str) -> int | None:
    """Return a whole number of a JSON body, or None when it is absent."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise ExchangeError(Code.BAD, f"{name} must be a whole number")
    return value


def texts(body: Mapping[str, object], name: str) -> tuple[str, ...] | None:
    """Return a list of texts, or None when it is absent."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ExchangeError(Code.BAD, f"{name} must be a list of strings")
    return tuple(value)


def addresses(body: Mapping[str, object], name: str, *, most: int) -> tuple[str, ...] | None:
    """Return a list of at most `most` IP addresses, or None when it is absent."""
    found = texts(body, name)
    if found is None:
        return None
    if len(found) > most:
        raise ExchangeError(Code.OUT_OF_RANGE, f"{name} holds at most {most} addresses")
    for one in found:
        try:
            ipaddress.ip_address(one)
        except ValueError:
            raise ExchangeError(Code.BAD, f"{name} must hold IP addresses only") from None
    return found
