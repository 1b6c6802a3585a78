"""The REST calls of KuCoin that a stream needs, as values: tokens, and reading the account.

Nothing is sent here. Arguments are checked for characters that could leave their field, and an
argument that is None is left out.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, TypeVar

import attrs

from ...errors import ConfigurationError
from ...redaction import one_line
from ..base import Auth, Call, PaceClass
from . import rest_schema as rest
from .enums import Connection
from .hosts import Host

__all__ = [
    "KuCoinCall",
    "cross_margin",
    "futures_account",
    "futures_fills",
    "futures_order",
    "futures_orders",
    "futures_positions",
    "isolated_margin",
    "margin_active_orders",
    "margin_active_symbols",
    "margin_done_orders",
    "margin_fills",
    "margin_order",
    "pro_balances",
    "pro_fills",
    "pro_open_orders",
    "pro_order",
    "pro_order_history",
    "pro_positions",
    "server_time",
    "spot_accounts",
    "spot_active_orders",
    "spot_active_symbols",
    "spot_done_orders",
    "spot_fills",
    "spot_order",
    "stream_token",
]

T = TypeVar("T")

_WORD = re.compile(r"[A-Za-z0-9_.,:-]{1,128}")
_TOKEN_PATH = "/api/v1/bullet-{}"
_PRO_TOKEN_PATH = "/api/v2/bullet-private"


@attrs.frozen(kw_only=True)
class KuCoinCall(Call):
    """One REST call, with the host that it goes to."""

    host: Host = Host.SPOT


def _read(
    operation: str,
    path: str,
    result: Callable[[Any], Any],
    *,
    host: Host = Host.SPOT,
    **query: object,
) -> KuCoinCall:
    pairs = tuple((name, _word(name, value)) for name, value in query.items() if value is not None)
    return KuCoinCall(
        operation=operation,
        method="GET",
        path=path,
        query=pairs,
        auth=Auth.ACCOUNT,
        result=result,
        host=host,
    )


def _word(name: str, value: object) -> str:
    text = str(value)
    if _WORD.fullmatch(text):
        return text
    raise ConfigurationError(f"{one_line(value, limit=80)!r} cannot be the {name} of a call")


def _as(cls: type[T]) -> Callable[[Any], T]:
    return functools.partial(rest.result_of, cls)


def _rows(cls: type[T]) -> Callable[[Any], tuple[T, ...]]:
    return functools.partial(_rows_of, cls)


def _rows_of(cls: type[T], data: Any) -> tuple[T, ...]:
    kind: Any = tuple[cls, ...]  # type: ignore[valid-type]
    found: tuple[T, ...] = rest.result_of(kind, data)
    return found


# Tokens and time


def stream_token(connection: Connection) -> KuCoinCall:
    """Return the call that makes the token of a connection; its result is a ``StreamToken``.

    A token lives for 24 hours and is used for one connection. It is asked for without a body.

    Raises:
        ConfigurationError: the connection needs no token.
    """
    if connection is Connection.PRIVATE_PRO_V2:
        path = _PRO_TOKEN_PATH
    elif connection.is_pro:
        raise ConfigurationError(f"{connection} needs no token")
    else:
        path = _TOKEN_PATH.format("private" if connection.is_private else "public")
    return KuCoinCall(
        operation="streamToken",
        method="POST",
        path=path,
        auth=Auth.ACCOUNT if connection.is_private else Auth.NONE,
        result=_as(rest.StreamToken),
        pace=PaceClass.SESSION,
        host=Host.FUTURES if connection.is_futures else Host.SPOT,
    )


def server_time() -> KuCoinCall:
    """Return the call whose result is the exchange's clock in Unix milliseconds."""
    return KuCoinCall(
        operation="serverTime",
        method="GET",
        path="/api/v1/timestamp",
        result=_as(int),
        pace=PaceClass.SESSION,
    )


# Spot and margin


def spot_active_symbols() -> KuCoinCall:
    """Return the call for the symbols in which there are open spot orders."""
    path = "/api/v1/hf/orders/active/symbols"
    return _read("spotActiveSymbols", path, _as(rest.ActiveSymbols))


def spot_active_orders(symbol: str) -> KuCoinCall:
    """Return the call for the open spot orders of a symbol: the exchange asks for one."""
    path = "/api/v1/hf/orders/active"
    return _read("spotActiveOrders", path, _rows(rest.SpotOrder), symbol=symbol)


def spot_done_orders(
    symbol: str,
    *,
    start_ms: int | None = None,
    end_ms: int | None = None,
    last_id: str | None = None,
    limit: int = 100,
) -> KuCoinCall:
    """Return the call for spot orders of a symbol that have ended, at most 100, newest first."""
    return _read(
        "spotDoneOrders",
        "/api/v1/hf/orders/done",
        _as(rest.SpotOrderPage),
        symbol=symbol,
        startAt=start_ms,
        endAt=end_ms,
        lastId=last_id,
        limit=limit,
    )


def spot_order(symbol: str, order_id: str) -> KuCoinCall:
    """Return the call for one spot order."""
    path = f"/api/v1/hf/orders/{_path_part(order_id)}"
    return _read("spotOrder", path, _as(rest.SpotOrder), symbol=symbol)


