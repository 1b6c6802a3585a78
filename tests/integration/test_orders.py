"""Orders on the embedded exchange, with the stream on: placed, waited for, withdrawn, found."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sixmm import (
    Client,
    ConnectFailed,
    NetworkError,
    NewOrder,
    OrderRef,
    OrderTradeUpdate,
    OutcomeUnknown,
    Resynced,
    StrategyLeg,
)
from sixmm.clock import Deadline
from sixmm.ordering import Outcome, Target, deciding
from sixmm.sim import Exchange

from ..faults.proxy import Cut, FaultProxy
from .conftest import DEADLINE, is_kind, take_until

Connect = Callable[..., Client]


@pytest.fixture
def client(exchange: Exchange, maker: Any, connect: Connect) -> Client:
    """Make a live client on a market with one order on each side."""
    for side, price in (("BUY", "59990"), ("SELL", "60010")):
        exchange.place_order(
            maker, symbol="BTCUSDT", side=side, type="LIMIT", price=price, quantity="1"
        )
    made = connect(pace=None)
    made.wait_live(DEADLINE)
    return made


def far(**changes: Any) -> dict[str, Any]:
    """Return an order that rests."""
    return {"symbol": "BTCUSDT", "side": "BUY", "price": "50000", "quantity": "0.01", **changes}


def test_place_and_wait(client: Client) -> None:
    """The report has the end of the order and its fills; the events come as ever."""
    report = client.orders.place_and_wait(
        symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.02", timeout=DEADLINE
    )

    assert str(report.order.status) == "FILLED"
    assert report.executed_quantity == Decimal("0.02")
    assert report.average_price == Decimal(60010)
    assert report.fees > 0
    told = take_until(client, lambda event: getattr(event, "order_status", None) == "FILLED")
    assert any(isinstance(event, OrderTradeUpdate) and event.fill_id for event in told)


@pytest.mark.parametrize("deliver", ["all", "state", "events"])
def test_whatever_is_delivered(exchange: Exchange, connect: Connect, deliver: str) -> None:
    """An order is followed with and without a mirror, and with and without events."""
    client = connect(deliver=deliver, pace=None)
    client.wait_live(DEADLINE)
    before = len(exchange.requests)
    with client.orders.scope("BTCUSDT") as orders:
        placed = orders.place(side="BUY", price="50000", quantity="0.01")
        report = client.orders.cancel(
            "BTCUSDT", order_id=placed.order_id, wait=True, timeout=DEADLINE
        )

    assert str(report.order.status) == "CANCELED"
    asked = [record.path for record in exchange.requests[before:]]
    assert "/v1/private/order" not in asked, "the stream has told it"


def test_without_a_stream(exchange: Exchange, key: Any) -> None:
    """A client that was never started asks instead."""
    client = Client(key.api_key, key.api_secret, rest_url=exchange.rest_url, ws_url=exchange.ws_url)
    try:
        report = client.orders.place_and_wait(**far(), until="open", timeout=DEADLINE)
        assert str(report.order.status) == "PENDING"
        client.orders.cancel_all("BTCUSDT", wait=True, timeout=DEADLINE)
        assert client.orders.current().rows == ()
    finally:
        client.close()


def test_a_fill_across_a_cut(exchange: Exchange, maker: Any, client: Client) -> None:
    """An order that is filled while the link is away is reported with every fill."""
    resting = client.orders.place(**far())

    def fill_unheard() -> None:
        exchange.faults.cut("rst")
        for _ in range(2):
            exchange.place_order(
                maker,
                symbol="BTCUSDT",
                side="SELL",
                type="LIMIT",
                price="50000",
                quantity="0.005",
            )

    exchange.cancel_order(maker, symbol="BTCUSDT", order_id=_bid(exchange, maker))
    other = threading.Thread(target=fill_unheard)
    with client.orders._desk.follow(_target(resting.order_id)) as following:
        other.start()
        report = client.orders._desk.await_order(
            following, _target(resting.order_id), lambda order: not order.is_open, _deadline()
        )
    other.join(DEADLINE)

    assert str(report.order.status) == "FILLED"
    assert [fill.quantity for fill in report.fills] == [Decimal("0.005")] * 2


def _bid(exchange: Exchange, maker: Any) -> str:
    rows = exchange.truth(maker)["open_orders"].values()
    return str(next(row["orderId"] for row in rows if row["side"] == "BUY"))


def _target(order_id: str) -> Target:
    return Target(symbol="BTCUSDT", order_id=order_id)


def _deadline() -> Deadline:
    return Deadline(DEADLINE)


def test_a_push_confirms_an_order_whose_reply_is_lost(
    exchange: Exchange, account: Any, connect: Connect
) -> None:
    """The stream is another connection: it tells what the broken one did not."""
    with FaultProxy(int(exchange.rest_url.rsplit(":", 1)[1])) as proxy:
        client = connect(rest_url=f"http://127.0.0.1:{proxy.port}", pace=None)
        client.wait_live(DEADLINE)
        client.orders.refresh_rules()
        proxy.arm(Cut(after_bytes=1, of="reply"))
        placed = client.orders.place(**far(client_order_id="mine"))

        rows = exchange.truth(account)["open_orders"]
        assert list(rows) == [placed.order_id]
        assert rows[placed.order_id]["clientOrderId"] == "mine"


def test_an_unknown_outcome_is_found_after_a_reconnect(
    exchange: Exchange, account: Any, connect: Connect
) -> None:
    """Reply and stream are gone at the same moment; the comparison tells of the order."""
    with FaultProxy(int(exchange.rest_url.rsplit(":", 1)[1])) as proxy:
        client = connect(rest_url=f"http://127.0.0.1:{proxy.port}", pace=None)
        take_until(client, is_kind(Resynced))
        client.orders.refresh_rules()
        exchange.faults.mute()
        proxy.arm(Cut(after_bytes=1, of="reply"))
        with pytest.raises(OutcomeUnknown) as caught:
            client.orders.place(**far(client_order_id="mine"))
        exchange.faults.clear()
        exchange.faults.cut("rst")
        found = client.orders.resolve(caught.value, timeout=DEADLINE)

        assert found.outcome is Outcome.CONFIRMED
        assert found.order is not None
        assert list(exchange.truth(account)["open_orders"]) == [found.order.order_id]


def test_a_batch(client: Client) -> None:
    """A part may fail; each entry says what became of it (rule 56)."""
    reply = client.orders.place_batch(
        [
            NewOrder(symbol="BTCUSDT", side="BUY", price="50000", quantity="0.01"),
            NewOrder(symbol="BTCUSDT", side="BUY", price="50000", quantity="50"),
        ]
    )
    assert [entry.success for entry in reply.results] == [True, False]
    assert (reply.success_count, reply.failed_count) == (1, 1)
    order_id = reply.results[0].order_id
    assert order_id is not None
    canceled = client.orders.cancel_batch([OrderRef(symbol="BTCUSDT", order_id=order_id)])
    assert canceled.success_count == 1


def test_amend(exchange: Exchange, account: Any, client: Client) -> None:
    """The new figures are those of the exchange, exactly (rule 54)."""
    placed = client.orders.place(**far())
    client.orders.amend("BTCUSDT", placed.order_id, price="50000.1", quantity="0.02")
    row = exchange.truth(account)["open_orders"][placed.order_id]

    assert (row["price"], row["quantity"]) == ("50000.1", "0.02")


def test_a_condition_order(exchange: Exchange, maker: Any, account: Any, client: Client) -> None:
    """It fires at its price, and the order that it becomes has its name (rule 50)."""
    client.orders.place_and_wait(
        symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.02", timeout=DEADLINE
    )
    stop = client.orders.place_condition(
        symbol="BTCUSDT",
        side="SELL",
        type="STOP_MARKET",
        stop_price="59995",
        quantity="0.02",
        reduce_only=True,
        client_order_id="stop",
    )
    waiting = client.orders.current_conditions(symbol="BTCUSDT").rows
    assert [row.condition_id for row in waiting] == [stop.condition_id]
    exchange.place_order(maker, symbol="BTCUSDT", side="SELL", type="MARKET", quantity="0.001")
    take_until(
        client,
        lambda event: (
            getattr(event, "client_order_id", "") == "stop"
            and getattr(event, "order_status", "") == "FILLED"
        ),
    )
    assert exchange.truth(account)["positions"] == {}


def test_a_strategy(client: Client) -> None:
    """Its legs are told by the query (rule 51)."""
    legs = [
        StrategyLeg(sub_id=1, order=NewOrder(**far())),
        StrategyLeg(
            sub_id=2,
            order=NewOrder(**far(side="SELL", price="70000")),
            first_driven_id=1,
            first_driven_on="FILLED",
            first_trigger="PLACE",
        ),
    ]
    placed = client.orders.place_strategy("OTO", legs)
    assert placed.strategy_id is not None
    told = client.orders.strategy(placed.strategy_id)

    assert str(told.strategy_status) == "WORKING"
    assert len(client.orders.current(symbol="BTCUSDT").rows) == 1


def test_preview(client: Client) -> None:
    """What an order would cost, from the exchange's own figures."""
    seen = client.orders.preview(**far())

    assert seen.notional == Decimal(500)
    assert seen.fee is not None
    assert seen.initial_margin is not None


