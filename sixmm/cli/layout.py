"""Rows of text that fit a terminal."""

from __future__ import annotations

import unicodedata
from datetime import datetime

import attrs

from ..redaction import one_line

__all__ = ["PLAIN_WIDTH", "Layout", "Row"]

PLAIN_WIDTH = 120
"""How wide rows are where there is no terminal."""

_COLUMNS: tuple[tuple[str, int, int, str], ...] = (
    ("time", 8, 12, "<"),
    ("event", 12, 14, "<"),
    ("symbol", 7, 12, "<"),
    ("side", 4, 5, "<"),
    ("price", 8, 14, ">"),
    ("quantity", 8, 12, ">"),
    ("status", 17, 26, "<"),
    ("balance", 9, 18, ">"),
)
"""Title, narrowest and widest width, and alignment of each column."""

_GAP = 1
_NOTE_FROM = 2
"""A note starts where the third column starts and may take the rest of the line."""


@attrs.frozen(kw_only=True)
class Row:
    """One line of output before it is cut to a width."""

    time_ms: int
    event: str
    symbol: str = ""
    side: str = ""
    price: str = ""
    quantity: str = ""
    status: str = ""
    balance: str = ""
    note: str = ""
    """A sentence in place of the columns from the symbol on."""
    tone: str = ""
    """What the line is about, for its colour: ``buy``, ``sell``, ``good``, ``bad``, ``quiet``."""
    recovered: bool = False
    """Whether a snapshot told it rather than a push."""


class Layout:
    """The columns for one width of the terminal.

    Spare room goes to the columns in proportion to what they could use. Where there is not even
    room for the narrowest form, columns are left out from the right.

    Args:
        width: how many cells a line has.
    """

    def __init__(self, width: int) -> None:
        self.width = max(width, 1)
        self.columns = _fitting_columns(self.width)

    def header(self) -> str:
        """Return the line with the titles."""
        return self._join([title for title, _, _ in self.columns])

    def line(self, row: Row) -> str:
        """Return the row as one line that is not wider than the terminal."""
        texts = {**attrs.asdict(row), "time": self._clock(row), "event": _event_text(row)}
        titles = [title for title, _, _ in self.columns]
        if not row.note:
            return self._join([texts[title] for title in titles])
        start = self._join([texts[title] for title in titles[:_NOTE_FROM]])
        used = sum(width + _GAP for _, width, _ in self.columns[:_NOTE_FROM])
        return _fit(f"{start:<{used}}{one_line(row.note)}", self.width, "<").rstrip()

    def _clock(self, row: Row) -> str:
        """Return the local time, without milliseconds where there is no room for them."""
        return _clock_text(row.time_ms)[: self.columns[0][1]]

    def _join(self, texts: list[str]) -> str:
        cells = [
            _fit(text, width, align)
            for text, (_, width, align) in zip(texts, self.columns, strict=False)
        ]
        return _fit((" " * _GAP).join(cells), self.width, "<").rstrip()


def _fitting_columns(width: int) -> list[tuple[str, int, str]]:
    chosen = list(_COLUMNS)
    while _total([low for _, low, _, _ in chosen]) > width and len(chosen) > _NOTE_FROM:
        chosen.pop()
    spare = max(0, width - _total([low for _, low, _, _ in chosen]))
    columns = []
    wishes = sum(high - low for _, low, high, _ in chosen)
    for title, low, high, align in chosen:
        wish = high - low
        extra = min(wish, spare * wish // wishes) if wishes else 0
        spare, wishes = spare - extra, wishes - wish
        columns.append((title, low + extra, align))
    return columns


def _total(widths: list[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)


def _fit(text: str, width: int, align: str) -> str:
    """Return ``text`` in exactly ``width`` cells, cut with an ellipsis where it is longer."""
    safe = one_line(text)
    if _cells(safe) > width:
        while safe and _cells(safe) > width - 1:
            safe = safe[:-1]
        safe += "…"
    padding = " " * (width - _cells(safe))
    return padding + safe if align == ">" else safe + padding


def _cells(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _clock_text(time_ms: int) -> str:
    seconds, rest_ms = divmod(time_ms, 1_000)
    try:
        return f"{datetime.fromtimestamp(seconds):%H:%M:%S}.{rest_ms:03d}"
    except (OverflowError, OSError, ValueError):
        return str(time_ms)


def _event_text(row: Row) -> str:
    return f"{row.event}/REST" if row.recovered else row.event
