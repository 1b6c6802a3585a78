"""Runs candidates: a sender beside them, each in a process of its own, in random order."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from .plan import Addresses, Flood, Result, Task
from .tls import make_certificate

__all__ = ["Bench", "RunFailed", "interleaved", "run_process"]

T = TypeVar("T")

_ROOT = Path(__file__).parent.parent
_TIMEOUT = 180.0


class RunFailed(Exception):
    """A candidate did not get through a run; the text is the last line of what it said."""


def run_process(command: list[str], *, timeout: float = _TIMEOUT) -> str:
    """Run a command in a session of its own and return what it printed; leaves nothing behind.

    Raises:
        RunFailed: it failed, or took longer than ``timeout`` seconds.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
        start_new_session=True,
    )
    try:
        printed, complaint = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise RunFailed(f"not done after {timeout:g} s") from None
    finally:
        _kill(process)
    if process.returncode != 0:
        lines = complaint.strip().splitlines()
        raise RunFailed(lines[-1] if lines else f"exit code {process.returncode}")
    return printed


def _kill(process: subprocess.Popen[str]) -> None:
    """End a process and, where the system knows such groups, whatever it started."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.communicate()


class Bench:
    """A running sender, and the way to hold candidates against it.

    Args:
        seed: makes the order of the runs; None takes another one each time.
        say: is told each run, to show that something happens; None is silent.
        peers_folder: where the environments of other clients are kept; None runs none of them.
        facts: takes what is learned beside the figures, such as versions.

    Raises:
        RunFailed: the sender did not start.
    """

    def __init__(
        self,
        *,
        seed: int | None = None,
        say: Callable[[str], None] | None = None,
        peers_folder: Path | None = None,
        facts: dict[str, str] | None = None,
    ) -> None:
        self.rng = random.Random(seed)
        self.say: Callable[[str], None] = say or (lambda _: None)
        self.peers_folder = peers_folder
        self.facts: dict[str, str] = {} if facts is None else facts
        self._folder = tempfile.TemporaryDirectory(prefix="sixmm-bench.")
        chain, authority = make_certificate(Path(self._folder.name))
        self._sender = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.sender", str(chain)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
        )
        assert self._sender.stdout is not None
        line = self._sender.stdout.readline()
        if not line:
            self.close()
            raise RunFailed("the sender did not start")
        self.addresses = Addresses(**json.loads(line), authority=str(authority))

    def __enter__(self) -> Bench:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the sender and remove the certificate."""
        self._sender.kill()
        self._sender.communicate()
        self._folder.cleanup()

    def task(self, stack: str, flood: Flood, **more: object) -> Task:
        """Return a task for this sender; ``more`` are the other fields of :class:`Task`."""
        return dataclasses.replace(Task(stack, flood, self.addresses), **more)  # type: ignore[arg-type]

    def run(self, task: Task, *, python: str = sys.executable) -> Result:
        """Run a task in a fresh process and return its figures.

        Args:
            task: what to run.
            python: the interpreter.

        Raises:
            RunFailed: it did not get through.
        """
        command = [python, "-m", "benchmarks.stacks", task.to_json()]
        result: Result = json.loads(run_process(command).splitlines()[-1])
        return result


def interleaved(
    bench: Bench, runs: Mapping[str, Callable[[], T]], repetitions: int
) -> dict[str, list[T]]:
    """Run everything ``repetitions`` times, each time in a new random order.

    Raises:
        RunFailed: one of them failed; the text says which.
    """
    results: dict[str, list[T]] = {name: [] for name in runs}
    for turn in range(repetitions):
        order = list(runs)
        bench.rng.shuffle(order)
        for name in order:
            bench.say(f"{turn + 1}/{repetitions} {name}")
            try:
                results[name].append(runs[name]())
            except RunFailed as exc:
                raise RunFailed(f"{name}: {exc}") from exc
    return results
