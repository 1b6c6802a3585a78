"""Where the command line writes: JSON lines, plain rows, or coloured rows and a line of status.

All three have the same four methods, so that a command does not know which of them it has.
"""

from __future__ import annotations

import abc
import json
import os
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from ..events import Event
from ..redaction import one_line
from .layout import PLAIN_WIDTH, Layout, Row
from .render import flat, rows_of

__all__ = ["JsonOutput", "Output", "PlainOutput", "TerminalOutput", "open_output"]

_STYLES = {
    "": "",
    "buy": "green",
    "sell": "red",
    "good": "bold green",
    "bad": "bold red",
    "quiet": "dim",
}
_RECOVERED_STYLE = "bold yellow"
_REFRESHES_PER_SECOND = 8


class Output(abc.ABC):
    """Takes what a command has to say. Used by one thread, as a context manager."""

    @abc.abstractmethod
    def event(self, event: Event, *, background: bool = False) -> None:
        """Show one event; one in the background is for programs and not shown to people."""

    @abc.abstractmethod
    def note(self, text: str) -> None:
        """Show a sentence for people; programs do not get it."""

    @abc.abstractmethod
    def status(self, text: str) -> None:
        """Replace the line of status, where there is one."""

    @abc.abstractmethod
    def summary(
        self,
        title: str,
        figures: Mapping[str, Any],
        *,
        good: bool,
        meanings: Mapping[str, str],
        only_if_any: Collection[str] = (),
    ) -> None:
        """Show the result: each figure, and what it means where ``meanings`` says it.

        People do not see a figure in ``only_if_any`` that is 0.
        """

    def __enter__(self) -> Output:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None


class JsonOutput(Output):
    """One JSON object a line and nothing else."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def event(self, event: Event, *, background: bool = False) -> None:  # noqa: ARG002
        """Write the event as a flat object."""
        self._write(flat(event))

    def note(self, text: str) -> None:
        """Write nothing."""

    def status(self, text: str) -> None:
        """Write nothing."""

    def summary(
        self,
        title: str,  # noqa: ARG002
        figures: Mapping[str, Any],
        *,
        good: bool,  # noqa: ARG002
        meanings: Mapping[str, str],  # noqa: ARG002
        only_if_any: Collection[str] = (),  # noqa: ARG002
    ) -> None:
        """Write the figures as the member ``summary`` of an object."""
        self._write({"summary": dict(figures)})

    def _write(self, value: Mapping[str, Any]) -> None:
        """Write one object as one line of ASCII, at once."""
        self._stream.write(json.dumps(value, separators=(",", ":")) + "\n")
        self._stream.flush()


class PlainOutput(Output):
    """Rows without colour, for a file or a pipe."""

    def __init__(self, stream: TextIO, *, width: int = PLAIN_WIDTH) -> None:
        self._stream = stream
        self._layout = Layout(width)
        self._has_header = False

    def event(self, event: Event, *, background: bool = False) -> None:
        """Write the rows of the event; the titles come before the first one."""
        if background:
            return
        if not self._has_header:
            self._has_header = True
            self._write(self._layout.header())
        for row in rows_of(event):
            self._write(self._layout.line(row))

    def note(self, text: str) -> None:
        """Write the sentence."""
        self._write(one_line(text))

    def status(self, text: str) -> None:
        """Write nothing: a pipe has no line that could be replaced."""

    def summary(
        self,
        title: str,
        figures: Mapping[str, Any],
        *,
        good: bool,  # noqa: ARG002
        meanings: Mapping[str, str],
        only_if_any: Collection[str] = (),
    ) -> None:
        """Write the title and a line for each figure."""
        self._write("")
        self._write(title)
        for name, value in _shown(figures, only_if_any):
            meaning = meanings.get(name, "")
            self._write(f"  {_words(name):<11} {_value_text(value):>14}  {meaning}".rstrip())

    def _write(self, line: str) -> None:
        """Write one line at once; what the stream's encoding does not have becomes a ``?``."""
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(line.encode(encoding, "replace").decode(encoding) + "\n")
        self._stream.flush()


class TerminalOutput(Output):
    """Coloured rows that scroll, above one line of status that stays."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._has_header = False
        self._live = Live(
            Text(""),
            console=console,
            refresh_per_second=_REFRESHES_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Output:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def event(self, event: Event, *, background: bool = False) -> None:
        """Print the rows of the event for the present width of the terminal."""
        if background:
            return
        layout = Layout(self._console.width)
        if not self._has_header:
            self._has_header = True
            self._print(Text(layout.header(), style="bold underline"))
        for row in rows_of(event):
            self._print(Text(layout.line(row), style=_style(row)))

    def note(self, text: str) -> None:
        """Print the sentence."""
        self._console.print(Text(one_line(text), style="italic"))

    def status(self, text: str) -> None:
        """Show ``text`` below the rows from now on."""
        line = Text(one_line(text), style="reverse", no_wrap=True, overflow="ellipsis")
        self._live.update(line)

    def summary(
        self,
        title: str,
        figures: Mapping[str, Any],
        *,
        good: bool,
        meanings: Mapping[str, str],
        only_if_any: Collection[str] = (),
    ) -> None:
        """Stop the line of status and print the figures as a table."""
        self._live.stop()
        style = "bold green" if good else "bold red"
        table = Table(box=box.SIMPLE, show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(justify="right", style=style, no_wrap=True)
        table.add_column(style="dim")
        for name, value in _shown(figures, only_if_any):
            table.add_row(_words(name), Text(_value_text(value)), meanings.get(name, ""))
        self._console.print()
        self._console.print(Text(title, style=style))
        self._console.print(table)

    def _print(self, line: Text) -> None:
        self._console.print(line, no_wrap=True, overflow="crop")


def open_output(stream: TextIO, *, as_json: bool) -> Output:
    """Return the output that suits ``stream``: colours only where it is a terminal."""
    if as_json:
        return JsonOutput(stream)
    if stream.isatty() and os.environ.get("TERM") != "dumb":
        return TerminalOutput(Console(file=stream, highlight=False, markup=False))
    return PlainOutput(stream)


def _style(row: Row) -> str:
    return _RECOVERED_STYLE if row.recovered else _STYLES.get(row.tone, "")


def _shown(figures: Mapping[str, Any], only_if_any: Collection[str]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in figures.items() if value or name not in only_if_any]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _value_text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_value_text(part)}" for name, part in value.items())
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
