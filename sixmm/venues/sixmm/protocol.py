"""The frames of the 6MM socket: what each inbound one is for, and the three requests.

A market push is recognised by its first bytes and not decoded. That is only done where it provably
gives the answer that reading the whole message would give: see :func:`_peek`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

from ...codec import dump_json, parse_json
from ...errors import DecodeError, LoginRefused, SixmmError, SubscriptionRefused
from ...redaction import one_line
from ..base import Frame, FrameKind

__all__ = [
    "classify",
    "classify_many",
    "frame_of",
    "is_refusal",
    "ping_text",
    "refusal_text",
    "request_id_of",
    "subscribe_text",
    "unsubscribe_text",
]

_OTHER = Frame(kind=FrameKind.OTHER)
_MAX_TOPIC = 128  # Frames are kept by topic: what is longer is no topic of this exchange.
_PUSH = re.compile(rb'\{"topic":"((?:market|user)\.[A-Za-z0-9._-]{1,96})"(,"event":"data")?[,}]')


def subscribe_text(request_id: str, topics: Sequence[str]) -> str:
    """Return the message that asks for ``topics`` (rule 82)."""
    return _request(request_id, "subscribe", topics)


def unsubscribe_text(request_id: str, topics: Sequence[str]) -> str:
    """Return the message that drops ``topics`` (rule 82)."""
    return _request(request_id, "unsubscribe", topics)


def ping_text(request_id: str) -> str:
    """Return the application-level ping (rules 82, 88)."""
    return _request(request_id, "ping", ())


def _request(request_id: str, op: str, args: Sequence[str]) -> str:
    return dump_json({"id": request_id, "op": op, "args": tuple(args)}).decode()


def classify(message: bytes) -> Frame:
    """Say what an inbound message is for. Never raises: what cannot be read is ``OTHER``.

    A message that begins as a push and is broken further on counts as that push, so that decoding
    it tells what is wrong with it.
    """
    frame = _peek(message)
    if frame is not None:
        return frame
    try:
        return frame_of(parse_json(message))
    except DecodeError:
        return _OTHER


def _peek(message: bytes) -> Frame | None:
    """Return the frame of a push in its documented order of members, or None where that is unsure.

    Without a backslash, ``"topic"`` with its quotes can only be a whole string. Where it is there
    once, the topic at the start is the only one, so no later member of that name takes its place;
    the same holds for ``"event"``, which matters only in a message that may have an ``id``.
    """
    match = _PUSH.match(message)
    if match is None or b"\\" in message or message.count(b'"topic"') != 1:
        return None
    topic, data = match[1].decode(), match[2]
    if topic.startswith("user."):
        return _push(FrameKind.PRIVATE, topic)
    if b'"id"' in message and (data is None or message.count(b'"event"') != 1):
        return None
    return _push(FrameKind.MARKET, topic)


_MAX_KNOWN = 4_096
_MAX_BEGINNING = 256  # The second name may be of any length.
# A push of this exchange begins {"topic":"...","event":"data" or {"topic":"user.N","ts":1771047...
# What begins alike up to seven bytes after the second colon is a push of the same topic.
_SECOND_NAME, _AFTER_COLON = 10, 7
_known: dict[bytes, Frame] = {}
_NOT_JSON = b"\0"


def classify_many(messages: Sequence[bytes]) -> list[Frame]:
    """Say what each message is for, sooner where messages begin alike.

    The beginning of each push that :func:`classify` has recognised is remembered. A later message
    that begins so is taken for a push of that topic without a look at the rest. That differs from
    :func:`classify` only for a message that is broken further on, repeats its topic, or says twice
    what it is for; decoding shows what such a message is.
    """
    frames: list[Frame] = []
    append = frames.append
    frame, beginning = _OTHER, _NOT_JSON
    for message in messages:
        # Most messages follow one of the same topic; to compare is cheaper than to look up.
        if not message.startswith(beginning):
            beginning = message[: message.find(b":", _SECOND_NAME) + _AFTER_COLON]
            known = _known.get(beginning)
            if known is None:
                append(_learn(message, beginning))
                frame, beginning = _OTHER, _NOT_JSON
                continue
            frame = known
        append(frame)
    return frames


def _learn(message: bytes, beginning: bytes) -> Frame:
    """Return the frame of a message, and remember its beginning where that says enough."""
    frame, match = classify(message), _PUSH.match(message)
    if match is None or match[1] != frame.topic.encode():
        return frame
    if frame.kind is FrameKind.PRIVATE:
        says_enough = len(beginning) > match.end(1)
    else:
        # A reply that names a market topic has another word where a push has "data".
        says_enough = frame.kind is FrameKind.MARKET and len(beginning) == match.end(2)
    if says_enough and len(beginning) <= _MAX_BEGINNING:
        if len(_known) >= _MAX_KNOWN:
            _known.clear()
        _known[beginning] = frame
    return frame


@functools.lru_cache(maxsize=4096)
def _push(kind: FrameKind, topic: str) -> Frame:
    return Frame(kind=kind, topic=topic)


def frame_of(message: Any) -> Frame:
    """Say what a decoded message is for.

    A user topic, or an event type outside a market topic, makes a private push (rule 77); a market
    topic makes a market push (rule 85). What is left is an answer where it has an id or is a
    control word, whatever its event; ``auth`` without an id tells about the login (rule 75).
    """
    if not isinstance(message, dict):
        return _OTHER
    topic = message.get("topic")
    name = topic if isinstance(topic, str) and len(topic) <= _MAX_TOPIC else ""
    replies = request_id_of(message) is not None and isinstance(message.get("event"), str)
    if name.startswith("user."):
        return _push(FrameKind.PRIVATE, name)
    if name.startswith("market.") and not (replies and message["event"] != "data"):
        return _push(FrameKind.MARKET, name)
    if _event_type(message) is not None and not replies:
        return _push(FrameKind.PRIVATE, name)
    return _answer(message, name)


def _event_type(message: dict[str, Any]) -> str | None:
    data = message.get("data")
    event_type = data.get("eventType") if isinstance(data, dict) else None
    return event_type if isinstance(event_type, str) else None


def _answer(message: dict[str, Any], topic: str) -> Frame:
    request_id, refused = request_id_of(message), is_refusal(message)
    event = message.get("event")
    if request_id is None and event == "auth":
        error = LoginRefused(refusal_text(message)) if refused else None
        return Frame(kind=FrameKind.LOGIN, error=error)
    if request_id is not None:
        return Frame(
            kind=FrameKind.REPLY,
            topic=topic,
            request_id=request_id,
            error=_refusal(message) if refused else None,
        )
    # A refusal that names no request cannot be handed to whoever asked: it goes to the caller.
    if event in ("subscribe", "unsubscribe", "pong") and not refused:
        return Frame(kind=FrameKind.REPLY, topic=topic)
    return Frame(kind=FrameKind.OTHER, topic=topic)


def request_id_of(message: dict[str, Any]) -> str | None:
    """Return the id that a frame repeats, as text, or None; a number counts as its digits."""
    value = message.get("id")
    if isinstance(value, str) and value:
        return value
    return str(value) if type(value) is int else None


def is_refusal(message: dict[str, Any]) -> bool:
    """Whether a control frame says no: by ``success``, by its event, or by a code."""
    success, code = message.get("success"), message.get("code")
    coded = type(code) is int and code != 0 and success is not True
    return success is False or message.get("event") == "error" or coded


def refusal_text(message: dict[str, Any]) -> str:
    """Return code and message of a refusal in one printable line."""
    code, text = message.get("code"), message.get("message")
    told = one_line(text) if isinstance(text, str) and text else "no reason given"
    return f"code {code}: {told}" if type(code) is int else told


def _refusal(message: dict[str, Any]) -> SixmmError:
    data = message.get("data")
    topics = tuple(item for item in data if isinstance(item, str)) if isinstance(data, list) else ()
    return SubscriptionRefused(refusal_text(message), topics=topics)
