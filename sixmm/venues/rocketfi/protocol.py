"""The frames of the RocketFi socket: what is said to the server, and what each inbound one is for.

No message carries an id. A confirmation repeats the subscription that it confirms, perhaps with its
addresses in another case and its ids in another form; it belongs to the topic that it repeats. An
error is one text that does not say what it is about.
"""

from __future__ import annotations

import enum
import functools
from typing import Any, Literal

import attrs

from ...codec import dump_json, parse_json
from ...errors import DecodeError, SixmmError, SubscriptionRefused
from ...redaction import one_line
from ..base import Answers, Frame, FrameKind
from .ids import Address, InstrumentId
from .topics import Topic, topic_of_payload
from .variants import MOST_ID_LENGTH, OF_ACCOUNTS, OF_MARKETS, topic_text, variant_of

__all__ = [
    "Inbound",
    "Purpose",
    "classify",
    "frame_of",
    "inbound_of",
    "ping_text",
    "pong_text",
    "subscribe_text",
    "unsubscribe_text",
]

Form = Literal["text", "object"]


def subscribe_text(topic: Topic) -> str:
    """Return the message that asks for a topic: one message, one topic."""
    return _message({"Subscribe": topic.payload()})


def unsubscribe_text(topic: Topic) -> str:
    """Return the message that drops a topic."""
    return _message({"Unsubscribe": topic.payload()})


def ping_text(form: Form = "text") -> str:
    """Return the application-level ping: ``"Ping"``, or ``{"Ping":null}`` for ``"object"``.

    The official clients do not agree; the bare text is what the one in Rust sends.
    """
    return '"Ping"' if form == "text" else '{"Ping":null}'


def pong_text(ping: str | bytes) -> str:
    """Return the answer to a ping of the server, in the form of that ping.

    That the server pings at all, and what it wants then, is *assumed*.
    """
    text = ping.decode("utf-8", "replace") if isinstance(ping, bytes) else ping
    return '"Pong"' if text.lstrip().startswith('"') else '{"Pong":null}'


def _message(value: dict[str, Any]) -> str:
    return dump_json(value).decode()


class Purpose(enum.Enum):
    """What an inbound message is for."""

    PRIVATE = "private"
    """It tells about the account that this connection is for."""
    MARKET = "market"
    """It tells about a market, or about the account of somebody else."""
    SUBSCRIBED = "subscribed"
    """It confirms a subscription."""
    UNSUBSCRIBED = "unsubscribed"
    """It confirms the end of one."""
    REFUSED = "refused"
    """It is an error. What it is about is not said: most likely the oldest unanswered request."""
    PONG = "pong"
    PING = "ping"
    """The server wants a pong."""
    OTHER = "other"
    """None of these; it reaches the caller as an unknown event."""


@attrs.frozen(kw_only=True)
class Inbound:
    """What one inbound message is for."""

    purpose: Purpose
    topic: str = ""
    """The canonical text of its feed; of a confirmation, of what it confirms. ``""`` where it is
    not known."""
    error: SixmmError | None = None


_OTHER = Inbound(purpose=Purpose.OTHER)
_BARE = {"Pong": Inbound(purpose=Purpose.PONG), "Ping": Inbound(purpose=Purpose.PING)}
_CONFIRMATIONS = {
    "SubscribeConfirmation": Purpose.SUBSCRIBED,
    "UnsubscribeConfirmation": Purpose.UNSUBSCRIBED,
}


def classify(message: str | bytes, *, account: str | None = None) -> Inbound:
    """Say what an inbound message is for. Never raises: what cannot be read is ``OTHER``.

    Args:
        message: the text of one frame.
        account: the account that the connection is for, in any case; what is told about another
            one is market data, as one's own order events are where they come by instrument.
    """
    try:
        value = parse_json(message)
    except DecodeError:
        return _OTHER
    return inbound_of(value, account=account)


