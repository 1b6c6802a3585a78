"""What the 6MM stream tells, typed; kept apart from REST, whose names differ (rule 79).

6MM documents few of these fields (rule 114). The others are *assumed*: they are optional, have the
names of their REST namesakes, and are listed in ``docs/wire.md``. What no field names is in
``extra``. Every class here is an event of :mod:`sixmm.events`; ``topic`` and ``ts`` are those of
the push, the other fields are those of its ``data``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs
import cattrs
from attrs import field

from ...codec import Levels, extra_of, make_converter, wire
from ...events import Event, Origin
from .enums import MarginMode, OrderStatus, OrderType, PositionSide, Role, Side, TimeInForce
from .rest_schema import AccountRows, FillRow, OrderRow

__all__ = [
    "AccountUpdate",
    "AuthAck",
    "BalanceUpdate",
    "DepthUpdate",
    "Kline",
    "MarketTrade",
    "OrderTradeUpdate",
    "Pong",
    "PositionUpdate",
    "Refusal",
    "StreamEvent",
    "SubscribeAck",
    "Ticker",
    "Tickers",
    "UnsubscribeAck",
    "make_stream_converter",
]


@attrs.frozen(kw_only=True)
class StreamEvent(Event):
    """The base of the pushes of 6MM.

    ``raw`` is the whole message of a push. For an event that a REST snapshot told, it is the JSON
    text of the row.
    """

    @property
    def extra(self) -> Mapping[str, Any]:
        """The members of ``data`` that the schema does not name."""
        return extra_of(type(self), self.raw, under="data")


# Private


@attrs.frozen(kw_only=True)
class OrderTradeUpdate(StreamEvent):
    """An order was opened, amended, traded, cancelled or refused (rule 78).

    A push tells one change of one order; one about a fill tells exactly one fill, in the fields
    from ``fill_id`` on. Only ``event_type`` and ``order_status`` are documented, the rest is
    *assumed*.
    """

    event_type: str = field(default="ORDER_TRADE_UPDATE", metadata=wire("eventType"))
    order_id: str | None = field(default=None, metadata=wire("orderId"))
    client_order_id: str | None = field(default=None, metadata=wire("clientOrderId"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    type: OrderType | str | None = field(default=None, metadata=wire("type"))
    time_in_force: TimeInForce | str | None = field(default=None, metadata=wire("timeInForce"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    """The limit; 0 for a market order."""
    quantity: Decimal | None = field(default=None, metadata=wire("quantity"))
    executed_quantity: Decimal | None = field(default=None, metadata=wire("executedQuantity"))
    """Filled so far."""
    average_price: Decimal | None = field(default=None, metadata=wire("averagePrice"))
    """The mean price of what was filled; 0 before the first fill."""
    order_status: OrderStatus | str | None = field(default=None, metadata=wire("orderStatus"))
    """Documented; REST calls it ``status``."""
    reduce_only: bool | None = field(default=None, metadata=wire("reduceOnly"))
    maker_only: bool | None = field(default=None, metadata=wire("makerOnly"))
    close_position: bool | None = field(default=None, metadata=wire("closePosition"))
    created_at: int | None = field(default=None, metadata=wire("createdAt"))
    updated_at: int | None = field(default=None, metadata=wire("updatedAt"))
    """Milliseconds; never goes back for one order."""
    fill_id: str | None = field(default=None, metadata=wire("fillId"))
    trade_id: str | None = field(default=None, metadata=wire("tradeId"))
    role_type: Role | str | None = field(default=None, metadata=wire("roleType"))
    last_price: Decimal | None = field(default=None, metadata=wire("lastPrice"))
    """The price of this fill."""
    last_quantity: Decimal | None = field(default=None, metadata=wire("lastQuantity"))
    """The size of this fill."""
    trade_value: Decimal | None = field(default=None, metadata=wire("tradeValue"))
    handling_fee: Decimal | None = field(default=None, metadata=wire("handlingFee"))
    realized_pnl: Decimal | None = field(default=None, metadata=wire("realizedPnl"))

    @property
    def extra(self) -> Mapping[str, Any]:
        """The members of ``data``, or of the REST row, that its schema does not name."""
        if self.origin is Origin.REST:
            return extra_of(OrderRow if self.fill_id is None else FillRow, self.raw)
        return super().extra


@attrs.frozen(kw_only=True)
class BalanceUpdate:
    """The balance of one asset after a change; all *assumed* but the name ``frozenBalance``."""

    asset_type: str | None = field(default=None, metadata=wire("assetType"))
    wallet_balance: Decimal | None = field(default=None, metadata=wire("walletBalance"))
    frozen_balance: Decimal | None = field(default=None, metadata=wire("frozenBalance"))
    """Held for open orders; REST calls it ``frozenMargin``."""
    used_margin: Decimal | None = field(default=None, metadata=wire("usedMargin"))


@attrs.frozen(kw_only=True)
class PositionUpdate:
    """One position after a change; all *assumed* but ``marginMode``, which is text here (rule 67).

    The quantity of a closed position is 0, that of a short ``BOTH`` position is negative.
    """

    symbol: str | None = field(default=None, metadata=wire("symbol"))
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
class AccountUpdate(StreamEvent):
    """Balances or positions changed; it has only those that did (rule 78). The lists are *assumed*.

    ``frozenBalance`` and ``marginMode`` are documented, but not where they are: they are read in
    the rows and, should they be there, at the top of ``data``.
    """

    event_type: str = field(default="ACCOUNT_UPDATE", metadata=wire("eventType"))
    balances: tuple[BalanceUpdate, ...] = field(default=(), metadata=wire("balances"))
    positions: tuple[PositionUpdate, ...] = field(default=(), metadata=wire("positions"))
    frozen_balance: Decimal | None = field(default=None, metadata=wire("frozenBalance"))
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("marginMode"))

    @property
    def extra(self) -> Mapping[str, Any]:
        """The members of ``data``, or of the REST rows, that their schema does not name."""
        if self.origin is Origin.REST:
            return extra_of(AccountRows, self.raw)
        return super().extra


# Market


@attrs.frozen(kw_only=True)
class DepthUpdate(StreamEvent):
    """Levels of an order book that changed; the first push has them all (rule 91).

    Only ``endVersion`` is documented; the rest is *assumed*.
    """

    symbol: str = field(default="", metadata=wire("symbol"))
    """That of the topic where the push does not say it."""
    bids: Levels = field(default=Levels(), metadata=wire("bids"))
    """Price and quantity, best first; quantity 0 removes the level."""
    asks: Levels = field(default=Levels(), metadata=wire("asks"))
    """Price and quantity, best first; quantity 0 removes the level."""
    end_version: int | None = field(default=None, metadata=wire("endVersion"))
    """One more with each push of the topic; a jump means that the book is lost (rule 92)."""
    snapshot: bool | None = field(default=None, metadata=wire("snapshot"))
    """Whether it is the whole book."""


@attrs.frozen(kw_only=True)
class MarketTrade(StreamEvent):
    """One public trade; every field is *assumed*."""

    symbol: str = field(default="", metadata=wire("symbol"))
    """That of the topic where the push does not say it."""
    trade_id: str | None = field(default=None, metadata=wire("tradeId"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    quantity: Decimal | None = field(default=None, metadata=wire("quantity"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    """The side of the taker."""
    created_at: int | None = field(default=None, metadata=wire("createdAt"))


@attrs.frozen(kw_only=True)
class Kline(StreamEvent):
    """The candle of one interval so far; every field is *assumed*."""

    symbol: str = field(default="", metadata=wire("symbol"))
    """That of the topic where the push does not say it."""
    interval: str = field(default="", metadata=wire("interval"))
    """That of the topic where the push does not say it."""
    open_time: int | None = field(default=None, metadata=wire("openTime"))
    open: Decimal | None = field(default=None, metadata=wire("open"))
    high: Decimal | None = field(default=None, metadata=wire("high"))
    low: Decimal | None = field(default=None, metadata=wire("low"))
    close: Decimal | None = field(default=None, metadata=wire("close"))
    volume: Decimal | None = field(default=None, metadata=wire("volume"))
    close_time: int | None = field(default=None, metadata=wire("closeTime"))


@attrs.frozen(kw_only=True)
class Ticker(StreamEvent):
    """The summary of one symbol; every field is *assumed*."""

    symbol: str = field(default="", metadata=wire("symbol"))
    """That of the topic where the push does not say it."""
    last_price: Decimal | None = field(default=None, metadata=wire("lastPrice"))
    mark_price: Decimal | None = field(default=None, metadata=wire("markPrice"))
    index_price: Decimal | None = field(default=None, metadata=wire("indexPrice"))
    bid_price: Decimal | None = field(default=None, metadata=wire("bidPrice"))
    ask_price: Decimal | None = field(default=None, metadata=wire("askPrice"))
    high_price: Decimal | None = field(default=None, metadata=wire("highPrice"))
    low_price: Decimal | None = field(default=None, metadata=wire("lowPrice"))
    volume: Decimal | None = field(default=None, metadata=wire("volume"))
    turnover: Decimal | None = field(default=None, metadata=wire("turnover"))
    price_change: Decimal | None = field(default=None, metadata=wire("priceChange"))
    price_change_percent: Decimal | None = field(default=None, metadata=wire("priceChangePercent"))
    funding_rate: Decimal | None = field(default=None, metadata=wire("fundingRate"))
    next_funding_time: int | None = field(default=None, metadata=wire("nextFundingTime"))


@attrs.frozen(kw_only=True)
class Tickers(StreamEvent):
    """The summaries of every symbol, *assumed* to be a list.

    Each is a :class:`Ticker` with the topic and times of the push and without a ``raw`` of its own;
    what they have beyond the schema is in ``extra`` here.
    """

    tickers: tuple[Ticker, ...] = ()

    @property
    def extra(self) -> Mapping[str, Any]:
        """The members of each ticker that the schema does not name: a list under ``data``."""
        return extra_of(_TickersData, self.raw)


@attrs.frozen(kw_only=True)
class _TickersData:
    """The message of the tickers topic, for :attr:`Tickers.extra`."""

    topic: str = field(default="", metadata=wire("topic"))
    event: str = field(default="", metadata=wire("event"))
    ts: int = field(default=0, metadata=wire("ts"))
    data: tuple[Ticker, ...] = field(default=(), metadata=wire("data"))


# Control


@attrs.frozen(kw_only=True)
class _Reply(Event):
    request_id: str | None = None
    """The id of the request that it answers, or None where it has none."""

    @property
    def extra(self) -> Mapping[str, Any]:
        """The members of the frame that its class does not name."""
        return extra_of(_ControlFrame, self.raw)


@attrs.frozen(kw_only=True)
class _ControlFrame:
    """The members of every control frame, documented or *assumed*; values are read elsewhere."""

    id: str = field(default="", metadata=wire("id"))
    event: str = field(default="", metadata=wire("event"))
    success: bool = field(default=False, metadata=wire("success"))
    data: str = field(default="", metadata=wire("data"))
    code: int = field(default=0, metadata=wire("code"))
    message: str = field(default="", metadata=wire("message"))


@attrs.frozen(kw_only=True)
class SubscribeAck(_Reply):
    """The server took a subscribe (rule 84)."""

    topics: tuple[str, ...] = ()
    """The topics that it names."""


@attrs.frozen(kw_only=True)
class UnsubscribeAck(_Reply):
    """The server took an unsubscribe; its form is *assumed*."""

    topics: tuple[str, ...] = ()
    """The topics that it names."""


@attrs.frozen(kw_only=True)
class AuthAck(_Reply):
    """The server accepted the credential of a private stream (rule 75)."""

    data: str = ""
    """Digits whose sense is not documented; not the number of the user topic (rule 76)."""


@attrs.frozen(kw_only=True)
class Pong(_Reply):
    """The answer to an application-level ping; its form is *assumed*."""


@attrs.frozen(kw_only=True)
class Refusal(_Reply):
    """The server refused a request or a login; its form is *assumed*."""

    event: str = ""
    """What was refused: ``subscribe``, ``unsubscribe``, ``ping`` or ``auth``."""
    code: int | None = None
    message: str = ""


def make_stream_converter() -> cattrs.Converter:
    """Return the converter of this module."""
    return make_converter()
