"""The ground truth keeps order and bounds."""

from __future__ import annotations

import pytest

from sixmm.sim.log import PrivateLog


def test_events_after_a_number() -> None:
    """Numbers rise over all accounts; each account sees its own, after the number asked for."""
    log = PrivateLog()
    for number in range(1, 11):
        user = "ab"[number % 2]
        log.append(user, number, "ACCOUNT_UPDATE", f'{{"data":{{"n":{number}}}}}')

    assert [event.seq for event in log.after("a", 0)] == [2, 4, 6, 8, 10]
    assert [event.seq for event in log.after("a", 4)] == [6, 8, 10]
    assert [event.seq for event in log.after("a", 5)] == [6, 8, 10]
    assert log.after("a", 10) == []
    assert log.after("nobody", 0) == []
    assert log.after("b", 0)[0].data == {"n": 1}


def test_the_log_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound the oldest go; the numbers go on."""
    monkeypatch.setattr("sixmm.sim.log.KEPT_EVENTS", 3)
    log = PrivateLog()
    for number in range(10):
        log.append("a", number, "X", "{}")

    assert [event.seq for event in log.after("a", 0)] == [8, 9, 10]
