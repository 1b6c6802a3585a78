"""One wire message in, one typed event out: the pure decoder of the 6MM stream."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from ...codec import (
    MAX_TEXT_BYTES,
    Bind,
    PushForm,
    Read,
    checked,
    field_reader,
    parse_json,
    push_reader,
    structure,
)
from ...errors import DecodeError
from ...events import Event, UnknownEvent
from ..base import FrameKind
from .protocol import frame_of, is_refusal, request_id_of
from .stream_schema import (
    AccountUpdate,
    AuthAck,
    DepthUpdate,
    Kline,
    MarketTrade,
    OrderTradeUpdate,
    Pong,
    Refusal,
    StreamEvent,
    SubscribeAck,
    Ticker,
    Tickers,
    UnsubscribeAck,
    make_stream_converter,
)

__all__ = ["MARKET_EVENTS", "PRIVATE_EVENTS", "Decoder", "decode"]

PRIVATE_EVENTS: Mapping[str, type[StreamEvent]] = MappingProxyType(
    {"ORDER_TRADE_UPDATE": OrderTradeUpdate, "ACCOUNT_UPDATE": AccountUpdate}
)
"""The class of each event type (rule 78)."""

MARKET_EVENTS: Mapping[str, tuple[type[StreamEvent], tuple[str, ...]]] = MappingProxyType(
    {
        "depth": (DepthUpdate, ("symbol",)),
        "trade": (MarketTrade, ("symbol",)),
        "kline": (Kline, ("symbol", "interval")),
        "ticker": (Ticker, ("symbol",)),
        "tickers": (Tickers, ()),
    }
)
"""The class of each family of market topics, with the fields that the rest of the topic names."""


@attrs.define
class _Common:
    """What every event of one message has."""

    topic: str
    ts: int
    received_at: int
    raw: str

    def make(self, cls: type[Event], **fields: Any) -> Event:
        return cls(
            topic=self.topic, ts=self.ts, received_at=self.received_at, raw=self.raw, **fields
        )


_END_OF_TOPIC = len('{"topic":"')
_MAX_READERS = 4_096
_NOT_JSON = "\0"


class Decoder:
    """Turns messages into events with a converter of its own; several threads may share it.

    A push that has the form of the ones before it is read by a reader of its topic, which takes a
    fraction of the time. Whatever that reader is not sure of is read as everything else is.
    """

    def __init__(self) -> None:
        self._converter = make_stream_converter()
        classes = [*PRIVATE_EVENTS.values(), *(cls for cls, _ in MARKET_EVENTS.values())]
        self._fields: dict[type[Event], Callable[[Any], dict[str, Any]]] = {
            cls: field_reader(cls, self._converter) for cls in classes
        }
        # By what their pushes begin with, up to the end of the topic.
        self._readers: dict[str, Read] = {}
        # One value, so that another thread never sees the one half without the other.
        self._last: tuple[str, Read] = (_NOT_JSON, _unsure)

    def decode(self, message: str | bytes, *, received_at: int = 0) -> Event:
        """Return the event of one message; a message of no known kind is an UnknownEvent.

        Raises:
            DecodeError: it is not JSON, or a field of a known kind has the wrong type; the path
                says which.
        """
        if len(message) > MAX_TEXT_BYTES:
            return self._decode_anything(message, "", received_at)
        try:
            raw = message.decode() if isinstance(message, bytes) else message
        except UnicodeDecodeError:
            return self._decode_anything(message, "", received_at)
        beginning, read = self._last
        # Most messages follow one of the same topic; to compare is cheaper than to look up.
        if not raw.startswith(beginning):
            # Never empty: every message begins with an empty text.
            beginning = raw[: raw.find('"', _END_OF_TOPIC) + 1] or _NOT_JSON
            read = self._readers.get(beginning, _unsure)
            self._last = (beginning, read)
        return read(raw, received_at) or self._decode_anything(message, raw, received_at)

    def _decode_anything(self, message: str | bytes, raw: str, received_at: int) -> Event:
        value = parse_json(message)
        frame = frame_of(value)
        common = _Common(frame.topic, _ts(value), received_at, raw)
        if frame.kind is FrameKind.MARKET:
            event = self._market(value, common)
        elif frame.kind is FrameKind.PRIVATE:
            event = self._private(value, common)
        else:
            return self._control(value, common) or _unknown(value, common)
        if not isinstance(event, UnknownEvent):
            self._learn(raw, frame.topic)
        return event

    def _learn(self, raw: str, topic: str) -> None:
        """Keep a reader for the pushes that begin as this one does."""
        beginning = f'{{"topic":"{topic}"'
        if not raw.startswith(beginning) or beginning in self._readers:
            return
        if len(self._readers) >= _MAX_READERS:
            self._readers.clear()
        read = _reader_of(topic)
        if read is not None:
            self._readers[beginning] = read
            self._last = (beginning, read)

    def _private(self, value: dict[str, Any], common: _Common) -> Event:
        cls = PRIVATE_EVENTS.get(_event_type(value) or "")
        if cls is None:
            return _unknown(value, common)
        _check_envelope(value)
        return common.make(cls, **checked(self._fields[cls], value["data"], path="$.data"))

    def _market(self, value: dict[str, Any], common: _Common) -> Event:
        family, *rest = common.topic.split(".")[1:]
        cls, names = MARKET_EVENTS.get(family, (None, ()))
        if cls is None or len(rest) != len(names):
            return _unknown(value, common)
        _check_envelope(value)
        if cls is Tickers:
            return self._tickers(value["data"], common)
        told = checked(self._fields[cls], value["data"], path="$.data")
        return common.make(cls, **{**dict(zip(names, rest, strict=True)), **told})

    def _tickers(self, data: Any, common: _Common) -> Event:
        rows = structure(self._converter, data, tuple[Ticker, ...], path="$.data")
        tickers = tuple(
            attrs.evolve(row, topic=common.topic, ts=common.ts, received_at=common.received_at)
            for row in rows
        )
        return common.make(Tickers, tickers=tickers)

    def _control(self, value: Any, common: _Common) -> Event | None:
        if not isinstance(value, dict):
            return None
        request_id, event = request_id_of(value), value.get("event")
        if is_refusal(value) and (event or request_id):
            return self._refusal(value, common)
        if event in ("subscribe", "unsubscribe"):
            cls = SubscribeAck if event == "subscribe" else UnsubscribeAck
            return common.make(cls, request_id=request_id, topics=self._topics(value))
        if event == "auth":
            data = self._optional(value, "data") or ""
            return common.make(AuthAck, request_id=request_id, data=data)
        return common.make(Pong, request_id=request_id) if event == "pong" else None

    def _refusal(self, value: dict[str, Any], common: _Common) -> Event:
        return common.make(
            Refusal,
            request_id=request_id_of(value),
            event=self._optional(value, "event") or "",
            code=self._optional(value, "code", int),
            message=self._optional(value, "message") or "",
        )

    def _topics(self, value: dict[str, Any]) -> tuple[str, ...]:
        data = value.get("data")
        if data is None:
            return ()
        return structure(self._converter, data, tuple[str, ...], path="$.data")

    def _optional(self, value: dict[str, Any], name: str, cls: type[Any] = str) -> Any:
        member = value.get(name)
        if member is None:
            return None
        return structure(self._converter, member, cls, path=f"$.{name}")


def _unsure(_: str, __: int) -> None:
    """Read nothing: the push is read as everything else is."""


def _reader_of(topic: str) -> Read | None:
    """Return what reads the pushes of a topic, or None where it has no reader of its own."""
    if topic.startswith("user."):
        return _private_form()(topic, {})
    # An event type makes a push under any other topic private.
    if not topic.startswith("market."):
        return None
    family, *rest = topic.split(".")[1:]
    cls, names = MARKET_EVENTS.get(family, (None, ()))
    if cls is None or cls is Tickers or len(rest) != len(names):
        return None
    return _market_form(family)(topic, dict(zip(names, rest, strict=True)))


@functools.lru_cache(maxsize=1)
def _private_form() -> Bind:
    return push_reader(PushForm(classes=PRIVATE_EVENTS, tag="eventType"))


@functools.lru_cache(maxsize=16)
def _market_form(family: str) -> Bind:
    return push_reader(PushForm(classes={family: MARKET_EVENTS[family][0]}, answers=True))


def _check_envelope(value: dict[str, Any]) -> None:
    topic, ts = value.get("topic"), value.get("ts")
    if topic is not None and type(topic) is not str:
        raise DecodeError("expected text", path="$.topic")
    if ts is not None and type(ts) is not int:
        raise DecodeError("expected an integer", path="$.ts")
    if "data" not in value:
        raise DecodeError("a required field is missing", path="$.data")


def _ts(value: Any) -> int:
    ts = value.get("ts") if isinstance(value, dict) else None
    return ts if type(ts) is int else 0


def _event_type(value: Any) -> str | None:
    data = value.get("data") if isinstance(value, dict) else None
    event_type = data.get("eventType") if isinstance(data, dict) else None
    return event_type if isinstance(event_type, str) else None


def _unknown(value: Any, common: _Common) -> Event:
    return common.make(UnknownEvent, event_type=_event_type(value), data=value)


@functools.lru_cache(maxsize=1)
def _shared() -> Decoder:
    return Decoder()


def decode(message: str | bytes, *, received_at: int = 0) -> Event:
    """Return the typed event of one message of the 6MM stream.

    Args:
        message: the text of one frame.
        received_at: when it came, by the local clock, in Unix milliseconds.

    Raises:
        DecodeError: it is not JSON, or a field of a known kind has the wrong type; the path says
            which. A message of an unknown kind is an :class:`~sixmm.events.UnknownEvent` instead.
    """
    return _shared().decode(message, received_at=received_at)
