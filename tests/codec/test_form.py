"""The form of pushes: a layout for each class, or the name of the class that has none."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from attrs import field

from sixmm.codec import PushForm, wire
from sixmm.events import Event
from sixmm.venues.sixmm.decoder import PRIVATE_EVENTS


@attrs.frozen(kw_only=True)
class Odd(Event):
    """An event with a field that may be anything."""

    data: Any = field(default=None, metadata=wire("data"))


def test_layouts() -> None:
    """Each class by the value of the tag, and the tag is none of its fields."""
    layouts = PushForm(classes=PRIVATE_EVENTS, tag="eventType").layouts()

    assert {name: layout.cls for name, layout in layouts.items()} == dict(PRIVATE_EVENTS)
    for layout in layouts.values():
        assert "eventType" not in [item.wire for item in layout.fields]
        assert "event_type" in layout.base


def test_a_class_out_of_the_ordinary() -> None:
    """A mistake of the schema is told by the name of the class, before any push is read."""
    with pytest.raises(TypeError, match=r"Odd\..* is out of the ordinary"):
        PushForm(classes={**PRIVATE_EVENTS, "ODD": Odd}).layouts()


def test_defaults() -> None:
    """There is one class under any name, and an id means nothing, unless it is said."""
    form = PushForm(classes={})

    assert (form.tag, form.answers, form.layouts()) == (None, False, {})
