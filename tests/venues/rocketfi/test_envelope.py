"""From a call to a request, and from a reply to its result or its error."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.errors import (
    ApiError,
    AuthenticationError,
    DecodeError,
    HttpStatusError,
    InvalidRequest,
    NotPermitted,
    ServerFault,
    Throttled,
)
from sixmm.transport.base import HttpResponse
from sixmm.venues.base import Call
from sixmm.venues.rocketfi import calls
from sixmm.venues.rocketfi.envelope import MAX_RETRY_AFTER, parse, prepare

from .examples import ACCOUNT, text

CALL = calls.collateral(account=ACCOUNT)


def response(status: int, body: bytes = b"", **headers: str) -> HttpResponse:
    """Return a reply."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status=status, headers=named, body=body, cookies={})


def test_the_request() -> None:
    """It has no credential; the request id is for the logs of both sides."""
    request = prepare(CALL, rest_url="https://host/", request_id="r-1")

    assert request.method == "GET"
    assert request.url == f"https://host/collateral?account={ACCOUNT.lower()}"
    assert (dict(request.headers), request.body) == ({"X-Request-ID": "r-1"}, None)
    assert prepare(calls.assets(), rest_url="https://host", request_id="a b").headers == {}


def test_queries_are_encoded() -> None:
    """Whatever is in a value stays in it."""
    call = Call(operation="x", method="GET", path="/p", query=(("a&b", "c=d e"),))
    assert prepare(call, rest_url="https://h", request_id="r").url == "https://h/p?a%26b=c%3Dd%20e"


def test_the_result() -> None:
    """A reply has no envelope: its body is the result."""
    told = parse(CALL, response(200, b'{"collaterals":{"0":"5"}}'))
    assert told.rows[0].collateral == 5
    with pytest.raises(DecodeError):
        parse(CALL, response(200, b"<html>"))
    with pytest.raises(DecodeError):
        parse(CALL, response(200, b'{"collaterals":5}'))


@pytest.mark.parametrize(
    ("status", "cls"),
    [
        (400, InvalidRequest),
        (401, AuthenticationError),
        (403, NotPermitted),
        (404, ApiError),
        (409, ApiError),
        (422, InvalidRequest),
        (429, Throttled),
        (500, ServerFault),
        (503, ServerFault),
    ],
)
def test_errors(status: int, cls: type[ApiError]) -> None:
    """The status decides; code and message are taken where they are."""
    with pytest.raises(ApiError) as caught:
        parse(CALL, response(status, b'{"code":7,"message":"no\\nway"}'))

    assert type(caught.value) is cls
    assert (caught.value.code, caught.value.message) == (7, "no\\nway")
    assert (caught.value.http_status, caught.value.operation) == (status, "getCollateral")


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({}, 400, "no reason given"),
        ({"message": 5, "code": "x"}, 400, "no reason given"),
        ({"error": "bad"}, 400, "bad"),
        ({"error": {"message": "bad", "code": 9}}, 9, "bad"),
    ],
)
def test_bodies_of_errors(body: Any, code: int, message: str) -> None:
    """How they look is not documented but for two names and "nested"."""
    with pytest.raises(InvalidRequest) as caught:
        parse(CALL, response(400, text(body).encode()))
    assert (caught.value.code, caught.value.message) == (code, message)


@pytest.mark.parametrize(
    ("status", "body"), [(302, b"{}"), (304, b""), (502, b"<html>"), (400, b""), (404, b"[]")]
)
def test_replies_that_are_not_of_the_api(status: int, body: bytes) -> None:
    """A redirect, the page of a proxy, nothing at all."""
    with pytest.raises(HttpStatusError) as caught:
        parse(CALL, response(status, body))
    assert caught.value.http_status == status


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("999999", MAX_RETRY_AFTER),
        ("-1", None),
        ("1e3", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after(header: str, seconds: float | None) -> None:
    """Seconds are taken up to a bound; 429 is an error whatever its body is."""
    with pytest.raises(Throttled) as caught:
        parse(CALL, response(429, b"slow down", retry_after=header))
    assert caught.value.retry_after == seconds
