"""The engine: commands in, changed state and events out. No I/O, no clock, no thread.

Every command takes ``now_ms``, the exchange's time in ms, and either ends with its events in
`drain` or raises `ExchangeError` before anything has changed. The caller sees to it that
``SIM_CONTEXT`` is the current decimal context, or one that is not coarser.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from ..codes import Code, ExchangeError
from .account import Account
from .changing import amend, cancel, cancel_all
from .margin import initial_margin
from .orders import Order
from .placing import place
from .request import OrderRequest
from .state import PrivateEvent, State
from .symbols import SymbolSpec

__all__ = ["Engine"]

FIRST_NUMBER = 5794
FIRST_USER_ID = 1_188_041_528


class Engine:
    """Accounts, books and the commands on them; for one thread at a time."""

    def __init__(self, specs: Iterable[SymbolSpec], *, seed: int) -> None:
        """Open the markets of `specs`."""
        self.state = State(specs, seed)

    def drain(self) -> list[PrivateEvent]:
        """Return the private events since the last call, in the order in which they happened."""
        events = self.state.events
        if events:
            self.state.events = []
        return events

    def open_account(self, username: str, *, hedge: bool = False, house: bool = False) -> Account:
        """Open an account without money.

        The number of its topic and its public id are different numbers (rule 76). A name
        that is taken raises `ValueError`.
        """
        if any(account.username == username for account in self.state.accounts.values()):
            raise ValueError(f"username {username!r} is taken")
        count = len(self.state.accounts)
        account = Account(
            user_id=str(FIRST_USER_ID + 7919 * count),
            number=FIRST_NUMBER + count,
            username=username,
            hedge=hedge,
            house=house,
        )
        self.state.accounts[account.user_id] = account
        return account

    def deposit(self, account: Account, amount: Decimal, now_ms: int) -> None:
        """Pay `amount` into the wallet."""
        account.wallet += amount
        self.state.touch(account)
        self.state.settle(now_ms)

    def place(self, account: Account, request: OrderRequest, now_ms: int) -> Order:
        """Place an order; see `placing.place`."""
        order = place(self.state, account, request, now_ms)
        self.state.settle(now_ms)
        return order

    def cancel(self, account: Account, wanted: Mapping[str, object], now_ms: int) -> Order:
        """Cancel an order; see `changing.cancel`."""
        order = cancel(self.state, account, wanted, now_ms)
        self.state.settle(now_ms)
        return order

    def cancel_all(
        self, account: Account, *, symbol: str | None, limit_only: bool, now_ms: int
    ) -> int:
        """Cancel all orders; see `changing.cancel_all`."""
        count = cancel_all(self.state, account, symbol=symbol, limit_only=limit_only, now_ms=now_ms)
        self.state.settle(now_ms)
        return count

    def amend(self, account: Account, wanted: Mapping[str, object], now_ms: int) -> Order:
        """Amend an order; see `changing.amend`."""
        order = amend(self.state, account, wanted, now_ms)
        self.state.settle(now_ms)
        return order

    def set_leverage(self, account: Account, symbol: str, leverage: int, now_ms: int) -> None:
        """Set the leverage of a symbol, and with it the margin of its orders and positions.

        Raises 2003 for a figure outside 1 to the symbol's most, and 3001 when the account
        could not hold the larger margin.
        """
        market = self.state.market(symbol)
        if not 1 <= leverage <= market.spec.max_leverage:
            raise ExchangeError(Code.OUT_OF_RANGE, "leverage is out of range")
        settings = self.state.settings(account, symbol)
        before, settings.leverage = settings.leverage, leverage
        self._recount(account, symbol, before)
        more = leverage < before and (account.frozen or account.used)
        if more and account.frozen + account.used > account.wallet:
            settings.leverage = before
            self._recount(account, symbol, leverage)
            raise ExchangeError(Code.BALANCE, "balance is too low for this leverage")
        self.state.settle(now_ms)

    def _recount(self, account: Account, symbol: str, before: int) -> None:
        """Recount what positions and open orders of `symbol` hold after another leverage."""
        leverage = account.settings[symbol].leverage
        for leg, position in account.positions.items():
            if leg[0] == symbol and position.size:
                account.used += initial_margin(position.cost, leverage)
                account.used -= initial_margin(position.cost, before)
                account.touched.add(leg)
        for order in account.open.values():
            if order.symbol == symbol:
                account.freeze(order)
        self.state.touch(account)

    def set_margin_mode(self, account: Account, symbol: str, mode: str) -> None:
        """Set CROSS or ISOLATED; refused with 3006 while the symbol has a position or an order."""
        self.state.market(symbol)
        settings = self.state.settings(account, symbol)
        busy = any(leg[0] == symbol and p.size for leg, p in account.positions.items())
        busy = busy or any(order.symbol == symbol for order in account.open.values())
        if busy and settings.margin_mode != mode:
            raise ExchangeError(Code.NOT_PERMITTED, "the symbol has a position or an open order")
        settings.margin_mode = mode
