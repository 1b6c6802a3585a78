"""Orders, fills, positions and the like as plain tuples, in the order of the fields of their class.

Most of what a busy stream tells is replaced before anybody looks at it. A tuple costs a tenth of a
model, holds the same, and becomes a model when it is read. In a tuple a word may still be the
venue's own, a member of an enum that is text too; in a model it is plain text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, TypeVar

import attrs

from ..unfrozen import unfrozen
from .models import Balance, ConditionOrder, Fill, Order, Position

__all__ = [
    "EXECUTED",
    "IS_WAITING",
    "PRICE",
    "QUANTITY",
    "RANK",
    "STATUS",
    "SYMBOL",
    "UPDATED",
    "BalanceValues",
    "FillValues",
    "OrderValues",
    "PositionValues",
    "filled",
    "model_of",
    "values_of",
]

_Text = str | None
_Amount = Decimal | None
_Number = int | None

# fmt: off
OrderValues = tuple[
    str, str, int,
    _Text, _Text, _Text, _Text, _Text, _Text,
    _Amount, _Amount, _Amount, _Amount,
    _Number, _Number,
    str,
]
"""The values of an :class:`Order`: id, status and rank, the other words, amounts, times, text."""

# Where some of them are.
STATUS: Final = 1
RANK: Final = 2
SYMBOL: Final = 4
PRICE: Final = 9
QUANTITY: Final = 10
EXECUTED: Final = 11
UPDATED: Final = 14

IS_WAITING: Final = 2
"""In the values of a :class:`ConditionOrder`."""

FillValues = tuple[
    str, str,
    _Text, _Text, _Text, _Text, _Text,
    _Amount, _Amount, _Amount, _Amount, _Amount,
    _Number,
    str,
]
"""The values of a :class:`Fill`: its id and that of the order, the words, amounts, time, text."""

PositionValues = tuple[
    str, str,
    _Amount, _Amount,
    _Text, _Number,
    tuple[object, ...],
    str,
]
"""The values of a :class:`Position`."""

BalanceValues = tuple[str, _Amount, _Amount, _Amount, str]
"""The values of a :class:`Balance`."""
# fmt: on

Model = TypeVar("Model", Order, Fill, Position, Balance, ConditionOrder)
Values = TypeVar("Values", bound=tuple[Any, ...])

_FIELD_NAMES: Mapping[type, tuple[str, ...]] = {
    cls: tuple(field.name for field in attrs.fields(cls))
    for cls in (Order, Fill, Position, Balance, ConditionOrder)
}
_READERS: Mapping[type, Callable[[Any], Any]] = {
    cls: attrgetter(*names) for cls, names in _FIELD_NAMES.items()
}


class _Makers(dict[type, Callable[..., Any]]):
    """What makes a model of a class; a picture of an account may need 100,000 of them at once."""

    def __missing__(self, cls: type) -> Callable[..., Any]:
        self[cls] = unfrozen(cls, {name: attrs.field() for name in _FIELD_NAMES[cls]})
        return self[cls]


_makers = _Makers()


def values_of(model: Order | Fill | Position | Balance | ConditionOrder) -> Any:
    """Return the values of a model as a tuple."""
    return _READERS[type(model)](model)


def model_of(cls: type[Model], values: tuple[Any, ...]) -> Model:
    """Return the model that has these values; words become plain text.

    Args:
        cls: the class of the model.
        values: one for each of its fields, in their order.
    """
    model: Model = _makers[cls](
        *[
            value if type(value) is str or not isinstance(value, str) else str(value)
            for value in values
        ]
    )
    model.__class__ = cls
    return model


def filled(told: Values, known: Values) -> Values:
    """Return what is told, with what it leaves out taken from what is known.

    It is the very tuple where nothing is left out. ``None in told`` would ask every amount whether
    it equals None, and amounts are slow to answer.
    """
    for value in told:
        if value is None:
            pairs = zip(told, known, strict=True)
            return type(told)(before if now is None else now for now, before in pairs)
    return told
