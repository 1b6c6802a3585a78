"""The REST calls of 6MM as values: where they go, what they carry and what their reply becomes.

Nothing is sent here. Arguments are checked for what can be known without the exchange: amounts are
text or Decimal, never float; ids and symbols have no character that could leave their field.
An argument that is None is left out.
"""

from __future__ import annotations

from .position import position_setting, positions, set_leverage, set_margin_mode
from .public import klines, login, logout, refresh_token, server_time, symbols, version
from .trading import (
    amend_order,
    cancel_all_orders,
    cancel_order,
    current_orders,
    order,
    order_history,
    place_order,
    trades,
)
from .user import close_listen_key, create_listen_key, renew_listen_key, user_asset, user_info

__all__ = [
    "amend_order",
    "cancel_all_orders",
    "cancel_order",
    "close_listen_key",
    "create_listen_key",
    "current_orders",
    "klines",
    "login",
    "logout",
    "order",
    "order_history",
    "place_order",
    "position_setting",
    "positions",
    "refresh_token",
    "renew_listen_key",
    "server_time",
    "set_leverage",
    "set_margin_mode",
    "symbols",
    "trades",
    "user_asset",
    "user_info",
    "version",
]
