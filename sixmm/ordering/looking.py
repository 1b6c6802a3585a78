"""The plans that look for what a write has done: which calls, in which order.

The order matters where something moves from one list to another meanwhile: it is looked for first
where it comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..errors import ApiError
from ..state.models import Order
from ..venues.base import Plan
from ..venues.sixmm import calls
from ..venues.sixmm.facts import order_of_row
from ..venues.sixmm.rest_schema import ConditionRow
from .deciding import CLOCK_DOUBT_MS, Evidence
from .writes import Kind, Target, Write

__all__ = ["look", "look_up_order"]

_NO_SUCH_ORDER = 3003
_PAGE_SIZE = 100
_MOST_PAGES = 100


def look(write: Write, target: Target) -> Plan[Evidence]:
    """Return the plan that finds what there is to know about one target of a write."""
    return _LOOKS[write.kind](write, target)


def look_up_order(target: Target) -> Plan[Order | None]:
    """Return the plan that reads one order; its result is None where the exchange knows none."""
    try:
        row = yield calls.order(
            symbol=target.symbol or "",
            order_id=target.order_id,
            client_order_id=None if target.order_id else target.client_order_id,
        )
    except ApiError as error:
        if error.code != _NO_SUCH_ORDER:
            raise
        return None
    return order_of_row(row)


def _order(_: Write, target: Target) -> Plan[Evidence]:
    return Evidence(order=(yield from look_up_order(target)))


def _condition(write: Write, target: Target) -> Plan[Evidence]:
    """Look for a condition order, waiting or past, and for the order that it has become."""
    row = yield from _condition_row(write, target)
    if row is not None:
        return Evidence(condition_id=row.condition_id, condition_status=row.condition_status)
    if target.client_order_id is None:
        return Evidence()
    return Evidence(order=(yield from look_up_order(target)))


def _condition_row(write: Write, target: Target) -> Plan[ConditionRow | None]:
    reply = yield calls.current_condition_orders(symbol=target.symbol)
    if (found := _find(reply.rows, write, target)) is not None:
        return found
    since_ms = None if write.kind is Kind.CANCEL_CONDITION else write.earliest_ms - CLOCK_DOUBT_MS
    for page in range(1, _MOST_PAGES + 1):
        reply = yield calls.condition_order_history(
            symbol=target.symbol, start_time=since_ms, page=page, page_size=_PAGE_SIZE
        )
        if (found := _find(reply.rows, write, target)) is not None:
            return found
        if len(reply.rows) < _PAGE_SIZE:
            break
    return None


def _find(rows: Iterable[ConditionRow], write: Write, target: Target) -> ConditionRow | None:
    return next((row for row in rows if _is_meant(row, write, target)), None)


def _is_meant(row: ConditionRow, write: Write, target: Target) -> bool:
    if write.is_placement and _is_from_before(row, write):
        return False
    if target.condition_id is not None:
        return row.condition_id == target.condition_id
    return target.client_order_id is not None and row.client_order_id == target.client_order_id


def _is_from_before(row: ConditionRow, write: Write) -> bool:
    """Whether a condition order is an older one that was given the same id by the caller."""
    if row.condition_id in write.other_conditions:
        return True
    return bool(row.created_at and row.created_at < write.earliest_ms - CLOCK_DOUBT_MS)


def _open_ones(write: Write, target: Target) -> Plan[Evidence]:
    """Count the orders of a cancel-all that are still open; later ones are none of its business."""
    if write.conditions_only:
        reply = yield calls.current_condition_orders(symbol=target.symbol)
        return Evidence(remaining=sum(_is_old(row.created_at, write) for row in reply.rows))
    remaining, cursor = 0, None
    for _ in range(_MOST_PAGES):
        reply = yield calls.current_orders(
            symbol=target.symbol, limit=_PAGE_SIZE, last_order_id=cursor
        )
        remaining += sum(
            _is_old(row.created_at, write)
            for row in reply.rows
            if not write.limit_orders_only or row.type == "LIMIT"
        )
        if remaining or len(reply.rows) < _PAGE_SIZE:
            break
        cursor = reply.rows[-1].order_id
    return Evidence(remaining=remaining)


def _is_old(created_ms: int | None, write: Write) -> bool:
    return created_ms is None or created_ms <= write.latest_ms


_LOOKS: Mapping[Kind, Callable[[Write, Target], Plan[Evidence]]] = {
    Kind.PLACE: _order,
    Kind.PLACE_CONDITION: _condition,
    Kind.PLACE_STRATEGY: _condition,
    Kind.AMEND: _order,
    Kind.CANCEL: _order,
    Kind.CANCEL_CONDITION: _condition,
    Kind.CANCEL_ALL: _open_ones,
}
