"""The frames of the socket: requests as documented, and the quick look against the full one."""

from __future__ import annotations

import contextlib
import json
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sixmm.codec import parse_json
from sixmm.errors import DecodeError, LoginRefused, SubscriptionRefused
from sixmm.venues.base import Frame, FrameKind
from sixmm.venues.sixmm import protocol
from sixmm.venues.sixmm.protocol import (
    classify,
    classify_many,
    frame_of,
    ping_text,
    subscribe_text,
    unsubscribe_text,
)

from .examples import compact, examples

DEPTH = "market.depth.BTCUSDT"


def frame(message: Any) -> Frame:
    """Return the frame of a message that is written compactly."""
    return classify(compact(message).encode())


class TestRequests:
    """What the client says (rule 82)."""

    def test_as_documented(self) -> None:
        """Each request is byte for byte the documented example."""
        sent = examples("ws-client")

        assert subscribe_text("1772007814666", [DEPTH]) == compact(sent["subscribe"])
        assert unsubscribe_text("1772007814667", [DEPTH]) == compact(sent["unsubscribe"])
        assert ping_text("1772007814668") == compact(sent["ping"])

    @given(st.text(st.characters(exclude_categories=["Cs"])), st.lists(st.sampled_from([DEPTH])))
    def test_always_json(self, request_id: str, topics: list[str]) -> None:
        """Whatever the id is, the message is JSON with that id."""
        assert json.loads(subscribe_text(request_id, topics)) == {
            "id": request_id,
            "op": "subscribe",
            "args": topics,
        }


KINDS: list[tuple[Any, FrameKind]] = [
    ({"topic": "user.5794", "ts": 1, "data": {"eventType": "X"}}, FrameKind.PRIVATE),
    ({"topic": "user.5794"}, FrameKind.PRIVATE),
    ({"id": "e1", "topic": "user.5794", "event": "data"}, FrameKind.PRIVATE),
    ({"data": {"eventType": "ORDER_TRADE_UPDATE"}}, FrameKind.PRIVATE),
    ({"id": "e1", "data": {"eventType": "ORDER_TRADE_UPDATE"}}, FrameKind.PRIVATE),
    ({"topic": "account.1", "data": {"eventType": "ACCOUNT_UPDATE"}}, FrameKind.PRIVATE),
    ({"topic": DEPTH, "event": "data", "ts": 1, "data": {}}, FrameKind.MARKET),
    ({"topic": DEPTH, "ts": 1, "data": {}}, FrameKind.MARKET),
    ({"topic": DEPTH, "event": "snapshot", "data": {}}, FrameKind.MARKET),
    ({"topic": DEPTH, "event": "data", "id": "7", "data": {}}, FrameKind.MARKET),
    ({"topic": DEPTH, "id": "7", "data": {}}, FrameKind.MARKET),
    ({"topic": DEPTH, "data": {"eventType": "X"}}, FrameKind.MARKET),
    ({"topic": "market.unheard.of"}, FrameKind.MARKET),
    ({"topic": DEPTH, "event": "subscribe", "id": "7"}, FrameKind.REPLY),
    ({"id": "7", "event": "subscribe", "success": True, "data": [DEPTH]}, FrameKind.REPLY),
    ({"id": "7", "event": "auth", "success": True}, FrameKind.REPLY),
    ({"id": "7", "event": "x", "data": {"eventType": "X"}}, FrameKind.REPLY),
    ({"id": 7}, FrameKind.REPLY),
    ({"event": "pong"}, FrameKind.REPLY),
    ({"event": "auth", "success": True, "data": "1"}, FrameKind.LOGIN),
    ({"id": "", "event": "auth", "success": True}, FrameKind.LOGIN),
    ({"id": None, "event": "auth", "success": False}, FrameKind.LOGIN),
    ({"event": "error", "code": 1}, FrameKind.OTHER),
    ({"event": "subscribe", "success": False}, FrameKind.OTHER),
    ({"event": "maintenance"}, FrameKind.OTHER),
    ({"topic": "news.1", "data": {}}, FrameKind.OTHER),
    ({"topic": 5, "event": 6, "id": True, "data": 7}, FrameKind.OTHER),
    ({}, FrameKind.OTHER),
    ([], FrameKind.OTHER),
    ("user.5794", FrameKind.OTHER),
    (None, FrameKind.OTHER),
]


