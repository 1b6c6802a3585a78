"""Calls fail as the dice say, for those who are not spared, and only inside of the block."""

from __future__ import annotations

import random
import socket
import threading

import pytest

from .errnos import ERRNOS, Failing, failing


def test_calls_fail_and_are_counted() -> None:
    """With one of the errors; outside of the block they work again."""
    faults = Failing(random.Random(1), probability=1.0, spared=())
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with failing(faults):
            with pytest.raises(OSError, match=r"\w") as caught:
                ours.send(b"x")
            assert ours.connect_ex(("127.0.0.1", 1)) in ERRNOS
        ours.send(b"y")

        assert theirs.recv(1) == b"y"
    assert caught.value.errno in ERRNOS
    assert sum(faults.counts.values()) == 2


def test_some_threads_are_spared() -> None:
    """The exchange lives in the same process, and has to be sound."""
    faults = Failing(random.Random(1), probability=1.0, spared=("sound",))
    found: list[int] = []
    ours, theirs = socket.socketpair()
    with ours, theirs, failing(faults):
        thread = threading.Thread(target=lambda: found.append(ours.send(b"x")), name="sound-1")
        thread.start()
        thread.join()

    assert found == [1]
    assert not faults.counts


def test_can_be_switched_off() -> None:
    """So that what happened can be settled in calm."""
    faults = Failing(random.Random(1), probability=1.0, spared=())
    faults.is_on = False

    assert faults.next_error("send") is None
