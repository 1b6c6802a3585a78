"""What an inbox weighs that holds 100,000 private orders, because the caller is late."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.effort import Effort
from benchmarks.plan import Flood
from benchmarks.runner import Bench, interleaved
from benchmarks.samples import Samples, median
from benchmarks.stacks import STACKS
from benchmarks.table import Plot, Series, Table, number, ratio

from .floods import note

__all__ = ["measure", "tables"]

_ORDERS = 100_000
_GATED = ("sixmm-events-fast",)
_ALL = (*_GATED, "sixmm-events", "sixmm-all-fast", "naive-wsaccel")


def measure(bench: Bench, effort: Effort) -> Samples:
    """Measure how much a process grows while nobody takes its events."""
    tasks = {
        stack: bench.task(stack, Flood("order", count=_ORDERS), program="hold")
        for stack in (_GATED if effort.gates_only else _ALL)
    }
    runs = {stack: lambda task=task: bench.run(task) for stack, task in tasks.items()}
    bench.say("memory: a full inbox")
    return note("memory/inbox", interleaved(bench, runs, 1 if effort.is_short else 3))


def tables(samples: Samples) -> Sequence[Table]:
    """Return the table."""
    prefix = "memory/inbox"
    stacks = [stack for stack in STACKS if f"{prefix}/{stack}/grown_bytes" in samples]
    if not stacks:
        return []
    grown = [median(samples, f"{prefix}/{stack}/grown_bytes") or 0.0 for stack in stacks]
    raw = [median(samples, f"{prefix}/{stack}/raw_bytes") or 0.0 for stack in stacks]
    rows = tuple(
        (STACKS[stack].title, number(more / 2**20), number(text / 2**20), ratio(more, text))
        for stack, more, text in zip(stacks, grown, raw, strict=True)
    )
    return [
        Table(
            name="memory-inbox",
            title=f"Memory of an inbox that holds {_ORDERS:,} private orders",
            head=("candidate", "growth MiB", "wire text MiB", "x wire text"),
            rows=rows,
            intro="By how much the resident memory of the process grows, against the bytes of the "
            "messages. What the mirror keeps is in the rows that keep one.",
            plot=Plot(
                axis="MiB",
                labels=tuple(STACKS[stack].title for stack in stacks),
                series=(
                    Series("growth", tuple(value / 2**20 for value in grown)),
                    Series("wire text", tuple(value / 2**20 for value in raw)),
                ),
            ),
        )
    ]