class TestKinds:
    """What an inbound message is for."""

    @pytest.mark.parametrize(("message", "kind"), KINDS, ids=lambda item: compact(str(item))[:60])
    def test_table(self, message: Any, kind: FrameKind) -> None:
        """Pushes go by topic and event type (rule 77), answers by id, the login by its event."""
        assert frame(message).kind is kind
        assert classify(json.dumps(message, indent=1).encode()).kind is kind

    def test_documented_frames(self) -> None:
        """Every documented server frame is what it is called."""
        kinds = {name: frame(payload).kind for name, payload in examples("ws-server").items()}

        assert kinds == {
            "subscribeAck": FrameKind.REPLY,
            "publicPush": FrameKind.MARKET,
            "publicPush.publicChannels": FrameKind.MARKET,
            "authAck": FrameKind.LOGIN,
            "privatePush.ORDER_TRADE_UPDATE": FrameKind.PRIVATE,
        }

    def test_topic_and_id_are_told(self) -> None:
        """The frame names its topic and the request that it answers, a numeric id as digits."""
        assert frame({"topic": DEPTH, "event": "data"}).topic == DEPTH
        assert frame({"id": "17", "event": "subscribe"}).request_id == "17"
        assert frame({"id": 17, "event": "subscribe"}).request_id == "17"

    @pytest.mark.parametrize(
        "message", [b"", b"x", b"{", b"\xff", b"[" * 100_000, b'{"topic":"user.1\xff"}', b"NaN"]
    )
    def test_what_cannot_be_read_is_other(self, message: bytes) -> None:
        """Rubbish is no error here; decoding it is."""
        assert classify(message) == Frame(kind=FrameKind.OTHER)


class TestRefusals:
    """Acknowledgements that say no."""

    @pytest.mark.parametrize(
        "refusal",
        [
            {"success": False, "code": 2002, "message": "bad topic"},
            {"event": "error", "code": 2002, "message": "bad topic"},
            {"code": 2002, "message": "bad topic"},
        ],
    )
    def test_a_refused_subscribe(self, refusal: dict[str, Any]) -> None:
        """A refusal carries code, message and topics, in whichever of the assumed forms."""
        told = frame({"id": "7", "event": "subscribe", "data": [DEPTH, 3], **refusal})

        assert told.kind is FrameKind.REPLY
        assert isinstance(told.error, SubscriptionRefused)
        assert str(told.error) == "code 2002: bad topic"
        assert told.error.topics == (DEPTH,)

    @pytest.mark.parametrize(
        "ack",
        [
            {"success": True},
            {},
            {"success": True, "code": 200},
            {"code": 0},
            {"success": None, "code": "0"},
        ],
    )
    def test_an_accepted_subscribe(self, ack: dict[str, Any]) -> None:
        """Without a sign of refusal an answer is a yes."""
        assert frame({"id": "7", "event": "subscribe", **ack}).error is None

    def test_a_refused_login(self) -> None:
        """A login that is refused is told as such, without an id."""
        told = frame({"event": "auth", "success": False, "code": 1003, "message": "Invalid token"})

        assert told.kind is FrameKind.LOGIN
        assert isinstance(told.error, LoginRefused)
        assert str(told.error) == "code 1003: Invalid token"

    def test_text_of_the_server_is_made_safe(self) -> None:
        """Line ends, escapes and length of a server's message cannot reach a log (F6)."""
        hostile = "\r\n\x1b[2J\u202etoken=abc " + "x" * 10_000
        error = frame({"id": "1", "event": "subscribe", "success": False, "message": hostile}).error

        assert error is not None
        assert str(error).isprintable()
        assert len(str(error)) <= 220
        assert "abc" not in str(error)

    def test_a_refusal_without_reason(self) -> None:
        """A refusal that says nothing is still a refusal."""
        error = frame({"id": "1", "event": "subscribe", "success": False}).error

        assert str(error) == "no reason given"


NAMES = ["topic", "event", "id", "ts", "data", "success", "code", "message", "eventType"]
STRINGS = [
    *NAMES,
    DEPTH,
    "user.5794",
    "market.",
    "user.",
    "data",
    "subscribe",
    "auth",
    "pong",
    "error",
    '"topic":"market.depth.X"',
    '{"topic":"user.1"}',
    "\\",
    '"',
    "topic\\",
    "é",
    "",
]
values = st.recursive(
    st.sampled_from(STRINGS) | st.none() | st.booleans() | st.integers(-5, 5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    ),
    max_leaves=6,
)


def escaped(text: str) -> str:
    """Return a JSON string in which every letter is written as an escape."""
    return '"' + "".join(f"\\u{ord(char):04x}" for char in text) + '"'


@st.composite
def wire_texts(draw: st.DrawFn) -> str:
    """Messages as text: any order of members, repeated names, spaces, escaped names."""
    members = draw(st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=6))
    if draw(st.booleans()):
        members.insert(0, ("topic", draw(st.sampled_from([DEPTH, "user.5794", "user.", "news"]))))
    gap = draw(st.sampled_from(["", "", " ", "\n"]))
    ascii_only = draw(st.booleans())
    parts = []
    for name, value in members:
        key = escaped(name) if draw(st.integers(0, 9)) == 0 else f'"{name}"'
        separators = ("," + gap, ":" + gap)
        parts.append(
            f"{key}:{gap}" + json.dumps(value, ensure_ascii=ascii_only, separators=separators)
        )
    return gap + "{" + gap + f",{gap}".join(parts) + "}" + gap


