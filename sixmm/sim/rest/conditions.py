"""Calls about condition orders."""

from __future__ import annotations

from ..core import Core
from ..engine.condition_request import read_condition
from ..engine.request import text_field
from ..engine.rows import condition_row
from .call import Call
from .caller import Caller
from .filters import SIDES, coded, no_status
from .route import page_of, span

__all__ = ["cancel", "current", "history", "place"]


def place(core: Core, call: Call, caller: Caller) -> object:
    """Take a condition order (rule 50)."""
    request = read_condition(call.json())
    one = core.engine.place_condition(caller.account, request, core.now_ms())
    return {
        "conditionId": one.condition_id,
        "conditionStatus": one.status,
        "timestamp": one.updated_at,
    }


def cancel(core: Core, call: Call, caller: Caller) -> object:
    """Cancel one condition order; the reply only says that the wish was taken (rule 59)."""
    one = core.engine.cancel_condition(caller.account, call.json(), core.now_ms())
    return {"conditionId": one.condition_id, "symbol": one.symbol, "timestamp": one.updated_at}


def current(core: Core, call: Call, caller: Caller) -> object:
    """Answer with the condition orders that wait, oldest first."""
    symbol = text_field(call.query(), "symbol")
    if symbol is not None:
        core.engine.state.market(symbol)
    waiting = caller.account.waiting.values()
    rows = [condition_row(one) for one in waiting if symbol in (None, one.symbol)]
    return {"list": rows, "total": len(rows)}


def history(_core: Core, call: Call, caller: Caller) -> object:
    """Answer with the condition orders that no longer wait, the last to end first."""
    query = call.query()
    no_status(query)
    symbol, side = text_field(query, "symbol"), coded(query, "side", SIDES)
    start, end = span(query)
    found = [
        one
        for one in reversed(caller.account.ended_conditions)
        if start <= one.created_at <= end
        and symbol in (None, one.symbol)
        and side in (None, one.side)
    ]
    return {"list": [condition_row(one) for one in found[page_of(query)]], "total": len(found)}
