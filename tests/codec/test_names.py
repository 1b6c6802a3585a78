"""Wire names: kept in field metadata, and what a message has beyond them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest
from attrs import field

from sixmm.codec import extra_of, unnamed, wire, wire_names


@attrs.frozen(kw_only=True)
class Leg:
    """A nested row."""

    price: Decimal | None = field(default=None, metadata=wire("legPrice"))


@attrs.frozen(kw_only=True)
class Order:
    """A row with nested ones."""

    id: str = field(metadata=wire("orderId"))
    legs: tuple[Leg, ...] = field(default=(), metadata=wire("legs"))
    main: Leg | None = field(default=None, metadata=wire("main"))
    local: int = 0


def test_wire_names_are_those_of_the_metadata() -> None:
    """A field without a wire name is not on the wire."""
    assert wire_names(Order) == {"orderId", "legs", "main"}


@pytest.mark.parametrize(
    ("value", "extra"),
    [
        ({"orderId": "1"}, {}),
        ({"orderId": "1", "new": None}, {"new": None}),
        ({"legs": [{"legPrice": "1"}, {"x": 1}]}, {"legs": [{}, {"x": 1}]}),
        ({"legs": [{"legPrice": "1"}]}, {}),
        ({"main": {"legPrice": "1", "y": [1]}}, {"main": {"y": [1]}}),
        ({"main": None, "legs": None}, {}),
        ([], {}),
    ],
)
def test_unnamed_keeps_what_no_field_names(value: Any, extra: dict[str, Any]) -> None:
    """Unknown members are found at the top and in nested rows, in their own shape."""
    assert unnamed(value, Order) == extra


def test_extra_is_read_from_the_text() -> None:
    """The extra members come from the text, from one member of it, and from no text none come."""
    assert extra_of(Order, '{"orderId":"1","a":1.50}') == {"a": Decimal("1.50")}
    assert extra_of(Order, '{"data":{"b":2},"c":3}', under="data") == {"b": 2}
    assert extra_of(Order, "") == {}


def test_extra_cannot_be_changed() -> None:
    """The mapping is a view: an event stays what it was."""
    with pytest.raises(TypeError):
        extra_of(Order, '{"a":1}')["a"] = 2  # type: ignore[index]
