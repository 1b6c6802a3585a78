"""A picture of one account, to hold a client's own picture against."""

from __future__ import annotations

from typing import Any

from .engine.account import Account
from .engine.market import Market
from .engine.rows import asset_row, order_row, position_row

__all__ = ["picture"]


def picture(account: Account, markets: dict[str, Market]) -> dict[str, Any]:
    """Return balances, positions, orders and fills as REST rows.

    ``balances`` is keyed by asset, ``positions`` (only those that are held) by
    ``SYMBOL:POSITIONSIDE``, ``open_orders`` and ``orders`` (open and ended) by orderId;
    ``fills`` are oldest first.
    """
    return {
        "balances": {account.asset: asset_row(account)},
        "positions": {
            f"{position.symbol}:{position.side}": position_row(account, position, markets)
            for position in account.positions.values()
            if position.size
        },
        "open_orders": {key: order_row(order) for key, order in account.open.items()},
        "orders": {key: order_row(order) for key, order in account.orders.items()},
        "fills": list(account.fills),
    }
