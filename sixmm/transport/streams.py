"""Bytes over TCP, with a deadline for each direction.

The reading thread and the writing thread are different ones, and ``socket.settimeout`` is one value
for both. So the socket does not block, and each direction waits on its own. ``poll`` is used where
it exists: ``select`` fails for descriptors above 1024.
"""

from __future__ import annotations

import errno
import math
import select
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Protocol

from ..clock import Deadline

__all__ = ["RECV_BYTES", "Stream", "TcpStream", "Waiter"]

RECV_BYTES = 65_536
"""The most bytes that one read takes from the network."""

_LONGEST_WAIT = 86_400.0


class Stream(Protocol):
    """A connection that carries bytes: one thread receives, one thread at a time sends.

    Failures are :class:`OSError`; a deadline that passes is a :class:`TimeoutError`.
    """

    def recv(self, deadline: Deadline) -> bytes:
        """Return the bytes that have arrived, or wait for some; ``b""`` is the end."""

    def send(self, data: bytes, deadline: Deadline) -> None:
        """Send all of ``data``; after a failure an unknown part of it may be on the wire."""

    def finish(self) -> None:
        """Tell the peer that nothing more is sent; what it sends can still be received."""

    def shutdown(self) -> None:
        """End the connection and free a thread that is blocked on it; for any thread."""

    def close(self) -> None:
        """Shut down, and give the descriptor back when the last thread has left; for any thread."""

    def fileno(self) -> int:
        """Return the descriptor, or -1 when it was given back."""


class Waiter:
    """Waits until one direction of one socket can go on.

    Args:
        sock: the socket.
        writable: wait for room to write rather than for something to read.
    """

    def __init__(self, sock: socket.socket, *, writable: bool = False) -> None:
        self._wait: Callable[[float | None], bool]
        if hasattr(select, "poll"):
            self._wait = _polling(sock, writable)
        else:  # Windows has no poll, and no limit on the number of a descriptor.
            self._wait = _selecting(sock, writable)

    def ready(self, timeout: float | None) -> bool:
        """Wait up to ``timeout`` seconds; return whether the direction can go on, or has failed."""
        return self._wait(timeout)

    def wait(self, deadline: Deadline) -> None:
        """Wait until the direction can go on, or has failed.

        Raises:
            TimeoutError: the deadline passed.
        """
        while True:
            left = deadline.remaining()
            if self._wait(None if left is None else min(left, _LONGEST_WAIT)):
                return
            if left is not None and left <= _LONGEST_WAIT:
                raise TimeoutError("the deadline passed")


def _polling(sock: socket.socket, writable: bool) -> Callable[[float | None], bool]:
    poller = select.poll()
    poller.register(sock, select.POLLOUT if writable else select.POLLIN)

    def wait(timeout: float | None) -> bool:
        # Rounded up: a wait of 0.4 ms must not become a busy loop.
        return bool(poller.poll(None if timeout is None else math.ceil(timeout * 1_000)))

    return wait


def _selecting(sock: socket.socket, writable: bool) -> Callable[[float | None], bool]:
    read = [] if writable else [sock]
    write = [sock] if writable else []

    def wait(timeout: float | None) -> bool:
        # The third list: Windows reports a failed connect there and nowhere else.
        return any(select.select(read, write, [sock], timeout))

    return wait


class _Occupancy:
    """Counts the threads that are inside, so that a descriptor is not given back under them.

    A number that is free again may belong to another file within microseconds; a thread that still
    polls it would wait for, or read from, somebody else's connection.
    """

    def __init__(self, release: Callable[[], None]) -> None:
        self._lock = threading.RLock()
        self._release = release
        self._inside = 0
        self._closing = False

    def __enter__(self) -> None:
        with self._lock:
            if self._closing:
                raise OSError(errno.EBADF, "the connection was closed")
            self._inside += 1

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._inside -= 1
            last = self._closing and not self._inside
        if last:
            self._release()

    def close(self) -> None:
        """Let nobody in any more; release now, or when the last one leaves. Repeats do nothing."""
        with self._lock:
            if self._closing:
                return
            self._closing = True
            empty = not self._inside
        if empty:
            self._release()


class TcpStream:
    """A connected TCP socket as a :class:`Stream`.

    Args:
        sock: the socket, which belongs to the stream from now on.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._readable = Waiter(sock)
        self._writable = Waiter(sock, writable=True)
        self._occupancy = _Occupancy(sock.close)
        # After a read that emptied the socket it is cheaper to wait first than to fail first.
        self._drained = True

    def recv(self, deadline: Deadline) -> bytes:
        """Return the bytes that have arrived, or wait for some; ``b""`` is the end."""
        with self._occupancy:
            if self._drained:
                self._readable.wait(deadline)
            while True:
                try:
                    data = self._sock.recv(RECV_BYTES)
                except BlockingIOError:
                    self._readable.wait(deadline)
                else:
                    self._drained = len(data) < RECV_BYTES
                    return data

    def send(self, data: bytes, deadline: Deadline) -> None:
        """Send all of ``data``; after a failure an unknown part of it may be on the wire."""
        with self._occupancy:
            view = memoryview(data)
            while view:
                try:
                    view = view[self._sock.send(view) :]
                except BlockingIOError:
                    self._writable.wait(deadline)

    def finish(self) -> None:
        """Tell the peer that nothing more is sent; what it sends can still be received."""
        self._shutdown(socket.SHUT_WR)

    def shutdown(self) -> None:
        """End the connection and free a thread that is blocked on it; for any thread."""
        self._shutdown(socket.SHUT_RDWR)

    def _shutdown(self, how: int) -> None:
        try:
            with self._occupancy:
                self._sock.shutdown(how)
        except OSError:
            pass  # It has ended already, which is what was asked for.

    def close(self) -> None:
        """Shut down, and give the descriptor back when the last thread has left; for any thread."""
        self.shutdown()
        self._occupancy.close()

    def fileno(self) -> int:
        """Return the descriptor, or -1 when it was given back."""
        return self._sock.fileno()
