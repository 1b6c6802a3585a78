"""The calls about positions and their settings."""

from __future__ import annotations

from ...base import Call
from .. import rest_schema as rest
from ..enums import MarginMode, MarginModeCode, PositionHistorySide, PositionSide
from .arguments import (
    Time,
    as_,
    choice,
    code,
    integer,
    maybe_empty,
    needed,
    span_and_page,
    symbol_text,
)
from .endpoints import make_call

__all__ = ["position_history", "position_setting", "positions", "set_leverage", "set_margin_mode"]


def positions(*, symbol: str | None = None) -> Call:
    """Return the call for the open positions."""
    return make_call(
        "getPositions", query={"symbol": symbol_text(symbol)}, result=as_(rest.Positions)
    )


def position_setting(*, symbol: str) -> Call:
    """Return the call for leverage and margin mode of a symbol (rule 67)."""
    return make_call(
        "getPositionSettings",
        query={"symbol": needed(symbol_text(symbol), "symbol")},
        result=as_(rest.PositionSetting),
    )


def position_history(
    *,
    symbol: str | None = None,
    side: PositionHistorySide | PositionSide | str | None = None,
    start_time: Time | None = None,
    end_time: Time | None = None,
    page: int | None = None,
    page_size: int | None = None,
) -> Call:
    """Return the call for closed positions, in pages; ``side`` is sent in lower case (rule 68)."""
    lower = str.lower(side) if isinstance(side, str) else side
    query = {
        "symbol": symbol_text(symbol),
        "side": choice(lower, PositionHistorySide, "side"),
        **span_and_page(start_time, end_time, page, page_size),
    }
    return make_call("getPositionHistory", query=query, result=as_(rest.PositionHistoryPage))


def set_leverage(*, symbol: str, leverage: int) -> Call:
    """Return the call that sets the leverage of a symbol, a whole number (rule 11)."""
    body = {
        "symbol": needed(symbol_text(symbol), "symbol"),
        "leverage": needed(integer(leverage, "leverage"), "leverage"),
    }
    return make_call("setLeverage", body=body, result=as_(rest.LeverageSetting))


def set_margin_mode(*, symbol: str, margin_mode: MarginMode | MarginModeCode | str | int) -> Call:
    """Return the call that sets the margin mode, which is sent as a number (rule 66)."""
    body = {
        "symbol": needed(symbol_text(symbol), "symbol"),
        "marginMode": needed(code(margin_mode, MarginModeCode, "margin_mode"), "margin_mode"),
    }
    return make_call("setMarginMode", body=body, result=maybe_empty(rest.Accepted))
