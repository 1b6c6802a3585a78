"""What the methods share: the time of a write, and waiting that ends."""

from __future__ import annotations

import pickle
from decimal import Decimal

import pytest

from sixmm.clock import Deadline
from sixmm.errors import (
    AuthenticationError,
    ClientClosed,
    ConnectionClosed,
    DeadlineExceeded,
    LocalStateError,
    NotCarriedOut,
    OutcomeUnknown,
    PaceExceeded,
)
from sixmm.ordering.writes import Kind, Outcome, Target
from sixmm.state.models import Order
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.order_forms import NewOrder
from sixmm.venues.sixmm.rest_schema import BatchEntry, BatchReply

from .desks import NOT_FOUND, START_MS, Bench, row

TARGET = Target(symbol="BTCUSDT", client_order_id="a")
ORDER = NewOrder(symbol="BTCUSDT", side="BUY", price="5", quantity="1", client_order_id="a")


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


def test_the_clock_is_read_before_the_first_write() -> None:
    """By a local clock that is ahead, an order would seem to be from before its write (rule 39)."""
    bench = Bench(ahead_ms=60_000, measured=False)
    bench.script.answers["getServerTime"] = lambda _: bench.clock.time_ms() - 60_000
    write = bench.desk.write(Kind.PLACE, TARGET)
    assert START_MS - 50 <= write.earliest_ms <= START_MS + 10
    bench.desk.write(Kind.PLACE, TARGET)
    assert bench.script.names() == ["getServerTime"]


def test_reading_the_clock_takes_no_longer_than_the_caller_waits() -> None:
    """It is part of the call; where it fails, nothing was sent."""
    bench = Bench(measured=False, getServerTime=DeadlineExceeded("no answer"))
    with pytest.raises(DeadlineExceeded):
        bench.desk.write(Kind.PLACE, TARGET, deadline=bench_deadline(bench, 3.0))
    assert bench.script.timeouts == [3.0]


def test_a_write_knows_the_orders_of_before() -> None:
    """Only those of its names, and only a placement: others are about orders that are there."""
    bench = Bench()
    bench.desk.confirmed(TARGET, order_id="1")
    bench.desk.confirmed(TARGET, condition_id="7")
    bench.desk.confirmed(Target(symbol="BTCUSDT", client_order_id="b"), order_id="2")
    write = bench.desk.write(Kind.PLACE, TARGET)

    assert (write.other_orders, write.other_conditions) == (("1",), ("7",))
    assert bench.desk.write(Kind.CANCEL, TARGET).other_orders == ()


def test_a_wish_that_did_not_arrive() -> None:
    """The order is open and stays so: the caller is told, and does not wait for an end."""
    bench = Bench(getOrder=row(client_order_id="a"))
    unknown = bench.desk.interrupted(bench.desk.write(Kind.CANCEL, TARGET))
    with pytest.raises(NotCarriedOut):
        bench.desk.settle(unknown, bench_deadline(bench, 30.0))

    bench.script.answers["getOrder"] = row("FILLED", client_order_id="a")
    found = bench.desk.settle(unknown, bench_deadline(bench, 30.0))
    assert found.outcome is Outcome.NOT_DONE, "it has ended by itself, which is what counts"


@pytest.mark.parametrize("error", [ClientClosed("closed"), AuthenticationError("no", code=1001)])
def test_an_order_that_cannot_be_followed_any_more(error: Exception) -> None:
    """What keeps the caller from asking does not say that nothing was sent."""
    bench = Bench(getOrder=error)
    write = bench.desk.write(Kind.PLACE, TARGET)
    with bench.desk.follow(TARGET) as following, pytest.raises(OutcomeUnknown) as caught:
        bench.desk.await_order(following, TARGET, is_ended, bench_deadline(bench, 60.0), write)

    assert caught.value.__cause__ is error
    assert caught.value.client_order_id == "a"
    assert caught.value.write == bench.desk.sent(write)
    assert pickle.loads(pickle.dumps(caught.value)).write == caught.value.write


def test_no_pause_on_a_closed_client() -> None:
    """It would not be one, and who pauses would do so again and again."""
    bench = Bench()
    bench.watch.end()
    with pytest.raises(ClientClosed):
        bench.desk.pause(bench_deadline(bench, 1.0))


def test_a_batch_that_is_clear() -> None:
    """There is nothing to find out, and what was placed is known from then on."""
    bench = Bench(batchPlaceOrders=BatchReply(results=(BatchEntry(success=True, order_id="1"),)))
    reply = bench.desk.send_batch(
        calls.batch_place_orders([ORDER]), bench.desk.write(Kind.PLACE, TARGET)
    )
    assert bench.desk.unclear(reply) is None
    assert bench.desk.write(Kind.PLACE, TARGET).other_orders == ("1",)
    with pytest.raises(LocalStateError, match="latest batches"):
        bench.desk.unclear(BatchReply())
