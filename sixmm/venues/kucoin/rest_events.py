"""The events that tell what only REST said: with the fields of a push, and ``origin=REST``."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import attrs

from ...events import Event, Origin
from ...state.models import Balance, Fill, Order, Position
from .enums import (
    Liquidity,
    OrderEvent,
    OrderStatus,
    OrderType,
    PositionSide,
    ProLiquidity,
    ProOrderStatus,
    ProOrderType,
    ProSide,
    Side,
    known,
)
from .rest_schema import FuturesFill, ProFill, SpotFill, reread
from .stream_schema import AccountReading, FuturesOrderUpdate, ProOrderUpdate, SpotOrderUpdate
from .words import RANKS, OrderWord

__all__ = ["account_event", "order_event", "partly_filled"]

_NS_PER_MS = 1_000_000
_SUBJECT = "orderChange"


def partly_filled(order: Order, executed_quantity: Decimal) -> Order:
    """Return ``order`` as it was when ``executed_quantity`` of it had been filled, not more.

    An order that this quantity fills is as it is, where it is known to be filled. What was not yet
    so then, or cannot be known for then, is left out: an end, the mean price, the time of change.
    """
    same = executed_quantity == order.executed_quantity
    if same and order.status in (OrderWord.MATCH, OrderWord.FILLED):
        return order
    word = OrderWord.MATCH if executed_quantity > 0 else OrderWord.OPEN
    return attrs.evolve(
        order,
        status=str(word),
        rank=RANKS[word],
        executed_quantity=executed_quantity,
        average_price=order.average_price if same else None,
        updated_at_ms=None,
    )


def order_event(
    order: Order,
    fill: Fill | None,
    *,
    topic: str,
    received_at: int,
    unified: bool = False,
) -> Event:
    """Return the event that tells an order's state, or one fill of it, as REST told it.

    Args:
        order: the order.
        fill: one fill of it, or None.
        topic: the topic of the event.
        received_at: local Unix milliseconds.
        unified: whether the order is one of a unified account; else one of a futures symbol, which
            has no hyphen, is a futures order.
    """
    if unified:
        return _pro_event(order, fill, topic, received_at)
    is_spot = "-" in (order.symbol or "")
    return (_spot_event if is_spot else _futures_event)(order, fill, topic, received_at)


def _spot_event(order: Order, fill: Fill | None, topic: str, received_at: int) -> Event:
    return SpotOrderUpdate(
        **_common(order, fill, topic, received_at),
        order_time_ms=order.created_at_ms,
        **({} if fill is None else _fill_fields(fill, SpotFill)),
    )


def _futures_event(order: Order, fill: Fill | None, topic: str, received_at: int) -> Event:
    return FuturesOrderUpdate(
        **_common(order, fill, topic, received_at),
        order_time_ns=_ns(order.created_at_ms),
        position_side=known(PositionSide, order.position_side),
        **({} if fill is None else _fill_fields(fill, FuturesFill)),
    )


def _common(order: Order, fill: Fill | None, topic: str, received_at: int) -> dict[str, Any]:
    moment = _moment(order, fill)
    return {
        "topic": topic,
        "ts": moment or 0,
        "received_at": received_at,
        "origin": Origin.REST,
        "raw": order.raw if fill is None else fill.raw,
        "subject": _SUBJECT,
        "order_id": order.order_id,
        "client_oid": order.client_order_id,
        "symbol": order.symbol,
        "side": known(Side, order.side),
        "order_type": known(OrderType, order.type),
        "price": order.price,
        "size": order.quantity,
        "filled_size": order.executed_quantity,
        "ts_ns": _ns(moment),
        **_words(order, fill),
    }


def _moment(order: Order, fill: Fill | None) -> int | None:
    return (fill.time_ms if fill else None) or order.updated_at_ms or order.created_at_ms


def _ns(time_ms: int | None) -> int | None:
    return None if time_ms is None else time_ms * _NS_PER_MS


def _words(order: Order, fill: Fill | None) -> dict[str, Any]:
    """Return type and status as a push has them."""
    ended = order.status in (OrderWord.FILLED, OrderWord.CANCELED)
    if fill is not None:
        status = OrderStatus.DONE if ended else OrderStatus.MATCH
        return {"type": OrderEvent.MATCH, "status": status}
    types = {
        OrderWord.NEW: (OrderEvent.RECEIVED, OrderStatus.NEW),
        OrderWord.MATCH: (OrderEvent.UPDATE, OrderStatus.MATCH),
        OrderWord.FILLED: (OrderEvent.FILLED, OrderStatus.DONE),
        OrderWord.CANCELED: (OrderEvent.CANCELED, OrderStatus.DONE),
    }
    type_, status = next(
        (words for word, words in types.items() if word == order.status),
        (OrderEvent.OPEN, OrderStatus.OPEN),
    )
    return {"type": type_, "status": status}


def _fill_fields(fill: Fill, row_class: type[SpotFill] | type[FuturesFill]) -> dict[str, Any]:
    row = reread(fill.raw, row_class)
    return {
        "trade_id": fill.trade_id,
        "match_price": fill.price,
        "match_size": fill.quantity,
        "liquidity": known(Liquidity, fill.role),
        "fee": fill.fee,
        "fee_currency": row.fee_currency if row is not None else None,
    }


_STATUSES = {
    OrderWord.NEW: ProOrderStatus.NOT_TRIGGERED,
    OrderWord.MATCH: ProOrderStatus.PARTIALLY_FILLED,
    OrderWord.FILLED: ProOrderStatus.FILLED,
    OrderWord.CANCELED: ProOrderStatus.CANCELED,
}


def _pro_event(order: Order, fill: Fill | None, topic: str, received_at: int) -> Event:
    moment = _moment(order, fill)
    status = next(
        (status for word, status in _STATUSES.items() if word == order.status),
        ProOrderStatus.LIVE,
    )
    return ProOrderUpdate(
        topic=topic,
        ts=moment or 0,
        received_at=received_at,
        origin=Origin.REST,
        raw=order.raw if fill is None else fill.raw,
        subject=topic.partition(":")[0].rpartition(".")[0],
        order_id=order.order_id,
        client_oid=order.client_order_id,
        symbol=order.symbol,
        status=status,
        side=known(ProSide, order.side),
        order_type=known(ProOrderType, order.type),
        time_in_force=order.time_in_force,
        position_side=known(PositionSide, order.position_side),
        price=order.price,
        quantity=order.quantity,
        filled_size=order.executed_quantity,
        average_price=order.average_price,
        created_at_ns=_ns(order.created_at_ms),
        updated_at_ns=_ns(order.updated_at_ms),
        **({} if fill is None else _pro_fill_fields(fill)),
    )


def _pro_fill_fields(fill: Fill) -> dict[str, Any]:
    row = reread(fill.raw, ProFill)
    return {
        "last_trade_id": fill.trade_id,
        "last_price": fill.price,
        "last_size": fill.quantity,
        "liquidity": known(ProLiquidity, fill.role),
        "last_fee": fill.fee,
        "fee_currency": row.fee_currency if row is not None else None,
    }


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
        balances=tuple(balances),
        positions=tuple(positions),
    )
