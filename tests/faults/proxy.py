"""A TCP proxy on loopback that breaks connections on purpose, at an exact byte.

Each connection asks the plan once, when it is accepted, where and how it is to be cut. A cut counts
bytes on their way to the client, so it can fall into the handshake, into a frame header, or in the
middle of a message. What was sent before the cut does arrive, as on a real network; nothing is
dropped in between.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Literal

import attrs

__all__ = ["Cut", "FaultProxy"]

_CHUNK = 65_536
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@attrs.frozen(kw_only=True)
class Cut:
    """Where a connection ends: after so many bytes to the client, by a reset or an orderly end."""

    after_bytes: int
    how: Literal["rst", "fin"] = "rst"


Plan = Callable[[int], "Cut | None"]
"""Takes the number of the connection, from 0, and says where to cut it, or None for not at all."""


class FaultProxy:
    """Passes bytes between a client and a server, and cuts as the plan says.

    Args:
        port: the port of the server on 127.0.0.1.
        plan: where each connection is cut.
    """

    def __init__(self, port: int, plan: Plan = lambda _: None) -> None:
        self._target = ("127.0.0.1", port)
        self._plan = plan
        self._lock = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._threads: list[threading.Thread] = []
        self._closing = False
        self.accepted = 0
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._spawn(self._accept)

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Drop everything and wait for the threads."""
        with self._lock:
            self._closing = True
            pairs, self._pairs = self._pairs, []
        # A blocked accept() is woken by a connection; closing the listener does not wake it.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        for pair in pairs:
            for side in pair:
                _end(side)
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _spawn(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name="fault-proxy", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            with self._lock:
                if self._closing:
                    client.close()
                    return
                number, self.accepted = self.accepted, self.accepted + 1
            self._serve(client, self._plan(number))

    def _serve(self, client: socket.socket, cut: Cut | None) -> None:
        try:
            server = socket.create_connection(self._target, timeout=5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        with self._lock:
            is_late = self._closing
            if not is_late:
                self._pairs.append((client, server))
        if is_late:
            # Whoever closes has seen all pairs already.
            _end(client)
            _end(server)
            return
        self._spawn(self._pump, client, server, cut)

    def _pump(self, client: socket.socket, server: socket.socket, cut: Cut | None) -> None:
        """Pass bytes both ways; one thread a connection, so that closing resets at once."""
        left = None if cut is None else cut.after_bytes
        try:
            while True:
                readable, _, _ = select.select([client, server], [], [])
                if client in readable:
                    server.sendall(_received(client))
                if server in readable:
                    data = _received(server)
                    client.sendall(data[:left])
                    left = None if left is None else left - len(data)
                if left is not None and left <= 0:
                    break
            self._cut(client, cut)
        except (OSError, ValueError):
            # A socket that was closed from outside has no descriptor to wait for any more.
            pass
        finally:
            _end(client)
            _end(server)

    def _cut(self, client: socket.socket, cut: Cut | None) -> None:
        with self._lock:
            self.cuts += 1
        if cut is not None and cut.how == "rst":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            client.close()


def _received(side: socket.socket) -> bytes:
    """Return what has arrived.

    Raises:
        ConnectionError: the other end is closed.
    """
    data = side.recv(_CHUNK)
    if not data:
        raise ConnectionError("closed")
    return data


def _end(side: socket.socket) -> None:
    with contextlib.suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
    side.close()