def _path_part(order_id: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", order_id):
        raise ConfigurationError(f"{one_line(order_id, limit=80)!r} cannot be an order id")
    return order_id


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
    return _read(
        "spotFills",
        "/api/v1/hf/fills",
        _as(rest.SpotFillPage),
        symbol=symbol,
        orderId=order_id,
        startAt=start_ms,
        endAt=end_ms,
        lastId=last_id,
        limit=limit,
    )


def margin_active_symbols(trade_type: str) -> KuCoinCall:
    """Return the call for the symbols of open margin orders, of ``MARGIN_TRADE`` or another."""
    path = "/api/v3/hf/margin/order/active/symbols"
    return _read("marginActiveSymbols", path, _as(rest.ActiveSymbols), tradeType=trade_type)


def margin_active_orders(symbol: str, trade_type: str) -> KuCoinCall:
    """Return the call for the open margin orders of a symbol."""
    return _read(
        "marginActiveOrders",
        "/api/v3/hf/margin/orders/active",
        _rows(rest.SpotOrder),
        symbol=symbol,
        tradeType=trade_type,
    )


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
    return _read(
        "marginFills",
        "/api/v3/hf/margin/fills",
        _as(rest.SpotFillPage),
        symbol=symbol,
        tradeType=trade_type,
        startAt=start_ms,
        endAt=end_ms,
        lastId=last_id,
        limit=limit,
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
    return _read(
        "marginDoneOrders",
        "/api/v3/hf/margin/orders/done",
        _as(rest.SpotOrderPage),
        symbol=symbol,
        tradeType=trade_type,
        startAt=start_ms,
        endAt=end_ms,
        lastId=last_id,
        limit=limit,
    )


def margin_order(symbol: str, order_id: str) -> KuCoinCall:
    """Return the call for one margin order."""
    path = f"/api/v3/hf/margin/orders/{_path_part(order_id)}"
    return _read("marginOrder", path, _as(rest.SpotOrder), symbol=symbol)


def spot_accounts(*, currency: str | None = None, type: str | None = None) -> KuCoinCall:
    """Return the call for the balances of main, trade and other spot accounts."""
    return _read(
        "spotAccounts", "/api/v1/accounts", _rows(rest.SpotAccount), currency=currency, type=type
    )


def cross_margin() -> KuCoinCall:
    """Return the call for the cross margin account."""
    return _read("crossMargin", "/api/v3/margin/accounts", _as(rest.CrossMargin))


def isolated_margin() -> KuCoinCall:
    """Return the call for the isolated margin accounts."""
    return _read("isolatedMargin", "/api/v3/isolated/accounts", _as(rest.IsolatedMargin))


# Futures


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
    return _read(
        "futuresOrders",
        "/api/v1/orders",
        _as(rest.FuturesOrderPage),
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
    path = f"/api/v1/orders/{_path_part(order_id)}"
    return _read("futuresOrder", path, _as(rest.FuturesOrder), host=Host.FUTURES)


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
    return _read(
        "futuresFills",
        "/api/v1/fills",
        _as(rest.FuturesFillPage),
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
    return _read(
        "futuresAccount",
        "/api/v1/account-overview",
        _as(rest.FuturesAccount),
        host=Host.FUTURES,
        currency=currency,
    )


def futures_positions() -> KuCoinCall:
    """Return the call for all futures positions."""
    path = "/api/v1/positions"
    return _read("futuresPositions", path, _rows(rest.FuturesPosition), host=Host.FUTURES)


# The unified account


def pro_open_orders(
    trade_type: str, *, page: int | None = None, page_size: int = 100
) -> KuCoinCall:
    """Return the call for open orders of a market, ``SPOT`` or ``FUTURES``, in pages from 1."""
    return _read(
        "proOpenOrders",
        "/api/ua/v1/unified/order/open-list",
        _as(rest.ProOrderPage),
        tradeType=trade_type,
        pageNumber=page,
        pageSize=page_size,
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
    return _read(
        "proFills",
        "/api/ua/v1/unified/order/execution",
        _as(rest.ProFillPage),
        tradeType=trade_type,
        startAt=start_ms,
        endAt=end_ms,
        lastId=last_id,
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
    return _read(
        "proOrderHistory",
        "/api/ua/v1/unified/order/history",
        _as(rest.ProOrderHistory),
        tradeType=trade_type,
        startAt=start_ms,
        endAt=end_ms,
        lastId=last_id,
        pageSize=page_size,
    )


def pro_order(trade_type: str, symbol: str, order_id: str) -> KuCoinCall:
    """Return the call for one order of a market."""
    return _read(
        "proOrder",
        "/api/ua/v1/unified/order/detail",
        _as(rest.ProOrder),
        tradeType=trade_type,
        symbol=symbol,
        orderId=order_id,
    )


def pro_balances() -> KuCoinCall:
    """Return the call for the balances of the unified account."""
    return _read("proBalances", "/api/ua/v1/unified/account/balance", _as(rest.ProBalances))


def pro_positions() -> KuCoinCall:
    """Return the call for the positions of the unified account."""
    path = "/api/ua/v1/unified/position/open-list"
    return _read("proPositions", path, _rows(rest.ProPosition))
