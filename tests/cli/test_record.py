"""The record counts what was received and knows whether the stream is live."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.cli.audit import Audit
from sixmm.cli.record import Record, percentile
from sixmm.errors import ConnectionClosed
from sixmm.events import Connected, Disconnected, Event, Origin, Resynced


def test_live() -> None:
    """The stream is live from a complete comparison until the next cut."""
    record = Record()
    course: list[tuple[Event, bool]] = [
        (Connected(connection=1, private=True), False),
        (Resynced(reason="start", connection=1), True),
        (Disconnected(connection=1, error=ConnectionClosed(), retry_in=0.0), False),
        (Connected(connection=2, private=True), False),
        (Resynced(reason="reconnect", connection=2, unchecked={"fills": "why"}), False),
        (Resynced(reason="retry", connection=2), True),
    ]

    for event, live in course:
        record.take(event)
        assert record.is_live is live

    assert record.reconnects == 1
    assert len(record.events) == len(course)


def test_several_connections() -> None:
    """Each has to be live; the first of each is no reconnect, and one for markets needs no more."""
    record = Record()
    course: list[tuple[Event, bool]] = [
        (Connected(line="a", connection=1, private=True), False),
        (Connected(line="b", connection=1, private=True), False),
        (Resynced(line="a", reason="start", connection=1), False),
        (Resynced(line="b", reason="start", connection=1), True),
        (Connected(line="c", connection=1, private=False), True),
        (Disconnected(line="a", connection=1, error=ConnectionClosed(), retry_in=0.0), False),
        (Connected(line="a", connection=2, private=True), False),
        (Resynced(line="a", reason="reconnect", connection=2), True),
    ]

    for event, live in course:
        record.take(event)
        assert record.is_live is live

    assert record.reconnects == 1


def test_no_connection() -> None:
    """Without any connection there were no reconnects."""
    assert Record().reconnects == 0


def test_figures() -> None:
    """The figures are those of the audit, the reconnects, and the latency of pushes alone."""
    record = Record()
    for latency_ms in (1, 2, 9):
        record.take(Event(ts=1_000, received_at=1_000 + latency_ms))
    record.take(Event(ts=1_000, received_at=5_000, origin=Origin.REST))

    result = Audit(
        sent=3,
        streamed=1,
        recovered=1,
        superseded=0,
        missing=("x",),
        disorders=("y", "z"),
        inventions=("i",),
    )
    figures = record.figures(result)

    assert figures == {
        "sent": 3,
        "delivered": 2,
        "streamed": 1,
        "recovered": 1,
        "superseded": 0,
        "lost": 1,
        "duplicated": 0,
        "disorders": 2,
        "inventions": 1,
        "reconnects": 0,
        "latency_ms": {"p50": 2, "p99": 9},
    }


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1), (0.1, 1), (0.5, 5), (0.51, 6), (0.99, 10), (1.0, 10)]
)
def test_percentile(share: float, expected: int) -> None:
    """A percentile is the smallest value that reaches the share."""
    assert percentile(list(range(10, 0, -1)), share) == expected


@given(st.lists(st.integers(), min_size=1), st.floats(0, 1))
def test_percentile_is_a_value(values: list[int], share: float) -> None:
    """A percentile is always one of the values, and enough of them do not exceed it."""
    found = percentile(values, share)

    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)


def test_percentile_of_nothing() -> None:
    """Without values there is none."""
    assert percentile([], 0.5) is None
