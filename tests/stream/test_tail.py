"""The tail of the private pushes: the newest are kept, and it is told where some were forgotten."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sixmm.stream.tail import Tail


def test_what_is_taken_is_told_once() -> None:
    """In order of arrival, with the time at which it came."""
    tail = Tail()
    tail.append([b"a", b"b"], received_at=1, size=2)
    tail.append([b"c"], received_at=2, size=1)
    assert tail.take() == ([(1, [b"a", b"b"]), (2, [b"c"])], False)
    assert tail.take() == ([], False)


@given(st.lists(st.integers(1, 5), max_size=30), st.integers(1, 12), st.integers(1, 40))
def test_the_newest_reads_are_kept(counts: list[int], messages: int, size: int) -> None:
    """Whole reads are forgotten, the oldest first, and no more than the bounds ask for."""
    tail = Tail(max_messages=messages, max_bytes=size)
    reads = [(n, [b"xyz"] * count) for n, count in enumerate(counts)]
    for n, read in reads:
        tail.append(read, received_at=n, size=3 * len(read))
    kept, was_cut = tail.take()
    assert kept == reads[len(reads) - len(kept) :]
    assert was_cut == (len(kept) < len(reads))
    assert bool(kept) == bool(reads)
    total = sum(len(read) for _, read in kept)
    assert len(kept) == 1 or (total <= messages and 3 * total <= size) or not kept


def test_a_tail_that_was_cut_and_taken_begins_anew() -> None:
    """What was forgotten before the last look is no gap of the next one."""
    tail = Tail(max_messages=1)
    for n in range(3):
        tail.append([b"x"], received_at=n, size=1)
    assert tail.take() == ([(2, [b"x"])], True)
    tail.append([b"y"], received_at=3, size=1)
    assert tail.take() == ([(3, [b"y"])], False)


def test_a_flood_keeps_few_until_it_is_over() -> None:
    """Where the bound holds less than ten seconds, a thousand are kept; later as many as before."""
    tail = Tail(max_messages=3_000)
    for _ in range(3_001):
        tail.append([b"x"], received_at=0, size=1)
    assert len(tail.take()[0]) == 1_000

    for _ in range(3_001):
        tail.append([b"x"], received_at=0, size=1)
    for n in range(1_200):
        tail.append([b"y"], received_at=10_000 + n, size=1)
    kept, was_cut = tail.take()
    assert len(kept) > 1_200
    assert was_cut
