"""What the 6MM REST API tells, typed; kept apart from the stream, whose names differ (rule 79).

The documentation never says that a member of a reply is always there, so every field is optional
but those without which a row cannot be told from another. Rows of undocumented calls have the
fields that ``docs/wire.md`` assumes; what no field names is in ``extra``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs
import cattrs
from attrs import field

from ...codec import RAW, extra_of, make_converter, wire
from ...redaction import Secret
from .enums import (
    MarginMode,
    MarginModeCode,
    OrderStatus,
    OrderType,
    PositionSide,
    Role,
    Side,
    TimeInForce,
)

__all__ = [
    "AccountRows",
    "CancelReply",
    "FillRow",
    "KlineRow",
    "Klines",
    "LeverageSetting",
    "ListenKey",
    "OrderPage",
    "OrderRow",
    "PlacedOrder",
    "PositionRow",
    "PositionSetting",
    "Positions",
    "Row",
    "ServerTime",
    "SymbolRow",
    "Symbols",
    "Token",
    "TradePage",
    "UserAsset",
    "UserAssetReply",
    "UserInfo",
    "UserInfoReply",
    "make_rest_converter",
]


@attrs.frozen(kw_only=True)
class Row:
    """The base of what a reply tells about one thing."""

    raw: str = field(default="", repr=False, eq=False, metadata=RAW)
    """Its JSON text."""

    @property
    def extra(self) -> Mapping[str, Any]:
        """The members that the class does not name, worked out on access."""
        return extra_of(type(self), self.raw)


# Public


@attrs.frozen(kw_only=True)
class ServerTime(Row):
    """The exchange's clock."""

    timestamp_ms: int = field(metadata=wire("timestampMs"))
    """Unix milliseconds."""
    timestamp_s: int | None = field(default=None, metadata=wire("timestamp"))
    """Unix seconds (rule 7)."""
    iso: str | None = field(default=None, metadata=wire("iso"))
    timezone: str | None = field(default=None, metadata=wire("timezone"))


@attrs.frozen(kw_only=True)
class SymbolRow(Row):
    """The trading rules of one symbol; the reply may have more than is documented (rule 44)."""

    symbol: str = field(metadata=wire("symbol"))
    base_asset: str | None = field(default=None, metadata=wire("baseAsset"))
    quote_asset: str | None = field(default=None, metadata=wire("quoteAsset"))
    min_quantity: Decimal | None = field(default=None, metadata=wire("minQuantity"))
    min_notional: Decimal | None = field(default=None, metadata=wire("minNotional"))
    tick_size: Decimal | None = field(default=None, metadata=wire("tickSize"))
    step_size: Decimal | None = field(default=None, metadata=wire("stepSize"))
    price_precision: int | None = field(default=None, metadata=wire("pricePrecision"))
    max_limit_order_quantity: Decimal | None = field(
        default=None, metadata=wire("maxLimitOrderQty")
    )
    max_market_order_quantity: Decimal | None = field(
        default=None, metadata=wire("maxMarketOrderQty")
    )
    max_open_orders: int | None = field(default=None, metadata=wire("maxOpenOrders"))
    default_leverage: int | None = field(default=None, metadata=wire("defaultLeverage"))
    default_margin_mode: int | None = field(default=None, metadata=wire("defaultMarginMode"))


@attrs.frozen(kw_only=True)
class Symbols(Row):
    """Every symbol, with its rules."""

    rows: tuple[SymbolRow, ...] = field(metadata=wire("list"))


@attrs.frozen(kw_only=True)
class KlineRow(Row):
    """One candle."""

    open_time: int = field(metadata=wire("openTime"))
    open: Decimal | None = field(default=None, metadata=wire("open"))
    high: Decimal | None = field(default=None, metadata=wire("high"))
    low: Decimal | None = field(default=None, metadata=wire("low"))
    close: Decimal | None = field(default=None, metadata=wire("close"))
    volume: Decimal | None = field(default=None, metadata=wire("volume"))
    close_time: int | None = field(default=None, metadata=wire("closeTime"))


@attrs.frozen(kw_only=True)
class Klines(Row):
    """Candles of one symbol and width."""

    rows: tuple[KlineRow, ...] = field(metadata=wire("list"))


# Credentials: these rows keep no text, because it would hold the secret


@attrs.frozen(kw_only=True)
class Token:
    """What a login or a refresh gives."""

    access_token: Secret = field(metadata=wire("accessToken"))
    access_expire_s: int | None = field(default=None, metadata=wire("accessExpire"))
    """When it ends, in Unix seconds (rule 7)."""


