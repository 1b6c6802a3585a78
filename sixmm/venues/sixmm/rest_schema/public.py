"""What the service tells of itself, and the public ranking."""

from __future__ import annotations

from decimal import Decimal

import attrs
from attrs import field

from ....codec import wire
from .row import Row

__all__ = ["Leaderboard", "LeaderboardRow", "ServerTime"]


@attrs.frozen(kw_only=True)
class ServerTime(Row):
    """The exchange's clock."""

    timestamp_ms: int = field(metadata=wire("timestampMs"))
    """Unix milliseconds."""
    timestamp_s: int | None = field(default=None, metadata=wire("timestamp"))
    """Unix seconds (rule 7)."""
    iso: str | None = field(default=None, metadata=wire("iso"))
    timezone: str | None = field(default=None, metadata=wire("timezone"))


@attrs.frozen(kw_only=True)
class LeaderboardRow(Row):
    """One trader of the profit ranking."""

    rank: int | None = field(default=None, metadata=wire("rank"))
    user_id: str | None = field(default=None, metadata=wire("userId"))
    trader: str | None = field(default=None, metadata=wire("trader"))
    """The name, partly hidden."""
    volume: Decimal | None = field(default=None, metadata=wire("volume"))
    """What was traded in the period."""
    pnl_amount: Decimal | None = field(default=None, metadata=wire("pnlAmount"))
    pnl_pct: Decimal | None = field(default=None, metadata=wire("pnlPct"))
    """The profit as a fraction: 0.1 is 10 %."""


@attrs.frozen(kw_only=True)
class Leaderboard(Row):
    """The profit ranking of a period."""

    rows: tuple[LeaderboardRow, ...] = field(metadata=wire("list"))
    my_rank: int | None = field(default=None, metadata=wire("myRank"))
    """The caller's place; 0 for someone who is not logged in or not in the ranking."""
