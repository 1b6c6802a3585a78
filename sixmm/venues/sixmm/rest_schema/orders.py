"""What the calls about normal orders tell."""

from __future__ import annotations

from decimal import Decimal

import attrs
from attrs import field

from ....codec import wire
from ..enums import OrderStatus, OrderType, PositionSide, Role, Side, TimeInForce
from .row import Row

__all__ = [
    "BatchEntry",
    "BatchReply",
    "CancelReply",
    "FillRow",
    "OrderPage",
    "OrderRow",
    "PlacedOrder",
    "TradePage",
]


@attrs.frozen(kw_only=True)
class PlacedOrder(Row):
    """The reply to a placement."""

    order_id: str = field(metadata=wire("orderId"))
    client_order_id: str | None = field(default=None, metadata=wire("clientOrderId"))
    status: OrderStatus | str | None = field(default=None, metadata=wire("status"))
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))


@attrs.frozen(kw_only=True)
class CancelReply(Row):
    """The reply to a cancel or an amend, *assumed*: it was accepted, not done (rule 59)."""

    order_id: str | None = field(default=None, metadata=wire("orderId"))
    client_order_id: str | None = field(default=None, metadata=wire("clientOrderId"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))


@attrs.frozen(kw_only=True)
class BatchEntry(Row):
    """What became of one entry of a batch; all of it is *assumed* (rule 112)."""

    success: bool | None = field(default=None, metadata=wire("success"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    order_id: str | None = field(default=None, metadata=wire("orderId"))
    client_order_id: str | None = field(default=None, metadata=wire("clientOrderId"))
    status: OrderStatus | str | None = field(default=None, metadata=wire("status"))
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))
    code: int | None = field(default=None, metadata=wire("code"))
    """Why it failed."""
    message: str | None = field(default=None, metadata=wire("message"))


@attrs.frozen(kw_only=True)
class BatchReply(Row):
    """What became of a batch, which may succeed in part: look at each entry (rule 56).

    Of an amend or a cancel of several orders all of it is *assumed*.
    """

    success_count: int | None = field(default=None, metadata=wire("successCount"))
    failed_count: int | None = field(default=None, metadata=wire("failedCount"))
    results: tuple[BatchEntry, ...] = field(default=(), metadata=wire("results"))
    """One for each entry, in the order in which they were sent."""


@attrs.frozen(kw_only=True)
class OrderRow(Row):
    """One normal order; all of it is *assumed*, named after the order calls (rule 111)."""

    order_id: str = field(metadata=wire("orderId"))
    client_order_id: str | None = field(default=None, metadata=wire("clientOrderId"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    type: OrderType | str | None = field(default=None, metadata=wire("type"))
    time_in_force: TimeInForce | str | None = field(default=None, metadata=wire("timeInForce"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    quantity: Decimal | None = field(default=None, metadata=wire("quantity"))
    executed_quantity: Decimal | None = field(default=None, metadata=wire("executedQuantity"))
    average_price: Decimal | None = field(default=None, metadata=wire("averagePrice"))
    status: OrderStatus | str | None = field(default=None, metadata=wire("status"))
    """The stream calls it ``orderStatus``."""
    reduce_only: bool | None = field(default=None, metadata=wire("reduceOnly"))
    maker_only: bool | None = field(default=None, metadata=wire("makerOnly"))
    close_position: bool | None = field(default=None, metadata=wire("closePosition"))
    created_at: int | None = field(default=None, metadata=wire("createdAt"))
    updated_at: int | None = field(default=None, metadata=wire("updatedAt"))


@attrs.frozen(kw_only=True)
class OrderPage:
    """One page of orders: of the open ones, or of the history."""

    rows: tuple[OrderRow, ...] = field(metadata=wire("list"))
    total: int | None = field(default=None, metadata=wire("total"))


@attrs.frozen(kw_only=True)
class FillRow(Row):
    """One trade of the caller."""

    fill_id: str = field(metadata=wire("fillId"))
    order_id: str = field(metadata=wire("orderId"))
    trade_id: str | None = field(default=None, metadata=wire("tradeId"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    role_type: Role | str | None = field(default=None, metadata=wire("roleType"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    quantity: Decimal | None = field(default=None, metadata=wire("quantity"))
    trade_value: Decimal | None = field(default=None, metadata=wire("tradeValue"))
    handling_fee: Decimal | None = field(default=None, metadata=wire("handlingFee"))
    realized_pnl: Decimal | None = field(default=None, metadata=wire("realizedPnl"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    created_at: int | None = field(default=None, metadata=wire("createdAt"))


@attrs.frozen(kw_only=True)
class TradePage:
    """One page of trades, newest first."""

    rows: tuple[FillRow, ...] = field(metadata=wire("list"))
    total: int | None = field(default=None, metadata=wire("total"))
