"""What the spot topics tell; the order topics are about margin orders as well.

No topic has a sequence number, and only the undocumented ``/spot/tradeFills`` tells a fee.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import attrs
from attrs import field

from ....codec import wire
from ..enums import (
    Liquidity,
    OrderEvent,
    OrderStatus,
    OrderType,
    Side,
    StopEvent,
    known,
)
from ..kinds import IdText, Ms, Ns, Whole
from ..words import account_name
from .event import KuCoinEvent

__all__ = [
    "AccountBalanceUpdate",
    "MarketMatch",
    "RelationContext",
    "SpotOrderUpdate",
    "SpotStopOrderUpdate",
    "SpotTradeFill",
    "stop_event",
]

_ZERO = Decimal(0)


@attrs.frozen(kw_only=True)
class SpotOrderUpdate(KuCoinEvent):
    """A spot or margin order changed: ``/spotMarket/tradeOrders`` and ``.../tradeOrdersV2``.

    The second topic has ``type="received"`` before the others. Live messages lack fields that the
    documentation always has, sizes among them, so each may be None.
    """

    TIMES: ClassVar[tuple[str, ...]] = ("ts_ns", "push_time_ms", "order_time_ms")

    order_id: str = field(metadata=wire("orderId"))
    client_oid: str | None = field(default=None, metadata=wire("clientOid"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    type: OrderEvent | str | None = field(default=None, metadata=wire("type"))
    """What happened. How an order ended is not told by this: see :attr:`is_filled`."""
    status: OrderStatus | str | None = field(default=None, metadata=wire("status"))
    order_type: OrderType | str | None = field(default=None, metadata=wire("orderType"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    size: Decimal | None = field(default=None, metadata=wire("size"))
    """The size now: it shrinks where a part is cancelled."""
    origin_size: Decimal | None = field(default=None, metadata=wire("originSize"))
    """The size as it was placed."""
    old_size: Decimal | None = field(default=None, metadata=wire("oldSize"))
    """The size before an update."""
    filled_size: Decimal | None = field(default=None, metadata=wire("filledSize"))
    """Filled so far."""
    remain_size: Decimal | None = field(default=None, metadata=wire("remainSize"))
    canceled_size: Decimal | None = field(default=None, metadata=wire("canceledSize"))
    funds: Decimal | None = field(default=None, metadata=wire("funds"))
    """What a market order may spend; seen in live messages, not documented."""
    origin_funds: Decimal | None = field(default=None, metadata=wire("originFunds"))
    remain_funds: Decimal | None = field(default=None, metadata=wire("remainFunds"))
    canceled_funds: Decimal | None = field(default=None, metadata=wire("canceledFunds"))
    match_price: Decimal | None = field(default=None, metadata=wire("matchPrice"))
    match_size: Decimal | None = field(default=None, metadata=wire("matchSize"))
    trade_id: IdText | None = field(default=None, metadata=wire("tradeId"))
    """Of a match; a trade of the account with itself has the same one for both orders."""
    liquidity: Liquidity | str | None = field(default=None, metadata=wire("liquidity"))
    fee_type: str | None = field(default=None, metadata=wire("feeType"))
    """``takerFee`` or ``makerFee``, of a match; the amount is not told here."""
    order_time_ms: Ms | None = field(default=None, metadata=wire("orderTime"))
    """When the order came in; old messages count it in nanoseconds, which are converted."""
    ts_ns: Ns | None = field(default=None, metadata=wire("ts"))
    """When the matching engine did it."""
    push_time_ms: Ms | None = field(default=None, metadata=wire("pt"))
    """When it was pushed; seen in live messages, not documented."""
    fee: Decimal | None = None
    """Of this fill, where a REST reply told it; no message does."""
    fee_currency: str | None = None

    @property
    def has_ended(self) -> bool:
        """Whether the order cannot trade any more."""
        ends = (OrderEvent.FILLED, OrderEvent.CANCELED)
        return self.status == OrderStatus.DONE or self.type in ends

    @property
    def is_by_funds(self) -> bool:
        """Whether it is a market order for an amount of money rather than for a size."""
        if self.order_type not in (None, OrderType.MARKET) or self.size or self.origin_size:
            return False
        amounts = (self.funds, self.origin_funds, self.remain_funds, self.canceled_funds)
        return any(amount is not None for amount in amounts) or self.is_market_buy

    @property
    def is_market_buy(self) -> bool:
        """Whether it is a market order that buys."""
        return self.order_type == OrderType.MARKET and self.side == Side.BUY

    @property
    def is_filled(self) -> bool:
        """Whether the order has ended by being filled.

        ``type`` does not say it: a market order for an amount of money that was filled ends as
        ``canceled``, because what is left of the money is released. What was filled decides.
        """
        if not self.has_ended or self.type == OrderEvent.UPDATE:
            # An update that ends an order has cancelled the rest of it, and shrunk its size.
            return False
        if self.type == OrderEvent.FILLED:
            return True
        size, filled = self.size or self.origin_size, self.filled_size or _ZERO
        if self.type == OrderEvent.CANCELED:
            size = self.origin_size or self.size
            if size and self.canceled_size:
                # The size may have shrunk to what was filled.
                return False
        return filled > 0 and (filled >= size if size else self.is_by_funds)


@attrs.frozen(kw_only=True)
class SpotStopOrderUpdate(KuCoinEvent):
    """A spot or margin stop order changed: ``/spotMarket/advancedOrders``.

    Once triggered, the order goes on under an id of its own on the order topics.
    """

    TIMES: ClassVar[tuple[str, ...]] = ("ts_ns", "created_at_ms")

    order_id: str = field(metadata=wire("orderId"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    type: str | None = field(default=None, metadata=wire("type"))
    """What happened, as it was written; the sources disagree, see :attr:`event`."""
    order_type: OrderType | str | None = field(default=None, metadata=wire("orderType"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    size: Decimal | None = field(default=None, metadata=wire("size"))
    order_price: Decimal | None = field(default=None, metadata=wire("orderPrice"))
    stop: str | None = field(default=None, metadata=wire("stop"))
    """``loss``, ``entry``, one of the pairs ``l_l_o``, ``l_s_o``, ``e_l_o``, ``e_s_o``, or
    ``tso``, which trails."""
    stop_price: Decimal | None = field(default=None, metadata=wire("stopPrice"))
    trade_type: str | None = field(default=None, metadata=wire("tradeType"))
    """``TRADE``, ``MARGIN_TRADE`` or ``MARGIN_ISOLATED_TRADE``."""
    trigger_success: bool | None = field(default=None, metadata=wire("triggerSuccess"))
    error: str | None = field(default=None, metadata=wire("error"))
    """Why the triggered order was not placed."""
    created_at_ms: Ms | None = field(default=None, metadata=wire("createdAt"))
    ts_ns: Ns | None = field(default=None, metadata=wire("ts"))

    @property
    def event(self) -> StopEvent | str | None:
        """What happened; capitals make no difference, and an unknown word is kept."""
        return stop_event(self.type)


def stop_event(word: str | None) -> StopEvent | str | None:
    """Return what a message tells about a stop order, however its word is written."""
    low = None if word is None else word.lower()
    member = known(StopEvent, low)
    return member if isinstance(member, StopEvent) else word


@attrs.frozen(kw_only=True)
class RelationContext:
    """What a change of a balance has to do with; it may have nothing at all."""

    symbol: str | None = field(default=None, metadata=wire("symbol"))
    order_id: IdText | None = field(default=None, metadata=wire("orderId"))
    trade_id: IdText | None = field(default=None, metadata=wire("tradeId"))


@attrs.frozen(kw_only=True)
class AccountBalanceUpdate(KuCoinEvent):
    """The balance of one currency in one account changed: ``/account/balance``."""

    TIMES: ClassVar[tuple[str, ...]] = ("time_ms",)

    currency: str = field(metadata=wire("currency"))
    account_id: IdText | None = field(default=None, metadata=wire("accountId"))
    total: Decimal | None = field(default=None, metadata=wire("total"))
    """What is available and what is held together."""
    available: Decimal | None = field(default=None, metadata=wire("available"))
    hold: Decimal | None = field(default=None, metadata=wire("hold"))
    available_change: Decimal | None = field(default=None, metadata=wire("availableChange"))
    hold_change: Decimal | None = field(default=None, metadata=wire("holdChange"))
    relation_context: RelationContext | None = field(default=None, metadata=wire("relationContext"))
    relation_event: str | None = field(default=None, metadata=wire("relationEvent"))
    """Account and cause, such as ``trade.hold``; the only place that names the account."""
    relation_event_id: IdText | None = field(default=None, metadata=wire("relationEventId"))
    time_ms: Ms | None = field(default=None, metadata=wire("time"))

    @property
    def account(self) -> str | None:
        """The account, such as ``main``, ``trade`` or ``isolated_BTC-USDT``, or None if unsaid.

        Some accounts have an old and a new name in messages; the one that is given here is that of
        :func:`sixmm.venues.kucoin.words.account_name`.
        """
        name = (self.relation_event or "").rpartition(".")[0]
        return account_name(name) if name else None


@attrs.frozen(kw_only=True)
class MarketMatch(KuCoinEvent):
    """A trade on the tape: ``/market/match:SYMBOL``.

    It is public: documentation of 2020 and older says that a private subscription to it tells
    the account's own trades, later ones do not, and no such message was ever recorded. It names
    both orders, so that own trades can be told by their order ids.
    """

    TIMES: ClassVar[tuple[str, ...]] = ("time_ns",)

    symbol: str | None = field(default=None, metadata=wire("symbol"))
    sequence: Whole | None = field(default=None, metadata=wire("sequence"))
    type: str | None = field(default=None, metadata=wire("type"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    """That of the taker."""
    price: Decimal | None = field(default=None, metadata=wire("price"))
    size: Decimal | None = field(default=None, metadata=wire("size"))
    trade_id: IdText | None = field(default=None, metadata=wire("tradeId"))
    taker_order_id: IdText | None = field(default=None, metadata=wire("takerOrderId"))
    maker_order_id: IdText | None = field(default=None, metadata=wire("makerOrderId"))
    time_ns: Ns | None = field(default=None, metadata=wire("time"))


@attrs.frozen(kw_only=True)
class SpotTradeFill(KuCoinEvent):
    """A fill with its fee: ``/spot/tradeFills``, which is no longer documented."""

    TIMES: ClassVar[tuple[str, ...]] = ("time_ns",)

    order_id: str = field(metadata=wire("orderId"))
    trade_id: IdText | None = field(default=None, metadata=wire("tradeId"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    order_type: OrderType | str | None = field(default=None, metadata=wire("orderType"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    size: Decimal | None = field(default=None, metadata=wire("size"))
    fee: Decimal | None = field(default=None, metadata=wire("fee"))
    fee_rate: Decimal | None = field(default=None, metadata=wire("feeRate"))
    fee_currency: str | None = field(default=None, metadata=wire("feeCurrency"))
    time_ns: Ns | None = field(default=None, metadata=wire("time"))
