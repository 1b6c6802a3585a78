"""Sorting messages, and decoding them without ever failing."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import DecodeError
from sixmm.events import DecodeFailed, Event, UnknownEvent
from sixmm.stream.routing import Router, Sorted, decode_messages
from sixmm.venues.base import Frame, FrameKind

from .fakes import FakeVenue, Pushed

FRAMES = {
    "private": b'{"push": "user.9", "ts": 5}',
    "market": b'{"market": "wanted"}',
    "reply": b'{"reply": "1"}',
    "login": b'{"login": true}',
    "greeting": b'{"hello": true}',
    "ping": b'{"ping": "here"}',
    "other": b'{"greeting": 1}',
    "junk": b"\xff\xfe not json",
}


def decode_message(venue: FakeVenue, message: bytes, *, received_at: int) -> Event:
    """Decode one message."""
    (event,) = decode_messages(venue, [message], received_at=received_at)
    return event


def sort(kinds: Sequence[str], *, wanted: frozenset[str] = frozenset({"wanted"})) -> Sorted:
    """Sort messages of these kinds as one read."""
    router = Router(FakeVenue(), wanted=lambda: wanted, needs_topics=True)
    return router.sort([FRAMES[kind] for kind in kinds])


@given(st.lists(st.sampled_from(sorted(FRAMES)), min_size=1, max_size=30))
def test_every_message_goes_to_one_place_in_order(kinds: list[str]) -> None:
    """Nothing is lost and nothing is doubled, whatever comes mixed in one read."""
    batch = sort(kinds)
    assert batch.private or batch.market or batch.replies or batch.logins or batch.pings
    assert list(batch.private) == [FRAMES[k] for k in kinds if k in ("private", "other", "junk")]
    assert list(batch.market) == [FRAMES["market"]] * kinds.count("market")
    assert list(batch.topics) == ["wanted"] * kinds.count("market")
    assert len(batch.replies) == kinds.count("reply")
    logins = {FrameKind.LOGIN: "login", FrameKind.GREETING: "greeting"}
    assert [logins[frame.kind] for frame in batch.logins] == [
        kind for kind in kinds if kind in logins.values()
    ]
    assert [frame.pong for frame in batch.pings] == ["here"] * kinds.count("ping")
    assert batch.unrequested == 0


def test_a_topic_that_nobody_asked_for_is_counted_and_left_out() -> None:
    """The topic of a push is checked (rule 86)."""
    batch = sort(["market"] * 3, wanted=frozenset())
    assert (list(batch.market), batch.unrequested) == ([], 3)


def market(*topics: str) -> list[bytes]:
    """Return a market message of each topic."""
    return [json.dumps({"market": topic}).encode() for topic in topics]


class OneFrameEach(FakeVenue):
    """A venue that gives the same frame for the same message, as venues do."""

    def __init__(self) -> None:
        self._frames: dict[bytes, Frame] = {}

    def classify(self, message: bytes) -> Frame:
        """Remember the frame."""
        return self._frames.setdefault(message, super().classify(message))


def test_other_topics_are_sorted_anew() -> None:
    """What is remembered of a frame does not outlive a change of what is wanted (rule 86)."""
    wanted = [frozenset({"a"})]
    router = Router(OneFrameEach(), wanted=lambda: wanted[0])
    for topics, expected in ((("a", "b"), ["a"]), (("a", "a"), ["a", "a"]), (("b", "b"), [])):
        for _ in range(2):
            assert list(router.sort(market(*topics)).market) == market(*expected)
    wanted[0] = frozenset({"b"})
    for _ in range(2):
        batch = router.sort(market("a", "b", "b"))
        assert (list(batch.market), batch.unrequested) == (market("b", "b"), 1)
    assert list(router.sort(market("a")).market) == []


@given(st.lists(st.lists(st.sampled_from(sorted(FRAMES)), min_size=1, max_size=6), max_size=8))
def test_a_router_that_remembers_sorts_as_a_new_one(reads: list[list[str]]) -> None:
    """Whatever came before, a read is sorted by what its messages are."""
    topics = frozenset({"wanted"})
    router = Router(OneFrameEach(), wanted=lambda: topics, needs_topics=True)
    for kinds in reads:
        known = router.sort([FRAMES[kind] for kind in kinds])
        new = sort(kinds)
        for name in ("private", "market", "topics", "replies", "logins"):
            assert list(getattr(known, name)) == list(getattr(new, name))


def test_what_is_remembered_is_bounded() -> None:
    """A server that makes up kinds of frames does not fill the memory."""
    topics: frozenset[str] = frozenset()
    router = Router(FakeVenue(), wanted=lambda: topics)
    for number in range(5_000):
        assert router.sort(market(str(number))).unrequested == 1
    assert 0 < len(router._places) <= 4_096


def test_a_push_is_decoded() -> None:
    """With its topic, its time and its text."""
    event = decode_message(FakeVenue(), FRAMES["private"], received_at=9)
    assert isinstance(event, Pushed)
    assert (event.topic, event.ts, event.received_at) == ("user.9", 5, 9)


def test_what_is_not_known_is_an_event() -> None:
    """Never an error, never dropped."""
    event = decode_message(FakeVenue(), FRAMES["other"], received_at=9)
    assert isinstance(event, UnknownEvent)


@given(st.binary(max_size=100))
def test_decoding_never_raises(message: bytes) -> None:
    """Whatever arrives, the reader lives on and the caller gets the message."""
    event = decode_message(FakeVenue(), message, received_at=9)
    assert event.received_at == 9
    if isinstance(event, DecodeFailed):
        assert event.raw == message.decode("utf-8", "replace")


def test_a_message_that_cannot_be_decoded_is_told_with_its_text() -> None:
    """The error says where; the text is whole."""
    event = decode_message(FakeVenue(), b"{", received_at=9)
    assert isinstance(event, DecodeFailed)
    assert isinstance(event.error, DecodeError)
    assert event.raw == "{"


def test_a_fault_of_the_schema_does_not_end_the_stream(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and told like a message that cannot be decoded."""
    message = json.dumps({"push": "user.9", "ts": 1, "fault": True}).encode()
    with caplog.at_level(logging.ERROR):
        event = decode_message(FakeVenue(), message, received_at=9)
    assert isinstance(event, DecodeFailed)
    assert "RuntimeError" in str(event.error)
