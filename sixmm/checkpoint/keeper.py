"""The checkpoint as the stream and the callers use it.

Whoever reads the stream hands over what it tells, before it is put into the inbox. Whoever takes
events says which one it takes; an event is handled when the same thread asks for the next one, or,
where events are acknowledged, when it is acknowledged. Neither waits for a disk.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence

import attrs

from ..clock import Deadline
from ..errors import LocalStateError
from ..events import CheckpointFailed, ConnectionEvent, Event
from ..state.rows import Row
from ..venues.base import Venue
from .entries import Numbered, Record, Tell, is_numbered, item_of
from .gathering import Journal
from .store import Loaded, Store
from .writer import CheckpointLimits, Writer

__all__ = ["Checkpoint", "CheckpointStats", "account_name", "again"]

_ROW_BYTES = 300
_BEGIN_TIMEOUT = 10.0


@attrs.frozen(kw_only=True)
class CheckpointStats:
    """How a checkpoint stands at one moment."""

    path: str
    """The file."""
    recorded: int
    """How many private events were handed to it by this client."""
    waiting: int
    """How many of them are not in the file yet."""
    unhandled: int
    """How many events are in the file because they are not handled."""
    redelivered: int
    """How many of those there were at the start: they are delivered again."""
    in_trouble: bool
    """Whether the last attempt to write has failed; it is tried again."""
    error: str | None
    """Why the checkpoint has ended, or None while it follows."""


class Checkpoint:
    """Keeps the memory of one session, and what is not handled, in a file.

    Args:
        path: the file; it is made where there is none.
        acknowledge: whether an event is handled only once :meth:`ack` was called with it.
        limits: the bounds.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        acknowledge: bool = False,
        limits: CheckpointLimits | None = None,
    ) -> None:
        self._path = path
        self.acknowledge = acknowledge
        self._limits = limits or CheckpointLimits()
        self._store: Store | None = None
        self._writer: Writer | None = None
        self._loaded = Loaded(has_begun=False)
        self._redelivered = 0
        self._first = self._next = 1
        self._closed = False
        self._tell: Callable[[ConnectionEvent], None] | None = None
        # By thread, the number that it works on; by id, the event that is to be acknowledged.
        self._in_hand: dict[int, int] = {}
        self._given: dict[int, tuple[int, Event]] = {}

    # Life

    def open(self, *, account: str, tell: Callable[[ConnectionEvent], None]) -> None:
        """Open the file, hold it, and start to write.

        Args:
            account: names the account, see :func:`account_name`.
            tell: is given what the caller has to learn; it must not wait.

        Raises:
            ConfigurationError: the file is another account's, of a newer version, or no checkpoint.
            LocalStateError: another client uses it, or it is damaged, or it cannot be opened.
        """
        store = Store(self._path, account=account)
        try:
            self._loaded = store.load()
        except BaseException:
            store.close()
            raise
        self._tell, self._store = tell, store
        self._first = self._next = self._loaded.last + 1
        self._redelivered = len(self._loaded.journal)
        journal = Journal(self._loaded.journal)
        self._writer = Writer(store, journal, limits=self._limits, on_failure=self._failed)
        self._writer.start()

    def close(self, deadline: Deadline) -> bool:
        """Write what there is and let go of the file; False where that took too long.

        What the calling thread has taken last counts as handled, unless it is to be acknowledged.
        """
        self.finish()
        writer, was_closed, self._closed = self._writer, self._closed, True
        return writer is None or was_closed or writer.close(deadline)

    def abandon(self) -> None:
        """Let go of the file soon, without waiting."""
        self._closed = True
        if self._writer is not None:
            self._writer.abandon()

    def stats(self) -> CheckpointStats:
        """Return the figures of this moment."""
        writer = self._writer
        error = None if writer is None else writer.error
        return CheckpointStats(
            path=os.fspath(self._path),
            recorded=self._next - self._first,
            waiting=0 if writer is None else writer.waiting,
            unhandled=0 if writer is None else writer.unhandled,
            redelivered=self._redelivered,
            in_trouble=writer is not None and writer.in_trouble,
            error=None if error is None else str(error),
        )

    # The side of the stream

    def take_loaded(self) -> Loaded:
        """Return what the file held when it was opened, once; then nothing."""
        loaded, self._loaded = self._loaded, Loaded(has_begun=False)
        return loaded

    def begin(self, rows: Sequence[Row], *, certain_ms: int) -> None:
        """Take over everything that the mirror knows, in place of whatever was kept of it.

        It waits until that is written, or cannot be: what happens from now on can then be told by a
        later run. It is called while nothing comes yet.
        """
        size = _ROW_BYTES * len(rows)
        self._put(Record(self._next, (), "", rows, certain_ms, size, is_beginning=True))
        if self._writer is not None:
            self._writer.wait_written(Deadline(_BEGIN_TIMEOUT))

    def record(
        self, told: Sequence[tuple[Tell, int]], rows: Sequence[Row], *, certain_ms: int, topic: str
    ) -> int:
        """Take over what is about to be told; return the number of the first of it.

        Args:
            told: what is told, each with the time at which it came.
            rows: what the mirror knows now of everything that was told.
            certain_ms: up to when nothing can be missing.
            topic: the topic of what REST told.
        """
        first = self._next
        size = sum([len(tell) if isinstance(tell, bytes) else _ROW_BYTES for tell, _ in told])
        self._next = first + len(told)
        self._put(Record(first, told, topic, rows, certain_ms, size + _ROW_BYTES * len(rows)))
        return first

    # The side of the callers

    def give(self, item: object, event: Event) -> None:
        """Note that an event is given to the calling thread."""
        if is_numbered(item):
            if self.acknowledge:
                self._given[id(event)] = (item.number, event)
            else:
                self._in_hand[threading.get_ident()] = item.number

    def take_back(self, item: object) -> None:
        """Note that an item was not given to the calling thread after all."""
        if is_numbered(item):
            self._in_hand.pop(threading.get_ident(), None)

    def finish(self) -> None:
        """Note that the calling thread has handled what it was given last."""
        number = self._in_hand.pop(threading.get_ident(), None)
        if number is not None:
            self._handled(number)

    def drop(self) -> None:
        """Note that the calling thread failed with what it was given last: it is not handled."""
        self._in_hand.pop(threading.get_ident(), None)

    def ack(self, event: Event) -> bool:
        """Note that an event was handled; False where it does not wait for that.

        Raises:
            LocalStateError: events are not acknowledged here.
        """
        if not self.acknowledge:
            raise LocalStateError("ack() needs a client with checkpoint=... and acknowledge=True")
        found = self._given.pop(id(event), None)
        if found is not None:
            self._handled(found[0])
        return found is not None

    # Inside

    def _put(self, record: Record) -> None:
        if self._writer is not None and not self._closed:
            self._writer.record(record)

    def _handled(self, number: int) -> None:
        if not self._closed:
            if self._writer is not None:
                self._writer.handled(number)
        elif self._store is not None:
            self._store.handled_late(number)

    def _failed(self, error: LocalStateError, is_over: bool) -> None:
        if self._tell is not None:
            self._tell(CheckpointFailed(error=error, is_over=is_over))


def account_name(venue: Venue, *, rest_url: str, api_key: str) -> str:
    """Return what names an account in a file: it holds a digest of the key, not the key."""
    digest = hashlib.blake2b(
        f"{rest_url}\n{api_key}".encode(), digest_size=16, person=b"sixmm-checkpoint"
    )
    return f"{venue.name} {digest.hexdigest()}"


def again(loaded: Loaded, venue: Venue) -> Iterator[Numbered]:
    """Yield what was not handled, oldest first, as it goes to the caller once more."""
    return (item_of(entry, venue) for entry in loaded.journal)
