"""What the parts of one session share: each part is handed this one object."""

from __future__ import annotations

import threading
from typing import Literal

import attrs

from ..checkpoint import Checkpoint
from ..clock import Clock, Deadline
from ..errors import SixmmError
from ..events import ConnectionEvent
from ..rest import RestSession
from ..state.account import AccountMirror
from ..state.picture import Account, Predicate
from ..venues.base import Venue
from .books import Books
from .changes import Changes
from .desk import RequestDesk
from .following import OrderWatch
from .inbox import Inbox
from .options import SessionOptions
from .stats import Counters

__all__ = ["Deliver", "Shared"]

Deliver = Literal["all", "events", "state"]


@attrs.define(kw_only=True, eq=False)
class Shared:
    """The parts of one session.

    The mirror is changed by the reader thread and read by callers, both under ``mirror_lock``. The
    counters are written by the thread that reads, and ``undecoded`` by those that take. Everything
    else guards itself.
    """

    venue: Venue
    rest: RestSession
    inbox: Inbox
    desk: RequestDesk
    options: SessionOptions
    clock: Clock
    private: bool
    deliver: Deliver = "all"
    line: str = ""
    """The name of the connection, where a client has several."""
    mirror: AccountMirror = attrs.field(factory=AccountMirror)
    mirror_lock: threading.RLock = attrs.field(factory=threading.RLock)
    counters: Counters = attrs.field(factory=Counters)
    watch: OrderWatch = attrs.field(factory=OrderWatch)
    """The orders that callers follow one by one."""
    books: Books = attrs.field(
        init=False, default=attrs.Factory(lambda self: _books_of(self), takes_self=True)
    )
    """The order books that callers have asked for."""
    changes: Changes = attrs.field(factory=Changes)
    """Tells callers who wait for it that the mirror has changed."""

    checkpoint: Checkpoint | None = None
    """Keeps what is told beyond the end of the program, where that was asked for."""

    private_topic: str = ""
    """The topic of the last private push; it is read from pushes, never built (rule 76)."""

    is_in_doubt: bool = False
    """Whether a private push could not be decoded by the caller's thread: set there, and cleared by
    the reader thread, which compares the account."""

    def account(self) -> Account:
        """Return the account as it is known now; the picture can wait for a later one."""
        with self.mirror_lock:
            picture = self.mirror.picture()
        return attrs.evolve(picture, wait=self._wait_for)

    def _wait_for(self, predicate: Predicate, timeout: float | None) -> Account:
        # Whoever reads has to read now: this thread does not while it waits.
        self.inbox.turn.recall()
        return self.changes.wait_for(self.account, predicate, Deadline(timeout))

    def tell(self, event: ConnectionEvent) -> None:
        """Give the caller an event about the connection; never waits."""
        now_ms = self.clock.time_ms()
        if self.deliver != "state":
            told = attrs.evolve(event, ts=now_ms, received_at=now_ms, line=self.line)
            self.inbox.tell(told)

    def end(self, error: SixmmError) -> None:
        """End every wait of a caller with ``error``, and every later one."""
        self.inbox.end(error)
        self.desk.fail(error)
        self.books.end(error)


def _books_of(shared: Shared) -> Books:
    venue = shared.venue
    return Books(
        shared.desk,
        clock=shared.clock,
        topic_of=venue.book_topic,
        decode=venue.decoder(),
        change_of=venue.book_change,
        tell=shared.tell,
        policy=shared.options.backoff,
    )
