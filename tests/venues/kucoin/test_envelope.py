"""Requests as they are sent, and replies as results or errors."""

from __future__ import annotations

import contextlib
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    DecodeError,
    HttpStatusError,
    InsufficientBalance,
    InvalidRequest,
    NotPermitted,
    OrderNotFound,
    ServerFault,
    SixmmError,
    Throttled,
)
from sixmm.redaction import Secret
from sixmm.transport.base import HttpResponse
from sixmm.venues.base import Auth, Call, Credentials
from sixmm.venues.kucoin import calls
from sixmm.venues.kucoin.enums import Connection
from sixmm.venues.kucoin.envelope import error_of, is_clock_error, parse, prepare
from sixmm.venues.kucoin.hosts import Hosts
from sixmm.venues.kucoin.signing import sign

from .rest import KEY, reply, success

TIME = 1_700_000_000_000
PLAIN = Call(operation="plain", method="GET", path="/x")


def sent(call: Call, **more: Any) -> Any:
    """Return the request of a call."""
    return prepare(call, hosts=Hosts(), credentials=KEY, timestamp_ms=TIME, **more)


class TestRequest:
    """What is sent."""

    def test_token(self) -> None:
        """The call for a token is signed without a body, and goes to the host of its market."""
        request = sent(calls.stream_token(Connection.FUTURES_PRIVATE_V1))

        assert request.url == "https://api-futures.kucoin.com/api/v1/bullet-private"
        assert (request.method, request.body) == ("POST", None)
        assert request.headers == {
            "Content-Type": "application/json",
            "KC-API-KEY": "my-api-key",
            "KC-API-SIGN": "sigrgFlHvwzJnjraKWugFacllwle1J+2Cd2wTF5/40g=",
            "KC-API-TIMESTAMP": "1700000000000",
            "KC-API-PASSPHRASE": "O6EXY5PUKd+kAkiyvJZwGMP6HpyiCa3/t3FyTjSmvF8=",
            "KC-API-KEY-VERSION": "3",
        }

    def test_query_is_encoded_and_signed_as_it_reads(self) -> None:
        """What is sent is percent-encoded, and what is signed is not."""
        request = sent(calls.futures_fills())
        text = f"{TIME}GET/api/v1/fills?tradeTypes=trade,adl,liquid,settlement&pageSize=100"

        assert request.url.endswith("?tradeTypes=trade%2Cadl%2Cliquid%2Csettlement&pageSize=100")
        assert request.headers["KC-API-SIGN"] == sign(Secret("secret"), text)

    def test_public(self) -> None:
        """A public call needs no credential and shows none."""
        request = prepare(
            calls.stream_token(Connection.SPOT_PUBLIC_V1),
            hosts=Hosts(),
            credentials=Credentials(),
            timestamp_ms=TIME,
        )

        assert not [name for name in request.headers if name.startswith("KC-")]

    def test_options(self) -> None:
        """The version of the key, the site and the hosts are those that are set."""
        hosts = Hosts(spot="https://api.kucoin.eu", site_type="australia")
        request = prepare(
            calls.cross_margin(), hosts=hosts, credentials=KEY, timestamp_ms=TIME, key_version=2
        )

        assert request.url == "https://api.kucoin.eu/api/v3/margin/accounts"
        assert request.headers["KC-API-KEY-VERSION"] == "2"
        assert request.headers["X-SITE-TYPE"] == "australia"

    def test_a_call_of_no_host(self) -> None:
        """A call that names no host goes to that of spot; a body is sent as it was signed."""
        call = Call(operation="x", method="POST", path="/x", body={"a": 1}, auth=Auth.ACCOUNT)
        request = sent(call)

        assert request.url == "https://api.kucoin.com/x"
        assert request.body == b'{"a":1}'

    @pytest.mark.parametrize(
        ("missing", "named"),
        [("api_key", "an API key"), ("api_secret", "secret"), ("passphrase", "passphrase")],
    )
    def test_missing_credential(self, missing: str, named: str) -> None:
        """Without one of the three nothing is sent, and the error says which one."""
        credentials = attrs.evolve(KEY, **{missing: None})
        with pytest.raises(ConfigurationError, match=f"{named} is missing"):
            prepare(calls.cross_margin(), hosts=Hosts(), credentials=credentials, timestamp_ms=1)

    def test_a_key_that_no_header_can_have(self) -> None:
        """A key with a line end would add a header."""
        credentials = attrs.evolve(KEY, api_key=Secret("a\r\nb"))
        with pytest.raises(ConfigurationError, match="visible ASCII"):
            prepare(calls.cross_margin(), hosts=Hosts(), credentials=credentials, timestamp_ms=1)


