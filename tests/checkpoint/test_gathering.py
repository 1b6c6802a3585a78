"""What one transaction takes, and the promise of it all: whatever is cut, nothing is lost."""

from __future__ import annotations

import tempfile
from collections import Counter, deque
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sixmm.checkpoint.entries import TellOrder
from sixmm.checkpoint.gathering import Change, Journal, take_changes
from sixmm.checkpoint.writer import CheckpointLimits, Writer
from sixmm.clock import Deadline

from .making import open_store, order, order_row, record


def test_a_prefix() -> None:
    """The oldest changes are taken, whole records at a time, and stay in the queue."""
    queue: deque[Change] = deque([record(1, b"a", b"b"), 1, record(3, b"c"), 2])

    assert take_changes(queue, 1) == list(queue)[:1]
    assert take_changes(queue, 4) == list(queue)[:2]
    assert take_changes(queue, 100) == list(queue)
    assert len(queue) == 4


def test_handled_before_it_is_written() -> None:
    """Of an event that is handled already only the rows are written."""
    batch = Journal().batch_of([record(1, b"a", b"b", rows=(order_row(1),)), 1])

    assert [entry.number for entry in batch.entries] == [2]
    assert batch.handled == []
    assert batch.rows == [order_row(1)]
    assert batch.last == 2


def test_the_last_row_of_each() -> None:
    """What was told twice of one thing is written as it was last."""
    batch = Journal().batch_of(
        [record(1, b"a", rows=(order_row(1),)), record(2, b"b", rows=(order_row(1, rank=3),))]
    )

    assert batch.rows == [order_row(1, rank=3)]


def test_bounds() -> None:
    """The journal knows how much it holds, and whether more fits."""
    journal = Journal()
    batch = journal.batch_of([record(1, b"a" * 100, TellOrder(order(1), None))])

    assert journal.fits(batch, max_events=2, max_bytes=10_000)
    assert not journal.fits(batch, max_events=1, max_bytes=10_000)
    assert not journal.fits(batch, max_events=2, max_bytes=100)
    journal.wrote(batch)
    assert len(journal) == 2
    journal.wrote(journal.batch_of([1, 2, 2]))
    assert (len(journal), journal.size) == (0, 0)


class World:
    """An exchange, a file, and a program that is killed; events are numbers, of some orders.

    Args:
        folder: where the file is.
        acknowledge: whether an event is handled by a word of its own.
    """

    def __init__(self, folder: Path, *, acknowledge: bool) -> None:
        self._folder = folder
        self._acknowledge = acknowledge
        self.happened = 0
        """The number of the last thing that happened at the exchange."""
        self.handled: Counter[int] = Counter()
        self.unmarked: Counter[int] = Counter()
        """How often something was handled that came with no mark."""
        self._begin()

    def _begin(self) -> None:
        self._store = open_store(self._folder)
        loaded = self._store.load()
        limits = CheckpointLimits(batch=3, gather=0.001)
        self._writer = Writer(
            self._store, Journal(loaded.journal), limits=limits, on_failure=lambda *_: None
        )
        again = [(e.number, int(e.body), True) for e in loaded.journal]
        self._inbox = deque(again)
        self._in_hand: list[tuple[int, int, bool]] = []
        self._number = loaded.last
        self._handed: list[tuple[int, bool]] = []
        # What the memory does not have is told by the comparison, once, and is marked by that.
        known = loaded.certain_ms
        if known < self.happened:
            self._tell(range(known + 1, self.happened + 1), marked=True)

    def _tell(self, happened: range, *, marked: bool) -> None:
        first = self._number + 1
        tells = [b"%d" % number for number in happened]
        self._number += len(tells)
        self._writer.record(record(first, *tells, certain_ms=happened[-1]))
        self._inbox += [(first + place, one, marked) for place, one in enumerate(happened)]

    def push(self, count: int) -> None:
        """Let things happen, and tell them in one read."""
        before, self.happened = self.happened, self.happened + count
        self._tell(range(before + 1, self.happened + 1), marked=False)

    def take(self) -> None:
        """Ask for the next event."""
        if not self._acknowledge:
            self.finish()
        if self._inbox:
            self._in_hand.append(self._inbox.popleft())
            self._handed.append(self._in_hand[-1][1:])

    def finish(self) -> None:
        """Say of the oldest event in hand that it was handled; that is what the program did."""
        if self._in_hand:
            number, happened, marked = self._in_hand.pop(0)
            self.handled[happened] += 1
            self.unmarked[happened] += not marked
            self._writer.handled(number)

    def write(self) -> None:
        """Write one transaction."""
        self._writer.write_some()

    def kill(self) -> None:
        """Lose all that is not in the file, and begin again."""
        self.check_order()
        self._store.close()
        self._begin()

    def close(self) -> None:
        """Handle everything, and end in peace; the next run must have nothing to tell."""
        while self._inbox or self._in_hand:
            self.take()
            self.finish()
        self._writer.start()
        assert self._writer.close(Deadline(30))
        self.check_order()
        self._begin()
        assert not self._inbox
        self._store.close()

    def check_order(self) -> None:
        """Within one run everything comes in the order in which it happened."""
        happened = [number for number, _ in self._handed]
        assert happened == sorted(happened)
        assert len(set(happened)) == len(happened)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("push"), st.integers(1, 4)),
        st.tuples(st.sampled_from(["take", "take", "finish", "write", "write"])),
        st.tuples(st.just("kill")),
    ),
    max_size=40,
)


@settings(max_examples=100, deadline=None)
@given(STEPS, st.booleans())
def test_nothing_is_lost(steps: list[tuple[str, int] | tuple[str]], acknowledge: bool) -> None:
    """Each event is handled at least once wherever it is cut, once where it is not, in order.

    What comes a second time is marked as redelivered, or as told by REST.
    """
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), acknowledge=acknowledge)
        for name, *arguments in steps:
            getattr(world, name)(*arguments)
        world.close()

    everything = set(range(1, world.happened + 1))
    assert set(world.handled) == everything
    assert max(world.unmarked.values(), default=0) <= 1
    if ("kill",) not in steps:
        assert set(world.handled.values()) <= {1}
