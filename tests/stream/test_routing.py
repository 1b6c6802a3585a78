"""Sorting messages, and decoding them without ever failing."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import DecodeError
from sixmm.events import DecodeFailed, UnknownEvent
from sixmm.stream.routing import decode_message, sort_messages

from .fakes import FakeVenue, Pushed

FRAMES = {
    "private": b'{"push": "user.9", "ts": 5}',
    "market": b'{"market": "wanted"}',
    "reply": b'{"reply": "1"}',
    "login": b'{"login": true}',
    "other": b'{"greeting": 1}',
    "junk": b"\xff\xfe not json",
}


@given(st.lists(st.sampled_from(sorted(FRAMES)), max_size=30))
def test_every_message_goes_to_one_place_in_order(kinds: list[str]) -> None:
    """Nothing is lost and nothing is doubled, whatever comes mixed in one read."""
    batch = sort_messages(
        FakeVenue(),
        [FRAMES[kind] for kind in kinds],
        is_wanted=lambda topic: topic == "wanted",
        received_at=7,
    )
    assert batch.private == [FRAMES[k] for k in kinds if k in ("private", "other", "junk")]
    assert len(batch.market) == kinds.count("market")
    assert len(batch.replies) == kinds.count("reply")
    assert len(batch.logins) == kinds.count("login")
    assert batch.unrequested == 0
    assert all(message.received_at == 7 for message in batch.market)


def test_a_topic_that_nobody_asked_for_is_counted_and_left_out() -> None:
    """The topic of a push is checked (rule 86)."""
    batch = sort_messages(
        FakeVenue(), [FRAMES["market"]] * 3, is_wanted=lambda _: False, received_at=0
    )
    assert (batch.market, batch.unrequested) == ([], 3)


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
