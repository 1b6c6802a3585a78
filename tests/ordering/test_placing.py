"""Placing: sent once, and the outcome is what is known of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sixmm.errors import (
    ConfigurationError,
    DeadlineExceeded,
    DuplicateOrder,
    InsufficientBalance,
    InvalidOrder,
    NotCarriedOut,
    OutcomeUnknown,
)
from sixmm.ordering import OrdersGroup
from sixmm.ordering.writes import Kind, Outcome, Target
from sixmm.state.models import Fill, Order
from sixmm.venues.sixmm.order_forms import NewOrder, StrategyLeg
from sixmm.venues.sixmm.rest_schema import (
    BatchEntry,
    BatchReply,
    FillRow,
    PlacedCondition,
    PlacedOrder,
    PlacedStrategy,
    SymbolRow,
    Symbols,
    TradePage,
)

from .desks import NOT_FOUND, START_MS, Bench, row

SYMBOLS = Symbols(rows=(SymbolRow(symbol="BTCUSDT", tick_size=Decimal("0.1")),))
FILLED = Order(
    order_id="1",
    status="FILLED",
    rank=3,
    client_order_id="a",
    symbol="BTCUSDT",
    executed_quantity=Decimal(2),
    created_at_ms=START_MS,
)
FILLS = [
    Fill(fill_id=f"f{number}", order_id="1", quantity=Decimal(1), price=Decimal(5))
    for number in (1, 2)
]


def bench(**answers: Any) -> tuple[Bench, OrdersGroup]:
    """Return a bench that knows the symbols, and the group on it."""
    made = Bench(**{"getSymbols": SYMBOLS, "getOrder": NOT_FOUND, **answers})
    return made, OrdersGroup(made.desk)


def lost() -> OutcomeUnknown:
    """Return the error of a call without an answer."""
    return OutcomeUnknown("placeOrder: no answer", operation="placeOrder", request_id="r1")


def placed(call: Any) -> PlacedOrder:
    """Answer a placement."""
    return PlacedOrder(order_id="1", client_order_id=call.body["clientOrderId"], status="NEW")


def place(orders: OrdersGroup, **changes: Any) -> PlacedOrder:
    """Place a small order."""
    order: dict[str, Any] = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "price": "5",
        "quantity": "2",
        "client_order_id": "a",
    }
    return orders.place(**{**order, **changes})


def test_confirmed() -> None:
    """The reply is returned, and there was one request that changes anything."""
    at, orders = bench(placeOrder=placed)

    assert place(orders).order_id == "1"
    assert [call.operation for call in at.script.calls if call.writes] == ["placeOrder"]


def test_an_id_is_made_where_none_is_given() -> None:
    """So that the order can be found, whatever becomes of the reply (rule 45)."""
    _, orders = bench(placeOrder=placed)
    names = {place(orders, client_order_id=None).client_order_id for _ in range(3)}

    assert len(names) == 3
    assert all(name and name.startswith("sx-") for name in names)


def test_refused_here() -> None:
    """A rule of the symbol that is broken is told before anything is sent (rule 43)."""
    at, orders = bench(placeOrder=placed)
    with pytest.raises(InvalidOrder) as caught:
        place(orders, price="5.05")
    assert caught.value.field == "price"
    assert at.script.names() == ["getSymbols"]

    place(orders, price="5.05", check=False)
    assert at.script.names() == ["getSymbols", "placeOrder"]


def test_rejected() -> None:
    """What the exchange refuses is raised as it is."""
    _, orders = bench(placeOrder=InsufficientBalance("too low", code=3001))
    with pytest.raises(InsufficientBalance):
        place(orders)


def test_unknown() -> None:
    """Where nothing is told in a moment, the error has what is needed to find out."""
    at, orders = bench(placeOrder=lambda _: lost())
    with pytest.raises(OutcomeUnknown) as caught:
        place(orders)

    error = caught.value
    assert error.client_order_id == "a"
    assert error.write is not None
    assert error.write.kind is Kind.PLACE
    assert error.write.earliest_ms <= START_MS + 20 <= error.write.latest_ms + 1
    assert len([call for call in at.script.calls if call.writes]) == 1


@pytest.mark.parametrize("seconds", [0.0, 0.5])
def test_a_push_confirms(seconds: float) -> None:
    """The stream may tell of the order before the reply is lost, or a moment after."""
    at, orders = bench()

    def answer(_: Any) -> OutcomeUnknown:
        if seconds:
            at.at(seconds, lambda: at.watch.see((FILLED,), ()))
        else:
            at.watch.see((FILLED,), ())
        return lost()

    at.script.answers["placeOrder"] = answer

    assert str(place(orders).status) == "FILLED"


def test_a_duplicate_that_is_the_order_itself() -> None:
    """A request that arrived twice is refused the second time, and the order is there."""
    _, orders = bench(
        placeOrder=DuplicateOrder("again", code=3004), getOrder=row(client_order_id="a")
    )

    assert place(orders).order_id == "1"


@pytest.mark.parametrize("created_at", [START_MS - 60_000, None])
def test_a_duplicate_of_an_older_order(created_at: int | None) -> None:
    """An id that was used before is refused, and the older order is not taken for this one."""
    _, orders = bench(
        placeOrder=DuplicateOrder("again", code=3004),
        getOrder=row(client_order_id="a", created_at=created_at),
    )
    with pytest.raises(DuplicateOrder):
        place(orders)


# Waiting


def wait(orders: OrdersGroup, **changes: Any) -> Any:
    """Place a small order and wait for it."""
    order: dict[str, Any] = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "price": "5",
        "quantity": "2",
        "client_order_id": "a",
    }
    return orders.place_and_wait(**{**order, **changes})


def test_the_stream_tells_the_end() -> None:
    """With the fills that it told; nothing is asked."""
    at, orders = bench(placeOrder=placed)
    at.at(1.0, lambda: at.watch.see((FILLED,), FILLS))
    report = wait(orders)

    assert (report.order, report.fills) == (FILLED, tuple(FILLS))
    assert at.script.names() == ["getSymbols", "placeOrder"]


def test_without_a_stream_it_is_asked() -> None:
    """The state and the fills come from queries then."""
    fills = [FillRow(fill_id=f"f{number}", order_id="1", quantity=Decimal(1)) for number in (2, 1)]
    _, orders = bench(
        placeOrder=placed,
        getOrder=row("FILLED", client_order_id="a", executed_quantity=Decimal(2)),
        getTrades=TradePage(rows=tuple(fills)),
    )
    report = wait(orders)

    assert str(report.order.status) == "FILLED"
    assert [fill.fill_id for fill in report.fills] == ["f1", "f2"]


def test_fills_that_the_stream_did_not_tell() -> None:
    """The report has them all: what is missing is asked for."""
    rows = [FillRow(fill_id=f.fill_id, order_id="1", quantity=Decimal(1)) for f in FILLS]
    at, orders = bench(placeOrder=placed, getTrades=TradePage(rows=tuple(rows)))
    at.at(1.0, lambda: at.watch.see((FILLED,), FILLS[:1]))

    assert {fill.fill_id for fill in wait(orders).fills} == {"f1", "f2"}


def test_a_lost_reply_is_resolved_on_the_way() -> None:
    """The order is found, and then waited for."""
    at, orders = bench(placeOrder=lambda _: lost())
    at.script.answers["getOrder"] = row(client_order_id="a", executed_quantity=Decimal(0))
    at.at(5.0, lambda: at.watch.see((FILLED,), FILLS))

    assert wait(orders).order == FILLED
    assert len([call for call in at.script.calls if call.writes]) == 1


def test_an_order_that_got_lost() -> None:
    """It is told as such when it is certain, and not before."""
    at, orders = bench(placeOrder=lambda _: lost())
    started = at.clock.monotonic()
    with pytest.raises(NotCarriedOut):
        wait(orders)

    assert at.clock.monotonic() - started > 12.0


def test_until_it_rests() -> None:
    """An order in the book is enough where that is asked for."""
    at, orders = bench(placeOrder=placed)
    resting = Order(order_id="1", status="PENDING", rank=1, executed_quantity=Decimal(0))
    at.at(0.5, lambda: at.watch.see((resting,), ()))

    assert wait(orders, until="open").order == resting


def test_not_in_time() -> None:
    """The order stays as it is, and the error says how it is."""
    at, orders = bench(placeOrder=placed, getOrder=row(client_order_id="a"))
    with pytest.raises(DeadlineExceeded, match="PENDING"):
        wait(orders, timeout=10.0)

    assert [call.operation for call in at.script.calls if call.writes] == ["placeOrder"]


# Others


def test_a_batch() -> None:
    """Each order has an id, and the reply is told as it is."""
    reply = BatchReply(success_count=2, failed_count=0, results=())
    at, orders = bench(batchPlaceOrders=reply)
    batch = [
        NewOrder(symbol="BTCUSDT", side="BUY", price="5", quantity="1"),
        NewOrder(symbol="BTCUSDT", side="SELL", price="6", quantity="1", client_order_id="b"),
    ]

    assert orders.place_batch(batch) == reply
    sent = [entry["clientOrderId"] for entry in at.script.calls[-1].body["orders"]]
    assert sent[0].startswith("sx-")
    assert sent[1] == "b"


def test_a_condition_order() -> None:
    """It is checked, named and sent."""
    at, orders = bench(placeConditionOrder=PlacedCondition(condition_id="7"))
    done = orders.place_condition(
        symbol="BTCUSDT", side="SELL", type="STOP_MARKET", stop_price="4", quantity="1"
    )
    assert done.condition_id == "7"
    target = Target(symbol="BTCUSDT", client_order_id=at.script.calls[-1].body["clientOrderId"])
    assert at.desk.write(Kind.PLACE_CONDITION, target).other_conditions == ("7",)
    assert at.script.calls[-1].body["clientOrderId"].startswith("sx-")
    with pytest.raises(InvalidOrder):
        orders.place_condition(symbol="BTCUSDT", side="SELL", type="STOP_MARKET", quantity="1")


def test_a_strategy() -> None:
    """Every leg is named; an unknown outcome is looked for by the leg that goes first."""
    at, orders = bench(placeStrategyOrder=PlacedStrategy(strategy_id="9"))
    legs = [
        StrategyLeg(
            sub_id=1, order=NewOrder(symbol="BTCUSDT", side="BUY", price="5", quantity="1")
        ),
        StrategyLeg(
            sub_id=2,
            order=NewOrder(symbol="BTCUSDT", side="SELL", price="6", quantity="1"),
            first_driven_id=1,
            first_driven_on="FILLED",
            first_trigger="PLACE",
        ),
    ]
    assert orders.place_strategy("OTO", legs).strategy_id == "9"

    at.script.answers["placeStrategyOrder"] = lost()
    with pytest.raises(OutcomeUnknown) as caught:
        orders.place_strategy("OTO", legs)
    assert caught.value.write is not None
    assert len(caught.value.write.targets) == 1


def test_a_lost_order_with_the_name_of_an_older_one() -> None:
    """The older one is not reported: it is certain that the new one was not placed."""
    older = row("CANCELED", client_order_id="a", created_at=START_MS - 60_000)
    _, orders = bench(placeOrder=lambda _: lost(), getOrder=older)
    with pytest.raises(NotCarriedOut):
        wait(orders)


def test_an_older_order_that_is_told_while_the_new_one_is_placed() -> None:
    """The report is about the order of the reply."""
    at, orders = bench(getOrder=row("FILLED", order_id="2", executed_quantity=Decimal(0)))

    def answer(_: Any) -> PlacedOrder:
        older = Order(order_id="1", status="CANCELED", rank=3, client_order_id="a")
        at.watch.see((older,), ())
        return PlacedOrder(order_id="2", client_order_id="a", status="NEW")

    at.script.answers["placeOrder"] = answer
    assert wait(orders).order.order_id == "2"


def test_waiting_bounds_everything() -> None:
    """The first call of a client reads the rules and the clock: they are part of the wait."""
    at = Bench(measured=False, getSymbols=SYMBOLS, getServerTime=START_MS, placeOrder=placed)
    at.script.answers["getOrder"] = NOT_FOUND
    with pytest.raises(DeadlineExceeded):
        wait(OrdersGroup(at.desk), timeout=3.0)

    assert at.script.names()[:3] == ["getSymbols", "getServerTime", "placeOrder"]
    assert all(timeout is not None and timeout <= 3.0 for timeout in at.script.timeouts)


def test_a_strategy_whose_legs_exclude_each_other() -> None:
    """Both are placed at once, so it is looked for by the first (rule 51)."""
    _, orders = bench(placeStrategyOrder=lambda _: lost())
    with pytest.raises(OutcomeUnknown) as caught:
        orders.place_strategy("OCO", legs("CANCEL"))
    assert caught.value.client_order_id == "leg-1"


def test_a_strategy_that_cannot_begin() -> None:
    """No leg would ever be placed, and there is none to look for: nothing is sent."""
    at, orders = bench()
    with pytest.raises(ConfigurationError, match="waits for another"):
        orders.place_strategy("OTO", legs("PLACE"))
    assert at.script.names() == []


def legs(trigger: str) -> list[StrategyLeg]:
    """Return two legs, each of which is driven by the other one."""
    return [
        StrategyLeg(
            sub_id=number,
            order=NewOrder(
                symbol="BTCUSDT",
                side="BUY",
                price="5",
                quantity="1",
                client_order_id=f"leg-{number}",
            ),
            first_driven_id=3 - number,
            first_driven_on="FILLED",
            first_trigger=trigger,
        )
        for number in (1, 2)
    ]


def test_an_unclear_entry_of_a_batch() -> None:
    """The exchange failed in it: it is found out like any other outcome (rule 107)."""
    results = (
        BatchEntry(success=True, client_order_id="a", order_id="1"),
        BatchEntry(success=False, client_order_id="b", code=5001),
    )
    at, orders = bench(batchPlaceOrders=BatchReply(results=results))
    batch = [
        NewOrder(symbol="BTCUSDT", side="BUY", price="5", quantity="1", client_order_id=name)
        for name in "ab"
    ]
    unclear = orders.unclear(orders.place_batch(batch))
    assert unclear is not None
    assert unclear.client_order_id == "b"
    at.script.answers["getOrder"] = row(order_id="2", client_order_id="b")
    found = orders.resolve(unclear)

    assert [part.target.client_order_id for part in found.parts] == ["b"]
    assert found.outcome is Outcome.CONFIRMED
