"""What the REST API tells about futures orders, fills, positions and the wallet."""

from __future__ import annotations

from decimal import Decimal

import attrs
from attrs import field

from ....codec import wire
from ..enums import (
    FuturesTradeType,
    Liquidity,
    MarginMode,
    OrderType,
    PositionSide,
    Side,
    StopPriceType,
)
from ..kinds import IdText, Ms, Ns, Whole
from .row import Row

__all__ = [
    "FuturesAccount",
    "FuturesFill",
    "FuturesFillPage",
    "FuturesOrder",
    "FuturesOrderPage",
    "FuturesPosition",
]


@attrs.frozen(kw_only=True)
class FuturesOrder(Row):
    """One futures order; sizes count contracts."""

    order_id: IdText = field(metadata=wire("id"))
    client_oid: str | None = field(default=None, metadata=wire("clientOid"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    order_type: OrderType | str | None = field(default=None, metadata=wire("type"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    size: Decimal | None = field(default=None, metadata=wire("size"))
    deal_size: Decimal | None = field(default=None, metadata=wire("dealSize"))
    filled_size: Decimal | None = field(default=None, metadata=wire("filledSize"))
    """Filled so far."""
    deal_value: Decimal | None = field(default=None, metadata=wire("dealValue"))
    average_price: Decimal | None = field(default=None, metadata=wire("avgDealPrice"))
    status: str | None = field(default=None, metadata=wire("status"))
    """``open`` or ``done``."""
    is_active: bool | None = field(default=None, metadata=wire("isActive"))
    cancel_exist: bool | None = field(default=None, metadata=wire("cancelExist"))
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("marginMode"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    leverage: Decimal | None = field(default=None, metadata=wire("leverage"))
    reduce_only: bool | None = field(default=None, metadata=wire("reduceOnly"))
    time_in_force: str | None = field(default=None, metadata=wire("timeInForce"))
    stop: str | None = field(default=None, metadata=wire("stop"))
    """Which way the price has to go for a stop order: ``up`` or ``down``."""
    stop_price: Decimal | None = field(default=None, metadata=wire("stopPrice"))
    stop_price_type: StopPriceType | str | None = field(
        default=None, metadata=wire("stopPriceType")
    )
    order_time_ns: Ns | None = field(default=None, metadata=wire("orderTime"))
    created_at_ms: Ms | None = field(default=None, metadata=wire("createdAt"))
    updated_at_ms: Ms | None = field(default=None, metadata=wire("updatedAt"))
    end_at_ms: Ms | None = field(default=None, metadata=wire("endAt"))


@attrs.frozen(kw_only=True)
class FuturesOrderPage:
    """One page of orders."""

    rows: tuple[FuturesOrder, ...] = field(metadata=wire("items"))
    total: int | None = field(default=None, metadata=wire("totalNum"))


@attrs.frozen(kw_only=True)
class FuturesFill(Row):
    """One trade of one order."""

    trade_id: IdText = field(metadata=wire("tradeId"))
    order_id: IdText = field(metadata=wire("orderId"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    liquidity: Liquidity | str | None = field(default=None, metadata=wire("liquidity"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    size: Decimal | None = field(default=None, metadata=wire("size"))
    value: Decimal | None = field(default=None, metadata=wire("value"))
    fee: Decimal | None = field(default=None, metadata=wire("fee"))
    fee_rate: Decimal | None = field(default=None, metadata=wire("feeRate"))
    fee_currency: str | None = field(default=None, metadata=wire("feeCurrency"))
    trade_type: FuturesTradeType | str | None = field(default=None, metadata=wire("tradeType"))
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("marginMode"))
    trade_time_ns: Ns | None = field(default=None, metadata=wire("tradeTime"))
    created_at_ms: Ms | None = field(default=None, metadata=wire("createdAt"))


@attrs.frozen(kw_only=True)
class FuturesFillPage:
    """One page of fills, newest first."""

    rows: tuple[FuturesFill, ...] = field(metadata=wire("items"))
    total: int | None = field(default=None, metadata=wire("totalNum"))


@attrs.frozen(kw_only=True)
class FuturesAccount(Row):
    """The wallet of one currency."""

    currency: str = field(metadata=wire("currency"))
    account_equity: Decimal | None = field(default=None, metadata=wire("accountEquity"))
    unrealised_pnl: Decimal | None = field(default=None, metadata=wire("unrealisedPNL"))
    margin_balance: Decimal | None = field(default=None, metadata=wire("marginBalance"))
    """The equity without what is unrealised."""
    position_margin: Decimal | None = field(default=None, metadata=wire("positionMargin"))
    order_margin: Decimal | None = field(default=None, metadata=wire("orderMargin"))
    frozen_funds: Decimal | None = field(default=None, metadata=wire("frozenFunds"))
    """Held for withdrawals and transfers."""
    available_balance: Decimal | None = field(default=None, metadata=wire("availableBalance"))
    risk_ratio: Decimal | None = field(default=None, metadata=wire("riskRatio"))
    max_withdraw_amount: Decimal | None = field(default=None, metadata=wire("maxWithdrawAmount"))


@attrs.frozen(kw_only=True)
class FuturesPosition(Row):
    """One position; its figures have the names of the stream."""

    position_id: IdText | None = field(default=None, metadata=wire("id"))
    symbol: str = field(metadata=wire("symbol"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    current_qty: Decimal | None = field(default=None, metadata=wire("currentQty"))
    is_open: bool | None = field(default=None, metadata=wire("isOpen"))
    is_inverse: bool | None = field(default=None, metadata=wire("isInverse"))
    avg_entry_price: Decimal | None = field(default=None, metadata=wire("avgEntryPrice"))
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("marginMode"))
    cross_mode: bool | None = field(default=None, metadata=wire("crossMode"))
    leverage: Decimal | None = field(default=None, metadata=wire("leverage"))
    real_leverage: Decimal | None = field(default=None, metadata=wire("realLeverage"))
    settle_currency: str | None = field(default=None, metadata=wire("settleCurrency"))
    mark_price: Decimal | None = field(default=None, metadata=wire("markPrice"))
    mark_value: Decimal | None = field(default=None, metadata=wire("markValue"))
    maint_margin: Decimal | None = field(default=None, metadata=wire("maintMargin"))
    maintain_margin: Decimal | None = field(default=None, metadata=wire("maintainMargin"))
    """The rate of the maintenance margin."""
    unrealised_pnl: Decimal | None = field(default=None, metadata=wire("unrealisedPnl"))
    unrealised_pnl_percent: Decimal | None = field(default=None, metadata=wire("unrealisedPnlPcnt"))
    unrealised_roe_percent: Decimal | None = field(default=None, metadata=wire("unrealisedRoePcnt"))
    deleverage_percentage: Decimal | None = field(default=None, metadata=wire("delevPercentage"))
    realised_pnl: Decimal | None = field(default=None, metadata=wire("realisedPnl"))
    liquidation_price: Decimal | None = field(default=None, metadata=wire("liquidationPrice"))
    bankrupt_price: Decimal | None = field(default=None, metadata=wire("bankruptPrice"))
    pos_margin: Decimal | None = field(default=None, metadata=wire("posMargin"))
    risk_limit_level: Whole | None = field(default=None, metadata=wire("riskLimitLevel"))
    opening_timestamp_ms: Ms | None = field(default=None, metadata=wire("openingTimestamp"))
    current_timestamp_ms: Ms | None = field(default=None, metadata=wire("currentTimestamp"))
