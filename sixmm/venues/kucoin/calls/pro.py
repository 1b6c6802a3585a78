"""The calls that read a unified account."""

from __future__ import annotations

from .. import rest_schema as rest
from .call import KuCoinCall, as_, read_call, rows_of

__all__ = [
    "pro_balances",
    "pro_fills",
    "pro_open_orders",
    "pro_order",
    "pro_order_history",
    "pro_overview",
    "pro_positions",
]


def pro_open_orders(
    trade_type: str, *, page: int | None = None, page_size: int = 100
) -> KuCoinCall:
    """Return the call for open orders of a market, ``SPOT`` or ``FUTURES``, in pages from 1."""
    return read_call(
        "proOpenOrders",
        "/api/ua/v1/unified/order/open-list",
        as_(rest.ProOrderPage),
        tradeType=trade_type,
        pageNumber=page,
        pageSize=page_size,
    )


def pro_order_history(
    trade_type: str,
    *,
    start_ms: int | None = None,
    end_ms: int | None = None,
    last_id: str | None = None,
    page_size: int = 100,
) -> KuCoinCall:
    """Return the call for orders of a market that have ended, newest first."""
    return read_call(
        "proOrderHistory",
        "/api/ua/v1/unified/order/history",
        as_(rest.ProOrderHistory),
        tradeType=trade_type,
        startAt=start_ms,
        endAt=end_ms,
        lastId=last_id,
        pageSize=page_size,
    )


def pro_order(trade_type: str, symbol: str, order_id: str) -> KuCoinCall:
    """Return the call for one order of a market."""
    return read_call(
        "proOrder",
        "/api/ua/v1/unified/order/detail",
        as_(rest.ProOrder),
        tradeType=trade_type,
        symbol=symbol,
        orderId=order_id,
    )


def pro_fills(
    trade_type: str,
    *,
    start_ms: int | None = None,
    end_ms: int | None = None,
    last_id: str | None = None,
    page_size: int = 100,
) -> KuCoinCall:
    """Return the call for fills of a market, newest first, from those before ``last_id`` on."""
    return read_call(
        "proFills",
        "/api/ua/v1/unified/order/execution",
        as_(rest.ProFillPage),
        tradeType=trade_type,
        startAt=start_ms,
        endAt=end_ms,
        lastId=last_id,
        pageSize=page_size,
    )


def pro_balances() -> KuCoinCall:
    """Return the call for the balances of the unified account."""
    return read_call("proBalances", "/api/ua/v1/unified/account/balance", as_(rest.ProBalances))


def pro_positions() -> KuCoinCall:
    """Return the call for the positions of the unified account."""
    path = "/api/ua/v1/unified/position/open-list"
    return read_call("proPositions", path, rows_of(rest.ProPosition))


def pro_overview() -> KuCoinCall:
    """Return the call for the sums of the unified account, such as its equity and its risk."""
    path = "/api/ua/v1/unified/account/overview"
    return read_call("proOverview", path, as_(rest.ProOverview))
