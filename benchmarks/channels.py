"""A connection as the sender has it: plain, or over TLS with one record per message."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Sequence
from typing import Protocol

__all__ = ["Bounds", "Channel", "PlainChannel", "TlsChannel"]

_RECV_BYTES = 65_536

Bounds = Sequence[tuple[int, int]]
"""Where each message begins and ends in a piece of bytes."""


class Channel(Protocol):
    """What the sender asks of a connection. One thread receives, others may send."""

    turn: threading.Lock
    """The right to send. Who holds it over a flood keeps answers to pings out of the middle."""

    def recv(self) -> bytes:
        """Return what the client sent; empty at its end."""
        ...

    def sealed(self, data: bytes, bounds: Bounds) -> bytes:
        """Return what goes over the wire for ``data``.

        What was sealed must be sent in the order of sealing. Hold :attr:`turn` meanwhile.
        """
        ...

    def send_sealed(self, sealed: bytes) -> None:
        """Send what :meth:`sealed` returned; holds no lock."""
        ...

    def send(self, data: bytes, bounds: Bounds | None = None) -> None:
        """Seal and send in one; takes :attr:`turn`."""
        ...

    def hang_up(self) -> None:
        """End the connection after what was sent."""
        ...


class PlainChannel:
    """TCP."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.turn = threading.Lock()

    def recv(self) -> bytes:
        """Return what the client sent; empty at its end."""
        return self._sock.recv(_RECV_BYTES)

    def sealed(self, data: bytes, bounds: Bounds) -> bytes:  # noqa: ARG002
        """Return ``data``."""
        return data

    def send_sealed(self, sealed: bytes) -> None:
        """Send all of it."""
        self._sock.sendall(sealed)

    def send(self, data: bytes, bounds: Bounds | None = None) -> None:  # noqa: ARG002
        """Send all of ``data``."""
        with self.turn:
            self._sock.sendall(data)

    def hang_up(self) -> None:
        """End the connection after what was sent."""
        self._sock.shutdown(socket.SHUT_RDWR)


class TlsChannel:
    """TLS whose records hold one message each, as an exchange that sends them one by one has it."""

    def __init__(self, sock: socket.socket, context: ssl.SSLContext) -> None:
        self._sock = sock
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        # The receiving and the sending thread both work on the three above.
        self._lock = threading.Lock()
        self.turn = threading.Lock()
        self._shake_hands()

    def _shake_hands(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._sock.sendall(self._outgoing.read())
                self._feed()
            else:
                self._sock.sendall(self._outgoing.read())
                return

    def _feed(self) -> bool:
        data = self._sock.recv(_RECV_BYTES)
        self._incoming.write(data)
        return bool(data)

    def recv(self) -> bytes:
        """Return what the client sent; empty at its end."""
        while True:
            with self._lock:
                try:
                    return self._tls.read(_RECV_BYTES)
                except ssl.SSLWantReadError:
                    pass
                except ssl.SSLError:
                    return b""
            if not self._feed():
                return b""

    def sealed(self, data: bytes, bounds: Bounds) -> bytes:
        """Return one record for each message of ``data``."""
        view = memoryview(data)
        with self._lock:
            for begin, end in bounds:
                self._tls.write(view[begin:end])
            return self._outgoing.read()

    def send_sealed(self, sealed: bytes) -> None:
        """Send all of it."""
        self._sock.sendall(sealed)

    def send(self, data: bytes, bounds: Bounds | None = None) -> None:
        """Send one record for each message of ``data``; for all of it without ``bounds``."""
        with self.turn:
            self._sock.sendall(self.sealed(data, bounds or [(0, len(data))]))

    def hang_up(self) -> None:
        """End the connection after what was sent."""
        self._sock.shutdown(socket.SHUT_RDWR)
