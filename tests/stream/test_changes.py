"""Waiting for the account: no change is missed, and every wait ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sixmm.clock import Deadline
from sixmm.errors import ClientClosed, DeadlineExceeded
from sixmm.state.picture import Account, Orders
from sixmm.stream.changes import Changes

from .waiting import GENEROUS, wait_until


class Mirror:
    """Something that changes."""

    def __init__(self) -> None:
        self.at_ms = 0
        self.changes = Changes()

    def take(self) -> Account:
        """Take a picture."""
        return Account(
            orders=Orders({}),
            positions={},
            balances={},
            fills=(),
            stale=(),
            as_of_ms=self.at_ms,
        )

    def change(self) -> None:
        """Change, and say so."""
        self.at_ms += 1
        self.changes.note()


def test_what_is_so_already() -> None:
    """Nothing is waited for."""
    mirror = Mirror()
    found = mirror.changes.wait_for(mirror.take, lambda one: one.as_of_ms == 0, Deadline(0.0))

    assert found.as_of_ms == 0
    assert not mirror.changes._room.tickets


def test_a_change_wakes_who_waits() -> None:
    """And the predicate decides whether it was the one."""
    mirror = Mirror()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(
            mirror.changes.wait_for, mirror.take, lambda one: one.as_of_ms == 2, Deadline(GENEROUS)
        )
        for _ in range(2):
            wait_until(lambda: mirror.changes._room.tickets)
            assert not waiting.done()
            mirror.change()
        assert waiting.result(GENEROUS).as_of_ms == 2
    assert not mirror.changes._room.tickets


def test_a_change_while_the_predicate_runs_is_not_missed() -> None:
    """Who is being looked at has entered before."""
    mirror = Mirror()

    def is_second(one: Account) -> bool:
        if one.as_of_ms == 0:
            mirror.change()
            return False
        return True

    found = mirror.changes.wait_for(mirror.take, is_second, Deadline(GENEROUS))
    assert found.as_of_ms == 1


def test_not_in_time() -> None:
    """The error says so, and nothing is left behind."""
    mirror = Mirror()
    with pytest.raises(DeadlineExceeded):
        mirror.changes.wait_for(mirror.take, lambda _: False, Deadline(0.0))
    assert not mirror.changes._room.tickets


def test_the_end() -> None:
    """A client that is closed lets everybody go."""
    mirror = Mirror()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(
            mirror.changes.wait_for, mirror.take, lambda _: False, Deadline(GENEROUS)
        )
        wait_until(lambda: mirror.changes._room.tickets)
        mirror.changes.end()
        with pytest.raises(ClientClosed):
            waiting.result(GENEROUS)


def test_what_the_predicate_raises() -> None:
    """It is the caller's."""
    mirror = Mirror()
    with pytest.raises(ZeroDivisionError):
        mirror.changes.wait_for(mirror.take, lambda _: 1 / 0, Deadline(GENEROUS))
    assert not mirror.changes._room.tickets
