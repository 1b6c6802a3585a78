"""The order of the fields of a class: every field is there, once, with what it has on the wire."""

from __future__ import annotations

import enum
from decimal import Decimal
from typing import Any, Optional

import attrs
import pytest
from attrs import field

from sixmm.codec import Levels, wire
from sixmm.codec.layout import Kind, layout_of
from sixmm.venues.sixmm.decoder import MARKET_EVENTS, PRIVATE_EVENTS
from sixmm.venues.sixmm.stream_schema import BalanceUpdate, PositionUpdate

CLASSES: list[tuple[Any, str | None]] = [
    *((cls, "eventType") for cls in PRIVATE_EVENTS.values()),
    *((cls, None) for family, (cls, _) in MARKET_EVENTS.items() if family != "tickers"),
    (BalanceUpdate, None),
    (PositionUpdate, None),
]


class Side(str, enum.Enum):
    """A choice by words."""

    BUY = "BUY"


@attrs.frozen(kw_only=True)
class Row:
    """A row."""

    price: Decimal | None = field(default=None, metadata=wire("p"))


@attrs.frozen(kw_only=True)
class Whole:
    """One field of every kind, and two without one."""

    levels: Levels = field(default=Levels(), metadata=wire("l"))
    rows: tuple[Row, ...] = field(factory=tuple, metadata=wire("r"))
    flag: bool | None = field(default=None, metadata=wire("f"))
    topic: str = ""
    word: Side | str | None = field(default=None, metadata=wire("w"))
    kind: str = field(default="W", metadata=wire("t"))
    count: Optional[int] = field(default=None, metadata=wire("c"))  # noqa: UP045
    text: str = field(default="-", metadata=wire("x"))
    price: Decimal | None = field(default=None, metadata=wire("p"))


def test_every_kind() -> None:
    """Each field in the order of the class, with its wire name, type and default."""
    found = layout_of(Whole, "t")

    assert (found.cls, found.base) == (Whole, ("topic", "kind"))
    assert [(f.name, f.wire, f.kind, f.default, f.inner) for f in found.fields] == [
        ("levels", "l", Kind.LEVELS, Levels(), None),
        ("rows", "r", Kind.ROWS, (), Row),
        ("flag", "f", Kind.FLAG, None, None),
        ("word", "w", Kind.WORD, None, Side),
        ("count", "c", Kind.INTEGER, None, None),
        ("text", "x", Kind.TEXT, "-", None),
        ("price", "p", Kind.AMOUNT, None, None),
    ]


@pytest.mark.parametrize(("cls", "tag"), CLASSES, ids=lambda item: str(item)[-30:])
def test_classes_of_the_stream(cls: Any, tag: str | None) -> None:
    """Every field of every class is there once, by the name that its metadata has."""
    found = layout_of(cls, tag)
    own = {f.name: f.metadata.get("wire") for f in attrs.fields(cls)}

    assert {f.name: f.wire for f in found.fields} | {n: own[n] for n in found.base} == own
    assert len(found.fields) + len(found.base) == len(own)
    assert all(own[name] in (None, tag) for name in found.base)


def test_no_tag() -> None:
    """Without a tag the member is a text like others."""
    assert "kind" in [f.name for f in layout_of(Whole).fields]


@attrs.frozen(kw_only=True)
class _Required:
    price: Decimal = field(metadata=wire("p"))


@attrs.frozen(kw_only=True)
class _Numbered:
    mode: int | str | None = field(default=None, metadata=wire("m"))


@attrs.frozen(kw_only=True)
class _Nested:
    best: Row | None = field(default=None, metadata=wire("b"))


@attrs.frozen(kw_only=True)
class _Pairs:
    pairs: tuple[tuple[Decimal, Decimal], ...] = field(default=(), metadata=wire("b"))


@attrs.frozen(kw_only=True)
class _Pair:
    pair: tuple[Row, Row] | None = field(default=None, metadata=wire("b"))


@attrs.frozen(kw_only=True)
class _Anything:
    data: Any = field(default=None, metadata=wire("b"))


@attrs.frozen(kw_only=True)
class _Choice:
    data: Row | Side | str | None = field(default=None, metadata=wire("b"))


@pytest.mark.parametrize("cls", [_Required, _Numbered, _Nested, _Pairs, _Pair, _Anything, _Choice])
def test_out_of_the_ordinary(cls: Any) -> None:
    """A field that no reader of pushes knows makes the class one that is read in the strict way."""
    with pytest.raises(TypeError, match=f"{cls.__name__}.* is out of the ordinary"):
        layout_of(cls)
