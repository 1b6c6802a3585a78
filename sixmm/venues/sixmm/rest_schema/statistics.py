"""What the ledger and the statistics of the account tell."""

from __future__ import annotations

from decimal import Decimal

import attrs
from attrs import field

from ....codec import wire
from ..enums import ChangeType
from .row import Row

__all__ = [
    "AssetPoint",
    "AssetSummary",
    "AssetTrend",
    "BalanceHistory",
    "BalanceRow",
    "ChangePage",
    "ChangeRow",
    "TradeOverview",
    "VolumeStats",
]


# The ledger


@attrs.frozen(kw_only=True)
class ChangeRow(Row):
    """One change of the wallet; it has no id of its own."""

    asset_type: str | None = field(default=None, metadata=wire("assetType"))
    amount: Decimal | None = field(default=None, metadata=wire("amount"))
    wallet_balance_before: Decimal | None = field(
        default=None, metadata=wire("walletBalanceBefore")
    )
    wallet_balance_after: Decimal | None = field(default=None, metadata=wire("walletBalanceAfter"))
    frozen_balance_before: Decimal | None = field(
        default=None, metadata=wire("frozenBalanceBefore")
    )
    """Held for open orders; the asset call says ``frozenMargin`` (rule 80)."""
    frozen_balance_after: Decimal | None = field(default=None, metadata=wire("frozenBalanceAfter"))
    change_type: ChangeType | str | None = field(default=None, metadata=wire("changeType"))
    """Why; the known words are *assumed*."""
    reference_id: str | None = field(default=None, metadata=wire("referenceId"))
    """The id of what caused it."""
    created_at: int | None = field(default=None, metadata=wire("createdAt"))


@attrs.frozen(kw_only=True)
class ChangePage:
    """One page of the ledger."""

    rows: tuple[ChangeRow, ...] = field(metadata=wire("list"))
    total: int | None = field(default=None, metadata=wire("total"))


# Statistics; days are cut at UTC midnight (rule 8)


@attrs.frozen(kw_only=True)
class VolumeStats(Row):
    """Turnover and fees of the last 30 days."""

    volume_30d: Decimal | None = field(default=None, metadata=wire("volume30d"))
    fee_total_30d: Decimal | None = field(default=None, metadata=wire("feeTotal30d"))


@attrs.frozen(kw_only=True)
class BalanceRow(Row):
    """The balance at the end of one day, week or month."""

    date: str | None = field(default=None, metadata=wire("date"))
    """*Assumed* to be ``YYYY-MM-DD``."""
    balance: Decimal | None = field(default=None, metadata=wire("balance"))
    pnl: Decimal | None = field(default=None, metadata=wire("pnl"))
    """The profit that was realized in it."""


@attrs.frozen(kw_only=True)
class BalanceHistory(Row):
    """The balance over time."""

    items: tuple[BalanceRow, ...] = field(metadata=wire("items"))


@attrs.frozen(kw_only=True)
class AssetSummary(Row):
    """The headline figures of the account."""

    today_pnl: Decimal | None = field(default=None, metadata=wire("todayPnl"))
    today_volume: Decimal | None = field(default=None, metadata=wire("todayVolume"))
    total_volume: Decimal | None = field(default=None, metadata=wire("totalVolume"))
    total_pnl: Decimal | None = field(default=None, metadata=wire("totalPnl"))
    max_drawdown_30d: Decimal | None = field(default=None, metadata=wire("maxDrawdown30d"))
    """As an amount."""
    max_drawdown_30d_rate: Decimal | None = field(default=None, metadata=wire("maxDrawdown30dRate"))
    """As a fraction, from 0 to 1."""
    transfer_in: Decimal | None = field(default=None, metadata=wire("transferIn"))
    transfer_out: Decimal | None = field(default=None, metadata=wire("transferOut"))


@attrs.frozen(kw_only=True)
class AssetPoint(Row):
    """The figures of the account at one time."""

    snapshot_time: int | None = field(default=None, metadata=wire("snapshotTime"))
    balance: Decimal | None = field(default=None, metadata=wire("balance"))
    pnl: Decimal | None = field(default=None, metadata=wire("pnl"))
    """The profit of the period."""
    pnl_rate: Decimal | None = field(default=None, metadata=wire("pnlRate"))
    total_pnl: Decimal | None = field(default=None, metadata=wire("totalPnl"))


@attrs.frozen(kw_only=True)
class AssetTrend(Row):
    """The figures of the account over time."""

    items: tuple[AssetPoint, ...] = field(metadata=wire("items"))


@attrs.frozen(kw_only=True)
class TradeOverview(AssetSummary):
    """The headline figures with their trend; what the items have is *assumed* (rule 112)."""

    items: tuple[AssetPoint, ...] = field(default=(), metadata=wire("items"))
