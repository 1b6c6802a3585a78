"""What a client may say, and what it is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sixmm.sim.rocketfi import Account, RocketFiExchange

from .client import Stream

Dial = Callable[[RocketFiExchange], Stream]


@pytest.mark.parametrize(
    ("form", "ping", "pong"),
    [
        ("alike", "Ping", "Pong"),
        ("alike", {"Ping": None}, {"Pong": None}),
        ("text", {"Ping": None}, "Pong"),
        ("object", "Ping", {"Pong": None}),
    ],
)
def test_pings(serve: Any, dial: Dial, form: str, ping: object, pong: object) -> None:
    """Both forms are understood, and either may be the answer."""
    stream = dial(serve(pong=form))
    stream.send(ping)

    assert stream.next() == pong


def test_confirmations_repeat_the_payload(
    exchange: RocketFiExchange, account: Account, stream: Stream
) -> None:
    """The address is in checksum case, whatever case it was asked for in."""
    lower = account.address.lower()
    assert stream.subscribe("OrderEvents", account=lower) == {
        "OrderEvents": {"account": account.address}
    }
    assert stream.subscribe("Collateral", assetId=0, account=lower) == {
        "Collateral": {"assetId": 0, "account": account.address}
    }
    instrument = exchange.instruments[0].instrument_id
    assert stream.subscribe("Candle", instrumentId=instrument, interval="1m") == {
        "Candle": {"instrumentId": instrument, "interval": "1m"}
    }
    stream.send({"Unsubscribe": {"OrderEvents": {"account": lower}}})
    assert stream.next() == {
        "UnsubscribeConfirmation": {"OrderEvents": {"account": account.address}}
    }


def test_no_subscription_is_a_duplicate(
    exchange: RocketFiExchange, account: Account, stream: Stream
) -> None:
    """Who subscribes twice is confirmed twice and told everything twice."""
    for _ in range(2):
        stream.subscribe("OrderEvents", account=account.address)
    exchange.place_order(account, price="9")

    assert [list(message) for message in stream.quiet()] == [["OrderEventUpdate"]] * 2
    (feeds,) = exchange.subscriptions()
    assert list(feeds.values()) == [2]


@pytest.mark.parametrize(
    "text",
    ["{", '"Hello"', "5", "[]", "{}", '{"Ping":1}', '{"A":1,"B":2}', '{"Login":{}}', "[" * 60_000],
)
def test_what_makes_no_sense(stream: Stream, text: str) -> None:
    """It is told in an error, which does not say more; the connection stays."""
    stream.socket.send(text)
    ((name, reason),) = stream.next().items()

    assert (name, type(reason)) == ("Error", str)
    assert stream.quiet() == []


def test_an_instrument_that_does_not_exist(stream: Stream) -> None:
    """This is the one error that is printed in the documentation."""
    stream.send({"Subscribe": {"Orderbook": {"instrumentId": "0x" + "0" * 16}}})

    assert stream.next() == {"Error": "subscription rejected: unknown instrument"}


def test_an_error_may_end_the_connection(serve: Any, dial: Dial) -> None:
    """The server may close after an error; the error is told before."""
    stream = dial(serve(close_after_error=True))
    stream.send({"Nonsense": 1})

    assert "Error" in stream.next()
    assert stream.end() == (1008, "error")


def test_faults_of_confirmations(
    exchange: RocketFiExchange, account: Account, stream: Stream
) -> None:
    """They are lost, late or refused; what is lost or late has happened all the same."""
    exchange.faults.lose_acks(1)
    stream.send({"Subscribe": {"OrderEvents": {"account": account.address}}})
    assert stream.quiet() == []
    exchange.place_order(account, price="9")
    assert len(stream.quiet()) == 1

    exchange.faults.late_ack(0.05)
    stream.send({"Subscribe": {"OpenOrders": {"account": account.address}}})
    assert exchange.wait_until(lambda: len(exchange.subscriptions()[0]) == 2)
    exchange.place_order(account, price="9")
    _, before = stream.until(lambda message: "SubscribeConfirmation" in message)
    assert {next(iter(message)) for message in before} <= {"OrderEventUpdate", "OpenOrdersUpdate"}

    exchange.faults.refuse_topics(["Position"])
    stream.send({"Subscribe": {"Position": {"account": account.address}}})
    _, before = stream.until(lambda message: "Error" in message)
    assert all("Error" not in json.dumps(message) for message in before)


def test_a_pong_is_no_mistake(stream: Stream) -> None:
    """A client may send a pong that nobody asked for."""
    stream.send("Pong")
    stream.send({"Pong": None})

    assert stream.quiet() == []
