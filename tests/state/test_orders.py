"""The memory of orders: bounds, coming back to life, and models that are made when read."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest

from sixmm.state import orders
from sixmm.state.models import Order
from sixmm.state.orders import OrderMemory
from sixmm.state.telling import Telling
from sixmm.state.values import values_of

OPEN = Order(order_id="1", status="PENDING", rank=1, symbol="X", updated_at_ms=5)
ENDED = attrs.evolve(OPEN, status="FILLED", rank=3, updated_at_ms=6)


def named(order: Order, order_id: str) -> Order:
    """Return the order under another id."""
    return attrs.evolve(order, order_id=order_id)


def test_a_model_is_made_once() -> None:
    """Who reads twice gets the same object, until something is told."""
    memory = OrderMemory(5)
    memory.push(values_of(OPEN))
    first = memory.read("1")

    assert first == OPEN
    assert memory.read_all()["1"] is first
    memory.push(values_of(ENDED))
    assert memory.read("1") == ENDED
    assert memory.read("2") is None


def test_what_was_read_does_not_change() -> None:
    """The dictionary of all orders is the caller's own."""
    memory = OrderMemory(5)
    memory.push(values_of(OPEN))
    seen = memory.read_all()
    memory.push(values_of(named(OPEN, "2")))

    assert set(seen) == {"1"}


def test_a_later_push_is_filled_from_what_is_known() -> None:
    """What it leaves out stays, and what it says counts."""
    memory = OrderMemory(5)
    memory.push(values_of(OPEN))
    memory.push(values_of(Order(order_id="1", status="FILLED", rank=3, updated_at_ms=6)))

    assert memory.read("1") == ENDED


def test_the_time_of_another_state_is_not_kept() -> None:
    """A push about what led to an end that a snapshot without times has told is an older one."""
    memory = OrderMemory(5)
    memory.push(values_of(OPEN))
    assert memory.tell(values_of(attrs.evolve(ENDED, updated_at_ms=None))) is Telling.NEW
    assert memory.read("1") == attrs.evolve(ENDED, updated_at_ms=None)

    late = values_of(attrs.evolve(OPEN, status="PARTIALLY_FILLED", rank=2, updated_at_ms=6))
    assert memory.push(late, True)
    assert memory.has_met_older


def test_a_repeat_without_a_time_leaves_the_time() -> None:
    """It is the same state."""
    memory = OrderMemory(5)
    memory.push(values_of(ENDED))
    memory.push(values_of(attrs.evolve(ENDED, updated_at_ms=None)))
    assert memory.read("1") == ENDED


@pytest.mark.parametrize("later_ms", [7, None])
def test_a_snapshot_is_repeated_until_a_push_is_news(later_ms: int | None) -> None:
    """A push that says what a snapshot told is no news; after one that is, the pushes lead."""
    memory = OrderMemory(5)
    memory.tell(values_of(OPEN))
    assert memory.push(values_of(OPEN))
    later = values_of(attrs.evolve(OPEN, rank=2, status="PARTLY", updated_at_ms=later_ms))
    assert not memory.push(later)
    assert not memory.push(later)


def test_an_order_that_comes_back_to_life_is_not_forgotten() -> None:
    """No order should; but only what has ended makes room for others."""
    memory = OrderMemory(1)
    memory.push(values_of(ENDED))
    memory.push(values_of(attrs.evolve(OPEN, updated_at_ms=7)))
    for order_id in ("2", "3"):
        memory.push(values_of(named(ENDED, order_id)))

    assert set(memory.read_all()) == {"1", "3"}
    memory.push(values_of(attrs.evolve(ENDED, updated_at_ms=8)))
    assert set(memory.read_all()) == {"1"}


def test_open_orders_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exchange that never ends an order does not fill the memory; ended ones are spared."""
    monkeypatch.setattr(orders, "_MAX_OPEN", 2)
    memory = OrderMemory(1)
    memory.push(values_of(named(ENDED, "0")))
    for order_id in ("1", "2", "3"):
        memory.push(values_of(named(OPEN, order_id)))
    memory.tell(values_of(named(OPEN, "4")))

    assert set(memory.read_all()) == {"0", "3", "4"}


def test_what_was_executed_before_goes_with_the_order() -> None:
    """It is of no use without it."""
    memory = OrderMemory(1)
    for order_id in ("1", "2"):
        memory.executed_before[order_id] = Decimal(1)
        assert memory.tell(values_of(named(ENDED, order_id))) is Telling.NEW

    assert set(memory.executed_before) == {"2"}
