"""One wire message in, one typed event out: the pure decoder of the RocketFi stream."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from ...codec import parse_json, structure
from ...events import Event, UnknownEvent
from .payloads import OrderEventsPayload, PositionsPayload, fields_of
from .stream_schema import (
    AccountRiskUpdate,
    AssetMarkPriceUpdate,
    CandleUpdate,
    CollateralUpdate,
    ErrorMessage,
    FundingRateUpdate,
    InstrumentStatsUpdate,
    LastMatchPriceUpdate,
    MarkPriceUpdate,
    OpenOrdersUpdate,
    OrderbookUpdate,
    OrderEvent,
    OrderEventUpdate,
    Pong,
    PositionEntry,
    PositionFundingUpdate,
    PositionUpdate,
    QuoteUpdate,
    RocketFiEvent,
    ServerPing,
    SubscribeConfirmation,
    UnsubscribeConfirmation,
)
from .topics import topic_of_payload
from .variants import topic_text, variant_of
from .wire_types import make_rocketfi_converter, read_order_events, read_positions

__all__ = ["EVENTS", "Decoder", "decode"]

EVENTS: Mapping[str, type[RocketFiEvent]] = MappingProxyType(
    {
        cls.variant: cls
        for cls in (
            AccountRiskUpdate,
            AssetMarkPriceUpdate,
            CandleUpdate,
            CollateralUpdate,
            FundingRateUpdate,
            InstrumentStatsUpdate,
            LastMatchPriceUpdate,
            MarkPriceUpdate,
            OpenOrdersUpdate,
            OrderEventUpdate,
            OrderbookUpdate,
            PositionFundingUpdate,
            PositionUpdate,
            QuoteUpdate,
        )
    }
)
"""The class of each message that carries data."""

_IN_NUMBERS = (CandleUpdate, InstrumentStatsUpdate)
_BARE: Mapping[str, type[RocketFiEvent]] = {"Pong": Pong, "Ping": ServerPing}
_CONFIRMATIONS: Mapping[str, type[RocketFiEvent]] = {
    cls.variant: cls for cls in (SubscribeConfirmation, UnsubscribeConfirmation)
}


@attrs.define
class _Common:
    """What every event of one message has."""

    received_at: int
    raw: str

    def make(self, cls: type[Event], **fields: Any) -> Event:
        return cls(received_at=self.received_at, raw=self.raw, **fields)


class Decoder:
    """Turns messages into events with converters of its own; several threads may share it."""

    def __init__(self) -> None:
        self._converter = make_rocketfi_converter()
        self._numbers = make_rocketfi_converter(numbers=True)
        self._irregular: Mapping[type[Event], Callable[[Any, str], dict[str, Any]]] = {
            OrderEventUpdate: self._order_events,
            PositionUpdate: self._positions,
        }

    def decode(self, message: str | bytes, *, received_at: int = 0) -> Event:
        """Return the event of one message; a message of no known variant is an UnknownEvent.

        Raises:
            DecodeError: it is not JSON, or a field of a known variant has the wrong type; the path
                says which.
        """
        value = parse_json(message)
        raw = message.decode() if isinstance(message, bytes) else message
        common = _Common(received_at, raw)
        name, payload = variant_of(value) or ("", None)
        cls = EVENTS.get(name)
        if cls is not None and isinstance(value, dict):
            fields = self._fields(cls, payload)
            topic = topic_text(name, fields)
            return common.make(cls, topic=topic, ts=_ts(fields), **fields)
        if name in _BARE and payload is None:
            return common.make(_BARE[name])
        if name in _CONFIRMATIONS and isinstance(value, dict):
            topic = str(topic_of_payload(payload) or "")
            return common.make(_CONFIRMATIONS[name], topic=topic)
        if name == "Error" and isinstance(payload, str):
            return common.make(ErrorMessage, message=payload)
        return common.make(UnknownEvent, event_type=name or None, data=value)

    def _fields(self, cls: type[RocketFiEvent], payload: Any) -> dict[str, Any]:
        path = f"$.{cls.variant}"
        irregular = self._irregular.get(cls)
        if irregular is not None:
            return irregular(payload, path)
        converter = self._numbers if cls in _IN_NUMBERS else self._converter
        if cls.shape is not None:
            told: dict[str, Any] = structure(converter, payload, cls.shape, path=path).flat()
            return told
        event = structure(converter, payload, cls, path=path)
        return {one: getattr(event, one) for one in _OWN_FIELDS[cls]}

    def _order_events(self, payload: Any, path: str) -> dict[str, Any]:
        told = structure(self._converter, payload, OrderEventsPayload, path=path)
        rows = read_order_events(self._converter, told.order_events, path=f"{path}.orderEvents")
        return {
            "account": told.account,
            "instrument_id": told.instrument_id,
            "order_events": tuple([OrderEvent(**row) for row in rows]),
        }

    def _positions(self, payload: Any, path: str) -> dict[str, Any]:
        told = structure(self._converter, payload, PositionsPayload, path=path)
        held = read_positions(self._converter, told.positions, path=f"{path}.positions")
        entries = [PositionEntry(instrument_id=key, **fields_of(row)) for key, row, _ in held]
        return {"account": told.account, "positions": tuple(entries)}


_OWN_FIELDS: Mapping[type[Event], tuple[str, ...]] = {
    cls: tuple(one.name for one in attrs.fields(cls) if "wire" in one.metadata)
    for cls in EVENTS.values()
}
"""The fields that a flat message fills."""


def _ts(fields: Mapping[str, Any]) -> int:
    """Return when it happened, as far as the message says so; of several things the last one."""
    rows = fields.get("order_events", ())
    times = [fields.get("timestamp"), *(row.timestamp for row in rows)]
    return max((time for time in times if time is not None), default=0)


@functools.lru_cache(maxsize=1)
def _shared() -> Decoder:
    return Decoder()


def decode(message: str | bytes, *, received_at: int = 0) -> Event:
    """Return the typed event of one message of the RocketFi stream.

    Args:
        message: the text of one frame.
        received_at: when it came, by the local clock, in Unix milliseconds.

    Raises:
        DecodeError: it is not JSON, or a field of a known variant has the wrong type; the path says
            which. A message of an unknown variant is an :class:`~sixmm.events.UnknownEvent`
            instead.
    """
    return _shared().decode(message, received_at=received_at)
