"""Bytes in and out: HTTP requests and WebSocket links, over replaceable transports.

:mod:`~sixmm.transport.base` says what a transport must do. :class:`RequestsTransport` and
:class:`WebSocketClientTransport` are the defaults; :class:`MemoryHttp` and :class:`MemoryWs` need
no network and are meant for the tests of programs that use sixmm.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from .base import HttpRequest, HttpResponse, HttpTransport, WsLink, WsTransport
from .urls import Endpoint, require_safe_url

if TYPE_CHECKING:
    from .memory import MemoryHttp, MemoryPeer, MemoryWs
    from .requests_http import RequestsTransport
    from .websocket_client import WebSocketClientTransport

__all__ = [
    "Endpoint",
    "HttpRequest",
    "HttpResponse",
    "HttpTransport",
    "MemoryHttp",
    "MemoryPeer",
    "MemoryWs",
    "RequestsTransport",
    "WebSocketClientTransport",
    "WsLink",
    "WsTransport",
    "require_safe_url",
]

# Loaded when they are asked for: requests alone takes longer to import than all of sixmm.
_LAZY = {
    "MemoryHttp": "memory",
    "MemoryPeer": "memory",
    "MemoryWs": "memory",
    "RequestsTransport": "requests_http",
    "WebSocketClientTransport": "websocket_client",
}


def __getattr__(name: str) -> object:
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f".{module}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
