"""A stream is recorded and played from the command line, and what goes wrong is one line."""

from __future__ import annotations

import gzip
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from sixmm.cli import records
from sixmm.cli.records import record_stream, replay_record
from sixmm.events import Event
from sixmm.records import read_record
from sixmm.sim import Exchange

from .running import Run

TICKER = "market.ticker.BTCUSDT"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the record is written."""
    return tmp_path / "a.jsonl.gz"


def test_record_and_replay(at_home: Run, path: Path, live_environment: dict[str, str]) -> None:
    """What is recorded can be shown again, by a machine that has neither network nor key."""
    recorded = at_home("record", str(path), TICKER, "--private", "--seconds", "1.5", "--json")

    assert recorded.code == 0, recorded.err
    (line,) = recorded.objects
    assert line["summary"]["events"] > 5
    assert line["summary"]["left_out"] == 0
    assert line["summary"]["bytes"] == path.stat().st_size
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = gzip.decompress(path.read_bytes()).decode()
    assert not any(live_environment[f"SIXMM_API_{name}"] in text for name in ("KEY", "SECRET"))

    played = at_home("replay", str(path), "--speed", "0", "--json")

    assert played.code == 0, played.err
    *events, summary = played.objects
    assert summary["summary"]["missing"] == 0
    kinds = {event["kind"] for event in events}
    assert kinds >= {"Connected", "Resynced", "OrderTradeUpdate", "AccountUpdate", "Ticker"}


def test_public(run: Run, exchange: Exchange, path: Path) -> None:
    """A record without an account is played without one; at a speed it takes its time."""
    where = ["--rest-url", exchange.rest_url, "--ws-url", exchange.ws_url]
    assert run("record", str(path), TICKER, "--seconds", "0.5", *where).code == 0

    played = run("replay", str(path), "--speed", "5", "--json")

    assert played.code == 0
    assert {"Connected", "Ticker"} == {line["kind"] for line in played.objects[:-1]}


def test_the_demo(run: Run, project_root: Path) -> None:
    """The recording of the demo is shown, for people as well."""
    played = run("replay", str(project_root / "tests/data/demo.jsonl.gz"), "--speed", "0")

    assert played.code == 0
    assert "The replay" in played.out


def test_torn(run: Run, project_root: Path, path: Path) -> None:
    """A record that breaks off is played up to there, and that is said."""
    whole = (project_root / "tests/data/demo.jsonl.gz").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])

    played = run("replay", str(path), "--speed", "0")

    assert played.code == 0
    assert "breaks off" in played.out


class _CtrlC:
    """An output on which somebody presses Ctrl-C at the first event."""

    def __init__(self) -> None:
        self.figures: dict[str, Any] = {}

    def __enter__(self) -> _CtrlC:
        return self

    def __exit__(self, *exc_info: object) -> None:
        return None

    def status(self, _text: str) -> None:
        """Show nothing."""

    def note(self, _text: str) -> None:
        """Show nothing."""

    def event(self, _event: Event) -> None:
        """Press it."""
        raise KeyboardInterrupt

    def summary(self, _title: str, figures: dict[str, Any], **_: Any) -> None:
        """Keep the figures."""
        self.figures = figures


def test_ctrl_c(exchange: Exchange, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends a recording with a whole file, its figures, and code 130."""

    def interrupted(*_: object) -> Any:
        yield None
        raise KeyboardInterrupt

    monkeypatch.setattr(records, "_taken", interrupted)
    output: Any = _CtrlC()
    code = record_stream(
        str(path),
        topics=[TICKER],
        private=False,
        credentials_file=None,
        seconds=None,
        overwrite=False,
        rest_url=exchange.rest_url,
        ws_url=exchange.ws_url,
        output=output,
    )

    assert code == 130
    assert output.figures["events"] == 1
    assert not read_record(path).is_torn


def test_ctrl_c_in_a_replay(project_root: Path) -> None:
    """Ctrl-C ends a replay at once."""
    output: Any = _CtrlC()
    with pytest.raises(KeyboardInterrupt):
        replay_record(str(project_root / "tests/data/demo.jsonl.gz"), speed=None, output=output)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["record"], "Missing argument"),
        (["record", "FILE"], "name a topic or use --private"),
        (["record", "FILE", TICKER, "--credentials", "x"], "--private only"),
        (["record", "FILE", "nonsense"], "is not a market topic"),
        (["record", "FILE", "--private"], "no credentials"),
        (["record", "FILE", TICKER, "--rest-url", "http://example.com"], "loopback"),
        (["record", "FILE", TICKER, "--seconds", "nan"], "nan is not a number"),
        (["record", "FOLDER/no/such", TICKER], "No such file"),
        (["replay"], "Missing argument"),
        (["replay", "FILE"], "No such file"),
        (["replay", "FOLDER"], "record cannot be read"),
        (["replay", "FILE", "--speed", "-1"], "not in the range"),
        (["replay", "FILE", "--speed", "inf"], "inf is not a number"),
    ],
)
def test_bad_input(run: Run, tmp_path: Path, arguments: list[str], reason: str) -> None:
    """Bad input is one line and code 2, and leaves no file."""
    names = {"FILE": str(tmp_path / "a"), "FOLDER": str(tmp_path)}
    given = [names.get(a, a.replace("FOLDER", str(tmp_path))) for a in arguments]

    said = run(*given)

    assert said.code == 2
    assert reason in said.line
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there(run: Run, exchange: Exchange, path: Path) -> None:
    """A file is not replaced unless that is asked for."""
    path.write_bytes(b"mine")
    where = ["--rest-url", exchange.rest_url, "--ws-url", exchange.ws_url, "--seconds", "0.2"]
    said = run("record", str(path), TICKER, *where)
    assert (said.code, path.read_bytes()) == (2, b"mine")
    assert "exists already" in said.line

    assert run("record", str(path), TICKER, *where, "--overwrite").code == 0
    assert read_record(path).entries


@pytest.mark.parametrize("content", [b"", b"hello", gzip.compress(b"{}\n")])
def test_no_record(run: Run, path: Path, content: bytes) -> None:
    """What is no record is refused with a reason."""
    path.write_bytes(content)
    said = run("replay", str(path))

    assert said.code == 2
    assert "the record cannot be read" in said.line
