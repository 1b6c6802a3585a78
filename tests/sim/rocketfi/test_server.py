"""The server as a whole: what is written down, and what ends with it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sixmm.sim.rocketfi import Account, RocketFiExchange

from .client import Rest, Stream

Dial = Callable[[RocketFiExchange], Stream]


def test_requests_are_written_down(
    exchange: RocketFiExchange, account: Account, rest: Rest, stream: Stream
) -> None:
    """Calls and handshakes, with their status; nothing of it is secret."""
    assert stream.quiet() == []
    rest.get("/collateral", account=account.address)

    assert [(one.path, one.query, one.status) for one in exchange.requests] == [
        ("/ws", "", 101),
        ("/collateral", f"account={account.address}", 200),
    ]


def test_the_end_of_the_server(dial: Dial) -> None:
    """Connections are told, and the thread is gone."""
    exchange = RocketFiExchange(running=False)
    exchange.start()
    stream = dial(exchange)
    assert exchange.wait_until(lambda: exchange.connections() == 1)
    exchange.close()

    assert stream.end() == (1001, "server is closing")
    assert "sixmm-sim-rocketfi" not in {thread.name for thread in threading.enumerate()}


def test_a_frozen_server_can_be_closed(dial: Dial) -> None:
    """A half-open link does not keep the server."""
    with RocketFiExchange(running=False) as exchange:
        stream = dial(exchange)
        assert exchange.wait_until(lambda: exchange.connections() == 1)
        exchange.faults.freeze(new=True)

    assert stream.end() == (None, "")


def test_a_slow_server(exchange: RocketFiExchange, account: Account, stream: Stream) -> None:
    """Frames and replies are late, and complete."""
    stream.subscribe("OrderEvents", account=account.address)
    exchange.faults.slow(0.02)
    exchange.place_order(account)
    rest = Rest(exchange.rest_url)

    assert rest.get("/collateral", account=account.address)["collaterals"]
    assert len(stream.quiet()) == 1
    rest.close()


def test_it_is_no_page_for_browsers(exchange: RocketFiExchange, rest: Rest) -> None:
    """The stream's path needs an upgrade, and a refusal is written down."""
    rest.session.get(exchange.rest_url + "/ws", timeout=10)

    assert [(one.path, one.status) for one in exchange.requests] == [("/ws", 400)]