@attrs.frozen(kw_only=True)
class ListenKey:
    """A key of the private stream; nothing is required, as the renewal is undocumented."""

    listen_key: Secret | None = field(default=None, metadata=wire("listenKey"))
    expire_at_ms: int | None = field(default=None, metadata=wire("expireAt"))
    """When it ends, in Unix milliseconds (rule 73)."""


# User


@attrs.frozen(kw_only=True)
class UserInfo(Row):
    """Who the caller is."""

    user_id: str | None = field(default=None, metadata=wire("userId"))
    username: str | None = field(default=None, metadata=wire("username"))
    agent_id: int | None = field(default=None, metadata=wire("agentId"))
    vip_level: int | None = field(default=None, metadata=wire("vipLevel"))
    last_login_at: int | None = field(default=None, metadata=wire("lastLoginAt"))
    last_login_ip: str | None = field(default=None, metadata=wire("lastLoginIp"))


@attrs.frozen(kw_only=True)
class UserInfoReply:
    """The wrapping of :class:`UserInfo`."""

    user_info: UserInfo = field(metadata=wire("userInfo"))


@attrs.frozen(kw_only=True)
class UserAsset(Row):
    """The balance of one asset."""

    asset_type: str = field(metadata=wire("assetType"))
    user_id: str | None = field(default=None, metadata=wire("userId"))
    wallet_balance: Decimal | None = field(default=None, metadata=wire("walletBalance"))
    frozen_margin: Decimal | None = field(default=None, metadata=wire("frozenMargin"))
    """Held for open orders; the stream calls it ``frozenBalance``."""
    used_margin: Decimal | None = field(default=None, metadata=wire("usedMargin"))


@attrs.frozen(kw_only=True)
class UserAssetReply:
    """The wrapping of :class:`UserAsset`."""

    user_asset: UserAsset = field(metadata=wire("userAsset"))


# Orders


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


# Positions


@attrs.frozen(kw_only=True)
class PositionRow(Row):
    """One position."""

    symbol: str = field(metadata=wire("symbol"))
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("marginMode"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    leverage: int | None = field(default=None, metadata=wire("leverage"))
    quantity: Decimal | None = field(default=None, metadata=wire("quantity"))
    entry_price: Decimal | None = field(default=None, metadata=wire("entryPrice"))
    break_even_price: Decimal | None = field(default=None, metadata=wire("breakEvenPrice"))
    liq_price: Decimal | None = field(default=None, metadata=wire("liqPrice"))
    margin_ratio: Decimal | None = field(default=None, metadata=wire("marginRatio"))
    unrealized_pnl: Decimal | None = field(default=None, metadata=wire("unrealizedPnl"))
    roe: Decimal | None = field(default=None, metadata=wire("roe"))
    next_funding_fee: Decimal | None = field(default=None, metadata=wire("nextFundingFee"))
    funding_fee_accum: Decimal | None = field(default=None, metadata=wire("fundingFeeAccum"))
    tp_price: Decimal | None = field(default=None, metadata=wire("tpPrice"))
    sl_price: Decimal | None = field(default=None, metadata=wire("slPrice"))


@attrs.frozen(kw_only=True)
class Positions:
    """Every position."""

    rows: tuple[PositionRow, ...] = field(metadata=wire("positions"))


@attrs.frozen(kw_only=True)
class PositionSetting(Row):
    """Leverage and margin mode of a symbol; the mode is a number here (rule 67)."""

    symbol: str | None = field(default=None, metadata=wire("symbol"))
    margin_mode: MarginModeCode | int | None = field(default=None, metadata=wire("marginMode"))
    leverage: int | None = field(default=None, metadata=wire("leverage"))


@attrs.frozen(kw_only=True)
class LeverageSetting(Row):
    """The leverage that was set."""

    symbol: str | None = field(default=None, metadata=wire("symbol"))
    leverage: int | None = field(default=None, metadata=wire("leverage"))
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))


@attrs.frozen(kw_only=True)
class AccountRows:
    """Rows of balances and positions side by side, as an event with ``origin=REST`` keeps them."""

    balances: tuple[UserAsset, ...] = field(default=(), metadata=wire("balances"))
    positions: tuple[PositionRow, ...] = field(default=(), metadata=wire("positions"))


def make_rest_converter() -> cattrs.Converter:
    """Return the converter of this module: the strict one, which also wraps secrets."""
    converter = make_converter()
    text = converter.get_structure_hook(str)
    converter.register_structure_hook(Secret, lambda value, _: Secret(text(value, str)))
    return converter
