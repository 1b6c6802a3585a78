"""The account as one thing: its state with all that can happen to it."""

from __future__ import annotations

from decimal import Decimal

from .account import Account
from .futures import Futures
from .margin import Margin
from .spot import Spot

__all__ = ["Trader"]


class Trader:
    """What can happen to one account, by kind: `spot`, `margin` and `futures`.

    Every method is called under the lock of the `Core`: take one by `KuCoinExchange.moment`.
    """

    def __init__(self, account: Account) -> None:
        """Act on `account`."""
        self.account = account
        self.spot = Spot(account)
        self.margin = Margin(account)
        self.futures = Futures(account)

    def fund(self) -> None:
        """Give the account the money that a script needs; it is pushed as transfers."""
        for kind, currency, amount in (
            ("main", "USDT", "1000000"),
            ("trade", "USDT", "1000000"),
            ("trade", "BTC", "10"),
            ("trade", "ETH", "100"),
        ):
            self.spot.transfer(kind, currency, Decimal(amount))
        self.futures.transfer(Decimal(100_000))
        if self.account.unified:
            return
        for kind, currency, amount in (
            ("margin", "USDT", "100000"),
            ("margin", "BTC", "2"),
            ("margin", "ETH", "50"),
            ("isolated_BTC-USDT", "USDT", "100000"),
            ("isolated_BTC-USDT", "BTC", "2"),
        ):
            self.spot.transfer(kind, currency, Decimal(amount))
