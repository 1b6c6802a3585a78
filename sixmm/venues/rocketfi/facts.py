"""What events and rows say about an account, in the terms of :mod:`sixmm.state.models`.

RocketFi tells what happened to orders, not how they stand, and everything that it tells about an
account is taken for a part: what is not mentioned stays as it was. Three things are made up here
because the wire has none of them:

* The state of an order is worked out from what happened to it (:class:`.enums.OrderState`).
* A fill has no id. It gets one from its order, its time and what remained after it, which no other
  fill of the order has, and which is the same by stream and by REST.
* A market is called by the id of its instrument, and an asset by its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import attrs

from ...events import Event
from ...state.models import ENDED_RANK, Balance, Facts, Fill, Order, Position
from .enums import OrderEventType, OrderState
from .ids import Address
from .rest_schema import CollateralRow, OpenOrderRow, OrderEventRow, PositionRow
from .stream_schema import (
    CollateralUpdate,
    OpenOrder,
    OpenOrdersUpdate,
    OrderEvent,
    OrderEventUpdate,
    PositionEntry,
    PositionUpdate,
)

__all__ = [
    "ONE_SIDE",
    "balance_of_row",
    "facts_of",
    "fill_of",
    "order_of",
    "order_of_events",
    "order_of_row",
    "partly_filled",
    "position_of",
]

ONE_SIDE = "BOTH"
"""The side of every position: an account has one position of an instrument."""

_OPEN_RANK = 1
_KNOWN = frozenset(OrderEventType)
_ROLES: Mapping[bool | None, str] = {True: "MAKER", False: "TAKER"}
_ENDS: Mapping[str, OrderState] = {
    OrderEventType.CANCELED: OrderState.CANCELED,
    OrderEventType.REJECTED: OrderState.REJECTED,
}

OrderTelling = OrderEvent | OrderEventRow


# Orders and fills


def order_of(event: OrderTelling) -> Order | None:
    """Return what an event says about its order, or None where its variant is not known.

    What it does not say is None: an event has no side, and a cancel has nothing but the id.
    """
    if event.type not in _KNOWN:
        return None
    is_fill = event.type == OrderEventType.FILL
    is_placed = event.type == OrderEventType.PLACED
    is_change = event.type == OrderEventType.MODIFIED
    state = _state_after(event)
    return Order(
        order_id=str(event.order_id),
        status=str(state),
        rank=_OPEN_RANK if state is OrderState.OPEN else ENDED_RANK,
        symbol=_text(event.instrument_id),
        price=None if is_fill else event.price,
        # Of a change, the size is assumed to be the whole new one.
        quantity=event.size if is_change else event.original_size,
        executed_quantity=_executed(event),
        created_at_ms=event.timestamp if is_placed else None,
        updated_at_ms=event.timestamp,
        raw=_raw(event),
    )


def _state_after(event: OrderTelling) -> OrderState:
    end = _ENDS.get(event.type)
    if end is not None:
        return end
    # The flag counts where it is there: a rest of zero may be of an order that was changed since.
    is_filled = event.remaining_size == 0 if event.is_filled is None else event.is_filled
    return OrderState.FILLED if is_filled else OrderState.OPEN


def _executed(told: OrderTelling) -> Decimal | None:
    if told.original_size is None or told.remaining_size is None:
        return None
    return told.original_size - told.remaining_size


def fill_of(event: OrderTelling) -> Fill | None:
    """Return the fill that an event tells, or None where it tells none, or lacks what names it."""
    size, rest, moment = event.size, event.remaining_size, event.timestamp
    if event.type != OrderEventType.FILL or size is None or rest is None or moment is None:
        return None
    return Fill(
        fill_id=f"{event.order_id}-{moment}-{_plain(rest)}",
        order_id=str(event.order_id),
        symbol=_text(event.instrument_id),
        role=_ROLES.get(event.is_passive),
        price=event.price,
        quantity=size,
        fee=event.fee_amount,
        realized_pnl=event.pnl,
        time_ms=moment,
        raw=_raw(event),
    )


def _plain(value: Decimal) -> str:
    """Return a size so that 1.0 and 1 are one text."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def order_of_row(row: OpenOrderRow | OpenOrder) -> Order:
    """Return the order that a row of the open orders tells.

    An order of which nothing remains is taken for filled, in case that such ones are listed.
    """
    filled, whole = row.filled_quantity, row.quantity
    is_filled = filled is not None and whole is not None and filled >= whole > 0
    return Order(
        order_id=str(row.order_id),
        status=str(OrderState.FILLED if is_filled else OrderState.OPEN),
        rank=ENDED_RANK if is_filled else _OPEN_RANK,
        symbol=_text(row.instrument_id),
        side=_text(row.side),
        type=_text(row.order_type),
        price=row.price,
        quantity=whole,
        executed_quantity=filled,
        created_at_ms=row.timestamp,
        raw=row.raw if isinstance(row, OpenOrderRow) else "",
    )


