"""What the groups of REST calls have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from ...base import Call
from ..paging import Page, Progress, by_number, checked_bound

__all__ = ["Group", "MakeCall", "text_of"]

MakeCall = Callable[[Call], Any]
"""Makes a call and returns its result."""

R = TypeVar("R")


class Group:
    """A group of calls.

    Args:
        call: makes a call and returns its result.
    """

    def __init__(self, call: MakeCall) -> None:
        self._call = call

    def _pages(
        self,
        call_of: Callable[[int], Call],
        *,
        key: Callable[[R], object],
        page_size: int,
        max_rows: int | None,
        progress: Progress | None,
    ) -> Iterator[R]:
        """Return the rows of a list that comes in numbered pages."""
        # Made once for nothing: what cannot be is refused now, not when the first row is taken.
        call_of(1)

        def fetch(page: int) -> Page[R]:
            found: Page[R] = self._call(call_of(page))
            return found

        return by_number(
            fetch,
            key=key,
            page_size=page_size,
            max_rows=checked_bound(max_rows),
            progress=progress,
        )


def text_of(row: Any) -> str:
    """Return what tells a row without an id from another: all that the exchange says of it."""
    text: str = row.raw
    return text
