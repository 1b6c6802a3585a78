"""Threads that wait to be called, each on a lock of its own.

``threading.Condition`` wakes a thread while the waker still holds the lock that the woken thread
needs next. So the woken one goes to sleep again at once, and a message is handed over twice as late
as it could be. Here the calling is done after the lock is free.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

__all__ = ["WaitingRoom", "call"]


def call(tickets: Iterable[threading.Lock]) -> None:
    """Call the threads of these tickets; no lock should be held meanwhile."""
    for ticket in tickets:
        ticket.release()


class WaitingRoom:
    """The threads that wait for one thing to happen.

    Args:
        guard: the lock of the owner. Whoever uses the room holds it, except for :meth:`wait`.
    """

    def __init__(self, guard: threading.RLock) -> None:
        self._guard = guard
        self.tickets: list[threading.Lock] = []
        """Those who wait; to be looked at only."""

    def enter(self) -> threading.Lock:
        """Return a ticket to wait with, for the thread that asks."""
        ticket = threading.Lock()
        ticket.acquire()
        self.tickets.append(ticket)
        return ticket

    def leave(self, ticket: threading.Lock) -> None:
        """Wait no more; a ticket that was called already does nothing."""
        if ticket in self.tickets:
            self.tickets.remove(ticket)

    def empty(self) -> list[threading.Lock]:
        """Return the tickets of all who wait, who do so no more: :func:`call` them."""
        tickets = self.tickets
        if tickets:
            self.tickets = []
        return tickets

    def wait(self, ticket: threading.Lock, seconds: float) -> bool:
        """Wait until the ticket is called; return False where that did not happen in time.

        Since it was entered under the guard, a call cannot come too early to be noticed.
        """
        is_called = False
        try:
            is_called = ticket.acquire(timeout=seconds)
        finally:
            if not is_called:
                with self._guard:
                    self.leave(ticket)
        return is_called
