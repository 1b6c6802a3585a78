"""Requests on a Classic connection, over a socket."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from sixmm.sim.kucoin import Account, KuCoinExchange

from .bench import D
from .client import Caller, Classic
from .conftest import Opener

Dial = Callable[[Caller], Classic]

V2 = "/spotMarket/tradeOrdersV2"


def test_a_subscription_is_acknowledged(spot: Caller, dial: Dial) -> None:
    """By its id as a text, and only if that is asked for."""
    stream = dial(spot)
    stream.socket.send(
        '{"id":1545910660739,"type":"subscribe","topic":"/account/balance",'
        '"privateChannel":true,"response":true}'
    )
    assert stream.next() == {"id": "1545910660739", "type": "ack"}
    stream.tell("subscribe", V2, response=False)
    stream.tell("unsubscribe", V2, response=False)
    assert stream.pending() == []


def test_pushes_go_to_subscribers(
    exchange: KuCoinExchange, account: Account, spot: Caller, futures: Caller, dial: Dial
) -> None:
    """On their host, with the text that the log has, in its order."""
    streams = [dial(spot), dial(futures)]
    streams[0].subscribe(V2, "/account/balance")
    streams[1].subscribe("/contractAccount/wallet", "/contract/positionAll")
    since = exchange.private_log(account)[-1].seq
    exchange.step(account, 60)

    for stream in streams:
        topics = exchange.subscriptions()[streams.index(stream)]
        log = exchange.private_log(account, since, topics)
        got = stream.pending()
        assert got == [json.loads(one.text) for one in log]
        assert got
        assert exchange.wait_until(lambda log=log: all(one.receivers == 1 for one in log))


def test_nothing_comes_after_unsubscribing(
    exchange: KuCoinExchange, account: Account, spot: Caller, dial: Dial
) -> None:
    """The log still has it, with no receiver."""
    stream = dial(spot)
    stream.subscribe("/account/balance")
    assert stream.request("unsubscribe", "/account/balance")["type"] == "ack"
    with exchange.moment(account) as trader:
        trader.spot.transfer("trade", "USDT", D(1))

    assert stream.pending() == []
    assert exchange.private_log(account)[-1].receivers == 0


@pytest.mark.parametrize(
    ("form", "members"),
    [
        ("plain", {"id", "type"}),
        ("timestamp", {"id", "type", "timestamp"}),
        ("bare", {"type", "timestamp"}),
    ],
)
def test_the_forms_of_pongs(
    exchange: KuCoinExchange, spot: Caller, dial: Dial, form: str, members: set[str]
) -> None:
    """With or without time and id."""
    exchange.manners.pong = form
    stream = dial(spot)
    stream.tell("ping")
    pong = stream.next()

    assert pong.keys() == members
    assert pong["type"] == "pong"


@pytest.mark.parametrize(
    ("topic", "code", "text"),
    [
        ("/nothing/there", 404, "topic does not exist"),
        ("account", 400, "topic is invalid"),
        ("", 406, "topic is required"),
        ("/contract/positionAll", 404, "topic does not exist"),
    ],
)
def test_topics_that_are_refused(
    spot: Caller, dial: Dial, topic: str, code: int, text: str
) -> None:
    """With an error frame that has the id, a numeric code and a text."""
    stream = dial(spot)
    answer = stream.request("subscribe", topic)

    assert answer == {"id": "1", "type": "error", "code": code, "data": text}


def test_a_private_topic_needs_a_private_token(spot: Caller, opener: Opener) -> None:
    """On a public one it is refused, and a public topic is taken."""
    stream = opener(Classic, spot.dial_url("/api/v1/bullet-public"))
    assert isinstance(stream, Classic)
    stream.next()
    answer = stream.request("subscribe", V2)

    assert (answer["code"], answer["data"]) == (403, "login is required")
    stream.subscribe("/market/match:BTC-USDT")


def test_a_private_topic_needs_its_flag(exchange: KuCoinExchange, spot: Caller, dial: Dial) -> None:
    """Unless that is switched off; the text ``"true"`` is taken, too."""
    stream = dial(spot)
    assert stream.request("subscribe", V2, privateChannel=False)["code"] == 403
    assert stream.request("subscribe", V2, privateChannel="true")["type"] == "ack"
    exchange.manners.strict_private = False
    assert stream.request("subscribe", "/account/balance", privateChannel=False)["type"] == "ack"


def test_an_unknown_symbol_is_taken_and_silent(
    exchange: KuCoinExchange, account: Account, spot: Caller, dial: Dial
) -> None:
    """And a subscription that is there already is acknowledged again, without doubling."""
    stream = dial(spot)
    stream.subscribe("/margin/isolatedPosition:NO-SUCH", "/account/balance", "/account/balance")
    with exchange.moment(account) as trader:
        trader.spot.transfer("trade", "USDT", D(1))

    assert len(stream.pending()) == 1


def test_what_is_no_request(spot: Caller, dial: Dial) -> None:
    """Texts that are no JSON get an id of the server's; unknown types are 415."""
    stream = dial(spot)
    stream.socket.send("hello")
    answer = stream.next()

    assert (answer["type"], answer["code"]) == ("error", 400)
    assert answer["data"].startswith("Unrecognized token 'hello")
    assert answer["id"]
    assert stream.request("openTunnel")["code"] == 415


def test_too_many_messages(spot: Caller, dial: Dial) -> None:
    """The hundred and first in ten seconds is refused."""
    stream = dial(spot)
    for _ in range(100):
        stream.tell("ping")
    for _ in range(100):
        assert stream.next()["type"] == "pong"
    answer = stream.request("ping")

    assert (answer["code"], answer["data"]) == (509, "exceed max permits per second")


def test_too_many_topics(spot: Caller, futures: Caller, dial: Dial) -> None:
    """A spot connection has 300, and a hundred at once; futures have no limit."""

    def many(first: int, count: int) -> str:
        return ",".join(f"S{number}-USDT" for number in range(first, first + count))

    stream = dial(spot)
    for first in (0, 100, 200):
        stream.subscribe(f"/market/match:{many(first, 100)}")
    more = stream.request("subscribe", "/market/match:BTC-USDT")
    at_once = stream.request("subscribe", f"/market/match:{many(0, 101)}")

    assert more["code"] == at_once["code"] == 509
    assert more["data"] == "exceed max subscription count limitation of 300 per session"
    assert at_once["data"] == "exceed max subscription count limitation of 100 per time"
    free = dial(futures)
    for first in range(0, 400, 100):
        free.subscribe(f"/contractMarket/tickerV2:{many(first, 100)}")


def test_nothing_is_accepted_before_the_welcome(
    exchange: KuCoinExchange, spot: Caller, opener: Opener
) -> None:
    """A client that does not wait for it has subscribed to nothing."""
    exchange.faults.late_welcome(30)
    stream = opener(Classic, spot.dial_url())
    assert isinstance(stream, Classic)
    stream.tell("subscribe", V2)
    answer = stream.next()

    assert (answer["type"], answer["code"]) == ("error", 400)
    assert exchange.subscriptions() == [set()]
