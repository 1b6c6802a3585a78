"""The plan that reads an account by REST, in the order that makes the parts fit together.

What happened to orders is read before the open orders, so that every fill is contained in the order
states. Lists are read until a short page: there is no total. A part that cannot be read is told in
``unchecked`` and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

import attrs

from ...errors import ClientClosed, NotPermitted, SixmmError
from ...redaction import one_line
from ...state.models import Balance, Baseline, Fill, Order, Position, Snapshot
from ..base import Call, Plan
from . import calls
from .enums import OrderEventType
from .facts import balance_of_row, fill_of, order_of_events, order_of_row, position_of
from .rest_schema import OpenOrderRow, OrderEventRow

__all__ = ["MAX_PAGES", "PAGE_SIZE", "snapshot_plan"]

PAGE_SIZE = 100
"""How many rows a page is asked to have: as many as the official clients ask for."""
MAX_PAGES = 500
"""How many pages of one list are read."""

_STAGES: Mapping[str, int] = {
    OrderEventType.PLACED: 0,
    OrderEventType.CANCELED: 2,
    OrderEventType.REJECTED: 2,
}

T = TypeVar("T")
Row = TypeVar("Row", OpenOrderRow, OrderEventRow)


class _Incomplete(SixmmError):
    """A list could not be read to its end."""


def snapshot_plan(account: str, baseline: Baseline, *, now_ms: int) -> Plan[Snapshot]:
    """Return the plan that reads fills, open orders, ended orders, positions and balances.

    Args:
        account: the address of the account.
        baseline: what is known already.
        now_ms: exchange time before the first call, and not later than it.

    Raises:
        ClientClosed: the client was closed; thrown into the plan and passed on.
    """
    unchecked = _Notes()
    events = yield from _part("fills", _events(account, baseline), unchecked)
    open_orders = yield from _part("orders", _open_orders(account), unchecked)
    ended: dict[str, Order] = {}
    if events is None and open_orders is not None:
        unchecked.note("orders", "how orders ended could not be read")
    elif open_orders is not None:
        ended = yield from _ended(account, baseline, events or [], open_orders, unchecked)
    positions = yield from _part("positions", _positions(account), unchecked)
    balances = yield from _part("balances", _balances(account), unchecked)
    return Snapshot(
        as_of_ms=now_ms,
        fills=None if events is None else _fills(events, baseline),
        open_orders=None if open_orders is None else tuple(open_orders.values()),
        ended_orders=tuple(ended.values()),
        positions=positions,
        balances=balances,
        unchecked=dict(unchecked),
        final=frozenset(unchecked.final),
    )


def _part(name: str, plan: Plan[T], unchecked: _Notes) -> Plan[T | None]:
    """Run one part; where it fails, note why and go on with None."""
    try:
        return (yield from plan)
    except ClientClosed:
        raise
    except SixmmError as error:
        told = str(error) if isinstance(error, _Incomplete) else f"{type(error).__name__}: {error}"
        unchecked.note(name, one_line(told), final=isinstance(error, NotPermitted))
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


# Lists in pages


def _pages(
    call_of: Callable[[int], Call],
    key_of: Callable[[Row], str],
    is_enough: Callable[[Sequence[Row]], bool],
) -> Plan[tuple[list[Row], int]]:
    """Return the rows of a paged list, each once, in the order in which they came, and the pages.

    Args:
        call_of: gives the call for a page.
        key_of: what identifies a row: one that moved to a later page meanwhile comes twice.
        is_enough: whether a page shows that the ones after it are not wanted.
    """
    rows: dict[str, Row] = {}
    for number in range(MAX_PAGES):
        reply = yield call_of(calls.FIRST_PAGE + number)
        before = len(rows)
        rows.update((key_of(row), row) for row in reply.rows)
        # A page that brings nothing new ends a list of a server that knows no pages. One that has
        # fewer rows than asked for is short only where it says that it could have had as many.
        size = min(PAGE_SIZE, reply.page_size or PAGE_SIZE)
        is_last = len(reply.rows) < size or len(rows) == before
        if is_last or is_enough(reply.rows):
            return list(rows.values()), number + 1
    raise _Incomplete(f"more than {MAX_PAGES} pages of {PAGE_SIZE}")


def _events(account: str, baseline: Baseline) -> Plan[list[OrderEventRow]]:
    """Return what happened to orders, oldest first."""
    rows, _ = yield from _pages(
        lambda page: calls.order_events(account=account, page=page, page_size=PAGE_SIZE),
        _identity,
        lambda rows: _is_past(rows, baseline.since_ms),
    )
    return _oldest_first(rows)


def _order_id(row: OpenOrderRow) -> str:
    return str(row.order_id)


def _never(_: Sequence[object]) -> bool:
    return False


def _identity(row: OrderEventRow) -> str:
    """Return what tells one event from every other: the events have no ids of their own."""
    told = (row.order_id, row.type, row.timestamp, row.remaining_size, row.size, row.price)
    return repr(told)


def _oldest_first(rows: list[OrderEventRow]) -> list[OrderEventRow]:
    """Return events in the order in which they happened.

    In which order they come is not documented. The times show it, or else the life of an order;
    where nothing does, the newest event is taken to come first.
    """
    times = [row.timestamp for row in rows if row.timestamp is not None]
    if times and times[0] != times[-1]:
        return rows if times[0] < times[-1] else rows[::-1]
    earlier: dict[str, OrderEventRow] = {}
    for row in rows:
        before = earlier.setdefault(row.order_id, row)
        if before is not row:
            return rows if _stage(before) < _stage(row) else rows[::-1]
    return rows[::-1]


def _stage(row: OrderEventRow) -> tuple[int, Decimal]:
    """Return how far an event is in the life of its order: what remains of it falls."""
    return _STAGES.get(row.type, 1), -(row.remaining_size or Decimal(0))


def _is_past(rows: Sequence[OrderEventRow], since_ms: int) -> bool:
    """Whether a page has only what is older than wanted, and the next ones have older ones still.

    In which order events come is not documented, so the page itself must show it.
    """
    times = [row.timestamp for row in rows if row.timestamp is not None]
    return bool(times) and times[0] > times[-1] and max(times) < since_ms


def _open_orders(account: str) -> Plan[dict[str, Order]]:
    """Return the open orders by id.

    Where an order ends while pages are read, another one moves to a page that was read already. So
    a list of several pages is read twice, and what either reading shows counts: whether it ended is
    said by the events, which are looked at afterwards.
    """
    orders: dict[str, Order] = {}
    for _ in range(2):
        rows, pages = yield from _pages(
            lambda page: calls.open_orders(account=account, page=page, page_size=PAGE_SIZE),
            _order_id,
            _never,
        )
        orders.update((_order_id(row), order_of_row(row)) for row in rows)
        if pages == 1:
            break
    return orders


def _positions(account: str) -> Plan[tuple[Position, ...]]:
    reply = yield calls.positions(account=account)
    return tuple(position_of(row) for row in reply.rows)


def _balances(account: str) -> Plan[tuple[Balance, ...]]:
    reply = yield calls.collateral(account=account)
    return tuple(balance_of_row(row) for row in reply.rows)


# What happened to orders


def _fills(events: Iterable[OrderEventRow], baseline: Baseline) -> tuple[Fill, ...]:
    """Return the fills since the baseline, oldest first."""
    fills = [fill for row in events if (fill := fill_of(row)) is not None]
    wanted = [fill for fill in fills if (fill.time_ms or 0) >= baseline.since_ms]
    return tuple(sorted(wanted, key=lambda fill: fill.time_ms or 0))


def _ended(
    account: str,
    baseline: Baseline,
    events: list[OrderEventRow],
    open_orders: dict[str, Order],
    unchecked: _Notes,
) -> Plan[dict[str, Order]]:
    """Return the orders that ended since the baseline, and take them out of ``open_orders``.

    An order that was open before and is in neither list ended while the lists were read: the events
    are read once more for it.
    """
    ended = _ends_of(events, baseline)
    if baseline.open_orders.keys() - ended.keys() - open_orders.keys():
        again = yield from _part("orders", _events(account, baseline), unchecked)
        unique = {_identity(row): row for row in (*events, *(again or ()))}
        ended = _ends_of(unique.values(), baseline)
    for order_id in ended.keys() & open_orders.keys():
        del open_orders[order_id]
    gone = baseline.open_orders.keys() - ended.keys() - open_orders.keys()
    if gone:
        names = ", ".join(sorted(gone))
        unchecked.note("orders", one_line(f"not known to the exchange: {names}"))
    return ended


def _ends_of(events: Iterable[OrderEventRow], baseline: Baseline) -> dict[str, Order]:
    by_order: dict[str, list[OrderEventRow]] = {}
    recent: set[str] = set()
    latest_ms = 0
    for row in events:
        by_order.setdefault(str(row.order_id), []).append(row)
        # A rejection has no time: it came after what stands before it.
        latest_ms = max(latest_ms, row.timestamp or 0)
        told_ms = latest_ms if row.type == OrderEventType.REJECTED else row.timestamp or 0
        if told_ms >= baseline.since_ms:
            recent.add(str(row.order_id))
    ended: dict[str, Order] = {}
    for order_id, rows in by_order.items():
        order = order_of_events(rows)
        is_wanted = order_id in baseline.open_orders or order_id in recent
        if order is not None and not order.is_open and is_wanted:
            # A cancel has no time, and that of what came before it does not make it news.
            is_timed = rows[-1].timestamp is not None
            ended[order_id] = order if is_timed else attrs.evolve(order, updated_at_ms=None)
    return ended
