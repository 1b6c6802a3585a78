"""A frozen object is made at once, and is frozen from then on."""

from __future__ import annotations

import attrs
import pytest

from sixmm.unfrozen import unfrozen


@attrs.frozen(kw_only=True)
class Point:
    """A frozen class of its own."""

    x: int = 0
    y: int = 0


def test_unfrozen() -> None:
    """The values are set in the order that was asked for, by the converters that were given."""
    twin = unfrozen(Point, {"y": attrs.field(converter=int), "x": attrs.field(default=3)})
    point = twin("2")
    assert (point.x, point.y) == (3, 2)
    point.__class__ = Point

    assert point == Point(x=3, y=2)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        point.x = 1
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Point().x = 1  # type: ignore[misc]