class TestQuickLook:
    """The quick look gives the answer of the full one."""

    @given(wire_texts())
    @example('{"topic":"market.depth.X","event":"data","topic":"user.1"}')
    @example('{"topic":"market.depth.X","event":"data","t\\u006fpic":"user.1"}')
    @example('{"topic":"market.depth.X","event":"data","id":"1","event":"subscribe"}')
    @example('{"topic":"market.depth.X","event":"data","id":"1","ev\\u0065nt":"subscribe"}')
    @example('{"topic":"market.depth.X","id":"1","event":"subscribe","success":false}')
    @example('{"topic":"market.depth.X","data":{"topic":"user.1"}}')
    @example('{"topic":"market.depth.X","data":"\\"topic\\":\\"user.1\\""}')
    @example('{"topic":"user.1","topic":null}')
    @example('{"topic":"user.1","topic":"market.depth.X"}')
    @example('{"topic":"user.1","data":{"x":"\\"topic\\""}}')
    @example('{"data":{"topic":"market.depth.X"},"id":"1","event":"subscribe"}')
    @example('{ "topic":"market.depth.X","event":"data"}')
    @example('{"topic":"market.depth.\\u0058"}')
    @example('{"topic":"market.depth.é"}')
    def test_equals_the_full_look(self, text: str) -> None:
        """On every valid message, hostile ones included, both say the same."""
        quick, full = classify(text.encode()), frame_of(parse_json(text))

        assert (quick.kind, quick.topic, quick.request_id) == (
            full.kind,
            full.topic,
            full.request_id,
        )
        assert str(quick.error) == str(full.error)

    @given(
        st.binary(max_size=60)
        | st.binary(max_size=30).map(lambda tail: b'{"topic":"user.1"' + tail)
    )
    def test_never_raises(self, message: bytes) -> None:
        """Any bytes give a frame, and one that is JSON gives the frame of its full reading."""
        quick = classify(message)
        with contextlib.suppress(DecodeError):
            assert quick.kind is frame_of(parse_json(message)).kind

    @pytest.mark.parametrize(
        "tail", [b"", b',"data":{', b',"event":"data","ts":1,"data":{"a":NaN}}']
    )
    def test_a_broken_push_counts_as_a_push(self, tail: bytes) -> None:
        """What begins as a push and breaks off is decoded, and told, in its own lane."""
        message = b'{"topic":"market.depth.BTCUSDT","ts":1' + tail

        assert classify(message) == Frame(kind=FrameKind.MARKET, topic=DEPTH)

    def test_does_not_read_the_body(self) -> None:
        """A market push in the documented order is told apart without decoding its data."""
        body = b"[" * 1_000_000

        assert classify(b'{"topic":"market.trade.BTCUSDT","event":"data","data":' + body).kind is (
            FrameKind.MARKET
        )


USER = "user.5794"
BEGINNINGS = [
    *(
        f'{{"topic":"{topic}","event":"data"'
        for topic in (DEPTH, "market.trade.X", "market.", USER)
    ),
    *(f'{{"topic":"{topic}","ts":1772007815000' for topic in (DEPTH, USER, "user.1", "news.1")),
    *(f'{{"topic":"{topic}"' for topic in (DEPTH, USER, "user.", "", "market.a:b", "x" * 200)),
    *(
        '{"event":"data"',
        f'{{"topic":"{DEPTH}","event":"subscribe"',
        f'{{"topic":"{DEPTH}","id":"7"',
    ),
    *(f'{{"topic":"{DEPTH}","event":"dat"', f'{{"topic":"{DEPTH}","data":"data"', '{"a":"data"'),
    *(
        f'{{"topic":"{DEPTH}","event":"data2"',
        f'{{"topic":"{USER}","a":123456',
        "{",
        f'{{"id":"{DEPTH}"',
    ),
]
TAILS = [
    *("", ',"data":{}', ',"id":"7"', ',"id":7,"success":false', ',"ts":1', ',"event":"data"'),
    *(
        ',"event":"subscribe"',
        ',"topic":"user.1"',
        f',"topic":"{DEPTH}"',
        ',"data":{"topic":"user.1"}',
    ),
    *(
        ',"data":{"eventType":"X"}',
        ',"data":"\\"topic\\""',
        ',"x":"\\u0041"',
        ',"code":5',
        ',"data":[1]',
    ),
    *(',"data":{"event":"subscribe","id":"1"}', ',"event":"auth"', ',"success":false'),
]


