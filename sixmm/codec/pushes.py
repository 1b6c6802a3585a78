"""Which reader of pushes this process uses: chosen by what is installed and what it proves.

Both readers leave to the strict way whatever is not beyond doubt, so they differ in speed only. The
fast one is taken for a form where it gives, for pushes that are made up from the table of fields,
exactly the events that the constructors give, and nothing for pushes that are to be refused.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from . import pushes_stdlib
from .engines import ENGINE
from .form import Bind, PushForm, Read
from .layout import Kind, Layout, WireField, layout_of
from .levels import Levels
from .text import dump_json

__all__ = ["agrees", "push_reader"]

_TOPIC = "probe.topic"
_LEVELS = [["0.10", "7"], ["-3", "0.5"]]
# What JSON has at a field of a kind, and what the event then has.
_SAMPLES: Mapping[Kind, tuple[Any, Any]] = {
    Kind.AMOUNT: ("-0.10", Decimal("-0.10")),
    Kind.TEXT: ("a text", "a text"),
    Kind.INTEGER: (-7, -7),
    Kind.FLAG: (True, True),
    Kind.LEVELS: (_LEVELS, Levels(_LEVELS)),
}
_WRONG: Mapping[Kind, tuple[Any, ...]] = {
    Kind.AMOUNT: ("NaN", "1e5", " 1", "1_0", ".5", "5.", "", 5, True, []),
    Kind.TEXT: (5, True, [], {}),
    Kind.WORD: (5, True, []),
    Kind.INTEGER: ("5", True, Decimal("1.0"), []),
    Kind.FLAG: (1, "true", []),
    Kind.LEVELS: ("text", 5, {}),
    Kind.ROWS: ("text", 5, {}),
}


def push_reader(form: PushForm) -> Bind:
    """Return what reads the pushes of a form, by the engine of this process."""
    if ENGINE == "msgspec":
        # A release of its package that works otherwise is passed over like a missing one.
        with contextlib.suppress(Exception):
            from . import pushes_fast

            fast = pushes_fast.push_reader(form)
            if agrees(fast, form):
                return fast
    return pushes_stdlib.push_reader(form)


def agrees(bind: Bind, form: PushForm) -> bool:
    """Whether a reader gives the right events for pushes that are made up, and refuses wrong ones.

    A push in which one field is wrong is looked at for one field of each kind and class.
    """
    read = bind(_TOPIC, {})
    return all(_agrees(read, form, name, layout) for name, layout in form.layouts().items())


def _agrees(read: Read, form: PushForm, name: str, layout: Layout) -> bool:
    tag = {form.tag: name} if form.tag else {}
    whole = [_sample(field) for field in layout.fields]
    values = {field.name: value for field, (_, value) in zip(layout.fields, whole, strict=True)}
    data = {field.wire: told for field, (told, _) in zip(layout.fields, whole, strict=True)}
    nulls = dict.fromkeys(data)
    gives = (
        _read(read, {**tag, **data}) == _event(layout, values, {**tag, **data}),
        _read(read, {**tag, **nulls}) == _event(layout, {}, {**tag, **nulls}),
        _read(read, tag) == _event(layout, {}, tag),
    )
    return all(gives) and all(
        _read(read, {**tag, **data, field.wire: wrong}) is None
        for field in {field.kind: field for field in layout.fields}.values()
        for wrong in _WRONG[field.kind]
    )


def _sample(field: WireField) -> tuple[Any, Any]:
    if field.kind is Kind.WORD:
        member = next(iter(field.inner))
        return member.value, member
    if field.kind is not Kind.ROWS:
        return _SAMPLES[field.kind]
    fields = layout_of(field.inner).fields
    row = {inner.wire: _sample(inner)[0] for inner in fields}
    values = {inner.name: _sample(inner)[1] for inner in fields}
    return [row, {}], (field.inner(**values), field.inner())


def _text(data: Mapping[str, Any]) -> str:
    push = {"topic": _TOPIC, "ts": 1, "data": data}
    return dump_json(push, numbers=True).decode()


def _read(read: Read, data: Mapping[str, Any]) -> Any:
    event = read(_text(data), 2)
    return None if event is None else (event, repr(event))


def _event(layout: Layout, values: Mapping[str, Any], data: Mapping[str, Any]) -> Any:
    event = layout.cls(topic=_TOPIC, ts=1, received_at=2, raw=_text(data), **values)
    # To be equal is not enough: 1 equals true, and 0.1 equals 0.10.
    return event, repr(event)
