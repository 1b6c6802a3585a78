"""Runs rows, each in a process of its own that is ended where it takes too long."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

from .child import BEGIN
from .machine import describe
from .program import program
from .result import Result
from .row import Finding, Round, Row

__all__ = ["Runner", "command"]

_MOST_LINES = 200
_GRACE = 10.0
"""Seconds beyond its deadline: the process itself is to say first where it hangs."""


def command(name: str, round_: Round) -> str:
    """Return what repeats a run, as it is typed."""
    return " ".join(["python", "-m", "tests.campaign", *_words(name, round_)])


class Runner:
    """Runs rows; several threads may each run one at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._is_stopped = False

    def run(self, row: Row, round_: Round, *, started: Sequence[str] | None = None) -> Result:
        """Run a row and return what became of it; it never raises because of the row.

        Args:
            row: what to run.
            round_: which run of it.
            started: the command of the process, for a test; None is the one of the row.
        """
        of_row = program("tests.campaign", *_words(row.name, round_), "--here")
        timeout = row.deadline(is_short=round_.is_short) + _GRACE
        printed, complaint, code = self._run(started or of_row, timeout)
        lines = [line for line in printed.splitlines() if line.startswith(BEGIN)]
        if not lines:
            found: dict[str, object] = {"failure": _why(code, complaint)}
        else:
            found = json.loads(lines[-1].removeprefix(BEGIN))
        if found["failure"]:
            print("\n".join(complaint.splitlines()[-_MOST_LINES:]), file=sys.stderr, flush=True)
        return _result(row, round_, found)

    def stop(self) -> None:
        """End every process that runs, and every one that would begin after this."""
        with self._lock:
            self._is_stopped = True
            running = [*self._running]
        for process in running:
            _kill(process)

    def _run(self, words: Sequence[str], timeout: float) -> tuple[str, str, int | None]:
        """Return what a process printed and complained about, and its code; None where it hung."""
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            self._note(process)
            printed, complaint = process.communicate(timeout=timeout)
            return printed, complaint, process.returncode
        except subprocess.TimeoutExpired:
            _kill(process)
            printed, complaint = process.communicate()
            return printed, complaint, None
        finally:
            # A row that failed may have left a process behind.
            _kill(process)
            with self._lock:
                self._running.discard(process)

    def _note(self, process: subprocess.Popen[str]) -> None:
        with self._lock:
            self._running.add(process)
            is_late = self._is_stopped
        if is_late:
            _kill(process)


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


def _words(name: str, round_: Round) -> list[str]:
    short = ["--short"] if round_.is_short else []
    return [*short, "--row", name, "--seed", str(round_.seed)]


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