@st.composite
def beginnings_and_tails(draw: st.DrawFn) -> str:
    """Messages that begin as pushes do, or nearly so, with anything after that."""
    tails = draw(st.lists(st.sampled_from(TAILS), max_size=3))
    text = draw(st.sampled_from(BEGINNINGS)) + "".join(tails) + "}"
    return text.replace("{,", "{")


def repeats(text: str) -> bool:
    """Whether a message has a member twice that tells what it is for."""
    found: list[list[str]] = []

    def keep(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found.append([name for name, _ in pairs])
        return dict(pairs)

    json.loads(text, object_pairs_hook=keep)
    outer = found[-1] if found else []
    return any(outer.count(name) > 1 for name in ("topic", "event", "id"))


def told(frame: Frame) -> tuple[Any, ...]:
    """Return what a frame says."""
    return (frame.kind, frame.topic, frame.request_id, str(frame.error))


class TestMany:
    """Many messages at once, told apart by what was learned from those before them."""

    @settings(max_examples=150)
    @given(st.lists(wire_texts() | beginnings_and_tails(), max_size=6), st.randoms())
    def test_equals_one_by_one(self, texts: list[str], random: Random) -> None:
        """Whatever was learned, and in which order, each message is what it is by itself."""
        sound = [text for text in texts if not repeats(text)]
        protocol._known.clear()
        classify_many([text.encode() for text in sound])
        for _ in range(2):
            random.shuffle(sound)
            messages = [text.encode() for text in sound for _ in range(random.randint(1, 2))]
            assert [*map(told, classify_many(messages))] == [told(classify(m)) for m in messages]

    @settings(max_examples=200)
    @given(
        st.lists(beginnings_and_tails(), max_size=4),
        st.sampled_from(BEGINNINGS),
        st.binary(max_size=8) | st.sampled_from(TAILS).map(str.encode),
        st.integers(0, 60),
    )
    def test_broken_messages(self, texts: list[str], beginning: str, tail: bytes, cut: int) -> None:
        """A broken message is what it is by itself, or counts as the push that it begins as."""
        protocol._known.clear()
        classify_many([text.encode() for text in texts])
        message = (beginning.encode() + tail)[: len(beginning) + 10 - cut]
        (frame,) = classify_many([message])

        if told(frame) != told(classify(message)):
            assert frame.kind in (FrameKind.MARKET, FrameKind.PRIVATE)
            assert message.startswith(b'{"topic":"' + frame.topic.encode() + b'"')
            assert frame.error is frame.request_id is None

    @pytest.mark.parametrize("tail", [',"id":"7","event":"subscribe"}', ',"topic":"user.1"}'])
    def test_the_known_difference(self, tail: str) -> None:
        """A message that says twice what it is for counts as what it says first."""
        protocol._known.clear()
        push = f'{{"topic":"{DEPTH}","event":"data","ts":1}}'.encode()
        message = push[:-1] + tail.encode()

        assert classify_many([push, message]) == [classify(push)] * 2
        assert classify(message).kind is not FrameKind.MARKET

    @pytest.mark.parametrize("first", [b"", b"\0", b"\0x", b"{}", b"x"])
    def test_no_json(self, first: bytes) -> None:
        """What cannot be read is other, also where it is the first one or stands between pushes."""
        protocol._known.clear()
        push = f'{{"topic":"{DEPTH}","event":"data","ts":1}}'.encode()
        other = Frame(kind=FrameKind.OTHER)
        market = Frame(kind=FrameKind.MARKET, topic=DEPTH)

        assert classify_many([first, push, first, push, push, first]) == [
            *(other, market, other, market, market, other)
        ]
        assert classify_many([first] * 3) == [other] * 3
        assert classify_many([]) == []

    def test_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The table of beginnings is emptied when it is full."""
        monkeypatch.setattr(protocol, "_MAX_KNOWN", 8)
        protocol._known.clear()
        messages = [f'{{"topic":"market.trade.X{n}","event":"data"}}'.encode() for n in range(50)]
        for message in messages * 2:
            assert classify_many([message]) == [classify(message)]
            assert len(protocol._known) <= 8

    def test_long_beginnings_are_not_kept(self) -> None:
        """Only beginnings of pushes are kept, and these are short."""
        protocol._known.clear()
        long = "x" * 10_000
        classify_many(
            [
                f'{{"topic":"{long}":1}}'.encode(),
                f'{{"topic":"user.1","{long}":1}}'.encode(),
                f'{{"topic":"{DEPTH}","{long}":1}}'.encode(),
                f'{{"{long}":1}}'.encode(),
            ]
        )

        assert all(len(beginning) < 200 for beginning in protocol._known)
