"""Who reads the link: one thread at a time, and always somebody in the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from sixmm.clock import Deadline, ManualClock
from sixmm.errors import ConnectionClosed, LoginRefused
from sixmm.stream.turns import Turn

from .waiting import GENEROUS, wait_until

NEVER = Deadline(None)


class Lender:
    """A reader thread that lends its turn once; no caller is absent before :meth:`pass_time`."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.clock = ManualClock()
        self.turn = Turn(clock=self.clock)
        self._pool = pool
        self.is_waiting = True
        self.settled: list[str] = []

    def lend(self, read: Callable[[Deadline], bool], limit: Deadline = NEVER) -> Future[None]:
        """Lend the turn until it is taken back; return when callers may read."""
        future = self._pool.submit(
            self.turn.lend,
            read,
            limit=limit,
            is_waiting=lambda: self.is_waiting,
            settle=lambda: self.settled.append(threading.current_thread().name),
        )
        wait_until(lambda: future.done() or self.turn._holder.value != "reader")
        return future

    def pass_time(self) -> None:
        """Let a moment pass, which is long for a caller that takes one event after the other."""
        self.clock.advance(1.0)


@pytest.fixture
def lender() -> Iterator[Lender]:
    """A lender whose thread ends with the test."""
    with ThreadPoolExecutor(4) as pool:
        lender = Lender(pool)
        yield lender
        lender.turn.close()


class SlowReading:
    """A reading that goes on until it is let go."""

    def __init__(self, *, more: bool = True) -> None:
        self._inside, self._go_on = threading.Event(), threading.Event()
        self._more = more

    def __call__(self, _: Deadline) -> bool:
        """Read, as the reader thread lends it."""
        self._inside.set()
        return self._go_on.wait(GENEROUS) and self._more

    @contextmanager
    def begun_by_a_caller(self, turn: Turn) -> Iterator[None]:
        """Have a caller read in another thread, and let it go at the end: it has read then."""
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(turn.read, Deadline(GENEROUS))
            try:
                assert self._inside.wait(GENEROUS)
                yield
            finally:
                self._go_on.set()
            assert reading.result(GENEROUS)


def read_once(turn: Turn) -> None:
    """Read as a caller does, in this thread, where the turn is lent."""
    assert turn.read(Deadline(GENEROUS))


def test_nobody_reads_what_is_not_lent() -> None:
    """A caller goes to sleep instead."""
    assert not Turn().read(Deadline(GENEROUS))


def test_a_caller_reads_in_its_own_thread(lender: Lender) -> None:
    """And again and again; meanwhile the turn is its own, and afterwards nobody's."""
    seen: list[tuple[int, bool]] = []

    def read(_: Deadline) -> bool:
        seen.append((threading.get_ident(), lender.turn.is_mine))
        return len(seen) < 3

    future = lender.lend(read)
    for _ in range(3):
        read_once(lender.turn)
    future.result(GENEROUS)

    assert seen == [(threading.get_ident(), True)] * 3
    assert not lender.turn.is_mine
    assert not lender.turn.read(Deadline(GENEROUS))


def test_the_turn_comes_back_where_no_caller_reads(lender: Lender) -> None:
    """After a moment, without anybody's doing."""
    future = lender.lend(lambda _: True)
    read_once(lender.turn)
    lender.pass_time()

    future.result(GENEROUS)
    assert not lender.turn.read(Deadline(GENEROUS))


def test_only_one_caller_reads(lender: Lender) -> None:
    """The second one is told to wait."""
    reading = SlowReading(more=False)
    future = lender.lend(reading)
    with reading.begun_by_a_caller(lender.turn):
        assert not lender.turn.read(Deadline(GENEROUS))
        assert not lender.turn.is_mine
    future.result(GENEROUS)


def test_what_ends_a_reading_is_raised_by_the_reader_thread(lender: Lender) -> None:
    """The caller does not see it, and nobody reads any more, so that it is told once."""
    calls: list[int] = []

    def read(_: Deadline) -> bool:
        calls.append(1)
        raise LoginRefused("not today")

    future = lender.lend(read)
    read_once(lender.turn)
    assert not lender.turn.read(Deadline(GENEROUS))

    with pytest.raises(LoginRefused, match="not today"):
        future.result(GENEROUS)
    assert len(calls) == 1


@pytest.mark.parametrize("is_waiting", [True, False])
@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, TimeoutError])
def test_an_interrupted_reading(
    lender: Lender, interrupt: type[BaseException], is_waiting: bool
) -> None:
    """Ctrl-C, or what any signal handler raises, reaches the caller.

    The link is given up unless nothing can have been read; before that the reader thread settles
    what was begun.
    """
    lender.is_waiting = is_waiting

    def read(_: Deadline) -> bool:
        raise interrupt

    future = lender.lend(read)
    with pytest.raises(interrupt):
        lender.turn.read(Deadline(GENEROUS))

    if is_waiting:
        lender.pass_time()
        future.result(GENEROUS)
        assert not lender.settled
    else:
        with pytest.raises(ConnectionClosed, match="interrupted"):
            future.result(GENEROUS)
        assert len(lender.settled) == 1
        assert lender.settled != [threading.current_thread().name]


def test_a_recall_has_the_reader_thread_read(lender: Lender) -> None:
    """Who awaits an answer does not wait for a caller that is busy."""
    future = lender.lend(lambda _: True)
    lender.turn.recall()

    future.result(GENEROUS)


def test_a_recall_leaves_a_caller_that_reads(lender: Lender) -> None:
    """It reads the answer as well as anybody."""
    reading = SlowReading()
    future = lender.lend(reading)
    with reading.begun_by_a_caller(lender.turn):
        lender.turn.recall()
        assert not future.done()
    lender.pass_time()
    future.result(GENEROUS)


def test_closing_does_not_wait_for_a_caller_that_stands_still(lender: Lender) -> None:
    """The reader thread goes on after a moment; what the caller does later changes nothing."""
    reading = SlowReading()
    future = lender.lend(reading)
    with reading.begun_by_a_caller(lender.turn):
        lender.turn.close()
        future.result(GENEROUS)
    assert not lender.turn.read(Deadline(GENEROUS))


def test_closing_by_the_caller_itself(lender: Lender) -> None:
    """A signal handler closes the client in the middle of a reading: nobody waits for anybody."""

    def read(_: Deadline) -> bool:
        lender.turn.close()
        future.result(GENEROUS)
        return True

    future = lender.lend(read)
    assert lender.turn.read(Deadline(GENEROUS))


def test_a_caller_that_reads_on_and_on_gives_the_turn_back(lender: Lender) -> None:
    """At the limit it is only not lent any more: in a flood, too, the link lives on."""

    def read(_: Deadline) -> bool:
        lender.clock.advance(0.001)
        return True

    future = lender.lend(read, Deadline(1.0, clock=lender.clock))
    while lender.turn.read(Deadline(GENEROUS)):
        pass

    future.result(GENEROUS)
    assert lender.clock.monotonic() >= 1.0


def test_a_caller_that_is_stuck_beyond_the_limit_costs_the_link(lender: Lender) -> None:
    """Nothing hangs: the reader thread takes the turn, and gives up a link of unknown state."""
    reading = SlowReading()
    future = lender.lend(reading, Deadline(0.01, clock=lender.clock))
    interrupted = pytest.raises(ConnectionClosed, match="interrupted")
    with reading.begun_by_a_caller(lender.turn), interrupted:
        lender.pass_time()
        future.result(GENEROUS)
    # It may go on at any moment, and then does the rest itself.
    assert not lender.settled
