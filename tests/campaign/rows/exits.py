"""D3: programs that end with a client open; each ends at once, and says so where it should."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs

from ..floor import DEADLINE, floor
from ..leaver import KINDS, MOMENTS
from ..row import Finding, Round, Row, at_least, at_most, exactly, noted

__all__ = ["ROWS"]

_ROOT = Path(__file__).parents[3]
_AT_LAST = 8.0
"""Seconds that even the slowest may take: closing a client has a time-out of 5 s."""
_SOON = 1.0
_TOGETHER = 2
_INTERRUPTED = (-signal.SIGINT, 128 + signal.SIGINT)
"""How the end by Ctrl-C is told: by the system, and by a shell."""


@attrs.frozen(kw_only=True)
class _End:
    """How one program has ended."""

    kind: str
    name: str
    code: int
    seconds: float
    complaint: str

    @property
    def is_right(self) -> bool:
        """Whether its code is the one of its kind."""
        return self.code in (_INTERRUPTED if self.kind == "interrupt" else (0,))

    @property
    def warnings(self) -> int:
        """How often it was told that something was left open."""
        return self.complaint.count(": ResourceWarning: ")


def _run(round_: Round) -> list[Finding]:
    """Start so many programs of each kind, some at a time, and watch how they end."""
    times = round_.pick(full=100, short=3)
    dice = random.Random(round_.seed)
    kinds = [kind for kind in KINDS if kind != "fork" or hasattr(os, "fork")]
    # Each kind meets each moment equally often, and a short run meets each moment.
    plans = [
        (kind, list(MOMENTS)[(first + number) % len(MOMENTS)], dice.uniform(0.0, 0.05))
        for first, kind in enumerate(kinds)
        for number in range(times)
    ]
    dice.shuffle(plans)
    with floor(seed=round_.seed) as place:
        variables = {
            **os.environ,
            "SIXMM_API_KEY": place.key.api_key,
            "SIXMM_API_SECRET": place.key.api_secret,
            "SIXMM_REST_URL": place.exchange.rest_url,
            "SIXMM_WS_URL": place.exchange.ws_url,
        }
        with ThreadPoolExecutor(_TOGETHER) as pool:
            ends = list(pool.map(lambda plan: _leave(*plan, variables), plans))
    return _findings(ends, kinds, times, at_once=round_.pick(full=1, short=3))


def _findings(ends: list[_End], kinds: list[str], times: int, *, at_once: int) -> list[Finding]:
    """Judge the ends; ``at_once`` is the most seconds beyond what such a process takes to end."""
    wrong = [f"{end.name}: {end.code}: {end.complaint[-300:]}" for end in ends if not end.is_right]
    forgotten = [end for end in ends if end.kind == "forgotten"]
    warned = sum(end.warnings == 1 for end in forgotten)
    silent = str([f"{end.name}: {end.complaint[-300:]}" for end in forgotten if end.warnings != 1])
    slowest = max(ends, key=lambda end: end.seconds)
    words, usual = _told(slowest), _median(ends, kinds[0])
    codes = Counter(end.kind for end in ends if end.is_right)
    return [
        at_least("programs", len(ends), times * len(kinds)),
        *(exactly(f"right code: {kind}", codes[kind], times, str(wrong[:3])) for kind in kinds),
        exactly("clients that were forgotten, told by one ResourceWarning", warned, times, silent),
        noted("median end in s of a program that has closed its client", usual),
        *(
            at_most(f"median end in s, beyond that: {end}", _median(ends, end) - usual, at_once)
            for end in kinds[1:]
        ),
        at_most("slowest end in s, beyond that", slowest.seconds - usual, _AT_LAST, "s", words),
        noted("ends within 1 s", sum(end.seconds < _SOON for end in ends)),
    ]


def _told(end: _End) -> str:
    return f"{end.name}: {end.complaint[-3_000:]}"


def _median(ends: Iterable[_End], kind: str) -> float:
    return statistics.median(end.seconds for end in ends if end.kind == kind)


def _leave(kind: str, moment: str, pause: float, variables: dict[str, str]) -> _End:
    """Run one program to its end; one that does not end is killed, which is another code."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.campaign.leaver", kind, moment],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=variables,
        cwd=_ROOT,
    )
    # Its pipes are read all the while, so that it never has to wait for this process.
    said: list[tuple[str, float]] = []
    complaints: list[str] = []
    is_ready = threading.Event()
    readers = [
        threading.Thread(target=_listen, args=(process.stdout, said, is_ready), daemon=True),
        threading.Thread(
            target=lambda: complaints.append(process.stderr.read()),  # type: ignore[union-attr]
            daemon=True,
        ),
    ]
    for reader in readers:
        reader.start()
    signalled = None
    if kind == "interrupt" and is_ready.wait(DEADLINE):
        threading.Event().wait(pause)
        signalled = time.monotonic()
        process.send_signal(signal.SIGINT)
        _ask_where_it_hangs(process)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(DEADLINE)
    ended = time.monotonic()
    process.kill()
    process.wait()
    for reader in readers:
        reader.join(DEADLINE)
    times = {"ended": ended, **dict(said)}
    since = signalled or times.get("leaving", float("-inf"))
    return _End(
        kind=kind,
        name=f"{kind} while {moment}",
        code=process.returncode,
        seconds=times.get("left", ended) - since,
        complaint="".join(complaints),
    )


def _ask_where_it_hangs(process: subprocess.Popen[str]) -> None:
    """Have a program that does not end at all print the stacks of its threads."""
    try:
        process.wait(_AT_LAST)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGUSR1)


def _listen(lines: Iterable[str], said: list[tuple[str, float]], ready: threading.Event) -> None:
    """Note what a program says, until it has ended."""
    for line in lines:
        word, moment = line.split()
        said.append((word, float(moment)))
        ready.set()


ROWS = (
    Row(
        name="exits",
        hazards=("D3",),
        shows="600 programs that close a client, forget an open one, fall off their end, leave by "
        "an error, are interrupted, or fork, while they connect, are live, wait, have subscribed "
        "or have used everything; in a forked child every verb has to say whose client it is",
        run=_run,
        full_s=2_400.0,
        short_s=120.0,
    ),
)