def order_of_events(events: Sequence[OrderEventRow]) -> Order | None:
    """Return how an order stands after all of its events, oldest first; None where none is known.

    What a later event leaves out is as the ones before it said.
    """
    known: Order | None = None
    for event in events:
        told = order_of(event)
        if told is not None:
            known = told if known is None else _over(known, told)
    return known


def _over(known: Order, told: Order) -> Order:
    """Return what is told, with its gaps filled; an order that has ended stays so."""
    named = ((one.name, getattr(told, one.name)) for one in attrs.fields(Order))
    changes = {name: value for name, value in named if value is not None}
    if told.rank < known.rank:
        changes.update(status=known.status, rank=known.rank)
    return attrs.evolve(known, **changes)


def partly_filled(order: Order, executed_quantity: Decimal) -> Order:
    """Return ``order`` as it was when ``executed_quantity`` of it had been filled, not more.

    An order that this quantity fills is as it is, where it is known to be filled. What cannot be
    known for then is left out: an end, and the time of change.
    """
    same = executed_quantity == order.executed_quantity
    if same and order.status in (OrderState.OPEN, OrderState.FILLED):
        return order
    return attrs.evolve(
        order,
        status=str(OrderState.OPEN),
        rank=_OPEN_RANK,
        executed_quantity=executed_quantity,
        updated_at_ms=None,
    )


# Positions and balances


def position_of(row: PositionRow | PositionEntry) -> Position:
    """Return the position that a row, or an entry of a push, tells."""
    return Position(
        symbol=str(row.instrument_id),
        position_side=ONE_SIDE,
        quantity=row.quantity,
        entry_price=row.average_price,
        leverage=row.leverage_setting,
        detail=(
            row.liquidation_price,
            row.accrued_funding,
            row.unrealized_pnl,
            row.reserved_margin,
        ),
        raw=row.raw if isinstance(row, PositionRow) else "",
    )


def balance_of_row(row: CollateralRow) -> Balance:
    """Return the balance that a row tells; an asset is called by its number."""
    return Balance(asset=str(row.asset_id), wallet=row.collateral)


# Events


def facts_of(event: Event, *, account: str, at_ms: int = 0) -> Facts | None:
    """Return what an event tells about an account, or None where it tells nothing.

    Half of the messages carry no time, and a comparison with REST has to know what came before
    what. Such a message happened, at the latest, when it was received. It is not known again by its
    text either, because the same text may be told again for good: a balance that went and came
    back. A message about order events is: no order is placed, filled or cancelled twice.

    Args:
        event: any event.
        account: whose facts are wanted; what is told about another account is none of them.
        at_ms: when it was received, by the exchange's clock; 0 takes the time of the local clock.
    """
    own, moment = Address(account), event.ts or at_ms or event.received_at
    if isinstance(event, OrderEventUpdate):
        return _order_facts(event, own, moment)
    if isinstance(event, OpenOrdersUpdate) and event.account == own and event.orders:
        return Facts(ts_ms=moment, orders=tuple(map(order_of_row, event.orders)))
    if isinstance(event, PositionUpdate) and event.account == own and event.positions:
        return Facts(ts_ms=moment, positions=tuple(map(position_of, event.positions)))
    if isinstance(event, CollateralUpdate) and event.account == own:
        balance = Balance(asset=str(event.asset_id), wallet=event.collateral)
        return Facts(ts_ms=moment, balances=(balance,))
    return None


def _order_facts(event: OrderEventUpdate, own: Address, moment: int) -> Facts | None:
    rows = [row for row in event.order_events if (row.account or event.account) == own]
    orders = _latest(order for row in rows if (order := order_of(row)) is not None)
    fills = tuple(fill for row in rows if (fill := fill_of(row)) is not None)
    if not orders and not fills:
        return None
    return Facts(ts_ms=moment, push=event.raw, orders=orders, fills=fills)


def _latest(orders: Iterable[Order]) -> tuple[Order, ...]:
    """Return each order once, as it stands after the last event about it."""
    states: dict[str, Order] = {}
    for order in orders:
        known = states.pop(order.order_id, None)
        states[order.order_id] = order if known is None else _over(known, order)
    return tuple(states.values())


def _raw(event: OrderTelling) -> str:
    return event.raw if isinstance(event, OrderEventRow) else ""


def _text(value: str | None) -> str | None:
    return None if value is None else str(value)
