"""A stream in memory that breaks where a test wants it to."""

from __future__ import annotations

import collections
from collections.abc import Iterable

from sixmm.clock import Deadline

__all__ = ["FakeStream"]


class FakeStream:
    """Delivers prepared pieces, and records what is sent.

    Args:
        pieces: what :meth:`recv` returns one by one; an exception is raised; then it is the end.
        budget: bytes that can be sent before ``failure`` is raised, or None for no limit.
        failure: what a send over the budget raises.
    """

    def __init__(
        self,
        pieces: Iterable[bytes | Exception] = (),
        *,
        budget: int | None = None,
        failure: BaseException | None = None,
    ) -> None:
        self.sent = b""
        self.ended = False
        self.closed = False
        self.greedy = False
        self.is_waiting = False
        self._pieces = collections.deque(pieces)
        self._budget = budget
        self._failure = failure or ConnectionResetError(104, "reset")

    def recv(self, deadline: Deadline) -> bytes:  # noqa: ARG002
        """Return the next piece."""
        if not self._pieces:
            return b""
        piece = self._pieces.popleft()
        if isinstance(piece, Exception):
            raise piece
        return piece

    def send(self, data: bytes, deadline: Deadline) -> None:  # noqa: ARG002
        """Record ``data``, as much of it as the budget allows."""
        if self._budget is not None and len(data) > self._budget:
            self.sent += data[: self._budget]
            self._budget = 0
            raise self._failure
        if self._budget is not None:
            self._budget -= len(data)
        self.sent += data

    def finish(self) -> None:
        """Do nothing."""

    def shutdown(self) -> None:
        """Note it."""
        self.ended = True

    def close(self) -> None:
        """Note it."""
        self.ended = self.closed = True

    def fileno(self) -> int:
        """Return that there is no descriptor."""
        return -1
