"""How a run is measured: the clock from "go" to the last message, processor time, peak memory."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.control import Control
from benchmarks.messages import mean_size
from benchmarks.plan import Flood, Result, Task
from benchmarks.samples import percentile

__all__ = ["held", "measured", "peak_kib", "sent_when_connected", "spinning"]

_HOLD_TIMEOUT = 60.0

Receive = Callable[[int, "list[int] | None"], int]
"""Takes so many messages, notes the time of each (ns) where there is a list, returns how many."""


def measured(task: Task, receive: Receive) -> Result:
    """Let the sender go and return the figures of ``receive``.

    Two options of the task count here: ``warm_up`` messages go first and are not measured, and
    ``rounds`` floods are measured, of which the one with the median processor time is returned.

    Raises:
        RuntimeError: another number of messages arrived.
    """
    warm_up = int(task.options.get("warm_up", 0))
    if warm_up:
        _one_flood(task, dataclasses.replace(task.flood, count=warm_up), receive)
    rounds = [
        _one_flood(task, task.flood, receive) for _ in range(int(task.options.get("rounds", 1)))
    ]
    rounds.sort(key=lambda figures: figures["cpu_seconds"])
    return rounds[len(rounds) // 2]


def _one_flood(task: Task, flood: Flood, receive: Receive) -> Result:
    stamps: list[int] | None = [] if flood.burst else None
    control = Control(task.addresses.control)
    control.prepare(flood)
    gc.collect()
    with spinning() if task.spin else contextlib.nullcontext():
        cpu, begun = time.process_time(), time.perf_counter()
        control.go()
        received = receive(flood.count, stamps)
        seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu
    if received != flood.count:
        raise RuntimeError(f"{received} messages arrived, not {flood.count}")
    report = control.finish()
    return {
        "messages": float(received),
        "seconds": seconds,
        "rate": received / seconds,
        "cpu_us": cpu_seconds / received * 1e6,
        "cpu_seconds": cpu_seconds,
        "peak_kib": peak_kib(),
        **({} if stamps is None else _latencies(report["sent"], stamps)),
    }


def _latencies(sent: Sequence[tuple[int, int]], received: Sequence[int]) -> Result:
    """Return the percentiles of the microseconds from sending to the caller's hands.

    Messages neither vanish nor overtake one another, so that their place tells which is which.
    """
    sent_ns = [moment for moment, count in sent for _ in range(count)]
    late_us = [(r - s) / 1e3 for s, r in zip(sent_ns, received, strict=True)]
    return {
        "p50_us": percentile(late_us, 50),
        "p99_us": percentile(late_us, 99),
        "p999_us": percentile(late_us, 99.9),
    }


def sent_when_connected(task: Task) -> None:
    """Let the sender send as soon as there is a new connection; returns before there is one."""
    control = Control(task.addresses.control)
    control.prepare(dataclasses.replace(task.flood, to_next=True))
    control.go()


def resident_bytes() -> float:
    """Return the memory that this process has now."""
    import psutil  # type: ignore[import-untyped]

    return float(psutil.Process().memory_info().rss)


def held(task: Task, waiting: Callable[[], int]) -> Result:
    """Return by how much the process grows while nobody takes what the sender sends.

    Args:
        task: what to do.
        waiting: says how many messages wait for the caller.

    Raises:
        TimeoutError: they did not all arrive.
    """
    control = Control(task.addresses.control)
    control.prepare(task.flood)
    gc.collect()
    before = resident_bytes()
    control.go()
    deadline = time.monotonic() + _HOLD_TIMEOUT
    while waiting() < task.flood.count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"only {waiting()} messages arrived")
        time.sleep(0.01)
    gc.collect()
    grown = resident_bytes() - before
    return {"grown_bytes": grown, "raw_bytes": task.flood.count * mean_size(task.flood.kind)}


def peak_kib() -> float:
    """Return the most memory that this process has had, in KiB."""
    with contextlib.suppress(OSError):
        # Not ru_maxrss: there a child begins with the peak of the process that started it.
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1])
    if sys.platform == "win32":
        import psutil  # type: ignore[import-untyped]

        return float(psutil.Process().memory_info().peak_wset) / 1024
    import resource

    unit = 1024 if sys.platform == "darwin" else 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


@contextlib.contextmanager
def spinning() -> Iterator[None]:
    """Let another Python thread compute meanwhile, as a strategy may do."""
    stop = threading.Event()

    def spin() -> None:
        value = 0
        while not stop.is_set():
            for _ in range(1000):
                value = (value * 31 + 7) % 1_000_003

    thread = threading.Thread(target=spin, daemon=True, name="bench-spin")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
