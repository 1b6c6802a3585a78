"""The local server that every client is pointed at: ``python -m benchmarks.peers.server``.

One port serves three things: WebSocket connections, the REST stubs of the dialect, and the two
calls by which a snippet starts the flood: ``GET /bench/ready`` is answered once a private stream is
open, ``GET /bench/go`` sends every message to it. The server prints its port as one JSON line and
ends when its standard input does, so that it cannot outlive the process that started it.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import attrs

from ..frames import CLOSE, PING, PONG, TEXT, FrameBuffer, frame, handshake
from .dialects import DIALECTS, Dialect

__all__ = ["GO", "READY", "SURPLUS", "Server", "main"]

READY, GO = "/bench/ready", "/bench/go"
"""The paths of the two calls that start the flood."""
SURPLUS = 100
"""How many messages more than asked for are sent: a client that loses a few gets its number."""

_WAIT = 30.0
# An exchange is milliseconds away. A client that notes its request after it has sent it needs them.
_ANSWER_AFTER = 0.02
_SLICE = 1 << 20
_MAX_HEAD = 65_536


@attrs.frozen
class _Head:
    """The head of an HTTP request."""

    target: str
    headers: dict[bytes, bytes]

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def body_size(self) -> int:
        return int(self.headers.get(b"content-length", b"0"))


class Server:
    """Speaks one dialect on a port of its own, a thread for each connection.

    Args:
        dialect: what is spoken.
        messages: how many messages the flood has, besides the surplus.
    """

    def __init__(self, dialect: Dialect, messages: int) -> None:
        self._dialect = dialect
        texts = (dialect.orders.text(number) for number in range(messages + SURPLUS))
        self._flood = b"".join(frame(text.encode()) for text in texts)
        self._opened = threading.Event()
        self._stream: _Stream | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, name="bench-accept", daemon=True).start()

    def close(self) -> None:
        """Take no more connections; those that are open end with their clients."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(sock,), name="bench", daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        """Answer one client until it leaves; the body of its thread."""
        with sock:
            try:
                self._serve_requests(sock)
            except OSError:
                # Clients leave without a word, some in the middle of the flood.
                return

    def _serve_requests(self, sock: socket.socket) -> None:
        buffer = b""
        while (found := _read_head(sock, buffer)) is not None:
            head, buffer = found
            if b"upgrade" in head.headers.get(b"connection", b"").lower():
                self._serve_stream(sock, head)
                return
            while len(buffer) < head.body_size:
                buffer += _received(sock)
            buffer = buffer[head.body_size :]
            sock.sendall(_http_reply(self._reply_to(head.path)))

    def _reply_to(self, path: str) -> bytes:
        if path == READY:
            return b'{"ready":true}' if self._opened.wait(_WAIT) else b'{"ready":false}'
        if path == GO:
            threading.Thread(target=self._send_flood, name="bench-flood", daemon=True).start()
            return b"{}"
        reply = self._dialect.rest(path, f"127.0.0.1:{self.port}")
        return reply if isinstance(reply, bytes) else _json(reply)

    def _serve_stream(self, sock: socket.socket, head: _Head) -> None:
        stream = _Stream(sock)
        sock.sendall(handshake(head.headers[b"sec-websocket-key"]))
        if self._dialect.greeting is not None:
            stream.send(_json(self._dialect.greeting))
        if self._dialect.opened_by_address(head.target):
            self._open(stream)
        for opcode, payload in stream.frames():
            if opcode == PING:
                stream.send(payload, PONG)
            elif opcode == CLOSE:
                stream.send(payload, CLOSE)
                return
            elif opcode == TEXT:
                self._answer(stream, json.loads(payload))

    def _answer(self, stream: _Stream, request: dict[str, Any]) -> None:
        time.sleep(_ANSWER_AFTER)
        reply = self._dialect.answer(request)
        if reply is not None:
            stream.send(_json(reply))
        if self._dialect.opened_by_message(request):
            self._open(stream)

    def _open(self, stream: _Stream) -> None:
        self._stream = stream
        self._opened.set()

    def _send_flood(self) -> None:
        stream = self._stream
        if stream is None:
            return
        view = memoryview(self._flood)
        try:
            for start in range(0, len(view), _SLICE):
                stream.send_raw(view[start : start + _SLICE])
        except OSError:
            # The client has what it wanted, and is gone.
            return


class _Stream:
    """One WebSocket connection; its reader and the flood both send."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._lock = threading.Lock()

    def send(self, payload: bytes, opcode: int = TEXT) -> None:
        self.send_raw(frame(payload, opcode))

    def send_raw(self, data: bytes | memoryview) -> None:
        # The only lock here that is held while sending: a pong between the halves of a frame of the
        # flood would break the stream.
        with self._lock:
            self._sock.sendall(data)

    def frames(self) -> Iterator[tuple[int, bytes]]:
        """Yield opcode and payload of what the client sends, until it leaves."""
        buffer = FrameBuffer()
        while data := self._sock.recv(65_536):
            yield from buffer.feed(data)


def _received(sock: socket.socket) -> bytes:
    """Return what has come; raises ConnectionError where nothing comes any more."""
    data = sock.recv(65_536)
    if not data:
        raise ConnectionError("the client left in the middle of a request")
    return data


def _read_head(sock: socket.socket, buffer: bytes) -> tuple[_Head, bytes] | None:
    """Return the head of the next request and what follows it, or None where there is none."""
    while b"\r\n\r\n" not in buffer:
        data = sock.recv(65_536)
        if not data or len(buffer) > _MAX_HEAD:
            return None
        buffer += data
    text, _, rest = buffer.partition(b"\r\n\r\n")
    first, *lines = text.split(b"\r\n")
    pairs = (line.partition(b":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return _Head(first.split(b" ")[1].decode(), headers), rest


def _http_reply(body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def main() -> None:
    """Serve one dialect until standard input ends."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("dialect", choices=sorted(DIALECTS))
    parser.add_argument("messages", type=int)
    arguments = parser.parse_args()
    server = Server(DIALECTS[arguments.dialect], arguments.messages)
    print(json.dumps({"port": server.port}), flush=True)
    sys.stdin.read()
    # Threads that wait for a client are of no more use to anybody.
    os._exit(0)


if __name__ == "__main__":
    main()
