"""What happens in the process of a row: one run, and its findings on the standard output."""

from __future__ import annotations

import faulthandler
import json
import sys
import time
import traceback

import attrs

from .row import Finding, NotRun, Round, Row

__all__ = ["BEGIN", "run"]

BEGIN = "findings: "
"""Begins the line that has the result; whatever else is printed is for people."""

_LAST_WORDS = 5.0


def run(row: Row, round_: Round) -> int:
    """Make the run; a run that hangs ends with the stacks of all threads.

    Returns 0 where it came to an end, whatever was found.
    """
    deadline = row.deadline(is_short=round_.is_short)
    faulthandler.dump_traceback_later(max(1.0, deadline - _LAST_WORDS), exit=True)
    started = time.monotonic()
    findings: list[Finding] = []
    failure = not_run = ""
    try:
        findings = row.run(round_)
    except NotRun as reason:
        not_run = str(reason)
    except Exception as error:
        traceback.print_exc()
        failure = f"{type(error).__name__}: {error}"
    faulthandler.cancel_dump_traceback_later()
    result = {
        "findings": [attrs.asdict(finding) for finding in findings],
        "failure": failure[:500],
        "not_run": not_run,
        "seconds": round(time.monotonic() - started, 1),
    }
    sys.stderr.flush()
    print(BEGIN + json.dumps(result), flush=True)
    return 0
