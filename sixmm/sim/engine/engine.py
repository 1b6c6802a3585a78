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
from .condition import Condition
from .condition_request import ConditionRequest
from .conditions import cancel_all_conditions, cancel_condition, place_condition
from .funding import clamp
from .ledger import ChangeKind
from .margin import initial_margin
from .numbers import ZERO
from .orders import Order
from .placing import place
from .reacting import react
from .request import OrderRequest
from .settling import settle_funding
from .state import PrivateEvent, State
from .strategies import place_strategy
from .strategy import Strategy
from .strategy_request import StrategyRequest
from .symbols import SymbolSpec
from .tiers import largest_notional
from .valuing import is_exhausted, is_isolated

__all__ = ["Engine"]


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
        """Open an account without money; a name that is taken raises `ValueError`."""
        if any(account.username == username for account in self.state.accounts.values()):
            raise ValueError(f"username {username!r} is taken")
        return self.state.open_account(username, hedge=hedge, house=house)

    def deposit(self, account: Account, amount: Decimal, now_ms: int) -> None:
        """Pay `amount` into the wallet."""
        at_ms = account.next_ts(now_ms)
        account.change_wallet(ChangeKind.TRANSFER_IN, amount, "", at_ms)
        self.state.touch(account)
        self._finish(now_ms)

    def place(self, account: Account, request: OrderRequest, now_ms: int) -> Order:
        """Place an order; see `placing.place`."""
        order = place(self.state, account, request, now_ms)
        self._finish(now_ms)
        return order

    def cancel(self, account: Account, wanted: Mapping[str, object], now_ms: int) -> Order:
        """Cancel an order; see `changing.cancel`."""
        order = cancel(self.state, account, wanted, now_ms)
        self._finish(now_ms)
        return order

    def cancel_all(
        self, account: Account, *, symbol: str | None, limit_only: bool, now_ms: int
    ) -> int:
        """Cancel all orders; see `changing.cancel_all`."""
        count = cancel_all(self.state, account, symbol=symbol, limit_only=limit_only, now_ms=now_ms)
        self._finish(now_ms)
        return count

    def amend(self, account: Account, wanted: Mapping[str, object], now_ms: int) -> Order:
        """Amend an order; see `changing.amend`."""
        order = amend(self.state, account, wanted, now_ms)
        self._finish(now_ms)
        return order

    def place_condition(
        self, account: Account, request: ConditionRequest, now_ms: int
    ) -> Condition:
        """Take a condition order; see `conditions.place_condition`."""
        one = place_condition(self.state, account, request, now_ms)
        self._finish(now_ms)
        return one

    def cancel_condition(
        self, account: Account, wanted: Mapping[str, object], now_ms: int
    ) -> Condition:
        """Cancel a condition order; see `conditions.cancel_condition`."""
        one = cancel_condition(self.state, account, wanted, now_ms)
        self._finish(now_ms)
        return one

    def cancel_all_conditions(self, account: Account, *, symbol: str | None, now_ms: int) -> int:
        """Cancel all condition orders; see `conditions.cancel_all_conditions`."""
        count = cancel_all_conditions(self.state, account, symbol=symbol, now_ms=now_ms)
        self._finish(now_ms)
        return count

    def place_strategy(self, account: Account, request: StrategyRequest, now_ms: int) -> Strategy:
        """Take linked orders; see `strategies.place_strategy`."""
        strategy = place_strategy(self.state, account, request, now_ms)
        self._finish(now_ms)
        return strategy

    def set_funding_rate(self, symbol: str, rate: Decimal) -> Decimal:
        """Set the rate of the next settlement, within the symbol's cap, and return it."""
        market = self.state.market(symbol)
        market.funding_rate = clamp(rate, market.spec.funding_cap)
        return market.funding_rate

    def settle_funding(self, since_ms: int, until_ms: int) -> None:
        """Settle funding for every time of the grid after `since_ms` up to `until_ms`."""
        due = self.state.next_funding_ms
        settle_funding(self.state, since_ms if due is None else min(since_ms, due - 1), until_ms)
        self._finish(until_ms)

    def _finish(self, now_ms: int) -> None:
        """End a command: let everything happen that follows from it, and tell it."""
        due = self.state.next_funding_ms
        if due is not None and now_ms >= due:
            settle_funding(self.state, due - 1, now_ms)
        react(self.state, now_ms)
        self.state.settle(now_ms)

    def set_leverage(self, account: Account, symbol: str, leverage: int, now_ms: int) -> None:
        """Set the leverage of a symbol, and with it the margin of its orders and positions.

        Raises 2003 for a figure outside 1 to the symbol's most, or above what the tier of the
        position and of the open orders allows, and 3001 when the account could not hold the
        larger margin, or when the smaller margin would not carry an isolated position.
        """
        market = self.state.market(symbol)
        if not 1 <= leverage <= market.spec.max_leverage:
            raise ExchangeError(Code.OUT_OF_RANGE, "leverage is out of range")
        settings = self.state.settings(account, symbol)
        before = settings.leverage
        value = account.frozen_of.get(symbol, ZERO) * before
        value += sum(abs(p.cost) for leg, p in account.positions.items() if leg[0] == symbol)
        if leverage > before and value > largest_notional(market.spec.tiers, leverage):
            raise ExchangeError(Code.OUT_OF_RANGE, "the position is too large for this leverage")
        settings.leverage = leverage
        self._recount(account, symbol, before)
        more = leverage < before and (account.frozen or account.used)
        over = more and account.frozen + account.used > account.wallet
        if over or self._starved(account, symbol):
            settings.leverage = before
            self._recount(account, symbol, leverage)
            raise ExchangeError(Code.BALANCE, "balance is too low for this leverage")
        self._finish(now_ms)

    def _starved(self, account: Account, symbol: str) -> bool:
        """Tell whether an isolated position of `symbol` would be liquidated at once."""
        market = self.state.markets[symbol]
        return is_isolated(account, symbol) and any(
            position.size and is_exhausted(account, position, market)
            for leg, position in account.positions.items()
            if leg[0] == symbol
        )

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
