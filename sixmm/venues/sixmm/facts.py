"""What events and rows say about the account, and the events that tell what only REST said.

Rows and events become the venue-neutral values of :mod:`sixmm.state.models`. The way back makes
events with ``origin=REST``: they have the fields of a push, filled from the row.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import attrs
import cattrs

from ...codec import parse_json, structure
from ...events import Event, Origin
from ...state.models import Balance, Facts, Fill, Order, Position
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

_ENDED = 3
_RANKS: Mapping[str, int] = {
    OrderStatus.NEW: 0,
    OrderStatus.PENDING: 1,
    OrderStatus.PARTIALLY_FILLED: 2,
    OrderStatus.FILLED: _ENDED,
    OrderStatus.CANCELED: _ENDED,
    OrderStatus.REJECTED: _ENDED,
    OrderStatus.PARTIALLY_FILLED_CANCELED: _ENDED,
}


def rank_of(status: str | None) -> int:
    """Return how far an order's life has come (rules 60, 61); an unknown word counts as resting."""
    return _RANKS.get(status or "", 1)


def _text(value: str | None) -> str | None:
    return None if value is None else str(value)


# From rows


def order_of_row(row: OrderRow) -> Order:
    """Return the order that a REST row tells."""
    return _order(row, row.order_id, row.status, raw=row.raw)


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
    return _position(row, row.symbol, raw=row.raw)


def balance_of_row(row: UserAsset) -> Balance:
    """Return the balance that a REST row tells; ``frozenMargin`` is the frozen amount."""
    return Balance(
        asset=row.asset_type,
        wallet=row.wallet_balance,
        frozen=row.frozen_margin,
        used=row.used_margin,
        raw=row.raw,
    )


def _order(
    source: OrderRow | OrderTradeUpdate, order_id: str, status: str | None, *, raw: str
) -> Order:
    return Order(
        order_id=order_id,
        status=_text(status) or "",
        rank=rank_of(status),
        client_order_id=source.client_order_id,
        symbol=source.symbol,
        side=_text(source.side),
        position_side=_text(source.position_side),
        type=_text(source.type),
        time_in_force=_text(source.time_in_force),
        price=source.price,
        quantity=source.quantity,
        executed_quantity=source.executed_quantity,
        average_price=source.average_price,
        created_at_ms=source.created_at,
        updated_at_ms=source.updated_at,
        raw=raw,
    )


def _position(source: PositionRow | PositionUpdate, symbol: str, *, raw: str) -> Position:
    return Position(
        symbol=symbol,
        position_side=_text(source.position_side) or "BOTH",
        quantity=source.quantity,
        entry_price=source.entry_price,
        margin_mode=_text(source.margin_mode),
        leverage=source.leverage,
        detail=tuple(getattr(source, name) for name in _POSITION_DETAIL),
        raw=raw,
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
    if event.order_id is None:
        return None
    fills = () if event.fill_id is None else (_fill(event, event.fill_id, event.order_id),)
    order = _order(event, event.order_id, event.order_status, raw="")
    return Facts(ts_ms=event.ts, push=event.raw, orders=(order,), fills=fills)


def _fill(event: OrderTradeUpdate, fill_id: str, order_id: str) -> Fill:
    return Fill(
        fill_id=fill_id,
        order_id=order_id,
        trade_id=event.trade_id,
        symbol=event.symbol,
        side=_text(event.side),
        position_side=_text(event.position_side),
        role=_text(event.role_type),
        price=event.last_price,
        quantity=event.last_quantity,
        value=event.trade_value,
        fee=event.handling_fee,
        realized_pnl=event.realized_pnl,
        time_ms=event.updated_at or event.ts or None,
    )


def _account_facts(event: AccountUpdate) -> Facts | None:
    balances = tuple(
        Balance(
            asset=row.asset_type,
            wallet=row.wallet_balance,
            frozen=row.frozen_balance,
            used=row.used_margin,
        )
        for row in event.balances
        if row.asset_type is not None
    )
    positions = tuple(
        _position(row, row.symbol, raw="") for row in event.positions if row.symbol is not None
    )
    if not balances and not positions:
        return None
    return Facts(ts_ms=event.ts, push=event.raw, balances=balances, positions=positions)


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
    told = {} if row is None else _fields(row, _POSITION_FIELDS)
    return PositionUpdate(
        symbol=position.symbol,
        position_side=known(PositionSide, position.position_side),
        quantity=position.quantity,
        entry_price=position.entry_price,
        margin_mode=known(MarginMode, position.margin_mode),
        leverage=position.leverage,
        **told,
    )


_POSITION_FIELDS = (
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


def _fields(row: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


@functools.lru_cache(maxsize=1)
def _converter() -> cattrs.Converter:
    return make_rest_converter()


def _reread(raw: str, cls: type[T]) -> T | None:
    return structure(_converter(), parse_json(raw), cls) if raw else None
