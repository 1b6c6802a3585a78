"""The command line, as a process of its own and as a function."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sixmm.sim import Exchange
from sixmm.sim.command import main

from .client import Rest, Stream

ROOT = Path(__file__).parents[2]
WAIT = 30


class Process:
    """A served exchange in another process."""

    def __init__(self, *args: str) -> None:
        """Start it; its addresses are in the first line that it prints."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sixmm.sim", *args],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def line(self) -> dict[str, str]:
        """Return the next line of output."""
        assert self.process.stdout is not None
        found: dict[str, str] = json.loads(self.process.stdout.readline())
        return found

    def end(self, number: int) -> tuple[int, str]:
        """Send a signal and return the exit code and the error output."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=WAIT)
        return self.process.returncode, errors


@pytest.fixture
def served() -> Iterator[Process]:
    """Serve two accounts in another process."""
    process = Process("--no-market-maker", "--account", "ann:5", "--account", "bob:7.5")
    yield process
    process.process.kill()
    process.process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_served_process(served: Process, number: int) -> None:
    """One JSON line per account, real answers, and a quiet end with exit code 0."""
    ann, bob = served.line(), served.line()

    assert [ann["username"], bob["username"]] == ["ann", "bob"]
    with Rest(bob["rest_url"], bob["api_key"], bob["api_secret"]) as rest:
        asset = rest.data("GET", "/v1/private/user/asset")["userAsset"]
    assert asset["walletBalance"] == "7.5"
    assert served.end(number) == (0, "sixmm.sim: stopped\n")


def test_a_fault_from_another_process(
    exchange: Exchange, capsys: pytest.CaptureFixture[str]
) -> None:
    """The result of the fault is printed, and it has taken effect."""
    stream = Stream(exchange.ws_url)
    args = ["fault", "--url", exchange.rest_url, "cut", "--how", "fin"]

    assert main(args) == 0
    assert capsys.readouterr().out == "1\n"
    assert stream.end()[0] is None
    assert main(["fault", "--url", exchange.rest_url, "lose_acks", "--count", "3"]) == 0
    assert exchange._core.faults.lost_acks == 3


@pytest.mark.parametrize(
    "args",
    [
        ["--port", "x"],
        ["--port", "70000"],
        ["--host", "0.0.0.0"],
        ["--account", "ann"],
        ["--account", ":5"],
        ["--account", "ann:-5"],
        ["--account", "ann:1", "--account", "ann:2"],
        ["--updates-per-second", "0"],
        ["--updates-per-second", "-1"],
        ["--updates-per-second", "nan"],
        ["--updates-per-second", "inf"],
        ["--updates-per-second", "1e-320"],
        ["--listen-key-life-ms", "0"],
        ["--listen-key-life-ms", "-5"],
        ["--listen-key-life-ms", "nan"],
        ["--account", "ann:nan"],
        ["--account", "ann:inf"],
        ["--symbol", "BTCUSDT", "--symbol", "BTCUSDT"],
        ["--nonsense"],
        ["fault"],
        ["fault", "--url", "http://127.0.0.1:1", "explode"],
        ["fault", "--url", "http://example.com", "clear"],
        ["fault", "--url", "https://127.0.0.1:1", "clear"],
        ["fault", "--url", "http://127.0.0.1:1", "cut", "how"],
        ["fault", "--url", "http://127.0.0.1:1", "cut", "--how"],
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    args: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What makes no sense is told in one line, without a traceback."""
    assert main(args) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("sixmm.sim: ")
    assert told.err.count("\n") == 1


def test_a_bad_argument_of_a_fault_is_told(
    exchange: Exchange, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exchange's own complaint comes back as bad input."""
    assert main(["fault", "--url", exchange.rest_url, "cut", "--how", "politely"]) == 2
    assert "how must be one of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["cut", "--nope", "1"], "the arguments of cut are: how, account, code, reason"),
        (["lose_acks"], "the arguments of lose_acks are: count (required)"),
        (["clear", "--all", "true"], "the arguments of clear are: none"),
    ],
)
def test_the_arguments_that_a_fault_takes_are_told(
    exchange: Exchange, args: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that the fault does not take, or the lack of one, is answered with those it takes."""
    assert main(["fault", "--url", exchange.rest_url, *args]) == 2
    assert capsys.readouterr().err == f"sixmm.sim: {expected}\n"


def test_a_failure_is_exit_code_1(exchange: Exchange, capsys: pytest.CaptureFixture[str]) -> None:
    """A port that is taken, or an exchange that is not there, is told in one line."""
    port = exchange.rest_url.rpartition(":")[2]
    assert main(["--port", port]) == 1
    exchange.close()
    assert main(["fault", "--url", exchange.rest_url, "clear"]) == 1
    assert capsys.readouterr().err.count("\n") == 2
