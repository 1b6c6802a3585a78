"""One account: its orders, positions and collateral, and everything that happened to its orders.

There is no matching: whoever drives the account says what is filled, at which price. Each command
returns a `Touched` that says what has changed, so that it can be told.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from ..engine.numbers import ZERO, money
from .market import Instrument

__all__ = ["FEE_RATE", "Funding", "Ledger", "Order", "OrderEvent", "Position", "Touched"]

FEE_RATE = Decimal("0.0005")
_FIRST_ORDER_ID = 9_007_199_254_740_993
"""Just above 2^53: a client that reads ids as floating point numbers mixes them up."""


@dataclass(slots=True, kw_only=True)
class Order:
    """One order; `filled` is how much of `quantity` was traded."""

    order_id: int
    instrument: Instrument
    side: str
    order_type: str
    price: Decimal
    quantity: Decimal
    placed_ms: int
    filled: Decimal = ZERO
    trigger_type: str | None = None
    trigger_price: Decimal | None = None

    @property
    def remaining(self) -> Decimal:
        """What may still be traded."""
        return self.quantity - self.filled


@dataclass(slots=True, kw_only=True)
class Position:
    """What is held of one instrument; short positions are negative."""

    instrument: Instrument
    quantity: Decimal = ZERO
    average_price: Decimal = ZERO
    accrued_funding: Decimal = ZERO
    leverage: int = 10

    def trade(self, signed: Decimal, price: Decimal) -> Decimal:
        """Add a trade, and return the profit that it realises."""
        held = self.quantity
        if held * signed >= 0:
            whole = abs(held) + abs(signed)
            paid = abs(held) * self.average_price + abs(signed) * price
            self.quantity, self.average_price = held + signed, money(paid / whole)
            return ZERO
        closing = min(abs(signed), abs(held))
        direction = 1 if held > 0 else -1
        profit = money((price - self.average_price) * closing * direction)
        self.quantity = held + signed
        if not self.quantity:
            self.average_price = ZERO
        elif self.quantity * held < 0:
            self.average_price = price
        return profit


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent:
    """Something that happened to an order; `fields` is None for a variant without members."""

    order_id: int
    instrument: Instrument
    variant: str
    fields: dict[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """A payment of funding."""

    instrument: Instrument
    rate: Decimal
    paid: Decimal
    at_ms: int
    round: int


@dataclass(slots=True, kw_only=True)
class Touched:
    """What a command has changed."""

    events: list[OrderEvent] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)
    assets: list[int] = field(default_factory=list)
    funding: Funding | None = None

    def __add__(self, other: Touched) -> Touched:
        """Return what both have changed, each thing once."""
        both = Touched(events=self.events + other.events, funding=other.funding or self.funding)
        both.orders = list({one.order_id: one for one in self.orders + other.orders}.values())
        positions = self.positions + other.positions
        both.positions = list({one.instrument.ticker: one for one in positions}.values())
        both.assets = list(dict.fromkeys(self.assets + other.assets))
        return both


class Ledger:
    """The account of one address. Changed under the lock of the `Core`."""

    def __init__(self, address: str, collateral: dict[int, Decimal], ids: Iterator[int]) -> None:
        """Open an account; `ids` gives the ids of its orders."""
        self.address = address
        self.collateral = collateral
        self.orders: dict[int, Order] = {}
        """The open orders."""
        self.positions: dict[str, Position] = {}
        """By the id of the instrument; a closed one stays, with quantity 0."""
        self.events: list[OrderEvent] = []
        """All order events, oldest first."""
        self.funding: list[Funding] = []
        self._ids = ids

    @staticmethod
    def order_ids() -> Iterator[int]:
        """Return the source of order ids that the accounts of one exchange share."""
        return itertools.count(_FIRST_ORDER_ID)

    def place(
        self,
        instrument: Instrument,
        *,
        side: str,
        quantity: Decimal,
        price: Decimal,
        now_ms: int,
        order_type: str = "Limit",
        trigger: tuple[str, Decimal] | None = None,
    ) -> tuple[Order, Touched]:
        """Place an order that rests until it is filled, modified or cancelled."""
        order = Order(
            order_id=next(self._ids),
            instrument=instrument,
            side=side,
            order_type=order_type,
            price=price,
            quantity=quantity,
            placed_ms=now_ms,
            trigger_type=trigger[0] if trigger else None,
            trigger_price=trigger[1] if trigger else None,
        )
        self.orders[order.order_id] = order
        fields = {**_sizes(order, order.price, order.remaining), "timestamp": now_ms}
        flags = {"is_passive": order_type == "Limit", "is_filled": False}
        event = self._note(order, "placed", {**fields, **flags})
        return order, Touched(events=[event], orders=[order])

    def reject(self, instrument: Instrument, reason: str) -> Touched:
        """Refuse an order: it gets an id and is never open."""
        event = OrderEvent(
            order_id=next(self._ids),
            instrument=instrument,
            variant="rejected",
            fields={"reason": reason},
        )
        self.events.append(event)
        return Touched(events=[event])

    def fill(
        self, order: Order, quantity: Decimal, price: Decimal, *, now_ms: int, passive: bool
    ) -> Touched:
        """Trade so much of an order; position and collateral follow."""
        order.filled += quantity
        if not order.remaining:
            self.orders.pop(order.order_id, None)
        position = self._position(order.instrument)
        profit = position.trade(quantity if order.side == "Buy" else -quantity, price)
        fee = money(quantity * price * FEE_RATE)
        self.collateral[0] = self.collateral.get(0, ZERO) + profit - fee
        event = self._note(
            order,
            "fill",
            {
                **_sizes(order, price, quantity),
                "pnl": profit,
                "timestamp": now_ms,
                "is_passive": passive,
                "is_filled": not order.remaining,
                "fee_rate": FEE_RATE,
                "fee_amount": fee,
                "is_liquidation": False,
                "is_adl": False,
            },
        )
        return Touched(events=[event], orders=[order], positions=[position], assets=[0])

    def modify(self, order: Order, *, price: Decimal, quantity: Decimal, now_ms: int) -> Touched:
        """Give an order another price and another whole size, above what was filled of it."""
        order.price, order.quantity = price, quantity
        fields = {"price": price, "size": quantity, "timestamp": now_ms}
        return Touched(events=[self._note(order, "modified", fields)], orders=[order])

    def cancel(self, order: Order) -> Touched:
        """Withdraw an order."""
        del self.orders[order.order_id]
        return Touched(events=[self._note(order, "canceled", None)], orders=[order])

    def fund(self, instrument: Instrument, rate: Decimal, *, now_ms: int, round_: int) -> Touched:
        """Pay funding on the position in an instrument."""
        position = self._position(instrument)
        paid = money(-position.quantity * position.average_price * rate)
        position.accrued_funding += paid
        self.collateral[0] = self.collateral.get(0, ZERO) + paid
        funding = Funding(instrument=instrument, rate=rate, paid=paid, at_ms=now_ms, round=round_)
        self.funding.append(funding)
        return Touched(positions=[position], assets=[0], funding=funding)

    def deposit(self, asset: int, amount: Decimal) -> Touched:
        """Add collateral, or take it away."""
        self.collateral[asset] = self.collateral.get(asset, ZERO) + amount
        return Touched(assets=[asset])

    def _position(self, instrument: Instrument) -> Position:
        key = instrument.instrument_id
        if key not in self.positions:
            self.positions[key] = Position(instrument=instrument)
        return self.positions[key]

    def _note(self, order: Order, variant: str, fields: dict[str, object] | None) -> OrderEvent:
        event = OrderEvent(
            order_id=order.order_id, instrument=order.instrument, variant=variant, fields=fields
        )
        self.events.append(event)
        return event


def _sizes(order: Order, price: Decimal, size: Decimal) -> dict[str, object]:
    return {
        "price": price,
        "size": size,
        "remaining_size": order.remaining,
        "original_size": order.quantity,
        "settlement_asset": 0,
    }
