"""Candles (rules 8 and 64)."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.sim.engine.candles import INTERVALS, CandleSeries, open_time
from sixmm.sim.engine.symbols import DEFAULT_SYMBOLS

SPEC = DEFAULT_SYMBOLS[0]


def at(text: str) -> int:
    """Return a moment of UTC in ms."""
    return int(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp()) * 1000


@pytest.mark.parametrize(
    ("interval", "opened"),
    [
        ("1m", "2026-11-18T13:37"),
        ("15m", "2026-11-18T13:30"),
        ("4h", "2026-11-18T12:00"),
        ("1d", "2026-11-18T00:00"),
        ("1w", "2026-11-16T00:00"),
        ("1M", "2026-11-01T00:00"),
    ],
)
def test_candles_open_on_the_grid_of_utc(interval: str, opened: str) -> None:
    """Days and months are cut at UTC midnight, weeks begin on Monday."""
    assert open_time(interval, at("2026-11-18T13:37:59")) == at(opened)


@given(
    st.sampled_from(sorted(INTERVALS)),
    st.lists(st.tuples(st.integers(-5_000, 90_000_000), st.integers(1, 100)), max_size=30),
)
def test_every_trade_is_in_exactly_one_candle(interval: str, trades: list[tuple[int, int]]) -> None:
    """Volumes add up, candles rise in time, and each spans all its prices."""
    series = CandleSeries(SPEC, interval, 7)
    now = at("2026-11-18T13:37:59")
    for step, price in trades:
        now += step
        series.add(Decimal(price), Decimal(3), now)
    rows = series.rows(start=None, end=now + 10**9, limit=50)
    real = [row for row in rows if row.volume != SPEC.min_quantity * 1000]

    assert sum(row.volume for row in real) == 3 * len(trades)
    assert all(a.close_time < b.open_time for a, b in pairwise(real))
    assert all(row.low <= min(row.open, row.close) for row in real)
    assert all(row.high >= max(row.open, row.close) for row in real)


def test_rows_within_a_span() -> None:
    """Start and end bound the opening times; what is made up is the same every time."""
    series = CandleSeries(SPEC, "1m", 7)
    start, end = at("2026-11-18T13:00"), at("2026-11-18T13:09:30")
    rows = series.rows(start=start, end=end, limit=500)

    assert [row.open_time for row in rows] == [start + n * 60_000 for n in range(10)]
    assert rows == series.rows(start=start, end=end, limit=500)
    assert rows != CandleSeries(SPEC, "1m", 8).rows(start=start, end=end, limit=500)
