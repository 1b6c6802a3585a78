"""A venue that takes some topics together: which share a request, and what a refusal does then."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from sixmm.clock import Deadline, ManualClock
from sixmm.errors import SubscriptionRefused
from sixmm.stream.desk import RequestDesk
from sixmm.venues.base import Frame, FrameKind

from .fakes import FakeVenue

REFUSED = SubscriptionRefused("no such topic")


class _Together(FakeVenue):
    """Takes topics together that begin with an m."""

    most_topics = 1

    def batches(self, topics: Sequence[str]) -> list[tuple[str, ...]]:
        """Return them as one group, and each of the others alone."""
        group = tuple(topic for topic in topics if topic.startswith("m"))
        return [(topic,) for topic in topics if topic not in group] + ([group] if group else [])


class _Wire:
    """A desk and what it has sent."""

    def __init__(self) -> None:
        self.desk = RequestDesk(_Together(), clock=ManualClock())
        self.texts: list[str] = []

    def sent(self) -> list[tuple[str, list[str]]]:
        """Return id and topics of what was sent since the last time."""
        self.desk.flush()
        requests = [json.loads(text) for text in self.texts]
        self.texts.clear()
        return [(request["id"], request["topics"]) for request in requests]

    def open(self) -> list[tuple[str, list[str]]]:
        """Open a connection; return what is asked for at once."""
        self.desk.open(self.texts.append)
        return self.sent()

    def answer(self, request_id: str, *, refused: bool = False, may_pass: bool = False) -> object:
        """Bring an answer."""
        error = REFUSED if refused else None
        reply = FrameKind.REPLY
        frame = Frame(kind=reply, request_id=request_id, error=error, may_pass=may_pass)
        return self.desk.answer(frame)


@pytest.fixture
def wire() -> _Wire:
    """Make a desk whose connection is open."""
    wire = _Wire()
    wire.open()
    return wire


def test_a_group_is_asked_for_at_once_each_time(wire: _Wire) -> None:
    """By a caller, and again on the next connection; one answer is for all of it."""
    waiter, _ = wire.desk.subscribe(["m1", "a", "m2"])
    asked = wire.sent()
    assert [topics for _, topics in asked] == [["a"], ["m1", "m2"]]
    for request_id, _ in asked:
        wire.answer(request_id)
    assert waiter is not None
    assert waiter.wait(Deadline(0.0))
    wire.desk.connection_lost()
    assert [topics for _, topics in wire.open()] == [["a"], ["m1", "m2"]]


def test_a_refused_topic_does_not_take_others_along(wire: _Wire) -> None:
    """What was refused together is asked for apart; who waits for the others gets them."""
    refused, _ = wire.desk.subscribe(["m1"])
    wire.desk.connection_lost()
    served, _ = wire.desk.subscribe(["m2"])
    ((group, topics),) = wire.open()
    assert topics == ["m1", "m2"]
    assert wire.answer(group, refused=True) is None
    assert wire.desk.is_opening
    (first, _), (second, _) = wire.sent()
    wire.answer(second)
    assert wire.answer(first, refused=True) is None
    assert not wire.desk.is_opening
    assert served is not None
    assert served.wait(Deadline(0.0))
    assert refused is not None
    with pytest.raises(SubscriptionRefused) as caught:
        refused.wait(Deadline(0.0))
    assert caught.value.topics == ("m1",)
    assert wire.desk.wanted() == {"m2"}


def test_what_nobody_wants_any_more_is_not_asked_for_apart(wire: _Wire) -> None:
    """It was dropped while the answer was on its way."""
    wire.desk.subscribe(["m1", "m2"])
    ((group, _),) = wire.sent()
    wire.desk.unsubscribe(["m2"])
    wire.sent()
    wire.answer(group, refused=True)
    assert [topics for _, topics in wire.sent()] == [["m1"]]


def test_a_busy_server_is_not_sent_more(wire: _Wire) -> None:
    """Where no topic was meant, to ask for each of them would only make it worse."""
    waiter, _ = wire.desk.subscribe(["m1", "m2"])
    ((group, _),) = wire.sent()
    wire.answer(group, refused=True, may_pass=True)
    assert wire.sent() == []
    assert waiter is not None
    with pytest.raises(SubscriptionRefused) as caught:
        waiter.wait(Deadline(0.0))
    assert caught.value.topics == ("m1", "m2")
