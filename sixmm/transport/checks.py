"""What every transport refuses before it does anything: the fake ones refuse the same."""

from __future__ import annotations

from collections.abc import Mapping

from ..clock import Deadline
from ..errors import ConfigurationError, ConnectFailed, DeadlineExceeded
from .base import HttpRequest
from .headers import Headers, checked_headers
from .urls import Endpoint, require_safe_url

__all__ = ["check_dial", "check_request"]

_METHODS = frozenset({"GET", "POST", "PUT", "DELETE"})


def check_request(request: HttpRequest, deadline: Deadline) -> tuple[Endpoint, Headers]:
    """Return where ``request`` goes, and its headers.

    Raises:
        ConfigurationError: its method, address or a header cannot be sent.
        ConnectFailed: the deadline has passed already, so nothing is sent.
    """
    if request.method not in _METHODS:
        raise ConfigurationError("the method is not one of GET, POST, PUT, DELETE")
    endpoint = require_safe_url(request.url)
    if endpoint.scheme not in ("http", "https"):
        raise ConfigurationError(f"{endpoint.scheme} is not the scheme of an HTTP address")
    headers = checked_headers(request.headers)
    if deadline.expired:
        raise ConnectFailed("the deadline had passed before the call; nothing was sent")
    return endpoint, headers


def check_dial(
    url: str, headers: Mapping[str, str] | None, deadline: Deadline
) -> tuple[Endpoint, Headers]:
    """Return where ``url`` leads, and the headers.

    Raises:
        ConfigurationError: the address or a header cannot be used.
        DeadlineExceeded: the deadline has passed already.
    """
    endpoint = require_safe_url(url)
    if endpoint.scheme not in ("ws", "wss"):
        raise ConfigurationError(f"{endpoint.scheme} is not the scheme of a WebSocket address")
    checked = checked_headers(headers or {})
    if deadline.expired:
        raise DeadlineExceeded("the deadline had passed before the call")
    return endpoint, checked
