"""A block that ends badly leaves no order behind, or says which."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sixmm.errors import (
    AuthenticationError,
    ClientClosed,
    ConnectFailed,
    ConnectionClosed,
    InsufficientBalance,
    NotCancelable,
    OutcomeUnknown,
)
from sixmm.ordering import OrderScope, OrdersGroup
from sixmm.venues.base import Call
from sixmm.venues.sixmm.order_forms import NewOrder
from sixmm.venues.sixmm.rest_schema import (
    BatchEntry,
    BatchReply,
    CancelReply,
    ConditionCancelReply,
    ConditionPage,
    ConditionRow,
    PlacedCondition,
    PlacedOrder,
    SymbolRow,
    Symbols,
)

from .desks import NOT_FOUND, START_MS, Bench, row

SYMBOLS = Symbols(rows=(SymbolRow(symbol="BTCUSDT"),))


class Market:
    """The orders of a little exchange."""

    def __init__(self) -> None:
        self.open: dict[str, str] = {}
        self.ended: set[str] = set()
        self.loses: str = ""
        """Whether the next placement loses its ``request`` or its ``reply``."""
        self.bench = Bench(
            getSymbols=SYMBOLS,
            placeOrder=self.place,
            batchPlaceOrders=self.place_batch,
            cancelOrder=self.cancel,
            getOrder=self.get,
            placeConditionOrder=PlacedCondition(condition_id="7"),
            cancelConditionOrder=ConditionCancelReply(condition_id="7"),
        )
        self.orders = OrdersGroup(self.bench.desk)

    def run(
        self, block: Callable[[OrderScope], Any], *, ends_with: type[BaseException]
    ) -> OrderScope:
        """Run a block that ends badly; return its scope."""
        scope = self.orders.scope("BTCUSDT")

        def whole() -> None:
            with scope:
                block(scope)

        with pytest.raises(ends_with):
            whole()
        return scope

    def place(self, call: Call) -> Any:
        """Place an order."""
        assert call.body is not None
        name, lost, self.loses = call.body["clientOrderId"], self.loses, ""
        if lost != "request":
            self.open[name] = str(len(self.open) + 1)
        if lost:
            return OutcomeUnknown("no answer", operation="placeOrder")
        return PlacedOrder(order_id=self.open[name], client_order_id=name)

    def place_batch(self, call: Call) -> Any:
        """Place several."""
        assert call.body is not None
        for entry in call.body["orders"]:
            self.open[entry["clientOrderId"]] = "1"
        return BatchReply(success_count=len(self.open), failed_count=0, results=())

    def cancel(self, call: Call) -> Any:
        """Cancel an order."""
        assert call.body is not None
        name = call.body["clientOrderId"]
        if name not in self.open:
            return NOT_FOUND
        del self.open[name]
        self.ended.add(name)
        return CancelReply(client_order_id=name)

    def get(self, call: Call) -> Any:
        """Tell an order."""
        name = dict(call.query)["clientOrderId"]
        if name in self.open:
            return row(client_order_id=name, executed_quantity=Decimal(0))
        if name in self.ended:
            return row("CANCELED", client_order_id=name, executed_quantity=Decimal(0))
        return NOT_FOUND


@pytest.fixture
def market() -> Market:
    """Make an exchange without orders."""
    return Market()


def place(scope: Any) -> Any:
    """Place an order in a block."""
    return scope.place(side="BUY", price="5", quantity="1")


def test_a_block_that_ends_well_leaves_its_orders(market: Market) -> None:
    """They are what it was for."""
    with market.orders.scope("BTCUSDT") as scope:
        place(scope)

    assert len(market.open) == 1
    assert scope.left_open == ()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, ConnectionClosed])
def test_a_block_that_ends_badly_cancels_them(market: Market, error: type[BaseException]) -> None:
    """Whatever ends it, and that is what is raised."""

    def trade(scope: OrderScope) -> None:
        place(scope)
        place(scope)
        scope.place_batch([NewOrder(symbol="BTCUSDT", side="BUY", price="5", quantity="1")])
        raise error

    scope = market.run(trade, ends_with=error)
    assert not market.open
    assert len(market.ended) == 3
    assert scope.left_open == ()


@pytest.mark.parametrize("loses", ["request", "reply"])
def test_an_order_of_unknown_outcome(market: Market, loses: str) -> None:
    """It is looked for, and cancelled where it is there."""
    market.loses = loses
    scope = market.run(place, ends_with=OutcomeUnknown)

    assert not market.open
    assert len(market.ended) == (loses == "reply")
    assert scope.left_open == ()


def test_an_interrupt_while_it_is_sent(market: Market) -> None:
    """Nobody knows whether it arrived: it is looked for like one without an answer."""
    sent = market.place

    def interrupted(call: Call) -> Any:
        sent(call)
        raise KeyboardInterrupt

    market.bench.script.answers["placeOrder"] = interrupted
    scope = market.run(place, ends_with=KeyboardInterrupt)

    assert not market.open
    assert len(market.ended) == 1
    assert scope.left_open == ()


def test_a_refused_order_is_not_looked_for(market: Market) -> None:
    """There is nothing to cancel."""
    market.bench.script.answers["placeOrder"] = InsufficientBalance("no", code=3001)
    market.run(place, ends_with=InsufficientBalance)

    assert "cancelOrder" not in market.bench.script.names()


def test_what_could_not_be_cancelled_is_told(
    market: Market, caplog: pytest.LogCaptureFixture
) -> None:
    """By name, in the log and at the block; the error of the block is raised all the same."""
    broken = ConnectionClosed(reason="gone")

    def trade(scope: OrderScope) -> None:
        place(scope)
        market.bench.script.answers.update(cancelOrder=broken, getOrder=broken)
        raise ValueError

    scope = market.run(trade, ends_with=ValueError)
    assert scope.left_open == tuple(market.open)
    assert scope.left_open[0] in caplog.text


def test_a_condition_order_is_cancelled_by_its_own_call(market: Market) -> None:
    """It has an id of its own."""

    def trade(scope: OrderScope) -> None:
        scope.place_condition(side="SELL", type="STOP_MARKET", stop_price="4", quantity="1")
        raise ValueError

    market.run(trade, ends_with=ValueError)
    assert market.bench.script.names()[-1] == "cancelConditionOrder"


def test_a_name_that_is_used_again_and_refused(market: Market) -> None:
    """The first order of that name is there, and is cancelled."""

    def trade(scope: OrderScope) -> None:
        scope.place(side="BUY", price="5", quantity="1", client_order_id="a")
        market.bench.script.answers["placeOrder"] = InsufficientBalance("no", code=3001)
        scope.place(side="BUY", price="5", quantity="1", client_order_id="a")

    market.run(trade, ends_with=InsufficientBalance)
    assert market.ended == {"a"}


def test_a_condition_order_whose_reply_is_lost(market: Market) -> None:
    """It is looked for, and cancelled by the id that was found."""
    made = ConditionRow(condition_id="8", client_order_id="c", created_at=START_MS)
    market.bench.script.answers.update(
        placeConditionOrder=OutcomeUnknown("no answer", operation="placeConditionOrder"),
        getCurrentConditionOrders=ConditionPage(rows=(made,)),
        cancelConditionOrder=ConditionCancelReply(condition_id="8"),
    )
    scope = market.run(place_condition, ends_with=OutcomeUnknown)

    assert market.bench.script.calls[-1].operation == "cancelConditionOrder"
    assert market.bench.script.calls[-1].body == {"symbol": "BTCUSDT", "conditionId": "8"}
    assert scope.left_open == ()


@pytest.mark.parametrize("error", [NotCancelable("no", code=3005), NOT_FOUND])
def test_a_condition_order_that_has_fired(market: Market, error: Exception) -> None:
    """What it has become has its name, and is cancelled instead (rule 50)."""

    def trade(scope: OrderScope) -> None:
        place_condition(scope)
        market.open["c"] = "1"
        market.bench.script.answers["cancelConditionOrder"] = error
        raise ValueError

    scope = market.run(trade, ends_with=ValueError)
    assert market.ended == {"c"}
    assert scope.left_open == ()


def place_condition(scope: OrderScope) -> Any:
    """Place a condition order in a block."""
    return scope.place_condition(
        side="SELL", type="STOP_MARKET", stop_price="4", quantity="1", client_order_id="c"
    )


def test_a_batch_of_other_symbols_and_of_one_name(market: Market) -> None:
    """Each order is cancelled under its own symbol, and a name that is used twice once."""

    def trade(scope: OrderScope) -> None:
        scope.place_batch([batch_order("e", "ETHUSDT"), batch_order("d"), batch_order("d")])
        raise ValueError

    market.bench.script.answers["getSymbols"] = Symbols(
        rows=(SymbolRow(symbol="BTCUSDT"), SymbolRow(symbol="ETHUSDT"))
    )
    market.run(trade, ends_with=ValueError)
    bodies = [c.body or {} for c in market.bench.script.calls if c.operation == "cancelOrder"]
    assert [(body["symbol"], body["clientOrderId"]) for body in bodies] == [
        ("ETHUSDT", "e"),
        ("BTCUSDT", "d"),
    ]


def batch_order(name: str, symbol: str = "BTCUSDT") -> NewOrder:
    """Return an order of a batch."""
    return NewOrder(symbol=symbol, side="BUY", price="5", quantity="1", client_order_id=name)


def test_a_refused_batch_with_one_name_twice(market: Market) -> None:
    """That is the error of the block, and no other one."""
    market.bench.script.answers["batchPlaceOrders"] = InsufficientBalance("no", code=3001)
    market.run(
        lambda scope: scope.place_batch([batch_order("d"), batch_order("d")]),
        ends_with=InsufficientBalance,
    )


def test_a_batch_that_was_carried_out_in_part(market: Market) -> None:
    """Of an unknown outcome the one part is cancelled, and the other was never there."""

    def batch(_: Call) -> Any:
        market.open["a"] = "1"
        return OutcomeUnknown("no answer", operation="batchPlaceOrders")

    market.bench.script.answers["batchPlaceOrders"] = batch
    scope = market.run(
        lambda scope: scope.place_batch([batch_order("a"), batch_order("b")]),
        ends_with=OutcomeUnknown,
    )
    assert (market.open, market.ended) == ({}, {"a"})
    assert market.bench.script.names().count("cancelOrder") == 1
    assert scope.left_open == ()


def test_an_unclear_entry_of_a_batch(market: Market) -> None:
    """It is looked for like an order of unknown outcome: it may come yet (rule 107)."""

    def trade(scope: OrderScope) -> None:
        scope.place_batch([batch_order("a"), batch_order("b")])
        market.bench.at(5.0, lambda: market.open.update(b="2"))
        raise ValueError

    def batch(_: Call) -> BatchReply:
        market.open["a"] = "1"
        return BatchReply(results=(BatchEntry(success=True), BatchEntry(success=False, code=5002)))

    market.bench.script.answers["batchPlaceOrders"] = batch
    scope = market.run(trade, ends_with=ValueError)
    assert (market.open, market.ended) == ({}, {"a", "b"})
    assert scope.left_open == ()


@pytest.mark.parametrize("error", [ClientClosed("closed"), AuthenticationError("no", code=1001)])
def test_an_order_that_cannot_be_followed_any_more(market: Market, error: Exception) -> None:
    """It was sent: what keeps the block from asking does not say that there is none."""

    def trade(scope: OrderScope) -> None:
        market.bench.script.answers["getOrder"] = error
        scope.place_and_wait(side="BUY", price="5", quantity="1", client_order_id="a")

    scope = market.run(trade, ends_with=OutcomeUnknown)
    assert scope.left_open == ("a",) or market.ended == {"a"}
    assert "cancelOrder" in market.bench.script.names()


def test_an_order_that_may_still_come(market: Market) -> None:
    """Where its outcome could not be found out, that it is not there says nothing."""

    def trade(scope: OrderScope) -> None:
        refused = iter([AuthenticationError("no", code=1001)])
        get = market.get
        market.bench.script.answers["getOrder"] = lambda call: next(refused, None) or get(call)
        market.loses = "request"
        scope.place(side="BUY", price="5", quantity="1", client_order_id="a")

    scope = market.run(trade, ends_with=OutcomeUnknown)
    assert scope.left_open == ("a",)


def test_one_that_does_not_answer_leaves_time_for_the_others(market: Market) -> None:
    """The time of the block is shared out among its orders."""

    def cancel(call: Call) -> Any:
        timeout = market.bench.script.timeouts[-1]
        assert timeout is not None
        if (call.body or {})["clientOrderId"] == "a":
            market.bench.clock.advance(timeout)
            return OutcomeUnknown("no answer", operation="cancelOrder")
        return market.cancel(call) if timeout > 5.0 else ConnectFailed("not in time")

    def trade(scope: OrderScope) -> None:
        for name in "abc":
            scope.place(side="BUY", price="5", quantity="1", client_order_id=name)
        market.bench.script.answers["cancelOrder"] = cancel
        raise ValueError

    scope = market.run(trade, ends_with=ValueError)
    assert scope.left_open == ("a",)
    assert market.ended == {"b", "c"}


def test_an_order_that_another_thread_places_meanwhile(market: Market) -> None:
    """It belongs to the block as well, and is cancelled with the others."""

    def trade(scope: OrderScope) -> None:
        def cancel(call: Call) -> Any:
            if "late" not in market.ended | market.open.keys():
                scope.place(side="BUY", price="5", quantity="1", client_order_id="late")
            return market.cancel(call)

        scope.place(side="BUY", price="5", quantity="1", client_order_id="a")
        market.bench.script.answers["cancelOrder"] = cancel
        raise ValueError

    market.run(trade, ends_with=ValueError)
    assert (market.open, market.ended) == ({}, {"a", "late"})


def test_waiting_bounds_everything() -> None:
    """The clock that the first call of a block reads is part of the wait."""
    bench = Bench(measured=False, getServerTime=ConnectionClosed())
    scope = OrdersGroup(bench.desk).scope("BTCUSDT")
    with pytest.raises(ConnectionClosed):
        scope.place_and_wait(side="BUY", price="5", quantity="1", timeout=3.0)

    assert bench.script.timeouts == [3.0]
