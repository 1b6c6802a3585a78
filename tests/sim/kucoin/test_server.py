"""Handshakes, and REST over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
import requests

from sixmm.sim.kucoin import ApiKey, KuCoinExchange, Limits

from .client import Caller, Classic, InvalidStatus
from .conftest import Opener

Dial = Callable[[Caller], Classic]


def refused(opener: Opener, url: str) -> int:
    """Return the HTTP status with which a dial is refused."""
    with pytest.raises(InvalidStatus) as caught:
        opener(Classic, url)
    return int(caught.value.response.status_code)


def test_a_token_is_used_once(spot: Caller, opener: Opener) -> None:
    """The second dial with it is refused."""
    url = spot.dial_url()
    opener(Classic, url)

    assert refused(opener, url) == 401


def test_tokens_that_are_refused(
    exchange: KuCoinExchange, spot: Caller, futures: Caller, opener: Opener
) -> None:
    """One that is made up, missing, of the other host, not encoded, or too old."""
    data = spot.bullet()
    base = data["instanceServers"][0]["endpoint"]
    foreign = quote(futures.bullet()["token"], safe="")
    assert refused(opener, f"{base}?token=x") == 401
    assert refused(opener, base) == 401
    assert refused(opener, f"{base}?token={foreign}") == 401
    assert refused(opener, f"{base}?token={data['token']}") == 401
    url = spot.dial_url()
    exchange.faults.expire_tokens()
    assert refused(opener, url) == 401


def test_a_token_that_is_refused_by_a_frame(
    exchange: KuCoinExchange, spot: Caller, opener: Opener
) -> None:
    """The upgrade succeeds, and an error frame is all that comes."""
    exchange.manners.dead_token = "frame"
    url = spot.dial_url()
    exchange.faults.expire_tokens()
    stream = opener(Classic, url)

    assert stream.next() == {"id": "c1", "type": "error", "code": 401, "data": "token is expired"}
    assert stream.end()[0] == 1000


def test_too_many_dials(opener: Opener) -> None:
    """A user has so many in a minute, and so many connections."""
    with KuCoinExchange(limits=Limits(dials=3, sessions=2)) as exchange:
        caller = Caller(exchange.rest_url, exchange.create_key(exchange.create_account()))
        streams = [opener(Classic, caller.dial_url()) for _ in range(4)]
        first = [stream.next() for stream in streams]
        caller.session.close()

    assert [one["type"] for one in first] == ["welcome", "welcome", "error", "error"]
    assert first[2]["data"] == "exceed max session count limitation of 2"
    assert first[3]["data"] == "service is busy, please retry later"
    assert {one["code"] for one in first[2:]} == {509}


def test_connections_are_noted(exchange: KuCoinExchange, spot: Caller, dial: Dial) -> None:
    """With host and status, and without the token."""
    dial(spot)
    records = [(one.path, one.status, one.query) for one in exchange.requests]

    assert records == [
        ("spot:/api/v1/bullet-private", 200, ""),
        ("spot:stream", 101, ""),
    ]


def test_hosts_are_apart(spot: Caller, futures: Caller) -> None:
    """A call of the one is not found on the other."""
    assert spot.code("/api/v1/positions") == "404000"
    assert spot.last.status_code == 404
    assert futures.code("/api/v1/positions") == "200000"
    assert futures.code("/api/v1/accounts") == "404000"


def test_rate_limits() -> None:
    """Each pool of a user has its weight, told in the headers; beyond it is 429."""
    with KuCoinExchange(rest_weight=10) as exchange:
        account = exchange.create_account()
        caller = Caller(exchange.rest_url, exchange.create_key(account))
        codes = [caller.code("/api/v1/accounts") for _ in range(3)]
        status, headers = caller.last.status_code, dict(caller.last.headers)
        other = caller.code("/api/v1/hf/orders/active/symbols")
        caller.session.close()

    assert codes == ["200000", "200000", "429000"]
    assert status == 429
    assert headers["gw-ratelimit-limit"] == "10"
    assert headers["gw-ratelimit-remaining"] == "0"
    assert 0 < int(headers["gw-ratelimit-reset"]) <= 30_000
    assert other == "200000"


def test_a_body_that_is_too_long(spot: Caller) -> None:
    """It is refused before anything is looked at."""
    envelope = spot.send("POST", "/api/v1/bullet-private", {}, "x" * 2_000_000)

    assert envelope == {"code": "400100", "msg": "the body is too large"}
    assert spot.last.status_code == 413


def test_what_is_no_handshake(exchange: KuCoinExchange) -> None:
    """An upgrade that lacks its key is refused, and noted."""
    headers = {"Connection": "Upgrade", "Upgrade": "websocket"}
    reply = requests.get(exchange.pro_url.replace("ws://", "http://"), headers=headers, timeout=10)

    assert reply.status_code == 400
    assert exchange.requests[-1].status == 400


def test_a_bad_signature_over_http(spot: Caller, key: ApiKey) -> None:
    """The envelope has a code that is a text, and a message."""
    headers = spot.headers("GET", "/api/v1/accounts")
    envelope = spot.send("GET", "/api/v1/accounts?currency=BTC", headers)

    assert envelope == {"code": "400005", "msg": "Invalid KC-API-SIGN"}
    assert spot.last.status_code == 401
    assert key.api_secret not in spot.last.text
