"""What it takes to begin: the imports, and the way from ``Client(...)`` to the first event."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from benchmarks.effort import Effort
from benchmarks.plan import Flood, Result
from benchmarks.runner import Bench, interleaved, run_process
from benchmarks.samples import Samples, median
from benchmarks.stacks import STACKS
from benchmarks.table import Plot, Series, Table, number

from .floods import note

__all__ = ["measure", "tables"]

_IMPORTS = {
    "import sixmm": "import sixmm",
    "import sixmm; sixmm.Client": "import sixmm; sixmm.Client",
    "import websocket": "import websocket",
    "import requests": "import requests",
    "import websocket, requests, cattrs": "import websocket, requests, cattrs",
    "import aiohttp": "import aiohttp",
}
_FRAME = (
    "import time; begun, cpu = time.perf_counter(), time.process_time(); {}; "
    "print((time.perf_counter() - begun) * 1e3, (time.process_time() - cpu) * 1e3)"
)
_FIRST = ("naive-wsaccel", "sixmm-events-fast", "sixmm-all-fast", "sixmm-all")


def measure(bench: Bench, effort: Effort) -> Samples:
    """Measure both, after one round that writes the byte code."""
    bench.say("startup: imports")
    imports = {name: _import(program) for name, program in _IMPORTS.items()}
    for run in imports.values():
        run()
    samples = note("startup/import", interleaved(bench, imports, effort.repetitions))
    bench.say("startup: first event")
    tasks = {
        stack: bench.task(stack, Flood("order", count=1), program="first_event") for stack in _FIRST
    }
    runs = {stack: lambda task=task: bench.run(task) for stack, task in tasks.items()}
    samples.update(note("startup/first", interleaved(bench, runs, effort.repetitions)))
    return samples


def _import(program: str) -> Callable[[], Result]:
    def run() -> Result:
        printed = run_process([sys.executable, "-c", _FRAME.format(program)])
        wall, cpu = map(float, printed.split())
        return {"ms": wall, "cpu_ms": cpu}

    return run


def tables(samples: Samples) -> Sequence[Table]:
    """Return both tables."""
    if "startup/import/import sixmm/ms" not in samples:
        return []
    return [_imports(samples), _first(samples)]


def _imports(samples: Samples) -> Table:
    names = [name for name in _IMPORTS if f"startup/import/{name}/ms" in samples]
    wall = {name: median(samples, f"startup/import/{name}/ms") for name in names}
    return Table(
        name="startup-imports",
        title="Import time",
        head=("statement", "ms", "CPU ms"),
        rows=tuple(
            (
                f"`{name}`",
                number(wall[name]),
                number(median(samples, f"startup/import/{name}/cpu_ms")),
            )
            for name in names
        ),
        intro="In a fresh interpreter whose byte code is written already.",
        plot=Plot(
            axis="milliseconds",
            labels=tuple(names),
            series=(Series("ms", tuple(wall.values())),),
        ),
    )


def _first(samples: Samples) -> Table:
    first, again = (
        [median(samples, f"startup/first/{name}/{figure}") for name in _FIRST]
        for figure in ("ms", "again_ms")
    )
    titles = tuple(STACKS[name].title for name in _FIRST)
    return Table(
        name="startup-first-event",
        title="From nothing to the first private event",
        head=("candidate", "first client of a process, ms", "second one, ms"),
        rows=tuple(
            (title, number(one), number(other))
            for title, one, other in zip(titles, first, again, strict=True)
        ),
        intro="From `Client(...)` to the event, with REST calls and stream over loopback. The "
        "first client also imports the libraries of its transports. sixmm reads the exchange's "
        "clock and compares the account before it hands over the event; the naive client asks for "
        "a listenKey, dials, and takes what comes.",
        plot=Plot(
            axis="milliseconds",
            labels=titles,
            series=(Series("first client", tuple(first)), Series("second one", tuple(again))),
        ),
    )
