"""Finding out what became of a write: by asking, by listening, and never by sending."""

from __future__ import annotations

import pickle
from decimal import Decimal
from typing import Any

import attrs
import pytest

from sixmm.errors import (
    AuthenticationError,
    ClientClosed,
    ConnectionClosed,
    LocalStateError,
    NotPermitted,
    OutcomeUnknown,
    Throttled,
)
from sixmm.ordering.writes import Kind, Outcome, Target
from sixmm.state.models import Order
from sixmm.venues.sixmm.rest_schema import OrderPage

from .desks import NOT_FOUND, START_MS, Bench, row

TARGET = Target(symbol="BTCUSDT", client_order_id="a")


def unknown(bench: Bench, kind: Kind = Kind.PLACE, *targets: Target) -> OutcomeUnknown:
    """Return the error of a write that was sent now."""
    return bench.desk.interrupted(bench.desk.write(kind, *(targets or (TARGET,))))


def test_found_at_once() -> None:
    """One question is enough where the order is there."""
    bench = Bench(getOrder=row(client_order_id="a"))
    found = bench.desk.resolve(unknown(bench), timeout=30.0)

    assert found.outcome is Outcome.CONFIRMED
    assert found.order is not None
    assert found.order.order_id == "1"
    assert bench.script.names() == ["getOrder"]


def test_not_found_is_final_only_after_the_window() -> None:
    """It is asked again until the exchange would not take the signature any more (rule 38)."""
    bench = Bench(getOrder=NOT_FOUND)
    started = bench.clock.monotonic()
    found = bench.desk.resolve(unknown(bench), timeout=30.0)

    assert found.outcome is Outcome.NOT_DONE
    assert 12.0 < bench.clock.monotonic() - started < 16.0
    assert len(bench.script.calls) < 20


def test_an_order_that_arrives_late_is_found() -> None:
    """A request that was held up on its way is not taken for lost."""
    bench = Bench()
    arrives_at = bench.clock.monotonic() + 9.9
    bench.script.answers["getOrder"] = lambda _: (
        row() if bench.clock.monotonic() >= arrives_at else NOT_FOUND
    )

    assert bench.desk.resolve(unknown(bench), timeout=30.0).outcome is Outcome.CONFIRMED


def test_a_push_is_an_answer() -> None:
    """It ends the waiting at once, also where no question is answered."""
    bench = Bench(getOrder=ConnectionClosed())
    order = Order(
        order_id="1", status="FILLED", rank=3, client_order_id="a", created_at_ms=START_MS
    )
    bench.at(0.05, lambda: bench.watch.see((order,), ()))
    started = bench.clock.monotonic()
    found = bench.desk.resolve(unknown(bench), timeout=30.0)

    assert (found.outcome, found.order) == (Outcome.CONFIRMED, order)
    assert bench.clock.monotonic() - started < 0.1


@pytest.mark.parametrize("error", [ConnectionClosed(), Throttled("slow", code=5003)])
def test_no_answer_is_no_evidence(error: Exception) -> None:
    """Where nobody answers, the outcome stays unknown, with what is needed to try again."""
    bench = Bench(getOrder=error)
    first = unknown(bench)
    with pytest.raises(OutcomeUnknown) as caught:
        bench.desk.resolve(first, timeout=40.0)

    assert caught.value.write == first.write


def test_waits_as_long_as_it_is_asked_to() -> None:
    """A throttled question is repeated after the pause that the exchange asks for."""
    bench = Bench(getOrder=Throttled("slow", code=5003, retry_after=20.0))
    with pytest.raises(OutcomeUnknown):
        bench.desk.resolve(unknown(bench), timeout=30.0)

    assert len(bench.script.calls) <= 3


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationError("no", code=1003),
        NotPermitted("no", code=3006),
        ClientClosed("closed"),
    ],
)
def test_what_will_not_pass_by_itself_ends_the_asking(error: Exception) -> None:
    """It is the cause of the error; the outcome stays unknown."""
    bench = Bench(getOrder=error)
    with pytest.raises(OutcomeUnknown) as caught:
        bench.desk.resolve(unknown(bench), timeout=30.0)

    assert caught.value.__cause__ is error
    assert len(bench.script.calls) == 1


def test_a_batch() -> None:
    """Each target has an outcome of its own."""
    bench = Bench()
    there = {"a": row(client_order_id="a"), "c": row("REJECTED", client_order_id="c")}
    bench.script.answers["getOrder"] = lambda call: there.get(
        dict(call.query)["clientOrderId"], NOT_FOUND
    )
    targets = [Target(symbol="BTCUSDT", client_order_id=name) for name in "abc"]
    found = bench.desk.resolve(unknown(bench, Kind.PLACE, *targets), timeout=30.0)

    outcomes = [part.outcome for part in found.parts]
    assert outcomes == [Outcome.CONFIRMED, Outcome.NOT_DONE, Outcome.REJECTED]


