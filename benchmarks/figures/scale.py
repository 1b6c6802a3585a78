"""Whether an event costs the same however many events, topics and clients there are."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from benchmarks.effort import Effort
from benchmarks.plan import Flood, Result
from benchmarks.runner import Bench, interleaved
from benchmarks.samples import Samples, median
from benchmarks.table import Plot, Series, Table, count, number, ratio, with_spread

from .floods import note

__all__ = ["measure", "tables"]

_STACK = "sixmm-events-fast"
_EVENTS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
_TOPICS = (1, 10, 50, 200)
_CLIENTS = (1, 2, 5, 10, 20)
_TOPIC_EVENTS = 30_000
_CLIENT_EVENTS = 60_000
_WARM_UP = 2_000
_SMALL = 100_000
_PATIENCE = 110.0
"""Seconds that one run may take; a larger number of events is left out."""


def measure(bench: Bench, effort: Effort) -> Samples:
    """Measure all three; for the gates only the ends of the first two.

    The short form leaves out the first, which takes minutes.
    """
    samples = _events(bench, effort)
    samples.update(_topics(bench, effort))
    if not effort.gates_only:
        samples.update(_clients(bench, effort))
    return samples


def _events(bench: Bench, effort: Effort) -> Samples:
    if effort.is_short:
        return {}
    sizes = (_EVENTS[0], _EVENTS[-1]) if effort.gates_only else _EVENTS
    small = {str(n): _run_events(bench, n) for n in sizes if n <= _SMALL}
    bench.say("scale: events")
    samples = note("scale/events", interleaved(bench, small, effort.repetitions))
    for n in sizes:
        rate = median(samples, f"scale/events/{sizes[0]}/rate") or 1.0
        if n > _SMALL and n / rate < _PATIENCE:
            repetitions = 3 if n <= 1_000_000 else 1
            runs = {str(n): _run_events(bench, n)}
            samples.update(note("scale/events", interleaved(bench, runs, repetitions)))
    return samples


def _run_events(bench: Bench, size: int) -> Callable[[], Result]:
    # A small flood is over in milliseconds: the median of several in the same process is taken.
    rounds = {1_000: 15, 10_000: 5}.get(size, 1)
    options = {"warm_up": _WARM_UP, "rounds": rounds, "bounded": True}
    task = bench.task(_STACK, Flood("order", count=size), options=options)
    return lambda: bench.run(task)


def _topics(bench: Bench, effort: Effort) -> Samples:
    flood = Flood("depth", count=_TOPIC_EVENTS)
    numbers = (_TOPICS[0], _TOPICS[-1]) if effort.gates_only else _TOPICS
    tasks = {
        str(n): bench.task(
            _STACK, dataclasses.replace(flood, topics=n), options={"warm_up": _WARM_UP}
        )
        for n in numbers
    }
    runs = {name: lambda task=task: bench.run(task) for name, task in tasks.items()}
    bench.say("scale: topics")
    return note("scale/topics", interleaved(bench, runs, effort.repetitions))


def _clients(bench: Bench, effort: Effort) -> Samples:
    flood = Flood("order", count=_CLIENT_EVENTS)
    tasks = {
        str(n): bench.task(
            _STACK, dataclasses.replace(flood, connections=n), program="receive_many"
        )
        for n in _CLIENTS
    }
    runs = {name: lambda task=task: bench.run(task) for name, task in tasks.items()}
    bench.say("scale: clients")
    return note("scale/clients", interleaved(bench, runs, min(3, effort.repetitions)))


def tables(samples: Samples) -> Sequence[Table]:
    """Return the three tables."""
    found = [
        _table(
            samples,
            "events",
            "Cost per event: from 1,000 to 10,000,000 private orders",
            "Typed, fast, events only, with the default bounds of the inbox. The client is warm: "
            f"{_WARM_UP:,} events went before. Of the smallest runs many are made.",
        ),
        _table(
            samples,
            "topics",
            "Cost per event: from 1 to 200 topics",
            f"{_TOPIC_EVENTS:,} depth deltas, spread over the topics; the best levels are read.",
        ),
        _table(
            samples,
            "clients",
            "Cost per event: from 1 to 20 clients in one process",
            f"{_CLIENT_EVENTS:,} private orders, spread over the clients; each has a connection, "
            "and a thread that takes its events.",
        ),
    ]
    return [table for table in found if table.rows]


def _table(samples: Samples, name: str, title: str, intro: str) -> Table:
    numbers = {"events": _EVENTS, "topics": _TOPICS, "clients": _CLIENTS}[name]
    found = [n for n in numbers if f"scale/{name}/{n}/cpu_us" in samples]
    costs = [median(samples, f"scale/{name}/{n}/cpu_us") for n in found]
    rows = tuple(
        (
            f"{n:,}",
            number(cost),
            ratio(cost, costs[0]),
            with_spread(samples, f"scale/{name}/{n}/rate"),
            count((median(samples, f"scale/{name}/{n}/peak_kib") or 0) / 1024),
        )
        for n, cost in zip(found, costs, strict=True)
    )
    missing = [f"{n:,}" for n in numbers if n not in found]
    return Table(
        name=f"scale-{name}",
        title=title,
        head=(name, "CPU us/event", f"x {numbers[0]:,}", "events/s", "peak MiB"),
        rows=rows,
        intro=intro,
        notes=(f"Not measured in this run: {', '.join(missing)}.",) if missing else (),
        plot=Plot(
            axis="CPU microseconds per event",
            labels=tuple(map(float, found)),
            series=(Series("CPU us/event", tuple(costs)),),
            x_axis=name,
        ),
    )
