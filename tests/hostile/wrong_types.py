"""Every field of every schema, stream and REST, with twelve values that are none for it.

The schemas are found by walking: from the tables of the decoder, and from what the REST schema
exports, down to the rows within rows. A sound message is made up for each; then one field at a time
gets each wrong value. It must be refused with the path of exactly that field.
"""

from __future__ import annotations

import enum
import functools
import json
import operator
import types
import typing
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Union

import attrs

from sixmm.codec import Levels, parse_json, structure
from sixmm.errors import DecodeError
from sixmm.redaction import Secret
from sixmm.venues.sixmm import rest_schema
from sixmm.venues.sixmm.decoder import MARKET_EVENTS, PRIVATE_EVENTS, Decoder
from sixmm.venues.sixmm.rest_schema import make_rest_converter
from sixmm.venues.sixmm.stream_schema import DepthUpdate, Ticker, Tickers

from .engines import INSTALLED, using
from .tally import Tally

__all__ = [
    "PushShape",
    "figure",
    "pushes",
    "refusal",
    "rest_classes",
    "run_rest",
    "run_stream",
    "sound",
    "wrong",
]

_AMOUNTS = ("true", "0", "-1.5", '""', '"1e5"', '"NaN"', '"+1"', '" 1"', '"1_0"', '"."', "[]", "{}")
_TEXTS = (
    "true",
    "false",
    "0",
    "-1",
    "1.5",
    "1e5",
    "[]",
    '["x"]',
    "[null]",
    "{}",
    '{"a":1}',
    "[[]]",
)
_INTEGERS = (
    *("true", "false", "1.5", "1.0", "1e0", '""', '"1"', '"x"', "[]", "[1]", "{}", '{"a":1}'),
)
_FLAGS = ("0", "1", "0.0", '""', '"true"', '"false"', "[]", "[true]", "{}", '{"a":1}', "-1", "1e5")
_LISTS = (
    "true",
    "false",
    "0",
    "-1",
    "1.5",
    '""',
    '"[]"',
    '"x"',
    "{}",
    '{"0":[]}',
    '{"a":1}',
    "1e5",
)
_ROWS = ("true", "0", "1.5", '""', '"x"', "{}", "[1]", "[null]", '["x"]', "[[]]", "[true]", "[1,2]")
_OBJECTS = ("true", "false", "0", "-1", "1.5", '""', '"{}"', "[]", "[1]", "[{}]", "[[]]", "1e5")
_NOTHING = object()


@attrs.frozen
class _Kind:
    """What a field takes."""

    wrong: tuple[str, ...]
    """Twelve JSON texts that it must refuse."""
    sound: Any
    rows: type[Any] | None = None
    inner: type[Any] | None = None


def _kind(hint: Any) -> _Kind:
    members = (
        typing.get_args(hint) if typing.get_origin(hint) in (Union, types.UnionType) else (hint,)
    )
    members = tuple(member for member in members if member is not types.NoneType)
    words = [m for m in members if isinstance(m, type) and issubclass(m, enum.Enum)]
    if words:
        return _Kind(_INTEGERS if int in members else _TEXTS, next(iter(words[0])).value)
    (member,) = members
    if typing.get_origin(member) is tuple:
        row = typing.get_args(member)[0]
        if attrs.has(row):
            return _Kind(_ROWS, [sound(row)], rows=row)
        simple = _kind(row)
        return _Kind((*_LISTS[:6], *(f"[{text}]" for text in simple.wrong[:6])), [simple.sound])
    if isinstance(member, type) and attrs.has(member):
        return _Kind(_OBJECTS, sound(member), inner=member)
    return {
        Decimal: _Kind(_AMOUNTS, "1.50"),
        str: _Kind(_TEXTS, "x"),
        Secret: _Kind(_TEXTS, "x" * 20),
        int: _Kind(_INTEGERS, 7),
        bool: _Kind(_FLAGS, True),
        Levels: _Kind(_LISTS, [["1.5", "2"], ["1.4", "3"]]),
    }[member]


def _fields(cls: type[Any]) -> Iterator[tuple[str, bool, _Kind]]:
    """Yield wire name, whether it is required, and kind of the fields of a class."""
    hints = typing.get_type_hints(cls)
    for field in attrs.fields(cls):
        if "wire" in field.metadata:
            is_required = field.default is attrs.NOTHING
            yield field.metadata["wire"], is_required, _kind(hints[field.name])


def sound(cls: type[Any]) -> dict[str, Any]:
    """Return an object that a class takes, with every field."""
    return {name: kind.sound for name, _, kind in _fields(cls)}


def wrong(cls: type[Any], base: str) -> Iterator[tuple[str, tuple[Any, ...], str]]:
    """Yield for every field of a class, and of its rows, each wrong value.

    That is: the path in the error, the keys that lead to the field, and the JSON text to put there.
    """
    for name, is_required, kind in _fields(cls):
        for text in (*kind.wrong, *(("null",) if is_required else ())):
            yield f"{base}.{name}{_within(kind, text)}", (name,), text
        for inner, steps in ((kind.rows, (name, 0)), (kind.inner, (name,))):
            if inner is not None:
                below = f"{base}.{name}" + ("[0]" if len(steps) == 2 else "")
                for path, keys, text in wrong(inner, below):
                    yield path, (*steps, *keys), text


