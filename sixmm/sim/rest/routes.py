"""The table of operations: all that are documented, with their handlers."""

from __future__ import annotations

from . import (
    conditions,
    favorites,
    funding,
    keys,
    leaderboard,
    login,
    market,
    order_batches,
    orders,
    positions,
    statistics,
    strategies,
    user,
)
from . import public as service
from .caller import Access
from .route import Private, Public, Route, open_to_all, private, public

__all__ = ["ROUTES"]


def _public(*rows: tuple[str, str, Public]) -> dict[tuple[str, str], Route]:
    return {(method, path): public(handler) for method, path, handler in rows}


def _private(access: Access, *rows: tuple[str, str, Private]) -> dict[tuple[str, str], Route]:
    return {(method, path): private(access, handler) for method, path, handler in rows}


ROUTES: dict[tuple[str, str], Route] = {
    **_public(
        ("GET", "/v1/version", service.version),
        ("GET", "/v1/time", service.server_time),
        ("POST", "/v1/public/user/login", login.login),
        ("POST", "/v1/public/user/refresh-token", login.refresh_token),
        ("POST", "/v1/public/agent-sso/exchange-ticket", login.exchange_ticket),
        ("POST", "/v1/public/agent-sso/exchange-embed-token", login.exchange_embed_token),
        ("GET", "/v1/public/market/symbols", market.symbols),
        ("GET", "/v1/public/market/funding-rate", funding.settings),
        ("GET", "/v1/public/market/funding-rate/current", funding.current),
        ("GET", "/v1/public/market/funding-rate/history", funding.history),
        ("GET", "/v1/public/market/klines", market.klines),
    ),
    ("GET", "/v1/public/leaderboard/pnl"): open_to_all(leaderboard.pnl),
    **_private(
        Access.SESSION,
        ("POST", "/v1/private/user/logout", login.logout),
        ("POST", "/v1/private/user/api-key/create", keys.create),
        ("GET", "/v1/private/user/api-key/list", keys.list_keys),
        ("PUT", "/v1/private/user/api-key/update", keys.update),
        ("POST", "/v1/private/user/api-key/delete", keys.delete),
        ("POST", "/v1/private/user/api-key/delete-all", keys.delete_all),
    ),
    **_private(
        Access.READ,
        ("GET", "/v1/private/user/info", user.info),
        ("GET", "/v1/private/user/asset", user.asset),
        ("POST", "/v1/private/user/listen-key", user.create_listen_key),
        ("PUT", "/v1/private/user/listen-key", user.renew_listen_key),
        ("DELETE", "/v1/private/user/listen-key", user.close_listen_key),
        ("GET", "/v1/private/user/account-change-log", statistics.change_log),
        ("GET", "/v1/private/user/volume-stats", statistics.volume_stats),
        ("GET", "/v1/private/user/balance-history", statistics.balance_history),
        ("GET", "/v1/private/user/trade-overview", statistics.trade_overview),
        ("GET", "/v1/private/user/asset/overview/summary", statistics.summary),
        ("GET", "/v1/private/user/asset/overview/trend", statistics.trend),
        ("POST", "/v1/private/user/favorite-symbols", favorites.save),
        ("GET", "/v1/private/user/favorite-symbols", favorites.read),
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
        ("POST", "/v1/private/order/place-condition", conditions.place),
        ("POST", "/v1/private/order/cancel-condition", conditions.cancel),
        ("GET", "/v1/private/order/current-condition", conditions.current),
        ("GET", "/v1/private/order/history-condition", conditions.history),
        ("POST", "/v1/private/order/place-strategy", strategies.place),
        ("GET", "/v1/private/order/strategy", strategies.detail),
        ("POST", "/v1/private/order/batch-place", order_batches.place),
        ("POST", "/v1/private/order/batch-move", order_batches.amend),
        ("POST", "/v1/private/order/batch-cancel", order_batches.cancel),
        ("POST", "/v1/private/position/margin-mode", positions.set_margin_mode),
        ("POST", "/v1/private/position/leverage", positions.set_leverage),
        ("GET", "/v1/private/position/settings", positions.settings),
        ("GET", "/v1/private/position/positions", positions.positions),
        ("GET", "/v1/private/position/history", positions.history),
    ),
}
