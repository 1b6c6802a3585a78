"""A checkpoint without a file and without a thread: what is on the disk is decided by the test."""

from __future__ import annotations

import attrs

from sixmm.checkpoint import Checkpoint, CheckpointLimits
from sixmm.checkpoint.entries import Entry
from sixmm.checkpoint.gathering import Journal
from sixmm.checkpoint.store import Batch, Loaded
from sixmm.checkpoint.writer import Writer
from sixmm.clock import Deadline
from sixmm.errors import LocalStateError
from sixmm.state.rows import Row

__all__ = ["Disk", "checkpoint_on"]


class Disk:
    """What outlives a run: the rows and the journal, as the file has them."""

    def __init__(self) -> None:
        self._loaded = Loaded(has_begun=False)
        self._rows: dict[tuple[str, str], Row] = {}
        self._entries: dict[int, Entry] = {}

    def load(self) -> Loaded:
        """Return what the disk holds."""
        rows, journal = tuple(self._rows.values()), tuple(self._entries.values())
        return attrs.evolve(self._loaded, rows=rows, journal=journal)

    def write(self, batch: Batch) -> None:
        """Write a batch."""
        if batch.is_beginning:
            self._rows.clear()
        for row in batch.rows:
            # What was changed last comes last.
            self._rows.pop((row[0], row[1]), None)
            self._rows[row[0], row[1]] = row
        self._entries.update({entry.number: entry for entry in batch.entries})
        for number in batch.handled:
            self._entries.pop(number, None)
        if batch.last is not None:
            self._loaded = Loaded(
                has_begun=True,
                certain_ms=batch.certain_ms,
                last=batch.last,
                topic=batch.topic or self._loaded.topic,
            )

    def close(self) -> None:
        """Do nothing: there is no file."""


class Pen(Writer):
    """The writer, without its thread: it writes when it is told to."""

    def write_all(self) -> None:
        """Write what is queued."""
        while self.is_behind:
            assert self.write_some() is None

    @property
    def is_behind(self) -> bool:
        """Whether something is queued that is not written."""
        return bool(self._queue)

    def wait_written(self, deadline: Deadline) -> bool:  # noqa: ARG002
        """Write what is queued, at once."""
        self.write_all()
        return True


def checkpoint_on(disk: Disk) -> tuple[Checkpoint, Pen]:
    """Return a checkpoint that goes on from what a disk holds, and the pen that writes it."""
    loaded = disk.load()
    pen = Pen(disk, Journal(loaded.journal), limits=CheckpointLimits(), on_failure=_failed)
    checkpoint = Checkpoint("no file")
    # What open() does, without a file and without a thread.
    checkpoint._loaded, checkpoint._writer = loaded, pen
    checkpoint._first = checkpoint._next = loaded.last + 1
    return checkpoint, pen


def _failed(error: LocalStateError, is_over: bool) -> None:
    raise AssertionError(f"{error}, {is_over}")
