"""A venue without an account: it opens its stream as it is, and refuses everything else."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sixmm.errors import ApiError, ConfigurationError
from sixmm.events import UnknownEvent
from sixmm.redaction import Secret
from sixmm.state.models import Baseline, Order
from sixmm.transport.base import HttpResponse
from sixmm.venues.base import Call, Credentials, Dial, Frame, FrameKind, StreamKey
from sixmm.venues.public import PublicVenue

WS_URL = "wss://stream.test/ws"
CALL = Call(operation="anything", method="GET", path="/")
KEY = StreamKey(value=Secret("k"), created_at_ms=0, expires_at_ms=1)
ORDER = Order(order_id="1", status="NEW", rank=1)


class _Venue(PublicVenue):
    """The least that a venue has to say."""

    name = "plain"

    def check_topic(self, topic: str) -> str:
        return topic

    def subscribe_text(self, request_id: str, topics: Any) -> str:
        return f"{request_id} {topics}"

    def unsubscribe_text(self, request_id: str, topics: Any) -> str:
        return f"{request_id} {topics}"

    def ping_text(self, request_id: str) -> str:
        return request_id

    def classify(self, message: bytes) -> Frame:  # noqa: ARG002
        return Frame(kind=FrameKind.OTHER)

    def decode(self, message: str | bytes, *, received_at: int = 0) -> UnknownEvent:  # noqa: ARG002
        return UnknownEvent(received_at=received_at)


VENUE = _Venue()


def dial(*, private: bool) -> Dial:
    """Run the plan of a dial, which makes no call."""
    plan = VENUE.dial_plan(
        ws_url=WS_URL, private=private, credentials=Credentials(), held=None, now_ms=0
    )
    with pytest.raises(StopIteration) as ended:
        next(plan)
    found: Dial = ended.value.value
    return found


def test_the_address_is_used_as_it_is() -> None:
    """Nothing is asked, no login is awaited."""
    found = dial(private=False)
    assert (found.url.reveal(), found.key, found.awaits_login) == (WS_URL, None, False)


REFUSED: dict[str, Callable[[], object]] = {
    "a private stream": lambda: dial(private=True),
    "a call": lambda: VENUE.prepare(
        CALL, rest_url="", credentials=Credentials(), timestamp_ms=0, request_id="1"
    ),
    "a reply": lambda: VENUE.parse(CALL, HttpResponse(status=200, body=b"")),
    "a clock": VENUE.server_time_call,
    "a login": lambda: VENUE.login_call(username="u", password=Secret("p")),
    "a refresh": VENUE.refresh_call,
    "a renewal": lambda: VENUE.renew_plan(KEY, now_ms=0),
    "a release": lambda: VENUE.release_plan(KEY),
    "a snapshot": lambda: VENUE.snapshot_plan(Baseline(since_ms=0), now_ms=0),
    "an order as it was": lambda: VENUE.partly_filled(ORDER, Decimal(1)),
    "an order": lambda: VENUE.order_event(ORDER, None, topic="", received_at=0),
    "an account": lambda: VENUE.account_events(
        balances=(), positions=(), ts=0, topic="", received_at=0
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_whoever_asks_for_an_account_is_told_that_there_is_none(what: str) -> None:
    """With the name of the venue."""
    with pytest.raises(ConfigurationError, match="plain has public streams only"):
        REFUSED[what]()


def test_no_event_and_no_error_is_about_an_account() -> None:
    """What the engine asks of every venue has an answer."""
    error = ApiError("refused", code=1)
    assert VENUE.facts(UnknownEvent()) is None
    assert (VENUE.is_clock_error(error), VENUE.is_replay_error(error)) == (False, False)
