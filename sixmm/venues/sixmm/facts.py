"""What events and rows say about the account, and the events that tell what only REST said.

Rows and events become the venue-neutral values of :mod:`sixmm.state.models`. The way back makes
events with ``origin=REST``: they have the fields of a push, filled from the row.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any, TypeVar

import attrs
import cattrs

from ...codec import parse_json, structure
from ...events import Event, Origin
from ...state.models import ENDED_RANK, Balance, Facts, Fill, Order, Position
from ...state.pushes import AccountPush, OrderPush
from ...state.values import FillValues, OrderValues, PositionValues
from .enums import MarginMode, OrderStatus, OrderType, PositionSide, Role, Side, TimeInForce, known
from .rest_schema import FillRow, OrderRow, PositionRow, UserAsset, make_rest_converter
from .stream_schema import AccountUpdate, BalanceUpdate, OrderTradeUpdate, PositionUpdate

__all__ = [
    "account_event",
    "balance_of_row",
    "facts_of",
    "fill_of_row",
    "order_event",
    "order_of_row",
    "partly_filled",
    "position_of_row",
    "rank_of",
]

T = TypeVar("T")

_POSITION_DETAIL = (
    "break_even_price",
    "liq_price",
    "margin_ratio",
    "unrealized_pnl",
    "roe",
    "next_funding_fee",
    "funding_fee_accum",
    "tp_price",
    "sl_price",
)
_detail_of: Callable[[PositionRow | PositionUpdate], tuple[object, ...]]
_detail_of = attrgetter(*_POSITION_DETAIL)

_ONLY_SIDE = PositionSide.BOTH.value
"""The side of a position that names none (rule 47)."""
_SIDES: Mapping[str, str] = {side: side.value for side in PositionSide}
"""Plain text for a member: it is part of the key of a position."""

_RANKS: Mapping[str, int] = {
    OrderStatus.NEW: 0,
    OrderStatus.PENDING: 1,
    OrderStatus.PARTIALLY_FILLED: 2,
    OrderStatus.FILLED: ENDED_RANK,
    OrderStatus.CANCELED: ENDED_RANK,
    OrderStatus.REJECTED: ENDED_RANK,
    OrderStatus.PARTIALLY_FILLED_CANCELED: ENDED_RANK,
}


def rank_of(status: str | None) -> int:
    """Return how far an order's life has come (rules 60, 61); an unknown word counts as resting."""
    return _RANKS.get(status or "", 1)


def _text(value: str | None) -> str | None:
    return None if value is None else str(value)


# From rows


def order_of_row(row: OrderRow) -> Order:
    """Return the order that a REST row tells."""
    return Order(
        order_id=row.order_id,
        status=_text(row.status) or "",
        rank=rank_of(row.status),
        client_order_id=row.client_order_id,
        symbol=row.symbol,
        side=_text(row.side),
        position_side=_text(row.position_side),
        type=_text(row.type),
        time_in_force=_text(row.time_in_force),
        price=row.price,
        quantity=row.quantity,
        executed_quantity=row.executed_quantity,
        average_price=row.average_price,
        created_at_ms=row.created_at,
        updated_at_ms=row.updated_at,
        raw=row.raw,
    )


def fill_of_row(row: FillRow) -> Fill:
    """Return the fill that a REST row tells."""
    return Fill(
        fill_id=row.fill_id,
        order_id=row.order_id,
        trade_id=row.trade_id,
        symbol=row.symbol,
        side=_text(row.side),
        position_side=_text(row.position_side),
        role=_text(row.role_type),
        price=row.price,
        quantity=row.quantity,
        value=row.trade_value,
        fee=row.handling_fee,
        realized_pnl=row.realized_pnl,
        time_ms=row.created_at,
        raw=row.raw,
    )


def position_of_row(row: PositionRow) -> Position:
    """Return the position that a REST row tells."""
    return Position(
        symbol=row.symbol,
        position_side=_text(row.position_side) or _ONLY_SIDE,
        quantity=row.quantity,
        entry_price=row.entry_price,
        margin_mode=_text(row.margin_mode),
        leverage=row.leverage,
        detail=_detail_of(row),
        raw=row.raw,
    )


def balance_of_row(row: UserAsset) -> Balance:
    """Return the balance that a REST row tells; ``frozenMargin`` is the frozen amount."""
    return Balance(
        asset=row.asset_type,
        wallet=row.wallet_balance,
        frozen=row.frozen_margin,
        used=row.used_margin,
        raw=row.raw,
    )


# From events


def facts_of(event: Event) -> Facts | None:
    """Return what a private event tells about the account, or None where it tells nothing."""
    if isinstance(event, OrderTradeUpdate):
        return _order_facts(event)
    if isinstance(event, AccountUpdate):
        return _account_facts(event)
    return None


def _order_facts(event: OrderTradeUpdate) -> Facts | None:
    order_id = event.order_id
    if order_id is None:
        return None
    status = event.order_status or ""
    order: OrderValues = (
        order_id,
        status,
        _RANKS.get(status, 1),
        event.client_order_id,
        event.symbol,
        event.side,
        event.position_side,
        event.type,
        event.time_in_force,
        event.price,
        event.quantity,
        event.executed_quantity,
        event.average_price,
        event.created_at,
        event.updated_at,
        "",
    )
    fill_id = event.fill_id
    fill = None if fill_id is None else _fill_values(event, fill_id, order_id)
    return OrderPush(event.ts, event.raw, order, fill)


