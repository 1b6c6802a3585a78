"""Connections that do not keep up, and texts that are too long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sixmm.sim import Account, Exchange

from .client import Rest, Stream
from .test_faults import upgraded


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """Serve an exchange that lets few frames wait."""
    with Exchange(market_maker=False, outgoing_limit=50) as served:
        yield served


def test_a_slow_consumer_is_closed(exchange: Exchange, account: Account, private: Stream) -> None:
    """A connection with a full queue is closed with 1008 and counted; the log has all."""
    exchange.faults.freeze()
    for _ in range(60):
        exchange.deposit(account, "1")
    assert exchange.connections() == 1
    exchange.faults.freeze(False)
    code, reason, _ = private.end()

    assert (code, reason) == (1008, "slow consumer")
    assert exchange.wait_until(lambda: exchange.connections() == 0)
    assert exchange.slow_closes == 1
    assert len(exchange.private_log(account)) == 61


def test_a_consumer_that_reads_nothing_is_cut_off(exchange: Exchange) -> None:
    """When not even the close frame gets through, the connection still ends."""
    with upgraded(exchange):
        assert exchange.wait_until(lambda: exchange.connections() == 1)
        text = "x" * 1_000_000

        def flood() -> bool:
            return exchange.faults.inject(text) == 0

        assert exchange.wait_until(flood, timeout=30)
        assert exchange.slow_closes == 1


def test_a_consumer_that_keeps_up_is_left_alone(
    exchange: Exchange, account: Account, private: Stream
) -> None:
    """However much is sent in all, only what waits counts."""
    for _ in range(20):
        for _ in range(20):
            exchange.deposit(account, "1")
        for _ in range(20):
            private.next()

    assert exchange.slow_closes == 0
    assert exchange.connections() == 1


def test_a_request_that_is_too_long_closes(exchange: Exchange, rest: Rest) -> None:
    """Beyond 64 KiB the connection is closed with 1009."""
    stream = Stream(exchange.ws_url)
    stream.socket.send("x" * 70_000)

    assert stream.end()[0] == 1009
    assert rest.send("GET", "/v1/version")["code"] == 0
