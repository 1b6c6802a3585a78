"""The thread that writes: it never holds up the stream, and is never silent about a failure."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sixmm.checkpoint.entries import TellOrder
from sixmm.checkpoint.gathering import Journal
from sixmm.checkpoint.store import Batch
from sixmm.checkpoint.writer import CheckpointLimits, Writer
from sixmm.clock import Deadline
from sixmm.errors import LocalStateError
from sixmm.state.models import Order

from .making import record

SOON = 20.0


class Disk:
    """Keeps batches in memory; it can be made to fail, and to stand still."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.is_failing = False
        self.is_closed = False
        self.attempts = 0
        self.gate = threading.Event()
        self.gate.set()
        self.attempted = threading.Semaphore(0)

    def write(self, batch: Batch) -> None:
        """Keep a batch."""
        self.attempts += 1
        self.attempted.release()
        assert self.gate.wait(SOON)
        if self.is_failing:
            raise sqlite3.OperationalError("disk I/O error")
        self.batches.append(batch)

    def close(self) -> None:
        """Note it."""
        self.is_closed = True

    @property
    def numbers(self) -> list[int]:
        """The numbers of what was written."""
        return [entry.number for batch in self.batches for entry in batch.entries]


class Told:
    """What the writer has told of itself."""

    def __init__(self) -> None:
        self.failures: list[tuple[str, bool]] = []
        self.changed = threading.Semaphore(0)

    def __call__(self, error: LocalStateError, is_over: bool) -> None:
        """Keep what is told."""
        self.failures.append((str(error), is_over))
        self.changed.release()

    def wait(self) -> None:
        """Wait until something more is told."""
        assert self.changed.acquire(timeout=SOON)


@pytest.fixture
def disk() -> Disk:
    """Return a disk that works."""
    return Disk()


@pytest.fixture
def told() -> Told:
    """Return what is told nothing yet."""
    return Told()


@pytest.fixture
def make(disk: Disk, told: Told) -> Iterator[Callable[..., Writer]]:
    """Give a function that makes a running writer; all are ended."""
    writers: list[Writer] = []

    def made(**limits: Any) -> Writer:
        figures: dict[str, Any] = {"gather": 0.001, "retry": 0.001, **limits}
        writer = Writer(disk, Journal(), limits=CheckpointLimits(**figures), on_failure=told)
        writers.append(writer)
        writer.start()
        return writer

    yield made
    disk.gate.set()
    for writer in writers:
        assert writer.close(Deadline(SOON))


def test_in_order(make: Callable[..., Writer], disk: Disk) -> None:
    """Everything is written, in the order of its coming, and the end waits for it."""
    writer = make(batch=3)
    for number in range(1, 200):
        writer.record(record(number, b"x"))
    assert writer.close(Deadline(SOON))

    assert disk.numbers == list(range(1, 200))
    assert writer.waiting == 0
    assert disk.is_closed


def test_handled(make: Callable[..., Writer], disk: Disk) -> None:
    """What is handled after it was written is taken out again."""
    writer = make()
    writer.record(record(1, b"x"))
    assert writer.wait_written(Deadline(SOON))
    assert writer.unhandled == 1
    writer.handled(1)
    assert writer.close(Deadline(SOON))

    assert disk.batches[-1].handled == [1]
    assert writer.unhandled == 0


def test_failing_disk(make: Callable[..., Writer], disk: Disk, told: Told) -> None:
    """A failure is told once, the same is tried again, and nothing is missing afterwards."""
    disk.is_failing = True
    writer = make()
    writer.record(record(1, b"x"))
    told.wait()
    assert writer.in_trouble
    assert not writer.wait_written(Deadline(SOON))
    disk.is_failing = False
    writer.record(record(2, b"x"))
    assert writer.close(Deadline(SOON))

    assert disk.numbers == [1, 2]
    assert told.failures == [("the checkpoint cannot be written: disk I/O error", False)]
    assert writer.error is None


def test_full_queue(make: Callable[..., Writer], disk: Disk, told: Told) -> None:
    """At the bound of the queue the checkpoint ends where it is: a prefix, and it is told."""
    disk.gate.clear()
    writer = make(queued_events=3)
    for number in range(1, 10):
        writer.record(record(number, b"x"))
    told.wait()
    disk.gate.set()
    assert writer.close(Deadline(SOON))

    assert disk.numbers == [1, 2, 3]
    assert told.failures == [("the checkpoint is not written as fast as events come", True)]
    assert writer.error is not None


def test_full_of_bytes(make: Callable[..., Writer], disk: Disk, told: Told) -> None:
    """The queue is bounded by bytes as well; a record that is larger is taken where it is alone."""
    disk.gate.clear()
    writer = make(queued_bytes=10)
    for number in (1, 2):
        writer.record(record(number, b"x" * 20))
    told.wait()
    disk.gate.set()
    assert writer.close(Deadline(SOON))

    assert disk.numbers == [1]


def test_full_journal(make: Callable[..., Writer], disk: Disk, told: Told) -> None:
    """Where too much is not handled the checkpoint ends, and still notes what is handled."""
    writer = make(journal_events=2)
    writer.record(record(1, b"x", b"x"))
    assert writer.wait_written(Deadline(SOON))
    writer.record(record(3, b"x"))
    told.wait()
    writer.handled(2)
    writer.handled(3)
    writer.record(record(4, b"x"))
    assert writer.close(Deadline(SOON))

    assert disk.numbers == [1, 2]
    assert [n for batch in disk.batches for n in batch.handled] == [2]
    assert told.failures == [("too many events of the checkpoint are not handled", True)]


def test_what_cannot_be_kept(make: Callable[..., Writer], disk: Disk, told: Told) -> None:
    """A value of an unknown kind ends the checkpoint, not the program, and is told."""
    writer = make()
    wrong = Order(order_id="1", status=object(), rank=1)  # type: ignore[arg-type]
    writer.record(record(1, TellOrder(wrong, None)))
    told.wait()
    assert writer.close(Deadline(SOON))

    assert disk.numbers == []
    assert told.failures[0][1]


def test_closed_while_it_fails(make: Callable[..., Writer], disk: Disk, told: Told) -> None:
    """A disk that fails does not keep the end from coming."""
    disk.is_failing = True
    writer = make(retry=3_600.0)
    writer.record(record(1, b"x"))
    told.wait()
    assert writer.close(Deadline(SOON))

    assert disk.is_closed


def test_a_fault(make: Callable[..., Writer], disk: Disk, told: Told) -> None:
    """A fault of the program itself is told as well, and the file is closed."""
    writer = make()
    disk.write = None  # type: ignore[method-assign, assignment]
    writer.record(record(1, b"x"))
    told.wait()
    assert writer.close(Deadline(SOON))

    assert told.failures == [("the checkpoint failed: TypeError", True)]
    assert disk.is_closed


def test_never_started(disk: Disk, told: Told) -> None:
    """The end comes also where there was no beginning."""
    writer = Writer(disk, Journal(), limits=CheckpointLimits(), on_failure=told)

    assert writer.close(Deadline(SOON))
    assert disk.is_closed
