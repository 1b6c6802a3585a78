"""The calls that place, change and withdraw orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sixmm.errors import ConfigurationError, DecodeError
from sixmm.venues.base import Call
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.enums import (
    CancelType,
    ConditionStatus,
    OrderStatus,
    StrategyStatus,
    StrategyType,
)
from sixmm.venues.sixmm.envelope import parse
from sixmm.venues.sixmm.order_forms import (
    Amendment,
    NewConditionOrder,
    NewOrder,
    OrderRef,
    StrategyLeg,
)

from ..examples import success

BUY = NewOrder(symbol="X", side="BUY", type="MARKET", quantity="1")
STOP = NewConditionOrder(symbol="X", side="SELL", type="STOP_MARKET", quantity="1", stop_price="9")


def test_placing() -> None:
    """The reply to a placement has the id of the order; without one it is none (rule 111)."""
    placed = parse(calls.place_order(BUY), success({"orderId": "1", "status": "NEW"}))
    waiting = parse(
        calls.place_condition_order(STOP), success({"conditionId": "2", "conditionStatus": "NEW"})
    )

    assert (placed.order_id, placed.status) == ("1", OrderStatus.NEW)
    assert (waiting.condition_id, waiting.condition_status) == ("2", ConditionStatus.NEW)
    with pytest.raises(DecodeError, match="orderId"):
        parse(calls.place_order(BUY), success({}))
    with pytest.raises(DecodeError, match="conditionId"):
        parse(calls.place_condition_order(STOP), success({}))


def test_a_strategy() -> None:
    """Legs are sent in their order, each with what drives it (rule 51)."""
    call = calls.place_strategy_order(
        StrategyType.OTO,
        [
            StrategyLeg(sub_id=1, order=BUY),
            StrategyLeg(sub_id=2, order=STOP, first_driven_id=1, first_driven_on="FILLED"),
        ],
    )
    placed = parse(call, success({"strategyId": "3", "strategyStatus": "CANCELLED"}))

    assert call.body is not None
    assert call.body["strategyType"] == "OTO"
    assert [leg["firstDrivenId"] for leg in call.body["subOrderList"]] == [0, 1]
    assert (placed.strategy_id, placed.strategy_status) == ("3", StrategyStatus.CANCELLED)


@pytest.mark.parametrize(
    ("kind", "legs", "problem"),
    [
        ("OTX", [StrategyLeg(sub_id=1, order=BUY)], "strategy_type is one of OTO, OCO, OTOCO"),
        ("OTO", [], "legs must be a list of one or more"),
        ("OTO", [StrategyLeg(sub_id=1, order=BUY)] * 2, "two legs have the same sub_id"),
        ("OTO", [StrategyLeg(sub_id=1, order=BUY, first_driven_id=1)], "which is no other leg"),
        ("OCO", [StrategyLeg(sub_id=1, order=BUY, second_driven_id=5)], "leg 1 is driven by 5"),
        (
            "OTO",
            [
                StrategyLeg(sub_id=1, order=BUY),
                StrategyLeg(
                    sub_id=2, order=NewOrder(symbol="X", side="BUY", type="LIMIT", quantity="1")
                ),
            ],
            r"legs\[1\]: a LIMIT order needs a price",
        ),
    ],
)
def test_a_strategy_that_cannot_be(kind: str, legs: list[StrategyLeg], problem: str) -> None:
    """A leg is driven by another leg that is there, or by none (rule 51)."""
    with pytest.raises(ConfigurationError, match=problem):
        calls.place_strategy_order(kind, legs)


def test_batches() -> None:
    """Several orders go in one call, which may succeed in part (rules 55, 56)."""
    place = calls.batch_place_orders([BUY, BUY])
    amend = calls.batch_amend_orders("X", (Amendment(order_id="1", price="5"),))
    cancel = calls.batch_cancel_orders([OrderRef(symbol="X", order_id="1")])
    data = {
        "successCount": 1,
        "failedCount": 1,
        "results": [
            {"success": True, "orderId": "1", "status": "NEW"},
            {"success": False, "orderId": "", "code": 3001, "message": "balance"},
        ],
    }

    assert len((place.body or {})["orders"]) == 2
    assert amend.body == {"symbol": "X", "orders": [{"orderId": "1", "price": "5"}]}
    assert cancel.body == {"orders": [{"symbol": "X", "orderId": "1"}]}
    for call in (place, amend, cancel):
        reply = parse(call, success(data))
        assert (reply.success_count, reply.failed_count) == (1, 1)
        assert [entry.success for entry in reply.results] == [True, False]
        assert reply.results[1].code == 3001
    for call in (amend, cancel):
        assert parse(call, success(None)).results == ()


@pytest.mark.parametrize("items", [[], None, "BUY", BUY, {1: BUY}])
def test_a_batch_is_a_list(items: Any) -> None:
    """An empty batch, and what is no list, is refused."""
    with pytest.raises(ConfigurationError, match="must be a list of one or more"):
        calls.batch_place_orders(items)


def test_a_refusal_names_the_entry() -> None:
    """Where one entry of a batch cannot be, the text says which."""
    with pytest.raises(ConfigurationError, match=r"^amendments\[1\]: give a new price"):
        calls.batch_amend_orders("X", [Amendment(order_id="1", price="5"), Amendment(order_id="2")])
    with pytest.raises(ConfigurationError, match=r"^references\[0\]: a batch cancel"):
        calls.batch_cancel_orders([OrderRef(symbol="X", client_order_id="c")])


REPLIES: list[Callable[[], Call]] = [
    lambda: calls.cancel_order(symbol="X", order_id="1"),
    lambda: calls.amend_order(symbol="X", order_id="1", price="1"),
]


@pytest.mark.parametrize("make", REPLIES)
@pytest.mark.parametrize("data", [None, {}, {"orderId": "1", "odd": 2}])
def test_replies_of_cancel_and_amend_may_be_empty(data: Any, make: Callable[[], Call]) -> None:
    """Their result is undocumented and says "accepted" at most (rules 59, 111)."""
    reply = parse(make(), success(data))

    assert reply.order_id == (data or {}).get("orderId")


def test_a_condition_order_is_withdrawn_by_its_own_id() -> None:
    """The reply says that it was accepted; both arguments are needed (rule 59)."""
    call = calls.cancel_condition_order("X", "7")

    assert call.body == {"symbol": "X", "conditionId": "7"}
    assert parse(call, success({"conditionId": "7"})).condition_id == "7"
    assert parse(call, success(None)).condition_id is None
    with pytest.raises(ConfigurationError, match="condition_id is missing"):
        calls.cancel_condition_order("X", None)  # type: ignore[arg-type]


def test_an_order_is_named() -> None:
    """A cancel or an amend needs an id, and its symbol (rule 53)."""
    with pytest.raises(ConfigurationError, match="order_id or client_order_id"):
        calls.cancel_order(symbol="X")
    with pytest.raises(ConfigurationError, match="symbol is missing"):
        calls.cancel_order(symbol=None, order_id="1")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="a new price"):
        calls.amend_order(symbol="X", order_id="1")


@pytest.mark.parametrize("kind", [2, CancelType.CONDITION, "CONDITION"])
def test_cancel_all_takes_a_kind_in_any_form(kind: Any) -> None:
    """The kind is sent as its number (rule 57)."""
    assert calls.cancel_all_orders(symbol="X", cancel_type=kind).body == {
        "symbol": "X",
        "cancelType": 2,
    }


def test_cancel_all_is_plain() -> None:
    """Everything is optional, and the reply has no documented fields (rules 57, 58)."""
    call = calls.cancel_all_orders()

    assert call.body == {}
    assert parse(call, success({"odd": 1})).extra == {"odd": 1}
    assert parse(call, success(None)).extra == {}
    with pytest.raises(ConfigurationError, match=r"NORMAL \(0\), LIMIT \(1\), CONDITION \(2\)"):
        calls.cancel_all_orders(cancel_type=3)
