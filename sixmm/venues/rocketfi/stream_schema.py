"""What the RocketFi stream tells, typed; kept apart from REST, also where the two agree.

Every class here is an event of :mod:`sixmm.events` and stands for one variant of the messages; its
``topic`` is the canonical text of the feed that it comes by. The fields are those of the official
client types, none of which is promised by a page; so only what says which thing is meant is
required. Amounts are exact; where the exchange sends JSON numbers (candles and figures) they are
exact, too. What no field names is in ``extra``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar

import attrs
from attrs import field

from ...codec import Level, extra_of, parse_json, unnamed, wire
from ...events import Event
from .enums import Interval, OrderEventType, OrderType, RejectionReason, Side, TriggerType
from .ids import Address, InstrumentId, OrderId
from .payloads import (
    AssetMarkPricePayload,
    BookPayload,
    CandlePayload,
    EventEnvelope,
    EventFields,
    MarkPricePayload,
    OrderEventsPayload,
    PositionFields,
    PositionsPayload,
    QuotePayload,
    RiskPayload,
    StatsPayload,
    split_variant,
)

__all__ = [
    "AccountRiskUpdate",
    "AssetMarkPriceUpdate",
    "CandleUpdate",
    "CollateralUpdate",
    "ErrorMessage",
    "FundingRateUpdate",
    "InstrumentStatsUpdate",
    "LastMatchPriceUpdate",
    "MarkPriceUpdate",
    "OpenOrder",
    "OpenOrdersUpdate",
    "OrderEvent",
    "OrderEventUpdate",
    "OrderbookUpdate",
    "Pong",
    "PositionEntry",
    "PositionFundingUpdate",
    "PositionUpdate",
    "QuoteUpdate",
    "RocketFiEvent",
    "ServerPing",
    "SubscribeConfirmation",
    "UnsubscribeConfirmation",
]


@attrs.frozen(kw_only=True)
class RocketFiEvent(Event):
    """The base of the messages of RocketFi.

    ``raw`` is the whole message; for an event that REST told, it is the message that would have
    told it, with the text of the row.
    """

    variant: ClassVar[str] = ""
    """The name of the message on the wire."""
    shape: ClassVar[Any] = None
    """The class that has the wire names of the payload, where it is not this one."""

    @property
    def extra(self) -> Mapping[str, Any]:
        """The members of the payload that the schema does not name."""
        return extra_of(self.shape or type(self), self.raw, under=self.variant)


# Of an account


@attrs.frozen(kw_only=True)
class OrderEvent:
    """Something that happened to one order. Which amounts there are depends on ``type``.

    A cancel has nothing but its ids: no time, and no reason.
    """

    order_id: OrderId
    account: Address | None = None
    instrument_id: InstrumentId | None = None
    type: OrderEventType | str = ""
    """The variant; one that is not known has no fields here, and its members are in ``extra``."""
    price: Decimal | None = None
    """The limit; of a fill, the price that was traded."""
    size: Decimal | None = None
    """Of a fill *assumed* to be what was traded; of a change, the whole new size."""
    remaining_size: Decimal | None = None
    original_size: Decimal | None = None
    settlement_asset: int | None = None
    pnl: Decimal | None = None
    timestamp: int | None = None
    is_passive: bool | None = None
    is_filled: bool | None = None
    """Whether nothing of the order remains."""
    fee_rate: Decimal | None = None
    fee_amount: Decimal | None = None
    is_liquidation: bool | None = None
    is_adl: bool | None = None
    reason: RejectionReason | str | None = None
    """Why it was rejected."""


@attrs.frozen(kw_only=True)
class OrderEventUpdate(RocketFiEvent):
    """Things that happened to orders, in order; the feed is named by ``account`` and the like."""

    variant: ClassVar[str] = "OrderEventUpdate"
    account: Address | None = None
    instrument_id: InstrumentId | None = None
    order_events: tuple[OrderEvent, ...] = ()

    @property
    def extra(self) -> Mapping[str, Any]:
        """The members that the schema does not name; an unknown variant is shown as a whole."""
        payload = _payload(self.raw, self.variant)
        rest = unnamed(payload, OrderEventsPayload)
        rows = [_extra_of_order_event(row) for row in payload.get("orderEvents") or ()]
        return MappingProxyType({**rest, "orderEvents": rows} if any(rows) else rest)


@attrs.frozen(kw_only=True)
class OpenOrder:
    """One open order. ``quantity`` is *assumed* to be its whole size."""

    order_id: OrderId = field(metadata=wire("orderId"))
    trader: Address | None = field(default=None, metadata=wire("trader"))
    order_type: OrderType | str | None = field(default=None, metadata=wire("orderType"))
    trigger_type: TriggerType | str | None = field(default=None, metadata=wire("triggerType"))
    instrument_id: InstrumentId | None = field(default=None, metadata=wire("instrumentId"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    quantity: Decimal | None = field(default=None, metadata=wire("quantity"))
    filled_quantity: Decimal | None = field(default=None, metadata=wire("filledQuantity"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))
    """*Assumed* to be when it was placed."""
    trigger_price: Decimal | None = field(default=None, metadata=wire("triggerPrice"))


@attrs.frozen(kw_only=True)
class OpenOrdersUpdate(RocketFiEvent):
    """Open orders of an account: *assumed* to be those that changed, and not to be all.

    So an order that is not among them is not taken for ended.
    """

    variant: ClassVar[str] = "OpenOrdersUpdate"
    account: Address = field(metadata=wire("account"))
    orders: tuple[OpenOrder, ...] = field(default=(), metadata=wire("orders"))


@attrs.frozen(kw_only=True)
class PositionEntry:
    """What an account holds of one instrument. How a short position is told is not documented."""

    instrument_id: InstrumentId
    """The name of the member that it is the value of."""
    quantity: Decimal | None = None
    average_price: Decimal | None = None
    liquidation_price: Decimal | None = None
    accrued_funding: Decimal | None = None
    unrealized_pnl: Decimal | None = None
    reserved_margin: Decimal | None = None
    leverage_setting: int | None = None


@attrs.frozen(kw_only=True)
class PositionUpdate(RocketFiEvent):
    """Positions of an account: *assumed* to be those that changed, and not to be all."""

    variant: ClassVar[str] = "PositionUpdate"
    account: Address
    positions: tuple[PositionEntry, ...] = ()

    @property
    def extra(self) -> Mapping[str, Any]:
        """The members that the schema does not name, those of the positions by instrument."""
        payload = _payload(self.raw, self.variant)
        rest = unnamed(payload, PositionsPayload)
        held = (payload.get("positions") or {}).items()
        rows = {key: more for key, row in held if (more := unnamed(row, PositionFields))}
        return MappingProxyType({**rest, "positions": rows} if rows else rest)


@attrs.frozen(kw_only=True)
class CollateralUpdate(RocketFiEvent):
    """What an account has of one asset."""

    variant: ClassVar[str] = "CollateralUpdate"
    asset_id: int = field(metadata=wire("assetId"))
    account: Address = field(metadata=wire("account"))
    collateral: Decimal | None = field(default=None, metadata=wire("collateral"))


@attrs.frozen(kw_only=True)
class AccountRiskUpdate(RocketFiEvent):
    """The margin of an account."""

    variant: ClassVar[str] = "AccountRiskUpdate"
    shape: ClassVar[Any] = RiskPayload
    account: Address
    available_collateral: Decimal | None = None
    margin_requirement: Decimal | None = None
    unreserved_margin: Decimal | None = None
    equity: Decimal | None = None
    reserved_margin: Decimal | None = None
    unrealized_pnl: Decimal | None = None
    notional_value: Decimal | None = None


@attrs.frozen(kw_only=True)
class PositionFundingUpdate(RocketFiEvent):
    """Funding that was paid to an account (``pnl`` above 0) or by it."""

    variant: ClassVar[str] = "PositionFundingUpdate"
    account: Address = field(metadata=wire("account"))
    funding_rate: Decimal | None = field(default=None, metadata=wire("fundingRate"))
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))
    round: int | None = field(default=None, metadata=wire("round"))
    """The round of the chain."""
    instrument_id: InstrumentId | None = field(default=None, metadata=wire("instrumentId"))
    pnl: Decimal | None = field(default=None, metadata=wire("pnl"))


# Of markets


@attrs.frozen(kw_only=True)
class OrderbookUpdate(RocketFiEvent):
    """The levels of a book, each a price and a quantity.

    It is *assumed* to be the whole book; nothing in the message says so, and it has no version.
    """

    variant: ClassVar[str] = "OrderbookUpdate"
    shape: ClassVar[Any] = BookPayload
    instrument_id: InstrumentId
    bids: tuple[Level, ...] = ()
    asks: tuple[Level, ...] = ()


@attrs.frozen(kw_only=True)
class QuoteUpdate(RocketFiEvent):
    """The best prices of a book. Which subscription it comes by is not documented."""

    variant: ClassVar[str] = "QuoteUpdate"
    shape: ClassVar[Any] = QuotePayload
    instrument_id: InstrumentId
    timestamp: int | None = None
    bid_price: Decimal | None = None
    bid_size: Decimal | None = None
    ask_price: Decimal | None = None
    ask_size: Decimal | None = None


@attrs.frozen(kw_only=True)
class MarkPriceUpdate(RocketFiEvent):
    """The mark price of an instrument."""

    variant: ClassVar[str] = "MarkPriceUpdate"
    shape: ClassVar[Any] = MarkPricePayload
    instrument_id: InstrumentId
    price: Decimal | None = None
    iv: Decimal | None = None
    """The implied volatility, where the price has one."""
    timestamp: int | None = None


@attrs.frozen(kw_only=True)
class AssetMarkPriceUpdate(RocketFiEvent):
    """The mark price of an asset."""

    variant: ClassVar[str] = "AssetMarkPriceUpdate"
    shape: ClassVar[Any] = AssetMarkPricePayload
    asset_id: int
    price: Decimal | None = None
    iv: Decimal | None = None
    """The implied volatility, where the price has one."""
    timestamp: int | None = None


@attrs.frozen(kw_only=True)
class LastMatchPriceUpdate(RocketFiEvent):
    """The last traded price of an instrument."""

    variant: ClassVar[str] = "LastMatchPriceUpdate"
    instrument_id: InstrumentId = field(metadata=wire("instrumentId"))
    last_match_price: Decimal | None = field(default=None, metadata=wire("lastMatchPrice"))


@attrs.frozen(kw_only=True)
class FundingRateUpdate(RocketFiEvent):
    """The funding rate of an instrument."""

    variant: ClassVar[str] = "FundingRateUpdate"
    instrument_id: InstrumentId = field(metadata=wire("instrumentId"))
    funding_rate: Decimal | None = field(default=None, metadata=wire("fundingRate"))
    premium_index: Decimal | None = field(default=None, metadata=wire("premiumIndex"))
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))
    round: int | None = field(default=None, metadata=wire("round"))
    """The round of the chain."""


@attrs.frozen(kw_only=True)
class InstrumentStatsUpdate(RocketFiEvent):
    """The figures of an instrument."""

    variant: ClassVar[str] = "InstrumentStatsUpdate"
    shape: ClassVar[Any] = StatsPayload
    instrument_id: InstrumentId
    funding_rate_1h: Decimal | None = None
    volume_24h: Decimal | None = None
    quote_volume_24h: Decimal | None = None
    open_interest: Decimal | None = None


@attrs.frozen(kw_only=True)
class CandleUpdate(RocketFiEvent):
    """A candle, so far or closed. Its prices were single-precision numbers at the exchange."""

    variant: ClassVar[str] = "CandleUpdate"
    shape: ClassVar[Any] = CandlePayload
    instrument_id: InstrumentId
    interval: Interval | str
    slot: int | None = None
    """The number of the candle among those of its width."""
    timestamp: int | None = None
    open: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    close: Decimal | None = None
    volume: Decimal | None = None
    is_closed: bool | None = None


# Control


@attrs.frozen(kw_only=True)
class _Control(RocketFiEvent):
    @property
    def extra(self) -> Mapping[str, Any]:
        """Nothing: the whole payload is in the fields."""
        return MappingProxyType({})


@attrs.frozen(kw_only=True)
class SubscribeConfirmation(_Control):
    """The server took a subscription; ``topic`` says which, or is empty where it is not known."""

    variant: ClassVar[str] = "SubscribeConfirmation"


@attrs.frozen(kw_only=True)
class UnsubscribeConfirmation(_Control):
    """The server dropped a subscription; ``topic`` says which."""

    variant: ClassVar[str] = "UnsubscribeConfirmation"


@attrs.frozen(kw_only=True)
class Pong(_Control):
    """The answer to a ping."""

    variant: ClassVar[str] = "Pong"


@attrs.frozen(kw_only=True)
class ServerPing(_Control):
    """A ping of the server, which wants an answer; its form is *assumed*."""

    variant: ClassVar[str] = "Ping"


@attrs.frozen(kw_only=True)
class ErrorMessage(_Control):
    """The server complains. It does not say about which message."""

    variant: ClassVar[str] = "Error"
    message: str = ""


def _payload(raw: str, variant: str) -> dict[str, Any]:
    """Return the payload of a message that was decoded once already; empty for an empty text."""
    payload = parse_json(raw)[variant] if raw else None
    return payload if isinstance(payload, dict) else {}


def _extra_of_order_event(row: dict[str, Any]) -> dict[str, Any]:
    extra = unnamed(row, EventEnvelope)
    name, body = split_variant(row.get("eventData")) or ("", None)
    if name not in _KNOWN_EVENTS:
        return {**extra, "eventData": row.get("eventData")}
    rest = unnamed(body, EventFields)
    return {**extra, "eventData": {name: rest}} if rest else extra


_KNOWN_EVENTS = frozenset(OrderEventType)
