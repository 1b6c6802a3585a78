"""A run goes through processes, gets every message, and leaves nothing behind."""

from __future__ import annotations

import sys

import pytest

from benchmarks.plan import Flood, Task
from benchmarks.runner import Bench, RunFailed, interleaved, run_process

pytest.importorskip("trustme")


@pytest.fixture(scope="module")
def bench() -> Bench:
    """Give a sender for the tests of this module."""
    with Bench(seed=1) as bench:
        yield bench


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_a_flood_arrives_whole(bench: Bench, tls: bool) -> None:
    """The project gets every message of a flood of more than one block, none twice."""
    result = bench.run(bench.task("sixmm-events", Flood("mix", count=1500), tls=tls))

    assert result["messages"] == 1500
    assert result["rate"] > 0


def test_a_paced_run_tells_latencies(bench: Bench) -> None:
    """Percentiles are in order, and a message does not arrive before it is sent."""
    flood = Flood("order", count=20, burst=2, interval_ms=1.0)
    result = bench.run(bench.task("sixmm-all", flood))

    assert 0 < result["p50_us"] <= result["p99_us"] <= result["p999_us"]


def test_a_fault_of_a_candidate_is_told(bench: Bench) -> None:
    """The last line of what it said is the reason, and no run hangs for it."""
    with pytest.raises(RunFailed, match="KeyError: 'nobody'"):
        bench.run(bench.task("nobody", Flood()))


def test_a_hanging_process_is_ended() -> None:
    """A run has a deadline."""
    with pytest.raises(RunFailed, match="not done after"):
        run_process([sys.executable, "-c", "import time; time.sleep(600)"], timeout=0.5)


def test_every_repetition_visits_everything(bench: Bench) -> None:
    """Candidates take turns, so that a change of the machine meets all of them."""
    visited: list[str] = []
    runs = {name: lambda name=name: visited.append(name) for name in "abcd"}

    results = interleaved(bench, runs, 3)

    assert [sorted(visited[start : start + 4]) for start in (0, 4, 8)] == [list("abcd")] * 3
    assert {name: len(found) for name, found in results.items()} == dict.fromkeys("abcd", 3)


def test_a_task_survives_the_command_line(bench: Bench) -> None:
    """What a process is asked for is what it reads."""
    task = bench.task("limit", Flood("depth", topics=3), tls=True, options={"rounds": 2})

    assert Task.from_json(task.to_json()) == task
