"""The calls about the service itself, and the public ranking."""

from __future__ import annotations

import pytest

from sixmm.errors import ConfigurationError, DecodeError
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.enums import LeaderboardPeriod
from sixmm.venues.sixmm.envelope import parse

from ..examples import success


def test_the_clock_is_in_milliseconds() -> None:
    """Of the two times in the reply the one in milliseconds is the result (rules 7, 39)."""
    data = {"timestamp": 1780473256, "timestampMs": 1780473256708}

    assert parse(calls.server_time(), success(data)) == 1780473256708
    with pytest.raises(DecodeError, match="timestampMs"):
        parse(calls.server_time(), success({"timestamp": 1780473256}))


def test_the_ranking() -> None:
    """The period is one of three, and the rows come back typed."""
    call = calls.pnl_leaderboard(period=LeaderboardPeriod.DAYS_30)
    board = parse(call, success({"list": [{"rank": 1, "pnlPct": "0.5"}], "myRank": 0}))

    assert call.query == (("period", "30d"),)
    assert (board.rows[0].rank, str(board.rows[0].pnl_pct), board.my_rank) == (1, "0.5", 0)
    with pytest.raises(ConfigurationError, match="period is one of 7d, 30d, 90d, and not '1d'"):
        calls.pnl_leaderboard(period="1d")
