"""All that the engine knows, and the events that it has produced and nobody has taken yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..codes import Code, ExchangeError
from .account import Account, Settings
from .condition import Condition
from .ids import IdSource
from .market import Market
from .orders import Order
from .rows import Row, balance_push, order_push, position_row
from .strategy import Strategy
from .symbols import SymbolSpec

__all__ = ["PrivateEvent", "State"]

FIRST_NUMBER = 5794
FIRST_USER_ID = 1_188_041_528


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateEvent:
    """One push to one account: its ``data`` and its time in ms."""

    account: Account
    data: Row
    ts: int


class State:
    """Accounts and markets. One thread at a time, which the caller has to see to."""

    def __init__(self, specs: Iterable[SymbolSpec], seed: int) -> None:
        """Open a market for each of `specs`; the same `seed` gives the same identifiers."""
        self.markets = {spec.symbol: Market(spec, seed) for spec in specs}
        self.accounts: dict[str, Account] = {}
        self.ids = IdSource(seed)
        self.events: list[PrivateEvent] = []
        self.waiting: dict[str, dict[str, Condition]] = {symbol: {} for symbol in self.markets}
        """The condition orders that wait, by symbol and oldest first."""
        self.holders: dict[str, dict[str, Account]] = {symbol: {} for symbol in self.markets}
        """The accounts, those of the house apart, that may hold a position, by symbol."""
        self.looked_at: dict[str, tuple[Decimal, Decimal] | None] = dict.fromkeys(self.markets)
        """Last and mark price at which the waiting condition orders were last looked at."""
        self.weighed_at: dict[str, Decimal | None] = dict.fromkeys(self.markets)
        """Mark price at which the margin of the holders was last looked at."""
        self.stirred: dict[str, Strategy] = {}
        """Strategies with a leg that has changed."""
        self.insurance: Account | None = None
        """The account of the house that takes over what a liquidation cannot sell."""
        self.next_funding_ms: int | None = None
        """When funding is settled next; None means that nobody waits for it."""
        self._changed: dict[str, Account] = {}

    @property
    def changed(self) -> list[Account]:
        """The accounts that this command has changed so far, those of the house apart."""
        return [account for account in self._changed.values() if not account.house]

    def open_account(self, username: str, *, hedge: bool = False, house: bool = False) -> Account:
        """Open an account without money.

        The number of its topic and its public id are different numbers (rule 76).
        """
        count = len(self.accounts)
        account = Account(
            user_id=str(FIRST_USER_ID + 7919 * count),
            number=FIRST_NUMBER + count,
            username=username,
            hedge=hedge,
            house=house,
        )
        self.accounts[account.user_id] = account
        return account

    def market(self, symbol: str) -> Market:
        """Return the market of `symbol`; an unknown one is a bad parameter (2002)."""
        found = self.markets.get(symbol)
        if found is None:
            raise ExchangeError(Code.BAD, f"symbol {symbol[:32]!r} is not traded")
        return found

    def settings(self, account: Account, symbol: str) -> Settings:
        """Return the account's settings of `symbol`, the default ones at first."""
        found = account.settings.get(symbol)
        if found is None:
            leverage = self.market(symbol).spec.default_leverage
            found = account.settings[symbol] = Settings(leverage=leverage)
        return found

    def tell_order(self, order: Order, now_ms: int, fill: Row | None = None) -> None:
        """Push the order as it stands, and mark its account as changed.

        The time of the first push is the birth of the order.
        """
        account = self.accounts[order.owner]
        self._changed[order.owner] = account
        order.updated_at = ts = account.tick(now_ms)
        order.created_at = order.created_at or ts
        if order.strategy_id:
            self.stir(account, order.strategy_id)
        if not account.house:
            self.events.append(PrivateEvent(account=account, data=order_push(order, fill), ts=ts))

    def stir(self, account: Account, strategy_id: str) -> None:
        """Mark a strategy as one whose legs have to be looked at."""
        strategy = account.strategies.get(strategy_id)
        if strategy is not None and strategy.is_working:
            self.stirred[strategy_id] = strategy

    def touch(self, account: Account) -> None:
        """Mark `account` as one whose balance or positions may have changed."""
        self._changed[account.user_id] = account

    def settle(self, now_ms: int) -> None:
        """End a command: push one ACCOUNT_UPDATE to each account that it changed."""
        changed, self._changed = self._changed, {}
        for account in changed.values():
            if account.house:
                account.touched.clear()
            else:
                self._tell_account(account, now_ms)

    def _tell_account(self, account: Account, now_ms: int) -> None:
        balances = []
        if account.balance != account.told_balance:
            account.told_balance = account.balance
            balances.append(balance_push(account))
        positions = self._changed_positions(account)
        if balances or positions:
            data: Row = {
                "eventType": "ACCOUNT_UPDATE",
                "balances": balances,
                "positions": positions,
            }
            ts = account.tick(now_ms)
            self.events.append(PrivateEvent(account=account, data=data, ts=ts))

    def _changed_positions(self, account: Account) -> list[Row]:
        rows = []
        for leg in sorted(account.touched):
            position = account.positions[leg]
            settings = account.settings[leg[0]]
            picture = (
                position.size,
                position.cost,
                settings.leverage,
                settings.margin_mode,
                position.funding,
            )
            told = account.told_positions.get(leg)
            if told != picture and (told is not None or position.size):
                rows.append(position_row(account, position, self.markets))
            account.told_positions[leg] = picture
        account.touched.clear()
        return rows
