"""One wire message in, one typed event out: the pure decoder of all KuCoin streams."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ...codec import checked, field_reader, parse_json
from ...errors import DecodeError
from ...events import Event, UnknownEvent
from .enums import ProTradeType
from .kinds import IdText, Ns, make_kucoin_converter
from .protocol import FrameWord, pro_refusal_text, word_of
from .reading import reader_of
from .routes import PRO_EVENTS, PUSH_EVENTS, TOLD_BY_TOPIC, class_of, pro_class_of
from .stream_schema import (
    Ack,
    ClientRequest,
    KuCoinEvent,
    Notice,
    Pong,
    ProAck,
    ProPong,
    ProRefusal,
    ProWelcome,
    Refusal,
    Welcome,
    time_of,
)
from .topics import suffix_of

__all__ = ["CONTROL_EVENTS", "Decoder", "decode"]

CONTROL_EVENTS: Mapping[FrameWord, type[Event]] = {
    FrameWord.WELCOME: Welcome,
    FrameWord.ACK: Ack,
    FrameWord.PONG: Pong,
    FrameWord.ERROR: Refusal,
    FrameWord.NOTICE: Notice,
    FrameWord.REQUEST: ClientRequest,
    FrameWord.PRO_WELCOME: ProWelcome,
    FrameWord.PRO_ACK: ProAck,
    FrameWord.PRO_PONG: ProPong,
    FrameWord.PRO_REFUSAL: ProRefusal,
}
"""The class of each frame that is no push."""


@attrs.define
class _Common:
    """What every event of one message has."""

    received_at: int
    raw: str

    def make(self, cls: type[Event], topic: str, ts: int, **fields: Any) -> Event:
        return cls(topic=topic, ts=ts, received_at=self.received_at, raw=self.raw, **fields)


class Decoder:
    """Turns messages into events with a converter of its own; several threads may share it."""

    def __init__(self) -> None:
        converter = make_kucoin_converter()
        pushes = {cls for subjects in PUSH_EVENTS.values() for cls in subjects.values()}
        self._readers: dict[type[Event], Callable[[Any, str], dict[str, Any]]] = {
            cls: reader_of(cls, converter) for cls in (*pushes, *PRO_EVENTS.values())
        }
        self._fields: dict[type[Event], Callable[[Any], dict[str, Any]]] = {
            cls: field_reader(cls, converter) for cls in CONTROL_EVENTS.values()
        }
        self._text = converter.get_structure_hook(str | None)
        self._id = converter.get_structure_hook(IdText | None)
        self._time = converter.get_structure_hook(Ns | None)
        self._account = converter.get_structure_hook(ProTradeType | str | None)

    def decode(self, message: str | bytes, *, received_at: int = 0) -> Event:
        """Return the event of one message; a message of no known kind is an UnknownEvent.

        Raises:
            DecodeError: it is not JSON, or a field of a known kind has the wrong type; the path
                says which.
        """
        value = parse_json(message)
        common = _Common(received_at, message.decode() if isinstance(message, bytes) else message)
        if not isinstance(value, dict):
            return _unknown(value, common)
        word = word_of(value)
        if word is FrameWord.PUSH:
            return self._push(value, common)
        if word is FrameWord.PRO_PUSH:
            return self._pro_push(value, common)
        if word is FrameWord.NOTHING:
            return _unknown(value, common)
        return self._control(CONTROL_EVENTS[word], value, common)

    # Pushes

    def _push(self, value: dict[str, Any], common: _Common) -> Event:
        topic = self._member(value, "topic", self._text) or ""
        subject = self._member(value, "subject", self._text) or ""
        cls = class_of(topic, subject, value.get("data"))
        if cls is None:
            return _unknown(value, common)
        fields = self._data(cls, value, "data")
        told = TOLD_BY_TOPIC.get(cls)
        if told is not None and fields.get(told) is None:
            fields[told] = suffix_of(topic)
        return common.make(
            cls,
            topic,
            time_of(cls, fields),
            subject=subject,
            message_id=self._member(value, "id", self._id),
            user_id=self._member(value, "userId", self._text),
            **fields,
        )

    def _pro_push(self, value: dict[str, Any], common: _Common) -> Event:
        topic: str = value["T"]
        channel, _, account_type = topic.rpartition(".")
        cls = pro_class_of(channel)
        if cls is None:
            return _unknown(value, common)
        fields = self._data(cls, value, "d")
        fields["push_time_ns"] = self._member(value, "P", self._time)
        return common.make(
            cls,
            topic,
            time_of(cls, fields),
            subject=channel,
            account_type=self._account(account_type, None),
            **fields,
        )

    def _data(self, cls: type[KuCoinEvent], value: dict[str, Any], name: str) -> dict[str, Any]:
        if name not in value:
            raise DecodeError("a required field is missing", path=f"$.{name}")
        return self._readers[cls](value[name], f"$.{name}")

    def _member(self, value: dict[str, Any], name: str, hook: Callable[[Any, Any], Any]) -> Any:
        member = value.get(name)
        if member is None:
            return None
        return checked(lambda item: hook(item, None), member, path=f"$.{name}")

    # Everything else

    def _control(self, cls: type[Event], value: dict[str, Any], common: _Common) -> Event:
        fields = checked(self._fields[cls], value)
        if cls is ProRefusal:
            fields["message"] = pro_refusal_text({**value, "code": None})
        if cls is ClientRequest:
            fields.update(
                private_channel=_flag(value.get("privateChannel")),
                response=_flag(value.get("response")),
            )
        topic = self._member(value, "topic", self._text) or ""
        ts = fields.get("timestamp_ms") or 0
        if cls is Pong and fields.get("timestamp_us"):
            ts = fields["timestamp_us"] // 1_000
        if cls is ProPong and fields.get("ts_ns"):
            ts = fields["ts_ns"] // 1_000_000
        return common.make(cls, topic, ts, **fields)


def _flag(member: Any) -> bool | None:
    """Return a yes or no that some documentation prints in quotes."""
    return member if isinstance(member, bool) else {"true": True, "false": False}.get(str(member))


def _unknown(value: Any, common: _Common) -> Event:
    topic = subject = None
    if isinstance(value, dict):
        topic = value.get("topic", value.get("T"))
        subject = value.get("subject")
    return common.make(
        UnknownEvent,
        topic if isinstance(topic, str) else "",
        0,
        event_type=subject if isinstance(subject, str) else None,
        data=value,
    )


@functools.lru_cache(maxsize=1)
def _shared() -> Decoder:
    return Decoder()


def decode(message: str | bytes, *, received_at: int = 0) -> Event:
    """Return the typed event of one message of any KuCoin stream.

    Args:
        message: the text of one frame, or its bytes.
        received_at: when it came, by the local clock, in Unix milliseconds.

    Raises:
        DecodeError: it is not JSON, or a field of a known kind has the wrong type; the path says
            which. A message of an unknown kind is an :class:`~sixmm.events.UnknownEvent` instead.
    """
    return _shared().decode(message, received_at=received_at)
