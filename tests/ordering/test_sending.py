"""Sending one order: what is taken for its confirmation, and what is not."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from sixmm.clock import Deadline
from sixmm.errors import DuplicateOrder, OutcomeUnknown
from sixmm.ordering.sending import send_order
from sixmm.ordering.writes import Kind, Target
from sixmm.state.models import Order
from sixmm.venues.sixmm.order_forms import NewOrder
from sixmm.venues.sixmm.rest_schema import PlacedOrder

from .desks import NOT_FOUND, START_MS, Bench, row

ORDER = NewOrder(symbol="BTCUSDT", side="BUY", price="5", quantity="2", client_order_id="a")
TARGET = Target(symbol="BTCUSDT", client_order_id="a")
LOST = OutcomeUnknown("no answer", operation="placeOrder")
AGAIN = DuplicateOrder("again", code=3004)
TOLD = Order(order_id="1", status="CANCELED", rank=3, client_order_id="a", created_at_ms=START_MS)


def send(bench: Bench, *, timeout: float | None = None) -> PlacedOrder:
    """Send the order."""
    write = bench.desk.write(Kind.PLACE, TARGET)
    deadline = None if timeout is None else Deadline(timeout, clock=bench.clock)
    with bench.desk.follow(TARGET, write) as following:
        return send_order(bench.desk, ORDER, write, following, deadline)


@pytest.mark.parametrize(
    "told", [attrs.evolve(TOLD, created_at_ms=1), attrs.evolve(TOLD, created_at_ms=None)]
)
def test_a_push_of_an_older_order_does_not_confirm(told: Order) -> None:
    """The stream may tell the end of an order of that name just then (rule 115)."""
    bench = Bench(placeOrder=LOST)
    bench.at(0.5, lambda: bench.watch.see((told,), ()))
    with pytest.raises(OutcomeUnknown):
        send(bench)


def test_a_push_of_the_order_before_does_not_confirm() -> None:
    """Also where the name is used again at once."""
    bench = Bench(placeOrder=PlacedOrder(order_id="1"))
    send(bench)
    bench.script.answers["placeOrder"] = LOST
    bench.at(0.5, lambda: bench.watch.see((TOLD,), ()))
    with pytest.raises(OutcomeUnknown) as caught:
        send(bench)
    assert caught.value.write is not None
    assert caught.value.write.other_orders == ("1",)


@pytest.mark.parametrize("changes", [{"price": 6}, {"quantity": 1}, {"side": "SELL"}])
def test_a_duplicate_that_is_another_order(changes: dict[str, Any]) -> None:
    """What is there is not what was asked for: an order of the same name, made just before."""
    found = row(client_order_id="a", **changes)
    with pytest.raises(DuplicateOrder):
        send(Bench(placeOrder=AGAIN, getOrder=found))


def test_a_duplicate_of_the_order_before() -> None:
    """It was confirmed once, and is not confirmed a second time."""
    bench = Bench(placeOrder=PlacedOrder(order_id="1"), getOrder=row(client_order_id="a"))
    send(bench)
    bench.script.answers["placeOrder"] = AGAIN
    with pytest.raises(DuplicateOrder):
        send(bench)


@pytest.mark.parametrize("error", [LOST, AGAIN])
def test_all_of_it_takes_no_longer_than_the_caller_waits(error: Exception) -> None:
    """The call, the moment in which a push may come, and the look at what is there."""
    bench = Bench(placeOrder=error, getOrder=NOT_FOUND)
    started = bench.clock.monotonic()
    with pytest.raises(type(error)):
        send(bench, timeout=0.25)

    assert bench.script.timeouts[0] == 0.25
    assert all(timeout is not None and timeout <= 0.25 for timeout in bench.script.timeouts)
    assert bench.clock.monotonic() - started < 0.3
