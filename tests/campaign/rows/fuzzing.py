"""E4: a fuzzer that sees what its inputs reach, on the five places where most bytes come in."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import tempfile

import attrs

from ..program import program
from ..row import Finding, NotRun, Round, Row, at_least, exactly, noted

__all__ = ["ROWS", "Fuzzed", "fuzzed", "told"]

TARGETS = ("envelope", "private", "depth", "http", "frames")
"""An envelope, a private event, a book, a reply by HTTP, and the frames."""
_SECONDS = 120
_GRACE = 60
_LEAST_INPUTS = 10_000
_COUNT = re.compile(r"^(?:stat::number_of_executed_units:\s*|#)(\d+)", re.MULTILINE)
_FOUND = re.compile(r"^(SLOW|WRONG): .*(?:\n  .*)*", re.MULTILINE)
_MOST_WORDS = 40_000
"""A finding comes with its input, in Base64: without it nobody can repeat it."""


@attrs.frozen(kw_only=True)
class Fuzzed:
    """What a fuzzer has said of one target; it ends at the first finding."""

    target: str
    inputs: int
    crashes: list[str] = attrs.field(factory=list)
    slow: list[str] = attrs.field(factory=list)


def fuzzed(target: str, *, seed: int, seconds: int) -> Fuzzed:
    """Fuzz a target in a process of its own, for so many seconds."""
    words = [target, "--engine", "atheris", "--seed", str(seed), "--seconds", str(seconds)]
    with tempfile.TemporaryDirectory(prefix="sixmm-fuzz-") as folder:
        process = subprocess.run(
            program("tests.hostile.fuzz", *words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # What is printed may hold any bytes.
            encoding="utf-8",
            errors="replace",
            timeout=seconds + _GRACE,
            check=False,
            env={**os.environ, "TMPDIR": folder},
        )
    return told(target, process.stdout, process.returncode)


def told(target: str, printed: str, code: int) -> Fuzzed:
    """Return what a fuzzer has said; one that failed and told no finding has crashed."""
    counts = [int(found) for found in _COUNT.findall(printed)]
    findings = [found[0] for found in _FOUND.finditer(printed)]
    slow = [f"{target}: {finding}" for finding in findings if finding.startswith("SLOW")]
    crashes = [f"{target}: {finding}" for finding in findings if finding.startswith("WRONG")]
    if code and not findings:
        crashes = [f"{target}: it ended with code {code}: {printed[-2_000:]}"]
    return Fuzzed(target=target, inputs=max(counts, default=0), crashes=crashes, slow=slow)


def _run(round_: Round) -> list[Finding]:
    if round_.is_short:
        raise NotRun("the short form has no time for it")
    if importlib.util.find_spec("atheris") is None:
        raise NotRun("atheris is not installed; there it is for CPython 3.11 on Linux on x86-64")
    # It takes only what the rows leave that run beside it.
    os.nice(19)
    runs = [fuzzed(target, seed=round_.seed, seconds=_SECONDS) for target in TARGETS]
    crashes = " / ".join(word for run in runs for word in run.crashes)
    slow = " / ".join(word for run in runs for word in run.slow)
    return [
        exactly("targets", len(runs), len(TARGETS)),
        at_least("inputs of the target that had the fewest", _fewest(runs), _LEAST_INPUTS),
        exactly("crashes", sum(len(run.crashes) for run in runs), 0, crashes[:_MOST_WORDS]),
        exactly(
            "inputs that took over 50 ms per KiB",
            sum(len(run.slow) for run in runs),
            0,
            slow[:_MOST_WORDS],
        ),
        *(noted(f"inputs of {run.target}", run.inputs) for run in runs),
    ]


def _fewest(runs: list[Fuzzed]) -> int:
    return min(run.inputs for run in runs)


ROWS = (
    Row(
        name="atheris",
        hazards=("E4",),
        shows="five places that read bytes, for 2 minutes each, by a fuzzer that sees which code "
        "its inputs reach",
        run=_run,
        full_s=1_000.0,
        is_beside=True,
    ),
)
