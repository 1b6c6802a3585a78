"""What the futures topics tell about orders and the wallet."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import attrs
from attrs import field

from ....codec import wire
from ..enums import (
    FuturesTradeType,
    Liquidity,
    MarginMode,
    OrderEvent,
    OrderStatus,
    OrderType,
    PositionSide,
    Side,
    StopDirection,
    StopEvent,
    StopPriceType,
)
from ..kinds import IdText, Ms, Ns, Whole
from .event import KuCoinEvent
from .spot import stop_event

__all__ = [
    "AvailableBalanceChange",
    "FuturesOrderUpdate",
    "FuturesStopOrderUpdate",
    "OrderMarginChange",
    "WalletBalanceUpdate",
    "WithdrawHoldChange",
]

_ZERO = Decimal(0)


@attrs.frozen(kw_only=True)
class FuturesOrderUpdate(KuCoinEvent):
    """A futures order changed: ``/contractMarket/tradeOrders``, for all symbols or for one.

    Sizes count contracts. No message tells a fee.
    """

    TIMES: ClassVar[tuple[str, ...]] = ("ts_ns", "order_time_ns")

    order_id: str = field(metadata=wire("orderId"))
    """An order of auto-deleveraging has an id of another form than the others."""
    client_oid: str | None = field(default=None, metadata=wire("clientOid"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    """That of the topic where the message does not say it."""
    type: OrderEvent | str | None = field(default=None, metadata=wire("type"))
    status: OrderStatus | str | None = field(default=None, metadata=wire("status"))
    """A match as maker may already say ``done``."""
    trade_type: FuturesTradeType | str | None = field(default=None, metadata=wire("tradeType"))
    order_type: OrderType | str | None = field(default=None, metadata=wire("orderType"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("marginMode"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    """0 for a market order."""
    size: Decimal | None = field(default=None, metadata=wire("size"))
    old_size: Decimal | None = field(default=None, metadata=wire("oldSize"))
    """The size before an update."""
    old_size_padded: Decimal | None = field(default=None, metadata=wire("oldSize "))
    """The same under a name that ends in a blank, as old documentation prints it."""
    filled_size: Decimal | None = field(default=None, metadata=wire("filledSize"))
    """Filled so far."""
    remain_size: Decimal | None = field(default=None, metadata=wire("remainSize"))
    canceled_size: Decimal | None = field(default=None, metadata=wire("canceledSize"))
    all_canceled_size: Decimal | None = field(default=None, metadata=wire("allCanceledSize"))
    match_price: Decimal | None = field(default=None, metadata=wire("matchPrice"))
    match_size: Decimal | None = field(default=None, metadata=wire("matchSize"))
    trade_id: IdText | None = field(default=None, metadata=wire("tradeId"))
    liquidity: Liquidity | str | None = field(default=None, metadata=wire("liquidity"))
    fee_type: str | None = field(default=None, metadata=wire("feeType"))
    """``takerFee`` or ``makerFee``, of a match; the amount is not told here."""
    owner_id: str | None = attrs.field(default=None, repr=False, metadata=wire("userId"))
    """The id of the account, which some messages repeat."""
    order_time_ns: Ns | None = field(default=None, metadata=wire("orderTime"))
    """When the order came in; milliseconds, which the documentation speaks of, are converted."""
    ts_ns: Ns | None = field(default=None, metadata=wire("ts"))
    """When the matching engine did it."""
    fee: Decimal | None = None
    """Of this fill, where a REST reply told it; no message does."""
    fee_currency: str | None = None

    @property
    def has_ended(self) -> bool:
        """Whether the order cannot trade any more."""
        ends = (OrderEvent.FILLED, OrderEvent.CANCELED)
        return self.status == OrderStatus.DONE or self.type in ends

    @property
    def is_filled(self) -> bool:
        """Whether the order has ended by being filled; what was filled decides."""
        if not self.has_ended or self.type == OrderEvent.UPDATE:
            # An update that ends an order has cancelled the rest of it, and shrunk its size.
            return False
        if self.type == OrderEvent.CANCELED and self.canceled_size:
            # The size may have shrunk to what was filled.
            return False
        filled, size = self.filled_size or _ZERO, self.size or _ZERO
        return self.type == OrderEvent.FILLED or (0 < size <= filled)


@attrs.frozen(kw_only=True)
class FuturesStopOrderUpdate(KuCoinEvent):
    """A futures stop order changed: ``/contractMarket/advancedOrders``."""

    TIMES: ClassVar[tuple[str, ...]] = ("ts_ns", "created_at_ms")

    order_id: str = field(metadata=wire("orderId"))
    symbol: str | None = field(default=None, metadata=wire("symbol"))
    type: str | None = field(default=None, metadata=wire("type"))
    """What happened, as it was written; see :attr:`event`."""
    order_type: OrderType | str | None = field(default=None, metadata=wire("orderType"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    size: Decimal | None = field(default=None, metadata=wire("size"))
    order_price: Decimal | None = field(default=None, metadata=wire("orderPrice"))
    """None for a market order."""
    stop: StopDirection | str | None = field(default=None, metadata=wire("stop"))
    stop_price: Decimal | None = field(default=None, metadata=wire("stopPrice"))
    stop_price_type: StopPriceType | str | None = field(
        default=None, metadata=wire("stopPriceType")
    )
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("marginMode"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    trigger_success: bool | None = field(default=None, metadata=wire("triggerSuccess"))
    error: str | None = field(default=None, metadata=wire("error"))
    """Why the triggered order was not placed."""
    created_at_ms: Ms | None = field(default=None, metadata=wire("createdAt"))
    ts_ns: Ns | None = field(default=None, metadata=wire("ts"))

    @property
    def event(self) -> StopEvent | str | None:
        """What happened; capitals make no difference, and an unknown word is kept."""
        return stop_event(self.type)


@attrs.frozen(kw_only=True)
class WalletBalanceUpdate(KuCoinEvent):
    """The futures wallet changed: ``/contractAccount/wallet``, ``walletBalance.change``."""

    TIMES: ClassVar[tuple[str, ...]] = ("timestamp_ms",)

    currency: str = field(metadata=wire("currency"))
    wallet_balance: Decimal | None = field(default=None, metadata=wire("walletBalance"))
    available_balance: Decimal | None = field(default=None, metadata=wire("availableBalance"))
    hold_balance: Decimal | None = field(default=None, metadata=wire("holdBalance"))
    """Held for withdrawals and transfers."""
    equity: Decimal | None = field(default=None, metadata=wire("equity"))
    total_cross_margin: Decimal | None = field(default=None, metadata=wire("totalCrossMargin"))
    cross_pos_margin: Decimal | None = field(default=None, metadata=wire("crossPosMargin"))
    cross_order_margin: Decimal | None = field(default=None, metadata=wire("crossOrderMargin"))
    cross_unrealised_pnl: Decimal | None = field(default=None, metadata=wire("crossUnPnl"))
    isolated_pos_margin: Decimal | None = field(default=None, metadata=wire("isolatedPosMargin"))
    """With the funding margin in it."""
    isolated_order_margin: Decimal | None = field(
        default=None, metadata=wire("isolatedOrderMargin")
    )
    isolated_funding_fee_margin: Decimal | None = field(
        default=None, metadata=wire("isolatedFundingFeeMargin")
    )
    isolated_unrealised_pnl: Decimal | None = field(default=None, metadata=wire("isolatedUnPnl"))
    max_withdraw_amount: Decimal | None = field(default=None, metadata=wire("maxWithdrawAmount"))
    """Seen in live messages, not documented."""
    available_margin: Decimal | None = field(default=None, metadata=wire("availableMargin"))
    """Seen in live messages, not documented."""
    version: Whole | None = field(default=None, metadata=wire("version"))
    """Grows with each change, but stays where the mark price moves what is available."""
    timestamp_ms: Ms | None = field(default=None, metadata=wire("timestamp"))


@attrs.frozen(kw_only=True)
class OrderMarginChange(KuCoinEvent):
    """The margin of orders changed; ends with the first switch to cross margin."""

    TIMES: ClassVar[tuple[str, ...]] = ("timestamp_ms",)

    currency: str = field(metadata=wire("currency"))
    order_margin: Decimal | None = field(default=None, metadata=wire("orderMargin"))
    timestamp_ms: Ms | None = field(default=None, metadata=wire("timestamp"))


@attrs.frozen(kw_only=True)
class AvailableBalanceChange(KuCoinEvent):
    """What is available changed; ends with the first switch to cross margin."""

    TIMES: ClassVar[tuple[str, ...]] = ("timestamp_ms",)

    currency: str = field(metadata=wire("currency"))
    available_balance: Decimal | None = field(default=None, metadata=wire("availableBalance"))
    hold_balance: Decimal | None = field(default=None, metadata=wire("holdBalance"))
    timestamp_ms: Ms | None = field(default=None, metadata=wire("timestamp"))


@attrs.frozen(kw_only=True)
class WithdrawHoldChange(KuCoinEvent):
    """What is held for withdrawals changed; ends with the first switch to cross margin."""

    TIMES: ClassVar[tuple[str, ...]] = ("timestamp_ms",)

    currency: str = field(metadata=wire("currency"))
    withdraw_hold: Decimal | None = field(default=None, metadata=wire("withdrawHold"))
    timestamp_ms: Ms | None = field(default=None, metadata=wire("timestamp"))