def test_an_amendment() -> None:
    """It is done where the order has the new figures."""
    bench = Bench(getOrder=row(price=Decimal("7.0"), quantity=Decimal(2)))
    target = Target(symbol="BTCUSDT", order_id="1", price=Decimal(7))

    found = bench.desk.resolve(unknown(bench, Kind.AMEND, target), timeout=30.0)
    assert found.outcome is Outcome.CONFIRMED

    target = attrs.evolve(target, price=Decimal(8))
    found = bench.desk.resolve(unknown(bench, Kind.AMEND, target), timeout=30.0)
    assert found.outcome is Outcome.NOT_DONE


def test_only_orders() -> None:
    """Other writes have no order to look for."""
    bench = Bench()
    error = OutcomeUnknown("x", operation="setLeverage")
    with pytest.raises(LocalStateError, match="setLeverage"):
        bench.desk.resolve(error, timeout=30.0)


def test_nothing_but_questions() -> None:
    """Whatever is asked while it is found out changes nothing."""
    bench = Bench(getOrder=NOT_FOUND)
    bench.desk.resolve(unknown(bench), timeout=30.0)
    written: list[Any] = [call for call in bench.script.calls if call.writes]

    assert not written


def test_nothing_is_certain_by_a_clock_that_was_not_read() -> None:
    """In another process the local clock may be a minute ahead: the window seems to be over."""
    error = unknown(Bench(getOrder=NOT_FOUND))
    bench = Bench(getOrder=NOT_FOUND, ahead_ms=60_000, measured=False)
    with pytest.raises(OutcomeUnknown):
        bench.desk.resolve(error, timeout=5.0)


@pytest.mark.parametrize("created_at_ms", [1, None])
def test_a_push_of_an_older_order_is_no_answer(created_at_ms: int | None) -> None:
    """It may be told again while the new one is looked for; nobody may know how old it is."""
    bench = Bench(getOrder=NOT_FOUND)
    older = Order(
        order_id="1",
        status="CANCELED",
        rank=3,
        client_order_id="a",
        created_at_ms=created_at_ms,
    )
    bench.at(0.05, lambda: bench.watch.see((older,), ()))

    assert bench.desk.resolve(unknown(bench), timeout=30.0).outcome is Outcome.NOT_DONE


def test_a_closed_client_ends_the_asking() -> None:
    """No wait takes any time from then on: it would ask without a pause."""
    bench = Bench(getOrder=NOT_FOUND)
    bench.at(0.05, bench.watch.end)
    with pytest.raises(OutcomeUnknown):
        bench.desk.resolve(unknown(bench), timeout=30.0)

    assert len(bench.script.calls) <= 3


def test_a_cancel_all_is_not_done_before_it_cannot_arrive_any_more() -> None:
    """It would withdraw what is placed meanwhile (rule 58)."""
    bench = Bench(getCurrentOrders=OrderPage(rows=()))
    started = bench.clock.monotonic()
    found = bench.desk.resolve(unknown(bench, Kind.CANCEL_ALL, Target()), timeout=30.0)

    assert found.outcome is Outcome.CONFIRMED
    assert bench.clock.monotonic() - started > 12.0


def test_a_write_that_names_no_order() -> None:
    """There is nothing to ask for, so nothing is concluded."""
    bench = Bench()
    error = bench.desk.interrupted(bench.desk.write(Kind.PLACE_STRATEGY))
    with pytest.raises(LocalStateError, match="names no order"):
        bench.desk.resolve(error, timeout=30.0)


def test_a_name_that_is_used_again_at_once() -> None:
    """The order of the first write is not taken for that of the second (rule 115)."""
    bench = Bench(getOrder=row(client_order_id="a"))
    first = bench.desk.resolve(unknown(bench), timeout=30.0)
    assert first.outcome is Outcome.CONFIRMED

    second = pickle.loads(pickle.dumps(unknown(bench)))
    found = bench.desk.resolve(second, timeout=30.0)
    assert (found.outcome, found.order) == (Outcome.NOT_DONE, None)


def test_an_outcome_that_was_found_stays() -> None:
    """To ask a second time what became of a write gives the same answer."""
    bench = Bench(getOrder=row(client_order_id="a"))
    error = unknown(bench)

    assert bench.desk.resolve(error, timeout=30.0) == bench.desk.resolve(error, timeout=30.0)
