"""Waiting for an order: it has every fill, and it ends."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sixmm.clock import Deadline
from sixmm.errors import ClientClosed
from sixmm.ordering.writes import Target
from sixmm.state.models import Order
from sixmm.venues.sixmm.rest_schema import FillRow, TradePage

from .desks import Bench, row

TARGET = Target(symbol="BTCUSDT", order_id="1", client_order_id="a")


def deadline(bench: Bench) -> Deadline:
    """Return a generous deadline on the clock of a bench."""
    return Deadline(60.0, clock=bench.clock)


def test_a_fill_between_two_questions() -> None:
    """The state was read before it, the fills after it: the state is read again."""
    executed = [Decimal(1), Decimal(2)]

    def order(_: Any) -> Any:
        return row("PARTIALLY_FILLED", executed_quantity=executed.pop(0))

    fills = tuple(FillRow(fill_id=f"f{n}", order_id="1", quantity=Decimal(1)) for n in (1, 2))
    bench = Bench(live=False, getOrder=order, getTrades=TradePage(rows=fills))
    with bench.desk.follow(TARGET) as following:
        report = bench.desk.await_order(
            following, TARGET, lambda order: order.rank >= 1, deadline(bench)
        )

    assert report.order.executed_quantity == report.executed_quantity == 2
    assert not executed


@pytest.mark.parametrize("is_known", [False, True])
def test_the_end_of_the_client_ends_the_waiting(is_known: bool) -> None:
    """No wait takes any time from then on: it would ask without a pause."""
    bench = Bench(live=False, getOrder=row(), getTrades=TradePage(rows=()))
    bench.at(0.25, bench.watch.end)
    told = Order(order_id="1", status="FILLED", rank=3, executed_quantity=Decimal(1))
    with bench.desk.follow(TARGET) as following:
        following.tell(orders=[told] if is_known else [])
        with pytest.raises(ClientClosed):
            bench.desk.await_order(
                following, TARGET, lambda order: not order.is_open, deadline(bench)
            )

    assert len(bench.script.calls) <= 3
