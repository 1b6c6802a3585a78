"""The frames of the spot and futures streams: what each inbound one is for, and the requests.

The unified stream has other requests, which are in :mod:`.pro_protocol`; its inbound frames are
told apart here, because a record may have both.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Sequence
from typing import Any

from ...codec import dump_json, parse_json
from ...errors import AuthenticationError, DecodeError, LoginRefused, SixmmError, Throttled
from ...redaction import one_line
from ..base import Answers, Frame, FrameKind
from .enums import StreamErrorCode
from .pro_topics import topic_of_push
from .refusals import StreamRefused
from .topics import batch_topic, is_private

__all__ = [
    "AUTH_ID",
    "CLOCK_CODE",
    "FrameWord",
    "classify",
    "frame_of",
    "ping_text",
    "pro_refusal_text",
    "request_id_of",
    "subscribe_text",
    "unsubscribe_text",
    "word_of",
]

AUTH_ID = "auth-"
"""What the id of a login by frame begins with, so that its answer is known for what it is."""

CLOCK_CODE = 400_002
"""What a login by frame is refused with where its timestamp is off, as a signed call is."""

_OTHER = Frame(kind=FrameKind.OTHER)
_MAX_TOPIC = 4_096  # A hundred symbols in one topic.


# Requests


def subscribe_text(request_id: str, topics: Sequence[str], *, private_matches: bool = False) -> str:
    """Return the message that asks for ``topics``, and for an answer with its id.

    Args:
        request_id: the answer repeats it.
        topics: one topic, or several that may share a message; see :func:`.topics.batches`.
        private_matches: whether ``/market/match`` is asked for as a private channel, which old
            documentation allows, and which then tells the account's own trades.

    Raises:
        ConfigurationError: the topics may not share a message.
    """
    return _request(request_id, "subscribe", topics, private_matches)


def unsubscribe_text(
    request_id: str, topics: Sequence[str], *, private_matches: bool = False
) -> str:
    """Return the message that drops ``topics``; the arguments are those of the subscription."""
    return _request(request_id, "unsubscribe", topics, private_matches)


def ping_text(request_id: str) -> str:
    """Return the ping, which is a message: the server does not count a ping of the protocol."""
    return dump_json({"id": request_id, "type": "ping"}).decode()


def _request(request_id: str, word: str, topics: Sequence[str], private_matches: bool) -> str:
    topic = batch_topic(topics)
    request = {
        "id": request_id,
        "type": word,
        "topic": topic,
        "privateChannel": is_private(topic, private_matches=private_matches),
        "response": True,
    }
    return dump_json(request).decode()


# Frames


class FrameWord(enum.Enum):
    """What a decoded frame is, by the members that it has."""

    PUSH = "push"
    WELCOME = "welcome"
    ACK = "ack"
    PONG = "pong"
    ERROR = "error"
    NOTICE = "notice"
    REQUEST = "request"
    PRO_PUSH = "pro push"
    PRO_WELCOME = "pro welcome"
    PRO_ACK = "pro ack"
    PRO_PONG = "pro pong"
    PRO_REFUSAL = "pro refusal"
    NOTHING = "nothing"
    """None of these."""


_WORDS = {
    "message": FrameWord.PUSH,
    "welcome": FrameWord.WELCOME,
    "ack": FrameWord.ACK,
    "pong": FrameWord.PONG,
    "error": FrameWord.ERROR,
    "notice": FrameWord.NOTICE,
    "command": FrameWord.NOTICE,
    "subscribe": FrameWord.REQUEST,
    "unsubscribe": FrameWord.REQUEST,
}


def word_of(message: dict[str, Any]) -> FrameWord:
    """Say what a decoded frame is; a push of old documentation has no ``type``."""
    if type(message.get("T")) is str and "d" in message:
        return FrameWord.PRO_PUSH
    word = message.get("type")
    if word == "pong" and ("ts" in message or "op" in message):
        return FrameWord.PRO_PONG
    if isinstance(word, str):
        return _WORDS.get(word, FrameWord.NOTHING)
    if type(message.get("topic")) is str:
        return FrameWord.PUSH if "data" in message else FrameWord.NOTHING
    return _pro_word(message)


def _pro_word(message: dict[str, Any]) -> FrameWord:
    if message.get("op") == "pong":
        return FrameWord.PRO_PONG
    if "welcome" in (message.get("message"), message.get("data")):
        return FrameWord.PRO_WELCOME
    if "result" in message:
        # The documentation prints the word in quotes, the server sends it without.
        agreed = message["result"] in (True, "true")
        return FrameWord.PRO_ACK if agreed else FrameWord.PRO_REFUSAL
    has_reason = any(type(message.get(name)) is str for name in _REASONS)
    return FrameWord.PRO_REFUSAL if "code" in message and has_reason else FrameWord.NOTHING


_REASONS = ("message", "reason", "msg", "data")


def classify(message: bytes, *, login_by_frame: bool = False) -> Frame:
    """Say what an inbound message is for. Never raises: what cannot be read is ``OTHER``.

    A message that begins as a push and is broken further on counts as that push, so that decoding
    it tells what is wrong with it.

    Args:
        message: the message; the unified stream sends it in a binary frame.
        login_by_frame: whether the login is the answer to a frame rather than the welcome.
    """
    frame = _peek(message)
    if frame is not None:
        return frame
    try:
        return frame_of(parse_json(message), login_by_frame=login_by_frame)
    except DecodeError:
        return _OTHER


_TOPIC = rb'"topic":"(/[A-Za-z0-9/:_,.-]{1,4000})"'
_PUSH = re.compile(rb"\{" + _TOPIC + rb',"type":"message"[,}]')
_PUSH_TYPE_FIRST = re.compile(rb'\{"type":"message",' + _TOPIC + rb"[,}]")
_NAMED, _TIMED = rb'"T":"([A-Za-z.]{1,60})"', rb'"P":[0-9]{1,20}'
_PRO_PUSH = re.compile(
    rb"\{(?:" + _NAMED + rb"," + _TIMED + rb"|" + _TIMED + rb"," + _NAMED + rb'),"d":'
)
_MARK = b'"channelType":"private"'


def _peek(message: bytes) -> Frame | None:
    """Return the frame of a push in one of the usual orders of members, or None where unsure.

    Without a backslash, a name with its quotes can only be a whole string. Where it is there once,
    nothing later takes the place of the topic that was found. It differs from reading the whole
    message only for one that says twice what it is for; decoding shows what such a message is.
    """
    if b"\\" in message:
        return None
    match = _PUSH.match(message) or _PUSH_TYPE_FIRST.match(message)
    if match is not None and message.count(b'"topic"') == 1:
        return _push(match[1].decode(), _MARK in message)
    if message.count(b'"T"') != 1:
        return None
    match = _PRO_PUSH.match(message)
    if match is not None:
        frame = _push((match[1] or match[2]).decode(), False)
        if frame.kind is FrameKind.PRIVATE:
            return frame
    # A public push has parts of its topic among its members.
    match = _PUBLIC_PUSH.match(message)
    return None if match is None else _peek_public(message, match[1], match[2])


_DEPTH, _KIND = rb'"dp":"([a-z0-9@]{1,20})",', rb'"t":"[a-z]{1,20}",'
_PUBLIC_PUSH = re.compile(
    rb'\{"T":"([A-Za-z.-]{1,60})",(?:' + _DEPTH + rb")?(?:" + _KIND + rb")?" + _TIMED + rb',"d":\{'
)
_SYMBOL = re.compile(rb'"s":"([A-Za-z0-9_-]{1,40})"')
_INTERVAL = re.compile(rb'"i":"([a-z0-9]{1,20})"')


def _peek_public(message: bytes, name: bytes, depth: bytes | None) -> Frame | None:
    """Return the frame of a public push, or None where unsure: it has one object, which ends it.

    So a member that is there once is one of that object.
    """
    is_flat = message.count(b"{") == 2 and message.endswith(b"}}")
    if not is_flat or message.count(b'"dp"') != (depth is not None):
        return None
    found: list[bytes | None] = []
    for key, form in ((b'"s"', _SYMBOL), (b'"i"', _INTERVAL)):
        times = message.count(key)
        match = form.match(message, message.find(key)) if times == 1 else None
        if times and match is None:
            return None
        found.append(match and match[1])
    return _public_push(name, depth, *found)


@functools.lru_cache(maxsize=4096)
def _public_push(
    name: bytes, depth: bytes | None, symbol: bytes | None, interval: bytes | None
) -> Frame:
    data = {"s": symbol and symbol.decode(), "i": interval and interval.decode()}
    told = {"T": name.decode(), "dp": depth and depth.decode(), "d": data}
    return _push(topic_of_push(told), False)


@functools.lru_cache(maxsize=4096)
def _push(topic: str, is_marked: bool) -> Frame:
    kind = FrameKind.PRIVATE if is_marked or is_private(topic) else FrameKind.MARKET
    return Frame(kind=kind, topic=topic)


def frame_of(message: Any, *, login_by_frame: bool = False) -> Frame:
    """Say what a decoded message is for.

    The welcome is the answer to the login, since the token is in the address. On a unified stream
    with ``login_by_frame`` it only asks for the login, and what answers that is the frame whose id
    begins with :data:`AUTH_ID`.
    """
    if not isinstance(message, dict):
        return _OTHER
    word = word_of(message)
    if word in (FrameWord.PUSH, FrameWord.PRO_PUSH):
        topic = message.get("topic") if word is FrameWord.PUSH else topic_of_push(message)
        known = isinstance(topic, str) and len(topic) <= _MAX_TOPIC
        is_marked = message.get("channelType") == "private"
        return _push(topic, is_marked) if known and topic else _OTHER
    if word is FrameWord.ERROR:
        return _error_frame(message)
    if word in (FrameWord.WELCOME, FrameWord.PRO_WELCOME):
        is_login = word is FrameWord.WELCOME or not login_by_frame
        return Frame(kind=FrameKind.LOGIN if is_login else FrameKind.GREETING)
    if word in (FrameWord.PRO_ACK, FrameWord.PRO_REFUSAL):
        return _pro_answer(message, refused=word is FrameWord.PRO_REFUSAL)
    if word in (FrameWord.ACK, FrameWord.PONG, FrameWord.PRO_PONG):
        request_id = request_id_of(message)
        # Some servers send a pong without the id of the ping; then it is for the oldest.
        is_bare_pong = request_id is None and word is not FrameWord.ACK
        answers = Answers.PING if is_bare_pong else None
        return Frame(kind=FrameKind.REPLY, request_id=request_id, answers=answers)
    return _OTHER


def request_id_of(message: dict[str, Any]) -> str | None:
    """Return the id that a frame repeats, as text, or None; a number counts as its digits."""
    value = message.get("id")
    if isinstance(value, str) and value:
        return value
    return str(value) if type(value) is int else None


_BUSY = re.compile(r"session count|service busy", re.IGNORECASE)
_CONNECT_ID = re.compile(r"[0-9a-f]{24}")
"""The form of the ``connectId``, and of the ids that the server makes up; no request has it."""
_PASSING = (StreamErrorCode.SYSTEM_ERROR, StreamErrorCode.TOO_MUCH)
_FULL = re.compile(r"subscription count", re.IGNORECASE)
"""Says that there are too many topics, which are not fewer a moment later."""
_TOO_FAST = re.compile(r"max permits", re.IGNORECASE)
_DEAD = re.compile(r"ping timeout", re.IGNORECASE)


def _error_frame(message: dict[str, Any]) -> Frame:
    code, text = message.get("code"), message.get("data")
    told = one_line(text) if isinstance(text, str) and text else "no reason given"
    described = f"code {code}: {told}" if type(code) is int else told
    if code == StreamErrorCode.BAD_TOKEN:
        return Frame(kind=FrameKind.LOGIN, error=LoginRefused(described))
    if code == StreamErrorCode.TOO_MUCH and _BUSY.search(told):
        # About the connection: it bears the connectId, which is not the id of a request.
        error: SixmmError = Throttled(told, code=int(code))
        return Frame(kind=FrameKind.LOGIN, error=error)
    request_id = request_id_of(message)
    if request_id is None or _DEAD.search(told):
        # A refusal that names no request cannot be handed to whoever asked.
        return _OTHER
    if request_id.startswith(AUTH_ID):
        return Frame(kind=FrameKind.LOGIN, error=_login_error(code, described))
    if _CONNECT_ID.fullmatch(request_id):
        # It is about the connection, and would be an answer that nobody waits for.
        return _OTHER
    error = StreamRefused(described, code=code if type(code) is int else None)
    may_pass = code in _PASSING and _FULL.search(told) is None
    return Frame(kind=FrameKind.REPLY, request_id=request_id, error=error, may_pass=may_pass)


def _pro_answer(message: dict[str, Any], *, refused: bool) -> Frame:
    request_id = request_id_of(message)
    told = pro_refusal_text(message) if refused else ""
    login_error = _login_error(message.get("code"), told) if refused else None
    if request_id is not None and request_id.startswith(AUTH_ID):
        return Frame(kind=FrameKind.LOGIN, error=login_error)
    if request_id is None:
        # The gateway refuses a login without repeating an id.
        is_login = refused and "code" in message
        return Frame(kind=FrameKind.LOGIN, error=login_error) if is_login else _OTHER
    error = StreamRefused(told) if refused else None
    may_pass = refused and _TOO_FAST.search(told) is not None
    return Frame(kind=FrameKind.REPLY, request_id=request_id, error=error, may_pass=may_pass)


_TOO_OFTEN = (int(StreamErrorCode.TOO_MUCH), 429_000)
_FIRST_NUMBER = re.compile(r"[0-9]{1,9}(?=\W|$)", re.ASCII)


def _login_error(code: object, told: str) -> SixmmError:
    """Return why a login is refused; what says nothing of the key is no :class:`LoginRefused`.

    The code is a member of its own, or what the text begins with: which is not documented.
    """
    match = _FIRST_NUMBER.match(str(code) if isinstance(code, str | int) else told)
    number = int(match[0]) if match else 0
    if number in _TOO_OFTEN or _BUSY.search(told):
        return Throttled(told, code=number)
    if number == CLOCK_CODE:
        return AuthenticationError(told, code=number)
    return LoginRefused(told)


def pro_refusal_text(message: dict[str, Any]) -> str:
    """Return why the unified stream refuses something, in one printable line."""
    reasons = (message.get(name) for name in _REASONS)
    text = next((reason for reason in reasons if isinstance(reason, str) and reason), "")
    told, code = one_line(text) if text else "no reason given", message.get("code")
    return f"code {one_line(code, limit=20)}: {told}" if isinstance(code, str | int) else told
