"""Threads that wait to be called: nobody is missed, nobody waits too long, nothing is left."""

from __future__ import annotations

import threading

import pytest

from sixmm.stream.waiting import WaitingRoom, call

LONG = 20.0


@pytest.fixture
def guard() -> threading.RLock:
    """The lock of the owner."""
    return threading.RLock()


@pytest.fixture
def room(guard: threading.RLock) -> WaitingRoom:
    """An empty room."""
    return WaitingRoom(guard)


def test_a_call_before_the_wait_is_not_missed(room: WaitingRoom, guard: threading.RLock) -> None:
    """Who entered under the guard is called even where it has not begun to wait."""
    with guard:
        ticket = room.enter()
        tickets = room.empty()
    call(tickets)

    assert room.wait(ticket, LONG)


def test_everybody_is_called(room: WaitingRoom, guard: threading.RLock) -> None:
    """All threads that wait are called, each once."""
    called: list[bool] = []
    entered = threading.Barrier(4)

    def wait() -> None:
        with guard:
            ticket = room.enter()
        entered.wait(LONG)
        called.append(room.wait(ticket, LONG))

    threads = [threading.Thread(target=wait, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    entered.wait(LONG)
    with guard:
        tickets = room.empty()
    call(tickets)
    for thread in threads:
        thread.join(LONG)

    assert called == [True] * 3


def test_nobody_is_left_after_the_time(room: WaitingRoom, guard: threading.RLock) -> None:
    """A wait ends when its time has passed, and its ticket is not called later."""
    with guard:
        ticket = room.enter()

    assert not room.wait(ticket, 0.001)
    with guard:
        assert room.empty() == []


def test_who_leaves_is_not_called(room: WaitingRoom, guard: threading.RLock) -> None:
    """Leaving takes one ticket out and no other; to leave again does nothing."""
    with guard:
        first, second = room.enter(), room.enter()
        room.leave(first)
        room.leave(first)

        assert room.empty() == [second]
        room.leave(second)
        assert room.empty() == []


def test_an_interrupted_wait_leaves_nothing(room: WaitingRoom, guard: threading.RLock) -> None:
    """Ctrl-C in the middle of a wait takes the ticket out of the room."""

    class Interrupted:
        def acquire(self, timeout: float) -> bool:
            raise KeyboardInterrupt(f"within {timeout} s")

    with guard:
        room.enter()
        ticket = Interrupted()
        room.tickets.append(ticket)  # type: ignore[arg-type]

    with pytest.raises(KeyboardInterrupt):
        room.wait(ticket, LONG)  # type: ignore[arg-type]
    with guard:
        assert ticket not in room.empty()
