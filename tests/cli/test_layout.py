"""Rows fit the terminal, whatever its width and whatever is in them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.cli.layout import PLAIN_WIDTH, Layout, Row

_TITLES = ["time", "event", "symbol", "side", "price", "quantity", "status", "balance"]
_ROW = Row(
    time_ms=1_772_000_000_123,
    event="fill",
    symbol="BTCUSDT",
    side="BUY",
    price="86500.1",
    quantity="0.002",
    status="PARTLY_FILLED 40%",
    balance="99,999.12",
)


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@pytest.mark.parametrize("width", [80, 100, PLAIN_WIDTH, 500])
def test_every_column(width: int) -> None:
    """From 80 cells on every column is there and nothing common is cut."""
    layout = Layout(width)

    assert layout.header().split() == _TITLES
    assert "…" not in layout.line(_ROW)
    for value in ("fill", "BTCUSDT", "BUY", "86500.1", "0.002", "PARTLY_FILLED 40%", "99,999.12"):
        assert value in layout.line(_ROW)


def test_columns_are_aligned() -> None:
    """Amounts end where their title ends, texts begin where their title begins."""
    layout = Layout(100)
    header, line = layout.header(), layout.line(_ROW)

    assert header.index("price") + len("price") == line.index("86500.1") + len("86500.1")
    assert header.index("symbol") == line.index("BTCUSDT")


def test_narrow() -> None:
    """A narrow terminal loses columns from the right, never time and event."""
    assert Layout(60).header().split() == _TITLES[:6]
    assert Layout(24).header().split() == _TITLES[:2]


def test_time() -> None:
    """Milliseconds are shown where there is room; a time out of range is shown as a number."""
    assert Layout(PLAIN_WIDTH).line(_ROW).split()[0].endswith(".123")
    assert "." not in Layout(80).line(_ROW).split()[0]
    far = Row(time_ms=10**30, event="x")
    assert Layout(PLAIN_WIDTH).line(far).startswith("1000000")


def test_recovered() -> None:
    """What a snapshot told is marked."""
    assert "fill/REST" in Layout(80).line(Row(time_ms=0, event="fill", recovered=True))


def test_note() -> None:
    """A sentence takes the place of the columns and is cut at the end of the line."""
    row = Row(time_ms=0, event="CUT OFF", note="because " * 50)

    line = Layout(80).line(row)

    assert line.index("because") == Layout(80).header().index("symbol")
    assert len(line) == 80
    assert line.endswith("…")


_TEXT = st.text(max_size=40)


@given(
    width=st.integers(1, 300),
    time_ms=st.integers(-(10**20), 10**20),
    texts=st.lists(_TEXT, min_size=8, max_size=8),
    recovered=st.booleans(),
)
def test_never_wider(width: int, time_ms: int, texts: list[str], recovered: bool) -> None:
    """No row is wider than the terminal or longer than a line, even with foreign characters."""
    names = [*_TITLES[1:], "note"]
    row = Row(time_ms=time_ms, recovered=recovered, **dict(zip(names, texts, strict=True)))

    line = Layout(width).line(row)

    assert _cells(line) <= width
    assert line.isprintable()
