"""Calls that place, amend or cancel several orders at once, and may succeed in part (rule 56)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..codes import Code, ExchangeError
from ..core import Core
from ..engine.orders import Order
from ..engine.request import read_order, text_field
from .call import Call
from .caller import Caller

__all__ = ["amend", "cancel", "place"]

MOST_ENTRIES = 20
"""How many entries a batch may have; the real bound is not documented (rule 110)."""

Entry = Mapping[str, object]


def place(core: Core, call: Call, caller: Caller) -> object:
    """Place each order of the list as a placement of its own, in their order."""

    def one(entry: Entry) -> Order:
        return core.engine.place(caller.account, read_order(entry), core.now_ms())

    return _each(_entries(call.json()), one)


def amend(core: Core, call: Call, caller: Caller) -> object:
    """Amend each order of the list; the symbol stands at the top, once (rule 55)."""
    body = call.json()
    symbol = text_field(body, "symbol", required=True) or ""
    core.engine.state.market(symbol)

    def one(entry: Entry) -> Order:
        return core.engine.amend(caller.account, entry, core.now_ms())

    return _each([{**entry, "symbol": symbol} for entry in _entries(body)], one)


def cancel(core: Core, call: Call, caller: Caller) -> object:
    """Cancel each order of the list; each entry names its symbol (rule 55)."""

    def one(entry: Entry) -> Order:
        return core.engine.cancel(caller.account, entry, core.now_ms())

    return _each(_entries(call.json()), one)


def _entries(body: Entry) -> list[dict[str, object]]:
    """Return the entries: none is 2001, more than the bound 2003, no list of objects 2002."""
    entries = body.get("orders")
    if entries is None or entries == []:
        raise ExchangeError(Code.MISSING, "orders must name at least one order")
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise ExchangeError(Code.BAD, "orders must be a list of objects")
    if len(entries) > MOST_ENTRIES:
        raise ExchangeError(Code.OUT_OF_RANGE, f"a batch has at most {MOST_ENTRIES} orders")
    return entries


def _each(entries: list[dict[str, object]], run: Callable[[Entry], Order]) -> dict[str, Any]:
    results = [_result(entry, run) for entry in entries]
    done = sum(1 for row in results if row["success"])
    return {"successCount": done, "failedCount": len(results) - done, "results": results}


def _result(entry: Entry, run: Callable[[Entry], Order]) -> dict[str, Any]:
    """Return the row of one entry; of a failed one it repeats what the entry named."""
    try:
        order = run(entry)
    except ExchangeError as exc:
        return {
            "success": False,
            "symbol": _named(entry, "symbol"),
            "orderId": _named(entry, "orderId"),
            "clientOrderId": _named(entry, "clientOrderId"),
            "code": exc.code,
            "message": exc.message,
        }
    return {
        "success": True,
        "symbol": order.symbol,
        "orderId": order.order_id,
        "clientOrderId": order.client_order_id,
        "status": order.status,
        "timestamp": order.updated_at,
    }


def _named(entry: Entry, name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""
