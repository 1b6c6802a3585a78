"""The transports of a client that is given none."""

from __future__ import annotations

from sixmm.transport.defaults import default_http, default_ws
from sixmm.transport.requests_http import RequestsTransport
from sixmm.transport.websocket_client import WebSocketClientTransport


def test_they_are_those_on_requests_and_websocket_client() -> None:
    """Each is new, and is closed by whoever asked for it."""
    http, ws = default_http(), default_ws()
    assert isinstance(http, RequestsTransport)
    assert isinstance(ws, WebSocketClientTransport)
    assert default_http() is not http
    http.close()
    ws.close()
