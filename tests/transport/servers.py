"""Small servers on loopback that do exactly what a test tells them, also what is forbidden."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from types import TracebackType

import attrs

__all__ = [
    "Connection",
    "Request",
    "Server",
    "accept_upgrade",
    "frame",
    "read_frame",
    "serve_http",
    "shut",
    "tcp_pair",
]

PATIENCE = 20.0
"""Seconds after which a test that waits is broken; nothing that works comes near it."""


class Connection:
    """The server's end of one connection."""

    def __init__(self, sock: socket.socket) -> None:
        sock.settimeout(PATIENCE)
        self.sock = sock
        self._buffer = b""

    def read(self, count: int) -> bytes:
        """Return exactly ``count`` bytes; raises EOFError where the client hangs up first."""
        while len(self._buffer) < count:
            self._more()
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    def read_until(self, end: bytes) -> bytes:
        """Return everything up to ``end``, which is taken and not returned."""
        while end not in self._buffer:
            self._more()
        data, _, self._buffer = self._buffer.partition(end)
        return data

    def read_to_eof(self) -> bytes:
        """Return everything until the client hangs up or resets."""
        try:
            while True:
                self._more()
        except (EOFError, ConnectionError):
            return self._buffer

    def _more(self) -> None:
        data = self.sock.recv(65_536)
        if not data:
            raise EOFError
        self._buffer += data

    def send(self, data: bytes) -> None:
        """Send all of ``data``."""
        self.sock.sendall(data)

    def reset(self) -> None:
        """Close in such a way that the client sees a reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


class Server:
    """Runs ``script`` in a thread for each connection; a failure in it fails the test.

    Args:
        script: plays the server's side of one connection, which is closed when it returns.
        tls: settings of a TLS server, or None for plain text.
    """

    def __init__(
        self, script: Callable[[Connection], object], *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._script = script
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self.stopping = threading.Event()
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._failures: list[BaseException] = []
        self._lock = threading.Lock()
        self._acceptor = threading.Thread(target=self._accept, name="test-accept", daemon=True)

    def __enter__(self) -> Server:
        self._acceptor.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stopping.set()
        shut(self._listener)
        self._listener.close()
        self._acceptor.join(PATIENCE)
        with self._lock:
            for sock in self._sockets:
                shut(sock)
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a script did not end"
        if self._failures and exc is None:
            raise self._failures[0]

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.connections += 1
                self._sockets.add(sock)
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, raw: socket.socket) -> None:
        sock = raw
        try:
            if self._tls is not None:
                raw.settimeout(PATIENCE)
                sock = self._tls.wrap_socket(raw, server_side=True)
                with self._lock:
                    self._sockets.add(sock)
            self._script(Connection(sock))
        except (ConnectionError, EOFError, ssl.SSLError):
            pass  # The client may hang up whenever it likes.
        except BaseException as exc:
            if not self.stopping.is_set():
                self._failures.append(exc)
        finally:
            with self._lock:
                self._sockets -= {sock, raw}
            sock.close()


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    """Return both ends of a TCP connection; those of ``socketpair`` wake up differently."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname(), timeout=PATIENCE)
        theirs, _ = listener.accept()
    theirs.settimeout(PATIENCE)
    return ours, theirs


def shut(sock: socket.socket) -> None:
    """Wake whoever is blocked on ``sock``."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


@attrs.frozen(kw_only=True)
class Request:
    """A request as it was on the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    raw: bytes


def read_request(connection: Connection) -> Request:
    """Read one HTTP request."""
    head = connection.read_until(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.split(": ", 1) for line in lines)
    headers = {name.lower(): value for name, value in pairs}
    body = connection.read(int(headers.get("content-length", "0")))
    return Request(method=method, target=target, headers=headers, body=body, raw=head + body)


def serve_http(
    answer: Callable[[Request], bytes | None],
) -> Callable[[Connection], None]:
    """Return a script that answers each request with the bytes of a whole reply.

    Where ``answer`` returns None, the connection is closed.
    """

    def script(connection: Connection) -> None:
        while (reply := answer(read_request(connection))) is not None:
            connection.send(reply)

    return script


def accept_upgrade(connection: Connection, *extra: str) -> Request:
    """Agree to a WebSocket upgrade; ``extra`` are more lines for the head of the reply."""
    request = read_request(connection)
    key = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    lines = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Accept: " + base64.b64encode(hashlib.sha1(key.encode()).digest()).decode(),
        *extra,
        "",
        "",
    ]
    connection.send("\r\n".join(lines).encode())
    return request


def frame(
    opcode: int, payload: bytes = b"", *, final: bool = True, reserved: int = 0, mask: bytes = b""
) -> bytes:
    """Return a frame as a server sends it, or, with ``mask``, as it must not."""
    first = (0x80 if final else 0) | reserved << 4 | opcode
    masked = 0x80 if mask else 0
    if len(payload) < 126:
        head = bytes((first, masked | len(payload)))
    elif len(payload) < 65_536:
        head = struct.pack("!BBH", first, masked | 126, len(payload))
    else:
        head = struct.pack("!BBQ", first, masked | 127, len(payload))
    if mask:
        payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return head + mask + payload


def read_frame(connection: Connection) -> tuple[int, bytes]:
    """Read one frame of the client, which has to be final and masked; return opcode and payload."""
    first, second = connection.read(2)
    assert first & 0xF0 == 0x80
    assert second & 0x80, "a client must mask its frames"
    length = second & 0x7F
    if length > 125:
        length = int.from_bytes(connection.read(2 if length == 126 else 8), "big")
    mask = connection.read(4)
    payload = connection.read(length)
    return first & 0x0F, bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
