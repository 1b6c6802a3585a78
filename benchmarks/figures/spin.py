"""What is left of throughput and latency while another Python thread computes all the time."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.effort import Effort
from benchmarks.plan import Flood
from benchmarks.runner import Bench, interleaved
from benchmarks.samples import Samples, median
from benchmarks.stacks import STACKS
from benchmarks.table import Plot, Series, Table, number, ratio, with_spread

from .floods import fitted, note
from .latency import paced_table

__all__ = ["measure", "tables"]

_GATED = ("naive-wsaccel", "sixmm-events-fast")
_ALL = (*_GATED, "limit", "naive", "sixmm-events", "sixmm-all-fast")
_TRIAL = 2_000
_WARM_UP = 500
_FEW = 3
_PACE_MS = 10.0


def measure(bench: Bench, effort: Effort) -> Samples:
    """Measure a flood, and one order per 10 ms; for the gates only the flood."""
    stacks = _GATED if effort.gates_only else _ALL
    bench.say("spin: flood")
    floods = {
        stack: fitted(
            bench,
            bench.task(stack, Flood("order"), spin=True, options={"warm_up": _WARM_UP}),
            effort.seconds,
            trial=_TRIAL,
        )
        for stack in stacks
    }
    samples = note("spin/flood", interleaved(bench, floods, effort.repetitions))
    if effort.gates_only:
        return samples
    bench.say("spin: latency")
    count = round(effort.paced_seconds * 1000 / _PACE_MS)
    paced = Flood("order", count=count, burst=1, interval_ms=_PACE_MS)
    tasks = {stack: bench.task(stack, paced, spin=True) for stack in stacks}
    runs = {stack: lambda task=task: bench.run(task) for stack, task in tasks.items()}
    samples.update(note("spin/paced", interleaved(bench, runs, _FEW)))
    return samples


def tables(samples: Samples) -> Sequence[Table]:
    """Return the table of the floods and that of the latencies."""
    found = [
        _flood_table(samples),
        paced_table(
            samples,
            "spin/paced",
            name="spin-latency",
            title="Latency while another thread spins: 1 private order per 10 ms",
            intro="Microseconds. A thread that wakes up waits until the spinning one gives the "
            "interpreter lock away, every 5 ms by default; the processor time is that of both.",
        ),
    ]
    return [table for table in found if table.rows]


def _flood_table(samples: Samples) -> Table:
    prefix = "spin/flood"
    stacks = [stack for stack in STACKS if f"{prefix}/{stack}/rate" in samples]
    rates = {stack: median(samples, f"{prefix}/{stack}/rate") for stack in stacks}
    rows = tuple(
        (
            STACKS[stack].title,
            with_spread(samples, f"{prefix}/{stack}/rate"),
            ratio(rates[stack], rates.get("naive-wsaccel")),
            ratio(rates[stack], rates.get("naive")),
            number(median(samples, f"{prefix}/{stack}/seconds")),
        )
        for stack in stacks
    )
    return Table(
        name="spin-throughput",
        title="Throughput while another thread spins: private orders",
        head=("candidate", "messages/s", "x naive with wsaccel", "x naive", "seconds of a run"),
        rows=rows,
        intro="Every read of a socket gives the interpreter lock away and waits 5 ms to get it "
        "back, so that few, large reads win. `sys.setswitchinterval` is the program's to change, "
        "never a library's.",
        plot=Plot(
            axis="messages per second",
            labels=tuple(STACKS[stack].title for stack in stacks),
            series=(Series("messages/s", tuple(rates[stack] for stack in stacks)),),
        ),
    )
