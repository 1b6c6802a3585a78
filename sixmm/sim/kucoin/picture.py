"""What an account really has: the figures that a test compares with."""

from __future__ import annotations

from ..engine.numbers import plain
from .engine.account import Account
from .engine.futures import MULTIPLIERS
from .engine.futures_rows import wallet

__all__ = ["picture"]


def picture(account: Account) -> dict[str, object]:
    """Return balances, open orders, positions and the wallet of one account, as plain texts.

    ``balances`` by sub-account and currency: available and held; ``spot_orders`` by id: symbol,
    side, size and what of it is filled; ``spot_fills`` as symbol, trade id and order id;
    ``spot_ended`` is what was filled of each order that has ended. Those of futures are likewise.
    ``positions`` by symbol: signed lots, entry and mark price.
    """
    figures = wallet(account, MULTIPLIERS)
    return {
        "balances": {
            f"{kind}:{currency}": (plain(one.available), plain(one.hold))
            for (kind, currency), one in account.balances.items()
        },
        "spot_orders": {
            one.order_id: (
                one.symbol,
                one.side,
                plain(one.size) if one.size is not None else "",
                plain(one.filled),
            )
            for one in account.spot_open.values()
        },
        "spot_ended": {one.order_id: plain(one.filled) for one in account.spot_done},
        "spot_fills": [(one.symbol, str(one.trade_id), one.order_id) for one in account.spot_fills],
        "spot_stops": sorted(account.spot_stops),
        "futures_orders": {
            one.order_id: (one.symbol, one.side, one.size, one.filled)
            for one in account.futures_open.values()
        },
        "futures_ended": {one.order_id: one.filled for one in account.futures_done},
        "futures_fills": [
            (one.symbol, one.trade_id, one.order_id) for one in account.futures_fills
        ],
        "futures_stops": sorted(account.futures_stops),
        "positions": {
            one.symbol: (one.quantity, plain(round(one.entry, 10)), plain(one.mark))
            for one in account.positions.values()
            if one.quantity
        },
        "wallet": {
            "version": account.wallet_version,
            "cash": plain(figures.cash),
            "equity": plain(figures.equity),
            "available": plain(figures.available),
        },
    }