def test_a_name_that_is_used_again_at_once(
    exchange: Exchange, account: Any, key: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An order that was cancelled is not what became of a later one of its name (rule 115)."""
    monkeypatch.setattr(deciding, "WINDOW_MS", 0)
    with FaultProxy(int(exchange.rest_url.rsplit(":", 1)[1])) as proxy:
        client = Client(
            key.api_key,
            key.api_secret,
            rest_url=f"http://127.0.0.1:{proxy.port}",
            ws_url=exchange.ws_url,
            pace=None,
        )
        try:
            first = client.orders.place(**far(client_order_id="x"))
            client.orders.cancel("BTCUSDT", order_id=first.order_id, wait=True, timeout=DEADLINE)
            proxy.arm(Cut(after_bytes=0, of="request"))
            with pytest.raises(OutcomeUnknown) as caught:
                client.orders.place(**far(client_order_id="x"))
            found = client.orders.resolve(caught.value, timeout=DEADLINE)
        finally:
            client.close()

    assert (found.outcome, found.order) == (Outcome.NOT_DONE, None)
    assert list(exchange.truth(account)["orders"]) == [first.order_id]


def test_the_first_call_ends_in_time(exchange: Exchange, account: Any, key: Any) -> None:
    """It reads rules and clock from an exchange that does not answer: nothing is placed."""
    exchange.faults.slow(2 * DEADLINE)
    client = Client(key.api_key, key.api_secret, rest_url=exchange.rest_url, ws_url=exchange.ws_url)
    deadline = Deadline(DEADLINE)
    try:
        with pytest.raises(NetworkError):
            client.orders.place_and_wait(**far(), timeout=0.2)
    finally:
        client.close()

    assert not deadline.expired
    assert exchange.truth(account)["orders"] == {}


def test_an_order_in_the_handler_of_an_error(exchange: Exchange, account: Any, key: Any) -> None:
    """What the program is handling says nothing of the order: it was sent, its reply is lost."""
    with FaultProxy(int(exchange.rest_url.rsplit(":", 1)[1])) as proxy:
        client = Client(
            key.api_key,
            key.api_secret,
            rest_url=f"http://127.0.0.1:{proxy.port}",
            ws_url=exchange.ws_url,
            pace=None,
        )
        client.orders.refresh_rules()
        client.user.asset()
        proxy.arm(Cut(after_bytes=0, of="reply"))
        try:
            raise ConnectFailed("the attempt before: nothing was sent")
        except ConnectFailed:
            with pytest.raises(OutcomeUnknown):
                client.orders.place(**far())
        finally:
            client.close()

    assert len(exchange.truth(account)["open_orders"]) == 1