def inbound_of(value: Any, *, account: str | None = None) -> Inbound:
    """Say what a decoded message is for."""
    name, payload = variant_of(value) or ("", None)
    if name in _BARE and payload is None:
        return _BARE[name]
    if not isinstance(value, dict):
        return _OTHER
    if name == "Error" and isinstance(payload, str):
        refusal = SubscriptionRefused(one_line(payload) or "no reason given")
        return Inbound(purpose=Purpose.REFUSED, error=refusal)
    if name in _CONFIRMATIONS:
        return Inbound(purpose=_CONFIRMATIONS[name], topic=str(topic_of_payload(payload) or ""))
    if name in OF_ACCOUNTS or name in OF_MARKETS:
        return _push(name, payload if isinstance(payload, dict) else {}, account)
    return _OTHER


def _push(name: str, payload: dict[str, Any], account: str | None) -> Inbound:
    told = payload.get("candle") if name == "CandleUpdate" else payload
    ids = told if isinstance(told, dict) else {}
    # Whatever else stands there is no id, and could not be looked up.
    return _push_of(name, account, *[_id_or_none(ids.get(wire)) for wire in _ID_NAMES])


_ID_NAMES = ("account", "instrumentId", "assetId", "interval")


def _id_or_none(value: Any) -> str | int | None:
    if type(value) is str:
        return value if len(value) <= MOST_ID_LENGTH else None
    return value if type(value) is int else None


@functools.lru_cache(maxsize=4096)
def _push_of(
    name: str,
    own: str | None,
    account: str | int | None,
    instrument: str | int | None,
    asset: str | int | None,
    interval: str | int | None,
) -> Inbound:
    """Return what a push is for; one object for all pushes of a feed."""
    fields: dict[str, Any] = {"asset_id": asset, "interval": interval}
    owner = Address(account) if isinstance(account, str) else None
    if owner is not None:
        fields["account"] = owner
    if instrument is not None:
        fields["instrument_id"] = InstrumentId(instrument)
    # Whose it is cannot be read: it is broken, or of another version, and must not be lost.
    unclear = name in OF_ACCOUNTS and owner is None and instrument is None
    is_private = unclear or (owner is not None and own is not None and owner == Address(own))
    purpose = Purpose.PRIVATE if is_private else Purpose.MARKET
    return Inbound(purpose=purpose, topic=topic_text(name, fields))


_KINDS = {
    Purpose.PRIVATE: FrameKind.PRIVATE,
    Purpose.MARKET: FrameKind.MARKET,
    Purpose.SUBSCRIBED: FrameKind.REPLY,
    Purpose.UNSUBSCRIBED: FrameKind.REPLY,
    Purpose.REFUSED: FrameKind.REPLY,
    Purpose.PONG: FrameKind.REPLY,
    Purpose.PING: FrameKind.PING,
    Purpose.OTHER: FrameKind.OTHER,
}
_ANSWERS = {
    Purpose.SUBSCRIBED: Answers.SUBSCRIBE,
    Purpose.UNSUBSCRIBED: Answers.UNSUBSCRIBE,
    Purpose.REFUSED: Answers.REQUEST,
    Purpose.PONG: Answers.PING,
}


def frame_of(inbound: Inbound, *, pong: str = "") -> Frame:
    """Return the same in the terms of the engine; no answer has an id.

    Pushes of one feed are one object.

    Args:
        inbound: what a message is for.
        pong: what answers it, where it is a ping.
    """
    if inbound.error is None:
        return _frame_of(inbound.purpose, inbound.topic, pong)
    answers = _ANSWERS.get(inbound.purpose)
    return Frame(kind=_KINDS[inbound.purpose], answers=answers, error=inbound.error)


@functools.lru_cache(maxsize=4096)
def _frame_of(purpose: Purpose, topic: str, pong: str) -> Frame:
    answers = _ANSWERS.get(purpose)
    return Frame(kind=_KINDS[purpose], topic=topic, answers=answers, pong=pong)
