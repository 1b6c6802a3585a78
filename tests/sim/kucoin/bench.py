"""An account on a bench: what can happen to it, and what it pushes, with no exchange around it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sixmm.sim.kucoin.engine.account import Account
from sixmm.sim.kucoin.engine.records import Push
from sixmm.sim.kucoin.engine.trader import Trader
from sixmm.sim.kucoin.manners import Manners

__all__ = ["START_NS", "Bench", "D"]

START_NS = 1_790_000_000_123_456_789

D = Decimal


class Bench:
    """A trader whose clock stands still."""

    def __init__(self, *, unified: bool = False, **manners: Any) -> None:
        """Open an account without money."""
        self.manners = Manners(**manners)
        self.account = Account(
            user_id="u1",
            name="demo",
            unified=unified,
            seed=7,
            manners=self.manners,
            clock_ns=lambda: START_NS,
        )
        self.trader = Trader(self.account)
        self.spot, self.futures = self.trader.spot, self.trader.futures
        self.margin = self.trader.margin

    def pushes(self, topic: str | None = None) -> list[Push]:
        """Return what was pushed since the last call, of a topic or in all."""
        return [one for one in self.account.drain() if topic in (None, one.topic)]

    def data(self, topic: str) -> list[dict[str, Any]]:
        """Return the data of what was pushed on a topic since the last call."""
        return [one.data for one in self.pushes(topic)]
