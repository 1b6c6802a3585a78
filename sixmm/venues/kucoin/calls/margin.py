"""The calls that read margin orders, fills and accounts."""

from __future__ import annotations

from .. import rest_schema as rest
from .call import KuCoinCall, as_, path_part, read_call, rows_of

__all__ = [
    "cross_margin",
    "isolated_margin",
    "margin_active_orders",
    "margin_active_symbols",
    "margin_done_orders",
    "margin_fills",
    "margin_order",
]


def margin_active_symbols(trade_type: str) -> KuCoinCall:
    """Return the call for the symbols of open margin orders, of ``MARGIN_TRADE`` or another."""
    path = "/api/v3/hf/margin/order/active/symbols"
    return read_call("marginActiveSymbols", path, as_(rest.ActiveSymbols), tradeType=trade_type)


def margin_active_orders(symbol: str, trade_type: str) -> KuCoinCall:
    """Return the call for the open margin orders of a symbol."""
    return read_call(
        "marginActiveOrders",
        "/api/v3/hf/margin/orders/active",
        rows_of(rest.SpotOrder),
        symbol=symbol,
        tradeType=trade_type,
    )


def margin_done_orders(
    symbol: str,
    trade_type: str,
    *,
    start_ms: int | None = None,
    end_ms: int | None = None,
    last_id: str | None = None,
    limit: int = 100,
) -> KuCoinCall:
    """Return the call for margin orders of a symbol that have ended, newest first."""
    return read_call(
        "marginDoneOrders",
        "/api/v3/hf/margin/orders/done",
        as_(rest.SpotOrderPage),
        symbol=symbol,
        tradeType=trade_type,
        startAt=start_ms,
        endAt=end_ms,
        lastId=last_id,
        limit=limit,
    )


def margin_order(symbol: str, order_id: str) -> KuCoinCall:
    """Return the call for one margin order."""
    path = f"/api/v3/hf/margin/orders/{path_part(order_id)}"
    return read_call("marginOrder", path, as_(rest.SpotOrder), symbol=symbol)


def margin_fills(
    symbol: str,
    trade_type: str,
    *,
    start_ms: int | None = None,
    end_ms: int | None = None,
    last_id: str | None = None,
    limit: int = 100,
) -> KuCoinCall:
    """Return the call for margin fills of a symbol, with fees, at most 100, newest first."""
    return read_call(
        "marginFills",
        "/api/v3/hf/margin/fills",
        as_(rest.SpotFillPage),
        symbol=symbol,
        tradeType=trade_type,
        startAt=start_ms,
        endAt=end_ms,
        lastId=last_id,
        limit=limit,
    )


def cross_margin() -> KuCoinCall:
    """Return the call for the cross margin account."""
    return read_call("crossMargin", "/api/v3/margin/accounts", as_(rest.CrossMargin))


def isolated_margin() -> KuCoinCall:
    """Return the call for the isolated margin accounts."""
    return read_call("isolatedMargin", "/api/v3/isolated/accounts", as_(rest.IsolatedMargin))
