"""Models as plain tuples, and back."""

from __future__ import annotations

import copy
import enum
import pickle
import typing
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.state import values
from sixmm.state.models import Balance, ConditionOrder, Fill, Order, Position
from sixmm.state.values import filled, model_of, values_of

from .strategies import balances, conditions, fills, orders, positions

MODELS = st.one_of(orders, fills, positions, balances, conditions)


class Word(str, enum.Enum):
    """A word of a venue."""

    BUY = "BUY"

    def __str__(self) -> str:
        return self.value


@given(MODELS)
def test_there_and_back(model: Any) -> None:
    """Nothing is lost on the way, the text of the row included."""
    again = model_of(type(model), values_of(model))

    assert again == model
    assert again.raw == model.raw


@given(MODELS)
def test_a_model_is_like_any_other(model: Any) -> None:
    """It is of the very class, does not change, and can be copied and pickled."""
    again = model_of(type(model), values_of(model))

    assert type(again) is type(model)
    assert hash(again) == hash(model)
    assert copy.deepcopy(again) == pickle.loads(pickle.dumps(again)) == attrs.evolve(again) == model
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        again.raw = ""


@pytest.mark.parametrize(
    ("cls", "name"),
    [
        (Order, "OrderValues"),
        (Fill, "FillValues"),
        (Position, "PositionValues"),
        (Balance, "BalanceValues"),
    ],
)
def test_a_tuple_has_the_types_of_the_fields(cls: type[attrs.AttrsInstance], name: str) -> None:
    """What a venue puts into a tuple is checked against the field that it becomes."""
    hints = typing.get_type_hints(cls)
    fields = [hints[field.name] for field in attrs.fields(cls)]

    assert list(typing.get_args(getattr(values, name))) == fields


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (values.STATUS, "status"),
        (values.RANK, "rank"),
        (values.PRICE, "price"),
        (values.QUANTITY, "quantity"),
        (values.EXECUTED, "executed_quantity"),
        (values.UPDATED, "updated_at_ms"),
    ],
)
def test_places(place: int, name: str) -> None:
    """The places that other modules look at are those of the fields."""
    assert attrs.fields(Order)[place].name == name
    assert attrs.fields(ConditionOrder)[values.IS_WAITING].name == "is_waiting"


def test_words_become_plain_text() -> None:
    """A model holds no member of an enum of a venue, whatever the tuple holds."""
    told = list(values_of(Order(order_id="1", status="NEW", rank=0, side="BUY")))
    order = model_of(Order, tuple(Word.BUY if value == "BUY" else value for value in told))

    assert type(order.side) is str
    assert order.side == "BUY"


@given(known=orders, told=orders)
def test_gaps_are_filled(known: Order, told: Order) -> None:
    """What is told counts; what it leaves out is as it was."""
    merged = filled(values_of(told), values_of(known))

    for now, before, kept in zip(values_of(told), values_of(known), merged, strict=True):
        assert kept == (before if now is None else now)


def test_a_full_telling_is_taken_as_it_is() -> None:
    """Where there is no gap, nothing is made."""
    told = ("1", "NEW", 0)
    assert filled(told, ("1", "OLD", 0)) is told
