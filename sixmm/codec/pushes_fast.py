"""Pushes read by msgspec: from the text to checked values in one step.

Importing this module needs msgspec. Only :mod:`.pushes` does so, and it is prepared to do without.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, MsgspecError

from ..events import Event
from .form import Bind, PushForm, Read
from .layout import Kind, Layout, WireField, layout_of
from .making import UNUSUAL, event_maker, row_maker, with_told
from .typed import MAX_TEXT

__all__ = ["push_reader"]

_Text = Annotated[str, Meta(max_length=MAX_TEXT)]
_Integer = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
_TYPES: Mapping[Kind, Any] = {
    Kind.AMOUNT: str,
    Kind.TEXT: _Text,
    Kind.INTEGER: _Integer,
    Kind.FLAG: bool,
}
_DOUBTS = (MsgspecError, RecursionError, *UNUSUAL)
_astuple: Callable[[Any], tuple[Any, ...]] = msgspec.structs.astuple


def push_reader(form: PushForm) -> Bind:
    """Return what reads the pushes of a form, topic by topic."""
    layouts = form.layouts()
    structs = {name: _struct(layout, form.tag, name) for name, layout in layouts.items()}
    makers = {
        structs[name]: event_maker(layout, lambda row: row_maker(row, _astuple))
        for name, layout in layouts.items()
    }
    # One for all topics: what it works with stays in the caches of the processor.
    decode = _decoder(functools.reduce(operator.or_, structs.values()))

    def bind(topic: str, told: Mapping[str, str]) -> Read:
        adapted = {
            struct: with_told(makers[struct], layouts[name], told)
            for name, struct in structs.items()
        }
        answers = form.answers

        def read(raw: str, received_at: int) -> Event | None:
            try:
                push = decode(raw)
                if push.topic != topic:
                    return None
                if answers and push.id is not None and push.event != "data":
                    return None
                found = push.data
                made: Event = adapted[type(found)](
                    _astuple(found), topic, push.ts or 0, received_at, raw
                )
            except _DOUBTS:
                return None
            return made

        return read

    return bind


def _decoder(data: Any) -> Callable[[str], Any]:
    members: list[tuple[str, Any] | tuple[str, Any, Any]] = [
        ("topic", str),
        ("data", data),
        ("ts", _Integer | None, None),
        ("event", str | None, None),
        ("id", str | _Integer | None, None),
    ]
    push: Any = msgspec.defstruct("Push", members, gc=False)
    return msgspec.json.Decoder(push).decode


def _struct(layout: Layout, tag: str | None = None, name: str = "") -> type[msgspec.Struct]:
    """Return a struct with the fields of a layout, in its order; all of them may be absent."""
    return msgspec.defstruct(
        layout.cls.__name__,
        [(field.name, _type_of(field), None) for field in layout.fields],
        rename={field.name: field.wire for field in layout.fields},
        tag_field=tag,
        tag=name if tag else None,
        gc=False,
    )


def _type_of(field: WireField) -> Any:
    """Return what msgspec checks a value against; where there is none, it stays None."""
    if field.kind is Kind.LEVELS:
        return msgspec.Raw  # Null comes as text, too; a union with None would not be raw.
    if field.kind is Kind.WORD:
        return field.inner | None
    if field.kind is Kind.ROWS:
        row: Any = _struct(layout_of(field.inner))
        return tuple[row, ...] | None
    return _TYPES[field.kind] | None
