"""The plan that reads the account by REST, in the order that makes the parts fit together.

Fills are read before orders, so that every fill is contained in the order states. A part that
cannot be read is told in ``unchecked`` and the others go on; a refused credential and a closed
client end the plan, because nothing else would be answered either.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from ...errors import ApiError, AuthenticationError, ClientClosed, NotPermitted, SixmmError
from ...redaction import one_line
from ...state.models import (
    Balance,
    Baseline,
    ConditionOrder,
    Fill,
    Order,
    Position,
    Snapshot,
)
from ..base import Call, Plan
from . import calls
from .condition_facts import condition_of_row, has_ended
from .enums import ConditionStatus
from .facts import balance_of_row, fill_of_row, order_of_row, position_of_row

__all__ = ["MAX_CONDITION_PAGES", "MAX_LOOKUPS", "MAX_PAGES", "PAGE_SIZE", "snapshot_plan"]

PAGE_SIZE = 100
"""How many rows a page is asked to have."""
MAX_PAGES = 500
"""How many pages of one list are read."""
MAX_ROWS = MAX_PAGES * PAGE_SIZE
"""How many rows of one list are kept."""
MAX_LOOKUPS = 100
"""How many orders are asked for one by one."""
MAX_CONDITION_PAGES = 20
"""How many pages of past condition orders are read."""

_NO_SUCH_ORDER = 3003
_CONDITIONS = "conditions"
_WAITS = str(ConditionStatus.NEW)

T = TypeVar("T")


class _Incomplete(SixmmError):
    """A list could not be read to its end."""


def snapshot_plan(baseline: Baseline, *, now_ms: int) -> Plan[Snapshot]:
    """Return the plan that reads fills, orders, positions, balances and condition orders.

    Raises:
        AuthenticationError: the credential is not accepted; thrown into the plan and passed on.
        ClientClosed: the client was closed.
    """
    unchecked = _Notes()
    fills = yield from _part("fills", _fills(baseline), unchecked)
    open_orders = yield from _part("orders", _open_orders(), unchecked)
    ended_orders: dict[str, Order] = {}
    if open_orders is not None:
        ended_orders = yield from _add_ended(baseline, fills or (), open_orders, unchecked)
    positions = yield from _part("positions", _positions(), unchecked)
    balances = yield from _part("balances", _balances(), unchecked)
    conditions = yield from _part(_CONDITIONS, _waiting_conditions(), unchecked)
    ended_conditions: Iterable[ConditionOrder] = ()
    if conditions is not None:
        ended_conditions = yield from _ended_conditions(baseline, conditions, unchecked)
    return Snapshot(
        as_of_ms=now_ms,
        fills=fills,
        open_orders=None if open_orders is None else tuple(open_orders.values()),
        ended_orders=tuple(ended_orders.values()),
        positions=positions,
        balances=balances,
        conditions=None if conditions is None else tuple(conditions.values()),
        ended_conditions=tuple(ended_conditions),
        unchecked=dict(unchecked),
        final=frozenset(unchecked.final),
    )


def _part(name: str, plan: Plan[T], unchecked: _Notes) -> Plan[T | None]:
    """Run one part; where it fails, note why and go on with None."""
    try:
        return (yield from plan)
    except (AuthenticationError, ClientClosed):
        raise
    except SixmmError as error:
        unchecked.note(name, _reason(error), final=isinstance(error, NotPermitted))
        return None


class _Notes(dict[str, str]):
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


def _reason(error: SixmmError) -> str:
    if isinstance(error, _Incomplete):
        return str(error)
    return one_line(f"{type(error).__name__}: {error}")


# Lists in pages


def _is_last(got: int, news: int, known: int, total: int | None) -> bool:
    """Whether a page of ``got`` rows, ``news`` of them new, ends a list; ``known`` rows are read.

    A short page is not enough, because the exchange may give fewer rows than it was asked for
    (rule 110): where the list says how long it is, that decides, or a page that brings nothing.
    """
    return got < PAGE_SIZE and (total is None or known == total or not news)


def _check_length(known: int, promised: int) -> None:
    if known < promised:
        raise _Incomplete(f"only {known} of {promised} rows could be read")


def _newest_first(
    call_of: Callable[[int], Call],
    *,
    id_of: Callable[[Any], str],
    time_of: Callable[[Any], int | None],
    since_ms: int,
) -> Plan[list[Any]]:
    """Return the rows of a paged list since a time, oldest first.

    New rows at the top move the others to later pages, so that a row may come twice but none is
    passed over.
    """
    rows: dict[str, Any] = {}
    promised = 0

    def is_old(row: Any) -> bool:
        moment = time_of(row)
        return moment is not None and moment < since_ms

    for page in range(1, MAX_PAGES + 1):
        reply = yield call_of(page)
        promised = reply.total or 0 if page == 1 else promised
        before = len(rows)
        rows.update((id_of(row), row) for row in reply.rows)
        if len(rows) > MAX_ROWS:
            break
        past = bool(reply.rows) and all(map(is_old, reply.rows))
        if past or _is_last(len(reply.rows), len(rows) - before, len(rows), reply.total):
            # Rows that come in meanwhile are told by the stream: the first page says what is due.
            _check_length(len(rows), 0 if past else promised)
            kept = [row for row in reversed(rows.values()) if not is_old(row)]
            return sorted(kept, key=lambda row: time_of(row) or 0)
    raise _Incomplete(f"more than {MAX_ROWS} rows")


# Parts


def _fills(baseline: Baseline) -> Plan[tuple[Fill, ...]]:
    rows = yield from _newest_first(
        lambda page: calls.trades(start_time=_from(baseline), page=page, page_size=PAGE_SIZE),
        id_of=lambda row: row.fill_id,
        time_of=lambda row: row.created_at,
        since_ms=baseline.since_ms,
    )
    return tuple(fill_of_row(row) for row in rows)


def _from(baseline: Baseline) -> int | None:
    # One earlier than wanted, because the docs do not say whether the bound itself is included.
    return baseline.since_ms - 1 if baseline.since_ms > 1 else None


def _open_orders() -> Plan[dict[str, Order]]:
    rows: dict[str, Order] = {}
    cursor = None
    for _ in range(MAX_PAGES):
        reply = yield calls.current_orders(limit=PAGE_SIZE, last_order_id=cursor)
        before = len(rows)
        rows.update((row.order_id, order_of_row(row)) for row in reply.rows)
        news = len(rows) - before
        if not news or _is_last(len(reply.rows), news, len(rows), reply.total):
            # An order that ends meanwhile leaves the list: the last page says what is due.
            _check_length(len(rows), reply.total or 0)
            return rows
        cursor = reply.rows[-1].order_id
    raise _Incomplete(f"more than {MAX_PAGES} pages of {PAGE_SIZE}")


def _history(baseline: Baseline) -> Plan[dict[str, Order]]:
    rows = yield from _newest_first(
        lambda page: calls.order_history(
            start_time=_from(baseline), page=page, page_size=PAGE_SIZE
        ),
        id_of=lambda row: row.order_id,
        time_of=lambda row: row.updated_at or row.created_at,
        since_ms=baseline.since_ms,
    )
    orders = map(order_of_row, rows)
    return {order.order_id: order for order in orders if not order.is_open}


def _positions() -> Plan[tuple[Position, ...]]:
    reply = yield calls.positions()
    return tuple(position_of_row(row) for row in reply.rows)


def _balances() -> Plan[tuple[Balance, ...]]:
    row = yield calls.user_asset()
    return (balance_of_row(row),)


# Orders that ended


def _add_ended(
    baseline: Baseline,
    fills: tuple[Fill, ...],
    open_orders: dict[str, Order],
    unchecked: _Notes,
) -> Plan[dict[str, Order]]:
    """Return the orders that ended, from the history and by asking for those in neither list.

    The history was read after the open orders, so an order in both has ended and is taken out of
    ``open_orders``; one that turns out to be open is put in.
    """
    ended = (yield from _part("orders", _history(baseline), unchecked)) or {}
    for order_id in ended.keys() & open_orders.keys():
        del open_orders[order_id]
    told = ended.keys() | open_orders.keys()
    wanted = {key: symbol for key, symbol in _wanted(baseline, fills) if key not in told}
    found = yield from _look_up(wanted, unchecked)
    for order in found:
        (open_orders if order.is_open else ended)[order.order_id] = order
    return ended


def _wanted(baseline: Baseline, fills: tuple[Fill, ...]) -> Iterator[tuple[str, str]]:
    """Yield id and symbol of each order that was open before or has an unseen fill."""
    yield from baseline.open_orders.items()
    for fill in fills:
        if fill.fill_id not in baseline.fills:
            yield fill.order_id, fill.symbol or ""


def _look_up(wanted: Mapping[str, str], unchecked: _Notes) -> Plan[list[Order]]:
    """Return the orders that the exchange tells one by one; note those that it does not know."""
    found: list[Order] = []
    unknown: list[str] = []
    for asked, (order_id, symbol) in enumerate(wanted.items()):
        if asked == MAX_LOOKUPS:
            unchecked.note("orders", f"{len(wanted) - asked} more orders to ask for")
            break
        try:
            found.append(order_of_row((yield calls.order(symbol=symbol, order_id=order_id))))
        except (AuthenticationError, ClientClosed):
            raise
        except SixmmError as error:
            if not _is_unknown_order(error):
                unchecked.note("orders", f"order {one_line(order_id)}: {_reason(error)}")
                break
            unknown.append(order_id)
    if unknown:
        unchecked.note("orders", one_line(f"not known to the exchange: {', '.join(unknown)}"))
    return found


def _is_unknown_order(error: SixmmError) -> bool:
    return isinstance(error, ApiError) and error.code == _NO_SUCH_ORDER


# Condition orders


def _waiting_conditions() -> Plan[dict[str, ConditionOrder]]:
    """Return the condition orders that wait, by id; their list comes in one part."""
    reply = yield calls.current_condition_orders()
    rows = {row.condition_id: row for row in reply.rows}
    _check_length(len(rows), reply.total or 0)
    return {key: condition_of_row(row, is_waiting=not has_ended(row)) for key, row in rows.items()}


def _ended_conditions(
    baseline: Baseline, waiting: dict[str, ConditionOrder], unchecked: _Notes
) -> Plan[Iterable[ConditionOrder]]:
    """Return the condition orders that wait no more, from the history.

    It was read after those that wait, so one in both has ended and is taken out of ``waiting``. One
    that is believed to wait and is in neither waits no more either: nobody says what became of it.
    """
    sought = {key: at for key, at in baseline.conditions.items() if key not in waiting}
    ended = yield from _part(_CONDITIONS, _condition_history(baseline, sought), unchecked)
    if ended is None:
        return ()
    for condition_id in ended.keys() & waiting.keys():
        del waiting[condition_id]
    gone = [key for key in sought if key not in ended]
    if gone:
        unchecked.note(_CONDITIONS, one_line(f"listed no more: {', '.join(gone)}"))
    lost = [ConditionOrder(condition_id=key, status="", is_waiting=False) for key in gone]
    return [*ended.values(), *lost]


def _condition_history(
    baseline: Baseline, sought: Mapping[str, int]
) -> Plan[dict[str, ConditionOrder]]:
    """Return what the history says of those that are sought, and of all that ended lately.

    It is asked without a start: whether that is compared with the making of a condition order or
    with its end is not documented (rule 111). So it is read from its top, whatever it is sorted by,
    until a page has nothing but rows that are too old to be any of these.

    Raises:
        _Incomplete: the history does not come to what is old enough, or not to its end.
    """
    since_ms = baseline.conditions_since_ms
    since_ms = baseline.since_ms if since_ms is None else since_ms
    oldest_ms = min((since_ms, *sought.values()))
    found: dict[str, ConditionOrder] = {}
    known: set[str] = set()
    promised, is_past = 0, False
    for page in range(1, MAX_CONDITION_PAGES + 1):
        reply = yield calls.condition_order_history(page=page, page_size=PAGE_SIZE)
        promised = reply.total or 0 if page == 1 else promised
        before = len(known)
        known.update(row.condition_id for row in reply.rows)
        rows = [condition_of_row(row, is_waiting=False) for row in reply.rows]
        found.update(
            (row.condition_id, row)
            for row in rows
            if row.status != _WAITS and (row.condition_id in sought or _ended_at(row) >= since_ms)
        )
        is_past = bool(rows) and all(_ended_at(row) < since_ms for row in rows)
        is_found = sought.keys() <= found.keys()
        if is_past and (is_found or all((row.created_at_ms or 0) < oldest_ms for row in rows)):
            return found
        if _is_last(len(rows), len(known) - before, len(known), reply.total):
            _check_length(len(known), promised)
            return found
    if not is_past:
        raise _Incomplete(f"more than {MAX_CONDITION_PAGES} pages of {PAGE_SIZE}")
    return found


def _ended_at(row: ConditionOrder) -> float:
    """Return when a condition order ended; where nobody knows it is later than all else."""
    return row.updated_at_ms or row.created_at_ms or math.inf
