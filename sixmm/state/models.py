"""Orders, fills, positions and balances as values, the same for every venue.

A venue turns its events and its REST rows into these; the mirror and the reconcile know nothing
else. Amounts are exact decimals, times are Unix milliseconds, ids are text. A field that the venue
did not tell is None.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from decimal import Decimal

import attrs

__all__ = [
    "ENDED_RANK",
    "Balance",
    "Baseline",
    "ConditionOrder",
    "Facts",
    "Fill",
    "Order",
    "Position",
    "Snapshot",
]


ENDED_RANK = 3
"""The rank of an order that has ended."""


@attrs.frozen(kw_only=True)
class Order:
    """One order as it was last told.

    ``rank`` says how far its life has come: 0 accepted, 1 resting, 2 partly filled, 3 ended.
    ``status`` is the word of the venue.
    """

    order_id: str
    status: str
    rank: int
    client_order_id: str | None = None
    symbol: str | None = None
    side: str | None = None
    position_side: str | None = None
    type: str | None = None
    time_in_force: str | None = None
    price: Decimal | None = None
    quantity: Decimal | None = None
    executed_quantity: Decimal | None = None
    average_price: Decimal | None = None
    created_at_ms: int | None = None
    updated_at_ms: int | None = None
    raw: str = attrs.field(default="", repr=False, eq=False)
    """The JSON text of the REST row that it was read from, or ``""``."""

    @property
    def is_open(self) -> bool:
        """Whether the order can still change by a trade."""
        return self.rank < ENDED_RANK


@attrs.frozen(kw_only=True)
class ConditionOrder:
    """One condition order as it was last told: it waits for a price, and then becomes an order."""

    condition_id: str
    status: str
    """The word of the venue; ``""`` where nothing lists it any more and its end is not known."""
    is_waiting: bool
    """Whether it may still become an order."""
    order_id: str | None = None
    """The order that it has become, or None."""
    strategy_id: str | None = None
    """The strategy that it belongs to, or None."""
    client_order_id: str | None = None
    symbol: str | None = None
    side: str | None = None
    position_side: str | None = None
    type: str | None = None
    time_in_force: str | None = None
    price: Decimal | None = None
    quantity: Decimal | None = None
    stop_price: Decimal | None = None
    activate_price: Decimal | None = None
    callback_rate: Decimal | None = None
    working_type: str | None = None
    """Which price it waits for."""
    reduce_only: bool | None = None
    close_position: bool | None = None
    price_protect: bool | None = None
    created_at_ms: int | None = None
    updated_at_ms: int | None = None
    raw: str = attrs.field(default="", repr=False, eq=False)
    """The JSON text of the REST row that it was read from, or ``""``."""


@attrs.frozen(kw_only=True)
class Fill:
    """One trade of one order; ``fill_id`` is unique within the account."""

    fill_id: str
    order_id: str
    trade_id: str | None = None
    symbol: str | None = None
    side: str | None = None
    position_side: str | None = None
    role: str | None = None
    price: Decimal | None = None
    quantity: Decimal | None = None
    value: Decimal | None = None
    fee: Decimal | None = None
    realized_pnl: Decimal | None = None
    time_ms: int | None = None
    raw: str = attrs.field(default="", repr=False, eq=False)
    """The JSON text of the REST row that it was read from, or ``""``."""


@attrs.frozen(kw_only=True)
class Position:
    """One position of one symbol and side; quantity 0 means that there is none."""

    symbol: str
    position_side: str
    quantity: Decimal | None = None
    entry_price: Decimal | None = None
    margin_mode: str | None = None
    leverage: int | None = None
    detail: tuple[object, ...] = attrs.field(default=(), repr=False)
    """What else the venue tells, such as figures that follow the mark price."""
    raw: str = attrs.field(default="", repr=False, eq=False)
    """The JSON text of the REST row that it was read from, or ``""``."""

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the position: symbol and side."""
        return self.symbol, self.position_side


@attrs.frozen(kw_only=True)
class Balance:
    """The balance of one asset."""

    asset: str
    wallet: Decimal | None = None
    frozen: Decimal | None = None
    """Held for open orders."""
    used: Decimal | None = None
    """Held for positions."""
    raw: str = attrs.field(default="", repr=False, eq=False)
    """The JSON text of the REST row that it was read from, or ``""``."""


@attrs.frozen(kw_only=True)
class Facts:
    """What one private event tells, in the terms of this module. ``ts_ms`` is when it happened."""

    ts_ms: int = 0
    push: str = attrs.field(default="", repr=False)
    """The text of the push, by which a repeat is known; ``""`` where there is none."""
    orders: tuple[Order, ...] = ()
    fills: tuple[Fill, ...] = ()
    positions: tuple[Position, ...] = ()
    balances: tuple[Balance, ...] = ()


@attrs.frozen(kw_only=True)
class Baseline:
    """What is already known when a snapshot is asked for, so that it asks for no more."""

    since_ms: int
    """Trades and ended orders are wanted from here on, in exchange time."""
    open_orders: Mapping[str, str] = attrs.field(factory=dict)
    """The orders that are believed to be open: order id to symbol."""
    fills: Container[str] = attrs.field(default=frozenset(), eq=False)
    """The fill ids that are known already; also those that become known meanwhile."""
    conditions_since_ms: int | None = None
    """Condition orders that wait no more are wanted from here on; None is ``since_ms``."""
    conditions: Mapping[str, int] = attrs.field(factory=dict)
    """The condition orders that are believed to wait: id to when they were made, 0 for unknown."""


@attrs.frozen(kw_only=True)
class Snapshot:
    """What the REST calls say about the account. A part that could not be asked is None.

    The calls are made in this order: fills, then open orders, then ended orders, then positions,
    then balances, then the condition orders that wait, then those that do no more. So every fill in
    it is contained in the order states in it.
    """

    as_of_ms: int
    """A time, by the exchange's clock, that is not after the moment of the first call."""
    fills: tuple[Fill, ...] | None = None
    """The trades since the baseline, oldest first."""
    open_orders: tuple[Order, ...] | None = None
    ended_orders: tuple[Order, ...] = ()
    """Orders that ended since the baseline, as far as they could be learnt."""
    positions: tuple[Position, ...] | None = None
    balances: tuple[Balance, ...] | None = None
    conditions: tuple[ConditionOrder, ...] | None = None
    """The condition orders that wait."""
    ended_conditions: tuple[ConditionOrder, ...] = ()
    """Those that wait no more since the baseline, as far as they could be learnt."""
    final: frozenset[str] = frozenset()
    """The parts of ``unchecked`` that the key may not read: to ask again is of no use."""
    unchecked: Mapping[str, str] = attrs.field(factory=dict)
    """Why a part is None, or only partly read, by its name: ``fills``, ``orders``, ..."""
