"""The ground truth."""

from __future__ import annotations

from sixmm.sim.kucoin.log import PushLog


def add(log: PushLog, topic: str, text: str = "{}") -> None:
    """Add a push of the user."""
    log.append("u", topic=topic, subject="s", key=("k",), text=text, ts_ms=1)


def test_after_a_number_and_of_topics() -> None:
    """Pushes are told from a number on, and of the topics that are asked for."""
    log = PushLog()
    for topic in ("/a", "/b", "/a"):
        add(log, topic)
    log.append("v", topic="/a", subject="s", key=("k",), text="{}", ts_ms=1)

    assert [one.seq for one in log.after("u", 0)] == [1, 2, 3]
    assert [one.seq for one in log.after("u", 1, {"/a"})] == [3]
    assert [one.seq for one in log.after("v", 0)] == [4]
    assert log.after("w", 0) == []


def test_data_of_both_forms() -> None:
    """Classic pushes have their fields under data, those of Pro under d."""
    log = PushLog()
    add(log, "/a", '{"data":{"x":1}}')
    add(log, "b.SPOT", '{"T":"b.SPOT","d":{"x":2}}')

    assert [one.data["x"] for one in log.after("u", 0)] == [1, 2]
