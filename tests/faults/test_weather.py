"""Bytes come later or in smaller parts, in order, and all of them; without a clock."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .weather import CALM, Flow, Weather

WEATHERS = st.builds(
    Weather,
    latency=st.floats(0, 2),
    jitter=st.floats(0, 2),
    rate=st.none() | st.floats(0.5, 1e6),
    slice_bytes=st.none() | st.integers(1, 50),
    slice_pause=st.floats(0, 1),
)


def drain(flow: Flow, weather: Weather, now: float = 0.0) -> list[tuple[float, bytes]]:
    """Return every write with its time, each made as soon as it is due."""
    writes = []
    while (wait := flow.wait(now)) is not None:
        now += wait
        data = flow.head(weather)
        flow.written(len(data), now=now, weather=weather)
        writes.append((now, data))
    return writes


@given(st.lists(st.binary(max_size=200), max_size=8), WEATHERS, st.integers())
def test_loses_and_swaps_nothing(parts: list[bytes], weather: Weather, seed: int) -> None:
    """Whatever the weather, what comes out is what went in; small writes stay small."""
    flow = Flow(random.Random(seed))
    for number, part in enumerate(parts):
        flow.put(part, now=number / 10, weather=weather)
    writes = drain(flow, weather)

    assert b"".join(data for _, data in writes) == b"".join(parts)
    assert flow.size == 0
    assert all(0 < len(data) <= weather.largest_write for _, data in writes)


def test_calm_waits_for_nothing() -> None:
    """Without weather bytes are due when they come."""
    flow = Flow(random.Random(0))
    flow.put(b"abc", now=5.0, weather=CALM)

    assert flow.wait(5.0) == 0.0
    assert drain(flow, CALM, 5.0) == [(5.0, b"abc")]


def test_latency_and_jitter_lie_within_their_bounds() -> None:
    """Each part comes between the latency and the latency and the jitter later."""
    weather = Weather(latency=1.0, jitter=0.5)
    flow = Flow(random.Random(1))
    for number in range(50):
        flow.put(bytes([number]), now=number * 10.0, weather=weather)
    delays = [now - number * 10.0 for number, (now, _) in enumerate(drain(flow, weather))]

    assert all(1.0 <= delay <= 1.5 for delay in delays)
    assert max(delays) - min(delays) > 0.2


def test_the_same_seed_is_the_same_jitter() -> None:
    """A failing run can be repeated."""
    weather = Weather(jitter=1.0)
    runs = []
    for _ in range(2):
        flow = Flow(random.Random(3))
        for number in range(10):
            flow.put(b"x", now=float(number), weather=weather)
        runs.append(drain(flow, weather))

    assert runs[0] == runs[1]


def test_a_rate_is_kept() -> None:
    """A drip of two bytes a second takes half a second for each byte."""
    weather = Weather(rate=2.0)
    flow = Flow(random.Random(0))
    flow.put(b"abcd", now=0.0, weather=weather)

    assert drain(flow, weather) == [(0.0, b"a"), (0.5, b"b"), (1.0, b"c"), (1.5, b"d")]


def test_slices_have_a_pause() -> None:
    """Frames are cut up, and the parts come apart."""
    weather = Weather(slice_bytes=3, slice_pause=0.25)
    flow = Flow(random.Random(0))
    flow.put(b"abcdefg", now=0.0, weather=weather)

    assert drain(flow, weather) == [(0.0, b"abc"), (0.25, b"def"), (0.5, b"g")]


@pytest.mark.parametrize(
    "wrong", [{"latency": -1.0}, {"jitter": -1.0}, {"rate": 0.0}, {"slice_bytes": 0}]
)
def test_refuses_what_cannot_be(wrong: dict[str, float]) -> None:
    """A wrong figure fails where it is given, not in the thread of a connection."""
    with pytest.raises(ValueError, match="must"):
        Weather(**wrong)  # type: ignore[arg-type]
