"""Where each operation of the REST API is, and what it asks for: the one place that says so.

The names are the ``operationId`` of the fact sheet. A function of :mod:`.calls` makes a call by the
name of its operation, and :mod:`..operations` ties a public method to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ...base import Auth, Call
from ..enums import Permission
from .arguments import given, query_pairs

__all__ = ["ENDPOINTS", "Endpoint", "make_call"]


@attrs.frozen(kw_only=True)
class Endpoint:
    """One operation of the exchange."""

    operation: str
    """Its name in the fact sheet, such as ``placeOrder``."""
    method: str
    path: str
    auth: Auth
    permission: Permission | None = None
    """The bit that an API key needs, or None where no key, or no permission of it, is asked for."""

    @property
    def writes(self) -> bool:
        """Whether it changes state; such a call is never sent again by itself."""
        return self.method != "GET"


_ROWS: tuple[tuple[Auth, Permission | None, str], ...] = (
    (
        Auth.NONE,
        None,
        """
        getVersion                 GET    /v1/version
        getServerTime              GET    /v1/time
        login                      POST   /v1/public/user/login
        exchangeTicket             POST   /v1/public/agent-sso/exchange-ticket
        exchangeEmbedToken         POST   /v1/public/agent-sso/exchange-embed-token
        getPnlLeaderboard          GET    /v1/public/leaderboard/pnl
        getSymbols                 GET    /v1/public/market/symbols
        getFundingRateConfig       GET    /v1/public/market/funding-rate
        getCurrentFundingRates     GET    /v1/public/market/funding-rate/current
        getFundingRateHistory      GET    /v1/public/market/funding-rate/history
        getKlines                  GET    /v1/public/market/klines
        """,
    ),
    (
        Auth.COOKIE,
        None,
        """
        refreshToken               POST   /v1/public/user/refresh-token
        """,
    ),
    (
        Auth.TOKEN_AND_COOKIE,
        None,
        """
        logout                     POST   /v1/private/user/logout
        """,
    ),
    (
        Auth.TOKEN,
        None,
        """
        createApiKey               POST   /v1/private/user/api-key/create
        listApiKeys                GET    /v1/private/user/api-key/list
        updateApiKey               PUT    /v1/private/user/api-key/update
        deleteApiKey               POST   /v1/private/user/api-key/delete
        deleteAllApiKeys           POST   /v1/private/user/api-key/delete-all
        """,
    ),
    (
        Auth.ACCOUNT,
        Permission.READ,
        """
        getUserInfo                GET    /v1/private/user/info
        getUserAsset               GET    /v1/private/user/asset
        createListenKey            POST   /v1/private/user/listen-key
        renewListenKey             PUT    /v1/private/user/listen-key
        closeListenKey             DELETE /v1/private/user/listen-key
        getAccountChangeLog        GET    /v1/private/user/account-change-log
        getVolumeStats             GET    /v1/private/user/volume-stats
        getBalanceHistory          GET    /v1/private/user/balance-history
        getTradeOverview           GET    /v1/private/user/trade-overview
        getAssetOverviewSummary    GET    /v1/private/user/asset/overview/summary
        getAssetOverviewTrend      GET    /v1/private/user/asset/overview/trend
        saveFavoriteSymbols        POST   /v1/private/user/favorite-symbols
        getFavoriteSymbols         GET    /v1/private/user/favorite-symbols
        """,
    ),
    (
        Auth.ACCOUNT,
        Permission.TRADE,
        """
        getOrder                   GET    /v1/private/order
        placeOrder                 POST   /v1/private/order/place
        placeConditionOrder        POST   /v1/private/order/place-condition
        placeStrategyOrder         POST   /v1/private/order/place-strategy
        batchPlaceOrders           POST   /v1/private/order/batch-place
        cancelOrder                POST   /v1/private/order/cancel
        amendOrder                 POST   /v1/private/order/move
        batchAmendOrders           POST   /v1/private/order/batch-move
        batchCancelOrders          POST   /v1/private/order/batch-cancel
        cancelAllOrders            POST   /v1/private/order/batch-cancel-all
        cancelConditionOrder       POST   /v1/private/order/cancel-condition
        getCurrentOrders           GET    /v1/private/order/current
        getCurrentConditionOrders  GET    /v1/private/order/current-condition
        getOrderHistory            GET    /v1/private/order/history
        getConditionOrderHistory   GET    /v1/private/order/history-condition
        getTrades                  GET    /v1/private/order/trades
        getStrategyOrder           GET    /v1/private/order/strategy
        setMarginMode              POST   /v1/private/position/margin-mode
        setLeverage                POST   /v1/private/position/leverage
        getPositionSettings        GET    /v1/private/position/settings
        getPositions               GET    /v1/private/position/positions
        getPositionHistory         GET    /v1/private/position/history
        """,
    ),
)


def _endpoints() -> Mapping[str, Endpoint]:
    found: dict[str, Endpoint] = {}
    for auth, permission, lines in _ROWS:
        for line in lines.strip().splitlines():
            name, method, path = line.split()
            found[name] = Endpoint(
                operation=name, method=method, path=path, auth=auth, permission=permission
            )
    return found


ENDPOINTS: Mapping[str, Endpoint] = _endpoints()
"""Every operation by its name."""


def make_call(
    operation: str,
    *,
    query: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | None = None,
    result: Callable[[Any], Any] | None = None,
) -> Call:
    """Return a call of an operation.

    Args:
        operation: its name.
        query: the members of the query, in the order in which they are sent; None is left out.
        body: the members of the JSON body, likewise; None for no body.
        result: turns the reply's data into a typed result.
    """
    endpoint = ENDPOINTS[operation]
    return Call(
        operation=operation,
        method=endpoint.method,
        path=endpoint.path,
        query=query_pairs(query or {}),
        body=None if body is None else given(body),
        auth=endpoint.auth,
        writes=endpoint.writes,
        result=result,
    )
