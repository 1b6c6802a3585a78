"""What the calls about positions tell."""

from __future__ import annotations

from decimal import Decimal

import attrs
from attrs import field

from ....codec import wire
from ..enums import CloseTrigger, MarginMode, MarginModeCode, PositionSide
from .row import Row
from .user import UserAsset

__all__ = [
    "AccountRows",
    "LeverageSetting",
    "PositionHistoryPage",
    "PositionHistoryRow",
    "PositionRow",
    "PositionSetting",
    "Positions",
]


@attrs.frozen(kw_only=True)
class PositionRow(Row):
    """One position."""

    symbol: str = field(metadata=wire("symbol"))
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
class Positions:
    """Every position."""

    rows: tuple[PositionRow, ...] = field(metadata=wire("positions"))


@attrs.frozen(kw_only=True)
class PositionSetting(Row):
    """Leverage and margin mode of a symbol; the mode is a number here (rule 67)."""

    symbol: str | None = field(default=None, metadata=wire("symbol"))
    margin_mode: MarginModeCode | int | None = field(default=None, metadata=wire("marginMode"))
    leverage: int | None = field(default=None, metadata=wire("leverage"))


@attrs.frozen(kw_only=True)
class LeverageSetting(Row):
    """The leverage that was set."""

    symbol: str | None = field(default=None, metadata=wire("symbol"))
    leverage: int | None = field(default=None, metadata=wire("leverage"))
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))


@attrs.frozen(kw_only=True)
class PositionHistoryRow(Row):
    """One position that was closed; it has no id of its own."""

    symbol: str | None = field(default=None, metadata=wire("symbol"))
    position_side: PositionSide | str | None = field(default=None, metadata=wire("positionSide"))
    leverage: int | None = field(default=None, metadata=wire("leverage"))
    max_quantity: Decimal | None = field(default=None, metadata=wire("maxQuantity"))
    entry_price: Decimal | None = field(default=None, metadata=wire("entryPrice"))
    close_price: Decimal | None = field(default=None, metadata=wire("closePrice"))
    pnl: Decimal | None = field(default=None, metadata=wire("pnl"))
    roe: Decimal | None = field(default=None, metadata=wire("roe"))
    margin_mode: MarginMode | str | None = field(default=None, metadata=wire("marginMode"))
    trigger_mode: CloseTrigger | int | None = field(default=None, metadata=wire("triggerMode"))
    """Why it was closed (rule 69)."""
    funding_fee_accum: Decimal | None = field(default=None, metadata=wire("fundingFeeAccum"))
    opened_at: int | None = field(default=None, metadata=wire("openedAt"))
    closed_at: int | None = field(default=None, metadata=wire("closedAt"))


@attrs.frozen(kw_only=True)
class PositionHistoryPage:
    """One page of closed positions, newest first."""

    rows: tuple[PositionHistoryRow, ...] = field(metadata=wire("list"))
    total: int | None = field(default=None, metadata=wire("total"))


@attrs.frozen(kw_only=True)
class AccountRows:
    """Rows of balances and positions side by side, as an event with ``origin=REST`` keeps them."""

    balances: tuple[UserAsset, ...] = field(default=(), metadata=wire("balances"))
    positions: tuple[PositionRow, ...] = field(default=(), metadata=wire("positions"))
