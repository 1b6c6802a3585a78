"""The transports of a client that is given none."""

from __future__ import annotations

from .base import HttpTransport, WsTransport

__all__ = ["default_http", "default_ws"]


def default_http(
    *, proxy: str | None = None, verify: bool = True, ca_file: str | None = None
) -> HttpTransport:
    """Return the transport on ``requests``.

    Args:
        proxy: the address of an HTTP or SOCKS5 proxy.
        verify: whether certificates are checked.
        ca_file: a file of certificate authorities that replaces those of the system.
    """
    # Imported here: a client with its own transports does not pay for these libraries.
    from .requests_http import RequestsTransport

    return RequestsTransport(proxies=proxy, verify=verify, ca_file=ca_file)


def default_ws(
    *, proxy: str | None = None, verify: bool = True, ca_file: str | None = None
) -> WsTransport:
    """Return the transport on ``websocket-client``; for the arguments see :func:`default_http`."""
    from .websocket_client import WebSocketClientTransport

    return WebSocketClientTransport(proxy=proxy, verify=verify, ca_file=ca_file)
