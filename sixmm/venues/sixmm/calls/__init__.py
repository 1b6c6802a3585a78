"""The REST calls of 6MM as values: where they go, what they carry and what their reply becomes.

There is one function for each of the 53 operations. Nothing is sent here. Arguments are checked for
what can be known without the exchange: amounts are text, int or Decimal, never float; times have a
zone or are Unix milliseconds; ids and symbols have no character that could leave their field; what
the documentation asks for is there. An argument that is None is left out.
"""

from __future__ import annotations

from .keys import (
    api_keys,
    create_api_key,
    delete_all_api_keys,
    delete_api_key,
    update_api_key,
)
from .market import funding_rate_config, funding_rate_history, funding_rates, klines, symbols
from .orders import (
    condition_order_history,
    current_condition_orders,
    current_orders,
    order,
    order_history,
    strategy,
    trades,
)
from .position import (
    position_history,
    position_setting,
    positions,
    set_leverage,
    set_margin_mode,
)
from .public import pnl_leaderboard, server_time, version
from .session import exchange_embed_token, exchange_ticket, login, logout, refresh_token
from .trading import (
    amend_order,
    batch_amend_orders,
    batch_cancel_orders,
    batch_place_orders,
    cancel_all_orders,
    cancel_condition_order,
    cancel_order,
    place_condition_order,
    place_order,
    place_strategy_order,
)
from .user import (
    account_change_log,
    asset_summary,
    asset_trend,
    balance_history,
    close_listen_key,
    create_listen_key,
    favorite_symbols,
    renew_listen_key,
    save_favorite_symbols,
    trade_overview,
    user_asset,
    user_info,
    volume_stats,
)

__all__ = [
    "account_change_log",
    "amend_order",
    "api_keys",
    "asset_summary",
    "asset_trend",
    "balance_history",
    "batch_amend_orders",
    "batch_cancel_orders",
    "batch_place_orders",
    "cancel_all_orders",
    "cancel_condition_order",
    "cancel_order",
    "close_listen_key",
    "condition_order_history",
    "create_api_key",
    "create_listen_key",
    "current_condition_orders",
    "current_orders",
    "delete_all_api_keys",
    "delete_api_key",
    "exchange_embed_token",
    "exchange_ticket",
    "favorite_symbols",
    "funding_rate_config",
    "funding_rate_history",
    "funding_rates",
    "klines",
    "login",
    "logout",
    "order",
    "order_history",
    "place_condition_order",
    "place_order",
    "place_strategy_order",
    "pnl_leaderboard",
    "position_history",
    "position_setting",
    "positions",
    "refresh_token",
    "renew_listen_key",
    "save_favorite_symbols",
    "server_time",
    "set_leverage",
    "set_margin_mode",
    "strategy",
    "symbols",
    "trade_overview",
    "trades",
    "update_api_key",
    "user_asset",
    "user_info",
    "version",
    "volume_stats",
]