def _fill_values(event: OrderTradeUpdate, fill_id: str, order_id: str) -> FillValues:
    return (
        fill_id,
        order_id,
        event.trade_id,
        event.symbol,
        event.side,
        event.position_side,
        event.role_type,
        event.last_price,
        event.last_quantity,
        event.trade_value,
        event.handling_fee,
        event.realized_pnl,
        event.updated_at or event.ts or None,
        "",
    )


def _account_facts(event: AccountUpdate) -> Facts | None:
    positions = [
        _position_values(row, row.symbol) for row in event.positions if row.symbol is not None
    ]
    balances = [
        (row.asset_type, row.wallet_balance, row.frozen_balance, row.used_margin, "")
        for row in event.balances
        if row.asset_type is not None
    ]
    if not balances and not positions:
        return None
    return AccountPush(event.ts, event.raw, positions, balances)


def _position_values(row: PositionUpdate, symbol: str) -> PositionValues:
    side = row.position_side
    return (
        symbol,
        _SIDES.get(side, side) if side else _ONLY_SIDE,
        row.quantity,
        row.entry_price,
        row.margin_mode,
        row.leverage,
        _detail_of(row),
        "",
    )


# Back to events


def partly_filled(order: Order, executed_quantity: Decimal) -> Order:
    """Return ``order`` as it was when ``executed_quantity`` of it had been filled, not more.

    An order that this quantity fills is as it is, where it is known to be filled. What was not yet
    so then, or cannot be known for then, is left out: an end, the mean price, the time of change.
    """
    same = executed_quantity == order.executed_quantity
    if same and order.status in (OrderStatus.PARTIALLY_FILLED, OrderStatus.FILLED):
        return order
    status = OrderStatus.PARTIALLY_FILLED if executed_quantity > 0 else OrderStatus.PENDING
    return attrs.evolve(
        order,
        status=str(status),
        rank=rank_of(status),
        executed_quantity=executed_quantity,
        average_price=order.average_price if same else None,
        updated_at_ms=None,
    )


def order_event(order: Order, fill: Fill | None, *, topic: str, received_at: int) -> Event:
    """Return the event that tells an order's state, or one fill of it, as REST told it.

    Where the order has the text of its row, the fields that :class:`Order` has no place for are
    filled from there.
    """
    row = _reread(order.raw, OrderRow)
    told = {} if row is None else _fields(row, ("reduce_only", "maker_only", "close_position"))
    moment = (fill.time_ms if fill else None) or order.updated_at_ms or order.created_at_ms or 0
    return OrderTradeUpdate(
        topic=topic,
        ts=moment,
        received_at=received_at,
        origin=Origin.REST,
        raw=order.raw if fill is None else fill.raw,
        order_id=order.order_id,
        client_order_id=order.client_order_id,
        symbol=order.symbol,
        side=known(Side, order.side),
        position_side=known(PositionSide, order.position_side),
        type=known(OrderType, order.type),
        time_in_force=known(TimeInForce, order.time_in_force),
        price=order.price,
        quantity=order.quantity,
        executed_quantity=order.executed_quantity,
        average_price=order.average_price,
        order_status=known(OrderStatus, order.status or None),
        created_at=order.created_at_ms,
        updated_at=order.updated_at_ms,
        **told,
        **({} if fill is None else _fill_fields(fill)),
    )


def _fill_fields(fill: Fill) -> dict[str, Any]:
    return {
        "fill_id": fill.fill_id,
        "trade_id": fill.trade_id,
        "role_type": known(Role, fill.role),
        "last_price": fill.price,
        "last_quantity": fill.quantity,
        "trade_value": fill.value,
        "handling_fee": fill.fee,
        "realized_pnl": fill.realized_pnl,
    }


def account_event(
    *,
    balances: Sequence[Balance],
    positions: Sequence[Position],
    ts: int,
    topic: str,
    received_at: int,
) -> Event:
    """Return the event that tells balances and positions as REST told them.

    Its ``raw`` has the rows side by side: ``{"balances": [...], "positions": [...]}``.
    """
    return AccountUpdate(
        topic=topic,
        ts=ts,
        received_at=received_at,
        origin=Origin.REST,
        raw=_rows_text(balances, positions),
        balances=tuple(_balance_update(balance) for balance in balances),
        positions=tuple(_position_update(position) for position in positions),
    )


def _rows_text(balances: Sequence[Balance], positions: Sequence[Position]) -> str:
    parts = (",".join(row.raw or "{}" for row in rows) for rows in (balances, positions))
    return '{{"balances":[{}],"positions":[{}]}}'.format(*parts)


def _balance_update(balance: Balance) -> BalanceUpdate:
    return BalanceUpdate(
        asset_type=balance.asset,
        wallet_balance=balance.wallet,
        frozen_balance=balance.frozen,
        used_margin=balance.used,
    )


def _position_update(position: Position) -> PositionUpdate:
    row = _reread(position.raw, PositionRow)
    told = {} if row is None else _fields(row, _POSITION_DETAIL)
    return PositionUpdate(
        symbol=position.symbol,
        position_side=known(PositionSide, position.position_side),
        quantity=position.quantity,
        entry_price=position.entry_price,
        margin_mode=known(MarginMode, position.margin_mode),
        leverage=position.leverage,
        **told,
    )


def _fields(row: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


@functools.lru_cache(maxsize=1)
def _converter() -> cattrs.Converter:
    return make_rest_converter()


def _reread(raw: str, cls: type[T]) -> T | None:
    return structure(_converter(), parse_json(raw), cls) if raw else None
