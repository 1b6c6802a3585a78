"""The demo proves its point on this machine, and fails where the proof cannot be made."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from collections.abc import Collection, Mapping
from typing import Any

import attrs
import pytest

from sixmm.cli.audit import Audit
from sixmm.cli.demo import Demo
from sixmm.cli.output import JsonOutput, PlainOutput
from sixmm.events import Event
from sixmm.sim import ApiKey, Exchange

_LIMIT_SECONDS = 90
_INTERRUPTIBLE = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from sixmm.cli import main; sys.exit(main(sys.argv[1:]))"
)


def _summary(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text.splitlines()[-1])["summary"]
    return found


def test_program() -> None:
    """A short run as a program has nothing lost, nothing twice, a reconnect, and only JSON."""
    command = [sys.executable, "-W", "error", "-m", "sixmm", "demo", "--json", "--seconds", "3"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_SECONDS)

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.stderr == ""
    assert done.returncode == 0
    summary = lines[-1]["summary"]
    faults = ("lost", "duplicated", "disorders", "inventions")
    assert [summary[name] for name in faults] == [0, 0, 0, 0]
    assert summary["reconnects"] >= 1
    assert summary["sent"] == summary["delivered"] > 0
    told = summary["streamed"] + summary["recovered"] + summary["superseded"]
    assert told == summary["delivered"]
    assert summary["recovered"] > 0
    kinds = {line.get("kind") for line in lines}
    assert kinds >= {"Connected", "Disconnected", "Resynced", "OrderTradeUpdate", "AccountUpdate"}


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c() -> None:
    """Ctrl-C ends the run at once with the figures so far, code 130, and no traceback."""
    command = [sys.executable, "-c", _INTERRUPTIBLE, "demo", "--json", "--seconds", "300"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=_LIMIT_SECONDS)

    assert process.returncode == 130
    assert errors == ""
    assert "lost" in _summary(output)


class _Interrupting(JsonOutput):
    """Presses Ctrl-C at the first order."""

    def event(self, event: Event, *, background: bool = False) -> None:
        super().event(event, background=background)
        if type(event).__name__ == "OrderTradeUpdate":
            raise KeyboardInterrupt


def test_interrupted_while_trading() -> None:
    """An interrupted run still shows what it has found."""
    stream = io.StringIO()
    with (
        Exchange(seed=7) as exchange,
        Demo(exchange, seconds=60, seed=7, output=_Interrupting(stream)) as demo,
    ):
        assert demo.run() == 130

    assert _summary(stream.getvalue())["sent"] >= 1


def test_not_in_time(capsys: pytest.CaptureFixture[str]) -> None:
    """A run that never sees a whole comparison gives up with a message and code 1."""
    stream = io.StringIO()
    with Exchange(seed=7) as exchange:
        exchange.faults.rest_error(10_000, code=5001, http_status=500, path="/v1/private/order")
        demo = Demo(exchange, seconds=1, seed=7, output=JsonOutput(stream), grace=0.5)
        with demo:
            assert demo.run() == 1

    assert capsys.readouterr().err == (
        "sixmm demo: not done in time: the events did not all arrive\n"
    )
    assert _summary(stream.getvalue())["reconnects"] == 0


def test_trader_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """A run whose trader has an error of its own fails with that error."""

    class Broken(Exchange):
        def place_order(self, *_: Any, **__: Any) -> dict[str, Any]:
            raise RuntimeError("broken")

    stream = io.StringIO()
    with (
        Broken(seed=7) as exchange,
        Demo(exchange, seconds=60, seed=7, output=JsonOutput(stream)) as demo,
    ):
        assert demo.run() == 1

    assert "the trader failed: RuntimeError('broken')" in capsys.readouterr().err


class _KeyKeeper(Exchange):
    """Remembers the last key that it made."""

    key: ApiKey

    def create_key(self, *args: Any, **options: Any) -> ApiKey:
        self.key = super().create_key(*args, **options)
        return self.key


class _Revoking(JsonOutput):
    """Takes the client's key away at the first order."""

    exchange: _KeyKeeper

    def event(self, event: Event, *, background: bool = False) -> None:
        super().event(event, background=background)
        if type(event).__name__ == "OrderTradeUpdate":
            self.exchange.revoke_key(self.exchange.key)
            self.exchange.expire_listen_keys()


def test_stream_ends_for_good(capsys: pytest.CaptureFixture[str]) -> None:
    """A run whose stream ends for good fails with the error, and shows what it has found."""
    stream = io.StringIO()
    output = _Revoking(stream)
    output.exchange = _KeyKeeper(seed=7)
    with (
        output.exchange as exchange,
        Demo(exchange, seconds=60, seed=7, output=output) as demo,
    ):
        assert demo.run() == 1

    assert "code 1003" in capsys.readouterr().err
    assert _summary(stream.getvalue())["sent"] > 0


class _Doubting(Demo):
    """Finds something wrong in whatever was delivered."""

    faults: Mapping[str, tuple[str, ...]]

    def _judge(self) -> Audit:
        found = super()._judge()
        return attrs.evolve(found, **self.faults)


@pytest.mark.parametrize("kind", ["repeats", "disorders", "inventions"])
def test_fault_found(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A run in which something came twice, went back or was invented fails and names it."""
    stream = io.StringIO()
    with Exchange(seed=7) as exchange:
        output = PlainOutput(stream)
        with _Doubting(exchange, seconds=1, seed=7, output=output) as demo:
            demo.faults = {kind: ("event 5: fill 7",)}
            assert demo.run() == 1

    assert capsys.readouterr().err == "sixmm demo: event 5: fill 7\n"
    assert "not as it should be" in stream.getvalue()


class _Figures(JsonOutput):
    """Keeps only the figures, and whether they are good."""

    good: bool | None = None

    def summary(
        self,
        title: str,
        figures: Mapping[str, Any],
        *,
        good: bool,
        meanings: Mapping[str, str],
        only_if_any: Collection[str] = (),
    ) -> None:
        assert set(only_if_any) == {"disorders", "inventions"}
        assert title.startswith("Held against")
        assert meanings.keys() == figures.keys()
        self.good = good


def test_good_end() -> None:
    """A clean run is called good, and each of its figures is explained."""
    output = _Figures(io.StringIO())
    with Exchange(seed=11) as exchange, Demo(exchange, seconds=1, seed=11, output=output) as demo:
        assert demo.run() == 0

    assert output.good is True
