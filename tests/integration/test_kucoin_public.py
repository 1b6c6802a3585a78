"""KuCoin's public unified streams, over sockets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from sixmm import Connected, DeadlineExceeded, Disconnected, Event, UnknownEvent
from sixmm.sim.kucoin import KuCoinExchange
from sixmm.venues.kucoin import KuCoinClient, StreamRefused

from .kucoin_world import DEADLINE, FAST, World

SPOT, FUTURES = "spot_public_pro_v2", "futures_public_pro_v2"
TRADES = ("trade.SPOT:BTC-USDT", "trade.SPOT:ETH-USDT", "ticker.FUTURES:XBTUSDTM")


def follow(exchange: KuCoinExchange, **options: Any) -> KuCoinClient:
    """Return a client of the public unified streams, without a key."""
    arguments: dict[str, Any] = {
        "connections": [SPOT, FUTURES],
        "rest_url": exchange.rest_url,
        "futures_url": exchange.futures_url,
        "pro_spot_url": exchange.pro_spot_url,
        "pro_futures_url": exchange.pro_futures_url,
        "backoff": FAST,
        **options,
    }
    return KuCoinClient(**arguments)


def told_of(event: Event) -> str:
    """Return channel, market and symbol of a push."""
    assert isinstance(event, UnknownEvent)
    return f"{event.data['T']}:{event.data['d']['s']}"


def step_until(
    world: World, client: KuCoinClient, is_enough: Callable[[list[Event]], bool]
) -> list[Event]:
    """Have things happen until what was taken is enough; return it."""
    taken: list[Event] = []
    for _ in range(2_000):
        world.exchange.step(world.account)
        try:
            while True:
                taken.append(client.get(timeout=0.01))
        except DeadlineExceeded:
            pass
        if is_enough(taken):
            return taken
    raise AssertionError("not everything was told")


def pushes(events: list[Event]) -> Counter[str]:
    """Return how often each topic was pushed."""
    return Counter(told_of(event) for event in events if isinstance(event, UnknownEvent))


def test_each_market_has_its_connection() -> None:
    """It is opened with the first of its topics, without a token; a cut changes nothing in that."""
    with World() as world, follow(world.exchange) as client:
        exchange = world.exchange
        client.subscribe(TRADES[0], timeout=DEADLINE)
        assert exchange.subscriptions() == [{TRADES[0]}]
        client.subscribe(*TRADES[1:], timeout=DEADLINE)
        assert exchange.subscriptions() == [set(TRADES[:2]), {TRADES[2]}]
        step_until(world, client, lambda taken: set(pushes(taken)) == set(TRADES))
        for host in ("pro_spot", "pro_futures"):
            assert exchange.faults.cut("rst", host=host) == 1

        def is_back(taken: list[Event]) -> bool:
            back = [event for event in taken if isinstance(event, Connected)]
            if len(back) < 2:
                return False
            after = taken[max(taken.index(event) for event in back) :]
            return set(pushes(after)) == set(TRADES)

        taken = step_until(world, client, is_back)
        assert {event.line for event in taken if isinstance(event, Disconnected)} == {SPOT, FUTURES}
        assert client.stats().unrequested == 0
        client.unsubscribe(TRADES[1], timeout=DEADLINE)
        assert sorted(map(sorted, exchange.subscriptions())) == [[TRADES[2]], [TRADES[0]]]
        paths = {record.path for record in exchange.requests}
        assert paths == {"pro_spot:stream", "pro_futures:stream"}


def test_every_kind_of_topic_is_taken() -> None:
    """Candles of an interval, a book of a depth, and what asks for no market."""
    wanted = (
        "kline.SPOT:BTC-USDT:1min",
        "kline.SPOT:BTC-USDT:1hour",
        "obu.FUTURES:XBTUSDTM:increment@10ms",
        "callAuctionInfo.SPOT:GROVE-USDT",
        "mark-price:XBTUSDTM",
        "funding-fee:XBTUSDTM",
        "funding-fee-all-symbols",
    )
    with World() as world, follow(world.exchange) as client:
        client.subscribe(*wanted, timeout=DEADLINE)
        assert set().union(*world.exchange.subscriptions()) == set(wanted)
        told = {
            wanted[0]: '{"T":"kline.SPOT","P":1,"d":{"s":"BTC-USDT","i":"1min","o":"1"}}',
            wanted[2]: '{"T":"obu.FUTURES","dp":"increment@10ms","P":1,"d":{"s":"XBTUSDTM"}}',
            wanted[4]: '{"T":"mark-price","P":1,"d":{"s":"XBTUSDTM","mp":"9"}}',
        }
        for text in told.values():
            world.exchange.faults.inject(text, host="pro_spot")
            world.exchange.faults.inject(text, host="pro_futures")
        got: list[str] = []
        while len(got) < 3:
            event = client.get(timeout=DEADLINE)
            got += [event.raw] if isinstance(event, UnknownEvent) else []
        # Each connection hands over what was asked for on it; the rest is counted.
        assert sorted(got) == sorted(told.values())
        client.ping(timeout=DEADLINE)


def test_a_refused_topic_is_told() -> None:
    """With what the server says; the others are there."""
    with World() as world, follow(world.exchange) as client:
        world.exchange.faults.refuse_topics("trade.SPOT:X")
        with pytest.raises(StreamRefused, match="subscription refused"):
            client.subscribe("trade.SPOT:X", timeout=DEADLINE)
        client.subscribe(TRADES[0], timeout=DEADLINE)
        assert client.stats().topics == (TRADES[0],)


def test_beside_an_account() -> None:
    """One client may have the account of the unified stream, and the markets."""
    with World(unified=True) as world:
        options = {
            "connections": ["private_pro_v2", SPOT],
            "pro_login_by": "frame",
            "pro_spot_url": world.exchange.pro_spot_url,
        }
        with world.client(**options) as client:
            client.wait_live(DEADLINE)
            client.subscribe(TRADES[0], timeout=DEADLINE)
            taken = step_until(world, client, lambda taken: bool(pushes(taken)))
            assert {event.topic for event in taken} >= {"trade.SPOT", "orderAll.UNIFIED"}
