"""How REST calls are measured: many, one after the other, after a few that are not counted."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from benchmarks.plan import Result, Task

__all__ = ["calls_measured"]

_WARM_UP = 20


def calls_measured(task: Task, call: Callable[[], object]) -> Result:
    """Return the calls per second, and the processor time of one in microseconds."""
    count = int(task.options["calls"])
    for _ in range(_WARM_UP):
        call()
    gc.collect()
    cpu, begun = time.process_time(), time.perf_counter()
    for _ in range(count):
        call()
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu
    return {"rate": count / seconds, "cpu_us": cpu_seconds / count * 1e6}
