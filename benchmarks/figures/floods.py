"""Floods of a fitting length: every run takes about the same time, whatever the candidate."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from benchmarks.plan import Result, Task
from benchmarks.runner import Bench

__all__ = ["fitted", "note"]

_TRIAL = 5_000
_MOST = 400_000


def fitted(
    bench: Bench, task: Task, seconds: float, *, trial: int = _TRIAL
) -> Callable[[], Result]:
    """Return what runs ``task`` with as many messages as take about ``seconds``.

    The first run, of ``trial`` messages, finds out how many that are; it also writes the byte code
    and is thrown away.
    """
    sized: list[Task] = []

    def run() -> Result:
        if not sized:
            rate = bench.run(_of_size(task, trial))["rate"]
            count = round(rate * seconds / trial) * trial
            sized.append(_of_size(task, min(max(count, trial), _MOST)))
        return bench.run(sized[0])

    return run


def _of_size(task: Task, count: int) -> Task:
    return dataclasses.replace(task, flood=dataclasses.replace(task.flood, count=count))


def note(prefix: str, results: dict[str, list[Result]]) -> dict[str, list[float]]:
    """Return the figures of interleaved runs under ``prefix/name/figure``."""
    samples: dict[str, list[float]] = {}
    for name, runs in results.items():
        for figure in runs[0] if runs else ():
            samples[f"{prefix}/{name}/{figure}"] = [run[figure] for run in runs]
    return samples
