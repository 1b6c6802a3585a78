"""One trading account: money, positions, settings and orders."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .closing import ClosedPosition, close_record
from .condition import Condition
from .ledger import ChangeKind, DayTotals, LedgerRow, day_of
from .margin import initial_margin
from .numbers import ZERO
from .orders import Order
from .position import Position
from .strategy import Strategy

__all__ = ["Account", "DayTotals", "LedgerRow", "Settings"]

KEPT_ORDERS = 100_000
KEPT_FILLS = 100_000
KEPT_CONDITIONS = 10_000
KEPT_STRATEGIES = 10_000
KEPT_POSITIONS = 10_000
KEPT_LEDGER = 10_000
KEPT_DAYS = 400


@dataclass(slots=True, kw_only=True)
class Settings:
    """Leverage and margin mode of one symbol; the mode is CROSS or ISOLATED (rule 66)."""

    leverage: int
    margin_mode: str = "CROSS"


@dataclass(slots=True, kw_only=True, eq=False)
class Account:
    """The books of one user.

    `number` is the one in the private topic and differs from `user_id`, the public one
    (rule 76). `house` accounts belong to the exchange: no margin is asked of them, and
    nothing about them is pushed or kept.
    """

    user_id: str
    number: int
    username: str
    hedge: bool = False
    house: bool = False
    asset: str = "USDT"
    wallet: Decimal = ZERO
    frozen: Decimal = ZERO
    frozen_of: dict[str, Decimal] = field(default_factory=dict)
    """The parts of `frozen` by symbol."""
    used: Decimal = ZERO
    fees_paid: Decimal = ZERO
    positions: dict[tuple[str, str], Position] = field(default_factory=dict)
    settings: dict[str, Settings] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    open: dict[str, Order] = field(default_factory=dict)
    closed: deque[Order] = field(default_factory=deque)
    by_client_id: dict[str, Order] = field(default_factory=dict)
    reducing: dict[tuple[str, str], dict[str, Order]] = field(default_factory=dict)
    fills: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT_FILLS))
    waiting: dict[str, Condition] = field(default_factory=dict)
    """Condition orders that have not fired, oldest first."""
    conditions: dict[str, Condition] = field(default_factory=dict)
    ended_conditions: deque[Condition] = field(default_factory=deque)
    strategies: dict[str, Strategy] = field(default_factory=dict)
    closed_positions: deque[ClosedPosition] = field(
        default_factory=lambda: deque(maxlen=KEPT_POSITIONS)
    )
    closed_legs: set[tuple[str, str]] = field(default_factory=set)
    """Legs whose position was closed since the last reaction of the engine."""
    touched: set[tuple[str, str]] = field(default_factory=set)
    told_balance: tuple[Decimal, Decimal, Decimal] = (ZERO, ZERO, ZERO)
    told_positions: dict[tuple[str, str], tuple[object, ...]] = field(default_factory=dict)
    last_ts: int = 0
    ledger: deque[LedgerRow] = field(default_factory=lambda: deque(maxlen=KEPT_LEDGER))
    """Every change of the wallet, oldest first; the newest ten thousand."""
    days: dict[str, DayTotals] = field(default_factory=dict)
    """Sums by UTC day (``YYYY-MM-DD``), only for days on which something happened."""
    totals: DayTotals = field(default_factory=DayTotals)
    """The same sums over the whole life of the account."""

    @property
    def topic(self) -> str:
        """Name of the private topic."""
        return f"user.{self.number}"

    @property
    def balance(self) -> tuple[Decimal, Decimal, Decimal]:
        """Wallet, frozen and used money."""
        return self.wallet, self.frozen, self.used

    def tick(self, now_ms: int) -> int:
        """Return `now_ms`, or one more than the last time when that is not later.

        So no two events of an account carry the same time, and a clock that is set back
        does not turn the order of events round. Under a burst of more than a thousand
        events a second the times run ahead of the clock.
        """
        self.last_ts = self.next_ts(now_ms)
        return self.last_ts

    def next_ts(self, now_ms: int) -> int:
        """Return what the next `tick` would return."""
        return max(now_ms, self.last_ts + 1)

    def position(self, leg: tuple[str, str]) -> Position:
        """Return the position of `leg`, an empty one when there was none yet."""
        found = self.positions.get(leg)
        if found is None:
            found = self.positions[leg] = Position(symbol=leg[0], side=leg[1])
        return found

    def held(self, leg: tuple[str, str]) -> Decimal:
        """Return the size held on `leg` without sign."""
        found = self.positions.get(leg)
        return found.held if found else ZERO

    def freeze(self, order: Order) -> None:
        """Set the margin that `order` holds from what is left of its opening part."""
        frozen = ZERO
        if order.is_open and order.opening:
            size = min(order.remaining, order.opening)
            frozen = initial_margin(size * order.price, self.settings[order.symbol].leverage)
        change = frozen - order.frozen
        if change:
            self.frozen += change
            self.frozen_of[order.symbol] = self.frozen_of.get(order.symbol, ZERO) + change
            order.frozen = frozen

    def apply_fill(
        self,
        order: Order,
        price: Decimal,
        size: Decimal,
        fee: Decimal,
        *,
        fill_id: str = "",
        at_ms: int = 0,
    ) -> Decimal:
        """Book a fill of `order` and return the profit that it realizes, fees not counted."""
        position = self.position(order.leg)
        before, entry_price, direction = position.cost, position.entry_price, position.direction
        realized = position.apply(size * order.sign, price, fee)
        leverage = self.settings[order.symbol].leverage
        self.used += initial_margin(position.cost, leverage) - initial_margin(before, leverage)
        self.fees_paid += fee
        self.change_wallet(ChangeKind.REALIZED_PNL, realized, fill_id, at_ms)
        self.change_wallet(ChangeKind.FEE, -fee, fill_id, at_ms)
        self.note_volume(price * size, at_ms)
        self.touched.add(order.leg)
        if position.direction != direction and not self.house:
            self._turn(order, position, direction, entry_price, at_ms)
        return realized

    def _turn(
        self, order: Order, position: Position, direction: int, entry_price: Decimal, at_ms: int
    ) -> None:
        """Note that `position` was closed by `order`, or opened, or both."""
        if direction:
            settings = self.settings[order.symbol]
            record = close_record(
                position,
                direction=direction,
                entry_price=entry_price,
                leverage=settings.leverage,
                margin_mode=settings.margin_mode,
                trigger_mode=order.trigger_mode,
                at_ms=at_ms,
            )
            self.closed_positions.append(record)
            self.closed_legs.add(order.leg)
        position.start(at_ms)

    def change_wallet(self, kind: str, amount: Decimal, reference_id: str, at_ms: int) -> None:
        """Add the signed `amount` to the wallet and note why; a change by nothing is none."""
        if amount:
            before, self.wallet = self.wallet, self.wallet + amount
            self.note_change(
                kind=kind,
                amount=amount,
                before=before,
                after=self.wallet,
                frozen_before=self.frozen,
                frozen_after=self.frozen,
                reference_id=reference_id,
                at_ms=at_ms,
            )

    def note_change(
        self,
        *,
        kind: str,
        amount: Decimal,
        before: Decimal,
        after: Decimal,
        frozen_before: Decimal,
        frozen_after: Decimal,
        reference_id: str,
        at_ms: int,
    ) -> None:
        """Note a change of the wallet in the ledger and in the sums; nothing for the house."""
        if self.house:
            return
        row = LedgerRow(
            kind=kind,
            amount=amount,
            before=before,
            after=after,
            frozen_before=frozen_before,
            frozen_after=frozen_after,
            reference_id=reference_id,
            at_ms=at_ms,
        )
        self.ledger.append(row)
        self.totals.add(row)
        self._day(at_ms).add(row)

    def note_volume(self, value: Decimal, at_ms: int) -> None:
        """Count the traded `value` of one fill; nothing for the house."""
        if not self.house:
            self.totals.volume += value
            self._day(at_ms).volume += value

    def _day(self, at_ms: int) -> DayTotals:
        """Return the sums of a day, and forget the oldest day beyond the bound."""
        name = day_of(at_ms)
        found = self.days.get(name)
        if found is None:
            found = self.days[name] = DayTotals(opening=self.wallet, closing=self.wallet)
            if len(self.days) > KEPT_DAYS:
                del self.days[min(self.days)]
        return found

    def enter(self, order: Order) -> None:
        """Keep a new order."""
        self.orders[order.order_id] = self.open[order.order_id] = order
        if order.client_order_id:
            self.by_client_id[order.client_order_id] = order
        if order.reduce_only:
            self.reducing.setdefault(order.leg, {})[order.order_id] = order

    def retire(self, order: Order) -> None:
        """Move an order that has ended to the history, and forget the oldest beyond the bound."""
        self.open.pop(order.order_id, None)
        if order.reduce_only:
            self.reducing[order.leg].pop(order.order_id, None)
        self.freeze(order)
        self.closed.append(order)
        if self.house or len(self.closed) > KEPT_ORDERS:
            self._forget(self.closed.popleft())

    def enter_condition(self, condition: Condition) -> None:
        """Keep a new condition order."""
        self.conditions[condition.condition_id] = condition
        self.waiting[condition.condition_id] = condition

    def retire_condition(self, condition: Condition) -> None:
        """Move a condition order that no longer waits to the history, which is bounded."""
        del self.waiting[condition.condition_id]
        self.ended_conditions.append(condition)
        if len(self.ended_conditions) > KEPT_CONDITIONS:
            del self.conditions[self.ended_conditions.popleft().condition_id]

    def enter_strategy(self, strategy: Strategy) -> None:
        """Keep a new strategy, and forget the oldest ended one beyond the bound."""
        self.strategies[strategy.strategy_id] = strategy
        if len(self.strategies) > KEPT_STRATEGIES:
            ended = (one for one in self.strategies.values() if not one.is_working)
            oldest = next(ended, None)
            if oldest is not None:
                del self.strategies[oldest.strategy_id]

    def _forget(self, order: Order) -> None:
        del self.orders[order.order_id]
        if self.by_client_id.get(order.client_order_id) is order:
            del self.by_client_id[order.client_order_id]
