"""Frames: what each one is for, and the requests, without a connection."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.codec import parse_json
from sixmm.errors import ConfigurationError, LoginRefused, Throttled
from sixmm.venues.base import Answers, Frame, FrameKind
from sixmm.venues.kucoin.protocol import (
    classify,
    frame_of,
    ping_text,
    subscribe_text,
    unsubscribe_text,
)
from sixmm.venues.kucoin.refusals import StreamRefused

from .examples import compact, examples, pro_push, push


def frame(**message: Any) -> Frame:
    """Return what a message is for."""
    return classify(compact(message).encode())


def shown(found: Frame) -> tuple[object, ...]:
    """Return a frame in a form that compares: two errors are equal where they say the same."""
    return found.kind, found.topic, found.request_id, repr(found.error)


class TestRequests:
    """What is asked for."""

    def test_private(self) -> None:
        """A private topic is asked for as such, and an answer is asked for, too."""
        assert json.loads(subscribe_text("7", ["/account/balance"])) == {
            "id": "7",
            "type": "subscribe",
            "topic": "/account/balance",
            "privateChannel": True,
            "response": True,
        }

    def test_unsubscribe_repeats_the_channel(self) -> None:
        """A topic is dropped as what it was asked for."""
        request = json.loads(unsubscribe_text("7", ["/contract/positionAll"]))

        assert (request["type"], request["privateChannel"]) == ("unsubscribe", True)

    def test_public(self) -> None:
        """Public topics of one path share a message."""
        topics = ["/market/ticker:BTC-USDT", "/market/ticker:ETH-USDT,KCS-USDT"]
        request = json.loads(subscribe_text("7", topics))

        assert request["topic"] == "/market/ticker:BTC-USDT,ETH-USDT,KCS-USDT"
        assert request["privateChannel"] is False

    def test_matches_are_public_unless_told(self) -> None:
        """The tape is asked for as what it is today; the old private reading has to be chosen."""
        topics = ["/market/match:BTC-USDT"]

        assert json.loads(subscribe_text("7", topics))["privateChannel"] is False
        private = subscribe_text("7", topics, private_matches=True)
        assert json.loads(private)["privateChannel"] is True

    def test_what_may_not_share(self) -> None:
        """Topics that need a message each are refused together."""
        topics = ["/contract/position:XBTUSDTM", "/contract/position:ETHUSDTM"]
        with pytest.raises(ConfigurationError, match="a message each"):
            subscribe_text("7", topics)

    def test_ping(self) -> None:
        """The ping is a message with an id."""
        assert json.loads(ping_text("7")) == {"id": "7", "type": "ping"}


class TestFrames:
    """What inbound frames are for."""

    def test_recorded_pushes(self) -> None:
        """Every recorded push is private, but for the tape, and has its topic."""
        for name, text in examples():
            if name.startswith("("):
                continue
            found, message = classify(text.encode()), json.loads(text)
            kind = FrameKind.MARKET if name.startswith("/market/match") else FrameKind.PRIVATE
            assert found.kind is kind, text
            assert found.topic == message.get("topic", message.get("T"))

    def test_a_short_look_is_enough(self) -> None:
        """What is recognised by its beginning is what reading the whole message says."""
        for _, text in examples():
            assert shown(classify(text.encode())) == shown(frame_of(parse_json(text))), text

    def test_equal_pushes_are_one_frame(self) -> None:
        """Frames of one topic are one object, so that whoever takes them compares identity."""
        text = push("/account/balance", "account.balance", {}).encode()

        assert classify(text) is classify(text)

    def test_welcome(self) -> None:
        """The welcome says that the token is accepted: nothing may be sent before it."""
        welcome = frame(sessionId="s", message="welcome", pingInterval=18_000)

        assert frame(id="c", type="welcome") == Frame(kind=FrameKind.LOGIN)
        assert welcome == Frame(kind=FrameKind.LOGIN)

    def test_welcome_before_a_login_by_frame(self) -> None:
        """Where the login is a frame of its own, the welcome asks for it."""
        text = b'{"sessionId":"s","message":"welcome","pingInterval":18000}'

        assert classify(text, login_by_frame=True) == Frame(kind=FrameKind.GREETING)

    @pytest.mark.parametrize(
        "message",
        [
            {"id": "5", "type": "ack"},
            {"id": 5, "type": "ack"},
            {"id": "5", "type": "pong", "timestamp": 1_790_113_097_236_506},
            {"id": "5", "type": "pong", "ts": 1_790_113_111_261_396_000},
            {"id": "5", "op": "pong", "timestamp": 1},
            {"id": "5", "result": True},
            {"id": "5", "result": "true"},
        ],
    )
    def test_answers(self, message: dict[str, Any]) -> None:
        """An answer has the id of its request, as text."""
        assert frame(**message) == Frame(kind=FrameKind.REPLY, request_id="5")

    def test_pong_without_an_id(self) -> None:
        """A pong is known by its type; it is for the oldest ping, on either kind of stream."""
        bare = Frame(kind=FrameKind.REPLY, answers=Answers.PING)
        assert frame(type="pong", timestamp=1) == frame(op="pong", ts=1) == bare
        assert frame(id="7", type="pong").answers is None
        assert frame(type="ack").answers is None

    def test_pong_within_a_push(self) -> None:
        """A push that has the word in it is no pong."""
        found = classify(push("/account/balance", "x", {"clientOid": "pong"}).encode())

        assert found.kind is FrameKind.PRIVATE

    def test_private_by_its_mark(self) -> None:
        """A topic that nobody knows is private where the message says so."""
        text = push("/new/topic", "new", {})

        assert classify(text.encode()).kind is FrameKind.PRIVATE
        assert classify(text.replace("private", "public").encode()).kind is FrameKind.MARKET
        spaced = json.dumps(json.loads(text)).encode()
        assert classify(spaced).kind is FrameKind.PRIVATE

    def test_public_push_of_the_unified_stream(self) -> None:
        """A channel that is not about the account is market data."""
        assert classify(pro_push("ticker.SPOT", {}).encode()).kind is FrameKind.MARKET


class TestErrors:
    """Refusals."""

    @pytest.mark.parametrize(
        "message",
        [
            {"type": "error", "code": 401, "data": "token is expired"},
            {"id": "connect", "type": "error", "code": 401, "data": "token is invalid"},
        ],
    )
    def test_bad_token(self, message: dict[str, Any]) -> None:
        """A token that is refused ends the login, with the id of the connection or without."""
        found = frame(**message)

        assert found.kind is FrameKind.LOGIN
        assert isinstance(found.error, LoginRefused)
        assert "token is" in str(found.error)

    @pytest.mark.parametrize(
        "text",
        ["exceed max session count limitation of 50", "service busy, please retry later"],
    )
    def test_busy(self, text: str) -> None:
        """A server that takes no connection now asks to slow down; the credential is good."""
        found = frame(id="connect", type="error", code=509, data=text)

        assert found.kind is FrameKind.LOGIN
        assert isinstance(found.error, Throttled)
        assert found.error.code == 509

    @pytest.mark.parametrize(
        ("code", "text"),
        [
            (400, "topic /x is invalid"),
            (403, "login is required"),
            (404, "topic does not exist"),
            (406, "topic is required"),
            (415, "type is not supported"),
            (500, "system error"),
            (509, "exceed max subscription count limitation of 100 per time"),
            (509, "exceed max permits per second"),
        ],
    )
    def test_refused_request(self, code: int, text: str) -> None:
        """A refusal goes to whoever asked, with the code and the words of the exchange."""
        found = frame(id="5", type="error", code=code, data=text)

        assert (found.kind, found.request_id) == (FrameKind.REPLY, "5")
        assert isinstance(found.error, StreamRefused)
        assert found.error.code == code
        assert str(found.error) == f"code {code}: {text}"
        # Only of these it is of use to ask for the same topic once more.
        assert found.may_pass == (text in ("system error", "exceed max permits per second"))

    def test_refusal_of_nothing(self) -> None:
        """A refusal that names no request goes to the caller as an event."""
        assert frame(type="error", code=400, data="ping timeout").kind is FrameKind.OTHER
        assert frame(id="x", type="error", code=400, data="ping timeout").kind is FrameKind.OTHER
        connect_id = "660f1c0d2e3b4a5968778695"
        assert frame(id=connect_id, type="error", code=500, data="no").kind is FrameKind.OTHER

    def test_odd_refusals(self) -> None:
        """A refusal of another form is still one."""
        found = frame(id="5", type="error", code="404", data=None)

        assert isinstance(found.error, StreamRefused)
        assert (found.error.code, str(found.error)) == (None, "no reason given")

    @pytest.mark.parametrize("name", ["message", "reason"])
    def test_unified(self, name: str) -> None:
        """The unified stream says why in one of two members."""
        found = frame(**{"id": "5", "result": False, name: "invalid request data"})
        assert not found.may_pass
        assert frame(**{"id": "5", "result": False, name: "exceed max permits per second"}).may_pass

        assert (found.kind, found.request_id) == (FrameKind.REPLY, "5")
        assert isinstance(found.error, StreamRefused)
        assert str(found.error) == "invalid request data"

    def test_gateway(self) -> None:
        """A code of the gateway refuses the login."""
        found = frame(code="400004", msg="Invalid KC-API-PASSPHRASE")

        assert found.kind is FrameKind.LOGIN
        assert str(found.error) == "code 400004: Invalid KC-API-PASSPHRASE"

    def test_no_secret_and_one_line(self) -> None:
        """What a server repeats is shown in one line, and without what authenticates."""
        found = frame(id="5", type="error", code=400, data="bad\ntoken=abcdef123456")

        assert str(found.error) == "code 400: bad\\ntoken=***"


class TestAnything:
    """Nothing that a server sends raises."""

    @given(st.binary(max_size=200))
    def test_bytes(self, data: bytes) -> None:
        """Any bytes have a frame."""
        assert isinstance(classify(data), Frame)

    @given(
        st.dictionaries(
            st.sampled_from(["id", "type", "topic", "T", "d", "data", "code", "result", "op"]),
            st.none()
            | st.booleans()
            | st.integers()
            | st.text(max_size=9)
            | st.sampled_from(["pong", "ack", "error", "message", "welcome", 401, 509])
            | st.lists(st.integers(), max_size=2)
            | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
        )
    )
    def test_frames(self, message: dict[str, Any]) -> None:
        """Any members in any combination have a frame, by either way of looking."""
        text = compact(message)

        assert shown(classify(text.encode())) == shown(frame_of(json.loads(text)))
