"""What the REST API tells about spot and margin orders, fills and balances."""

from __future__ import annotations

from decimal import Decimal

import attrs
from attrs import field

from ....codec import wire
from ..enums import Liquidity, OrderType, Side
from ..kinds import IdText, Ms
from .row import Row

__all__ = [
    "ActiveSymbols",
    "CrossAccount",
    "CrossMargin",
    "IsolatedAccount",
    "IsolatedMargin",
    "IsolatedSide",
    "SpotAccount",
    "SpotFill",
    "SpotFillPage",
    "SpotOrder",
    "SpotOrderPage",
    "SpotOrderPages",
    "SpotStopOrder",
    "SpotStopOrderPage",
]


@attrs.frozen(kw_only=True)
class ActiveSymbols(Row):
    """The symbols in which there are open orders."""

    symbols: tuple[str, ...] = field(metadata=wire("symbols"))


@attrs.frozen(kw_only=True)
class SpotOrder(Row):
    """One spot or margin order."""

    order_id: IdText = field(metadata=wire("id"))
    client_oid: str | None = field(default=None, metadata=wire("clientOid"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    order_type: OrderType | str | None = field(default=None, metadata=wire("type"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    """0 for a market order."""
    size: Decimal | None = field(default=None, metadata=wire("size"))
    funds: Decimal | None = field(default=None, metadata=wire("funds"))
    deal_size: Decimal | None = field(default=None, metadata=wire("dealSize"))
    """Filled so far."""
    deal_funds: Decimal | None = field(default=None, metadata=wire("dealFunds"))
    remain_size: Decimal | None = field(default=None, metadata=wire("remainSize"))
    remain_funds: Decimal | None = field(default=None, metadata=wire("remainFunds"))
    canceled_size: Decimal | None = field(default=None, metadata=wire("cancelledSize"))
    canceled_funds: Decimal | None = field(default=None, metadata=wire("cancelledFunds"))
    fee: Decimal | None = field(default=None, metadata=wire("fee"))
    fee_currency: str | None = field(default=None, metadata=wire("feeCurrency"))
    time_in_force: str | None = field(default=None, metadata=wire("timeInForce"))
    post_only: bool | None = field(default=None, metadata=wire("postOnly"))
    active: bool | None = field(default=None, metadata=wire("active"))
    """Whether it is open."""
    in_order_book: bool | None = field(default=None, metadata=wire("inOrderBook"))
    trade_type: str | None = field(default=None, metadata=wire("tradeType"))
    created_at_ms: Ms | None = field(default=None, metadata=wire("createdAt"))
    updated_at_ms: Ms | None = field(default=None, metadata=wire("lastUpdatedAt"))


@attrs.frozen(kw_only=True)
class SpotOrderPage:
    """Orders that have ended, newest first; ``last_id`` asks for those before them."""

    last_id: IdText | None = field(default=None, metadata=wire("lastId"))
    rows: tuple[SpotOrder, ...] = field(metadata=wire("items"))


@attrs.frozen(kw_only=True)
class SpotOrderPages:
    """One numbered page of open orders."""

    rows: tuple[SpotOrder, ...] = field(metadata=wire("items"))
    total: int | None = field(default=None, metadata=wire("totalNum"))


@attrs.frozen(kw_only=True)
class SpotStopOrder(Row):
    """One stop order that waits for its price."""

    order_id: IdText = field(metadata=wire("id"))
    client_oid: str | None = field(default=None, metadata=wire("clientOid"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    status: str | None = field(default=None, metadata=wire("status"))
    order_type: OrderType | str | None = field(default=None, metadata=wire("type"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    size: Decimal | None = field(default=None, metadata=wire("size"))
    stop: str | None = field(default=None, metadata=wire("stop"))
    """Which way the price has to go: ``loss`` or ``entry``."""
    stop_price: Decimal | None = field(default=None, metadata=wire("stopPrice"))
    trade_type: str | None = field(default=None, metadata=wire("tradeType"))
    created_at_ms: Ms | None = field(default=None, metadata=wire("createdAt"))


@attrs.frozen(kw_only=True)
class SpotStopOrderPage:
    """One page of stop orders."""

    rows: tuple[SpotStopOrder, ...] = field(metadata=wire("items"))
    total: int | None = field(default=None, metadata=wire("totalNum"))


@attrs.frozen(kw_only=True)
class SpotFill(Row):
    """One trade of one order."""

    fill_id: IdText | None = field(default=None, metadata=wire("id"))
    order_id: IdText = field(metadata=wire("orderId"))
    trade_id: IdText | None = field(default=None, metadata=wire("tradeId"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    liquidity: Liquidity | str | None = field(default=None, metadata=wire("liquidity"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    size: Decimal | None = field(default=None, metadata=wire("size"))
    funds: Decimal | None = field(default=None, metadata=wire("funds"))
    fee: Decimal | None = field(default=None, metadata=wire("fee"))
    fee_rate: Decimal | None = field(default=None, metadata=wire("feeRate"))
    fee_currency: str | None = field(default=None, metadata=wire("feeCurrency"))
    created_at_ms: Ms | None = field(default=None, metadata=wire("createdAt"))


@attrs.frozen(kw_only=True)
class SpotFillPage:
    """Fills, newest first; ``last_id`` asks for those before them."""

    last_id: IdText | None = field(default=None, metadata=wire("lastId"))
    rows: tuple[SpotFill, ...] = field(metadata=wire("items"))


@attrs.frozen(kw_only=True)
class SpotAccount(Row):
    """The balance of one currency in one account."""

    account_id: IdText | None = field(default=None, metadata=wire("id"))
    currency: str = field(metadata=wire("currency"))
    type: str = field(metadata=wire("type"))
    """``main``, ``trade`` or another."""
    balance: Decimal | None = field(default=None, metadata=wire("balance"))
    available: Decimal | None = field(default=None, metadata=wire("available"))
    holds: Decimal | None = field(default=None, metadata=wire("holds"))


@attrs.frozen(kw_only=True)
class CrossAccount(Row):
    """What the cross margin account has of one currency."""

    currency: str = field(metadata=wire("currency"))
    total: Decimal | None = field(default=None, metadata=wire("total"))
    available: Decimal | None = field(default=None, metadata=wire("available"))
    hold: Decimal | None = field(default=None, metadata=wire("hold"))
    liability: Decimal | None = field(default=None, metadata=wire("liability"))


@attrs.frozen(kw_only=True)
class CrossMargin(Row):
    """The cross margin account."""

    status: str | None = field(default=None, metadata=wire("status"))
    debt_ratio: Decimal | None = field(default=None, metadata=wire("debtRatio"))
    accounts: tuple[CrossAccount, ...] = field(metadata=wire("accounts"))


@attrs.frozen(kw_only=True)
class IsolatedSide(Row):
    """What an isolated margin account has of one of its two currencies."""

    currency: str = field(metadata=wire("currency"))
    total: Decimal | None = field(default=None, metadata=wire("total"))
    available: Decimal | None = field(default=None, metadata=wire("available"))
    hold: Decimal | None = field(default=None, metadata=wire("hold"))
    liability: Decimal | None = field(default=None, metadata=wire("liability"))


@attrs.frozen(kw_only=True)
class IsolatedAccount(Row):
    """One isolated margin account."""

    symbol: str = field(metadata=wire("symbol"))
    status: str | None = field(default=None, metadata=wire("status"))
    debt_ratio: Decimal | None = field(default=None, metadata=wire("debtRatio"))
    base: IsolatedSide | None = field(default=None, metadata=wire("baseAsset"))
    quote: IsolatedSide | None = field(default=None, metadata=wire("quoteAsset"))


@attrs.frozen(kw_only=True)
class IsolatedMargin(Row):
    """All isolated margin accounts."""

    accounts: tuple[IsolatedAccount, ...] = field(metadata=wire("assets"))
