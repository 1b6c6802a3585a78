"""The three outputs say the same, each in the form that its reader wants."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from sixmm.cli.output import JsonOutput, Output, PlainOutput, TerminalOutput, open_output
from sixmm.events import Connected, Origin
from sixmm.venues.sixmm.stream_schema import OrderTradeUpdate

_EVENT = Connected(connection=1, private=True)
_FIGURES = {"sent": 12_345, "latency_ms": {"p50": 1, "p99": None}, "share": 0.5}
_MEANINGS = {"sent": "events in the log"}


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _say_everything(output: Output) -> None:
    with output:
        output.note("a note")
        output.status("a status")
        output.event(_EVENT)
        output.event(_EVENT)
        output.event(Connected(connection=99, private=False), background=True)
        output.summary("The result", _FIGURES, good=True, meanings=_MEANINGS)


def test_json() -> None:
    """There is nothing but JSON lines: each event, also one in the background, and the figures."""
    stream = io.StringIO()

    _say_everything(JsonOutput(stream))

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line.get("kind") for line in lines] == ["Connected"] * 3 + [None]
    assert lines[-1] == {"summary": _FIGURES}


@pytest.mark.parametrize("faults", [0, 3])
def test_figures_that_are_shown_only_if_any(faults: int) -> None:
    """People see such a figure where it is not 0; a program always gets it."""
    figures = {"sent": 0, "faults": faults}
    streams = [io.StringIO(), io.StringIO(), _Terminal()]
    console = Console(file=streams[2], force_terminal=True, width=100)
    for output in (JsonOutput(streams[0]), PlainOutput(streams[1]), TerminalOutput(console)):
        output.summary("T", figures, good=True, meanings={}, only_if_any=("faults",))

    assert json.loads(streams[0].getvalue()) == {"summary": figures}
    assert ["faults" in stream.getvalue() for stream in streams[1:]] == [faults > 0] * 2
    assert all("sent" in stream.getvalue() for stream in streams)


def test_json_is_ascii() -> None:
    """JSON lines can be written to a stream of any encoding."""
    stream = io.StringIO()

    JsonOutput(stream).event(Connected(connection=1, private=False, topics=("é",)))

    assert stream.getvalue().isascii()


def test_plain() -> None:
    """There are titles, rows, notes and figures with their meaning, and no colours."""
    stream = io.StringIO()

    _say_everything(PlainOutput(stream))

    text = stream.getvalue()
    assert text.count("CONNECTED") == 2
    assert text.count("symbol") == 1
    assert "a note\n" in text
    assert "a status" not in text
    assert "  sent                12,345  events in the log\n" in text
    assert "p50 1, p99 None" in text
    assert "\x1b" not in text


def test_plain_in_a_small_encoding() -> None:
    """What the stream's encoding does not have is replaced instead of raising."""
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding="ascii")

    PlainOutput(stream, width=30).event(Connected(connection=1, private=True, topics=("x" * 99,)))

    assert buffer.getvalue().isascii()
    assert b"CONNECTED    connect?\n" in buffer.getvalue()


def test_terminal() -> None:
    """There are titles, rows, notes, the status and the figures, and no row in the background."""
    stream = _Terminal()
    console = Console(file=stream, force_terminal=True, width=100)

    _say_everything(TerminalOutput(console))

    text = stream.getvalue()
    assert text.count("CONNECTED") == 2
    assert "connection 99" not in text
    for part in ("symbol", "a note", "a status", "The result", "12,345", "events in the log"):
        assert part in text


def test_terminal_marks_what_was_recovered() -> None:
    """A row that a snapshot told has a style of its own."""
    rows = []
    for origin in (Origin.STREAM, Origin.REST):
        stream = _Terminal()
        console = Console(file=stream, force_terminal=True, color_system="standard", width=100)
        TerminalOutput(console).event(OrderTradeUpdate(origin=origin, symbol="BTCUSDT"))
        rows.append(stream.getvalue().splitlines()[-1])

    assert "\x1b[1;33m" not in rows[0]
    assert "\x1b[1;33m" in rows[1]


def test_terminal_takes_text_as_it_is() -> None:
    """Markup in a text is shown and not obeyed."""
    stream = _Terminal()
    output = TerminalOutput(Console(file=stream, force_terminal=True, width=100))

    output.note("[red]not red[/red]")

    assert "[red]not red[/red]" in stream.getvalue()


def test_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colours are for terminals that have them; everything else gets plain rows."""
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(open_output(_Terminal(), as_json=False), TerminalOutput)
    assert isinstance(open_output(io.StringIO(), as_json=False), PlainOutput)
    assert isinstance(open_output(_Terminal(), as_json=True), JsonOutput)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(open_output(_Terminal(), as_json=False), PlainOutput)
