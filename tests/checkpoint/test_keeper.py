"""When an event counts as handled, and by whom."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sixmm.checkpoint import Checkpoint, Numbered, account_name, again
from sixmm.clock import Deadline
from sixmm.errors import LocalStateError
from sixmm.events import ConnectionEvent, Event
from sixmm.venues.sixmm.venue import SixmmVenue

from .making import ACCOUNT, open_store, order_row

SOON = 20.0


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Checkpoint]]:
    """Give a function that opens a checkpoint on the one file; all are closed."""
    made: list[Checkpoint] = []

    def opened(**options: Any) -> Checkpoint:
        checkpoint = Checkpoint(tmp_path / "state.db", **options)
        checkpoint.open(account=ACCOUNT, tell=told.append)
        made.append(checkpoint)
        return checkpoint

    told: list[ConnectionEvent] = []
    yield opened
    for checkpoint in made:
        checkpoint.close(Deadline(SOON))
    assert told == []


def put(checkpoint: Checkpoint, *texts: bytes) -> list[Numbered]:
    """Have texts recorded, and return them as they go into the inbox."""
    told = [(text, 7) for text in texts]
    first = checkpoint.record(told, [order_row(1)], certain_ms=5, topic="user.9")
    return [Numbered(number, text, 7) for number, text in enumerate(texts, first)]


def left(folder: Path) -> list[int]:
    """Return the numbers that are in the journal."""
    store = open_store(folder)
    journal = store.load().journal
    store.close()
    return [entry.number for entry in journal]


def test_handled_when_the_next_is_asked_for(
    make: Callable[..., Checkpoint], tmp_path: Path
) -> None:
    """What was given is handled once the same thread asks again, or closes."""
    checkpoint = make()
    one, two, _ = put(checkpoint, b"1", b"2", b"3")
    checkpoint.give(one, Event())
    checkpoint.finish()
    checkpoint.give(two, Event())
    checkpoint.close(Deadline(SOON))

    assert left(tmp_path) == [3]


def test_not_handled(make: Callable[..., Checkpoint], tmp_path: Path) -> None:
    """What its taker failed with is not, nor what was given back."""
    checkpoint = make()
    one, two = put(checkpoint, b"1", b"2")
    checkpoint.give(one, Event())
    checkpoint.take_back(one)
    checkpoint.finish()
    checkpoint.give(two, Event())
    checkpoint.drop()
    checkpoint.close(Deadline(SOON))

    assert left(tmp_path) == [1, 2]


def test_each_thread_for_itself(make: Callable[..., Checkpoint], tmp_path: Path) -> None:
    """That one thread asks again says nothing about what another one works on."""
    checkpoint = make()
    one, two = put(checkpoint, b"1", b"2")
    checkpoint.give(one, Event())

    def other() -> None:
        checkpoint.give(two, Event())
        checkpoint.finish()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join(SOON)
    checkpoint.drop()
    checkpoint.close(Deadline(SOON))

    assert left(tmp_path) == [1]


def test_acknowledged(make: Callable[..., Checkpoint], tmp_path: Path) -> None:
    """With acknowledgements nothing else counts, each is for one event, and a copy is not it."""
    checkpoint = make(acknowledge=True)
    events = [Event(raw=str(n)) for n in range(3)]
    for item, event in zip(put(checkpoint, b"1", b"2", b"3"), events, strict=True):
        checkpoint.give(item, event)
        checkpoint.finish()

    assert not checkpoint.ack(Event(raw="1"))
    assert checkpoint.ack(events[1])
    assert not checkpoint.ack(events[1])
    checkpoint.close(Deadline(SOON))
    assert left(tmp_path) == [1, 3]


def test_nothing_to_acknowledge(make: Callable[..., Checkpoint]) -> None:
    """A client without acknowledgements says so."""
    with pytest.raises(LocalStateError, match="acknowledge=True"):
        make().ack(Event())


def test_after_the_end(make: Callable[..., Checkpoint], tmp_path: Path) -> None:
    """What is taken from the inbox after the end is noted as well."""
    checkpoint = make()
    one, _ = put(checkpoint, b"1", b"2")
    checkpoint.close(Deadline(SOON))
    checkpoint.give(one, Event())
    checkpoint.finish()

    assert left(tmp_path) == [2]


def test_what_was_not_handled(make: Callable[..., Checkpoint]) -> None:
    """The next one has it, once, and its numbers go on from there."""
    first = make()
    put(first, b"1", b"2")
    first.close(Deadline(SOON))
    second = make()
    loaded = second.take_loaded()

    assert [item.item for item in again(loaded, SixmmVenue())] == [b"1", b"2"]
    assert loaded.rows == (order_row(1),)
    assert not second.take_loaded().has_begun
    assert put(second, b"3")[0].number == 3
    assert second.stats().redelivered == 2
    assert second.stats().recorded == 1


def test_beginning(make: Callable[..., Checkpoint]) -> None:
    """It returns when the account is in the file: a later run can tell what follows."""
    checkpoint = make()
    checkpoint.begin([order_row(2)], certain_ms=9)

    assert checkpoint.stats().waiting == 0
    checkpoint.close(Deadline(SOON))
    loaded = make().take_loaded()
    assert loaded.has_begun
    assert (loaded.rows, loaded.certain_ms, loaded.last) == ((order_row(2),), 9, 0)


def test_refused(make: Callable[..., Checkpoint], tmp_path: Path) -> None:
    """A file that is held is refused, and what is refused leaves no thread behind."""
    make()
    before = threading.active_count()
    second = Checkpoint(tmp_path / "state.db")
    told: list[ConnectionEvent] = []
    with pytest.raises(LocalStateError):
        second.open(account=ACCOUNT, tell=told.append)

    assert threading.active_count() == before
    assert second.stats().recorded == 0
    assert second.close(Deadline(SOON))


def test_account_name() -> None:
    """The name tells accounts and exchanges apart, and does not contain the key."""
    venue = SixmmVenue()
    names = {
        account_name(venue, rest_url=url, api_key=key)
        for url in ("https://a", "https://b")
        for key in ("key-one", "key-two")
    }

    assert len(names) == 4
    assert not any("key" in name for name in names)
