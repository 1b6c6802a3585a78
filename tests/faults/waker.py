"""Waking a thread that waits for sockets."""

from __future__ import annotations

import contextlib
import socket

__all__ = ["Waker"]


class Waker:
    """A socket to wait for beside others, and a way to make it readable from another thread."""

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._ours.setblocking(False)
        self._theirs.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor to wait for."""
        return self._ours.fileno()

    def wake(self) -> None:
        """Wake whoever waits; a full pipe has been woken already, a closed one needs no waking."""
        with contextlib.suppress(OSError):
            self._theirs.send(b"!")

    def clear(self) -> None:
        """Forget what has woken, before looking at what has changed."""
        with contextlib.suppress(BlockingIOError):
            while self._ours.recv(4096):
                pass

    def close(self) -> None:
        """Close both ends."""
        self._ours.close()
        self._theirs.close()
