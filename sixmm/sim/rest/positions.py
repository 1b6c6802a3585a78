"""Calls about positions and their settings."""

from __future__ import annotations

from ..codes import Code, ExchangeError
from ..core import Core
from ..engine.request import text_field
from ..engine.rows import closed_position_row, position_row
from .call import Call
from .caller import Caller
from .filters import coded
from .route import page_of, span

__all__ = ["history", "positions", "set_leverage", "set_margin_mode", "settings"]

MODES = {1: "CROSS", 2: "ISOLATED"}
_DIRECTIONS = {"long": "1", "short": "-1"}


def set_margin_mode(core: Core, call: Call, caller: Caller) -> object:
    """Set the margin mode, which is a number in requests (rule 66)."""
    body = call.json()
    symbol = text_field(body, "symbol", required=True) or ""
    mode = _integer(body.get("marginMode"), "marginMode")
    if mode not in MODES:
        raise ExchangeError(Code.BAD, "marginMode must be 1 or 2")
    core.engine.set_margin_mode(caller.account, symbol, MODES[mode])
    return {}


def set_leverage(core: Core, call: Call, caller: Caller) -> object:
    """Set the leverage of a symbol."""
    body = call.json()
    symbol = text_field(body, "symbol", required=True) or ""
    leverage = _integer(body.get("leverage"), "leverage")
    now_ms = core.now_ms()
    core.engine.set_leverage(caller.account, symbol, leverage, now_ms)
    return {"symbol": symbol, "leverage": leverage, "timestamp": now_ms}


def settings(core: Core, call: Call, caller: Caller) -> object:
    """Answer with leverage and margin mode, here as a number (rule 67)."""
    symbol = text_field(call.query(), "symbol", required=True) or ""
    found = core.engine.state.settings(caller.account, symbol)
    mode = next(number for number, name in MODES.items() if name == found.margin_mode)
    return {"symbol": symbol, "marginMode": mode, "leverage": found.leverage}


def positions(core: Core, call: Call, caller: Caller) -> object:
    """Answer with the positions that are held."""
    account = caller.account
    symbol = text_field(call.query(), "symbol")
    if symbol is not None:
        core.engine.state.market(symbol)
    rows = [
        position_row(account, position, core.engine.state.markets)
        for position in account.positions.values()
        if position.size and symbol in (None, position.symbol)
    ]
    return {"positions": rows}


def history(_core: Core, call: Call, caller: Caller) -> object:
    """Answer with closed positions, the last to be closed first.

    The side filter is lower case (rule 68) and tells the direction, also of BOTH positions.
    """
    query = call.query()
    symbol, direction = text_field(query, "symbol"), coded(query, "side", _DIRECTIONS)
    start, end = span(query)
    found = [
        one
        for one in reversed(caller.account.closed_positions)
        if start <= one.closed_at <= end
        and symbol in (None, one.symbol)
        and direction in (None, str(one.direction))
    ]
    rows = [closed_position_row(one) for one in found[page_of(query)]]
    return {"list": rows, "total": len(found)}


def _integer(value: object, name: str) -> int:
    if value is None:
        raise ExchangeError(Code.MISSING, f"{name} is required")
    if isinstance(value, bool) or not isinstance(value, int):
        raise ExchangeError(Code.BAD, f"{name} must be a whole number")
    return value
