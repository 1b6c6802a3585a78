"""The shapes of the messages that are not flat: what stands where on the wire.

A decoder reads these and makes the events of :mod:`.stream_schema` of them, which are flat. Case is
mixed within one message: an order event is in camel case, and what is inside of its variant in
snake case. A union is externally tagged: an object with one member, or a bare text.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
from attrs import field

from ...codec import wire
from .enums import Interval, RejectionReason
from .ids import Address, InstrumentId, OrderId

__all__ = [
    "AssetMarkPricePayload",
    "BookPayload",
    "CandlePayload",
    "EventEnvelope",
    "EventFields",
    "MarkPricePayload",
    "OrderEventsPayload",
    "PositionFields",
    "PositionsPayload",
    "QuotePayload",
    "RiskPayload",
    "StatsPayload",
    "fields_of",
    "split_variant",
]


def split_variant(data: object) -> tuple[str, Any] | None:
    """Return name and body of a variant, or None where it is none; a bare text has no body."""
    if isinstance(data, str):
        return data, None
    if not isinstance(data, dict) or len(data) != 1:
        return None
    ((name, body),) = data.items()
    return name, body


def fields_of(value: attrs.AttrsInstance | None) -> dict[str, Any]:
    """Return the fields of an object by their names; none for None."""
    if value is None:
        return {}
    return {one.name: getattr(value, one.name) for one in attrs.fields(type(value))}


@attrs.frozen(kw_only=True)
class EventEnvelope:
    """What every order event has."""

    order_id: OrderId = field(metadata=wire("orderId"))
    account: Address | None = field(default=None, metadata=wire("account"))
    instrument_id: InstrumentId | None = field(default=None, metadata=wire("instrument"))
    event_data: Any = field(metadata=wire("eventData"))


@attrs.frozen(kw_only=True)
class EventFields:
    """What the known variants of an order event have, all together."""

    price: Decimal | None = field(default=None, metadata=wire("price"))
    size: Decimal | None = field(default=None, metadata=wire("size"))
    remaining_size: Decimal | None = field(default=None, metadata=wire("remaining_size"))
    original_size: Decimal | None = field(default=None, metadata=wire("original_size"))
    settlement_asset: int | None = field(default=None, metadata=wire("settlement_asset"))
    pnl: Decimal | None = field(default=None, metadata=wire("pnl"))
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))
    is_passive: bool | None = field(default=None, metadata=wire("is_passive"))
    is_filled: bool | None = field(default=None, metadata=wire("is_filled"))
    fee_rate: Decimal | None = field(default=None, metadata=wire("fee_rate"))
    fee_amount: Decimal | None = field(default=None, metadata=wire("fee_amount"))
    is_liquidation: bool | None = field(default=None, metadata=wire("is_liquidation"))
    is_adl: bool | None = field(default=None, metadata=wire("is_adl"))
    reason: RejectionReason | str | None = field(default=None, metadata=wire("reason"))


@attrs.frozen(kw_only=True)
class OrderEventsPayload:
    """The payload of ``OrderEventUpdate``."""

    account: Address | None = field(default=None, metadata=wire("account"))
    instrument_id: InstrumentId | None = field(default=None, metadata=wire("instrumentId"))
    order_events: Any = field(default=None, metadata=wire("orderEvents"))


@attrs.frozen(kw_only=True)
class PositionFields:
    """What is told of one position; the instrument is the name of the member."""

    quantity: Decimal | None = field(default=None, metadata=wire("quantity"))
    average_price: Decimal | None = field(default=None, metadata=wire("averagePrice"))
    liquidation_price: Decimal | None = field(default=None, metadata=wire("liquidationPrice"))
    accrued_funding: Decimal | None = field(default=None, metadata=wire("accruedFunding"))
    unrealized_pnl: Decimal | None = field(default=None, metadata=wire("unrealizedPnl"))
    reserved_margin: Decimal | None = field(default=None, metadata=wire("reservedMargin"))
    leverage_setting: int | None = field(default=None, metadata=wire("leverageSetting"))


@attrs.frozen(kw_only=True)
class PositionsPayload:
    """The payload of ``PositionUpdate``."""

    account: Address = field(metadata=wire("account"))
    positions: Any = field(default=None, metadata=wire("positions"))


@attrs.frozen(kw_only=True)
class _Risk:
    available_collateral: Decimal | None = field(default=None, metadata=wire("availableCollateral"))
    margin_requirement: Decimal | None = field(default=None, metadata=wire("marginRequirement"))
    unreserved_margin: Decimal | None = field(default=None, metadata=wire("unreservedMargin"))
    equity: Decimal | None = field(default=None, metadata=wire("equity"))
    reserved_margin: Decimal | None = field(default=None, metadata=wire("reservedMargin"))
    unrealized_pnl: Decimal | None = field(default=None, metadata=wire("unrealizedPnl"))
    notional_value: Decimal | None = field(default=None, metadata=wire("notionalValue"))
    account: Address | None = field(default=None, metadata=wire("account"))


@attrs.frozen(kw_only=True)
class RiskPayload:
    """The payload of ``AccountRiskUpdate``."""

    account: Address = field(metadata=wire("account"))
    risk: _Risk | None = field(default=None, metadata=wire("risk"))

    def flat(self) -> dict[str, Any]:
        """Return the fields of the event; the account is told twice."""
        return {**fields_of(self.risk), "account": self.account}


@attrs.frozen(kw_only=True)
class _Level:
    price: Decimal = field(metadata=wire("price"))
    quantity: Decimal = field(metadata=wire("quantity"))


@attrs.frozen(kw_only=True)
class _Book:
    bids: tuple[_Level, ...] = field(default=(), metadata=wire("bids"))
    asks: tuple[_Level, ...] = field(default=(), metadata=wire("asks"))


@attrs.frozen(kw_only=True)
class BookPayload:
    """The payload of ``OrderbookUpdate``."""

    instrument_id: InstrumentId = field(metadata=wire("instrumentId"))
    orderbook: _Book = field(metadata=wire("orderbook"))

    def flat(self) -> dict[str, Any]:
        """Return the fields of the event."""
        bids, asks = self.orderbook.bids, self.orderbook.asks
        return {
            "instrument_id": self.instrument_id,
            "bids": tuple([(level.price, level.quantity) for level in bids]),
            "asks": tuple([(level.price, level.quantity) for level in asks]),
        }


@attrs.frozen(kw_only=True)
class _Quote:
    """A quote; versions of the official types differ in the case of its names."""

    timestamp: int | None = field(default=None, metadata=wire("timestamp"))
    bid_price: Decimal | None = field(default=None, metadata=wire("bidPrice"))
    bid_size: Decimal | None = field(default=None, metadata=wire("bidSize"))
    ask_price: Decimal | None = field(default=None, metadata=wire("askPrice"))
    ask_size: Decimal | None = field(default=None, metadata=wire("askSize"))
    snake_bid_price: Decimal | None = field(default=None, metadata=wire("bid_price"))
    snake_bid_size: Decimal | None = field(default=None, metadata=wire("bid_size"))
    snake_ask_price: Decimal | None = field(default=None, metadata=wire("ask_price"))
    snake_ask_size: Decimal | None = field(default=None, metadata=wire("ask_size"))


@attrs.frozen(kw_only=True)
class QuotePayload:
    """The payload of ``QuoteUpdate``."""

    instrument_id: InstrumentId = field(metadata=wire("instrumentId"))
    quote: _Quote = field(metadata=wire("quote"))

    def flat(self) -> dict[str, Any]:
        """Return the fields of the event."""
        quote = self.quote
        fields: dict[str, Any] = {
            "instrument_id": self.instrument_id,
            "timestamp": quote.timestamp,
        }
        for name in ("bid_price", "bid_size", "ask_price", "ask_size"):
            told = getattr(quote, name)
            fields[name] = getattr(quote, f"snake_{name}") if told is None else told
        return fields


@attrs.frozen(kw_only=True)
class _Price:
    price: Decimal | None = field(default=None, metadata=wire("price"))
    iv: Decimal | None = field(default=None, metadata=wire("iv"))
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))


@attrs.frozen(kw_only=True)
class _MarkPrice:
    """A mark price: a union of its own, with or without a volatility."""

    plain: _Price | None = field(default=None, metadata=wire("Price"))
    with_iv: _Price | None = field(default=None, metadata=wire("PriceIV"))

    def flat(self) -> dict[str, Any]:
        return fields_of(self.plain or self.with_iv)


@attrs.frozen(kw_only=True)
class MarkPricePayload:
    """The payload of ``MarkPriceUpdate``."""

    instrument_id: InstrumentId = field(metadata=wire("instrumentId"))
    mark_price: _MarkPrice = field(metadata=wire("markPrice"))

    def flat(self) -> dict[str, Any]:
        """Return the fields of the event."""
        return {"instrument_id": self.instrument_id, **self.mark_price.flat()}


@attrs.frozen(kw_only=True)
class AssetMarkPricePayload:
    """The payload of ``AssetMarkPriceUpdate``."""

    asset_id: int = field(metadata=wire("assetId"))
    mark_price: _MarkPrice = field(metadata=wire("markPrice"))

    def flat(self) -> dict[str, Any]:
        """Return the fields of the event."""
        return {"asset_id": self.asset_id, **self.mark_price.flat()}


@attrs.frozen(kw_only=True)
class _Stats:
    """The figures of an instrument; the stream and REST differ in the case of an H."""

    funding_rate_1h: Decimal | None = field(default=None, metadata=wire("fundingRate1H"))
    volume_24h: Decimal | None = field(default=None, metadata=wire("volume24H"))
    small_volume_24h: Decimal | None = field(default=None, metadata=wire("volume24h"))
    quote_volume_24h: Decimal | None = field(default=None, metadata=wire("quoteVolume24h"))
    open_interest: Decimal | None = field(default=None, metadata=wire("openInterest"))


@attrs.frozen(kw_only=True)
class StatsPayload:
    """The payload of ``InstrumentStatsUpdate``."""

    instrument_id: InstrumentId = field(metadata=wire("instrumentId"))
    stats: _Stats = field(metadata=wire("stats"))

    def flat(self) -> dict[str, Any]:
        """Return the fields of the event."""
        fields = {"instrument_id": self.instrument_id, **fields_of(self.stats)}
        small = fields.pop("small_volume_24h")
        return fields if fields["volume_24h"] is not None else {**fields, "volume_24h": small}


@attrs.frozen(kw_only=True)
class _Candle:
    instrument_id: InstrumentId = field(metadata=wire("instrumentId"))
    interval: Interval | str = field(metadata=wire("interval"))
    slot: int | None = field(default=None, metadata=wire("slot"))
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))
    open: Decimal | None = field(default=None, metadata=wire("open"))
    high: Decimal | None = field(default=None, metadata=wire("high"))
    low: Decimal | None = field(default=None, metadata=wire("low"))
    close: Decimal | None = field(default=None, metadata=wire("close"))
    volume: Decimal | None = field(default=None, metadata=wire("volume"))
    is_closed: bool | None = field(default=None, metadata=wire("isClosed"))


@attrs.frozen(kw_only=True)
class CandlePayload:
    """The payload of ``CandleUpdate``."""

    candle: _Candle = field(metadata=wire("candle"))

    def flat(self) -> dict[str, Any]:
        """Return the fields of the event."""
        return fields_of(self.candle)
