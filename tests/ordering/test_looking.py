"""What is asked about a write, in which order, and what is made of the answers."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.clock import Deadline, ManualClock
from sixmm.errors import ConnectionClosed, NotPermitted
from sixmm.ordering.deciding import Evidence
from sixmm.ordering.looking import look, look_up_order
from sixmm.ordering.resolving import run_plan
from sixmm.ordering.writes import Kind, Target, Write
from sixmm.venues.base import Call
from sixmm.venues.sixmm.rest_schema import ConditionPage, ConditionRow, OrderPage

from .desks import NOT_FOUND, START_MS, Script, row

BY_NAME = Target(symbol="BTCUSDT", client_order_id="a")
BY_ID = Target(symbol="BTCUSDT", condition_id="7")


def seen(kind: Kind, target: Target, **answers: Any) -> tuple[Evidence, list[str]]:
    """Look for a write; return the evidence and the calls."""
    facts = answers.pop("facts", {})
    script = Script(ManualClock(), **answers)
    write = Write(
        kind=kind, targets=(target,), earliest_ms=START_MS, latest_ms=START_MS + 10, **facts
    )
    return run_plan(look(write, target), script, Deadline(None)), script.names()


def condition(condition_id: str = "7", status: str = "NEW", **fields: Any) -> ConditionRow:
    """Return the row of a condition order."""
    return ConditionRow(condition_id=condition_id, condition_status=status, **fields)


EMPTY = ConditionPage(rows=())


@pytest.mark.parametrize("kind", [Kind.PLACE, Kind.AMEND, Kind.CANCEL])
def test_an_order(kind: Kind) -> None:
    """One call tells all that is needed."""
    evidence, names = seen(kind, BY_NAME, getOrder=row(client_order_id="a"))

    assert evidence.order is not None
    assert names == ["getOrder"]


def test_an_order_that_is_not_there() -> None:
    """Code 3003 is an answer; every other error is none."""
    assert seen(Kind.PLACE, BY_NAME, getOrder=NOT_FOUND)[0] == Evidence()
    with pytest.raises(ConnectionClosed):
        seen(Kind.PLACE, BY_NAME, getOrder=ConnectionClosed())
    with pytest.raises(NotPermitted):
        seen(Kind.PLACE, BY_NAME, getOrder=NotPermitted("no", code=3006))


def test_the_id_of_the_exchange_goes_first() -> None:
    """Given both ids an order has to match both, and one is enough (rule 52)."""
    script = Script(ManualClock(), getOrder=row())
    target = Target(symbol="BTCUSDT", order_id="1", client_order_id="a")
    run_plan(look_up_order(target), script, Deadline(None))

    assert dict(script.calls[0].query) == {"symbol": "BTCUSDT", "orderId": "1"}


def test_a_condition_order_that_waits() -> None:
    """It is in the list of those that wait."""
    page = ConditionPage(rows=(condition("6"), condition(client_order_id="a")))
    evidence, names = seen(Kind.PLACE_CONDITION, BY_NAME, getCurrentConditionOrders=page)

    assert (evidence.condition_id, evidence.condition_status) == ("7", "NEW")
    assert names == ["getCurrentConditionOrders"]


def test_a_condition_order_that_has_fired() -> None:
    """It moves from the one list to the other, so they are read in this order."""
    evidence, names = seen(
        Kind.CANCEL_CONDITION,
        BY_ID,
        getCurrentConditionOrders=EMPTY,
        getConditionOrderHistory=ConditionPage(rows=(condition(status="TRIGGERED"),)),
    )

    assert evidence.condition_status == "TRIGGERED"
    assert names == ["getCurrentConditionOrders", "getConditionOrderHistory"]


def test_the_order_that_a_condition_order_became() -> None:
    """It has the same name."""
    evidence, _ = seen(
        Kind.PLACE_CONDITION,
        BY_NAME,
        getCurrentConditionOrders=EMPTY,
        getConditionOrderHistory=EMPTY,
        getOrder=row(client_order_id="a"),
    )

    assert evidence.order is not None


def test_a_history_of_many_pages() -> None:
    """It is read to its end."""
    full = ConditionPage(rows=tuple(condition(str(number)) for number in range(100, 200)))

    def answer(call: Call) -> ConditionPage:
        page = int(dict(call.query)["page"])
        return full if page < 3 else ConditionPage(rows=(condition(),))

    evidence, names = seen(
        Kind.CANCEL_CONDITION,
        BY_ID,
        getCurrentConditionOrders=EMPTY,
        getConditionOrderHistory=answer,
    )
    assert evidence.condition_id == "7"
    assert names.count("getConditionOrderHistory") == 3


def test_open_orders_of_a_cancel_all() -> None:
    """Those from before count, on every page; later ones do not."""
    later = tuple(row(order_id=str(n), created_at=START_MS + 1_000) for n in range(100))

    def answer(call: Call) -> OrderPage:
        if "lastOrderId" not in dict(call.query):
            return OrderPage(rows=later)
        return OrderPage(rows=(row(order_id="500"), row(order_id="501")))

    target = Target(symbol="BTCUSDT")
    assert seen(Kind.CANCEL_ALL, target, getCurrentOrders=answer)[0].remaining == 2
    only_limits = {"limit_orders_only": True}
    evidence, _ = seen(Kind.CANCEL_ALL, target, getCurrentOrders=answer, facts=only_limits)
    assert evidence.remaining == 0


def test_open_condition_orders_of_a_cancel_all() -> None:
    """They have a list of their own."""
    page = ConditionPage(rows=(condition(created_at=START_MS), condition(created_at=START_MS * 2)))
    evidence, names = seen(
        Kind.CANCEL_ALL,
        Target(),
        getCurrentConditionOrders=page,
        facts={"conditions_only": True},
    )

    assert evidence.remaining == 1
    assert names == ["getCurrentConditionOrders"]


def test_an_older_condition_order_of_the_same_name() -> None:
    """It was made before the write, or is known to be of another one (rule 115)."""
    target = Target(symbol="BTCUSDT", client_order_id="a")
    early, known, meant = (
        condition("7", client_order_id="a", created_at=START_MS - 60_000),
        condition("8", client_order_id="a", created_at=START_MS),
        condition("9", client_order_id="a", created_at=START_MS),
    )
    write = Write(
        kind=Kind.PLACE_CONDITION,
        targets=(target,),
        earliest_ms=START_MS,
        latest_ms=START_MS,
        other_conditions=("8",),
    )
    script = Script(
        ManualClock(), getCurrentConditionOrders=ConditionPage(rows=(early, known, meant))
    )
    found = run_plan(look(write, target), script, Deadline(None))

    assert found.condition_id == "9"