class TestReply:
    """What comes back."""

    def test_success(self) -> None:
        """The code of success is text, and the data becomes the result of the call."""
        assert parse(PLAIN, success({"a": 1})) == {"a": 1}
        symbols = parse(calls.spot_active_symbols(), success({"symbols": ["BTC-USDT"]}))
        assert symbols.symbols == ("BTC-USDT",)

    def test_wrong_result(self) -> None:
        """A result that is not what the schema says is refused with its path."""
        with pytest.raises(DecodeError, match=r"\$\.data\.symbols\[0\]"):
            parse(calls.spot_active_symbols(), success({"symbols": [5]}))

    @pytest.mark.parametrize(
        ("code", "message", "cls"),
        [
            ("400001", "Please check the header", AuthenticationError),
            ("400002", "KC-API-TIMESTAMP Invalid", AuthenticationError),
            ("400003", "KC-API-KEY not exists", AuthenticationError),
            ("400004", "KC-API-PASSPHRASE error", AuthenticationError),
            ("400005", "Invalid KC-API-SIGN", AuthenticationError),
            ("400006", "The requested ip address is not in the api whitelist", AuthenticationError),
            ("400007", "Access denied", NotPermitted),
            ("400100", "Parameter Error", InvalidRequest),
            ("400100", "order_not_exist_or_not_allow_to_be_gotten", OrderNotFound),
            ("100001", "error.getOrder.orderNotExist", OrderNotFound),
            ("200004", "Balance insufficient", InsufficientBalance),
            ("429000", "Too many requests", Throttled),
            ("500000", "Internal Server Error", ServerFault),
            ("999999", "new", ApiError),
        ],
    )
    def test_errors(self, code: str, message: str, cls: type[ApiError]) -> None:
        """Each code has its class, and is a number in the error."""
        with pytest.raises(cls) as caught:
            parse(PLAIN, reply({"code": code, "msg": message}))

        assert type(caught.value) is cls
        assert (caught.value.code, caught.value.operation) == (int(code), "plain")
        assert message in str(caught.value)

    def test_a_code_that_is_no_number(self) -> None:
        """It is told in the text, and the number is 0."""
        error = error_of(code="ABC", message="x", http_status=200)

        assert (error.code, error.message) == (0, "ABC: x")

    def test_throttled(self) -> None:
        """How long to wait is told in milliseconds by a header, where nothing is left."""
        left = {"gw_ratelimit_remaining": "0", "gw_ratelimit_reset": "2500"}
        with pytest.raises(Throttled) as caught:
            parse(PLAIN, reply({"code": "429000", "msg": "x"}, status=429, **left))
        assert caught.value.retry_after == 2.5
        with pytest.raises(Throttled) as caught:
            parse(PLAIN, HttpResponse(status=429, body=b"<html>"))
        assert (caught.value.retry_after, caught.value.code) == (None, 429_000)

    @pytest.mark.parametrize(
        ("headers", "wait"),
        [
            ({"gw_ratelimit_reset": "soon"}, None),
            ({"gw_ratelimit_remaining": "5", "gw_ratelimit_reset": "2500"}, None),
            ({"gw_ratelimit_reset": "999999999"}, 300.0),
            ({}, None),
        ],
    )
    def test_waits(self, headers: dict[str, str], wait: float | None) -> None:
        """A wait is bounded, and none is made up."""
        with pytest.raises(Throttled) as caught:
            parse(PLAIN, reply({"code": "429000", "msg": "x"}, status=429, **headers))
        assert caught.value.retry_after == wait

    @pytest.mark.parametrize(
        ("response", "told"),
        [
            (HttpResponse(status=302, body=b"{}"), "a redirect, which is not followed"),
            (HttpResponse(status=502, body=b"<html>"), "without an envelope"),
            (HttpResponse(status=200, body=b"[]"), "without an envelope"),
            (HttpResponse(status=200, body=b"{}"), "without an envelope"),
            (reply({"code": "200000", "data": 1}, status=500), "says success"),
        ],
    )
    def test_no_envelope(self, response: HttpResponse, told: str) -> None:
        """What is no reply of the API is told by its status, and none of its text is shown."""
        with pytest.raises(HttpStatusError, match=told):
            parse(PLAIN, response)

    def test_a_code_of_the_wrong_type(self) -> None:
        """A code that is a number is refused: it would be another API."""
        with pytest.raises(DecodeError, match=r"\$\.code"):
            parse(PLAIN, reply({"code": 200_000}))

    def test_clock(self) -> None:
        """A timestamp that was off is told from the other faults of a credential."""
        assert is_clock_error(error_of(code="400002", message="x", http_status=401))
        assert not is_clock_error(error_of(code="400005", message="x", http_status=401))
        assert not is_clock_error(SixmmError("x"))

    def test_no_secret(self) -> None:
        """What the exchange repeats of a credential is not shown."""
        error = error_of(code="400005", message="bad sign: my-api-key\nx", http_status=401)

        assert "my-api-key" not in str(error)
        assert "\n" not in str(error)

    @given(st.binary(max_size=100), st.integers(100, 599))
    def test_any_reply(self, body: bytes, status: int) -> None:
        """Any reply is a result or one of the errors of this library."""
        with contextlib.suppress(SixmmError):
            parse(PLAIN, HttpResponse(status=status, body=body))
