"""The lanes of the inbox: nothing lost, nothing twice, and figures that are right at any moment."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.events import UnknownEvent
from sixmm.stream.lanes import EVENT_OVERHEAD_BYTES, FILLING, Item, Lane, LatestLane, measure

from .waiting import GENEROUS


def texts(first: int, count: int) -> list[bytes]:
    """Return messages that tell their number."""
    return [b"%d" % number for number in range(first, first + count)]


def put(lane: Lane, items: list[bytes]) -> None:
    """Append items, and measure them."""
    lane.append(items, received_at=7, size=measure(items))


def pop(lane: Lane | LatestLane) -> Item | None:
    """Take the oldest item, or None where there is none."""
    head = lane.head()
    return head.items.pop() if head is not None else None


def test_an_event_counts_for_more_than_its_text() -> None:
    """Decoded it takes more memory; text alone counts as it is."""
    event = UnknownEvent(raw="x" * 10)
    assert measure([b"abc", b"de"]) == 5
    assert measure([event, b"abc"]) == measure([b"abc", event]) == 13 + EVENT_OVERHEAD_BYTES
    assert measure([]) == 0


@given(st.lists(st.one_of(st.integers(0, 6), st.just(None)), max_size=40), st.integers(1, 12))
def test_a_lane_is_a_bounded_queue(steps: list[int | None], bound: int) -> None:
    """Whatever is put in and popped: order, number and bytes are those of a plain list."""
    lane, number = Lane(max_items=bound, max_bytes=2 * bound), 0
    model: list[bytes] = []
    for step in steps:
        if step is None:
            assert pop(lane) == (model.pop(0) if model else None)
        else:
            items = texts(number, step)
            number += step
            put(lane, items)
            model += items
            over = 0
            while len(model) > 1 and (len(model) > bound or sum(map(len, model)) > 2 * bound):
                model.pop(0)
                over += 1
            assert lane.drop_excess() == over
        assert (lane.waiting, lane.size) == (len(model), sum(map(len, model)))
    while (item := pop(lane)) is not None:
        assert item == model.pop(0)
    assert model == []
    assert (lane.waiting, lane.size, lane.drop_excess()) == (0, 0, 0)


@given(st.lists(st.integers(1, 9), max_size=6), st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_room_is_for_as_many_as_fit(before: list[int], after: list[int]) -> None:
    """In number and in bytes, exactly; a single one passes into an empty lane, however large."""
    lane = Lane(max_items=4, max_bytes=12)
    for size in before:
        put(lane, [b"x" * size])
        lane.drop_excess()
    items = [b"y" * size for size in after]
    count = lane.room_for(items, measure(items))
    waiting, held = lane.waiting, lane.size
    fits = [
        n
        for n in range(len(items) + 1)
        if waiting + n <= 4 and (held + sum(after[:n]) <= 12 or waiting + n <= 1)
    ]
    assert count == max(fits, default=0)


def test_what_was_popped_leaves_room_at_once() -> None:
    """The bytes of a batch that was taken in part are measured where they would not fit."""
    lane = Lane(max_items=100, max_bytes=10)
    put(lane, [b"12345", b"12345"])
    assert lane.room_for([b"12345"], 5) == 0
    pop(lane)
    assert lane.room_for([b"12345"], 5) == 1


def test_a_share_of_the_bounds_is_noticed() -> None:
    """In number or in bytes, and no longer once it was taken."""
    lane = Lane(max_items=10, max_bytes=1_000)
    put(lane, texts(0, 7))
    assert not lane.reaches(0.8)
    put(lane, texts(7, 1))
    assert lane.reaches(0.8)
    pop(lane)
    assert not lane.reaches(0.8)
    put(lane, [b"x" * 900])
    assert lane.reaches(0.8)


@pytest.mark.parametrize("kind", [Lane, LatestLane])
def test_a_cleared_lane_has_nothing_left(kind: type[Lane] | type[LatestLane]) -> None:
    """Not even in the batch that somebody pops from."""
    lane = kind(max_items=10, max_bytes=1_000)
    if isinstance(lane, Lane):
        put(lane, texts(0, 3))
    else:
        lane.put(texts(0, 3), ["a", "b", "c"], received_at=7)
    head = lane.head()
    assert head is not None
    assert lane.is_head(head)
    lane.clear()
    assert head.items == []
    assert (lane.waiting, lane.size, lane.head()) == (0, 0, None)


def test_several_threads_pop_each_item_once() -> None:
    """No lock is needed to pop, and none of them gets what another got."""
    lane, count = Lane(max_items=10**6, max_bytes=10**9), 20_000
    for start in range(0, count, 50):
        put(lane, texts(start, 50))
    lock, taken = threading.Lock(), []

    def take() -> None:
        own = []
        while True:
            with lock:
                head = lane.head()
            if head is None:
                break
            try:
                while True:
                    own.append(head.items.pop())
            except IndexError:
                continue
        with lock:
            taken.extend(own)

    threads = [threading.Thread(target=take, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(GENEROUS)
    assert sorted(taken) == sorted(texts(0, count))


def test_the_newest_of_each_topic_stays() -> None:
    """The one that was given out stays what it is; its topic may come again after it."""
    lane = LatestLane(max_items=10, max_bytes=1_000)
    assert lane.put([b"1", b"2", b"3"], ["a", "b", "a"], received_at=7) == 1
    out = lane.head()
    assert out is not None
    assert lane.put([b"4"], ["b"], received_at=8) == 0
    assert (lane.waiting, lane.size) == (3, 3)
    assert (out.items, out.received_at) == ([b"2"], 7)
    assert [pop(lane) for _ in range(4)] == [b"2", b"3", b"4", None]


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 20))
def test_a_calm_lane_has_room_and_is_not_filling(waiting: int, popped: int, more: int) -> None:
    """Calm is only said where the exact count would say so too."""
    lane = Lane(max_items=20, max_bytes=60)
    if waiting:
        put(lane, texts(0, waiting))
    for _ in range(min(popped, waiting)):
        pop(lane)
    items = texts(100, more)
    if lane.is_calm(len(items), measure(items)):
        assert lane.room_for(items, measure(items)) == len(items)
        put(lane, items)
        assert not lane.reaches(FILLING)
