"""What the REST API of the unified account tells."""

from __future__ import annotations

from decimal import Decimal

import attrs
from attrs import field

from ....codec import wire
from ..enums import (
    MarginMode,
    PositionSide,
    ProFillType,
    ProLiquidity,
    ProOrderStatus,
    ProOrderType,
    ProSide,
)
from ..kinds import IdText, Ms, Ns, Whole
from .row import Row

__all__ = [
    "ProAccount",
    "ProBalance",
    "ProBalances",
    "ProFill",
    "ProFillPage",
    "ProOrder",
    "ProOrderHistory",
    "ProOrderPage",
    "ProOverview",
    "ProPosition",
]


@attrs.frozen(kw_only=True)
class ProOrder(Row):
    """One order."""

    order_id: IdText = field(metadata=wire("orderId"))
    client_oid: str | None = field(default=None, metadata=wire("clientOid"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    side: ProSide | str | None = field(default=None, metadata=wire("side"))
    order_type: ProOrderType | str | None = field(default=None, metadata=wire("orderType"))
    status: ProOrderStatus | int | None = field(default=None, metadata=wire("status"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    size: Decimal | None = field(default=None, metadata=wire("size"))
    size_unit: str | None = field(default=None, metadata=wire("sizeUnit"))
    filled_size: Decimal | None = field(default=None, metadata=wire("filledSize"))
    average_price: Decimal | None = field(default=None, metadata=wire("avgPrice"))
    fee: Decimal | None = field(default=None, metadata=wire("fee"))
    fee_currency: str | None = field(default=None, metadata=wire("feeCurrency"))
    time_in_force: str | None = field(default=None, metadata=wire("timeInForce"))
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("marginMode"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    order_time_ns: Ns | None = field(default=None, metadata=wire("orderTime"))
    updated_at_ns: Ns | None = field(default=None, metadata=wire("updatedTime"))


@attrs.frozen(kw_only=True)
class ProOrderPage:
    """One page of open orders."""

    rows: tuple[ProOrder, ...] = field(metadata=wire("items"))
    total: int | None = field(default=None, metadata=wire("totalNum"))


@attrs.frozen(kw_only=True)
class ProOrderHistory:
    """Orders that have ended, newest first; ``last_id`` asks for those before them."""

    last_id: IdText | None = field(default=None, metadata=wire("lastId"))
    rows: tuple[ProOrder, ...] = field(metadata=wire("items"))


@attrs.frozen(kw_only=True)
class ProFill(Row):
    """One trade of one order."""

    trade_id: IdText = field(metadata=wire("tradeId"))
    order_id: IdText = field(metadata=wire("orderId"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    side: ProSide | str | None = field(default=None, metadata=wire("side"))
    order_type: ProOrderType | str | None = field(default=None, metadata=wire("orderType"))
    fill_type: ProFillType | str | None = field(default=None, metadata=wire("fillType"))
    liquidity: ProLiquidity | str | None = field(default=None, metadata=wire("liquidityRole"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    size: Decimal | None = field(default=None, metadata=wire("size"))
    value: Decimal | None = field(default=None, metadata=wire("value"))
    fee: Decimal | None = field(default=None, metadata=wire("fee"))
    fee_currency: str | None = field(default=None, metadata=wire("feeCurrency"))
    tax: Decimal | None = field(default=None, metadata=wire("tax"))
    fill_pnl: Decimal | None = field(default=None, metadata=wire("fillPnl"))
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("marginMode"))
    executed_at_ns: Ns | None = field(default=None, metadata=wire("executionTime"))


@attrs.frozen(kw_only=True)
class ProFillPage:
    """Fills, newest first; ``last_id`` asks for those before them."""

    last_id: IdText | None = field(default=None, metadata=wire("lastId"))
    rows: tuple[ProFill, ...] = field(metadata=wire("items"))


@attrs.frozen(kw_only=True)
class ProBalance(Row):
    """The balance of one currency."""

    currency: str = field(metadata=wire("currency"))
    equity: Decimal | None = field(default=None, metadata=wire("equity"))
    balance: Decimal | None = field(default=None, metadata=wire("balance"))
    available: Decimal | None = field(default=None, metadata=wire("available"))
    hold: Decimal | None = field(default=None, metadata=wire("hold"))
    liability: Decimal | None = field(default=None, metadata=wire("liability"))


@attrs.frozen(kw_only=True)
class ProAccount(Row):
    """The balances of one account."""

    account_subtype: str | None = field(default=None, metadata=wire("accountSubtype"))
    currencies: tuple[ProBalance, ...] = field(metadata=wire("currencies"))


@attrs.frozen(kw_only=True)
class ProBalances(Row):
    """All balances of one type of account."""

    account_type: str | None = field(default=None, metadata=wire("accountType"))
    accounts: tuple[ProAccount, ...] = field(metadata=wire("accounts"))
    ts: Ms | None = field(default=None, metadata=wire("ts"))


@attrs.frozen(kw_only=True)
class ProPosition(Row):
    """One position."""

    position_id: IdText | None = field(default=None, metadata=wire("id"))
    symbol: str = field(metadata=wire("symbol"))
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("marginMode"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    quantity: Decimal | None = field(default=None, metadata=wire("size"))
    """Negative for a short position."""
    entry_price: Decimal | None = field(default=None, metadata=wire("entryPrice"))
    position_value: Decimal | None = field(default=None, metadata=wire("positionValue"))
    mark_price: Decimal | None = field(default=None, metadata=wire("markPrice"))
    leverage: Decimal | None = field(default=None, metadata=wire("leverage"))
    unrealised_pnl: Decimal | None = field(default=None, metadata=wire("unrealizedPnL"))
    realised_pnl: Decimal | None = field(default=None, metadata=wire("realizedPnL"))
    initial_margin: Decimal | None = field(default=None, metadata=wire("initialMargin"))
    maintenance_margin_rate: Decimal | None = field(default=None, metadata=wire("mmr"))
    maintenance_margin: Decimal | None = field(default=None, metadata=wire("maintenanceMargin"))
    deleverage: Whole | None = field(default=None, metadata=wire("adl"))
    created_at_ms: Ms | None = field(default=None, metadata=wire("creationTime"))


@attrs.frozen(kw_only=True)
class ProOverview(Row):
    """The sums of the unified account; all of its members are in ``extra``."""
