"""Pings of the server, and connections that say nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sixmm.sim.rocketfi import RocketFiExchange

from .client import Stream

Dial = Callable[[RocketFiExchange], Stream]


@pytest.mark.parametrize(
    ("form", "ping", "pong"), [("object", {"Ping": None}, {"Pong": None}), ("text", "Ping", "Pong")]
)
def test_pings_that_are_answered(
    serve: Any, dial: Dial, form: str, ping: object, pong: object
) -> None:
    """The server pings on; either form of the answer will do."""
    stream = dial(serve(server_ping=0.2, ping_form=form))
    for answer in (pong, "Pong", {"Pong": None}):
        assert stream.next() == ping
        stream.send(answer)

    assert stream.next() == ping


def test_a_ping_that_is_not_answered(serve: Any, dial: Dial) -> None:
    """When the next one is due, the connection is ended."""
    stream = dial(serve(server_ping=0.05))

    assert stream.end() == (1008, "no pong")


def test_an_idle_connection_ends(serve: Any, dial: Dial) -> None:
    """What counts is what the client sends, however much it is sent."""
    exchange = serve(idle_timeout=0.2)
    stream = dial(exchange)
    for _ in range(3):
        exchange.faults.inject("{}")

    assert stream.end() == (1008, "idle")


def test_a_slow_consumer_is_closed(dial: Dial) -> None:
    """What waits for a connection is bounded."""
    with RocketFiExchange(running=False, outgoing_limit=5) as exchange:
        stream = dial(exchange)
        assert exchange.wait_until(lambda: exchange.connections() == 1)
        exchange.faults.freeze()
        for _ in range(10):
            exchange.faults.inject("{}")
        exchange.faults.freeze(False)

        assert stream.end() == (1008, "slow consumer")
        assert exchange.slow_closes == 1
