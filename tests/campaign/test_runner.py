"""Whatever the process of a row does, there is a result, in time, and nothing is left of it."""

from __future__ import annotations

import json
import sys
import time

import attrs
import pytest

from .child import BEGIN
from .row import Round, Row
from .runner import command, run_row

ROUND = Round(seed=3)


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_takes_what_the_process_found(row: Row) -> None:
    """The last line of that form counts; other output is for people."""
    found = {"findings": [{"what": "a", "value": 1}], "failure": "", "seconds": 2.5}
    code = f"print('hello'); print({BEGIN + json.dumps(found)!r})"
    result = run_row(row, ROUND, program=_python(code))

    assert result.held
    assert [finding.what for finding in result.findings] == ["a"]
    assert (result.row, result.seed, result.seconds) == ("sound", 3, 2.5)
    assert result.date
    assert "cores" in result.machine


def test_a_process_that_dies_is_a_failure(row: Row) -> None:
    """It is told with the code and the last word."""
    result = run_row(row, ROUND, program=_python("import sys; sys.exit('no more')"))

    assert not result.held
    assert result.failure == "the process ended with code 1: no more"


def test_a_process_that_hangs_is_killed(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all that it has started, soon after its deadline."""
    monkeypatch.setattr("tests.campaign.runner._GRACE", 0.0)
    row = attrs.evolve(row, full_s=0.5)
    code = (
        "import subprocess, sys, threading; "
        "subprocess.Popen([sys.executable, '-c', 'import threading; threading.Event().wait(60)']); "
        "threading.Event().wait(60)"
    )
    started = time.monotonic()
    result = run_row(row, ROUND, program=_python(code))

    assert result.failure == "it did not end, and was killed"
    assert time.monotonic() - started < 30


def test_a_row_that_stops_by_itself_says_where(row: Row) -> None:
    """The stacks of its threads are taken for what they are."""
    code = "import faulthandler as f; f.dump_traceback_later(0.1, exit=True)\nwhile 1: pass"
    result = run_row(row, ROUND, program=_python(code))

    assert "did not end in time" in result.failure


def test_the_command_repeats_the_run() -> None:
    """It names the row, the seed and the form."""
    assert command("a", Round(seed=7)) == "python -m tests.campaign --row a --seed 7"
    assert command("a", Round(seed=7, is_short=True)).startswith("python -m tests.campaign --short")


def test_a_real_row_runs_in_a_process_of_its_own() -> None:
    """From the command line to the finding and back."""
    pytest.importorskip("aiohttp", reason="the embedded exchange needs the extra 'sim'")
    program = [sys.executable, "-m", "tests.campaign", "--short", "--row", "late-acks", "--here"]
    from .rows import ROWS

    row = next(row for row in ROWS if row.name == "late-acks")
    result = run_row(row, Round(seed=1, is_short=True), program=program)

    assert result.failure == ""
    assert result.held, result.findings
