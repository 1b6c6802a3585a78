"""Bytes over TCP, with a deadline for each direction.

The reading thread and the writing thread are different ones, and ``socket.settimeout`` is one value
for both. So the socket does not block, and each direction waits on its own. ``poll`` is used where
it exists: ``select`` fails for descriptors above 1024.
"""

from __future__ import annotations

import contextlib
import errno
import select
import socket
from collections.abc import Callable
from typing import Protocol

from ..clock import WAIT_SLICE, Deadline

__all__ = ["FLOOD_BYTES", "RECV_BYTES", "Stream", "TcpStream", "Waiter"]

RECV_BYTES = 65_536
"""The most bytes that one read takes from the network."""
FLOOD_BYTES = 8 * RECV_BYTES
"""The most bytes that a greedy read takes after a full one.

A thread that comes back from the network has to wait for the interpreter, up to 5 ms where another
thread computes. In a flood that wait is shared by more messages. That pays where they stay text: as
objects so many at once are slow to make and to keep.
"""


class Stream(Protocol):
    """A connection that carries bytes: one thread receives, one thread at a time sends.

    Failures are :class:`OSError`; a deadline that passes is a :class:`TimeoutError`.
    """

    def recv(self, deadline: Deadline) -> bytes:
        """Return the bytes that have arrived, or wait for some; ``b""`` is the end."""

    greedy: bool
    """Whether a read may take up to :data:`FLOOD_BYTES` after a full one."""

    @property
    def is_waiting(self) -> bool:
        """Whether :meth:`recv` waits, and has taken nothing."""

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
        # Takes milliseconds, or None for no limit; tells by something true that it can go on.
        self._wait: Callable[[float | None], object]
        if hasattr(select, "poll"):
            poller = select.poll()
            poller.register(sock, select.POLLOUT if writable else select.POLLIN)
            self._wait = poller.poll  # Rounds up: a wait of 0.4 ms is not a busy loop.
        else:  # Windows has no poll, and no limit on the number of a descriptor.
            self._wait = _selecting(sock, writable)

    def ready(self, timeout: float | None) -> bool:
        """Wait up to ``timeout`` seconds; return whether the direction can go on, or has failed."""
        return bool(self._wait(None if timeout is None else timeout * 1_000))

    def wait(self, deadline: Deadline) -> None:
        """Wait until the direction can go on, or has failed.

        Raises:
            TimeoutError: the deadline passed.
        """
        # Not by Deadline.slice(): the clock is looked at once, since this is what a message waits
        # for, and the last wait is known beforehand, also by a clock that stands still.
        while True:
            left = deadline.remaining()
            if self._wait(1_000 * (WAIT_SLICE if left is None else min(left, WAIT_SLICE))):
                return
            if left is not None and left <= WAIT_SLICE:
                raise TimeoutError("the deadline passed")


def _selecting(sock: socket.socket, writable: bool) -> Callable[[float | None], object]:
    read = [] if writable else [sock]
    write = [sock] if writable else []

    def wait(timeout_ms: float | None) -> bool:
        # The third list: Windows reports a failed connect there and nowhere else.
        timeout = None if timeout_ms is None else timeout_ms / 1_000
        return any(select.select(read, write, [sock], timeout))

    return wait


class _Occupancy:
    """Counts the threads that are inside, so that a descriptor is not given back under them.

    A number that is free again may belong to another file within microseconds; a thread that still
    polls it would wait for, or read from, somebody else's connection.

    There is no lock, so a signal handler may come in at any point. Who enters adds its mark and
    then looks whether the door is closed; who closes does it the other way round. One of the two
    sees the other, and where both see an empty room, releasing twice does no harm.

    Args:
        release: gives the descriptor back; it may be called more than once.
    """

    def __init__(self, release: Callable[[], None]) -> None:
        self._release = release
        self._inside: list[None] = []
        self._closing = False

    def enter(self) -> None:
        """Come in; the caller leaves in any case.

        Raises:
            OSError: it was closed, and the caller is not inside.
        """
        self._inside.append(None)
        if self._closing:
            self.leave()
            raise OSError(errno.EBADF, "the connection was closed")

    def leave(self) -> None:
        """Go out, and release where this was the last one."""
        self._inside.pop()
        if self._closing:
            self._release_if_empty()

    def close(self) -> None:
        """Let nobody in any more; release now, or when the last one leaves."""
        self._closing = True
        self._release_if_empty()

    def _release_if_empty(self) -> None:
        if not self._inside:
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
        self.greedy = False
        self.is_waiting = False
        # After a read that emptied the socket it is cheaper to wait first than to fail first.
        self._drained = True

    def recv(self, deadline: Deadline) -> bytes:
        """Return the bytes that have arrived, or wait for some; ``b""`` is the end."""
        self._occupancy.enter()
        self.is_waiting = False
        try:
            if self._drained:
                self._wait(deadline)
            while True:
                try:
                    data = self._sock.recv(
                        FLOOD_BYTES if self.greedy and not self._drained else RECV_BYTES
                    )
                except BlockingIOError:
                    self._drained = True
                    self._wait(deadline)
                else:
                    self._drained = len(data) < RECV_BYTES
                    return data
        finally:
            self._occupancy.leave()

    def _wait(self, deadline: Deadline) -> None:
        # Left as it is by an interrupt, which is when somebody looks at it.
        self.is_waiting = True
        self._readable.wait(deadline)
        self.is_waiting = False

    def send(self, data: bytes, deadline: Deadline) -> None:
        """Send all of ``data``; after a failure an unknown part of it may be on the wire."""
        self._occupancy.enter()
        try:
            view = memoryview(data)
            while view:
                try:
                    view = view[self._sock.send(view) :]
                except BlockingIOError:
                    self._writable.wait(deadline)
        finally:
            self._occupancy.leave()

    def finish(self) -> None:
        """Tell the peer that nothing more is sent; what it sends can still be received."""
        self._shutdown(socket.SHUT_WR)

    def shutdown(self) -> None:
        """End the connection and free a thread that is blocked on it; for any thread."""
        self._shutdown(socket.SHUT_RDWR)

    def _shutdown(self, how: int) -> None:
        # Where it has ended already, that is what was asked for.
        with contextlib.suppress(OSError):
            self._occupancy.enter()
            try:
                self._sock.shutdown(how)
            finally:
                self._occupancy.leave()

    def close(self) -> None:
        """Shut down, and give the descriptor back when the last thread has left; for any thread."""
        self.shutdown()
        self._occupancy.close()

    def fileno(self) -> int:
        """Return the descriptor, or -1 when it was given back."""
        return self._sock.fileno()
