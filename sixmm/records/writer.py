"""The thread that writes a record, and the bounded buffer before it.

Whoever has something to write puts it into the buffer and goes on: nothing here waits for the disk.
Where the disk is slower than what comes in, the buffer fills up, what does not fit is left out, and
the record says at that place how much it was.
"""

from __future__ import annotations

import collections
import gzip
import logging
import os
import stat
import threading
from collections.abc import Mapping
from typing import Any, BinaryIO

from ..clock import Clock, SystemClock
from ..errors import ConfigurationError
from .format import Entry, Header, entry_line, header_line

__all__ = ["RecordWriter", "create_file"]

_log = logging.getLogger("sixmm.records")

_LEVEL = 4
_ENTRIES_AT_ONCE = 256
_FLUSH_SECONDS = 1.0
_ENTRY_BYTES = 200
"""What an entry takes in memory beyond its texts."""

_FLAGS = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
)


def create_file(path: str | os.PathLike[str], *, overwrite: bool = False) -> BinaryIO:
    """Return a new file that only its owner can read and write (mode 600).

    Args:
        path: where; a record is full of an account's business, so the file is private.
        overwrite: whether a file that is there is removed first. Whoever has it open keeps the old
            one; a symbolic link is removed, not followed.

    Raises:
        ConfigurationError: there is a file already, or none can be made.
    """
    try:
        if overwrite and os.path.lexists(path):
            mode = os.lstat(path).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
                raise ConfigurationError("the record cannot replace what is not a file")
            os.unlink(path)
        # Unbuffered: gzip gathers, and what it gives out is to be on its way.
        return os.fdopen(os.open(path, _FLAGS, 0o600), "wb", buffering=0)
    except FileExistsError:
        raise ConfigurationError(
            "the file of the record exists already; it is replaced with overwrite=True only"
        ) from None
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or "its path cannot be that of a file"
        raise ConfigurationError(f"the record cannot be written: {reason}") from exc


class RecordWriter:
    """Writes entries to a stream from a thread of its own.

    Args:
        stream: where the compressed lines go; it is closed at the end.
        header: the first line.
        max_messages: how many messages may wait to be written.
        max_bytes: how many bytes of them.
        clock: the local clock.
    """

    def __init__(
        self,
        stream: BinaryIO,
        header: Header,
        *,
        max_messages: int = 100_000,
        max_bytes: int = 64 * 1024 * 1024,
        clock: Clock | None = None,
    ) -> None:
        self._stream = stream
        self._header = header
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._clock = clock or SystemClock()
        self._began = self._clock.monotonic()
        # Guards all below; a re-entrant one, because a signal handler may close the client.
        self._changed = threading.Condition(threading.RLock())
        self._queue: collections.deque[tuple[Entry, int, int]] = collections.deque()
        self._messages = 0
        self._bytes = 0
        self._gap = 0
        self._left_out = 0
        self._closing = False
        self._failure: str | None = None
        self._thread = threading.Thread(target=self._run, name="sixmm-record", daemon=True)
        self._thread.start()

    @property
    def left_out(self) -> int:
        """How many messages are not in the record, because they did not fit into the buffer."""
        return self._left_out

    @property
    def failure(self) -> str | None:
        """Why nothing can be written any more, or None."""
        return self._failure

    def put(self, kind: str, data: Mapping[str, Any], *, size: int = 0, messages: int = 1) -> None:
        """Have an entry written, or left out where it does not fit; never waits for the disk.

        Args:
            kind: of the entry.
            data: what it tells; it must not be changed afterwards.
            size: bytes of its texts, about.
            messages: how many messages it counts as.
        """
        size += _ENTRY_BYTES
        with self._changed:
            if self._closing:
                return
            # One that is larger than the bound itself still goes where nothing else waits.
            is_full = self._queue and (
                self._messages + messages > self._max_messages
                or self._bytes + size > self._max_bytes
            )
            if is_full or self._failure is not None:
                self._gap += messages
                self._left_out += messages
                return
            self._tell_gap()
            self._append(self._entry(kind, data), size, messages)

    def close(self, timeout: float | None = 5.0) -> bool:
        """Write what waits, and end; return whether all of it is in the file now.

        Args:
            timeout: seconds to wait for that. A disk that hangs goes on without the caller.
        """
        with self._changed:
            if not self._closing:
                self._tell_gap()
                self._closing = True
                self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout)
        return not self._thread.is_alive() and self._failure is None

    # With the lock held

    def _entry(self, kind: str, data: Mapping[str, Any]) -> Entry:
        at_us = round((self._clock.monotonic() - self._began) * 1_000_000)
        return Entry(kind=kind, at_us=at_us, ms=self._clock.time_ms(), data=data)

    def _append(self, entry: Entry, size: int, messages: int) -> None:
        self._queue.append((entry, size, messages))
        self._bytes += size
        self._messages += messages
        if len(self._queue) == 1:
            self._changed.notify_all()

    def _tell_gap(self) -> None:
        if self._gap:
            count, self._gap = self._gap, 0
            self._append(self._entry("left_out", {"count": count}), _ENTRY_BYTES, 0)

    # On the thread

    def _run(self) -> None:
        try:
            with (
                self._stream,
                gzip.GzipFile("", "wb", _LEVEL, self._stream, mtime=0) as packed,
            ):
                packed.write(header_line(self._header))
                packed.flush()
                self._write_all(packed)
        except Exception as exc:  # Nobody waits for this thread: the failure is kept for who asks.
            self._fail(exc)

    def _write_all(self, packed: gzip.GzipFile) -> None:
        flushed_at, is_dirty = self._clock.monotonic(), False
        while True:
            batch, is_last = self._next_batch(may_wait_long=not is_dirty)
            if is_last:
                return
            if batch:
                packed.write(b"".join(entry_line(entry) for entry, _, _ in batch))
                self._written(batch)
                is_dirty = True
            now = self._clock.monotonic()
            if is_dirty and (not batch or now - flushed_at >= _FLUSH_SECONDS):
                # A program that is killed leaves a file that can be read up to here.
                packed.flush()
                flushed_at, is_dirty = now, False

    def _next_batch(self, *, may_wait_long: bool) -> tuple[list[tuple[Entry, int, int]], bool]:
        """Return what is to be written next, and whether that was all for good."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._queue or self._closing, None if may_wait_long else _FLUSH_SECONDS
            )
            count = min(len(self._queue), _ENTRIES_AT_ONCE)
            batch = [self._queue[i] for i in range(count)]
            return batch, not batch and self._closing

    def _written(self, batch: list[tuple[Entry, int, int]]) -> None:
        """Make room: what was written waited until now, so that the bounds hold for all of it."""
        with self._changed:
            for entry, size, messages in batch:
                if not self._queue or self._queue[0][0] is not entry:
                    return
                self._queue.popleft()
                self._bytes -= size
                self._messages -= messages

    def _fail(self, exc: Exception) -> None:
        reason = getattr(exc, "strerror", None) or type(exc).__name__
        with self._changed:
            self._failure = f"the record cannot be written: {reason}"
            lost = sum(messages for _, _, messages in self._queue)
            self._left_out += lost
            self._queue.clear()
        _log.warning("%s; %d messages are missing in it", self._failure, self._left_out)
