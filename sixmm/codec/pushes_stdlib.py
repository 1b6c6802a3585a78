"""Pushes read by the standard library alone: by the pattern of the pushes that came before."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from ..errors import DecodeError
from ..events import Event, Origin
from ..unfrozen import unfrozen
from .engine_stdlib import read as read_json
from .form import Bind, PushForm, Read
from .layout import Kind, Layout, WireField
from .levels import Levels
from .making import UNUSUAL, known_amount
from .templates import Group, Part, Template, Unlike, template_of

__all__ = ["MAX_SHAPES", "push_reader"]

MAX_SHAPES = 16
"""How many shapes of pushes are known for one topic; the one that is seen most is tried first."""
_REORDER = 64
_MAX_TRIES = 200
_MAX_SAMPLE_BYTES = 65_536

_OF_PUSH = ("topic", "received_at", "origin", "raw")
_FLAGS = {"true": True, "false": False}
Make = Callable[[Sequence[Any]], Any]
MakePush = Callable[[Sequence[Any], int, str], Event]


def push_reader(form: PushForm) -> Bind:
    """Return what reads the pushes of a form, topic by topic."""
    layouts = form.layouts()

    def bind(topic: str, told: Mapping[str, str]) -> Read:
        return _Shapes(topic, layouts=layouts, tag=form.tag, told=told).read

    return bind


@attrs.define(eq=False)
class _Shape:
    """One shape, and how often it was seen; a count that two threads raise at once may be lost."""

    match: Callable[[str], Any]
    make: MakePush
    seen: int = 0


class _Shapes:
    """The shapes in which the pushes of one topic have come. Several threads may use it."""

    def __init__(
        self,
        topic: str,
        *,
        layouts: Mapping[str, Layout],
        tag: str | None,
        told: Mapping[str, str],
    ) -> None:
        self._topic, self._layouts, self._tag, self._told = topic, layouts, tag, told
        self._tries = 0
        # Replaced and never changed: a thread that goes through it is not disturbed.
        self._known: tuple[_Shape, ...] = ()

    def read(self, raw: str, received_at: int) -> Event | None:
        """Return the event of a push, or None where it is not beyond doubt."""
        try:
            for shape in self._known:
                found = shape.match(raw)
                if found is not None:
                    shape.seen += 1
                    if shape.seen % _REORDER == 0:
                        self._reorder()
                    return shape.make(found.groups(), received_at, raw)
            return self._learn(raw, received_at)
        except UNUSUAL:
            return None

    def _reorder(self) -> None:
        """Put the shape that is seen most in front."""
        self._known = tuple(sorted(self._known, key=lambda shape: -shape.seen))

    def _learn(self, raw: str, received_at: int) -> Event | None:
        """Make a pattern of a push that is like no other, unless that was tried too often."""
        if self._tries >= _MAX_TRIES or len(raw) > _MAX_SAMPLE_BYTES:
            return None
        self._tries += 1
        try:
            read_json(raw, _MAX_SAMPLE_BYTES)
            template = template_of(raw, self._topic, layouts=self._layouts, tag=self._tag)
        except (DecodeError, Unlike):
            return None
        make = _push_maker(template, self._topic, self._told)
        found = template.match(raw)
        event = None if found is None else make(found.groups(), received_at, raw)
        if event is not None:
            # Whatever comes once is forgotten for the next one, and not what is seen all the time.
            self._reorder()
            self._known = (*self._known[: MAX_SHAPES - 1], _Shape(template.match, make))
        return event


def _push_maker(template: Template, topic: str, told: Mapping[str, str]) -> MakePush:
    part, stream = template.data, Origin.STREAM
    cls: Any = part.layout.cls
    times = [] if template.ts is None else [Group(template.ts, None)]
    groups = sorted((*times, *part.groups), key=lambda group: group.number)
    fields = tuple(group.field for group in groups)
    twin = _twin_of(cls, _OF_PUSH, fields, _missing(told, fields))
    if not part.rows:

        def make(found: Sequence[Any], received_at: int, raw: str) -> Event:
            made: Event = twin(topic, received_at, stream, raw, *found)
            made.__class__ = cls
            return made

        return make

    numbers = [group.number for group in groups]
    rows = _rows_maker(part)

    def make_with_rows(found: Sequence[Any], received_at: int, raw: str) -> Event:
        values = [found[number] for number in numbers]
        made: Event = twin(topic, received_at, stream, raw, *values, **rows(found))
        made.__class__ = cls
        return made

    return make_with_rows


def _row_maker(part: Part) -> Make:
    cls: Any = part.layout.cls
    twin = _twin_of(cls, (), tuple(group.field for group in part.groups), ())
    numbers, rows = [group.number for group in part.groups], _rows_maker(part)

    def make(found: Sequence[Any]) -> Any:
        made = twin(*[found[number] for number in numbers], **rows(found))
        made.__class__ = cls
        return made

    return make


def _rows_maker(part: Part) -> Callable[[Sequence[Any]], dict[str, Any]]:
    makers = {name: [_row_maker(row) for row in rows] for name, rows in part.rows.items()}
    return lambda found: {
        name: tuple([make(found) for make in rows]) for name, rows in makers.items()
    }


_Told = tuple[tuple[str, str], ...]


def _missing(told: Mapping[str, str], fields: Sequence[WireField | None]) -> _Told:
    present = {field.name for field in fields if field is not None}
    return tuple((name, text) for name, text in told.items() if name not in present)


@functools.lru_cache(maxsize=512)
def _twin_of(
    cls: type[Any], leading: tuple[str, ...], given: tuple[WireField | None, ...], told: _Told
) -> Any:
    """Return what makes an object from values; the same for many shapes, since it takes a while.

    Args:
        cls: the class of the object.
        leading: the fields whose values come first and are taken as they are.
        given: the fields whose texts come next; None stands for ``ts``.
        told: names and texts of fields that are not given; the others have their defaults.
    """
    fields: dict[str, Any] = {name: attrs.field() for name in leading}
    # The pattern has checked the amounts; those of an event are likely to have come before.
    exact = known_amount if leading else Decimal
    for field in given:
        name, converter = ("ts", int) if field is None else _reader_of(field, exact)
        fields[name] = attrs.field(converter=converter)
    for absent in attrs.fields(cls):
        if absent.name not in fields:
            default = dict(told).get(absent.name, absent.default)
            fields[absent.name] = attrs.field(default=default)
    return unfrozen(cls, fields)


def _reader_of(
    field: WireField, exact: Callable[[Any], Any]
) -> tuple[str, Callable[[Any], Any] | None]:
    if field.kind is Kind.WORD:
        return field.name, {member.value: member for member in field.inner}.__getitem__
    converters: Mapping[Kind, Callable[[Any], Any]] = {
        Kind.AMOUNT: exact,
        Kind.INTEGER: int,
        Kind.FLAG: _FLAGS.__getitem__,
        Kind.LEVELS: Levels,
    }
    return field.name, converters.get(field.kind)
