"""What the futures topics tell about positions and their settings."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar

import attrs
from attrs import field

from ....codec import wire
from ..enums import ChangeReason, MarginMode, PositionSide
from ..kinds import Ms, Ns, Whole
from ..reading import keyed
from .event import KuCoinEvent

__all__ = [
    "CrossLeverageUpdate",
    "FundingSettlement",
    "FuturesPositionUpdate",
    "MarginModeUpdate",
    "RiskLimitAdjustment",
    "SymbolLeverage",
    "SymbolMarginMode",
]


@attrs.frozen(kw_only=True)
class FuturesPositionUpdate(KuCoinEvent):
    """A position changed: ``/contract/position:SYMBOL`` and ``/contract/positionAll``.

    It tells what changed and not what is: a message about the mark price has a few figures and no
    symbol, and what it leaves out is None here and stays as it was. :attr:`changes` has what it
    tells; who keeps positions merges that, and replaces nothing.
    """

    TIMES: ClassVar[tuple[str, ...]] = ("current_timestamp_ms",)

    symbol: str | None = field(default=None, metadata=wire("symbol"))
    """That of the topic where the message does not say it; None if the topic is for all."""
    change_reason: ChangeReason | str | None = field(default=None, metadata=wire("changeReason"))
    is_open: bool | None = field(default=None, metadata=wire("isOpen"))
    """False once it is closed; then the quantity is 0."""
    current_qty: Decimal | None = field(default=None, metadata=wire("currentQty"))
    """In contracts; negative for a short position."""
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("marginMode"))
    cross_mode: bool | None = field(default=None, metadata=wire("crossMode"))
    leverage: Decimal | None = field(default=None, metadata=wire("leverage"))
    real_leverage: Decimal | None = field(default=None, metadata=wire("realLeverage"))
    avg_entry_price: Decimal | None = field(default=None, metadata=wire("avgEntryPrice"))
    liquidation_price: Decimal | None = field(default=None, metadata=wire("liquidationPrice"))
    bankrupt_price: Decimal | None = field(default=None, metadata=wire("bankruptPrice"))
    mark_price: Decimal | None = field(default=None, metadata=wire("markPrice"))
    mark_value: Decimal | None = field(default=None, metadata=wire("markValue"))
    settle_currency: str | None = field(default=None, metadata=wire("settleCurrency"))
    current_cost: Decimal | None = field(default=None, metadata=wire("currentCost"))
    current_comm: Decimal | None = field(default=None, metadata=wire("currentComm"))
    unrealised_cost: Decimal | None = field(default=None, metadata=wire("unrealisedCost"))
    realised_cost: Decimal | None = field(default=None, metadata=wire("realisedCost"))
    realised_gross_cost: Decimal | None = field(default=None, metadata=wire("realisedGrossCost"))
    realised_gross_pnl: Decimal | None = field(default=None, metadata=wire("realisedGrossPnl"))
    realised_pnl: Decimal | None = field(default=None, metadata=wire("realisedPnl"))
    unrealised_pnl: Decimal | None = field(default=None, metadata=wire("unrealisedPnl"))
    unrealised_pnl_percent: Decimal | None = field(default=None, metadata=wire("unrealisedPnlPcnt"))
    unrealised_roe_percent: Decimal | None = field(default=None, metadata=wire("unrealisedRoePcnt"))
    pos_cost: Decimal | None = field(default=None, metadata=wire("posCost"))
    pos_init: Decimal | None = field(default=None, metadata=wire("posInit"))
    pos_margin: Decimal | None = field(default=None, metadata=wire("posMargin"))
    """May be absent once the position is closed."""
    pos_maint: Decimal | None = field(default=None, metadata=wire("posMaint"))
    pos_cross: Decimal | None = field(default=None, metadata=wire("posCross"))
    pos_comm: Decimal | None = field(default=None, metadata=wire("posComm"))
    pos_loss: Decimal | None = field(default=None, metadata=wire("posLoss"))
    pos_funding: Decimal | None = field(default=None, metadata=wire("posFunding"))
    maint_margin: Decimal | None = field(default=None, metadata=wire("maintMargin"))
    maint_margin_req: Decimal | None = field(default=None, metadata=wire("maintMarginReq"))
    risk_limit: Decimal | None = field(default=None, metadata=wire("riskLimit"))
    risk_limit_level: Whole | None = field(default=None, metadata=wire("riskLimitLevel"))
    auto_deposit: bool | None = field(default=None, metadata=wire("autoDeposit"))
    deleverage_percentage: Decimal | None = field(default=None, metadata=wire("delevPercentage"))
    """Where the position is in the queue of auto-deleveraging, from 0 to 1."""
    tax: Decimal | None = field(default=None, metadata=wire("tax"))
    """Seen in live messages, as the next three."""
    deal_comm: Decimal | None = field(default=None, metadata=wire("dealComm"))
    funding_fee: Decimal | None = field(default=None, metadata=wire("fundingFee"))
    agg_rate: Decimal | None = field(default=None, metadata=wire("aggRate"))
    opening_timestamp_ms: Ms | None = field(default=None, metadata=wire("openingTimestamp"))
    current_timestamp_ms: Ms | None = field(default=None, metadata=wire("currentTimestamp"))

    @property
    def changes(self) -> Mapping[str, Any]:
        """The fields that the message tells, by their name here."""
        values = ((name, getattr(self, name)) for name in _POSITION_FIELDS)
        return MappingProxyType({name: value for name, value in values if value is not None})

    @property
    def is_partial(self) -> bool:
        """Whether it tells some figures of a position only, as a move of the mark price does."""
        return self.current_qty is None


_POSITION_FIELDS = tuple(
    field.name for field in attrs.fields(FuturesPositionUpdate) if "wire" in field.metadata
)


@attrs.frozen(kw_only=True)
class FundingSettlement(KuCoinEvent):
    """Funding was paid or received for a position: ``position.settlement``."""

    TIMES: ClassVar[tuple[str, ...]] = ("ts_ns", "funding_time_ms")

    symbol: str | None = None
    """That of the topic: the message has none."""
    quantity: Decimal | None = field(default=None, metadata=wire("qty"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("marginMode"))
    mark_price: Decimal | None = field(default=None, metadata=wire("markPrice"))
    funding_rate: Decimal | None = field(default=None, metadata=wire("fundingRate"))
    funding_fee: Decimal | None = field(default=None, metadata=wire("fundingFee"))
    """Negative where it was paid."""
    settle_currency: str | None = field(default=None, metadata=wire("settleCurrency"))
    funding_time_ms: Ms | None = field(default=None, metadata=wire("fundingTime"))
    ts_ns: Ns | None = field(default=None, metadata=wire("ts"))


@attrs.frozen(kw_only=True)
class RiskLimitAdjustment(KuCoinEvent):
    """What became of a change of the risk limit: ``position.adjustRiskLimit``. It has no time."""

    symbol: str | None = None
    """That of the topic: the message has none."""
    success: bool | None = field(default=None, metadata=wire("success"))
    risk_limit_level: Whole | None = field(default=None, metadata=wire("riskLimitLevel"))
    message: str | None = field(default=None, metadata=wire("msg"))
    """Why it failed."""


@attrs.frozen(kw_only=True)
class SymbolMarginMode:
    """The margin mode of one symbol."""

    symbol: str
    margin_mode: MarginMode | str | None = None


@attrs.frozen(kw_only=True)
class MarginModeUpdate(KuCoinEvent):
    """Margin modes were changed: ``/contract/marginMode``. It has no time."""

    modes: tuple[SymbolMarginMode, ...] = field(
        default=(), metadata=keyed(None, key="symbol", value="margin_mode")
    )


@attrs.frozen(kw_only=True)
class SymbolLeverage:
    """The leverage of one symbol in cross margin."""

    symbol: str
    leverage: Decimal | None = field(default=None, metadata=wire("leverage"))


@attrs.frozen(kw_only=True)
class CrossLeverageUpdate(KuCoinEvent):
    """Leverages in cross margin were changed: ``/contract/crossLeverage``. It has no time."""

    leverages: tuple[SymbolLeverage, ...] = field(default=(), metadata=keyed(None, key="symbol"))
