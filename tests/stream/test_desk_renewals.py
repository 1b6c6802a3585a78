"""Renewals at the desk: a topic is dropped, and asked for again when that is confirmed."""

from __future__ import annotations

import json

import pytest

from sixmm.clock import Deadline, ManualClock
from sixmm.errors import ClientClosed, SixmmError, SubscriptionRefused
from sixmm.stream.desk import RequestDesk
from sixmm.venues.base import Frame, FrameKind

from .fakes import FakeVenue

TOPIC = "depth"


class Wire:
    """A desk with a connection, and what was sent on it."""

    def __init__(self) -> None:
        self.desk = RequestDesk(FakeVenue(), clock=ManualClock())
        self.sent: list[tuple[str, str, tuple[str, ...]]] = []
        self.dropped = 0
        self.desk.subscribe([TOPIC])
        self.open()

    def open(self) -> None:
        """Have a connection on which everything is acknowledged."""
        self.desk.open(self.send)
        self.answer()

    def send(self, text: str) -> None:
        """Note what is sent."""
        request = json.loads(text)
        self.sent.append((request["op"], request["id"], tuple(request["topics"])))

    def answer(self, error: SixmmError | None = None) -> object:
        """Answer the request that was sent last."""
        self.desk.flush()
        _, request_id, _ = self.sent[-1]
        told = self.desk.answer(Frame(kind=FrameKind.REPLY, request_id=request_id, error=error))
        self.desk.flush()
        return told

    def renew(self) -> bool:
        """Renew the topic."""

        def dropped() -> None:
            self.dropped += 1

        is_sent = self.desk.renew(TOPIC, dropped)
        self.desk.flush()
        return is_sent

    @property
    def asked(self) -> list[str]:
        """What was asked, in order."""
        return [op for op, _, _ in self.sent]


@pytest.fixture
def wire() -> Wire:
    """A desk with a connection on which the topic is live."""
    return Wire()


def test_a_renewed_topic_is_asked_for_when_it_was_dropped(wire: Wire) -> None:
    """Not before: what came in between would belong to nobody knows which subscription."""
    assert wire.renew()
    assert wire.asked == ["subscribe", "unsubscribe"]
    assert not wire.desk.live
    assert wire.desk.wanted() == {TOPIC}
    wire.answer()
    assert wire.asked == ["subscribe", "unsubscribe", "subscribe"]
    assert wire.dropped == 1
    wire.answer()
    assert wire.desk.live == (TOPIC,)
    assert wire.desk.unanswered == 0


def test_a_refused_dropping_is_followed_by_a_subscription(wire: Wire) -> None:
    """There is no other way to a snapshot (rule 93)."""
    wire.renew()
    assert wire.answer(SubscriptionRefused("no")) is None
    assert wire.asked[-1] == "subscribe"
    assert wire.dropped == 1


def test_a_refused_subscription_is_told(wire: Wire) -> None:
    """Nobody waits for it, so that it becomes an event."""
    wire.renew()
    wire.answer()
    refusal = wire.answer(SubscriptionRefused("no"))

    assert getattr(refusal, "topics", None) == (TOPIC,)


def test_who_subscribes_meanwhile_waits_for_the_renewal(wire: Wire) -> None:
    """The topic is asked for once, after the dropping was confirmed."""
    wire.renew()
    waiter, texts = wire.desk.subscribe([TOPIC])
    assert texts == []
    wire.answer()
    assert wire.asked == ["subscribe", "unsubscribe", "subscribe"]
    wire.answer()
    assert waiter is not None
    assert waiter.wait(Deadline(0.0))


def test_what_nobody_wants_any_more_is_not_asked_for(wire: Wire) -> None:
    """A caller has unsubscribed between the two halves."""
    wire.renew()
    wire.desk.unsubscribe([TOPIC])
    wire.answer()

    assert wire.asked == ["subscribe", "unsubscribe"]
    assert wire.desk.wanted() == frozenset()


def test_a_renewal_that_is_repeated_asks_once(wire: Wire) -> None:
    """The second one takes the place of the first, whose answer may be lost, or late."""
    wire.renew()
    _, first, _ = wire.sent[-1]
    wire.renew()
    wire.desk.answer(Frame(kind=FrameKind.REPLY, request_id=first))
    wire.desk.flush()
    assert wire.asked == ["subscribe", "unsubscribe", "unsubscribe"]
    assert wire.dropped == 0
    wire.answer()
    assert wire.asked[-1] == "subscribe"
    assert wire.dropped == 1
    wire.answer()
    assert wire.desk.live == (TOPIC,)
    assert wire.desk.unanswered == 0


def test_a_renewal_ends_with_its_connection(wire: Wire) -> None:
    """The next one asks for every wanted topic anyway."""
    wire.renew()
    wire.desk.connection_lost()
    assert not wire.renew()
    wire.open()

    assert wire.asked == ["subscribe", "unsubscribe", "subscribe"]
    assert wire.dropped == 0
    assert wire.desk.live == (TOPIC,)


def test_there_is_nothing_to_renew_of_an_unknown_topic(wire: Wire) -> None:
    """Nor after the end."""
    assert not wire.desk.renew("other", lambda: None)
    wire.desk.fail(ClientClosed("the client is closed"))
    assert not wire.renew()
