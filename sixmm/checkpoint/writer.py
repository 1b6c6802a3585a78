"""The thread that writes the checkpoint, so that whoever reads the stream never waits for a disk.

What is queued is written in the order in which it came, some of it at a time, so that the file
always holds all that there was up to some moment and nothing of what came after it. Where the disk
fails, the same is tried again, and the queue grows. At its bound the checkpoint ends: the file
keeps what it has, and what comes later is left to the comparison after the next start.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

import attrs

from ..clock import Deadline
from ..errors import LocalStateError
from .entries import Record
from .gathering import Change, Journal, take_changes
from .store import Batch

__all__ = ["CheckpointLimits", "Files", "Writer"]

_log = logging.getLogger("sixmm.checkpoint")

_LONG = 3_600.0
_MOMENT = 0.05


@attrs.frozen(kw_only=True)
class CheckpointLimits:
    """The bounds of a checkpoint.

    Args:
        queued_events: how many events may wait to be written.
        queued_bytes: how many bytes those may have together, about.
        journal_events: how many events that are not handled the file may hold.
        journal_bytes: how many bytes those may have together.
        batch: how many changes are written in one transaction, about.
        gather: seconds for which changes are gathered before they are written.
        retry: seconds until what failed is tried again.
    """

    queued_events: int = 50_000
    queued_bytes: int = 64 * 1024 * 1024
    journal_events: int = 200_000
    journal_bytes: int = 256 * 1024 * 1024
    batch: int = 1_000
    gather: float = 0.1
    retry: float = 0.5


class Files(Protocol):
    """What the writer needs of a :class:`.store.Store`."""

    def write(self, batch: Batch) -> None:
        """Write a batch, as a whole or not at all."""

    def close(self) -> None:
        """Close the file."""


class Writer:
    """Writes what is queued, from a thread of its own.

    Args:
        store: the file; closed at the end.
        journal: what its journal holds.
        limits: the bounds.
        on_failure: is told of a failure, and whether the checkpoint has ended with it. It is called
            by the thread that notices, and must not wait.
    """

    def __init__(
        self,
        store: Files,
        journal: Journal,
        *,
        limits: CheckpointLimits,
        on_failure: Callable[[LocalStateError, bool], None],
    ) -> None:
        self._store = store
        self._journal = journal
        self._limits = limits
        self._on_failure = on_failure
        # Appended to by several threads, and emptied by the writer: both are atomic.
        self._queue: deque[Change] = deque()
        # Each is changed by one thread: the one that reads the stream, and the writer.
        self._given_events = self._given_bytes = 0
        self._taken_events = self._taken_bytes = 0
        self._work = threading.Event()
        self._urgent = threading.Event()
        self._closing = threading.Event()
        self._idle = threading.Event()
        self._lock = threading.Lock()
        self._error: LocalStateError | None = None
        self._in_trouble = False
        # What was queued before an end that was called for from outside is still written.
        self._writes_records = True
        self._last_queued = 0
        self._thread = threading.Thread(target=self._run, name="sixmm-checkpoint", daemon=True)

    # Asking

    @property
    def error(self) -> LocalStateError | None:
        """Why the checkpoint has ended, or None."""
        return self._error

    @property
    def in_trouble(self) -> bool:
        """Whether the last attempt to write has failed."""
        return self._in_trouble

    @property
    def waiting(self) -> int:
        """How many events wait to be written."""
        return self._given_events - self._taken_events

    @property
    def unhandled(self) -> int:
        """How many events the journal of the file holds."""
        return len(self._journal)

    # Doing

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def record(self, record: Record) -> None:
        """Queue what a read has brought; never waits. At its bound the checkpoint ends."""
        if self._error is not None:
            return
        events, size = self.waiting + len(record.told), self._given_bytes - self._taken_bytes
        limits = self._limits
        is_full = events > limits.queued_events or size + record.size > limits.queued_bytes
        if is_full and self._queue:
            self._end(LocalStateError("the checkpoint is not written as fast as events come"))
            return
        self._given_events += len(record.told)
        self._given_bytes += record.size
        self._last_queued = record.last
        self._queue.append(record)
        self._wake(is_urgent=events >= limits.batch)

    def handled(self, number: int) -> None:
        """Queue that an event was handled; never waits."""
        if self._error is None or number <= self._last_queued:
            self._queue.append(number)
            self._wake(is_urgent=False)

    def wait_written(self, deadline: Deadline) -> bool:
        """Wait until what was queued is written; False where that fails or takes too long.

        For the one thread that queues records, which must have queued one before.
        """
        self._idle.clear()
        self._wake(is_urgent=True)
        while self._queue and not (self._in_trouble or self._error or self._closing.is_set()):
            if deadline.expired:
                return False
            self._idle.wait(_MOMENT)
        return not self._queue

    def close(self, deadline: Deadline) -> bool:
        """Write what is queued, close the file, and end; False where that took too long."""
        self.abandon()
        if self._thread.ident is None:
            self._store.close()
        elif self._thread is not threading.current_thread():
            self._thread.join(deadline.remaining())
        return not self._thread.is_alive()

    def abandon(self) -> None:
        """Ask for the end without waiting for it."""
        self._closing.set()
        self._urgent.set()
        self._work.set()

    # Inside

    def _wake(self, *, is_urgent: bool) -> None:
        if not self._work.is_set():
            self._work.set()
        if is_urgent and not self._urgent.is_set():
            self._urgent.set()

    def _run(self) -> None:
        try:
            while not (self._closing.is_set() and not self._queue):
                self._work.wait(_LONG)
                self._work.clear()
                if not self._closing.is_set():
                    self._urgent.wait(self._limits.gather)
                    self._urgent.clear()
                if not self._write_all():
                    break
        except Exception as error:
            # A fault of ours: it must not be taken for a checkpoint that is written.
            _log.exception("the checkpoint failed")
            self._end(LocalStateError(f"the checkpoint failed: {type(error).__name__}"))
        finally:
            self._store.close()

    def _write_all(self) -> bool:
        """Write what is queued; False where the end was asked for and the disk does not take it."""
        while self._queue:
            error = self.write_some()
            if error is not None and not self._has_failed(error):
                return False
        self._idle.set()
        return True

    def write_some(self) -> sqlite3.Error | None:
        """Write the oldest changes in one transaction; return why that failed, or None.

        For the thread of the writer, or where that is not started.
        """
        changes = take_changes(self._queue, self._limits.batch)
        batch = self._batch_of(changes)
        try:
            self._store.write(batch)
        except sqlite3.Error as error:
            return error
        self._in_trouble = False
        self._journal.wrote(batch)
        self._forget(changes)
        return None

    def _batch_of(self, changes: list[Change]) -> Batch:
        if not self._writes_records:
            changes = [change for change in changes if isinstance(change, int)]
        try:
            batch = self._journal.batch_of(changes)
        except TypeError as error:
            return self._without_records(changes, f"the checkpoint cannot keep it: {error}")
        limits = self._limits
        if self._journal.fits(
            batch, max_events=limits.journal_events, max_bytes=limits.journal_bytes
        ):
            return batch
        return self._without_records(changes, "too many events of the checkpoint are not handled")

    def _without_records(self, changes: list[Change], why: str) -> Batch:
        self._writes_records = False
        self._end(LocalStateError(why))
        return self._batch_of(changes)

    def _forget(self, changes: list[Change]) -> None:
        for change in changes:
            self._queue.popleft()
            if isinstance(change, Record):
                self._taken_events += len(change.told)
                self._taken_bytes += change.size

    def _has_failed(self, error: sqlite3.Error) -> bool:
        """Tell of a failure once, and wait; False where there is no time to try again."""
        if not self._in_trouble:
            self._in_trouble = True
            _log.warning("the checkpoint cannot be written: %s", error)
            failure = LocalStateError(f"the checkpoint cannot be written: {error}")
            failure.__cause__ = error
            if self._error is None:
                self._on_failure(failure, False)
        if self._closing.is_set():
            _log.error("the checkpoint was closed without its last changes")
            return False
        self._closing.wait(self._limits.retry)
        return True

    def _end(self, error: LocalStateError) -> None:
        """End the checkpoint: nothing that comes from now on is written."""
        with self._lock:
            if self._error is not None:
                return
            self._error = error
        _log.error("%s; it ends here", error)
        self._on_failure(error, True)
