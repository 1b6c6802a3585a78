"""Every fault, seen from a client."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
import requests

from sixmm.sim.kucoin import Account, KuCoinExchange
from sixmm.sim.kucoin.faults import FAULTS

from .bench import D
from .client import Caller, Classic, InvalidStatus
from .conftest import Opener

Dial = Callable[[Caller], Classic]

MONEY = "/account/balance"


def pay(exchange: KuCoinExchange, account: Account) -> None:
    """Have one push of a balance."""
    with exchange.moment(account) as trader:
        trader.spot.transfer("trade", "USDT", D(1))


def test_every_fault_has_a_method(exchange: KuCoinExchange) -> None:
    """The names are those of the methods."""
    methods = {name for name in vars(type(exchange.faults)) if not name.startswith("_")}

    assert methods == set(FAULTS)


@pytest.mark.parametrize(
    ("how", "code"), [("rst", None), ("fin", None), ("mid_frame", None), ("close", 1012)]
)
def test_cuts(
    exchange: KuCoinExchange, spot: Caller, futures: Caller, dial: Dial, how: str, code: int | None
) -> None:
    """Connections of one host end in four ways; the others stay."""
    stream, other = dial(spot), dial(futures)

    assert exchange.faults.cut(how, host="spot", code=1012) == 1
    assert stream.end()[0] == code
    assert other.request("ping")["type"] == "pong"


def test_a_half_open_link(
    exchange: KuCoinExchange, account: Account, spot: Caller, dial: Dial
) -> None:
    """Nothing comes while it lasts, and all of it after."""
    stream = dial(spot)
    stream.subscribe(MONEY)
    exchange.faults.freeze()
    pay(exchange, account)
    stream.tell("ping")
    with pytest.raises(TimeoutError):
        stream.next(timeout=0.1)
    exchange.faults.freeze(False)

    assert stream.next()["topic"] == MONEY
    assert stream.next()["type"] == "pong"


def test_handshakes_of_a_half_open_link(
    exchange: KuCoinExchange, spot: Caller, opener: Opener
) -> None:
    """New ones are held, too, if that is asked for."""
    url = spot.dial_url()
    exchange.faults.freeze(new=True)
    dialled: list[Classic] = []

    def dial() -> None:
        stream = opener(Classic, url)
        assert isinstance(stream, Classic)
        dialled.append(stream)

    waiting = threading.Thread(target=dial, daemon=True)
    waiting.start()
    waiting.join(0.2)
    assert not dialled
    exchange.faults.freeze(False)
    waiting.join(10)

    assert dialled[0].next()["type"] == "welcome"


def test_down(exchange: KuCoinExchange, spot: Caller, dial: Dial) -> None:
    """Nobody answers, until it is over."""
    stream = dial(spot)
    exchange.faults.down()

    assert stream.end()[0] is None
    with pytest.raises(requests.ConnectionError):
        spot.bullet()
    exchange.faults.down(False)
    assert dial(spot).request("ping")["type"] == "pong"


def test_a_mute_stream(
    exchange: KuCoinExchange, account: Account, spot: Caller, dial: Dial
) -> None:
    """Pushes are logged and not sent; pings are answered."""
    stream = dial(spot)
    stream.subscribe(MONEY)
    exchange.faults.mute()
    pay(exchange, account)

    assert stream.pending() == []
    assert exchange.private_log(account, topics={MONEY})[-1].receivers == 0
    exchange.faults.clear()
    pay(exchange, account)
    assert len(stream.pending()) == 1


def test_duplicates(exchange: KuCoinExchange, account: Account, spot: Caller, dial: Dial) -> None:
    """Every push comes twice; the log has it once."""
    stream = dial(spot)
    stream.subscribe(MONEY)
    exchange.faults.duplicate()
    pay(exchange, account)
    first, second = stream.pending()

    assert first == second == json.loads(exchange.private_log(account, topics={MONEY})[-1].text)


def test_handshakes_that_are_refused(
    exchange: KuCoinExchange, spot: Caller, opener: Opener
) -> None:
    """As often as it says, with its status."""
    exchange.faults.refuse(1, 503, retry_after=2)
    with pytest.raises(InvalidStatus) as caught:
        opener(Classic, spot.dial_url())

    assert caught.value.response.status_code == 503
    assert caught.value.response.headers["Retry-After"] == "2"
    opener(Classic, spot.dial_url())


def test_logins_that_are_refused(exchange: KuCoinExchange, spot: Caller, opener: Opener) -> None:
    """Good tokens are found invalid."""
    exchange.faults.refuse_login(1)
    with pytest.raises(InvalidStatus) as caught:
        opener(Classic, spot.dial_url())

    assert caught.value.response.status_code == 401


def test_dead_endpoints(exchange: KuCoinExchange, spot: Caller, opener: Opener) -> None:
    """They come first, and the last is alive."""
    exchange.faults.dead_endpoints(2)
    servers = spot.bullet()["instanceServers"]

    assert len(servers) == 3
    with pytest.raises(OSError, match=r"."):
        opener(Classic, servers[0]["endpoint"])
    opener(Classic, spot.dial_url())


def test_a_welcome_that_is_lost(exchange: KuCoinExchange, spot: Caller, opener: Opener) -> None:
    """The connection is open, and says nothing."""
    exchange.faults.lose_welcomes(1)
    stream = opener(Classic, spot.dial_url())

    with pytest.raises(TimeoutError):
        stream.next(timeout=0.2)


def test_topics_that_are_refused(exchange: KuCoinExchange, spot: Caller, dial: Dial) -> None:
    """One that is there is refused all the same."""
    exchange.faults.refuse_topics(MONEY)

    assert dial(spot).request("subscribe", MONEY)["code"] == 403


def test_requests_that_fail(exchange: KuCoinExchange, spot: Caller, dial: Dial) -> None:
    """With a code and a text, as often as it says."""
    stream = dial(spot)
    exchange.faults.stream_error(1)
    failed = stream.request("subscribe", MONEY)

    assert (failed["code"], failed["data"]) == (500, "system error")
    assert stream.request("subscribe", MONEY)["type"] == "ack"


def test_one_account_only(exchange: KuCoinExchange, spot: Caller, dial: Dial) -> None:
    """A fault finds an account by its name, too."""
    dial(spot)
    exchange.create_account("other")

    assert exchange.faults.cut("fin", "other") == 0
    assert exchange.faults.cut("fin", "demo") == 1
    with pytest.raises(ValueError, match="no account 'nobody'"):
        exchange.faults.cut("fin", "nobody")


def test_rest_errors(exchange: KuCoinExchange, spot: Caller) -> None:
    """On some paths, as often as it says, with the status of the code."""
    exchange.faults.rest_error(1, "500000", path="/api/v1/bullet")
    exchange.faults.rest_error(1, retry_after="soon", path="/api/v1/accounts")

    assert spot.call("POST", "/api/v1/bullet-private")["code"] == "500000"
    assert spot.last.status_code == 500
    assert spot.code("/api/v1/accounts") == "429000"
    assert spot.last.headers["Retry-After"] == "soon"
    assert spot.code("/api/v1/accounts") == "200000"


def test_a_wrong_clock(exchange: KuCoinExchange, spot: Caller) -> None:
    """Timestamps that are right are refused."""
    exchange.faults.clock_skew(60_000)

    assert spot.code("/api/v1/accounts") == "400002"


def test_a_slow_exchange(exchange: KuCoinExchange, spot: Caller, dial: Dial) -> None:
    """Everything comes, later."""
    exchange.faults.slow(0.05)

    assert dial(spot).request("ping")["type"] == "pong"


def test_any_text(exchange: KuCoinExchange, spot: Caller, dial: Dial) -> None:
    """Such as a notice, which nobody has ever seen."""
    stream = dial(spot)

    assert exchange.faults.inject('{"type":"notice"}', host="spot") == 1
    assert stream.next() == {"type": "notice"}
    assert exchange.faults.inject("x", host="futures") == 0


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("cut", {"how": "softly"}),
        ("cut", {"host": "margin"}),
        ("stream_error", {"count": 1, "code": 0}),
        ("refuse", {"count": -1}),
        ("refuse", {"count": 1, "status": 200}),
        ("slow", {"seconds": -1}),
        ("late_ack", {"seconds": 4000}),
        ("lose_acks", {"count": True}),
        ("rest_error", {"count": 1, "code": "many"}),
        ("rest_error", {"count": 1, "http_status": 42}),
        ("clock_skew", {"ms": 1.5}),
    ],
)
def test_arguments_that_are_wrong(
    exchange: KuCoinExchange, name: str, args: dict[str, object]
) -> None:
    """They are refused before anything happens."""
    with pytest.raises(ValueError, match=r"must be|is a text"):
        getattr(exchange.faults, name)(**args)
