"""The calls about the service itself, and the public ranking."""

from __future__ import annotations

from ...base import Call
from .. import rest_schema as rest
from ..enums import LeaderboardPeriod
from .arguments import as_, choice, needed, plain_object, result_of
from .endpoints import make_call

__all__ = ["pnl_leaderboard", "server_time", "version"]


def version() -> Call:
    """Return the call for the version of the service; its result is the undocumented object."""
    return make_call("getVersion", result=plain_object)


def server_time() -> Call:
    """Return the call for the exchange's clock, whose result is in Unix milliseconds (rule 39)."""
    return make_call(
        "getServerTime", result=lambda data: result_of(rest.ServerTime, data).timestamp_ms
    )


def pnl_leaderboard(*, period: LeaderboardPeriod | str) -> Call:
    """Return the call for the profit ranking over 7, 30 or 90 days."""
    return make_call(
        "getPnlLeaderboard",
        query={"period": needed(choice(period, LeaderboardPeriod, "period"), "period")},
        result=as_(rest.Leaderboard),
    )
