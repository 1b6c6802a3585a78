"""The converters of RocketFi's schemas: strict, and with the ids in the form of :mod:`.ids`."""

from __future__ import annotations

from typing import Any, TypeVar

import cattrs

from ...codec import make_converter, structure
from ...errors import DecodeError
from ...redaction import one_line
from .enums import OrderEventType
from .ids import Address, InstrumentId, OrderId
from .payloads import EventEnvelope, EventFields, PositionFields, split_variant

__all__ = [
    "make_rocketfi_converter",
    "read_order_event",
    "read_order_events",
    "read_positions",
]

T = TypeVar("T")

_KNOWN = {str(member): member for member in OrderEventType}


def make_rocketfi_converter(*, numbers: bool = False) -> cattrs.Converter:
    """Return a converter of which the ids are text or whole numbers.

    Args:
        numbers: whether an amount may also be a JSON number, which is then exact.
    """
    converter = make_converter(numbers=numbers)
    text = converter.get_structure_hook(str)
    whole = converter.get_structure_hook(int)

    def text_or_whole(value: Any) -> Any:
        return whole(value, int) if type(value) is int else text(value, str)

    converter.register_structure_hook(Address, lambda value, _: Address(text(value, str)))
    converter.register_structure_hook(
        InstrumentId, lambda value, _: InstrumentId(text_or_whole(value))
    )
    converter.register_structure_hook(OrderId, lambda value, _: OrderId(text_or_whole(value)))
    return converter


def read_order_events(
    converter: cattrs.Converter, value: Any, *, path: str
) -> list[dict[str, Any]]:
    """Return the fields of each order event of a list; null is no events.

    Raises:
        DecodeError: a field has the wrong type; the path says which.
    """
    return [
        read_order_event(converter, row, path=f"{path}[{place}]")
        for place, row in enumerate(_rows(value, list, "a list", path) or ())
    ]


def read_order_event(converter: cattrs.Converter, value: Any, *, path: str) -> dict[str, Any]:
    """Return the fields of an order event by name; of an unknown variant only its name.

    Raises:
        DecodeError: a field has the wrong type; the path says which.
    """
    envelope = structure(converter, value, EventEnvelope, path=path)
    variant = split_variant(envelope.event_data)
    if variant is None:
        raise DecodeError("expected one variant", path=f"{path}.eventData")
    name, body = variant
    fields: dict[str, Any] = {
        "order_id": envelope.order_id,
        "account": envelope.account,
        "instrument_id": envelope.instrument_id,
        "type": _KNOWN.get(name, name),
    }
    if name in _KNOWN and body is not None:
        inner = structure(converter, body, EventFields, path=f"{path}.eventData.{name}")
        fields.update({one: getattr(inner, one) for one in _EVENT_FIELDS})
    return fields


_EVENT_FIELDS = tuple(EventFields.__annotations__)


def read_positions(
    converter: cattrs.Converter, value: Any, *, path: str
) -> list[tuple[InstrumentId, PositionFields, Any]]:
    """Return instrument, fields and value of each position of a map; null is no positions.

    Raises:
        DecodeError: a field has the wrong type; the path says which.
    """
    held = _rows(value, dict, "an object", path) or {}
    return [
        (
            InstrumentId(key),
            structure(converter, row, PositionFields, path=f"{path}.{one_line(key, limit=40)}"),
            row,
        )
        for key, row in held.items()
    ]


def _rows(value: Any, kind: type[T], name: str, path: str) -> T | None:
    if value is None or type(value) is kind:
        return value
    raise DecodeError(f"expected {name}", path=path)
