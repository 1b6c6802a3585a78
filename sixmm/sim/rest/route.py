"""What a handler is, and the small readers of query values that handlers share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..codes import Code, ExchangeError
from ..core import Core
from .call import Call, Reply
from .caller import Access, Caller, identify, identify_if_named

__all__ = [
    "Open",
    "Private",
    "Public",
    "Route",
    "open_to_all",
    "page_of",
    "private",
    "public",
    "span",
    "whole_number",
]

Public = Callable[[Core, Call], "Reply | object"]
Open = Callable[[Core, Call, Caller | None], "Reply | object"]
Private = Callable[[Core, Call, Caller], "Reply | object"]

_INTEGER = re.compile(r"[0-9]{1,19}")
MOST_ROWS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What an operation asks of its caller, and what it does. Runs inside a transaction."""

    access: Access
    run: Public


def public(handler: Public) -> Route:
    """Return the route of a call that anybody may make."""
    return Route(access=Access.PUBLIC, run=handler)


def open_to_all(handler: Open) -> Route:
    """Return the route of a call that anybody may make, and that says more to who is known."""

    def run(core: Core, call: Call) -> Reply | object:
        return handler(core, call, identify_if_named(core, call))

    return Route(access=Access.PUBLIC, run=run)


def private(access: Access, handler: Private) -> Route:
    """Return the route of a call that asks who calls."""

    def run(core: Core, call: Call) -> Reply | object:
        return handler(core, call, identify(core, call, access))

    return Route(access=access, run=run)


def whole_number(
    query: Mapping[str, object],
    name: str,
    default: int,
    *,
    least: int = 0,
    most: int | None = None,
) -> int:
    """Return the integer under `name`: text that is none is 2002, one out of bounds 2003."""
    text = query.get(name)
    if text is None or text == "":
        return default
    if not isinstance(text, str) or not _INTEGER.fullmatch(text):
        raise ExchangeError(Code.BAD, f"{name} must be a whole number")
    value = int(text)
    if value < least or (most is not None and value > most):
        raise ExchangeError(Code.OUT_OF_RANGE, f"{name} is out of range")
    return value


def span(query: Mapping[str, object]) -> tuple[int, int]:
    """Return startTime and endTime in ms, both included; whatever is left out is open."""
    return whole_number(query, "startTime", 0), whole_number(query, "endTime", 2**62)


def page_of(query: Mapping[str, object]) -> slice:
    """Return the rows that page and pageSize ask for: page 1 and 20 rows by default (rule 64)."""
    page = whole_number(query, "page", 1, least=1)
    size = whole_number(query, "pageSize", 20, least=1, most=MOST_ROWS)
    return slice((page - 1) * size, page * size)
