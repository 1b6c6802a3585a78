"""The sender: a process that plays the exchange, and is never what limits a candidate.

It accepts WebSocket connections and REST calls on one port, the same over TLS on a second, and
orders on a third (:mod:`.control`). Run as ``python -m benchmarks.sender CERTIFICATE``, it prints
its ports as one line of JSON and ends when its standard input does, so that it cannot outlive the
process that started it.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable

from .canned import reply_to
from .channels import Channel, PlainChannel, TlsChannel
from .floods import Sending, block_of, prepare
from .frames import CLOSE, PING, PONG, TEXT, FrameBuffer, frame, handshake
from .plan import Flood

__all__ = ["Sender", "main"]

_KEY = re.compile(rb"(?i)\r\nsec-websocket-key: *([^\r\n]+)")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_AUTH = b'{"event":"auth","success":true,"data":"1188041528"}'
_WAIT = 10.0


class Sender:
    """The listening ports and the connections of a sender.

    Args:
        certificate: a PEM file with key and certificate.
    """

    def __init__(self, certificate: str) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        # Guards the list; a change is announced, because a flood may wait for its connections.
        self._changed = threading.Condition()
        self._channels: list[Channel] = []
        self._opened = 0
        self.ports = {
            "plain": self._listen(lambda sock: self._serve(PlainChannel(sock))),
            "tls": self._listen(lambda sock: self._serve(TlsChannel(sock, self._context))),
            "control": self._listen(self._obey),
        }

    def _listen(self, handler: Callable[[socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._spawn(self._accept, listener, handler)
        port: int = listener.getsockname()[1]
        return port

    def _accept(self, listener: socket.socket, handler: Callable[[socket.socket], None]) -> None:
        while True:
            sock, _ = listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._spawn(self._guarded, handler, sock)

    def _guarded(self, handler: Callable[[socket.socket], None], sock: socket.socket) -> None:
        """Run a handler; a client may go at any time."""
        with sock, contextlib.suppress(OSError):
            handler(sock)

    def _spawn(self, run: Callable[..., None], *args: object) -> None:
        threading.Thread(target=run, args=args, daemon=True, name="bench-sender").start()

    # Clients

    def _serve(self, channel: Channel) -> None:
        """Answer REST calls until the connection becomes a stream, and then serve that."""
        received = b""
        while data := channel.recv():
            received += data
            while (request := _first_request(received)) is not None:
                head, received = request
                if (key := _KEY.search(head)) is not None:
                    self._serve_stream(channel, head, key[1])
                    return
                channel.send(_http_reply(head))

    def _serve_stream(self, channel: Channel, head: bytes, key: bytes) -> None:
        channel.send(handshake(key))
        if b"listenKey=" in head.partition(b"\r\n")[0]:
            channel.send(frame(_AUTH))
        self._add(channel)
        try:
            frames = FrameBuffer()
            while data := channel.recv():
                for opcode, payload in frames.feed(data):
                    if (answer := _answer(opcode, payload)) is not None:
                        channel.send(answer)
                    if opcode == CLOSE:
                        return
        finally:
            self._remove(channel)

    def _add(self, channel: Channel) -> None:
        with self._changed:
            self._channels.append(channel)
            self._opened += 1
            self._changed.notify_all()

    def _remove(self, channel: Channel) -> None:
        with self._changed:
            self._channels.remove(channel)

    def _newest(self, count: int, *, opened: int = 0) -> list[Channel]:
        """Return the newest connections; wait until there are ``count``, ``opened`` in all."""

        def are_there() -> bool:
            return len(self._channels) >= count and self._opened >= opened

        with self._changed:
            if not self._changed.wait_for(are_there, _WAIT):
                raise RuntimeError(f"there are only {len(self._channels)} connections")
            return self._channels[-count:]

    # Orders

    def _obey(self, sock: socket.socket) -> None:
        with sock.makefile("rwb", buffering=0) as lines:
            try:
                flood = Flood(**json.loads(lines.readline()))
                opened = self._opened + flood.connections if flood.to_next else 0
                block_of(flood)
                sending = None if flood.to_next else self._prepared(flood)
                lines.write(_line({}))
                if not lines.readline():
                    return
                sending = sending or self._prepared(flood, opened=opened)
            except (ValueError, TypeError, RuntimeError) as exc:
                lines.write(_line({"error": str(exc)}))
                return
            begun = time.perf_counter()
            sent = sending.run()
            seconds = time.perf_counter() - begun
            if flood.hang_up:
                sending.hang_up()
            lines.write(_line({"seconds": seconds, "sent": sent}))

    def _prepared(self, flood: Flood, *, opened: int = 0) -> Sending:
        return prepare(flood, self._newest(flood.connections, opened=opened))


def _line(value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"


def _first_request(received: bytes) -> tuple[bytes, bytes] | None:
    """Return the head of the first complete request and what follows it."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = received[: end + 4]
    length = _LENGTH.search(head)
    stop = end + 4 + (int(length[1]) if length else 0)
    return (head, received[stop:]) if len(received) >= stop else None


def _http_reply(head: bytes) -> bytes:
    target = head.split(b" ", 2)[1].decode()
    body = reply_to(target.partition("?")[0])
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        len(body),
        body,
    )


def _answer(opcode: int, payload: bytes) -> bytes | None:
    if opcode == PING:
        return frame(payload, PONG)
    if opcode == CLOSE:
        return frame(payload[:2], CLOSE)
    if opcode != TEXT:
        return None
    request = json.loads(payload)
    answer = {"id": request["id"], "event": request["op"], "success": True, "data": request["args"]}
    if request["op"] == "ping":
        answer.update(event="pong", data=time.time_ns() // 1_000_000)
    return frame(json.dumps(answer, separators=(",", ":")).encode())


def main() -> None:
    """Serve until the standard input ends."""
    sender = Sender(sys.argv[1])
    print(json.dumps(sender.ports), flush=True)
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
