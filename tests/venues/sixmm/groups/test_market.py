"""The public market data: each method makes the call that it is named after."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sixmm.venues.base import Call
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.groups import MarketGroup

from .caller import Echo, Exchange, plain

MINUTE = 60_000


def test_calls() -> None:
    """Market calls pass their arguments on."""
    group = MarketGroup(Echo())
    wanted = calls.klines(
        symbol="X", interval="1m", price_type="markPrice", start_time=1, end_time=2, limit=3
    )

    assert plain(group.symbols()) == plain(calls.symbols())
    assert plain(
        group.klines("X", "1m", price_type="markPrice", start_time=1, end_time=2, limit=3)
    ) == plain(wanted)
    assert plain(group.pnl_leaderboard("7d")) == plain(calls.pnl_leaderboard(period="7d"))


class Candles:
    """An exchange with a candle for each of the first minutes."""

    def __init__(self, count: int) -> None:
        self.rows = [{"openTime": n * MINUTE, "close": str(n)} for n in range(count)]
        self.exchange = Exchange(self._answer)

    def _answer(self, call: Call) -> Any:
        query = dict(call.query)
        start, end = int(query.get("startTime", 0)), int(query.get("endTime", 10**15))
        found = [row for row in self.rows if start <= row["openTime"] <= end]
        return {"list": found[-int(query.get("limit", 500)) :]}


def test_more_candles_than_a_call_gives() -> None:
    """Candles beyond 1,000 come in order, each once, with their progress (rule 64)."""
    candles = Candles(2_500)
    told: list[tuple[int, int | None]] = []
    rows = MarketGroup(candles.exchange).iter_klines(
        "X", "1m", start_time=0, end_time=2_499 * MINUTE, progress=lambda *f: told.append(f)
    )

    assert [row.open_time for row in rows] == [n * MINUTE for n in range(2_500)]
    assert told[-1] == (2_500, 2_500)
    assert len(candles.exchange.made) <= 4
    assert all(call.operation == "getKlines" for call in candles.exchange.made)


def test_until_the_newest_candle() -> None:
    """Without an end it asks which candle is the newest, and reads until there."""
    candles = Candles(1_200)
    start = datetime(1970, 1, 1, 0, 10, tzinfo=timezone.utc)
    rows = list(MarketGroup(candles.exchange).iter_klines("X", "1m", start_time=start))

    assert [rows[0].open_time, rows[-1].open_time] == [10 * MINUTE, 1_199 * MINUTE]
    assert len(rows) == 1_190
    assert dict(candles.exchange.made[0].query) == {"symbol": "X", "interval": "1m", "limit": "1"}


def test_no_candles_at_all() -> None:
    """A symbol without a candle has none, and one question shows it."""
    candles = Candles(0)

    assert list(MarketGroup(candles.exchange).iter_klines("X", "1d", start_time=0)) == []
    assert len(candles.exchange.made) == 1
