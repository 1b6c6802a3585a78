"""The demo of RocketFi proves its point on this machine, and fails where it cannot."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import Any

import pytest

from sixmm.cli.output import JsonOutput
from sixmm.cli.rocketfi_demo import RocketFiDemo, RocketFiMover
from sixmm.sim.rocketfi import RocketFiExchange

_LIMIT_SECONDS = 90


def _summary(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text.splitlines()[-1])["summary"]
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_lost_and_nothing_twice(seed: int) -> None:
    """A short run through at least one cut ends well, and everything that was sent is told."""
    stream = io.StringIO()
    with (
        RocketFiExchange(seed=seed, running=False) as exchange,
        RocketFiDemo(exchange, seconds=3, seed=seed, output=JsonOutput(stream)) as demo,
    ):
        assert demo.run() == 0

    summary = _summary(stream.getvalue())
    faults = ("lost", "duplicated", "disorders", "inventions")
    assert [summary[name] for name in faults] == [0, 0, 0, 0]
    assert summary["reconnects"] >= 1
    assert summary["sent"] == summary["delivered"] > 0
    assert summary["recovered"] + summary["superseded"] > 0


def test_program() -> None:
    """As a program it says only JSON, shows the cut, and ends with code 0."""
    words = ["demo", "--venue", "rocketfi", "--json", "--seconds", "2"]
    command = [sys.executable, "-W", "error", "-m", "sixmm", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_SECONDS)

    kinds = {json.loads(line).get("kind") for line in done.stdout.splitlines()}
    assert (done.returncode, done.stderr) == (0, "")
    assert kinds >= {"Connected", "Disconnected", "Resynced", "OrderEventUpdate"}


def test_not_in_time(capsys: pytest.CaptureFixture[str]) -> None:
    """A run that never sees a whole comparison gives up with a message and code 1."""
    stream = io.StringIO()
    with RocketFiExchange(seed=7, running=False) as exchange:
        exchange.faults.rest_error(10_000, code=500, path="/open-orders")
        demo = RocketFiDemo(exchange, seconds=1, seed=7, output=JsonOutput(stream), grace=0.5)
        with demo:
            assert demo.run() == 1

    assert "not done in time" in capsys.readouterr().err
    assert _summary(stream.getvalue())["reconnects"] == 0


def test_a_mover_that_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """A run whose account can no longer trade fails with that error."""

    class Broken(RocketFiExchange):
        def step(self, count: int = 1) -> None:  # noqa: ARG002
            raise RuntimeError("broken")

    with (
        Broken(seed=7, running=False) as exchange,
        RocketFiDemo(exchange, seconds=60, seed=7, output=JsonOutput(io.StringIO())) as demo,
    ):
        assert demo.run() == 1

    assert "the trader failed: RuntimeError('broken')" in capsys.readouterr().err


def test_a_mover_that_was_not_started_stops() -> None:
    """At once, and nothing was cut."""
    with RocketFiExchange(seed=7, running=False) as exchange:
        mover = RocketFiMover(exchange, exchange.create_account(), seed=7, cuts=[0.0])
        assert mover.stop()
        assert mover.cuts_made == 0
