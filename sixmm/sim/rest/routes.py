"""The table of operations: the served ones with their handlers, and the others by name."""

from __future__ import annotations

from . import market, orders, positions, user
from .caller import Access
from .route import Private, Public, Route, private, public

__all__ = ["ROUTES", "UNSERVED"]


def _public(*rows: tuple[str, str, Public]) -> dict[tuple[str, str], Route]:
    return {(method, path): public(handler) for method, path, handler in rows}


def _private(access: Access, *rows: tuple[str, str, Private]) -> dict[tuple[str, str], Route]:
    return {(method, path): private(access, handler) for method, path, handler in rows}


ROUTES: dict[tuple[str, str], Route] = {
    **_public(
        ("GET", "/v1/version", market.version),
        ("GET", "/v1/time", market.server_time),
        ("POST", "/v1/public/user/login", market.login),
        ("POST", "/v1/public/user/refresh-token", market.refresh_token),
        ("GET", "/v1/public/market/symbols", market.symbols),
        ("GET", "/v1/public/market/klines", market.klines),
    ),
    **_private(Access.SESSION, ("POST", "/v1/private/user/logout", user.logout)),
    **_private(
        Access.READ,
        ("GET", "/v1/private/user/info", user.info),
        ("GET", "/v1/private/user/asset", user.asset),
        ("POST", "/v1/private/user/listen-key", user.create_listen_key),
        ("PUT", "/v1/private/user/listen-key", user.renew_listen_key),
        ("DELETE", "/v1/private/user/listen-key", user.close_listen_key),
    ),
    **_private(
        Access.TRADE,
        ("GET", "/v1/private/order", orders.order),
        ("POST", "/v1/private/order/place", orders.place),
        ("POST", "/v1/private/order/cancel", orders.cancel),
        ("POST", "/v1/private/order/move", orders.amend),
        ("POST", "/v1/private/order/batch-cancel-all", orders.cancel_all),
        ("GET", "/v1/private/order/current", orders.current),
        ("GET", "/v1/private/order/history", orders.history),
        ("GET", "/v1/private/order/trades", orders.trades),
        ("POST", "/v1/private/position/margin-mode", positions.set_margin_mode),
        ("POST", "/v1/private/position/leverage", positions.set_leverage),
        ("GET", "/v1/private/position/settings", positions.settings),
        ("GET", "/v1/private/position/positions", positions.positions),
    ),
}

UNSERVED: frozenset[tuple[str, str]] = frozenset(
    {
        ("POST", "/v1/public/agent-sso/exchange-ticket"),
        ("POST", "/v1/public/agent-sso/exchange-embed-token"),
        ("GET", "/v1/public/leaderboard/pnl"),
        ("GET", "/v1/public/market/funding-rate"),
        ("GET", "/v1/public/market/funding-rate/current"),
        ("GET", "/v1/public/market/funding-rate/history"),
        ("GET", "/v1/private/user/account-change-log"),
        ("GET", "/v1/private/user/volume-stats"),
        ("GET", "/v1/private/user/balance-history"),
        ("GET", "/v1/private/user/trade-overview"),
        ("GET", "/v1/private/user/asset/overview/summary"),
        ("GET", "/v1/private/user/asset/overview/trend"),
        ("POST", "/v1/private/user/favorite-symbols"),
        ("GET", "/v1/private/user/favorite-symbols"),
        ("POST", "/v1/private/user/api-key/create"),
        ("GET", "/v1/private/user/api-key/list"),
        ("PUT", "/v1/private/user/api-key/update"),
        ("POST", "/v1/private/user/api-key/delete"),
        ("POST", "/v1/private/user/api-key/delete-all"),
        ("POST", "/v1/private/order/place-condition"),
        ("POST", "/v1/private/order/place-strategy"),
        ("POST", "/v1/private/order/batch-place"),
        ("POST", "/v1/private/order/batch-move"),
        ("POST", "/v1/private/order/batch-cancel"),
        ("POST", "/v1/private/order/cancel-condition"),
        ("GET", "/v1/private/order/current-condition"),
        ("GET", "/v1/private/order/history-condition"),
        ("GET", "/v1/private/order/strategy"),
        ("GET", "/v1/private/position/history"),
    }
)
