"""The REST calls of KuCoin that a stream needs, as values: tokens, and reading the account.

Nothing is sent here. Arguments are checked for characters that could leave their field, and an
argument that is None is left out.
"""

from __future__ import annotations

from .call import KuCoinCall
from .futures import (
    futures_account,
    futures_fills,
    futures_order,
    futures_order_by_client_oid,
    futures_orders,
    futures_position,
    futures_positions,
    futures_recent_done_orders,
    futures_recent_fills,
    futures_stop_orders,
)
from .margin import (
    cross_margin,
    isolated_margin,
    margin_active_orders,
    margin_active_symbols,
    margin_done_orders,
    margin_fills,
    margin_order,
)
from .pro import (
    pro_balances,
    pro_fills,
    pro_open_orders,
    pro_order,
    pro_order_history,
    pro_overview,
    pro_positions,
)
from .spot import (
    spot_accounts,
    spot_active_order_page,
    spot_active_orders,
    spot_active_symbols,
    spot_done_orders,
    spot_fills,
    spot_order,
    spot_order_by_client_oid,
    spot_stop_orders,
)
from .tokens import server_time, stream_token

__all__ = [
    "KuCoinCall",
    "cross_margin",
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
    "pro_overview",
    "pro_positions",
    "server_time",
    "spot_accounts",
    "spot_active_order_page",
    "spot_active_orders",
    "spot_active_symbols",
    "spot_done_orders",
    "spot_fills",
    "spot_order",
    "spot_order_by_client_oid",
    "spot_stop_orders",
    "stream_token",
]
