"""The base of every event, and the events about the connection."""

from __future__ import annotations

import copy
import inspect
import pickle

import attrs
import pytest

from sixmm import events
from sixmm.errors import ConnectionClosed, DecodeError, LocalStateError
from sixmm.events import (
    CheckpointFailed,
    Connected,
    ConnectionEvent,
    DecodeFailed,
    Disconnected,
    Event,
    InboxFilling,
    Origin,
    Overflow,
    Resynced,
    SessionExpiring,
    SessionRenewed,
    SubscriptionFailed,
    UnknownEvent,
)

SAMPLES: list[Event] = [
    Event(topic="market.tickers", ts=1, received_at=2, raw="{}"),
    UnknownEvent(event_type="NEW_THING", data={"a": 1}, raw='{"a":1}'),
    DecodeFailed(error=DecodeError("not JSON"), raw="{"),
    Connected(connection=1, private=True, topics=("market.tickers",)),
    Disconnected(connection=1, error=ConnectionClosed(), retry_in=0.5),
    Resynced(reason="reconnect", connection=2, checked=("orders",), unchecked={"fills": "no"}),
    SubscriptionFailed(topics=("market.depth.X",), error=ConnectionClosed()),
    SessionRenewed(expires_at_ms=1),
    SessionExpiring(error=None, expires_at_ms=1),
    Overflow(dropped=3, policy="latest"),
    InboxFilling(events=8, size_bytes=100),
    CheckpointFailed(error=LocalStateError("x"), is_over=True),
]

CLASSES = [
    getattr(events, name)
    for name in events.__all__
    if inspect.isclass(getattr(events, name)) and issubclass(getattr(events, name), Event)
]
COMMON = ("topic", "ts", "received_at", "origin", "raw", "extra")


def ids(event: Event) -> str:
    """Name a sample by its class."""
    return type(event).__name__


def test_samples_cover_every_class() -> None:
    """Each public event class is among the samples of this module, except the abstract base."""
    assert {type(event) for event in SAMPLES} == set(CLASSES) - {ConnectionEvent}


@pytest.mark.parametrize("event", SAMPLES, ids=ids)
class TestEveryEvent:
    """What holds for all events alike."""

    def test_common_fields(self, event: Event) -> None:
        """Every event has topic, ts, received_at, origin, raw and extra."""
        assert all(hasattr(event, name) for name in COMMON)
        assert dict(event.extra) == {}

    def test_immutable(self, event: Event) -> None:
        """An event that several threads share cannot be changed by one of them."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            event.ts = 5  # type: ignore[misc]

    def test_slotted(self, event: Event) -> None:
        """A misspelt name is an error, and a stored event is small."""
        assert not hasattr(event, "__dict__")

    def test_keyword_only(self, event: Event) -> None:
        """Fields can be added without breaking a caller."""
        with pytest.raises(TypeError):
            type(event)("market.tickers")  # type: ignore[misc]

    def test_copies_are_equal(self, event: Event) -> None:
        """An event can be copied and changed in one field."""
        changed = attrs.evolve(event, ts=99)

        assert copy.copy(event) == event
        assert changed.ts == 99
        assert attrs.evolve(changed, ts=event.ts) == event

    def test_pickles(self, event: Event) -> None:
        """An event can be stored or sent to another process, also one with an error inside."""
        again = pickle.loads(pickle.dumps(event))

        assert type(again) is type(event)
        assert again.raw == event.raw

    def test_repr_leaves_out_the_wire_text(self, event: Event) -> None:
        """A log line with an event is readable; ``raw`` is there when it is asked for."""
        assert "raw=" not in repr(event)
        assert repr(event).startswith(type(event).__name__ + "(")


class TestOrigin:
    """Where an event comes from."""

    def test_text(self) -> None:
        """An origin compares equal to its text and prints as it."""
        assert [str(origin) for origin in Origin] == ["STREAM", "REST", "CLIENT"]
        assert Origin.REST == "REST"

    @pytest.mark.parametrize("event", SAMPLES, ids=ids)
    def test_default(self, event: Event) -> None:
        """What the client tells about its connection says so; all else comes from the stream."""
        expected = Origin.CLIENT if isinstance(event, ConnectionEvent) else Origin.STREAM

        assert event.origin is expected
