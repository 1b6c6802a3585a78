"""Calls about orders and fills."""

from __future__ import annotations

from itertools import islice
from typing import Any

from ..codes import Code, ExchangeError
from ..core import Core
from ..engine.changing import find_order
from ..engine.orders import Order
from ..engine.request import read_order, text_field
from ..engine.rows import order_row
from .call import Call
from .caller import Caller
from .filters import SIDES, TYPES, coded, no_status
from .route import MOST_ROWS, page_of, span, whole_number

__all__ = ["amend", "cancel", "cancel_all", "current", "history", "order", "place", "trades"]

DEFAULT_CURRENT = 100


def place(core: Core, call: Call, caller: Caller) -> object:
    """Place an order; the reply tells its state after matching."""
    account = caller.account
    placed = core.engine.place(account, read_order(call.json()), core.now_ms())
    return {
        "orderId": placed.order_id,
        "clientOrderId": placed.client_order_id,
        "status": placed.status,
        "timestamp": placed.updated_at,
    }


def cancel(core: Core, call: Call, caller: Caller) -> object:
    """Cancel one order; the reply only says that the wish was taken (rule 59)."""
    account = caller.account
    return _taken(core.engine.cancel(account, call.json(), core.now_ms()))


def amend(core: Core, call: Call, caller: Caller) -> object:
    """Amend one order; the reply only says that the wish was taken (rule 59)."""
    account = caller.account
    return _taken(core.engine.amend(account, call.json(), core.now_ms()))


def _taken(one: Order) -> dict[str, Any]:
    return {
        "orderId": one.order_id,
        "clientOrderId": one.client_order_id,
        "symbol": one.symbol,
        "timestamp": one.updated_at,
    }


def cancel_all(core: Core, call: Call, caller: Caller) -> object:
    """Take the wish to cancel all orders; they are cancelled after the reply (rules 57, 58)."""
    account = caller.account
    body = call.json()
    symbol = text_field(body, "symbol")
    kind = body.get("cancelType", 0)
    if isinstance(kind, bool) or kind not in (0, 1, 2):
        raise ExchangeError(Code.BAD, "cancelType must be 0, 1 or 2")
    if symbol is not None:
        core.engine.state.market(symbol)

    def sweep() -> None:
        with core.transaction() as engine:
            now_ms = core.now_ms()
            if kind == 2:
                engine.cancel_all_conditions(account, symbol=symbol, now_ms=now_ms)
            else:
                engine.cancel_all(account, symbol=symbol, limit_only=kind == 1, now_ms=now_ms)

    core.bridge.soon(sweep)
    return {}


def order(core: Core, call: Call, caller: Caller) -> object:
    """Answer with one order (rule 52)."""
    account = caller.account
    return order_row(find_order(core.engine.state, account, call.query()))


def current(_core: Core, call: Call, caller: Caller) -> object:
    """Answer with open orders, oldest first, those after `lastOrderId` only."""
    query = call.query()
    symbol = text_field(query, "symbol")
    limit = whole_number(query, "limit", DEFAULT_CURRENT, least=1, most=MOST_ROWS)
    last = whole_number(query, "lastOrderId", 0)
    found = [one for one in caller.account.open.values() if symbol in (None, one.symbol)]
    after = (one for one in found if int(one.order_id) > last)
    return {"list": [order_row(one) for one in islice(after, limit)], "total": len(found)}


def history(_core: Core, call: Call, caller: Caller) -> object:
    """Answer with orders that have ended, newest first."""
    query = call.query()
    no_status(query)
    wanted = {
        "symbol": text_field(query, "symbol"),
        "order_id": text_field(query, "orderId"),
        "client_order_id": text_field(query, "clientOrderId"),
        "type": coded(query, "type", TYPES),
        "side": coded(query, "side", SIDES),
    }
    filters = {name: value for name, value in wanted.items() if value is not None}
    start, end = span(query)
    found = [
        one
        for one in reversed(caller.account.closed)
        if start <= one.created_at <= end
        and all(getattr(one, name) == value for name, value in filters.items())
    ]
    return {"list": [order_row(one) for one in found[page_of(query)]], "total": len(found)}


def trades(_core: Core, call: Call, caller: Caller) -> object:
    """Answer with fills, newest first."""
    query = call.query()
    symbol, order_id = text_field(query, "symbol"), text_field(query, "orderId")
    start, end = span(query)
    found = [
        row
        for row in reversed(caller.account.fills)
        if start <= row["createdAt"] <= end
        and symbol in (None, row["symbol"])
        and order_id in (None, row["orderId"])
    ]
    return {"list": found[page_of(query)], "total": len(found)}
