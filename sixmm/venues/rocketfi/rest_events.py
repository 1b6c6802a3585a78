"""The events that tell what only REST has said: those of the stream, with ``origin=REST``.

Where the row of a reply is at hand, the event is read from the message that would have carried it,
so that nothing of the row is left out; else it is made of what is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import attrs

from ...codec import dump_json
from ...errors import DecodeError
from ...events import Event, Origin
from ...state.models import Balance, Fill, Order, Position
from .decoder import decode
from .enums import OrderEventType, OrderState
from .ids import Address, InstrumentId, OrderId
from .stream_schema import (
    CollateralUpdate,
    OpenOrder,
    OpenOrdersUpdate,
    OrderEvent,
    OrderEventUpdate,
    PositionEntry,
    PositionUpdate,
    RocketFiEvent,
)
from .topics import Collateral, OpenOrders, OrderEvents
from .topics import Position as PositionTopic

__all__ = ["account_events", "order_event"]

_ENDS: Mapping[str, OrderEventType] = {
    OrderState.CANCELED: OrderEventType.CANCELED,
    OrderState.REJECTED: OrderEventType.REJECTED,
}


def order_event(order: Order, fill: Fill | None, *, account: str, received_at: int) -> Event:
    """Return the event that tells how an order stands, or one fill of it.

    A fill, a cancel and a rejection are order events; every other state is told as the stream tells
    open orders, also that of an order of which nothing remains.

    Args:
        order: the order, as it was after the fill.
        fill: the fill, or None.
        account: whose order it is.
        received_at: when REST told it, by the local clock, in Unix milliseconds.
    """
    own = Address(account)
    if fill is not None:
        event = _event_of_row(own, fill.raw, OrderEventType.FILL) or _of_fill(own, order, fill)
        return _told(event, str(OrderEvents(account=own)), fill.time_ms or 0, received_at)
    end = _ENDS.get(order.status)
    if end is not None:
        event = _event_of_row(own, order.raw, end) or _of_end(own, order, end)
        return _told(event, str(OrderEvents(account=own)), order.updated_at_ms or 0, received_at)
    told = _orders_of_row(own, order) or OpenOrdersUpdate(
        account=own, orders=(_open_order(own, order),)
    )
    return _told(told, str(OpenOrders(account=own)), order.updated_at_ms or 0, received_at)


def account_events(
    *,
    balances: Sequence[Balance],
    positions: Sequence[Position],
    account: str,
    ts: int,
    received_at: int,
) -> tuple[Event, ...]:
    """Return the events that tell balances and positions: one for each asset, one for positions."""
    own = Address(account)
    events: list[Event] = []
    for balance in balances:
        asset = int(balance.asset)
        event = CollateralUpdate(asset_id=asset, account=own, collateral=balance.wallet)
        topic = Collateral(asset_id=asset, account=own)
        events.append(_told(event, str(topic), ts, received_at))
    if positions:
        update = PositionUpdate(account=own, positions=tuple(map(_entry, positions)))
        raw = _positions_text(own, positions)
        told = attrs.evolve(update, raw=raw)
        events.append(_told(told, str(PositionTopic(account=own)), ts, received_at))
    return tuple(events)


def _told(event: RocketFiEvent, topic: str, ts: int, received_at: int) -> Event:
    return attrs.evolve(event, topic=topic, ts=ts, received_at=received_at, origin=Origin.REST)


def _event_of_row(account: Address, row: str, kind: OrderEventType) -> OrderEventUpdate | None:
    """Return the event that a row tells; None where there is no row, or it tells something else."""
    event = _decoded(f'{{"OrderEventUpdate":{{"account":"{account}","orderEvents":[{row}]}}}}')
    if isinstance(event, OrderEventUpdate) and [one.type for one in event.order_events] == [kind]:
        return event
    return None


def _orders_of_row(account: Address, order: Order) -> OpenOrdersUpdate | None:
    """Return the same of the row of an open order."""
    raw = f'{{"OpenOrdersUpdate":{{"account":"{account}","orders":[{order.raw}]}}}}'
    event = _decoded(raw) if order.is_open else None
    if isinstance(event, OpenOrdersUpdate) and [one.price for one in event.orders] == [order.price]:
        return event
    return None


def _decoded(raw: str) -> Event | None:
    try:
        return decode(raw)
    except DecodeError:
        # The text of another kind of row: an order may have been told last by an event.
        return None


def _of_fill(account: Address, order: Order, fill: Fill) -> OrderEventUpdate:
    rest = None
    if order.quantity is not None and order.executed_quantity is not None:
        rest = order.quantity - order.executed_quantity
    row = OrderEvent(
        order_id=OrderId(fill.order_id),
        account=account,
        instrument_id=_instrument(fill.symbol or order.symbol),
        type=OrderEventType.FILL,
        price=fill.price,
        size=fill.quantity,
        remaining_size=rest,
        original_size=order.quantity,
        pnl=fill.realized_pnl,
        timestamp=fill.time_ms,
        is_passive=None if fill.role is None else fill.role == "MAKER",
        is_filled=order.status == OrderState.FILLED,
        fee_amount=fill.fee,
    )
    return OrderEventUpdate(account=account, order_events=(row,))


def _of_end(account: Address, order: Order, end: OrderEventType) -> OrderEventUpdate:
    row = OrderEvent(
        order_id=OrderId(order.order_id),
        account=account,
        instrument_id=_instrument(order.symbol),
        type=end,
    )
    return OrderEventUpdate(account=account, order_events=(row,))


def _open_order(account: Address, order: Order) -> OpenOrder:
    return OpenOrder(
        order_id=OrderId(order.order_id),
        trader=account,
        order_type=order.type,
        instrument_id=_instrument(order.symbol),
        price=order.price,
        quantity=order.quantity,
        filled_quantity=order.executed_quantity,
        side=order.side,
        timestamp=order.created_at_ms,
    )


def _entry(position: Position) -> PositionEntry:
    detail: tuple[Decimal | None, ...] = (*position.detail, None, None, None, None)[:4]  # type: ignore[assignment]
    liquidation_price, accrued_funding, unrealized_pnl, reserved_margin = detail
    return PositionEntry(
        instrument_id=InstrumentId(position.symbol),
        quantity=position.quantity,
        average_price=position.entry_price,
        liquidation_price=liquidation_price,
        accrued_funding=accrued_funding,
        unrealized_pnl=unrealized_pnl,
        reserved_margin=reserved_margin,
        leverage_setting=position.leverage,
    )


def _positions_text(account: Address, positions: Sequence[Position]) -> str:
    """Return the message that would have told the rows; ``""`` where one of them is not at hand."""
    if not all(position.raw for position in positions):
        return ""
    rows = ",".join(f"{_quoted(position.symbol)}:{position.raw}" for position in positions)
    return f'{{"PositionUpdate":{{"account":"{account}","positions":{{{rows}}}}}}}'


def _quoted(text: str) -> str:
    return dump_json(text).decode()


def _instrument(symbol: str | None) -> InstrumentId | None:
    return None if symbol is None else InstrumentId(symbol)
