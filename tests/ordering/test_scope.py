"""A block that ends badly leaves no order behind, or says which."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sixmm.errors import ConnectionClosed, InsufficientBalance, OutcomeUnknown
from sixmm.ordering import OrderScope, OrdersGroup
from sixmm.venues.base import Call
from sixmm.venues.sixmm.order_forms import NewOrder
from sixmm.venues.sixmm.rest_schema import (
    BatchReply,
    CancelReply,
    ConditionCancelReply,
    PlacedCondition,
    PlacedOrder,
    SymbolRow,
    Symbols,
)

from .desks import NOT_FOUND, Bench, row

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
