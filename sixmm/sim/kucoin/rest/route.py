"""What a route is, what its handler gets, and the two ways of paging."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..core import Core
from ..engine.account import Account
from ..signing import ApiKey
from .call import Call

__all__ = ["Handler", "Route", "Visit", "cursor", "numbered", "period"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One call on its way through its handler, which runs under the lock.

    `key` and `account` are those of the caller; a public call has neither.
    """

    core: Core
    call: Call
    key: ApiKey | None = None
    owner: Account | None = None

    @property
    def account(self) -> Account:
        """The account of the caller."""
        assert self.owner is not None
        return self.owner


Handler = Callable[[Visit], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A handler with what the call costs, and of which pool; `permission` None is public."""

    handler: Handler
    permission: str | None
    pool: str
    weight: int


def numbered(visit: Visit, rows: Sequence[object], *, names: tuple[str, str], most: int) -> object:
    """Return a page by its number; `names` are those of the query: page and size."""
    number = visit.call.number(names[0], 1, least=1)
    size = visit.call.number(names[1], 50, least=1, most=most)
    return {
        "currentPage": number,
        "pageSize": size,
        "totalNum": len(rows),
        "totalPage": -(-len(rows) // size),
        "items": list(rows[(number - 1) * size : number * size]),
    }


def cursor(
    visit: Visit, rows: Sequence[tuple[int, object]], *, default: int = 20, most: int = 100
) -> object:
    """Return those of `rows`, newest first, that come after ``lastId``; each has its number.

    ``lastId`` of the answer is the number of its last row, and goes into the next call; 0 means
    that there was none. The order is that of the time, so numbers fall.
    """
    size = visit.call.number("limit", default, least=1, most=most)
    last = visit.call.number("lastId", 0)
    if last:
        rows = [one for one in rows if one[0] < last]
    page = rows[:size]
    return {"lastId": page[-1][0] if page else 0, "items": [row for _, row in page]}


def period(visit: Visit) -> Callable[[int], bool]:
    """Return whether a time in ns lies in ``startAt`` to ``endAt`` (ms, both included)."""
    start = visit.call.number("startAt", 0)
    end = visit.call.number("endAt", 0) or 2**62
    return lambda time_ns: start <= time_ns // 1_000_000 <= end
