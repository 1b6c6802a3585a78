"""The calls that read the futures account; they go to the host of the futures."""

from __future__ import annotations

from .. import rest_schema as rest
from ..hosts import Host
from .call import KuCoinCall, as_, path_part, read_call, rows_of

__all__ = [
    "futures_account",
    "futures_fills",
    "futures_order",
    "futures_order_by_client_oid",
    "futures_orders",
    "futures_position",
    "futures_positions",
    "futures_recent_done_orders",
    "futures_recent_fills",
    "futures_stop_orders",
]


def futures_orders(
    *,
    status: str = "active",
    symbol: str | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    page: int | None = None,
    page_size: int = 100,
) -> KuCoinCall:
    """Return the call for futures orders, ``active`` or ``done``, in pages from 1.

    The exchange gives those that are done where nothing is said, so something always is.
    """
    return read_call(
        "futuresOrders",
        "/api/v1/orders",
        as_(rest.FuturesOrderPage),
        host=Host.FUTURES,
        status=status,
        symbol=symbol,
        startAt=start_ms,
        endAt=end_ms,
        currentPage=page,
        pageSize=page_size,
    )


def futures_order(order_id: str) -> KuCoinCall:
    """Return the call for one futures order."""
    path = f"/api/v1/orders/{path_part(order_id)}"
    return read_call("futuresOrder", path, as_(rest.FuturesOrder), host=Host.FUTURES)


def futures_fills(
    *,
    symbol: str | None = None,
    order_id: str | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    page: int | None = None,
    page_size: int = 100,
) -> KuCoinCall:
    """Return the call for futures fills of every kind, with fees, in pages from 1."""
    return read_call(
        "futuresFills",
        "/api/v1/fills",
        as_(rest.FuturesFillPage),
        host=Host.FUTURES,
        symbol=symbol,
        orderId=order_id,
        tradeTypes="trade,adl,liquid,settlement",
        startAt=start_ms,
        endAt=end_ms,
        currentPage=page,
        pageSize=page_size,
    )


def futures_account(currency: str) -> KuCoinCall:
    """Return the call for the futures wallet of a currency, such as ``USDT`` or ``XBT``."""
    return read_call(
        "futuresAccount",
        "/api/v1/account-overview",
        as_(rest.FuturesAccount),
        host=Host.FUTURES,
        currency=currency,
    )


def futures_positions() -> KuCoinCall:
    """Return the call for all futures positions."""
    path = "/api/v1/positions"
    return read_call("futuresPositions", path, rows_of(rest.FuturesPosition), host=Host.FUTURES)


def futures_order_by_client_oid(client_oid: str) -> KuCoinCall:
    """Return the call for one futures order by the id that the client gave it."""
    return read_call(
        "futuresOrderByClientOid",
        "/api/v1/orders/byClientOid",
        as_(rest.FuturesOrder),
        host=Host.FUTURES,
        clientOid=client_oid,
    )


def futures_recent_done_orders(*, symbol: str | None = None) -> KuCoinCall:
    """Return the call for the futures orders that ended most recently."""
    return read_call(
        "futuresRecentDoneOrders",
        "/api/v1/recentDoneOrders",
        rows_of(rest.FuturesOrder),
        host=Host.FUTURES,
        symbol=symbol,
    )


def futures_stop_orders(*, symbol: str | None = None, page: int | None = None) -> KuCoinCall:
    """Return the call for the futures stop orders that wait, in pages from 1."""
    return read_call(
        "futuresStopOrders",
        "/api/v1/stopOrders",
        as_(rest.FuturesOrderPage),
        host=Host.FUTURES,
        symbol=symbol,
        currentPage=page,
    )


def futures_recent_fills(*, symbol: str | None = None) -> KuCoinCall:
    """Return the call for the most recent futures fills."""
    return read_call(
        "futuresRecentFills",
        "/api/v1/recentFills",
        rows_of(rest.FuturesFill),
        host=Host.FUTURES,
        symbol=symbol,
    )


def futures_position(symbol: str) -> KuCoinCall:
    """Return the call for the futures position of a symbol."""
    return read_call(
        "futuresPosition",
        "/api/v1/position",
        as_(rest.FuturesPosition),
        host=Host.FUTURES,
        symbol=symbol,
    )
