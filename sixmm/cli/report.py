"""Where results of a REST call go: a table for people, JSON lines or CSV for programs.

A list is one JSON object a line, or a CSV record a row below a line of titles; a single result is
one such object or record. Programs get rows as they come, so that a pipe does not wait for the end
of a long list; a table is written when all rows are there, because its columns are as wide as they
need to be.
"""

from __future__ import annotations

import abc
import csv
import io
import json
import os
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .columns import (
    LONGEST_CELL,
    LONGEST_LINE,
    Column,
    Form,
    Kind,
    cell_text,
    csv_text,
    json_value,
    value_of,
)

__all__ = ["CsvReport", "JsonReport", "Report", "TableReport", "is_terminal", "open_report"]

_GAP = 2
_STYLES = {"BUY": "green", "LONG": "green", "SELL": "red", "SHORT": "red"}


class Report(abc.ABC):
    """Takes the result of a command."""

    @abc.abstractmethod
    def rows(self, rows: Iterable[object], columns: Sequence[Column], *, nothing: str) -> None:
        """Write a list; people read ``nothing`` where it is empty."""

    @abc.abstractmethod
    def record(self, record: object, columns: Sequence[Column]) -> None:
        """Write a single result; people read one line for each value."""


class JsonReport(Report):
    """One JSON object a line, in ASCII, and nothing else."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def rows(self, rows: Iterable[object], columns: Sequence[Column], *, nothing: str) -> None:  # noqa: ARG002
        """Write each row as it comes."""
        for row in rows:
            self.record(row, columns)

    def record(self, record: object, columns: Sequence[Column]) -> None:
        """Write the object at once."""
        found = {c.key: json_value(value_of(record, c), c.kind) for c in columns}
        self._stream.write(json.dumps(found, separators=(",", ":")) + "\n")
        self._stream.flush()


class CsvReport(Report):
    """CSV as RFC 4180 says: a line of titles, then a record a row; lines end with CR and LF."""

    def __init__(self, stream: TextIO) -> None:
        # Otherwise Windows would write CR CR LF. What an encoding lacks is escaped, not an error.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(newline="", errors="backslashreplace")
        self._stream = stream
        self._csv = csv.writer(stream)

    def rows(self, rows: Iterable[object], columns: Sequence[Column], *, nothing: str) -> None:  # noqa: ARG002
        """Write the titles, and each row as it comes."""
        self._csv.writerow([column.key for column in columns])
        for row in rows:
            self._csv.writerow([csv_text(value_of(row, c), c.kind) for c in columns])
            self._stream.flush()
        self._stream.flush()

    def record(self, record: object, columns: Sequence[Column]) -> None:
        """Write the titles and one row."""
        self.rows([record], columns, nothing="")


class TableReport(Report):
    """A table with titles; colours and a width are for terminals, a file gets every column.

    Args:
        stream: where it is written.
        console: what knows the terminal, or None where ``stream`` is none.
    """

    def __init__(self, stream: TextIO, *, console: Console | None) -> None:
        self._stream = stream
        self._console = console

    def rows(self, rows: Iterable[object], columns: Sequence[Column], *, nothing: str) -> None:
        """Write the table; a terminal that is too narrow gets it without some details."""
        cells = [[_cell(row, column) for column in columns] for row in rows]
        if not cells:
            self._print(Text(nothing, style="italic"))
            return
        widths = [_width(column, place, cells) for place, column in enumerate(columns)]
        shown = _fitting(columns, widths, self._console.width if self._console else None)
        self._print(_table(columns, cells, shown), width=_total([widths[n] for n in shown]))
        left_out = [c.title for n, c in enumerate(columns) if n not in shown]
        if left_out:
            note = f"no room for: {', '.join(left_out)}; --json and --csv have everything"
            self._print(Text(note, style="dim"))

    def record(self, record: object, columns: Sequence[Column]) -> None:
        """Write a line for each column that has a value: its title and the value."""
        titles = max(cell_len(column.title) for column in columns)
        for column in columns:
            cell = _cell(record, column, longest=LONGEST_LINE)
            if cell:
                line = Text(f"{column.title:<{titles}}{' ' * _GAP}", style="bold")
                self._print(line.append_text(cell), soft_wrap=True)

    def _print(self, item: Text | Table, *, width: int = 0, soft_wrap: bool = False) -> None:
        """Print text or a table; with ``soft_wrap`` a long line can be copied as it is."""
        if self._console is not None:
            self._console.print(item, soft_wrap=soft_wrap)
            return
        text = item.plain if isinstance(item, Text) else _without_colour(item, width)
        encoding = self._stream.encoding or "utf-8"
        for line in text.splitlines():
            self._stream.write(line.rstrip().encode(encoding, "replace").decode(encoding) + "\n")
        self._stream.flush()


def open_report(stream: TextIO, form: Form) -> Report:
    """Return the report that writes to ``stream`` in this form."""
    if form == "json":
        return JsonReport(stream)
    if form == "csv":
        return CsvReport(stream)
    terminal = is_terminal(stream)
    console = Console(file=stream, highlight=False, markup=False) if terminal else None
    return TableReport(stream, console=console)


def is_terminal(stream: TextIO) -> bool:
    """Whether ``stream`` can show colours and move a cursor."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _cell(row: object, column: Column, *, longest: int = LONGEST_CELL) -> Text:
    text = cell_text(value_of(row, column), column.kind, longest=longest)
    return Text(text, style=_STYLES.get(text, "") if column.kind is Kind.TEXT else "")


def _width(column: Column, place: int, cells: Sequence[Sequence[Text]]) -> int:
    return max(cell_len(column.title), *(row[place].cell_len for row in cells))


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)


def _fitting(columns: Sequence[Column], widths: Sequence[int], room: int | None) -> list[int]:
    """Return the places of the columns that are shown: details go from the right until it fits."""
    shown = list(range(len(columns)))
    details = [place for place in shown if columns[place].detail]
    while room is not None and details and _total([widths[n] for n in shown]) > room:
        shown.remove(details.pop())
    return shown


def _table(
    columns: Sequence[Column], cells: Sequence[Sequence[Text]], shown: Sequence[int]
) -> Table:
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    for place in shown:
        right = columns[place].kind is Kind.NUMBER
        table.add_column(
            columns[place].title,
            justify="right" if right else "left",
            no_wrap=True,
            overflow="ellipsis",
        )
    for row in cells:
        table.add_row(*(row[place] for place in shown))
    return table


def _without_colour(table: Table, width: int) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream, width=width, color_system=None, force_terminal=False, legacy_windows=False
    )
    console.print(table)
    return stream.getvalue()
