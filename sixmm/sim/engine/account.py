"""One trading account: money, positions, settings and orders."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .margin import initial_margin
from .numbers import ZERO
from .orders import Order
from .position import Position

__all__ = ["Account", "Settings"]

KEPT_ORDERS = 100_000
KEPT_FILLS = 100_000


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
    touched: set[tuple[str, str]] = field(default_factory=set)
    told_balance: tuple[Decimal, Decimal, Decimal] = (ZERO, ZERO, ZERO)
    told_positions: dict[tuple[str, str], tuple[object, ...]] = field(default_factory=dict)
    last_ts: int = 0

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
        self.last_ts = max(now_ms, self.last_ts + 1)
        return self.last_ts

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
        self.frozen += frozen - order.frozen
        order.frozen = frozen

    def apply_fill(self, order: Order, price: Decimal, size: Decimal, fee: Decimal) -> Decimal:
        """Book a fill of `order` and return the profit that it realizes, fees not counted."""
        position = self.position(order.leg)
        before = position.cost
        realized = position.apply(size * order.sign, price, fee)
        leverage = self.settings[order.symbol].leverage
        self.used += initial_margin(position.cost, leverage) - initial_margin(before, leverage)
        self.wallet += realized - fee
        self.fees_paid += fee
        self.touched.add(order.leg)
        return realized

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

    def _forget(self, order: Order) -> None:
        del self.orders[order.order_id]
        if self.by_client_id.get(order.client_order_id) is order:
            del self.by_client_id[order.client_order_id]
