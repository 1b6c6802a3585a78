"""A small exchange with one account, as the truth that the reconcile is compared with.

It has a clock that rises with every change, tells each change by one push, and can be asked for the
five parts of a snapshot at any moment. It holds nothing of the client but the plain models.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import attrs

from sixmm.state.models import Balance, Baseline, Facts, Fill, Order, Position

__all__ = ["START_MS", "ModelExchange", "partly_filled"]

START_MS = 1_771_047_000_000


def partly_filled(order: Order, executed_quantity: Decimal) -> Order:
    """Return the order as it was when so much of it was filled."""
    return attrs.evolve(
        order, status="PARTIALLY_FILLED", rank=2, executed_quantity=executed_quantity, raw=""
    )


@attrs.define
class ModelExchange:
    """One account; every change has its own millisecond."""

    tell: Callable[[Facts], None] = attrs.field(default=lambda _: None)
    """Where a push goes."""
    now_ms: int = START_MS
    orders: dict[str, Order] = attrs.field(factory=dict)
    fills: list[Fill] = attrs.field(factory=list)
    balances: dict[str, Balance] = attrs.field(factory=dict)
    positions: dict[tuple[str, str], Position] = attrs.field(factory=dict)
    executed_after: dict[str, Decimal] = attrs.field(factory=dict)
    """The executed quantity of its order right after a fill, by fill id."""

    # Changes

    def place(self, quantity: int, *, client_order_id: str | None = None) -> str:
        """Accept an order."""
        order_id = str(len(self.orders) + 1)
        self._put(
            Order(
                order_id=order_id,
                client_order_id=client_order_id,
                status="NEW",
                rank=0,
                symbol="BTCUSDT",
                side="BUY",
                price=Decimal(100),
                quantity=Decimal(quantity),
                executed_quantity=Decimal(0),
                created_at_ms=self._tick(),
            )
        )
        return order_id

    def rest(self, order_id: str) -> bool:
        """Make an accepted order rest in the book."""
        order = self.orders[order_id]
        return order.rank == 0 and self._change(order, status="PENDING", rank=1)

    def fill(self, order_id: str, quantity: int) -> bool:
        """Fill up to ``quantity`` of an open order."""
        order = self.orders[order_id]
        if not order.is_open:
            return False
        assert order.quantity is not None
        assert order.executed_quantity is not None
        amount = min(Decimal(quantity), order.quantity - order.executed_quantity)
        executed = order.executed_quantity + amount
        ended = executed == order.quantity
        fill = Fill(
            fill_id=f"f{len(self.fills) + 1}",
            order_id=order_id,
            symbol=order.symbol,
            price=order.price,
            quantity=amount,
            time_ms=self._tick(),
        )
        self.fills.append(fill)
        self.executed_after[fill.fill_id] = executed
        self._put(
            attrs.evolve(
                order,
                status="FILLED" if ended else "PARTIALLY_FILLED",
                rank=3 if ended else 2,
                executed_quantity=executed,
            ),
            fill,
        )
        return True

    def cancel(self, order_id: str) -> bool:
        """End an open order."""
        order = self.orders[order_id]
        if not order.is_open:
            return False
        status = "PARTIALLY_FILLED_CANCELED" if order.executed_quantity else "CANCELED"
        return self._change(order, status=status, rank=3)

    def amend(self, order_id: str, *, price: int, more: int = 0) -> bool:
        """Change price and size of an open order."""
        order = self.orders[order_id]
        if not order.is_open:
            return False
        assert order.quantity is not None
        return self._change(order, price=Decimal(price), quantity=order.quantity + more)

    def set_balance(self, asset: str, wallet: int) -> None:
        """Change a balance."""
        balance = Balance(asset=asset, wallet=Decimal(wallet), frozen=Decimal(0))
        self.balances[asset] = balance
        self._push(Facts(ts_ms=self._tick(), balances=(balance,)))

    def set_position(self, symbol: str, quantity: int) -> None:
        """Change a position; 0 closes it."""
        position = Position(symbol=symbol, position_side="BOTH", quantity=Decimal(quantity))
        if quantity:
            self.positions[position.key] = position
        else:
            self.positions.pop(position.key, None)
        self._push(Facts(ts_ms=self._tick(), positions=(position,)))

    def _push(self, facts: Facts) -> None:
        # Every change has its own millisecond, so this is as unique as the text of a push.
        self.tell(attrs.evolve(facts, push=f"push of {facts.ts_ms}"))

    def let_pass(self, milliseconds: int) -> None:
        """Let time pass without a change."""
        self.now_ms += milliseconds

    # The parts of a snapshot

    def read_fills(self, baseline: Baseline) -> tuple[Fill, ...]:
        """Return the trades since the baseline, oldest first."""
        return tuple(fill for fill in self.fills if (fill.time_ms or 0) >= baseline.since_ms)

    def read_open(self) -> tuple[Order, ...]:
        """Return the open orders."""
        return tuple(order for order in self.orders.values() if order.is_open)

    def read_ended(self, baseline: Baseline) -> tuple[Order, ...]:
        """Return the orders that ended since the baseline, or that were believed to be open."""
        return tuple(
            order
            for order in self.orders.values()
            if not order.is_open
            and (
                (order.updated_at_ms or 0) >= baseline.since_ms
                or order.order_id in baseline.open_orders
            )
        )

    def read_positions(self) -> tuple[Position, ...]:
        """Return the open positions."""
        return tuple(self.positions.values())

    def read_balances(self) -> tuple[Balance, ...]:
        """Return the balances."""
        return tuple(self.balances.values())

    # Inside

    def _tick(self) -> int:
        self.now_ms += 1
        return self.now_ms

    def _change(self, order: Order, **changes: object) -> bool:
        self._tick()
        self._put(attrs.evolve(order, **changes))  # type: ignore[arg-type]
        return True

    def _put(self, order: Order, fill: Fill | None = None) -> None:
        order = attrs.evolve(order, updated_at_ms=self.now_ms)
        self.orders[order.order_id] = order
        self._push(Facts(ts_ms=self.now_ms, orders=(order,), fills=() if fill is None else (fill,)))
