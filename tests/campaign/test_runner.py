"""Whatever the process of a row does, there is a result, in time, and nothing is left of it."""

from __future__ import annotations

import json
import sys
import threading
import time

import attrs
import pytest

from . import child
from .child import BEGIN
from .result import Result
from .row import Finding, NotRun, Round, Row
from .runner import Runner, command

ROUND = Round(seed=3)


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_takes_what_the_process_found(row: Row) -> None:
    """The last line of that form counts; other output is for people."""
    found = {"findings": [{"what": "a", "value": 1}], "failure": "", "seconds": 2.5}
    code = f"print('hello'); print({BEGIN + json.dumps(found)!r})"
    result = Runner().run(row, ROUND, started=_python(code))

    assert result.held
    assert [finding.what for finding in result.findings] == ["a"]
    assert (result.row, result.seed, result.seconds) == ("sound", 3, 2.5)
    assert result.date
    assert "cores" in result.machine


def test_a_process_that_dies_is_a_failure(row: Row) -> None:
    """It is told with the code and the last word."""
    result = Runner().run(row, ROUND, started=_python("import sys; sys.exit('no more')"))

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
    result = Runner().run(row, ROUND, started=_python(code))

    assert result.failure == "it did not end, and was killed"
    assert time.monotonic() - started < 30


def test_a_row_that_stops_by_itself_says_where(row: Row) -> None:
    """The stacks of its threads are taken for what they are."""
    code = "import faulthandler as f; f.dump_traceback_later(0.1, exit=True)\nwhile 1: pass"
    result = Runner().run(row, ROUND, started=_python(code))

    assert "did not end in time" in result.failure


def test_everything_that_runs_can_be_ended(row: Row) -> None:
    """From another thread; what would begin later is ended at once."""
    code = "import threading; threading.Event().wait(60)"
    runner, results = Runner(), list[Result]()
    row = attrs.evolve(row, full_s=60.0)
    threads = [
        threading.Thread(
            target=lambda: results.append(runner.run(row, ROUND, started=_python(code)))
        )
        for _ in range(2)
    ]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    runner.stop()
    for thread in threads:
        thread.join(30)

    assert [result.held for result in results] == [False, False]
    assert not runner.run(row, ROUND, started=_python(code)).held
    assert time.monotonic() - started < 30


def test_a_row_that_cannot_be_run_says_why(row: Row, capfd: pytest.CaptureFixture[str]) -> None:
    """That is no failure; it comes back from its process as a result like any other."""

    def absent(_: Round) -> list[Finding]:
        raise NotRun("no such program")

    child.run(attrs.evolve(row, run=absent), ROUND)
    printed = capfd.readouterr().out
    result = Runner().run(row, ROUND, started=_python(f"print({printed!r})"))

    assert result.held
    assert (result.not_run, result.failure, result.findings) == ("no such program", "", ())


def test_the_command_repeats_the_run() -> None:
    """It names the row, the seed and the form."""
    assert command("a", Round(seed=7)) == "python -m tests.campaign --row a --seed 7"
    assert command("a", Round(seed=7, is_short=True)).startswith("python -m tests.campaign --short")


def test_a_real_row_runs_in_a_process_of_its_own() -> None:
    """From the command line to the finding and back."""
    pytest.importorskip("aiohttp", reason="the embedded exchange needs the extra 'sim'")
    from .rows import ROWS

    row = next(row for row in ROWS if row.name == "late-acks")
    result = Runner().run(row, Round(seed=1, is_short=True))

    assert result.failure == ""
    assert result.held, result.findings
