"""The engine on a bench: short ways to trade, and a mirror that lives on events alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sixmm.sim.engine.account import Account
from sixmm.sim.engine.engine import Engine
from sixmm.sim.engine.orders import Order
from sixmm.sim.engine.request import read_order
from sixmm.sim.engine.rows import order_row
from sixmm.sim.engine.state import PrivateEvent
from sixmm.sim.engine.symbols import DEFAULT_SYMBOLS

NOW = 1_800_000_000_000
SYMBOL = "BTCUSDT"


class Mirror:
    """Orders, balances and positions of one account as its pushes tell them."""

    def __init__(self) -> None:
        """Begin with an empty picture."""
        self.orders: dict[str, dict[str, Any]] = {}
        self.balances: dict[str, dict[str, Any]] = {}
        self.positions: dict[tuple[str, str], dict[str, Any]] = {}
        self.fills: list[dict[str, Any]] = []

    def apply(self, data: dict[str, Any]) -> None:
        """Take in the data of one push."""
        if data["eventType"] == "ORDER_TRADE_UPDATE":
            self.orders[data["orderId"]] = data
            if "fillId" in data:
                self.fills.append(data)
            return
        for row in data["balances"]:
            self.balances[row["assetType"]] = row
        for row in data["positions"]:
            self.positions[row["symbol"], row["positionSide"]] = row


class Bench:
    """An engine with one clock that moves a millisecond per command."""

    def __init__(self) -> None:
        """Open the default markets, with empty books."""
        self.engine = Engine(DEFAULT_SYMBOLS, seed=7)
        self.now = NOW
        self.events: list[PrivateEvent] = []

    def account(self, name: str = "a", balance: str = "100000", *, hedge: bool = False) -> Account:
        """Open an account with money."""
        account = self.engine.open_account(name, hedge=hedge)
        self.engine.deposit(account, Decimal(balance), self.tick())
        return account

    def tick(self) -> int:
        """Let a millisecond pass."""
        self.now += 1
        return self.now

    def place(
        self, account: Account, side: str, price: str | None, quantity: str, **more: Any
    ) -> Order:
        """Place an order, a market order for the price None."""
        body = {"symbol": SYMBOL, "side": side, "quantity": quantity, **more}
        body |= {"type": "MARKET"} if price is None else {"type": "LIMIT", "price": price}
        return self.engine.place(account, read_order(body), self.tick())

    def cancel(self, account: Account, order: Order) -> Order:
        """Cancel an order."""
        wanted = {"symbol": order.symbol, "orderId": order.order_id}
        return self.engine.cancel(account, wanted, self.tick())

    def amend(self, account: Account, order: Order, **figures: Any) -> Order:
        """Amend an order."""
        wanted = {"symbol": order.symbol, "orderId": order.order_id, **figures}
        return self.engine.amend(account, wanted, self.tick())

    def drain(self, account: Account | None = None) -> list[dict[str, Any]]:
        """Return the data of the new pushes, of one account or of all."""
        events = self.engine.drain()
        self.events += events
        return [event.data for event in events if account in (None, event.account)]

    def statuses(self, account: Account) -> list[str]:
        """Return the order states that the new pushes of an account tell, in their order."""
        return [d["orderStatus"] for d in self.drain(account) if "orderStatus" in d]

    def levels(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Return bids and asks as texts, best first."""
        book = self.engine.state.markets[SYMBOL].book
        bids, asks = (
            [(str(price), str(size)) for price, size in side.levels()]
            for side in (book.bids, book.asks)
        )
        return bids, asks


def told(order: Order) -> dict[str, Any]:
    """Return what the last push of an order must have told, by its REST row."""
    row = order_row(order)
    row["orderStatus"] = row.pop("status")
    return row
