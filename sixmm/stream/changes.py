"""Waiting until the picture of the account is as somebody wants it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..clock import Deadline
from ..errors import ClientClosed, DeadlineExceeded
from ..state.picture import Account, Predicate
from .waiting import WaitingRoom, call

__all__ = ["Changes"]


class Changes:
    """Tells those who wait that the mirror has changed. While nobody does it costs one look."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._room = WaitingRoom(self._lock)
        self._ended = False

    def note(self) -> None:
        """Wake those who wait; for the thread that reads, after a change, without a lock."""
        if not self._room.tickets:
            return
        with self._lock:
            woken = self._room.empty()
        call(woken)

    def end(self) -> None:
        """Let everybody go: the client is closed."""
        with self._lock:
            self._ended = True
        self.note()

    def wait_for(
        self, take: Callable[[], Account], predicate: Predicate, deadline: Deadline
    ) -> Account:
        """Return the first picture for which the predicate is true.

        Args:
            take: takes a picture.
            predicate: is called without a lock, in this thread.
            deadline: when to give up.

        Raises:
            DeadlineExceeded: it was not so in time.
            ClientClosed: the client was closed.
        """
        while True:
            # Entered before the picture is taken, so that a change right after it is not missed.
            with self._lock:
                ticket = self._room.enter()
            try:
                picture = take()
                if predicate(picture):
                    return picture
                if self._ended:
                    raise ClientClosed("the client is closed")
                if deadline.expired:
                    raise DeadlineExceeded("the account did not become what was waited for in time")
                self._room.wait(ticket, deadline.slice())
            finally:
                with self._lock:
                    self._room.leave(ticket)
