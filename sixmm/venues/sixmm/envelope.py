"""From a call to the request that is sent, and from the reply to its result or its error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import attrs

from ...codec import dump_json, parse_json
from ...errors import (
    ConfigurationError,
    DecodeError,
    HttpStatusError,
    Throttled,
    api_error,
)
from ...redaction import Secret, one_line
from ...transport.base import HttpRequest, HttpResponse
from ..base import Auth, Call, Credentials
from .signing import encode_query, signed_query

__all__ = ["MAX_RETRY_AFTER", "parse", "prepare", "retry_after_of"]

MAX_RETRY_AFTER = 300.0
"""The longest wait that a reply can ask for, in seconds."""

_VISIBLE = re.compile(r"[\x21-\x7e]{1,4096}")
_COOKIE_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
_COOKIE_VALUE = re.compile(r"[\x20-\x3a\x3c-\x7e]{0,4096}")


# The request


def prepare(
    call: Call, *, rest_url: str, credentials: Credentials, timestamp_ms: int, request_id: str
) -> HttpRequest:
    """Return the request for ``call``: body and query are encoded once, then signed as they are.

    A call for an account is signed where there is an API key, else it carries the access token;
    never both, because the key switches the server to signatures (rule 13).

    Args:
        call: the call.
        rest_url: where the REST API is.
        credentials: what there is to prove who the caller is.
        timestamp_ms: exchange time in Unix milliseconds, used for no other request (rule 42).
        request_id: sent as ``X-Request-ID`` and told by the reply (rule 6).

    Raises:
        ConfigurationError: the call needs a credential that is not there, or one has a character
            that a header cannot have.
    """
    body = None if call.body is None else dump_json(call.body)
    headers = {"X-Request-ID": _header(request_id, "the request id")}
    if body is not None:
        headers["Content-Type"] = "application/json"
    key, secret = credentials.api_key, credentials.api_secret
    if call.auth is Auth.ACCOUNT and key and secret:
        headers["X-API-KEY"] = _header(key.reveal(), "an API key")
        query = signed_query(call.query, timestamp_ms=timestamp_ms, body=body, api_secret=secret)
    else:
        headers.update(_login_headers(call, credentials))
        query = encode_query(call.query)
    url = rest_url.rstrip("/") + call.path + (f"?{query}" if query else "")
    return HttpRequest(method=call.method, url=url, headers=headers, body=body)


def _login_headers(call: Call, credentials: Credentials) -> dict[str, str]:
    headers = {}
    if call.auth in (Auth.ACCOUNT, Auth.TOKEN, Auth.TOKEN_AND_COOKIE):
        headers["Authorization"] = f"Bearer {_token(call, credentials)}"
    if call.auth in (Auth.COOKIE, Auth.TOKEN_AND_COOKIE):
        headers["Cookie"] = _cookie_header(call, credentials.cookies)
    return headers


def _token(call: Call, credentials: Credentials) -> str:
    if not credentials.access_token:
        key = "an API key with its secret or " if call.auth is Auth.ACCOUNT else ""
        raise ConfigurationError(f"{call.operation} needs {key}an access token")
    return _header(credentials.access_token.reveal(), "an access token")


def _header(value: str, what: str) -> str:
    if _VISIBLE.fullmatch(value) is None:
        raise ConfigurationError(f"{what} may have visible ASCII characters only")
    return value


def _cookie_header(call: Call, cookies: Mapping[str, Secret]) -> str:
    if not cookies:
        raise ConfigurationError(f"{call.operation} needs the cookie of a login: log in first")
    pairs = [(name, value.reveal()) for name, value in cookies.items()]
    if not all(_COOKIE_NAME.fullmatch(n) and _COOKIE_VALUE.fullmatch(v) for n, v in pairs):
        raise ConfigurationError("a cookie has a character that a header cannot have")
    return "; ".join(f"{name}={value}" for name, value in pairs)


# The reply


@attrs.frozen
class _Envelope:
    code: int
    message: str
    data: Any
    request_id: str | None


def parse(call: Call, response: HttpResponse) -> Any:
    """Return the result of a reply, or raise the error that it tells; the code decides (rule 4).

    Raises:
        ApiError: the code is not 0; its class says what to do about it.
        Throttled: code 5003, or HTTP 429 with any body (rule 5).
        HttpStatusError: the reply is no envelope: a redirect, a page of a proxy, nothing at all,
            or an envelope that says success under a status that says failure.
        DecodeError: the result is not what the schema says.
    """
    retry_after = retry_after_of(response.headers)
    envelope = _envelope(response)
    if envelope is None or (envelope.code == 0 and not 200 <= response.status < 300):
        raise _status_error(call, response, envelope, retry_after)
    if envelope.code != 0:
        raise api_error(
            one_line(envelope.message),
            code=envelope.code,
            request_id=envelope.request_id,
            http_status=response.status,
            operation=call.operation,
            retry_after=retry_after,
        )
    result = envelope.data if call.result is None else call.result(envelope.data)
    if isinstance(result, Credentials):
        return attrs.evolve(result, cookies=_cookies(response))
    return result


def _cookies(response: HttpResponse) -> dict[str, Secret]:
    return {name: Secret(value) for name, value in response.cookies.items()}


def _envelope(response: HttpResponse) -> _Envelope | None:
    """Return the envelope of a reply, or None where the body is not one."""
    if 300 <= response.status < 400:
        return None
    try:
        value = parse_json(response.body)
    except DecodeError:
        return None
    if not isinstance(value, dict) or "code" not in value:
        return None
    if type(value["code"]) is not int:
        raise DecodeError("expected an integer", path="$.code")
    message, request_id = value.get("message"), value.get("requestId")
    return _Envelope(
        code=value["code"],
        message=message if isinstance(message, str) else "",
        data=value.get("data"),
        request_id=one_line(request_id, limit=100) if isinstance(request_id, str) else None,
    )


def _status_error(
    call: Call, response: HttpResponse, envelope: _Envelope | None, retry_after: float | None
) -> HttpStatusError | Throttled:
    status, trace = response.status, envelope.request_id if envelope else None
    if status == 429:
        return Throttled(
            "too many requests",
            code=5003,
            request_id=trace,
            http_status=status,
            operation=call.operation,
            retry_after=retry_after,
        )
    what = "a redirect, which is not followed" if 300 <= status < 400 else "without an envelope"
    if envelope is not None:
        what = "with an envelope that says success"
    return HttpStatusError(
        f"{call.operation}: HTTP {status} {what}",
        http_status=status,
        request_id=trace,
        retry_after=retry_after,
    )


# Retry-After


def retry_after_of(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a reply asks to wait, from 0 to 300, or None where it asks nothing.

    The header has seconds, or a date, which counts from the ``Date`` of the same reply, so that
    the local clock does not matter.
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,20}", text):
        return min(float(text), MAX_RETRY_AFTER)
    until, now = _http_date(text), _http_date(headers.get("date", "").strip())
    if until is None or now is None:
        return None
    return min(max((until - now).total_seconds(), 0.0), MAX_RETRY_AFTER)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HTTP_DATE = re.compile(
    rf"[A-Z][a-z]{{2}}, (\d\d) ({'|'.join(_MONTHS)}) (\d{{4}}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII
)


def _http_date(text: str) -> datetime | None:
    match = _HTTP_DATE.fullmatch(text)
    if match is None:
        return None
    day, month, year, *clock = match.groups()
    hour, minute, second = (int(part) for part in clock)
    try:
        moment = (int(year), _MONTHS.index(month) + 1, int(day), hour, minute, min(second, 59))
        return datetime(*moment, tzinfo=timezone.utc)
    except ValueError:
        return None
