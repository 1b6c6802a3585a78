"""The events that tell what only REST said: in the form of a push, and with ``origin=REST``."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import attrs

from ...codec import dump_json
from ...events import Event, Origin
from ...state.models import Balance, Fill, Order, Position
from .decoder import decode
from .enums import OrderEventType, OrderState
from .ids import Address

__all__ = ["AccountReading", "account_event", "order_event"]


@attrs.frozen(kw_only=True)
class AccountReading(Event):
    """What a comparison has found of collateral and positions, and no push had told."""

    balances: tuple[Balance, ...] = ()
    """By the number of the asset."""
    positions: tuple[Position, ...] = ()


def order_event(
    order: Order, fill: Fill | None, *, account: Address, topic: str, received_at: int
) -> Event:
    """Return the event that tells an order's state, or one fill of it, as REST told it.

    An open order is told as open orders are, and everything else as something that happened to it.

    Args:
        order: the order.
        fill: one fill of it, or None.
        account: whose order it is.
        topic: the topic of the event; empty for that of the feed that would have told it.
        received_at: local Unix milliseconds.
    """
    if fill is None and order.status == OrderState.OPEN:
        message = {"OpenOrdersUpdate": {"account": account, "orders": [_open_row(order)]}}
    else:
        row = {
            "orderId": int(order.order_id) if order.order_id.isdigit() else order.order_id,
            "account": account,
            "instrument": order.symbol,
            "eventData": _event_data(order, fill),
        }
        message = {"OrderEventUpdate": {"account": account, "orderEvents": [row]}}
    return _told(message, topic=topic, ts=_moment(order, fill), received_at=received_at)


def account_event(
    *,
    balances: Sequence[Balance],
    positions: Sequence[Position],
    ts: int,
    topic: str,
    received_at: int,
) -> Event:
    """Return the event that tells balances and positions as REST told them."""
    return AccountReading(
        topic=topic,
        ts=ts,
        received_at=received_at,
        origin=Origin.REST,
        balances=tuple(balances),
        positions=tuple(positions),
    )


def _told(message: dict[str, Any], *, topic: str, ts: int, received_at: int) -> Event:
    event = decode(dump_json(message).decode(), received_at=received_at)
    # Each feed has a topic of its own: that of the last push says nothing about this one.
    return attrs.evolve(event, topic=event.topic or topic, ts=ts, origin=Origin.REST)


def _moment(order: Order, fill: Fill | None) -> int:
    return (fill.time_ms if fill else None) or order.updated_at_ms or order.created_at_ms or 0


def _open_row(order: Order) -> dict[str, Any]:
    row = {
        "orderId": int(order.order_id) if order.order_id.isdigit() else order.order_id,
        "orderType": order.type,
        "instrumentId": order.symbol,
        "price": _text(order.price),
        "quantity": _text(order.quantity),
        "filledQuantity": _text(order.executed_quantity),
        "side": order.side,
        "timestamp": order.created_at_ms,
    }
    return _given(row)


def _event_data(order: Order, fill: Fill | None) -> Any:
    if fill is not None:
        return {str(OrderEventType.FILL): _fill_fields(order, fill)}
    if order.status == OrderState.CANCELED:
        return str(OrderEventType.CANCELED)
    if order.status == OrderState.REJECTED:
        return {str(OrderEventType.REJECTED): {}}
    # It is known to be filled, and not by which fills.
    whole = _given(
        {
            "remaining_size": "0",
            "original_size": _text(order.quantity),
            "timestamp": order.updated_at_ms,
            "is_filled": True,
        }
    )
    return {str(OrderEventType.FILL): whole}


def _fill_fields(order: Order, fill: Fill) -> dict[str, Any]:
    # The id of a fill says what remained after it.
    remaining = fill.fill_id.rpartition("-")[2]
    fields = {
        "price": _text(fill.price),
        "size": _text(fill.quantity),
        "remaining_size": remaining,
        "original_size": _text(order.quantity),
        "pnl": _text(fill.realized_pnl),
        "timestamp": fill.time_ms,
        "is_passive": None if fill.role is None else fill.role == "MAKER",
        "is_filled": Decimal(remaining) == 0,
        "fee_amount": _text(fill.fee),
    }
    return _given(fields)


def _given(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
