"""Connections that are dropped."""

from __future__ import annotations

import time

from sixmm.sim.kucoin import KuCoinExchange, Limits

from .bench import D
from .client import Caller, Classic, Pro
from .conftest import Opener


def opened(exchange: KuCoinExchange, opener: Opener) -> Classic:
    """Return a Classic connection of a new account, behind its welcome."""
    caller = Caller(exchange.rest_url, exchange.create_key(exchange.create_account()))
    stream = opener(Classic, caller.dial_url())
    caller.session.close()
    assert isinstance(stream, Classic)
    stream.next()
    return stream


def test_a_silent_client_is_dropped(opener: Opener) -> None:
    """With an error frame and code 1000, even while data flows to it."""
    with KuCoinExchange(idle_limit=1.0, steps_per_second=50) as exchange:
        stream = opened(exchange, opener)
        stream.subscribe("/account/balance")
        code, reason, rest = stream.end()

    assert (code, reason) == (1000, "Bye")
    assert {"type": "error", "code": 400, "data": "ping timeout"} in rest
    assert any(one.get("topic") == "/account/balance" for one in rest)


def test_pings_of_the_protocol_do_not_count(opener: Opener) -> None:
    """Only JSON texts keep a connection."""
    with KuCoinExchange(idle_limit=1.0) as exchange:
        stream = opened(exchange, opener)
        for _ in range(3):
            assert stream.socket.ping().wait(10)

        assert stream.end()[:2] == (1000, "Bye")


def test_a_client_that_pings_is_kept(opener: Opener) -> None:
    """For longer than it may be silent."""
    with KuCoinExchange(idle_limit=1.0, limits=Limits(messages=0)) as exchange:
        stream = opened(exchange, opener)
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            stream.tell("ping")
            assert stream.next()["type"] == "pong"

        assert exchange.connections() == 1


def test_the_end_of_a_session(opener: Opener) -> None:
    """A connection ends when it is as old as it may be."""
    with KuCoinExchange(session_life=1.0) as exchange:
        assert opened(exchange, opener).end()[:2] == (1000, "Bye")


def test_pro_connections_with_subscriptions_are_kept(opener: Opener) -> None:
    """One that has none is dropped, as it was measured."""
    with KuCoinExchange(idle_limit=1.0) as exchange:
        kept, dropped = (opener(Pro, exchange.pro_spot_url) for _ in range(2))
        assert isinstance(kept, Pro)
        kept.next()
        kept.subscribe("trade", tradeType="SPOT", symbol="BTC-USDT")
        dropped.next()

        assert dropped.end()[:2] == (1000, "Bye")
        assert exchange.connections() == 1


def test_a_slow_consumer_is_closed(opener: Opener) -> None:
    """A connection with a full queue is closed with 1008 and counted; the log has all."""
    with KuCoinExchange(outgoing_limit=50) as exchange:
        account = exchange.create_account("slow", funded=False)
        caller = Caller(exchange.rest_url, exchange.create_key(account))
        stream = opener(Classic, caller.dial_url())
        caller.session.close()
        assert isinstance(stream, Classic)
        stream.next()
        stream.subscribe("/account/balance")
        exchange.faults.freeze()
        for _ in range(60):
            with exchange.moment(account) as trader:
                trader.spot.transfer("trade", "USDT", D(1))
        exchange.faults.freeze(False)

        assert stream.end()[:2] == (1008, "slow consumer")
        assert exchange.slow_closes == 1
        assert len(exchange.private_log(account, topics={"/account/balance"})) == 60
