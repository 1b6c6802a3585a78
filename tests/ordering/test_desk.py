"""What the methods share: the time of a write, and waiting that ends."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sixmm.clock import Deadline
from sixmm.errors import (
    ClientClosed,
    ConnectionClosed,
    DeadlineExceeded,
    NotCarriedOut,
    OutcomeUnknown,
    PaceExceeded,
)
from sixmm.ordering.writes import Kind, Outcome, Target
from sixmm.state.models import Order

from .desks import NOT_FOUND, START_MS, Bench, row

TARGET = Target(symbol="BTCUSDT", client_order_id="a")


def is_ended(order: Order) -> bool:
    """Whether an order has ended."""
    return not order.is_open


def test_a_write_lies_between_two_moments() -> None:
    """In exchange time: not later than the one, not earlier than the other (rule 38)."""
    bench = Bench()
    write = bench.desk.write(Kind.PLACE, TARGET)
    bench.clock.advance(5.0)
    sent = bench.desk.sent(write)

    assert write.earliest_ms <= START_MS
    assert sent.latest_ms == START_MS + 5_000


def test_no_stream_no_hearing() -> None:
    """Without a stream nothing is waited for."""
    bench = Bench(live=False)
    with bench.desk.follow(TARGET) as following:
        assert not bench.desk.hears_of(following)
    assert bench.clock.time_ms() == START_MS


@pytest.mark.parametrize(
    "error", [ConnectionClosed(), NOT_FOUND, PaceExceeded("later", retry_after=1.0)]
)
def test_a_question_that_fails_is_asked_again(error: Exception) -> None:
    """What passes by itself does not end the waiting."""
    answers = [error, error, row("CANCELED", client_order_id="a")]
    bench = Bench(getOrder=lambda _: answers.pop(0))
    with bench.desk.follow(TARGET) as following:
        report = bench.desk.await_order(following, TARGET, is_ended, bench_deadline(bench, 60.0))

    assert report.order.status == "CANCELED"


def test_a_closed_client_ends_the_waiting() -> None:
    """With the error of any call on it."""
    bench = Bench(getOrder=ClientClosed("closed"))
    with bench.desk.follow(TARGET) as following, pytest.raises(ClientClosed):
        bench.desk.await_order(following, TARGET, is_ended, bench_deadline(bench, 60.0))


def test_questions_become_rare() -> None:
    """An order may rest for hours: the exchange is asked every five seconds at most."""
    bench = Bench(getOrder=row(client_order_id="a"), live=False)
    with bench.desk.follow(TARGET) as following, pytest.raises(DeadlineExceeded):
        bench.desk.await_order(following, TARGET, is_ended, bench_deadline(bench, 600.0))

    assert 120 <= len(bench.script.calls) < 130


def test_fills_that_never_come() -> None:
    """The waiting ends, and says what is missing."""
    bench = Bench(getTrades=ConnectionClosed())
    told = Order(
        order_id="1", status="FILLED", rank=3, client_order_id="a", executed_quantity=Decimal(1)
    )
    with bench.desk.follow(TARGET) as following:
        following.tell(orders=[told])
        with pytest.raises(DeadlineExceeded, match="not all of its fills"):
            bench.desk.await_order(following, TARGET, is_ended, bench_deadline(bench, 5.0))


def test_settle() -> None:
    """What is found is returned; what is lost is raised."""
    bench = Bench(getOrder=row(client_order_id="a"))
    unknown = bench.desk.interrupted(bench.desk.write(Kind.PLACE, TARGET))
    found = bench.desk.settle(unknown, bench_deadline(bench, 30.0))
    assert found.outcome is Outcome.CONFIRMED

    bench.script.answers["getOrder"] = NOT_FOUND
    with pytest.raises(NotCarriedOut) as caught:
        bench.desk.settle(unknown, bench_deadline(bench, 30.0))
    assert isinstance(caught.value.__cause__, OutcomeUnknown)


def bench_deadline(bench: Bench, seconds: float) -> Deadline:
    """Return a deadline on the clock of a bench."""
    return Deadline(seconds, clock=bench.clock)
