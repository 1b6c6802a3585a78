"""The open orders and positions of an account at the embedded exchange, read from its log."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..sim import Account, Exchange

__all__ = ["AccountWatch"]

_OPEN = ("NEW", "PENDING", "PARTIALLY_FILLED")


class AccountWatch:
    """Keeps up with an account at the price of what is new, however long the log has become.

    Args:
        exchange: the running exchange.
        account: the account to follow.
    """

    def __init__(self, exchange: Exchange, account: Account) -> None:
        self.open_orders: dict[str, dict[str, Any]] = {}
        """The newest push about each open order, oldest order first."""
        self.positions: dict[str, Decimal] = {}
        """The quantity by symbol, negative for a short of an account in one-way mode."""
        self._exchange = exchange
        self._account = account
        self.seq = 0
        """The number of the last entry that was read."""

    def refresh(self) -> None:
        """Read what has been logged since the last time."""
        for entry in self._exchange.private_log(self._account, after_seq=self.seq):
            self.seq = entry.seq
            if entry.event_type == "ORDER_TRADE_UPDATE":
                self._note_order(entry.data)
            else:
                rows = entry.data.get("positions", ())
                self.positions.update({row["symbol"]: Decimal(row["quantity"]) for row in rows})

    def _note_order(self, data: dict[str, Any]) -> None:
        if data["orderStatus"] in _OPEN:
            self.open_orders[data["orderId"]] = data
        else:
            self.open_orders.pop(data["orderId"], None)
