"""Conflicting orders of locks are found, also where no deadlock happened; and nothing else is."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from .locks import Ledger, watching


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """A ledger for the locks that this module makes."""
    ledger = Ledger()
    with watching(ledger, (__name__,)):
        yield ledger


def _in_thread(target: object) -> None:
    assert callable(target)
    thread = threading.Thread(target=target)
    thread.start()
    thread.join()


def test_finds_two_locks_in_both_orders(ledger: Ledger) -> None:
    """By one thread after another: it is the order that counts, not the accident."""
    one = threading.Lock()
    two = threading.Lock()
    with one, two:
        pass
    assert ledger.cycles() == []
    with two, one:
        pass

    assert len(ledger.cycles()) == 1
    assert len(ledger.cycles()[0]) == 2


def test_finds_a_circle_of_three(ledger: Ledger) -> None:
    """No two of them are ever taken in both orders."""
    one = threading.Lock()
    two = threading.RLock()
    three = threading.Lock()
    for first, second in ((one, two), (two, three), (three, one)):
        with first, second:
            pass

    assert [len(cycle) for cycle in ledger.cycles()] == [3]


def test_two_of_a_kind_are_a_circle(ledger: Ledger) -> None:
    """Two clients that lock one another's locks would wait for each other."""
    one, two = (threading.Lock() for _ in range(2))
    with one, two:
        pass

    assert [len(cycle) for cycle in ledger.cycles()] == [1]


def test_one_order_is_no_circle(ledger: Ledger) -> None:
    """From any number of threads."""
    one = threading.Lock()
    two = threading.RLock()

    def nest() -> None:
        with one, two, two:
            pass

    for _ in range(3):
        _in_thread(nest)

    assert ledger.cycles() == []
    assert len(ledger.edges) == 1


def test_a_condition_lets_go_while_it_waits(ledger: Ledger) -> None:
    """A lock that is taken by another thread meanwhile is not taken inside."""
    condition = threading.Condition(threading.RLock())
    other = threading.Lock()
    with condition:
        condition.wait(0.01)
    with other, condition:
        pass

    assert ledger.cycles() == []


def test_a_signal_is_no_lock(ledger: Ledger) -> None:
    """What one thread takes and another releases is held by nobody."""
    guard = threading.Lock()
    signal = threading.Lock()
    with guard:
        signal.acquire()
    _in_thread(signal.release)
    signal.acquire()
    with guard:
        pass

    assert len(ledger.signals) == 1
    assert ledger.cycles() == []


def test_a_look_without_waiting_cannot_lock_up(ledger: Ledger) -> None:
    """Trying in the other order, and going on without, is allowed."""
    one = threading.Lock()
    two = threading.Lock()
    with one, two:
        pass
    with two:
        assert one.acquire(blocking=False)
        one.release()

    assert ledger.cycles() == []


def test_locks_of_others_are_left_alone() -> None:
    """Only the code that is looked at is slowed down; events and queues of it count as its own."""
    ledger = Ledger()
    with watching(ledger, ("nobody.",)):
        lock = threading.Lock()
        event = threading.Event()
    with lock:
        event.set()

    assert ledger.taken == 0
