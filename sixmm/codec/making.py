"""Events and their rows from the values of a message, in the order of a layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ..events import Origin
from ..unfrozen import unfrozen
from .amounts import KnownAmounts, amount_or_none
from .layout import Kind, Layout, WireField, layout_of
from .levels import Levels

__all__ = [
    "UNUSUAL",
    "MakeEvent",
    "ValuesOf",
    "event_maker",
    "known_amount",
    "row_maker",
    "with_told",
]

MakeEvent = Callable[[tuple[Any, ...], str, int, int, str], Any]
Converter = Callable[[Any], Any]
Rows = Callable[[type[Any]], Converter]
ValuesOf = Callable[[Any], tuple[Any, ...]]

UNUSUAL = (ArithmeticError, LookupError, TypeError, ValueError)
"""What is raised for values that are not beyond doubt."""

known_amount: Converter = KnownAmounts().__getitem__
"""The decimal of an amount that is likely to have come before, or None for None."""
_STREAM = Origin.STREAM
_OF_EVENT = ("topic", "ts", "received_at", "origin", "raw")


def event_maker(layout: Layout, rows: Rows) -> MakeEvent:
    """Return ``make(values, topic, ts, received_at, raw)``, which gives an event of a push.

    ``values`` are those of :attr:`Layout.fields`, with None for what is absent; whatever else the
    class has keeps its default. It raises an error of :data:`UNUSUAL` where an amount is not in
    plain notation, or where it is not sure.

    Args:
        layout: the fields of a class of events.
        rows: gives, for an attrs class, what makes an object of a row among the values.
    """
    if layout.base[: len(_OF_EVENT)] != _OF_EVENT:
        raise TypeError(f"{layout.cls.__name__} is no event")
    cls, twin = layout.cls, _twin(layout, rows)

    def make(values: tuple[Any, ...], topic: str, ts: int, received_at: int, raw: str) -> Any:
        made = twin(topic, ts, received_at, _STREAM, raw, *values)
        made.__class__ = cls
        return made

    return make


def with_told(make: MakeEvent, layout: Layout, told: Mapping[str, str]) -> MakeEvent:
    """Return ``make`` with texts for fields that a push leaves out.

    Args:
        make: makes the event.
        layout: the fields of its values.
        told: the texts by the name of the field.
    """
    places = [(n, told[field.name]) for n, field in enumerate(layout.fields) if field.name in told]
    if not places:
        return make

    def make_with(values: tuple[Any, ...], topic: str, ts: int, received_at: int, raw: str) -> Any:
        for place, text in places:
            if values[place] is None:
                values = (*values[:place], text, *values[place + 1 :])
        return make(values, topic, ts, received_at, raw)

    return make_with


def row_maker(cls: type[Any], values_of: ValuesOf) -> Converter:
    """Return what makes an object of a row, for a class whose fields all have a wire name.

    Args:
        cls: the class.
        values_of: gives the values of a row, in the order of its layout.
    """
    layout = layout_of(cls)
    if layout.base:
        raise TypeError(f"{cls.__name__} has a field that is out of the ordinary: {layout.base[0]}")
    twin = _twin(layout, lambda inner: row_maker(inner, values_of))

    def make(row: Any) -> Any:
        made = twin(*values_of(row))
        made.__class__ = cls
        return made

    return make


def _twin(layout: Layout, rows: Rows) -> Any:
    """Return what makes an object from the base of an event, if it is one, and its values."""
    leading = layout.base[: len(_OF_EVENT)]
    # What is told of an order repeats its amounts; the figures of a position change all the time.
    exact = known_amount if leading else amount_or_none
    fields = {name: attrs.field() for name in leading}
    for field in layout.fields:
        is_amount = field.kind is Kind.AMOUNT and field.default is None
        converter = exact if is_amount else _converter(field, rows)
        fields[field.name] = attrs.field(converter=converter)
    for name in layout.base[len(leading) :]:
        fields[name] = attrs.field(default=getattr(attrs.fields(layout.cls), name).default)
    return unfrozen(layout.cls, fields)


def _converter(field: WireField, rows: Rows) -> Converter | None:
    default = field.default
    if field.kind is Kind.ROWS:
        make = rows(field.inner)
        return lambda found: default if found is None else tuple([make(row) for row in found])
    if field.kind is Kind.LEVELS:
        return _levels_or(default)
    if field.kind is Kind.AMOUNT:
        return lambda text: default if text is None else amount_or_none(text)
    if default is not None:
        return lambda value: default if value is None else value
    return None


def _levels_or(default: Levels) -> Converter:
    def levels(found: Any) -> Levels:
        if found is None:
            return default
        text = str(found, "utf-8")
        if text[0] == "[":
            return Levels(text)
        if text == "null":
            return default
        raise ValueError("expected a list")

    return levels
