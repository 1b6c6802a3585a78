"""The calls that read spot orders, fills and balances; lists are asked for by symbol."""

from __future__ import annotations

from .. import rest_schema as rest
from .call import KuCoinCall, as_, path_part, read_call, rows_of

__all__ = [
    "spot_accounts",
    "spot_active_order_page",
    "spot_active_orders",
    "spot_active_symbols",
    "spot_done_orders",
    "spot_fills",
    "spot_order",
    "spot_order_by_client_oid",
    "spot_stop_orders",
]


def spot_active_symbols() -> KuCoinCall:
    """Return the call for the symbols in which there are open spot orders."""
    path = "/api/v1/hf/orders/active/symbols"
    return read_call("spotActiveSymbols", path, as_(rest.ActiveSymbols))


def spot_active_orders(symbol: str) -> KuCoinCall:
    """Return the call for the open spot orders of a symbol: the exchange asks for one."""
    path = "/api/v1/hf/orders/active"
    return read_call("spotActiveOrders", path, rows_of(rest.SpotOrder), symbol=symbol)


def spot_done_orders(
    symbol: str,
    *,
    start_ms: int | None = None,
    end_ms: int | None = None,
    last_id: str | None = None,
    limit: int = 100,
) -> KuCoinCall:
    """Return the call for spot orders of a symbol that have ended, at most 100, newest first."""
    return read_call(
        "spotDoneOrders",
        "/api/v1/hf/orders/done",
        as_(rest.SpotOrderPage),
        symbol=symbol,
        startAt=start_ms,
        endAt=end_ms,
        lastId=last_id,
        limit=limit,
    )


def spot_order(symbol: str, order_id: str) -> KuCoinCall:
    """Return the call for one spot order."""
    path = f"/api/v1/hf/orders/{path_part(order_id)}"
    return read_call("spotOrder", path, as_(rest.SpotOrder), symbol=symbol)


def spot_fills(
    symbol: str,
    *,
    order_id: str | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    last_id: str | None = None,
    limit: int = 100,
) -> KuCoinCall:
    """Return the call for spot fills of a symbol, with fees, at most 100, newest first."""
    return read_call(
        "spotFills",
        "/api/v1/hf/fills",
        as_(rest.SpotFillPage),
        symbol=symbol,
        orderId=order_id,
        startAt=start_ms,
        endAt=end_ms,
        lastId=last_id,
        limit=limit,
    )


def spot_accounts(*, currency: str | None = None, type: str | None = None) -> KuCoinCall:
    """Return the call for the balances of main, trade and other spot accounts."""
    return read_call(
        "spotAccounts", "/api/v1/accounts", rows_of(rest.SpotAccount), currency=currency, type=type
    )


def spot_active_order_page(
    symbol: str, *, page: int | None = None, page_size: int = 100
) -> KuCoinCall:
    """Return the call for a page of the open spot orders of a symbol, from page 1."""
    return read_call(
        "spotActiveOrderPage",
        "/api/v1/hf/orders/active/page",
        as_(rest.SpotOrderPages),
        symbol=symbol,
        pageNum=page,
        pageSize=page_size,
    )


def spot_order_by_client_oid(symbol: str, client_oid: str) -> KuCoinCall:
    """Return the call for one spot order by the id that the client gave it."""
    path = f"/api/v1/hf/orders/client-order/{path_part(client_oid)}"
    return read_call("spotOrderByClientOid", path, as_(rest.SpotOrder), symbol=symbol)


def spot_stop_orders(*, symbol: str | None = None, page: int | None = None) -> KuCoinCall:
    """Return the call for the spot stop orders that wait, in pages from 1."""
    return read_call(
        "spotStopOrders",
        "/api/v1/stop-order",
        as_(rest.SpotStopOrderPage),
        symbol=symbol,
        currentPage=page,
    )
