"""A peer on a real socket with the face of :class:`sixmm.transport.MemoryPeer`."""

from __future__ import annotations

import queue
import socket
import ssl
import threading
from collections.abc import Callable

from sixmm.transport.frames import BINARY, CLOSE, PING, PONG, TEXT, close_payload
from tests.transport.servers import (
    PATIENCE,
    Connection,
    Server,
    accept_upgrade,
    frame,
    read_frame,
    shut,
)

__all__ = ["PeerServer", "SocketPeer"]


class SocketPeer:
    """Plays the server of one link; it reads the client's frames in the server's thread."""

    def __init__(self, connection: Connection, url: str, headers: dict[str, str]) -> None:
        self.url = url
        self.headers = headers
        self.on_message: Callable[[str], None] | None = None
        self.answers = True
        self.sent: list[str] = []
        self.pongs: list[bytes] = []
        self.close_code: int | None = None
        self.gone = False
        self._connection = connection
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._thawed = threading.Event()
        self._thawed.set()

    def push(self, *messages: str | bytes) -> None:
        """Send messages in one write."""
        kinds = {str: TEXT, bytes: BINARY}
        self._write(
            *(frame(kinds[type(m)], m.encode() if isinstance(m, str) else m) for m in messages)
        )

    def ping(self, payload: bytes = b"") -> None:
        """Send a ping."""
        self._write(frame(PING, payload))

    def pong(self, payload: bytes = b"") -> None:
        """Send a pong."""
        self._write(frame(PONG, payload))

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Send a close frame."""
        self._write(frame(CLOSE, close_payload(code, reason)))

    def violate(self, *, code: int = 1002) -> None:
        """Break the protocol so that the client closes with ``code``."""
        faults = {1002: frame(TEXT, b"x", reserved=4), 1007: frame(TEXT, b"\xff")}
        self._write(faults[code])

    def drop(self) -> None:
        """Hang up without a close frame."""
        shut(self._connection.sock)

    def freeze(self) -> None:
        """Neither read nor answer until :meth:`thaw`."""
        self._thawed.clear()

    def thaw(self) -> None:
        """Go on."""
        self._thawed.set()

    def wait_sent(self, predicate: Callable[[str], bool] | None = None) -> str:
        """Return the first message that satisfies ``predicate``."""
        with self._changed:
            assert self._changed.wait_for(
                lambda: any(predicate is None or predicate(m) for m in self.sent), PATIENCE
            )
            return next(m for m in self.sent if predicate is None or predicate(m))

    def wait_gone(self) -> None:
        """Wait until the client has hung up."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.gone, PATIENCE)

    def run(self) -> None:
        """Read what the client sends until it hangs up."""
        try:
            while self.close_code is None or not self.answers:
                self._thawed.wait(PATIENCE)
                self._take(*read_frame(self._connection))
            self._connection.read_to_eof()
        except (OSError, EOFError):
            pass
        with self._changed:
            self.gone = True
            self._changed.notify_all()

    def _take(self, opcode: int, payload: bytes) -> None:
        self._thawed.wait(PATIENCE)
        with self._changed:
            if opcode == TEXT:
                self.sent.append(payload.decode())
            elif opcode == PONG:
                self.pongs.append(payload)
            elif opcode == CLOSE:
                self.close_code = int.from_bytes(payload[:2], "big") if payload else 1005
            self._changed.notify_all()
        if opcode == TEXT and self.on_message is not None:
            self.on_message(payload.decode())
        elif opcode == PING and self.answers:
            self.pong(payload)
        elif opcode == CLOSE and self.answers:
            self._write(frame(CLOSE, payload))
            self._connection.sock.shutdown(socket.SHUT_WR)

    def _write(self, *frames: bytes) -> None:
        with self._writing:
            self._connection.send(b"".join(frames))


class PeerServer:
    """A server that makes a :class:`SocketPeer` of each connection."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.server = Server(self._script, tls=tls)
        self.url = f"{'ws' if tls is None else 'wss'}://127.0.0.1:{self.server.port}/ws"
        self._peers: queue.SimpleQueue[SocketPeer] = queue.SimpleQueue()
        self.refusals: list[bytes] = []
        """Replies to the next upgrades, in place of the right one."""

    def next_peer(self) -> SocketPeer:
        """Return the peer of the next connection."""
        return self._peers.get(timeout=PATIENCE)

    def _script(self, connection: Connection) -> None:
        if self.refusals:
            connection.read_until(b"\r\n\r\n")
            connection.send(self.refusals.pop(0))
            connection.read_to_eof()
            return
        request = accept_upgrade(connection)
        peer = SocketPeer(connection, request.target, request.headers)
        self._peers.put(peer)
        peer.run()
