"""Runs rows, each in a process of its own that is ended where it takes too long."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .child import BEGIN
from .machine import describe
from .result import Result
from .row import Finding, Round, Row

__all__ = ["command", "run_row"]

_ROOT = Path(__file__).parent.parent.parent
_MOST_LINES = 200
_GRACE = 10.0
"""Seconds beyond its deadline: the process itself is to say first where it hangs."""


def command(name: str, round_: Round) -> str:
    """Return what repeats a run, as it is typed."""
    return " ".join(["python", *_arguments(name, round_)])


def run_row(row: Row, round_: Round, *, program: Sequence[str] | None = None) -> Result:
    """Run a row and return what became of it; it never raises because of the row.

    Args:
        row: what to run.
        round_: which run of it.
        program: the command of the process, for a test; None is the one of the row.
    """
    started = [sys.executable, *_arguments(row.name, round_), "--here"]
    timeout = row.deadline(is_short=round_.is_short) + _GRACE
    printed, complaint, code = _run(program or started, timeout)
    lines = [line for line in printed.splitlines() if line.startswith(BEGIN)]
    if not lines:
        found: dict[str, object] = {"failure": _why(code, complaint)}
    else:
        found = json.loads(lines[-1].removeprefix(BEGIN))
    if found["failure"]:
        print("\n".join(complaint.splitlines()[-_MOST_LINES:]), file=sys.stderr, flush=True)
    return _result(row, round_, found)


def _result(row: Row, round_: Round, found: dict[str, object]) -> Result:
    findings = found.pop("findings", [])
    assert isinstance(findings, list)
    return Result(
        row=row.name,
        seed=round_.seed,
        findings=tuple(Finding(**finding) for finding in findings),
        date=datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        machine=describe(),
        **found,  # type: ignore[arg-type]
    )


def _arguments(name: str, round_: Round) -> list[str]:
    short = ["--short"] if round_.is_short else []
    return ["-m", "tests.campaign", *short, "--row", name, "--seed", str(round_.seed)]


def _run(program: Sequence[str], timeout: float) -> tuple[str, str, int | None]:
    """Return what a process printed and complained about, and its code; None where it hung."""
    process = subprocess.Popen(
        program,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
        start_new_session=True,
    )
    try:
        printed, complaint = process.communicate(timeout=timeout)
        return printed, complaint, process.returncode
    except subprocess.TimeoutExpired:
        _kill(process)
        printed, complaint = process.communicate()
        return printed, complaint, None
    finally:
        # A row that failed may have left a process behind.
        _kill(process)


def _kill(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _why(code: int | None, complaint: str) -> str:
    if code is None:
        return "it did not end, and was killed"
    if "Timeout (" in complaint:
        return "it did not end in time; the stacks of its threads are in the output"
    last = complaint.strip().splitlines()[-1:]
    return f"the process ended with code {code}: {' '.join(last)}"
