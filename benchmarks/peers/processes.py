"""Runs one client against a server of its own; both are gone afterwards, whatever happens."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from .catalogue import Candidate
from .environments import quiet_environ
from .reasons import last_line

__all__ = ["TIMEOUT", "DidNotRun", "Run", "run"]

TIMEOUT = 60.0
"""Seconds that one run of one client may take."""

_ROOT = Path(__file__).resolve().parents[2]


class DidNotRun(Exception):
    """A client did not get through its messages; the text is the reason, in one line."""


@attrs.frozen(kw_only=True)
class Run:
    """What one run of one client measured.

    Args:
        messages: how many messages the user had in hand.
        seconds: from the start of the flood to the last of them.
        cpu_seconds: what the whole process used in that time.
        missed: how many of those that were sent before the last one the user never got.
        version: of the client.
    """

    messages: int
    seconds: float
    cpu_seconds: float
    missed: int
    version: str


def run(candidate: Candidate, python: Path, messages: int) -> Run:
    """Run ``candidate`` once and return what it measured.

    Args:
        candidate: what is run.
        python: the interpreter of its environment.
        messages: how many messages it has to hand over, before its scale.

    Raises:
        DidNotRun: it failed, or was not through in time.
    """
    wanted = messages * candidate.scale
    with _server(candidate.dialect, wanted) as port:
        output, errors = _finish(_start_client(candidate, python, port, wanted))
    results = [line for line in output.splitlines() if line.startswith('{"messages"')]
    if not results:
        raise DidNotRun(last_line(errors or output))
    result: dict[str, Any] = json.loads(results[-1])
    return Run(**result)


@contextlib.contextmanager
def _server(dialect: str, messages: int) -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks.peers.server", dialect, str(messages)]
    with subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            # It has nothing to wait for: its first line comes, or the end of its output.
            line = server.stdout.readline()
            if not line:
                raise DidNotRun("the local server did not start")
            yield int(json.loads(line)["port"])
        finally:
            server.kill()


def _start_client(
    candidate: Candidate, python: Path, port: int, messages: int
) -> subprocess.Popen[str]:
    module = f"benchmarks.peers.snippets.{candidate.snippet}"
    arguments = [str(port), str(messages), candidate.variant]
    return subprocess.Popen(
        [str(python), "-m", module, *arguments],
        cwd=_ROOT,
        env=quiet_environ(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        # A group of its own: whatever the client starts ends with it.
        start_new_session=True,
    )


def _finish(client: subprocess.Popen[str]) -> tuple[str, str]:
    """Return what the client wrote; after :data:`TIMEOUT` it is stopped."""
    try:
        return client.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        _kill(client)
        output, errors = client.communicate()
        late = f"not through within {TIMEOUT:g} s"
        return output, f"{late}: {last_line(errors)}" if errors.strip() else late
    finally:
        _kill(client)
        client.wait()


def _kill(client: subprocess.Popen[str]) -> None:
    """End the client and its group; the number of one that has ended may be another's by now."""
    if client.poll() is not None:
        return
    if hasattr(os, "killpg"):
        os.killpg(client.pid, signal.SIGKILL)
    else:
        client.kill()
