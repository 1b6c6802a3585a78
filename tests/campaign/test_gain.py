"""What a block holds at its worst moment is seen, also where it is gone at the end."""

from __future__ import annotations

import sys
import threading

import pytest

from .gain import Gain, Held

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it")


@on_linux
def test_memory_that_is_held_is_seen() -> None:
    """Of 40 MiB that are written to, at least most is resident."""
    with Gain() as gain:
        held = bytearray(b"x") * (40 * 1024 * 1024)
        threading.Event().wait(0.05)
        del held

    assert gain.mib > 30


@on_linux
def test_memory_that_was_held_before_is_seen_again() -> None:
    """What the allocator has kept does not hide that it is used."""
    for _ in range(3):
        pieces = [bytearray(b"x") * 100_000 for _ in range(200)]
        del pieces
    with Gain() as gain:
        pieces = [bytearray(b"x") * 100_000 for _ in range(200)]
        threading.Event().wait(0.05)
        del pieces

    assert gain.mib > 10


@on_linux
def test_a_block_that_holds_nothing_gains_next_to_nothing() -> None:
    """The watching itself does not count for much."""
    with Gain():
        pass
    with Gain() as gain:
        threading.Event().wait(0.05)

    assert 0 <= gain.mib < 5


def test_what_objects_need_is_counted_at_its_most() -> None:
    """40 MiB are 40 MiB, however soon they are gone; what was there before does not count."""
    before = bytearray(10 * 1024 * 1024)
    with Held() as held:
        one = bytearray(40 * 1024 * 1024)
        del one, before
        bytearray(20 * 1024 * 1024)

    assert 40 <= held.mib < 41
