"""The demo of KuCoin proves its point on this machine, whatever the seed."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from sixmm.cli.kucoin_demo import KuCoinDemo, KuCoinMover, run_demo
from sixmm.cli.output import JsonOutput
from sixmm.sim.kucoin import KuCoinExchange


def lines_of(stream: io.StringIO) -> list[dict[str, Any]]:
    """Return what was shown."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("seed", [3, 4])
def test_nothing_is_lost(seed: int) -> None:
    """Both connections are cut, and what was missed is told, once; the code says so."""
    stream = io.StringIO()
    assert run_demo(seconds=3.0, seed=seed, output=JsonOutput(stream)) == 0

    *lines, last = lines_of(stream)
    summary = last["summary"]
    faults = ("lost", "duplicated", "disorders", "inventions")
    assert [summary[name] for name in faults] == [0, 0, 0, 0]
    assert summary["reconnects"] >= 1
    assert summary["sent"] == summary["delivered"] > 0
    kinds = {line.get("kind") for line in lines}
    assert kinds >= {"Connected", "Disconnected", "Resynced", "SpotOrderUpdate", "MarketMatch"}


def test_a_failure_of_the_script_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is no result then, and the code says so."""

    def fail(*_: object) -> None:
        raise RuntimeError("the script broke")

    stream = io.StringIO()
    with KuCoinExchange(seed=1) as exchange:
        monkeypatch.setattr(exchange, "step", fail)
        with KuCoinDemo(exchange, seconds=3.0, seed=1, output=JsonOutput(stream)) as demo:
            assert demo.run() == 1
    assert "the script broke" in capsys.readouterr().err


def test_a_cut_in_which_nothing_is_missed_does_not_count() -> None:
    """Nobody is connected, so there is nothing to cut; it is tried again."""
    with KuCoinExchange(seed=1) as exchange:
        account = exchange.create_account()
        mover = KuCoinMover(exchange, account, seed=1, cuts=[0.0])
        before = exchange.private_log(account)[-1].seq
        mover.start()
        assert exchange.wait_until(lambda: exchange.private_log(account)[-1].seq > before)
        assert mover.stop()
        assert (mover.cuts_made, mover.failure) == (0, None)
