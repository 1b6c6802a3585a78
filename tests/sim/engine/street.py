"""A bench with a house that makes prices: for what waits for a price, or suffers from one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sixmm.sim.codes import ExchangeError
from sixmm.sim.engine.account import Account
from sixmm.sim.engine.condition import Condition
from sixmm.sim.engine.condition_request import read_condition
from sixmm.sim.engine.orders import Order
from sixmm.sim.engine.strategy import Strategy
from sixmm.sim.engine.strategy_request import read_strategy

from ..bench import SYMBOL, Bench

LEG = (SYMBOL, "BOTH")


class Street(Bench):
    """A bench whose house trades at any price; last and mark price start at 86500."""

    def __init__(self) -> None:
        """Open two accounts of the house, which have no need of money."""
        super().__init__()
        self.maker = self.engine.open_account("house-1", house=True)
        self.taker = self.engine.open_account("house-2", house=True)
        self._quotes: list[Order] = []

    @property
    def market(self) -> Any:
        """The market of the symbol."""
        return self.engine.state.markets[SYMBOL]

    def trade(self, price: str | int) -> None:
        """Let the house trade the smallest size at `price` with itself; its quotes are gone."""
        self.unquote()
        self.place(self.maker, "SELL", str(price), "0.001")
        self.place(self.taker, "BUY", str(price), "0.001")

    def trade_through(self, price: str | int) -> None:
        """Let the house trade at `price` whoever else stands in the book on the way there."""
        self.place(self.maker, "BUY", str(price), "0.001")
        self.place(self.taker, "SELL", str(price), "0.001")

    def quote(self, bid: str | int, ask: str | int, size: str = "5") -> None:
        """Let the house stand in the book on both sides, and nowhere else."""
        self.unquote()
        self._quotes.append(self.place(self.maker, "BUY", str(bid), size))
        self._quotes.append(self.place(self.maker, "SELL", str(ask), size))

    def unquote(self) -> None:
        """Take the house's quotes out of the book."""
        quotes, self._quotes = self._quotes, []
        for order in quotes:
            if order.is_open:
                self.cancel(self.maker, order)

    def hold(self, account: Account, size: str, price: str | int = 86_500) -> None:
        """Let the account buy `size` (sell, where negative) of the house at `price`."""
        side, other = ("BUY", "SELL") if Decimal(size) > 0 else ("SELL", "BUY")
        self.unquote()
        self.place(self.maker, other, str(price), size.lstrip("-"))
        self.place(account, side, str(price), size.lstrip("-"))

    def wait_for(self, account: Account, **body: Any) -> Condition:
        """Place a condition order: a stop that sells 0.01, unless told otherwise."""
        head = {"symbol": SYMBOL, "type": "STOP_MARKET", "side": "SELL", "quantity": "0.01"}
        return self.engine.place_condition(account, read_condition(head | body), self.tick())

    def link(self, account: Account, kind: str, *legs: dict[str, Any]) -> Strategy:
        """Place a strategy; legs get their numbers, and sell 0.01 unless told otherwise."""
        head = {"symbol": SYMBOL, "side": "SELL", "quantity": "0.01"}
        rows = [{**head, "strategySubId": place, **leg} for place, leg in enumerate(legs, 1)]
        request = read_strategy({"strategyType": kind, "subOrderList": rows})
        return self.engine.place_strategy(account, request, self.tick())


def code_of(call: Any, *args: Any, **more: Any) -> int:
    """Return the code with which a call is refused, 0 when it is not."""
    try:
        call(*args, **more)
    except ExchangeError as exc:
        return exc.code
    return 0
