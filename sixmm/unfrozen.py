"""Frozen objects from values in order, at the speed of unfrozen ones."""

from __future__ import annotations

from typing import Any

import attrs

__all__ = ["unfrozen"]


def unfrozen(cls: type[Any], fields: dict[str, Any]) -> Any:
    """Return a class that makes objects of the shape of ``cls`` at once, from values in order.

    A frozen class sets each field by a call, which is most of the cost of a small object. The class
    that is returned has the same fields in the same places and sets them directly. Whoever makes
    an object of it ends with ``made.__class__ = cls``: from then on it is a ``cls`` like any other.

    Args:
        cls: a frozen attrs class with slots.
        fields: an ``attrs.field()`` for each of its fields, in the order of the arguments.
    """
    plain: Any = attrs.make_class(cls.__name__, fields, slots=True)
    members = {
        "__slots__": (),
        "__init__": plain.__init__,
        "__setattr__": object.__setattr__,
        "__delattr__": object.__delattr__,
    }
    return type(cls.__name__, (cls,), members)