def _within(kind: _Kind, text: str) -> str:
    """Return the step to the item that is wrong, where the list itself is not."""
    if not text.startswith("[") or not isinstance(kind.sound, list):
        return ""
    value = json.loads(text)
    if kind.rows is not None:
        return f"[{next(at for at, item in enumerate(value) if item != {})}]"
    return "[0]"


def _changed(value: Any, keys: tuple[Any, ...], text: str) -> str:
    """Return the JSON text of a value with one part of it replaced by another text."""
    mark = "\x01here\x01"
    copied = json.loads(json.dumps(value))
    place = copied
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = mark
    return json.dumps(copied, separators=(",", ":")).replace(json.dumps(mark), text)


# The stream


@attrs.frozen
class PushShape:
    """A kind of push: its class, its topic, and how a sound one looks."""

    cls: type[Any]
    topic: str
    data: Any
    base: str
    keys: tuple[Any, ...]

    def message(self, data: str) -> str:
        """Return the whole message."""
        head = f'{{"topic":"{self.topic}","event":"data","ts":1700000000000'
        return f'{head},"data":{data}}}'


def pushes() -> Iterator[PushShape]:
    """Yield every kind of push that the decoder knows."""
    for name, cls in PRIVATE_EVENTS.items():
        yield PushShape(cls, "user.1", {**sound(cls), "eventType": name}, "$.data", ())
    for family, (cls, names) in MARKET_EVENTS.items():
        topic = ".".join(("market", family, *("BTCUSDT", "1m")[: len(names)]))
        if cls is Tickers:
            yield PushShape(Ticker, topic, [sound(Ticker)], "$.data[0]", (0,))
        else:
            yield PushShape(cls, topic, sound(cls), "$.data", ())


def run_stream(engine: str) -> Tally:
    """Decode pushes with one wrong field each, by a decoder that has seen sound ones."""
    tally = Tally(f"wrong types in pushes, by {engine}")
    with using(engine):
        for shape in pushes():
            decoder = Decoder()
            for _ in range(3):  # From the second on, its quick reader has them.
                decoder.decode(shape.message(json.dumps(shape.data, separators=(",", ":"))))
            for path, keys, text in wrong(shape.cls, shape.base):
                if keys == ("eventType",):
                    continue  # Another type makes another event.
                message = shape.message(_changed(shape.data, (*shape.keys, *keys), text))
                name = f"{engine} {shape.cls.__name__} {path} = {text}"
                tally.take(name, refusal(functools.partial(decoder.decode, message), path))
            tally.add([_levels(decoder, shape)] if shape.cls is DepthUpdate else ())
    return tally


def _levels(decoder: Decoder, shape: PushShape) -> Tally:
    """Read levels that are wrong: they are looked at when they are read."""
    tally = Tally("levels")
    for side in ("bids", "asks"):
        for text in _AMOUNTS:
            for row in (f'[{text},"1"]', f'["1",{text}]'):
                message = shape.message(_changed(shape.data, (side, 1), row))
                event = decoder.decode(message)
                told = refusal(functools.partial(list, getattr(event, side)), "$[1]")
                tally.take(f"{side} {row}", told)
        for row in ("true", "1", '"x"', "{}", "null", "[]", '["1"]', '["1","2","3"]'):
            event = decoder.decode(shape.message(_changed(shape.data, (side, 0), row)))
            told = refusal(functools.partial(operator.getitem, getattr(event, side), 0), "$[0]")
            tally.take(f"{side} {row}", told)
    return tally


def refusal(action: Callable[[], object], path: str) -> str | None:
    """Return what is wrong with a refusal; None for a DecodeError that names the path."""
    try:
        action()
    except DecodeError as error:
        return None if error.path == path else f"the path is {error.path}"
    except Exception as error:
        return f"{type(error).__name__} instead of DecodeError"
    return "was taken"


# REST


def rest_classes() -> list[type[Any]]:
    """Return every class of the REST schema that has fields."""
    exported = (getattr(rest_schema, name) for name in rest_schema.__all__)
    return [c for c in exported if isinstance(c, type) and attrs.has(c) and any(_fields(c))]


def run_rest(engine: str) -> Tally:
    """Read REST rows with one wrong field each."""
    tally = Tally(f"wrong types in replies, by {engine}")
    converter = make_rest_converter()
    with using(engine):
        for cls in rest_classes():
            whole = sound(cls)
            structure(converter, parse_json(json.dumps(whole)), cls, path="$.data")
            for path, keys, text in wrong(cls, "$.data"):
                value = parse_json(_changed(whole, keys, text))
                told = refusal(
                    functools.partial(structure, converter, value, cls, path="$.data"), path
                )
                tally.take(f"{engine} {cls.__name__} {path} = {text}", told)
    return tally


def figure(seed: int) -> Tally:  # noqa: ARG001 - there is nothing to draw
    """Return which wrong values were not refused with their path; none may be (E2)."""
    tallies = (run(engine) for engine in INSTALLED for run in (run_stream, run_rest))
    return Tally("wrong types").add(tallies)
