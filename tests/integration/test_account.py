"""The picture of the account is current without an event being taken, and can be waited for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sixmm import (
    Client,
    ClientClosed,
    DeadlineExceeded,
    Disconnected,
    OrderTradeUpdate,
    Origin,
    Resynced,
)
from sixmm.sim import Exchange

from .conftest import DEADLINE, is_kind, take_until

Connect = Callable[..., Client]


def _place(exchange: Exchange, account: Any) -> None:
    exchange.place_order(
        account, symbol="BTCUSDT", side="BUY", type="LIMIT", price="50000", quantity="0.01"
    )


@pytest.mark.parametrize("deliver", ["all", "state"])
def test_wait_for_an_order(
    exchange: Exchange, account: Any, connect: Connect, deliver: str
) -> None:
    """Whoever waits is told at the change, also where nobody takes events."""
    client = connect(deliver=deliver)
    client.wait_live(DEADLINE)
    trading = threading.Thread(target=_place, args=(exchange, account))
    trading.start()
    picture = client.account.wait_for(lambda now: now.orders.open, timeout=DEADLINE)
    trading.join(DEADLINE)

    [order] = picture.orders.open.values()
    assert order.price == Decimal(50000)
    assert picture.orders[order.order_id] == order
    assert picture.balances["USDT"].wallet == Decimal(100000)
    assert not picture.stale


def test_wait_for_the_end_of_a_doubt(exchange: Exchange, connect: Connect) -> None:
    """Between a lost link and the comparison the picture is stale, and then it is not."""
    client = connect()
    client.wait_live(DEADLINE)
    before = client.account
    exchange.faults.refuse(count=1_000_000, status=503)
    exchange.faults.cut("rst")
    stale = client.account.wait_for(lambda now: now.stale, timeout=DEADLINE)
    exchange.faults.clear()
    fresh = client.account.wait_for(lambda now: not now.stale, timeout=DEADLINE)

    assert not before.stale
    assert stale.stale
    assert fresh.as_of >= before.as_of


def test_not_in_time(connect: Connect) -> None:
    """The wait ends."""
    client = connect()
    client.wait_live(DEADLINE)
    with pytest.raises(DeadlineExceeded):
        client.account.wait_for(lambda _: False, timeout=0.05)


def test_a_closed_client_ends_the_wait(connect: Connect) -> None:
    """From another thread, at any time."""
    client = connect()
    client.wait_live(DEADLINE)
    closing = threading.Timer(0.05, client.close)
    closing.start()
    with pytest.raises(ClientClosed):
        client.account.wait_for(lambda _: False, timeout=DEADLINE)
    closing.join(DEADLINE)


def test_a_mute_stream_is_unmasked(exchange: Exchange, account: Any, connect: Connect) -> None:
    """The pings are answered, and no private event comes: the comparison by time finds it."""
    client = connect(audit_interval=0.1)
    take_until(client, is_kind(Resynced))
    exchange.faults.mute()
    _place(exchange, account)
    told = take_until(client, is_kind(Disconnected))
    exchange.faults.clear()
    take_until(client, is_kind(Resynced))

    orders = [event for event in told if isinstance(event, OrderTradeUpdate)]
    assert [event.origin for event in orders if event.order_status == "PENDING"] == [Origin.REST]
    [resynced] = [event for event in told if isinstance(event, Resynced)]
    assert resynced.reason == "audit"
