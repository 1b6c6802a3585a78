"""Reading from a socket in tests."""

from __future__ import annotations

import socket

__all__ = ["PATIENCE", "connect", "echo", "exactly"]

PATIENCE = 20.0
"""Seconds after which a test that waits is broken; nothing that works comes near it."""


def connect(port: int) -> socket.socket:
    """Return a connection to a port of this machine that does not wait for ever."""
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def exactly(side: socket.socket, count: int) -> bytes:
    """Return so many bytes; raises EOFError where there are fewer."""
    data = b""
    while len(data) < count:
        part = side.recv(count - len(data))
        if not part:
            raise EOFError(f"{len(data)} of {count} bytes")
        data += part
    return data


def echo(side: socket.socket, data: bytes) -> bytes:
    """Send to a server that sends it back, and return what came back."""
    side.sendall(data)
    return exactly(side, len(data))
