"""What the unified stream tells, which carries spot, margin and futures on one connection.

Its members have short names, some of which differ in their case only. An empty text stands for "not
applicable", and is None here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import attrs
from attrs import field

from ....codec import wire
from ..enums import (
    MarginMode,
    PositionSide,
    ProFillType,
    ProLiquidity,
    ProMarginAlert,
    ProOrderEvent,
    ProOrderStatus,
    ProOrderType,
    ProSide,
    ProTradeType,
    StopPriceType,
)
from ..kinds import IdText, Ms, Ns, Whole
from .event import KuCoinEvent

__all__ = [
    "ProBalanceUpdate",
    "ProEvent",
    "ProExecution",
    "ProLeverageUpdate",
    "ProLiquidationWarning",
    "ProOrderUpdate",
    "ProPositionUpdate",
]


@attrs.frozen(kw_only=True)
class ProEvent(KuCoinEvent):
    """The base of the pushes of the unified stream.

    ``subject`` is the channel, such as ``orderAll``. ``ts`` is when the message was pushed: what
    a message says of its data may be days old, as of a balance that is only looked at again.
    """

    UNDER: ClassVar[str] = "d"
    AROUND: ClassVar[frozenset[str]] = frozenset({"T", "P"})

    account_type: ProTradeType | str | None = None
    """The market or account of the channel, such as ``UNIFIED``."""
    push_time_ns: int | None = None


@attrs.frozen(kw_only=True)
class ProOrderUpdate(ProEvent):
    """An order changed: channels ``order``, for a symbol, and ``orderAll``."""

    TIMES: ClassVar[tuple[str, ...]] = ("push_time_ns", "updated_at_ns", "created_at_ns")

    order_id: str = field(metadata=wire("oi"))
    client_oid: str | None = field(default=None, metadata=wire("ci"))
    symbol: str | None = field(default=None, metadata=wire("s"))
    trade_type: ProTradeType | str | None = field(default=None, metadata=wire("tT"))
    type: ProOrderEvent | str | None = field(default=None, metadata=wire("eT"))
    """What happened."""
    status: ProOrderStatus | int | None = field(default=None, metadata=wire("os"))
    side: ProSide | str | None = field(default=None, metadata=wire("S"))
    order_type: ProOrderType | str | None = field(default=None, metadata=wire("oT"))
    time_in_force: str | None = field(default=None, metadata=wire("tIF"))
    post_only: bool | None = field(default=None, metadata=wire("pO"))
    reduce_only: bool | None = field(default=None, metadata=wire("rO"))
    self_trade_prevention: str | None = field(default=None, metadata=wire("stp"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("pS"))
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("mM"))
    leverage: Decimal | None = field(default=None, metadata=wire("l"))
    price: Decimal | None = field(default=None, metadata=wire("p"))
    quantity: Decimal | None = field(default=None, metadata=wire("q"))
    quantity_unit: str | None = field(default=None, metadata=wire("qU"))
    """``BASECCY``, ``QUOTECCY``, or ``UNIT`` for contracts."""
    filled_size: Decimal | None = field(default=None, metadata=wire("fS"))
    """Filled so far."""
    last_size: Decimal | None = field(default=None, metadata=wire("lS"))
    """Of the last fill."""
    last_price: Decimal | None = field(default=None, metadata=wire("ls"))
    """Of the last fill."""
    average_price: Decimal | None = field(default=None, metadata=wire("aP"))
    remain_size: Decimal | None = field(default=None, metadata=wire("rS"))
    canceled_size: Decimal | None = field(default=None, metadata=wire("cS"))
    fee: Decimal | None = field(default=None, metadata=wire("f"))
    """Of all fills so far."""
    last_fee: Decimal | None = None
    """Of the last fill, where a REST reply told it; no message does."""
    fee_currency: str | None = field(default=None, metadata=wire("fC"))
    tax: Decimal | None = field(default=None, metadata=wire("t"))
    last_trade_id: IdText | None = field(default=None, metadata=wire("ti"))
    """Of the last fill."""
    liquidity: ProLiquidity | str | None = field(default=None, metadata=wire("lR"))
    """Of the last fill."""
    cancel_reason: str | None = field(default=None, metadata=wire("cR"))
    """``USER``, ``IOC``, ``STP``, ``SYSTEM_CANCEL``, ``LIQUIDATION`` or another word."""
    source: str | None = field(default=None, metadata=wire("oS"))
    trigger_direction: str | None = field(default=None, metadata=wire("tD"))
    trigger_price: Decimal | None = field(default=None, metadata=wire("tP"))
    trigger_price_type: StopPriceType | str | None = field(default=None, metadata=wire("tPT"))
    take_profit_price: Decimal | None = field(default=None, metadata=wire("pP"))
    take_profit_price_type: StopPriceType | str | None = field(default=None, metadata=wire("pPT"))
    take_profit_order_price: Decimal | None = field(default=None, metadata=wire("pOP"))
    stop_loss_price: Decimal | None = field(default=None, metadata=wire("lP"))
    stop_loss_price_type: StopPriceType | str | None = field(default=None, metadata=wire("lPT"))
    stop_loss_order_price: Decimal | None = field(default=None, metadata=wire("lOP"))
    trigger_order_id: IdText | None = field(default=None, metadata=wire("toi"))
    """The trigger order that this one comes from."""
    broker: str | None = field(default=None, metadata=wire("bT"))
    broker_tag: str | None = field(default=None, metadata=wire("brokerTag"))
    created_at_ns: Ns | None = field(default=None, metadata=wire("O"))
    updated_at_ns: Ns | None = field(default=None, metadata=wire("U"))

    @property
    def has_ended(self) -> bool:
        """Whether the order cannot trade any more."""
        return self.status in _ENDED


_ENDED = (
    ProOrderStatus.FILLED,
    ProOrderStatus.CANCELED,
    ProOrderStatus.PARTIALLY_CANCELED,
)


@attrs.frozen(kw_only=True)
class ProExecution(ProEvent):
    """A fill: channel ``execution``, and ``execution.lite``, which is sooner and has no fee."""

    TIMES: ClassVar[tuple[str, ...]] = ("push_time_ns", "executed_at_ns")

    order_id: str | None = field(default=None, metadata=wire("oi"))
    """``0`` where the exchange itself traded: see :attr:`fill_type`."""
    client_oid: str | None = field(default=None, metadata=wire("ci"))
    trade_id: IdText | None = field(default=None, metadata=wire("ti"))
    symbol: str | None = field(default=None, metadata=wire("s"))
    side: ProSide | str | None = field(default=None, metadata=wire("S"))
    order_type: ProOrderType | str | None = field(default=None, metadata=wire("oT"))
    price: Decimal | None = field(default=None, metadata=wire("p"))
    quantity: Decimal | None = field(default=None, metadata=wire("q"))
    liquidity: ProLiquidity | str | None = field(default=None, metadata=wire("lR"))
    fee: Decimal | None = field(default=None, metadata=wire("f"))
    fee_currency: str | None = field(default=None, metadata=wire("fC"))
    fill_type: ProFillType | str | None = field(default=None, metadata=wire("fT"))
    closed_pnl: Decimal | None = field(default=None, metadata=wire("fP"))
    executed_at_ns: Ns | None = field(default=None, metadata=wire("E"))


@attrs.frozen(kw_only=True)
class ProBalanceUpdate(ProEvent):
    """The balance of one currency: channel ``balance``."""

    TIMES: ClassVar[tuple[str, ...]] = ("push_time_ns", "updated_at_ms")

    currency: str = field(metadata=wire("c"))
    equity: Decimal | None = field(default=None, metadata=wire("e"))
    balance: Decimal | None = field(default=None, metadata=wire("b"))
    available: Decimal | None = field(default=None, metadata=wire("a"))
    hold: Decimal | None = field(default=None, metadata=wire("h"))
    liability: Decimal | None = field(default=None, metadata=wire("l"))
    collateral_status: Whole | None = field(default=None, metadata=wire("cS"))
    sequence: Whole | None = field(default=None, metadata=wire("E"))
    """Seen in live messages of futures accounts."""
    total_cross_margin: Decimal | None = field(default=None, metadata=wire("tCM"))
    cross_pos_margin: Decimal | None = field(default=None, metadata=wire("cPM"))
    cross_order_margin: Decimal | None = field(default=None, metadata=wire("cOM"))
    cross_unrealised_pnl: Decimal | None = field(default=None, metadata=wire("cUP"))
    isolated_pos_margin: Decimal | None = field(default=None, metadata=wire("iPM"))
    isolated_order_margin: Decimal | None = field(default=None, metadata=wire("iOM"))
    isolated_funding_fee_margin: Decimal | None = field(default=None, metadata=wire("iFF"))
    isolated_unrealised_pnl: Decimal | None = field(default=None, metadata=wire("iUP"))
    updated_at_ms: Ms | None = field(default=None, metadata=wire("U"))
    """When it last changed; most accounts count it in nanoseconds, which are converted."""


@attrs.frozen(kw_only=True)
class ProPositionUpdate(ProEvent):
    """A position: channels ``position``, for a symbol, and ``positionAll``."""

    TIMES: ClassVar[tuple[str, ...]] = ("push_time_ns", "updated_at_ns")

    position_id: IdText | None = field(default=None, metadata=wire("pi"))
    symbol: str | None = field(default=None, metadata=wire("s"))
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("mM"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("pS"))
    quantity: Decimal | None = field(default=None, metadata=wire("q"))
    """Negative for a short position."""
    entry_price: Decimal | None = field(default=None, metadata=wire("eP"))
    position_value: Decimal | None = field(default=None, metadata=wire("pV"))
    position_margin: Decimal | None = field(default=None, metadata=wire("pM"))
    mark_price: Decimal | None = field(default=None, metadata=wire("mP"))
    liquidation_price: Decimal | None = field(default=None, metadata=wire("lP"))
    bankrupt_price: Decimal | None = field(default=None, metadata=wire("bP"))
    leverage: Decimal | None = field(default=None, metadata=wire("l"))
    unrealised_pnl: Decimal | None = field(default=None, metadata=wire("uPL"))
    realised_pnl: Decimal | None = field(default=None, metadata=wire("rPL"))
    initial_margin: Decimal | None = field(default=None, metadata=wire("iM"))
    maintenance_margin_rate: Decimal | None = field(default=None, metadata=wire("mmr"))
    maintenance_margin: Decimal | None = field(default=None, metadata=wire("mtM"))
    risk_ratio: Decimal | None = field(default=None, metadata=wire("r"))
    deleverage: Decimal | None = field(default=None, metadata=wire("adl"))
    """Where it is in the queue of auto-deleveraging."""
    created_at_ns: Ns | None = field(default=None, metadata=wire("O"))
    updated_at_ns: Ns | None = field(default=None, metadata=wire("U"))


@attrs.frozen(kw_only=True)
class ProLeverageUpdate(ProEvent):
    """The leverage of a symbol, or of a currency, was changed: channel ``leverage``."""

    TIMES: ClassVar[tuple[str, ...]] = ("push_time_ns",)

    symbol: str | None = field(default=None, metadata=wire("s"))
    currency: str | None = field(default=None, metadata=wire("c"))
    leverage: Decimal | None = field(default=None, metadata=wire("l"))
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("mM"))
    trade_type: ProTradeType | str | None = field(default=None, metadata=wire("tT"))


@attrs.frozen(kw_only=True)
class ProLiquidationWarning(ProEvent):
    """An account comes close to liquidation: channel ``lw``, which is also called ``risk``."""

    TIMES: ClassVar[tuple[str, ...]] = ("push_time_ns", "updated_at_ns")

    type: ProMarginAlert | str | None = field(default=None, metadata=wire("eT"))
    risk_ratio: Decimal | None = field(default=None, metadata=wire("r"))
    adjusted_equity: Decimal | None = field(default=None, metadata=wire("a"))
    initial_margin: Decimal | None = field(default=None, metadata=wire("iM"))
    maintenance_margin: Decimal | None = field(default=None, metadata=wire("mM"))
    available_margin: Decimal | None = field(default=None, metadata=wire("aM"))
    equity: Decimal | None = field(default=None, metadata=wire("e"))
    liability: Decimal | None = field(default=None, metadata=wire("l"))
    updated_at_ns: Ns | None = field(default=None, metadata=wire("U"))
