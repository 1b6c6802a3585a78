"""The ground truth."""

from __future__ import annotations

from sixmm.sim.rocketfi.log import PrivateLog


def test_events_per_account() -> None:
    """Numbers count over all accounts; each account gives its own, from any number on."""
    log = PrivateLog()
    first = log.append("a", 5, "Position", '{"Position":{"x":1}}')
    log.append("b", 6, "Position", "{}")
    last = log.append("a", 7, "Position", "{}")

    assert [event.seq for event in log.after("a", 0)] == [1, 3]
    assert log.after("a", 1) == [last]
    assert log.after("nobody", 0) == []
    assert first.data == {"x": 1}
    assert first.receivers == 0
