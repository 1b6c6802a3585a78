"""From a call to the request that is sent, and from the reply to its result or its error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import attrs

from ...codec import dump_json, parse_json
from ...errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    DecodeError,
    HttpStatusError,
    InsufficientBalance,
    InvalidRequest,
    LoginRefused,
    NotPermitted,
    OrderNotFound,
    ServerFault,
    Throttled,
)
from ...redaction import Secret, one_line
from ...transport.base import HttpRequest, HttpResponse
from ..base import Auth, Call, Credentials
from .calls import KuCoinCall
from .hosts import Host, Hosts
from .protocol import CLOCK_CODE
from .signing import KEY_VERSIONS, signed_headers, signing_text

__all__ = ["MAX_RETRY_AFTER", "SUCCESS", "error_of", "is_clock_error", "parse", "prepare"]

SUCCESS = "200000"
"""The code of a reply that worked; it is text."""
MAX_RETRY_AFTER = 300.0
"""The longest wait that a reply can ask for, in seconds."""

_VISIBLE = re.compile(r"[\x21-\x7e]{1,4096}")
_THROTTLED = 429000


# The request


def prepare(
    call: Call,
    *,
    hosts: Hosts,
    credentials: Credentials,
    timestamp_ms: int,
    key_version: int = KEY_VERSIONS[0],
) -> HttpRequest:
    """Return the request for ``call``: encoded once, and signed where the call asks for it.

    Args:
        call: the call; one that names no host goes to that of spot.
        hosts: where the REST API is.
        credentials: key, secret and passphrase.
        timestamp_ms: exchange time in Unix milliseconds.
        key_version: 3, or 2 for an older key.

    Raises:
        ConfigurationError: a credential is missing, or has a character that a header cannot have.
    """
    body = None if call.body is None else dump_json(call.body)
    target = _target(call, encoded=False)
    headers = {"Content-Type": "application/json"}
    if hosts.site_type is not None:
        headers["X-SITE-TYPE"] = hosts.site_type
    if call.auth is not Auth.NONE:
        text = signing_text(timestamp_ms=timestamp_ms, method=call.method, target=target, body=body)
        headers.update(_signed(call, credentials, text, timestamp_ms, key_version))
    host = call.host if isinstance(call, KuCoinCall) else Host.SPOT
    url = hosts.url_of(host) + _target(call, encoded=True)
    return HttpRequest(method=call.method, url=url, headers=headers, body=body)


def _target(call: Call, *, encoded: bool) -> str:
    """Return path and query, as they are sent or as they are signed."""
    pairs = [f"{name}={quote(value, safe='') if encoded else value}" for name, value in call.query]
    return call.path + (f"?{'&'.join(pairs)}" if pairs else "")


def _signed(
    call: Call, credentials: Credentials, text: str, timestamp_ms: int, key_version: int
) -> Mapping[str, str]:
    key, secret, passphrase = (
        _needed(call, secret, what)
        for secret, what in (
            (credentials.api_key, "an API key"),
            (credentials.api_secret, "its secret"),
            (credentials.passphrase, "its passphrase"),
        )
    )
    if _VISIBLE.fullmatch(key.reveal()) is None:
        raise ConfigurationError("an API key may have visible ASCII characters only")
    return signed_headers(
        api_key=key,
        api_secret=secret,
        passphrase=passphrase,
        text=text,
        timestamp_ms=timestamp_ms,
        key_version=key_version,
    )


def _needed(call: Call, secret: Secret | None, what: str) -> Secret:
    if not secret:
        raise ConfigurationError(
            f"{call.operation} needs an API key, its secret and its passphrase: {what} is missing"
        )
    return secret


# The reply


@attrs.frozen
class _Envelope:
    code: str
    message: str
    data: Any


def parse(call: Call, response: HttpResponse) -> Any:
    """Return the result of a reply, or raise the error that it tells; the code decides.

    Raises:
        ApiError: the code is not that of success; its class says what to do about it.
        Throttled: code 429000, or HTTP 429 with any body.
        HttpStatusError: the reply is no envelope, or one that says success under a status that
            says failure.
        DecodeError: the result is not what the schema says.
    """
    envelope = _envelope(response)
    retry_after = _retry_after(response.headers)
    worked = envelope is not None and envelope.code == SUCCESS
    if envelope is None or (worked and not 200 <= response.status < 300):
        raise _status_error(call, response, retry_after, has_envelope=envelope is not None)
    if not worked:
        raise error_of(
            code=envelope.code,
            message=envelope.message,
            http_status=response.status,
            operation=call.operation,
            retry_after=retry_after,
        )
    return envelope.data if call.result is None else call.result(envelope.data)


def _envelope(response: HttpResponse) -> _Envelope | None:
    if 300 <= response.status < 400:
        return None
    try:
        value = parse_json(response.body)
    except DecodeError:
        return None
    if not isinstance(value, dict) or "code" not in value:
        return None
    code, message = value["code"], value.get("msg")
    if type(code) is not str:
        raise DecodeError("expected text", path="$.code")
    return _Envelope(code, message if isinstance(message, str) else "", value.get("data"))


def _status_error(
    call: Call, response: HttpResponse, retry_after: float | None, *, has_envelope: bool
) -> HttpStatusError | Throttled:
    if response.status == 429:
        return Throttled(
            "too many requests",
            code=_THROTTLED,
            http_status=429,
            operation=call.operation,
            retry_after=retry_after,
        )
    redirected = 300 <= response.status < 400
    what = "a redirect, which is not followed" if redirected else "without an envelope"
    if has_envelope:
        what = "with an envelope that says success"
    return HttpStatusError(
        f"{call.operation}: HTTP {response.status} {what}",
        http_status=response.status,
        retry_after=retry_after,
    )


# Errors

_CLASSES: Mapping[int, type[ApiError]] = {
    400001: AuthenticationError,  # A header is missing.
    400002: AuthenticationError,  # The timestamp is off.
    400003: AuthenticationError,  # There is no such key.
    400004: AuthenticationError,  # The passphrase is wrong.
    400005: AuthenticationError,  # The signature is wrong.
    400006: AuthenticationError,  # The address is not on the list of the key.
    400008: AuthenticationError,  # The version of the key.
    411100: AuthenticationError,  # The user is frozen.
    400007: NotPermitted,
    400100: InvalidRequest,
    100001: InvalidRequest,
    200004: InsufficientBalance,
    429000: Throttled,
    500000: ServerFault,
}
_NO_SUCH_ORDER = re.compile(r"order.?not.?exist|order not found", re.IGNORECASE)
_CODE = re.compile(r"[0-9]{1,9}", re.ASCII)


def error_of(
    *,
    code: str,
    message: str,
    http_status: int,
    operation: str | None = None,
    retry_after: float | None = None,
) -> ApiError:
    """Return the error of a code, which is text at KuCoin and a number in the error.

    The same code is given for several faults, so that an order that does not exist is known by
    the message. A code that is no number is 0 in the error, and is told in its text.
    """
    told = one_line(message) or "no reason given"
    number = int(code) if _CODE.fullmatch(code) else 0
    if not number:
        told = f"{one_line(code, limit=40)}: {told}"
    cls = _CLASSES.get(number, ApiError)
    if cls is InvalidRequest and _NO_SUCH_ORDER.search(message):
        cls = OrderNotFound
    if http_status == 429:
        cls = Throttled
    return cls(
        told,
        code=number,
        http_status=http_status,
        operation=operation,
        retry_after=retry_after,
    )


def is_clock_error(error: BaseException) -> bool:
    """Whether ``error`` says that the timestamp of a request, or of a login, was off."""
    cause = error.__cause__ if isinstance(error, LoginRefused) else error
    return isinstance(cause, ApiError) and cause.code == CLOCK_CODE


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds until the pool of calls is full again, or None where nothing says it."""
    if headers.get("gw-ratelimit-remaining", "0").strip() not in ("", "0"):
        return None
    text = headers.get("gw-ratelimit-reset", "").strip()
    if not re.fullmatch(r"[0-9]{1,9}", text):
        return None
    return min(int(text) / 1_000.0, MAX_RETRY_AFTER)
