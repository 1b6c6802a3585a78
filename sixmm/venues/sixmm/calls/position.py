"""The calls about positions and their settings."""

from __future__ import annotations

from ...base import Auth, Call
from .. import rest_schema as rest
from .arguments import as_, given, integer, plain_object, query_pairs, symbol_text

__all__ = ["position_setting", "positions", "set_leverage", "set_margin_mode"]


def positions(*, symbol: str | None = None) -> Call:
    """Return the call for the open positions."""
    return Call(
        operation="getPositions",
        method="GET",
        path="/v1/private/position/positions",
        query=query_pairs({"symbol": symbol_text(symbol)}),
        auth=Auth.ACCOUNT,
        result=as_(rest.Positions),
    )


def position_setting(*, symbol: str) -> Call:
    """Return the call for leverage and margin mode of a symbol (rule 67)."""
    return Call(
        operation="getPositionSettings",
        method="GET",
        path="/v1/private/position/settings",
        query=query_pairs({"symbol": symbol_text(symbol)}),
        auth=Auth.ACCOUNT,
        result=as_(rest.PositionSetting),
    )


def set_leverage(*, symbol: str, leverage: int) -> Call:
    """Return the call that sets the leverage of a symbol, a whole number (rule 11)."""
    return Call(
        operation="setLeverage",
        method="POST",
        path="/v1/private/position/leverage",
        body=given({"symbol": symbol_text(symbol), "leverage": integer(leverage, "leverage")}),
        auth=Auth.ACCOUNT,
        writes=True,
        result=as_(rest.LeverageSetting),
    )


def set_margin_mode(*, symbol: str, margin_mode: int) -> Call:
    """Return the call that sets the margin mode: 1 cross, 2 isolated (rule 66)."""
    return Call(
        operation="setMarginMode",
        method="POST",
        path="/v1/private/position/margin-mode",
        body=given(
            {"symbol": symbol_text(symbol), "marginMode": integer(margin_mode, "margin_mode")}
        ),
        auth=Auth.ACCOUNT,
        writes=True,
        result=plain_object,
    )
