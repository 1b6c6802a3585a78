"""Comparing two tellings of an order."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.state.models import Order
from sixmm.state.telling import Telling, adds_nothing, compare_orders, is_later
from sixmm.state.values import values_of

from .lives import LIFE, NEW, PENDING


def untimed(order: Order) -> Order:
    """Return the state as a venue tells it that has no times."""
    return attrs.evolve(order, updated_at_ms=None)


def test_the_first_telling_is_new() -> None:
    """Nothing was known."""
    assert compare_orders(None, NEW) is Telling.NEW


@pytest.mark.parametrize("strip", [lambda order: order, untimed])
@given(known=st.integers(0, 4), told=st.integers(0, 4))
def test_a_life_only_goes_on(strip: object, known: int, told: int) -> None:
    """A later state is new, the same is a repeat, an earlier one is older (rule 81)."""
    expected = Telling.NEW if told > known else Telling.REPEAT if told == known else Telling.OLDER
    assert callable(strip)
    assert compare_orders(strip(LIFE[known]), strip(LIFE[told])) is expected


def test_an_amendment_is_new() -> None:
    """Price or quantity differ at the same rank."""
    amended = attrs.evolve(PENDING, price=Decimal(101), updated_at_ms=1_005)
    assert compare_orders(PENDING, amended) is Telling.NEW
    assert compare_orders(untimed(PENDING), untimed(amended)) is Telling.NEW
    assert compare_orders(amended, PENDING) is Telling.OLDER


def test_a_telling_that_leaves_things_out_is_a_repeat() -> None:
    """A gap says nothing."""
    told = Order(order_id="1", status="PENDING", rank=1)
    assert compare_orders(PENDING, told) is Telling.REPEAT


def test_gaps_add_nothing() -> None:
    """Only a figure or status that differs does."""
    bare = attrs.evolve(PENDING, price=None, quantity=None, executed_quantity=None)
    assert adds_nothing(values_of(PENDING), values_of(bare))
    assert not adds_nothing(values_of(bare), values_of(PENDING))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(1, 2, True), (2, 2, False), (3, 2, False), (None, 2, False), (1, None, False)],
)
def test_only_what_is_known_is_later(one: int | None, other: int | None, expected: bool) -> None:
    """A time that was not told is neither earlier nor later."""
    assert is_later(one, other) is expected
