"""A signed REST call as one writes it by hand, over a connection that stays open."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Callable
from typing import Any

from benchmarks.plan import Result, Task

from .rest_meter import calls_measured

__all__ = ["call"]

_KEY, _SECRET = "bench", b"bench"
_PATH = "/v1/private/user/asset"
_TIMEOUT = 10.0


def call(task: Task, *, library: str) -> Result:
    """Measure calls one after the other with ``"http"`` (http.client) or ``"requests"``."""
    get = _by_requests(task) if library == "requests" else _by_http_client(task)
    return calls_measured(task, lambda: get(_signed(_PATH), {"X-API-KEY": _KEY}))


def _signed(path: str) -> str:
    query = f"timestamp={time.time_ns() // 1_000_000}"
    signature = hmac.new(_SECRET, query.encode(), hashlib.sha256).hexdigest()
    return f"{path}?{query}&signature={signature}"


def _by_http_client(task: Task) -> Callable[[str, dict[str, str]], Any]:
    connection = http.client.HTTPConnection("127.0.0.1", task.addresses.plain, timeout=_TIMEOUT)

    def get(target: str, headers: dict[str, str]) -> Any:
        connection.request("GET", target, headers=headers)
        return json.loads(connection.getresponse().read())

    return get


def _by_requests(task: Task) -> Callable[[str, dict[str, str]], Any]:
    import requests

    session = requests.Session()

    def get(target: str, headers: dict[str, str]) -> Any:
        url = task.addresses.rest_url + target
        return session.get(url, headers=headers, timeout=_TIMEOUT).json()

    return get
