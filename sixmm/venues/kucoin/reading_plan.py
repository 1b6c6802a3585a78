"""What the plans that read an account have in common: lists to their end, and parts that may fail.

A part that cannot be read is told and the others go on; a refused credential and a closed client
end a plan, because nothing else would be answered either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from ...errors import (
    AuthenticationError,
    ClientClosed,
    NotPermitted,
    OrderNotFound,
    SixmmError,
)
from ...redaction import one_line
from ...state.models import Baseline, Fill, Order
from ..base import Call, Plan

__all__ = [
    "MAX_LOOKUPS",
    "MAX_PAGES",
    "MAX_WINDOWS",
    "WINDOW_MS",
    "Incomplete",
    "Notes",
    "by_cursor",
    "by_page",
    "look_up",
    "part",
    "wanted_orders",
    "windows",
]

MAX_PAGES = 500
"""How many pages of one list are read."""
MAX_LOOKUPS = 100
"""How many orders are asked for one by one."""
WINDOW_MS = 7 * 24 * 60 * 60 * 1_000
"""The longest span that a list of fills or ended orders may be asked for, in milliseconds."""
MAX_WINDOWS = 8
"""How many such spans are asked for."""

T = TypeVar("T")


class Incomplete(SixmmError):
    """A list could not be read to its end."""


# Parts


class Notes(dict[str, str]):
    """Why parts could not be read, by name, and for which of them it is of no use to ask again."""

    def __init__(self) -> None:
        super().__init__()
        self.final: set[str] = set()

    def note(self, name: str, reason: str, *, final: bool = False) -> None:
        """Note one reason; a part is final only where all of its reasons are."""
        if final and name not in self:
            self.final.add(name)
        elif not final:
            self.final.discard(name)
        self[name] = f"{self[name]}; {reason}" if name in self else reason


def part(name: str, plan: Plan[T], notes: Notes) -> Plan[T | None]:
    """Run one part; where it fails, note why and go on with None."""
    try:
        return (yield from plan)
    except (AuthenticationError, ClientClosed):
        raise
    except SixmmError as error:
        notes.note(name, _reason(error), final=isinstance(error, NotPermitted))
        return None


def _reason(error: SixmmError) -> str:
    if isinstance(error, Incomplete):
        return str(error)
    return one_line(f"{type(error).__name__}: {error}")


# Lists


def windows(since_ms: int, now_ms: int) -> list[tuple[int, int | None]]:
    """Return the spans in which a list is asked for from a time on, oldest first.

    The last one has no end. The bounds overlap by a millisecond on either side, because the
    documentation does not say whether they are included.

    Raises:
        Incomplete: it is too long ago.
    """
    starts = list(range(max(since_ms, 1) - 1, max(now_ms, since_ms, 1), WINDOW_MS - 2))
    if len(starts) > MAX_WINDOWS:
        raise Incomplete(f"more than {MAX_WINDOWS} weeks ago")
    return [(start, start + WINDOW_MS if start != starts[-1] else None) for start in starts]


def by_cursor(
    call_of: Callable[[str | None], Call], *, key_of: Callable[[Any], object]
) -> Plan[list[Any]]:
    """Return the rows of a list that goes on from the id of the last reply.

    A short reply is not the end, because the exchange may give fewer rows than it was asked for:
    one that brings nothing new is.
    """
    rows: dict[object, Any] = {}
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        reply = yield call_of(cursor)
        before = len(rows)
        rows.update((key_of(row), row) for row in reply.rows)
        if len(rows) == before or reply.last_id in (None, cursor):
            return list(rows.values())
        cursor = reply.last_id
    raise Incomplete(f"more than {MAX_PAGES} pages")


def by_page(call_of: Callable[[int], Call], *, key_of: Callable[[Any], object]) -> Plan[list[Any]]:
    """Return the rows of a list with numbered pages.

    New rows at the top move the others to later pages, so that a row may come twice but none is
    passed over. The first reply says how many are due.

    Raises:
        Incomplete: there were fewer.
    """
    rows: dict[object, Any] = {}
    promised = 0
    for page in range(1, MAX_PAGES + 1):
        reply = yield call_of(page)
        promised = reply.total or 0 if page == 1 else promised
        before = len(rows)
        rows.update((key_of(row), row) for row in reply.rows)
        if len(rows) == before or (reply.total is not None and len(rows) >= reply.total):
            if len(rows) < promised:
                raise Incomplete(f"only {len(rows)} of {promised} rows could be read")
            return list(rows.values())
    raise Incomplete(f"more than {MAX_PAGES} pages")


# Orders one by one


def wanted_orders(
    open_orders: Mapping[str, str],
    fills: Iterable[Fill],
    baseline: Baseline,
    told: Iterable[str],
) -> dict[str, str]:
    """Return id and symbol of the orders that no list has told.

    They are those that were open before, and those with a fill that nobody knew.
    """
    wanted = dict(open_orders)
    for fill in fills:
        if fill.fill_id not in baseline.fills:
            wanted.setdefault(fill.order_id, fill.symbol or "")
    known = set(told)
    return {order_id: symbol for order_id, symbol in wanted.items() if order_id not in known}


def look_up(
    wanted: Mapping[str, str],
    plans_of: Callable[[str, str], Sequence[Plan[Order]]],
    notes: Notes,
) -> Plan[list[Order]]:
    """Return the orders that the exchange tells one by one; note those that it does not know.

    Args:
        wanted: symbols by order id.
        plans_of: gives, for order id and symbol, the plans to try: an order may be on any of
            several markets.
        notes: takes what could not be read.
    """
    found: list[Order] = []
    unknown: list[str] = []
    for asked, (order_id, symbol) in enumerate(wanted.items()):
        if asked == MAX_LOOKUPS:
            notes.note("orders", f"{len(wanted) - asked} more orders to ask for")
            break
        try:
            order = yield from _first_known(plans_of(order_id, symbol))
        except (AuthenticationError, ClientClosed):
            raise
        except SixmmError as error:
            notes.note("orders", f"order {one_line(order_id)}: {_reason(error)}")
            break
        if order is None:
            unknown.append(order_id)
        else:
            found.append(order)
    if unknown:
        notes.note("orders", one_line(f"not known to the exchange: {', '.join(unknown)}"))
    return found


def _first_known(plans: Sequence[Plan[Order]]) -> Plan[Order | None]:
    for plan in plans:
        try:
            return (yield from plan)
        except OrderNotFound:
            continue
    return None
