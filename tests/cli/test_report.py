"""The three forms of a result hold the same, each as its reader wants it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from sixmm.cli.columns import Column, Kind
from sixmm.cli.report import CsvReport, JsonReport, TableReport, is_terminal, open_report

_COLUMNS = (
    Column("symbol"),
    Column("side"),
    Column("price", kind=Kind.NUMBER),
    Column("at", kind=Kind.TIME, title="time (UTC)", detail=True),
    Column("order_id", kind=Kind.ID, detail=True),
)
_ROWS: list[dict[str, Any]] = [
    {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "price": Decimal("85000.10"),
        "at": 1_772_710_377_808,
        "order_id": "2022543809547603968",
    },
    {"symbol": "ETHUSDT", "side": "SELL", "price": Decimal("9"), "at": None, "order_id": "1"},
]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _table(width: int | None = None, *, color: bool = False) -> tuple[io.StringIO, TableReport]:
    stream = io.StringIO() if width is None else _Terminal()
    console = None
    if width is not None:
        system = "standard" if color else None
        console = Console(file=stream, force_terminal=True, color_system=system, width=width)
    return stream, TableReport(stream, console=console)


def test_json_lines() -> None:
    """A list is one object a line, with every key in the order of the columns."""
    stream = io.StringIO()

    JsonReport(stream).rows(_ROWS, _COLUMNS, nothing="none")

    assert stream.getvalue() == (
        '{"symbol":"BTCUSDT","side":"BUY","price":"85000.10","at":1772710377808,'
        '"order_id":"2022543809547603968"}\n'
        '{"symbol":"ETHUSDT","side":"SELL","price":"9","at":null,"order_id":"1"}\n'
    )


def test_json_is_ascii_and_empty_is_empty() -> None:
    """JSON fits any encoding, and an empty list is no line at all."""
    stream = io.StringIO()
    report = JsonReport(stream)

    report.rows([], _COLUMNS, nothing="none")
    assert stream.getvalue() == ""
    report.record({"label": "é\n"}, [Column("label")])
    assert stream.getvalue().isascii()


def test_csv() -> None:
    """A list is a line of titles and a record a row; lines end with CR and LF (RFC 4180)."""
    stream = io.StringIO(newline="")

    CsvReport(stream).rows(_ROWS, _COLUMNS, nothing="none")

    assert stream.getvalue() == (
        "symbol,side,price,at,order_id\r\n"
        "BTCUSDT,BUY,85000.10,1772710377808,2022543809547603968\r\n"
        "ETHUSDT,SELL,9,,1\r\n"
    )


def test_csv_without_rows() -> None:
    """An empty list has its titles."""
    stream = io.StringIO(newline="")

    CsvReport(stream).rows([], _COLUMNS, nothing="none")

    assert stream.getvalue() == "symbol,side,price,at,order_id\r\n"


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"])), min_size=1, max_size=5))
def test_csv_is_read_back(texts: list[str]) -> None:
    """Whatever is printable comes back as it was, quotes and commas included."""
    columns = [Column(f"c{n}", kind=Kind.ID) for n in range(len(texts))]
    stream = io.StringIO(newline="")

    CsvReport(stream).record({c.key: t for c, t in zip(columns, texts, strict=True)}, columns)

    stream.seek(0)
    assert list(csv.reader(stream, strict=True))[1] == texts


def test_csv_line_ends_on_any_system() -> None:
    """The stream does not translate line ends again, and lacks of its encoding are escaped."""
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding="ascii", newline="\r\n")

    CsvReport(stream).record({"label": "é"}, [Column("label")])

    assert buffer.getvalue() == b"label\r\n\\xe9\r\n"


@pytest.mark.parametrize("form", ["json", "csv"])
def test_rows_are_written_as_they_come(form: Any) -> None:
    """A program that reads the pipe has a row before the next one is fetched."""
    stream = io.StringIO(newline="")
    seen = []

    def rows() -> Iterator[dict[str, Any]]:
        for row in _ROWS:
            yield row
            seen.append(row["order_id"] in stream.getvalue())

    open_report(stream, form).rows(rows(), _COLUMNS, nothing="none")

    assert seen == [True, True]


def test_table_in_a_file() -> None:
    """A file gets every column, aligned by its kind, without colours and without spare blanks."""
    stream, report = _table()

    report.rows(_ROWS, _COLUMNS, nothing="none")

    assert stream.getvalue() == (
        "symbol   side     price  time (UTC)               order id\n"
        "BTCUSDT  BUY   85000.10  2026-03-05 11:32:57.808  2022543809547603968\n"
        "ETHUSDT  SELL         9                           1\n"
    )


def test_table_of_nothing() -> None:
    """An empty list is told in words."""
    for width in (None, 80):
        stream, report = _table(width)
        report.rows(iter(()), _COLUMNS, nothing="no open orders")
        assert stream.getvalue() == "no open orders\n"


def test_narrow_terminal() -> None:
    """Details go from the right until the rest fits, and the table says which and what to do."""
    stream, report = _table(55)
    report.rows(_ROWS, _COLUMNS, nothing="none")

    lines = stream.getvalue().splitlines()
    assert lines[1].rstrip() == "BTCUSDT  BUY   85000.10  2026-03-05 11:32:57.808"
    assert lines[-1] == "no room for: order id; --json and --csv have everything"


def test_wide_terminal() -> None:
    """Where there is room there is everything, and no more to say."""
    stream, report = _table(80)
    report.rows(_ROWS, _COLUMNS, nothing="none")

    assert "2022543809547603968" in stream.getvalue()
    assert "no room" not in stream.getvalue()


def test_very_narrow_terminal() -> None:
    """What is never left out is cut with an ellipsis; no line is wider than the terminal."""
    stream, report = _table(12)
    report.rows(_ROWS, _COLUMNS, nothing="none")

    lines = stream.getvalue().splitlines()[:3]
    assert all(len(line) <= 12 for line in lines)
    assert any("…" in line for line in lines)


def test_colours() -> None:
    """On a terminal buying is green and selling is red."""
    stream, report = _table(80, color=True)
    report.rows(_ROWS, _COLUMNS, nothing="none")

    assert "\x1b[32mBUY" in stream.getvalue()
    assert "\x1b[31mSELL" in stream.getvalue()


def test_markup_is_text() -> None:
    """A text of the other side that looks like markup is shown and not obeyed."""
    row = {"label": "[red]no[/red]"}
    for width in (None, 80):
        stream, report = _table(width)
        report.rows([row], [Column("label")], nothing="none")
        report.record(row, [Column("label")])
        assert stream.getvalue().count("[red]no[/red]") == 2


def test_record() -> None:
    """A single result is a line for each value; what is not known is left out."""
    stream, report = _table()

    report.record(_ROWS[1], _COLUMNS)

    assert stream.getvalue() == (
        "symbol      ETHUSDT\nside        SELL\nprice       9\norder id    1\n"
    )


def test_record_forms_agree() -> None:
    """The same result is the same values in every form."""
    texts = {}
    for form in ("json", "csv"):
        stream = io.StringIO(newline="")
        open_report(stream, form).record(_ROWS[0], _COLUMNS)  # type: ignore[arg-type]
        texts[form] = stream.getvalue()
    found = json.loads(texts["json"])
    titles, values = list(csv.reader(io.StringIO(texts["csv"], newline="")))

    assert titles == list(found)
    assert values == [str(value) for value in found.values()]


def test_small_encoding() -> None:
    """What the encoding of a file lacks is replaced instead of raising."""
    buffer = io.BytesIO()
    report = TableReport(io.TextIOWrapper(buffer, encoding="ascii"), console=None)

    report.rows([{"label": "é"}], [Column("label")], nothing="none")

    assert b"?" in buffer.getvalue()


def test_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The form decides; colours are for terminals that have them."""
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(open_report(io.StringIO(), "json"), JsonReport)
    assert isinstance(open_report(io.StringIO(), "csv"), CsvReport)
    assert isinstance(open_report(io.StringIO(), "table"), TableReport)
    assert is_terminal(_Terminal())
    assert not is_terminal(io.StringIO())
    monkeypatch.setenv("TERM", "dumb")
    assert not is_terminal(_Terminal())
