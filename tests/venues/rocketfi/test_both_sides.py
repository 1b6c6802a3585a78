"""The client's code and the embedded server, each written on its own, understand each other.

Every feed is subscribed, by every switch of the server that changes what is sent. Where one side
had read the sources otherwise than the other, a message would be refused, unknown, or have a member
that no field names.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import requests

from sixmm.events import Event, UnknownEvent
from sixmm.state.account import AccountMirror
from sixmm.state.models import Snapshot
from sixmm.transport.base import HttpResponse
from sixmm.venues.base import Call
from sixmm.venues.rocketfi import calls, decode, topics
from sixmm.venues.rocketfi.decoder import EVENTS
from sixmm.venues.rocketfi.envelope import parse, prepare
from sixmm.venues.rocketfi.facts import facts_of
from sixmm.venues.rocketfi.protocol import (
    Purpose,
    classify,
    ping_text,
    pong_text,
    subscribe_text,
    unsubscribe_text,
)
from sixmm.venues.rocketfi.snapshot import snapshot_plan
from sixmm.venues.rocketfi.stream_schema import OrderEventUpdate

if TYPE_CHECKING:
    from sixmm.sim.rocketfi import Account, RocketFiExchange

pytest.importorskip("aiohttp", reason="the embedded exchange needs the extra 'sim'")
sync = pytest.importorskip("websockets.sync.client")

WAIT = 10.0
STEPS = 150

MANNERS: list[dict[str, Any]] = [
    {},
    {"instrument_ids": "mixed", "checksum_case": False, "null_lists": False},
    {"instrument_ids": "int", "partial_updates": False, "closed_orders": "shown"},
    {"book": "delta", "snapshots": True, "pong": "object", "most_rows": 100},
    {"newest_first": False, "pong": "text"},
]


class Caller:
    """Makes REST calls the way the engine would."""

    def __init__(self, rest_url: str) -> None:
        """Call that server."""
        self._url = rest_url
        self._session = requests.Session()
        self._session.trust_env = False

    def __call__(self, call: Call) -> Any:
        """Return the typed result of a call."""
        request = prepare(call, rest_url=self._url, request_id="r-1")
        reply = self._session.get(request.url, headers=dict(request.headers), timeout=WAIT)
        headers = {name.lower(): value for name, value in reply.headers.items()}
        response = HttpResponse(
            status=reply.status_code, headers=headers, body=reply.content, cookies={}
        )
        return parse(call, response)

    def snapshot(self, account: str, mirror: AccountMirror) -> Snapshot:
        """Return the account as REST tells it now."""
        plan = snapshot_plan(account, mirror.baseline(), now_ms=1)
        with contextlib.closing(plan):
            call = next(plan)
            while True:
                try:
                    call = plan.send(self(call))
                except StopIteration as end:
                    told: Snapshot = end.value
                    return told

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


@pytest.fixture
def caller_of() -> Iterator[Any]:
    """Give a function that makes callers, which are closed at the end."""
    with contextlib.ExitStack() as stack:

        def make(exchange: RocketFiExchange) -> Caller:
            return stack.enter_context(contextlib.closing(Caller(exchange.rest_url)))

        yield make


def all_topics(exchange: RocketFiExchange, account: Account) -> list[topics.Topic]:
    """Return every kind of feed, for one instrument, both assets and the account."""
    of: dict[str, Any] = {"account": account.address}
    market: dict[str, Any] = {"instrument_id": exchange.instruments[0].instrument_id}
    return [
        topics.OrderEvents(**of),
        topics.OpenOrders(**of),
        topics.Position(**of),
        topics.Collateral(asset_id=0, **of),
        topics.AccountRisk(**of),
        topics.PositionFunding(**of),
        topics.Orderbook(**market),
        topics.PriceFeed(**market),
        topics.AssetPriceFeed(asset_id=1),
        topics.FundingRate(**market),
        topics.InstrumentStats(**market),
        topics.Candle(**market, interval="1m"),
        topics.LastMatchPrice(**market),
    ]


def listen(exchange: RocketFiExchange, account: Account) -> list[bytes]:
    """Subscribe everything, let the server make its steps, and return all that it sent."""
    received: list[bytes] = []
    with sync.connect(exchange.ws_url, proxy=None, open_timeout=WAIT, close_timeout=1) as socket:

        def until(purpose: Purpose) -> str:
            while True:
                message = socket.recv(timeout=WAIT, decode=False)
                received.append(message)
                told = classify(message, account=account.address)
                if told.purpose is purpose:
                    return told.topic

        for topic in all_topics(exchange, account):
            socket.send(subscribe_text(topic))
            assert until(Purpose.SUBSCRIBED) == str(topic)
        exchange.step(STEPS)
        exchange.place_order(account, price="9")
        exchange.pay_funding(account)
        for topic in all_topics(exchange, account):
            socket.send(unsubscribe_text(topic))
            assert until(Purpose.UNSUBSCRIBED) == str(topic)
        for form in ("text", "object"):
            socket.send(ping_text(form))  # type: ignore[arg-type]
            until(Purpose.PONG)
    return received


@pytest.mark.parametrize("manners", MANNERS, ids=lambda manners: ",".join(manners) or "usual")
def test_every_feed(manners: dict[str, Any], caller_of: Any) -> None:
    """All 14 messages come, are known, have no other member, and add up to the account."""
    from sixmm.sim.rocketfi import Manners, RocketFiExchange

    with RocketFiExchange(running=False, manners=Manners(**manners)) as exchange:
        account = exchange.create_account()
        caller = caller_of(exchange)
        mirror = AccountMirror()
        mirror.adopt(caller.snapshot(account.address, mirror))
        events = [decode(message) for message in listen(exchange, account)]
        data = [event for event in events if type(event).__name__ in EVENTS]

        assert {type(event) for event in data} == set(EVENTS.values())
        assert not any(isinstance(event, UnknownEvent) for event in events)
        assert [event for event in events if event.extra] == []
        assert_told_all(exchange, account, data)
        for event in data:
            facts = facts_of(event, account=account.address)
            if facts is not None:
                mirror.apply(facts)
        assert_same(mirror, exchange.truth(account))
        assert_nothing_new(mirror, caller.snapshot(account.address, mirror))


def assert_told_all(exchange: RocketFiExchange, account: Account, events: list[Event]) -> None:
    """Every private push of the log came once, in its order."""
    log = [
        (entry.event_type, entry.text)
        for entry in exchange.private_log(account)
        if not (entry.event_type == "CollateralUpdate" and entry.data["assetId"] != 0)
    ]
    kinds = {kind for kind, _ in log}
    told = [(type(event).__name__, event.raw) for event in events if type(event).__name__ in kinds]

    # What is told at the beginning, where it is, is no event of the log.
    assert told[-len(log) :] == log
    assert len(told) - len(log) <= len(kinds)


def assert_same(mirror: AccountMirror, truth: dict[str, Any]) -> None:
    """The mirror has the orders, positions and collateral that the server has."""
    picture = mirror.picture()
    open_orders = {key: order for key, order in picture.orders.items() if order.is_open}
    assert open_orders.keys() == truth["orders"].keys()
    for key, row in truth["orders"].items():
        order = open_orders[key]
        assert (order.price, order.quantity) == (Decimal(row["price"]), Decimal(row["quantity"]))
        assert order.executed_quantity == Decimal(row["filledQuantity"])
        assert (order.side, order.symbol) == (row["side"], row["instrumentId"])
    assert {key[0]: position.quantity for key, position in picture.positions.items()} == {
        key: Decimal(row["quantity"]) for key, row in truth["positions"].items()
    }
    assert {key: balance.wallet for key, balance in picture.balances.items()} == {
        key: Decimal(amount) for key, amount in truth["collateral"].items()
    }


def assert_nothing_new(mirror: AccountMirror, snapshot: Snapshot) -> None:
    """REST tells nothing that the stream had not told: no fill, no state, no balance."""
    assert snapshot.unchecked == {}
    assert [fill for fill in snapshot.fills or () if mirror.tell_fill(fill)] == []
    orders = (*(snapshot.open_orders or ()), *snapshot.ended_orders)
    assert [order for order in orders if mirror.tell_order(order).value == "new"] == []
    assert [one for one in snapshot.positions or () if mirror.tell_position(one)] == []
    assert [one for one in snapshot.balances or () if mirror.tell_balance(one)] == []


def test_every_call(caller_of: Any) -> None:
    """Each is answered, and the rows have no member that no field names."""
    from sixmm.sim.rocketfi import RocketFiExchange

    with RocketFiExchange(running=False) as exchange:
        account = exchange.create_account()
        exchange.step(STEPS)
        exchange.place_order(account, price="9")
        exchange.pay_funding(account)
        caller, of = caller_of(exchange), account.address
        instrument = exchange.instruments[0].instrument_id
        results = [
            caller(calls.open_orders(account=of)),
            caller(calls.order_events(account=of)),
            caller(calls.position_funding_events(account=of)),
            caller(calls.positions(account=of)),
            caller(calls.positions(account=of, instrument_id=instrument)),
            caller(calls.collateral(account=of, asset_id=0)),
            caller(calls.instruments()),
        ]
        rows = [row for result in results for row in result.rows] + [*caller(calls.assets())]

        assert all(result.rows for result in results)
        assert [row for row in rows if getattr(row, "extra", None)] == []


def test_pings_of_the_server() -> None:
    """They are seen, and the answer is what keeps the connection."""
    from sixmm.sim.rocketfi import Manners, RocketFiExchange

    for form in ("object", "text"):
        manners = Manners(server_ping=0.1, ping_form=form)  # type: ignore[arg-type]
        with (
            RocketFiExchange(running=False, manners=manners) as exchange,
            sync.connect(exchange.ws_url, proxy=None, open_timeout=WAIT) as socket,
        ):
            for _ in range(3):
                message = socket.recv(timeout=WAIT, decode=False)
                assert classify(message).purpose is Purpose.PING
                socket.send(pong_text(message))


def test_errors_of_the_server() -> None:
    """A refusal is seen as one; the connection lives on."""
    from sixmm.sim.rocketfi import RocketFiExchange

    with (
        RocketFiExchange(running=False) as exchange,
        sync.connect(exchange.ws_url, proxy=None, open_timeout=WAIT) as socket,
    ):
        socket.send(subscribe_text(topics.Orderbook(instrument_id=1)))
        told = classify(socket.recv(timeout=WAIT, decode=False))
        assert told.purpose is Purpose.REFUSED
        assert str(told.error) == "subscription rejected: unknown instrument"
        socket.send(ping_text())
        assert classify(socket.recv(timeout=WAIT, decode=False)).purpose is Purpose.PONG


def test_by_instrument_the_events_of_everybody_come() -> None:
    """Each account finds its own among them."""
    from sixmm.sim.rocketfi import RocketFiExchange

    with RocketFiExchange(running=False) as exchange:
        accounts = [exchange.create_account(name, scripted=False) for name in ("a", "b")]
        topic = topics.OrderEvents(instrument_id=exchange.instruments[0].instrument_id)
        with sync.connect(exchange.ws_url, proxy=None, open_timeout=WAIT) as socket:
            socket.send(subscribe_text(topic))
            socket.recv(timeout=WAIT)
            ids = [exchange.place_order(account, price="9") for account in accounts]
            messages = [socket.recv(timeout=WAIT) for _ in accounts]
        for account, order_id in zip(accounts, ids, strict=True):
            assert {classify(m, account=account.address).purpose for m in messages} == {
                Purpose.MARKET
            }
            events = [decode(message) for message in messages]
            assert all(isinstance(event, OrderEventUpdate) for event in events)
            found = [facts_of(event, account=account.address) for event in events]
            own = [order.order_id for facts in found if facts for order in facts.orders]
            assert own == [str(order_id)]
