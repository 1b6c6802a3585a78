"""The listening port of the proxy, which can be closed and opened again."""

from __future__ import annotations

import contextlib
import os
import socket
import threading

__all__ = ["Door"]

_BACKLOG = 128


class Door:
    """A port on 127.0.0.1. While it is closed it refuses, and nobody else can take the port."""

    def __init__(self) -> None:
        self._socket = _bound(0)
        self.port: int = self._socket.getsockname()[1]
        self._is_open = False
        self._wanted = True
        self._moved = threading.Event()
        self.move()

    @property
    def sockets(self) -> tuple[socket.socket, ...]:
        """What to wait for; nothing while it is closed."""
        return (self._socket,) if self._is_open else ()

    def wanted(self, *, is_open: bool) -> threading.Event:
        """Ask for it to be moved; the event is set when that is done."""
        # In this order: a move that comes in between is made again by whoever is woken after this.
        self._wanted = is_open
        self._moved.clear()
        return self._moved

    def move(self) -> None:
        """Open or close it as was asked; for the thread that waits for connections."""
        if self._wanted and not self._is_open:
            self._socket.listen(_BACKLOG)
        elif self._is_open and not self._wanted:
            # A socket that is bound and does not listen refuses, and keeps the port.
            self._socket.close()
            self._socket = _bound(self.port)
        self._is_open = self._wanted
        self._moved.set()

    def accept(self) -> socket.socket | None:
        """Return a connection that waits, or None."""
        if self._is_open:
            with contextlib.suppress(BlockingIOError, ConnectionError):
                return self._socket.accept()[0]
        return None

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()


def _bound(port: int) -> socket.socket:
    side = socket.socket()
    if os.name == "posix":
        side.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    side.bind(("127.0.0.1", port))
    side.setblocking(False)
    return side
