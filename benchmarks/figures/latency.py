"""From the sender's clock to the caller's hands: one message at a time, and in bursts."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from benchmarks.effort import Effort
from benchmarks.plan import Flood
from benchmarks.runner import Bench, interleaved
from benchmarks.samples import Samples, median
from benchmarks.stacks import STACKS
from benchmarks.table import Plot, Series, Table, number, ratio

from .floods import note

__all__ = ["PERCENTILES", "measure", "paced_table", "tables"]

PERCENTILES = {"p50": "p50_us", "p99": "p99_us", "p99.9": "p999_us"}

_IDLE = Flood("order", burst=1, interval_ms=1.0)
_BURSTS = Flood("mix", burst=80, interval_ms=20.0)
_FEW = 3
_GATED = ("limit", "naive-wsaccel", "sixmm-events-fast")
_ALL = (*_GATED, "naive", "sixmm-events", "sixmm-all-fast", "sixmm-all")


def measure(bench: Bench, effort: Effort) -> Samples:
    """Measure both paces; for the gates only the first."""
    stacks = _GATED if effort.gates_only else _ALL
    samples = _paced(bench, effort, "idle", _IDLE, stacks, effort.repetitions)
    if not effort.gates_only:
        samples.update(_paced(bench, effort, "bursts", _BURSTS, _ALL, _FEW))
    return samples


def _paced(
    bench: Bench,
    effort: Effort,
    name: str,
    flood: Flood,
    stacks: Sequence[str],
    repetitions: int,
) -> Samples:
    bench.say(f"latency: {name}")
    bursts = round(effort.paced_seconds * 1000 / flood.interval_ms)
    flood = dataclasses.replace(flood, count=bursts * flood.burst)
    tasks = {
        stack: bench.task(stack, flood, options={"warm_up": 20 * flood.burst}) for stack in stacks
    }
    runs = {stack: lambda task=task: bench.run(task) for stack, task in tasks.items()}
    return note(f"latency/{name}", interleaved(bench, runs, repetitions))


def tables(samples: Samples) -> Sequence[Table]:
    """Return a table for each pace that was measured."""
    found = [
        paced_table(
            samples,
            "latency/idle",
            name="latency-idle",
            title="Latency: 1 private order per millisecond",
            intro="Microseconds from just before the sender's system call to the typed event in "
            "the caller's hands. At this pace the wake-up of a sleeping thread is most of it.",
        ),
        paced_table(
            samples,
            "latency/bursts",
            name="latency-bursts",
            title="Latency: bursts of 80 messages of the mix, every 20 ms",
            intro="Microseconds, over every message of every burst. A candidate that needs longer "
            "than 20 ms for a burst falls behind, and its figures are those of a queue that grows.",
        ),
    ]
    return [table for table in found if table.rows]


def paced_table(samples: Samples, prefix: str, *, name: str, title: str, intro: str) -> Table:
    """Return the table of the latencies under ``prefix``."""
    stacks = [stack for stack in STACKS if f"{prefix}/{stack}/p50_us" in samples]
    values = {
        label: tuple(median(samples, f"{prefix}/{stack}/{figure}") for stack in stacks)
        for label, figure in PERCENTILES.items()
    }
    limit = median(samples, f"{prefix}/limit/p50_us")
    rows = tuple(
        (
            STACKS[stack].title,
            *(number(values[label][place]) for label in PERCENTILES),
            ratio(values["p50"][place], limit),
            number(median(samples, f"{prefix}/{stack}/cpu_us")),
        )
        for place, stack in enumerate(stacks)
    )
    return Table(
        name=name,
        title=title,
        head=("candidate", "p50 us", "p99 us", "p99.9 us", "p50 x limit", "CPU us/message"),
        rows=rows,
        intro=intro,
        plot=Plot(
            axis="microseconds",
            labels=tuple(STACKS[stack].title for stack in stacks),
            series=tuple(Series(label, values[label]) for label in PERCENTILES),
            logarithmic=True,
        ),
    )
