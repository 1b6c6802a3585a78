"""What the server says about the connection; the decoder's tests have every frame."""

from __future__ import annotations

import pytest

from sixmm.events import Event
from sixmm.venues.kucoin import decode
from sixmm.venues.kucoin.enums import StreamErrorCode
from sixmm.venues.kucoin.stream_schema import ProRefusal, ProWelcome, Refusal

from ..examples import read


@pytest.mark.parametrize(
    "text",
    [
        '{"id":"1","type":"ack","new":1}',
        '{"id":"1","type":"welcome","new":1}',
        '{"id":"1","result":true,"new":1}',
        '{"op":"pong","id":"1","new":1}',
        '{"sessionId":"1","message":"welcome","new":1}',
        '{"id":"1","result":false,"message":"x","new":1}',
    ],
)
def test_what_is_new_is_told(text: str) -> None:
    """A member that no field names is in extra."""
    event = decode(text)

    assert isinstance(event, Event)
    assert event.extra == {"new": 1}


def test_codes() -> None:
    """A known code is a member, and an unknown one is kept."""
    known = read(Refusal, '{"id":"1","type":"error","code":509,"data":"x"}')
    new = read(Refusal, '{"id":"1","type":"error","code":777,"data":"x"}')

    assert known.code is StreamErrorCode.TOO_MUCH
    assert new.code == 777


def test_ping_figures() -> None:
    """The welcome of the unified stream says how often to ping."""
    text = '{"sessionId":"s","data":"welcome","pingInterval":18000,"pingTimeout":10000}'
    event = read(ProWelcome, text)

    assert (event.ping_interval_ms, event.ping_timeout_ms) == (18_000, 10_000)


def test_without_a_reason() -> None:
    """A refusal that says nothing is still one."""
    assert read(ProRefusal, '{"id":"1","result":false}').message == "no reason given"
