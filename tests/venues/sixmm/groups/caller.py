"""What stands for the exchange in the tests of the groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sixmm.venues.base import Call
from sixmm.venues.sixmm.envelope import parse

from ..examples import success

__all__ = ["Echo", "Exchange", "page_of", "plain"]


class Echo:
    """Answers each call with the call itself."""

    def __call__(self, call: Call) -> Any:
        """Return the call."""
        return call


class Exchange:
    """Answers calls with data, by way of the real reading of replies.

    Args:
        answer: gives the data of a call.
    """

    def __init__(self, answer: Callable[[Call], Any]) -> None:
        self.made: list[Call] = []
        self._answer = answer

    def __call__(self, call: Call) -> Any:
        """Return the result of a call."""
        self.made.append(call)
        return parse(call, success(self._answer(call)))


def plain(call: Any) -> tuple[Any, ...]:
    """Return what identifies a call."""
    return call.operation, call.method, call.path, call.query, call.body


def page_of(rows: list[Any], call: Call) -> dict[str, Any]:
    """Return the page of a list that a call asks for."""
    query = dict(call.query)
    size = int(query.get("pageSize", 20))
    start = (int(query.get("page", 1)) - 1) * size
    return {"list": rows[start : start + size], "total": len(rows)}
