"""Condition orders, which no push tells of: what became of them is told once, by comparisons."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sixmm import (
    Client,
    ConditionOrderUpdate,
    Disconnected,
    Event,
    OrderTradeUpdate,
    Origin,
    Resynced,
    SessionOptions,
)
from sixmm.sim import Exchange

from .conftest import DEADLINE, is_kind, take_until

Connect = Callable[..., Client]
CURRENT = "/v1/private/order/current-condition"


class Market:
    """Places condition orders of one account, cancels them, and moves the price."""

    def __init__(self, exchange: Exchange, account: Any, maker: Any) -> None:
        self._exchange = exchange
        self._account = account
        self._maker = maker
        self._rival = exchange.create_account(username="rival", balance="1000000")
        self.price = int(exchange.mid_price("BTCUSDT"))

    def place(self, below: int = 500) -> str:
        """Have one wait so far below the price; return its id."""
        row = self._exchange.place_condition(
            self._account,
            symbol="BTCUSDT",
            side="SELL",
            type="STOP_LIMIT",
            stop_price=str(self.price - below),
            price=str(self.price + 5_000),
            quantity="0.01",
        )
        return str(row["conditionId"])

    def cancel(self, condition_id: str) -> None:
        """Cancel one."""
        self._exchange.cancel_condition(self._account, symbol="BTCUSDT", condition_id=condition_id)

    def fall(self, by: int) -> None:
        """Let others trade so far below the price, which fires what waits there."""
        self.price -= by
        order = {"type": "LIMIT", "price": str(self.price), "quantity": "0.01"}
        for who, side in ((self._rival, "BUY"), (self._maker, "SELL")):
            self._exchange.place_order(who, symbol="BTCUSDT", side=side, **order)


@pytest.fixture
def market(exchange: Exchange, account: Any, maker: Any) -> Market:
    """Give a market in which the account has condition orders."""
    return Market(exchange, account, maker)


@contextmanager
def no_link(exchange: Exchange, client: Client) -> Iterator[list[Event]]:
    """Keep the client away from the stream for the time of the block; give what came before it."""
    exchange.faults.refuse(count=1_000_000)
    exchange.faults.cut("rst")
    yield take_until(client, is_kind(Disconnected))
    exchange.faults.clear()


def is_resynced(reason: str) -> Callable[[Event], bool]:
    """Return a test for the report of a comparison."""
    return lambda event: isinstance(event, Resynced) and event.reason == reason


def conditions_of(events: list[Event]) -> list[ConditionOrderUpdate]:
    """Return the events about condition orders."""
    return [event for event in events if isinstance(event, ConditionOrderUpdate)]


def test_what_waited_before_is_no_news(connect: Connect, market: Market) -> None:
    """It is in the picture when the account is certain, and nothing is told of it."""
    condition_id = market.place()
    client = connect()
    told = take_until(client, is_kind(Resynced))
    [condition] = client.account.conditions.values()

    assert isinstance(told[-1], Resynced)
    assert "conditions" in told[-1].checked
    assert conditions_of(told) == []
    assert condition.condition_id == condition_id
    assert condition.stop_price == market.price - 500
    assert client.account.stale == ()


def test_everything_that_happened_without_a_link(
    exchange: Exchange, connect: Connect, market: Market
) -> None:
    """Placed, cancelled, fired, in any combination: each end once, before the report."""
    cancelled, fired, untouched = market.place(), market.place(100), market.place(5_000)
    client = connect()
    take_until(client, is_kind(Resynced))
    with no_link(exchange, client):
        market.cancel(cancelled)
        market.fall(200)
        placed, brief, both = market.place(5_000), market.place(5_000), market.place(100)
        market.cancel(brief)
        market.fall(200)
    events = take_until(client, is_resynced("reconnect"))
    told = conditions_of(events)
    orders = [event for event in events if isinstance(event, OrderTradeUpdate)]

    assert {event.condition_id: event.condition_status for event in told} == {
        cancelled: "CANCELED",
        fired: "TRIGGERED",
        placed: "NEW",
        brief: "CANCELED",
        both: "TRIGGERED",
    }
    assert len(told) == 5
    assert {event.origin for event in told} == {Origin.REST}
    assert [event.ts for event in told] == sorted(event.ts for event in told)
    assert {event.order_id for event in orders} == {
        event.order_id for event in told if event.condition_status == "TRIGGERED"
    }
    assert set(client.account.conditions) == {untouched, placed}

    exchange.faults.cut("rst")
    assert conditions_of(take_until(client, is_resynced("reconnect"))) == []


def test_an_audit_tells_what_no_push_does(connect: Connect, market: Market) -> None:
    """That is no sign of a mute link: the connection stays, and nothing is told twice."""
    client = connect(audit_interval=0.05)
    take_until(client, is_kind(Resynced))
    condition_id = market.place()
    first = take_until(client, is_kind(ConditionOrderUpdate))
    market.cancel(condition_id)
    second = take_until(client, is_kind(ConditionOrderUpdate))
    audits = client.stats().audits
    client.account.wait_for(lambda _: client.stats().audits > audits + 3, DEADLINE)
    rest = list(client.events(timeout=0.0))

    assert [event.condition_status for event in conditions_of(first)] == ["NEW"]
    assert [event.condition_status for event in conditions_of(second)] == ["CANCELED"]
    assert [*first[:-1], *second[:-1], *rest] == []
    assert client.stats().connects == 1
    assert not client.account.conditions


def test_a_list_that_cannot_be_read(exchange: Exchange, connect: Connect, market: Market) -> None:
    """The part is stale, the rest is live, and what was missed is told when it can be read."""
    client = connect(options=SessionOptions(resync_retry=0.05))
    take_until(client, is_kind(Resynced))
    exchange.faults.rest_error(1_000, code=2001, path=CURRENT)
    exchange.faults.cut("rst")
    report = take_until(client, is_resynced("reconnect"))[-1]
    stale = client.account.stale
    condition_id = market.place()
    exchange.faults.clear()
    told = conditions_of(take_until(client, lambda e: isinstance(e, Resynced) and not e.unchecked))

    assert isinstance(report, Resynced)
    assert set(report.unchecked) == {"conditions"}
    assert stale == ("conditions",)
    assert [event.condition_id for event in told] == [condition_id]
    assert client.account.stale == ()


def test_a_list_that_cannot_be_read_at_first(
    exchange: Exchange, connect: Connect, market: Market
) -> None:
    """The stream starts all the same; what waits when it can be read is taken as it is."""
    exchange.faults.rest_error(1_000, code=5001, path=CURRENT)
    condition_id = market.place()
    client = connect(options=SessionOptions(resync_retry=0.05))
    first = take_until(client, is_kind(Resynced))
    exchange.faults.clear()
    then = take_until(client, lambda e: isinstance(e, Resynced) and not e.unchecked)

    assert isinstance(first[-1], Resynced)
    assert set(first[-1].unchecked) == {"conditions"}
    assert conditions_of([*first, *then]) == []
    assert set(client.account.conditions) == {condition_id}


def test_what_happened_between_two_programs(
    connect: Connect, market: Market, tmp_path: Path
) -> None:
    """With a checkpoint the next run is told once, and a third nothing."""
    path = tmp_path / "state.db"
    cancelled, fired = market.place(), market.place(100)

    def run() -> list[Event]:
        client = connect(checkpoint=path)
        events = take_until(client, is_kind(Resynced))
        client.wait_live(DEADLINE)
        client.close()
        return events

    assert conditions_of(run()) == []
    market.cancel(cancelled)
    market.fall(200)
    brief = market.place()
    market.cancel(brief)
    told = conditions_of(run())

    assert {event.condition_id: event.condition_status for event in told} == {
        cancelled: "CANCELED",
        fired: "TRIGGERED",
        brief: "CANCELED",
    }
    assert len(told) == 3
    assert conditions_of(run()) == []


@pytest.mark.parametrize("deliver", ["all", "events"])
def test_nothing_is_lost_over_many_cuts(
    exchange: Exchange, connect: Connect, market: Market, deliver: str
) -> None:
    """Whatever happens when, with and without a link: each end is told once, and no state twice."""
    dice = random.Random(5)
    client = connect(deliver=deliver)
    take_until(client, is_kind(Resynced))
    events: list[Event] = []
    placed: list[str] = []
    waiting: set[str] = set()

    def act() -> None:
        for _ in range(dice.randint(1, 3)):
            what = dice.choice(("place", "place", "cancel", "fall"))
            if what == "place":
                placed.append(market.place(dice.randint(5, 60)))
                waiting.add(placed[-1])
            elif what == "fall":
                market.fall(dice.randint(1, 20))
                rows = client.orders.current_conditions().rows
                waiting.intersection_update(row.condition_id for row in rows)
            elif waiting:
                market.cancel(waiting.pop())

    for _ in range(25):
        act()
        with no_link(exchange, client) as before:
            events += before
            act()
        events += take_until(client, is_resynced("reconnect"))
    told = conditions_of(events)
    history = client.orders.condition_history(page_size=100).rows
    ends = {row.condition_id: row.condition_status for row in history}

    assert set(placed) == set(ends) | waiting
    assert {e.condition_id: e.condition_status for e in told if not e.is_waiting} == ends
    assert max(Counter((e.condition_id, e.condition_status) for e in told).values()) == 1
    assert {e.condition_id for e in told} == set(placed)
    assert len(ends) > 20
    if deliver == "all":
        assert set(client.account.conditions) == waiting


def test_a_mute_link_is_unmasked_without_them(
    exchange: Exchange, account: Any, connect: Connect, market: Market
) -> None:
    """Where their list fails, an audit compares all that pushes tell of; they are told later."""
    client = connect(audit_interval=0.1)
    take_until(client, is_kind(Resynced))
    exchange.faults.rest_error(1_000, code=2001, path=CURRENT)
    exchange.faults.mute()
    condition_id = market.place()
    exchange.place_order(
        account, symbol="BTCUSDT", side="BUY", type="LIMIT", price="50000", quantity="0.01"
    )
    before = take_until(client, is_kind(Disconnected))
    exchange.faults.clear()
    after = take_until(client, lambda e: isinstance(e, Resynced) and not e.unchecked)
    orders = [event for event in before if isinstance(event, OrderTradeUpdate)]

    assert {event.origin for event in orders} == {Origin.REST}
    assert conditions_of(before) == []
    assert [event.condition_id for event in conditions_of(after)] == [condition_id]
