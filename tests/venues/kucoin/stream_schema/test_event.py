"""What all pushes have in common."""

from __future__ import annotations

from sixmm.events import Origin
from sixmm.venues.kucoin.stream_schema import FuturesOrderUpdate, SpotOrderUpdate, time_of

from ..examples import push


def test_time_is_the_best_that_is_told() -> None:
    """The time of the engine counts, else the next best, converted where it is nanoseconds."""
    times = {"ts_ns": 1_700_000_000_123_456_789, "order_time_ms": 1_600_000_000_000}

    assert time_of(SpotOrderUpdate, times) == 1_700_000_000_123
    assert time_of(SpotOrderUpdate, {"order_time_ms": 1_600_000_000_000}) == 1_600_000_000_000
    assert time_of(FuturesOrderUpdate, {"order_time_ns": 1_600_000_000_000_000_000}) == (
        1_600_000_000_000
    )
    assert time_of(SpotOrderUpdate, {"ts_ns": None}) == 0


def test_extra_of_a_row() -> None:
    """An event that REST told has the text of a row, whose members have other names."""
    text = push("/spotMarket/tradeOrders", "orderChange", {"orderId": "1", "new": 1})
    event = SpotOrderUpdate(order_id="1", raw=text)

    assert event.extra == {"new": 1}
    assert SpotOrderUpdate(order_id="1", raw=text, origin=Origin.REST).extra == {}
    assert SpotOrderUpdate(order_id="1").extra == {}
