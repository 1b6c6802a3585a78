"""From a call to the request that is sent, and from the reply to its result or its error.

Nothing is signed and no credential is sent. A reply has no envelope: its HTTP status says whether
it is a result or an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ...codec import parse_json
from ...errors import (
    ApiError,
    AuthenticationError,
    DecodeError,
    HttpStatusError,
    InvalidRequest,
    NotPermitted,
    ServerFault,
    SixmmError,
    Throttled,
)
from ...redaction import one_line
from ...transport.base import HttpRequest, HttpResponse
from ..base import Call

__all__ = ["MAX_RETRY_AFTER", "parse", "prepare"]

MAX_RETRY_AFTER = 300.0
"""The longest wait that a reply can ask for, in seconds."""

_VISIBLE = re.compile(r"[\x21-\x7e]{1,200}")
_SECONDS = re.compile(r"[0-9]{1,20}")

_CLASSES: Mapping[int, type[ApiError]] = {
    400: InvalidRequest,
    401: AuthenticationError,
    403: NotPermitted,
    422: InvalidRequest,
    429: Throttled,
    500: ServerFault,
}


def prepare(call: Call, *, rest_url: str, request_id: str) -> HttpRequest:
    """Return the request for ``call``.

    Args:
        call: the call.
        rest_url: where the REST API is.
        request_id: sent as ``X-Request-ID``, so that both sides may find it in their logs; that
            the server repeats it is not documented.
    """
    query = "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in call.query
    )
    url = rest_url.rstrip("/") + call.path + (f"?{query}" if query else "")
    headers = {"X-Request-ID": request_id} if _VISIBLE.fullmatch(request_id) else {}
    return HttpRequest(method=call.method, url=url, headers=headers, body=None)


def parse(call: Call, response: HttpResponse) -> Any:
    """Return the result of a reply, or raise the error that it tells.

    Raises:
        ApiError: the status says that the call failed; its class says what to do about it.
        Throttled: HTTP 429.
        HttpStatusError: a redirect, or a failure whose body is not of the API.
        DecodeError: the result is not what the schema says.
    """
    if not 200 <= response.status < 300:
        raise _error(call, response)
    data = parse_json(response.body)
    return data if call.result is None else call.result(data)


def _error(call: Call, response: HttpResponse) -> SixmmError:
    status, retry_after = response.status, _retry_after(response.headers)
    body = _json_object(response.body)
    if status != 429 and (body is None or status < 400):
        what = "a redirect, which is not followed" if 300 <= status < 400 else "without a JSON body"
        return HttpStatusError(
            f"{call.operation}: HTTP {status} {what}", http_status=status, retry_after=retry_after
        )
    code, message = _told(body or {}, status)
    return _CLASSES.get(status, ServerFault if status > 500 else ApiError)(
        message,
        code=code,
        http_status=status,
        operation=call.operation,
        retry_after=retry_after,
    )


def _told(body: Mapping[str, Any], status: int) -> tuple[int, str]:
    """Return code and message of an error; the official pages say "often" of both names."""
    inner = body.get("error")
    told = {**inner, **body} if isinstance(inner, dict) else body
    code, message = told.get("code"), told.get("message", inner)
    text = one_line(message) if isinstance(message, str) and message else "no reason given"
    return (code if type(code) is int else status), text


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        value = parse_json(body)
    except DecodeError:
        return None
    return value if isinstance(value, dict) else None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a reply asks to wait, from 0 to 300, or None where it asks nothing.

    A date in that header is passed over: whoever waits then takes a pause of its own.
    """
    text = headers.get("retry-after", "").strip()
    return min(float(text), MAX_RETRY_AFTER) if _SECONDS.fullmatch(text) else None
