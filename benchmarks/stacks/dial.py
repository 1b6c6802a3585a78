"""Opens a stream without any library, for the candidates that are the bare machine."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

from benchmarks.frames import upgrade_request
from benchmarks.plan import Task

__all__ = ["TIMEOUT", "Recv", "dial"]

TIMEOUT = 60.0
"""Seconds that one read may take."""
_RECV_BYTES = 65_536

Recv = Callable[[], bytes]


def dial(task: Task, *, sslsocket: bool) -> tuple[socket.socket, Recv]:
    """Return the connection after the upgrade, and what reads its next bytes.

    Args:
        task: says where the sender is, and whether over TLS.
        sslsocket: whether TLS is read by :class:`ssl.SSLSocket` in place of memory buffers.
    """
    port = task.addresses.tls if task.tls else task.addresses.plain
    sock = socket.create_connection(("127.0.0.1", port), TIMEOUT)
    send, recv = _tls(task, sock, sslsocket) if task.tls else _plain(sock)
    send(upgrade_request("127.0.0.1", "/ws"))
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += recv()
    # The sender says nothing after the upgrade until it is asked to: nothing was read too much.
    assert head.startswith(b"HTTP/1.1 101")
    return sock, recv


def _plain(sock: socket.socket) -> tuple[Callable[[bytes], None], Recv]:
    return sock.sendall, lambda: sock.recv(_RECV_BYTES)


def _tls(task: Task, sock: socket.socket, by_socket: bool) -> tuple[Callable[[bytes], None], Recv]:
    context = ssl.create_default_context(cafile=task.addresses.authority)
    if by_socket:
        wrapped = context.wrap_socket(sock, server_hostname="localhost")
        return wrapped.sendall, lambda: wrapped.recv(_RECV_BYTES)
    return _memory(context, sock)


def _memory(context: ssl.SSLContext, sock: socket.socket) -> tuple[Callable[[bytes], None], Recv]:
    """Return the two ends of TLS over memory buffers: one system call for many records."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    while True:
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            sock.sendall(outgoing.read())
            incoming.write(sock.recv(_RECV_BYTES))
        else:
            sock.sendall(outgoing.read())
            break

    def send(data: bytes) -> None:
        tls.write(data)
        sock.sendall(outgoing.read())

    def recv() -> bytes:
        parts: list[bytes] = []
        while not parts:
            try:
                while True:
                    parts.append(tls.read(_RECV_BYTES))
            except ssl.SSLWantReadError:
                if not parts:
                    incoming.write(sock.recv(_RECV_BYTES))
        return b"".join(parts)

    return send, recv
