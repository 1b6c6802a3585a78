"""Reads and throws away: what the sender can send, so that nobody else is ever limited by it."""

from __future__ import annotations

import contextlib
import dataclasses
import socket

from benchmarks.plan import Result, Task

from .dial import dial
from .meter import measured

__all__ = ["receive"]

_BUFFER_BYTES = 256 * 1024


def receive(task: Task) -> Result:
    """Measure a flood to the end of the connection; TLS records are counted, not decrypted."""
    task = dataclasses.replace(task, flood=dataclasses.replace(task.flood, hang_up=True))
    sock, _recv = dial(task, sslsocket=False)
    return measured(task, lambda count, _stamps: _drain(sock, count))


def _drain(sock: socket.socket, count: int) -> int:
    buffer, total = bytearray(_BUFFER_BYTES), 0
    with contextlib.suppress(ConnectionResetError):
        while size := sock.recv_into(buffer):
            total += size
    return count if total else 0
