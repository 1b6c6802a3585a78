"""Amending and cancelling: sent once; the end of an order is what the exchange tells of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sixmm.errors import (
    ClientClosed,
    DeadlineExceeded,
    InvalidOrder,
    NotCancelable,
    NotCarriedOut,
    OrderNotFound,
    OutcomeUnknown,
)
from sixmm.ordering import OrderReport, OrdersGroup
from sixmm.ordering.writes import Kind, Target
from sixmm.state.models import Order
from sixmm.venues.sixmm.enums import CancelType
from sixmm.venues.sixmm.order_forms import Amendment, OrderRef
from sixmm.venues.sixmm.rest_schema import (
    BatchReply,
    CancelReply,
    ConditionCancelReply,
    OrderPage,
    SymbolRow,
    Symbols,
)

from .desks import NOT_FOUND, START_MS, Bench, row

SYMBOLS = Symbols(rows=(SymbolRow(symbol="BTCUSDT", tick_size=Decimal("0.1")),))
REPLY = CancelReply(order_id="1")
BATCH = BatchReply(success_count=1, failed_count=0, results=())
CANCELED = Order(order_id="1", status="CANCELED", rank=3, executed_quantity=Decimal(0))


def bench(**answers: Any) -> tuple[Bench, OrdersGroup]:
    """Return a bench that knows the symbols, and the group on it."""
    made = Bench(**{"getSymbols": SYMBOLS, "getOrder": NOT_FOUND, **answers})
    return made, OrdersGroup(made.desk)


def lost(_: Any = None) -> OutcomeUnknown:
    """Return the error of a call without an answer."""
    return OutcomeUnknown("no answer", operation="x")


def writes(at: Bench) -> list[str]:
    """Return the calls that changed anything."""
    return [call.operation for call in at.script.calls if call.writes]


def test_amend() -> None:
    """It is checked and sent; the reply says that it was accepted."""
    at, orders = bench(amendOrder=REPLY)
    assert orders.amend("BTCUSDT", "1", price="5.1") == REPLY
    with pytest.raises(InvalidOrder):
        orders.amend("BTCUSDT", "1", price="5.05")
    assert writes(at) == ["amendOrder"]


def test_amend_with_an_unknown_outcome() -> None:
    """The error has the figures that were wanted."""
    _, orders = bench(amendOrder=lost)
    with pytest.raises(OutcomeUnknown) as caught:
        orders.amend("BTCUSDT", "1", price="5.10", quantity=2)
    write = caught.value.write
    assert write is not None
    target = Target(symbol="BTCUSDT", order_id="1", price=Decimal("5.1"), quantity=Decimal(2))
    assert (write.kind, write.targets) == (Kind.AMEND, (target,))


def test_amend_batch() -> None:
    """One symbol for all of them (rule 55)."""
    at, orders = bench(batchAmendOrders=BATCH)
    assert orders.amend_batch("BTCUSDT", [Amendment(order_id="1", price="5.1")]) == BATCH
    with pytest.raises(InvalidOrder):
        orders.amend_batch("BTCUSDT", [Amendment(order_id="1", price="5.11")])
    assert writes(at) == ["batchAmendOrders"]


def test_cancel() -> None:
    """Without waiting, the reply is that it was accepted (rule 59)."""
    at, orders = bench(cancelOrder=REPLY)
    assert orders.cancel("BTCUSDT", order_id="1") == REPLY
    assert writes(at) == ["cancelOrder"]


@pytest.mark.parametrize("answer", [REPLY, lost])
def test_cancel_and_wait(answer: Any) -> None:
    """It returns when the order has ended, also where the reply is lost."""
    at, orders = bench(cancelOrder=answer)
    at.at(0.5, lambda: at.watch.see((CANCELED,), ()))
    report = orders.cancel("BTCUSDT", order_id="1", wait=True)

    assert report == OrderReport(order=CANCELED)
    assert writes(at) == ["cancelOrder"]


def test_cancel_of_an_order_that_has_ended() -> None:
    """With waiting that is what was wanted; without, it is told."""
    _, orders = bench(
        cancelOrder=NotCancelable("ended", code=3005),
        getOrder=row("CANCELED", executed_quantity=Decimal(0)),
    )
    report = orders.cancel("BTCUSDT", order_id="1", wait=True)
    assert str(report.order.status) == "CANCELED"
    with pytest.raises(NotCancelable):
        orders.cancel("BTCUSDT", order_id="1")


def test_cancel_of_an_order_that_is_not_there() -> None:
    """There is nothing to wait for."""
    _, orders = bench(cancelOrder=OrderNotFound("none", code=3003))
    with pytest.raises(OrderNotFound):
        orders.cancel("BTCUSDT", order_id="1", wait=True)


def test_cancel_batch() -> None:
    """The symbol is named for each (rule 55)."""
    at, orders = bench(batchCancelOrders=BATCH)
    assert orders.cancel_batch([OrderRef(symbol="BTCUSDT", order_id="1")]) == BATCH
    assert writes(at) == ["batchCancelOrders"]


def test_cancel_all_and_wait() -> None:
    """It returns when none of the orders of before is open; a later one is not waited for."""
    pages = [
        OrderPage(rows=(row(), row(order_id="2"))),
        OrderPage(rows=(row(),)),
        OrderPage(rows=(row(order_id="3", created_at=START_MS + 60_000),)),
    ]
    at, orders = bench(cancelAllOrders={}, getCurrentOrders=lambda _: pages.pop(0))
    orders.cancel_all("BTCUSDT", wait=True)

    assert not pages
    assert writes(at) == ["cancelAllOrders"]


def test_cancel_all_that_takes_too_long() -> None:
    """What is still open is counted in the error."""
    _, orders = bench(cancelAllOrders={}, getCurrentOrders=OrderPage(rows=(row(),)))
    with pytest.raises(DeadlineExceeded, match="1 orders are still open"):
        orders.cancel_all("BTCUSDT", wait=True, timeout=5.0)


def test_cancel_all_of_limit_orders() -> None:
    """Others are not waited for (rule 57)."""
    at, orders = bench(cancelAllOrders={}, getCurrentOrders=OrderPage(rows=(row(type="MARKET"),)))
    orders.cancel_all("BTCUSDT", kind=CancelType.LIMIT, wait=True)

    assert at.script.calls[0].body == {"symbol": "BTCUSDT", "cancelType": 1}


def test_cancel_condition() -> None:
    """The reply says that it was accepted."""
    at, orders = bench(cancelConditionOrder=ConditionCancelReply(condition_id="7"))
    assert orders.cancel_condition("BTCUSDT", "7").condition_id == "7"
    assert writes(at) == ["cancelConditionOrder"]


def test_a_cancel_that_got_lost() -> None:
    """It is certain that the order stays: the caller is told at once, and does not wait."""
    at, orders = bench(cancelOrder=lost, getOrder=row())
    started = at.clock.monotonic()
    with pytest.raises(NotCarriedOut):
        orders.cancel("BTCUSDT", order_id="1", wait=True, timeout=600.0)

    assert at.clock.monotonic() - started < 20.0


def test_a_cancel_by_a_name_that_two_orders_have() -> None:
    """The reply says which of them ends; what is told of the other one is not its end."""
    at, orders = bench(cancelOrder=CancelReply(order_id="2", client_order_id="a"))
    older = Order(
        order_id="1", status="FILLED", rank=3, client_order_id="a", executed_quantity=Decimal(0)
    )
    ended = row("CANCELED", order_id="2", client_order_id="a", executed_quantity=Decimal(0))
    at.script.answers["getOrder"] = ended
    at.at(0.5, lambda: at.watch.see((older,), ()))
    report = orders.cancel("BTCUSDT", client_order_id="a", wait=True)

    assert report.order.order_id == "2"


def cancel(orders: OrdersGroup) -> None:
    """Withdraw an order, and wait."""
    orders.cancel("BTCUSDT", order_id="1", wait=True, timeout=3.0)


def cancel_all(orders: OrdersGroup) -> None:
    """Withdraw all, and wait."""
    orders.cancel_all("BTCUSDT", wait=True, timeout=3.0)


@pytest.mark.parametrize("withdraw", [cancel, cancel_all])
def test_waiting_bounds_the_call_itself(withdraw: Callable[[OrdersGroup], None]) -> None:
    """And the reading of the clock before it."""
    at = Bench(
        measured=False,
        getServerTime=START_MS,
        cancelOrder=REPLY,
        cancelAllOrders={},
        getOrder=row(),
        getCurrentOrders=OrderPage(rows=(row(),)),
    )
    with pytest.raises(DeadlineExceeded):
        withdraw(OrdersGroup(at.desk))

    assert len(at.script.timeouts) > 2
    assert all(timeout is not None and timeout <= 3.0 for timeout in at.script.timeouts)


def test_the_end_of_the_client_ends_a_cancel_all() -> None:
    """No wait takes any time from then on: it would ask without a pause."""
    at, orders = bench(cancelAllOrders={}, getCurrentOrders=OrderPage(rows=(row(),)))
    at.at(0.05, at.watch.end)
    with pytest.raises(ClientClosed):
        orders.cancel_all("BTCUSDT", wait=True)

    assert len(at.script.calls) <= 3
