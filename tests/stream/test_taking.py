"""Taking events in the caller's thread: decoded one at a time, each to one taker, none lost."""

from __future__ import annotations

import itertools
import json
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from sixmm.clock import Deadline
from sixmm.errors import AuthenticationError, ClientClosed
from sixmm.events import Connected, DecodeFailed, Event, Overflow, UnknownEvent
from sixmm.schema_report import SchemaReport
from sixmm.state.models import Facts
from sixmm.stream.inbox import Inbox, InboxLimits
from sixmm.stream.taking import Taker

from .fakes import Pushed, push_text
from .server import FakeServer, Rig
from .waiting import GENEROUS

MakeRig = Callable[..., Rig]


def value(number: int) -> bytes:
    """Return a market message that tells its number."""
    return json.dumps({"market": "a", "value": number}).encode()


def numbers(events: list[Event]) -> list[int]:
    """Return the numbers that market messages tell."""
    return [event.data["value"] for event in events if isinstance(event, UnknownEvent)]


@pytest.fixture
def alone(server: FakeServer) -> Rig:
    """Make a session that is never started: its inbox is filled by hand."""
    return Rig(server, limits=InboxLimits(market_messages=1_000))


@pytest.fixture
def inbox(alone: Rig) -> Inbox:
    """Give the inbox of that session."""
    return alone.shared.inbox


def test_a_message_that_cannot_be_decoded_leaves_its_neighbours(alone: Rig, inbox: Inbox) -> None:
    """Of one read every message is told, the bad one as such, with its text and its time."""
    inbox.put_market([value(1), b"{broken", value(2)], received_at=9)
    first, failed, second = alone.waiting()
    assert numbers([first, second]) == [1, 2]
    assert isinstance(failed, DecodeFailed)
    assert (failed.raw, failed.received_at, first.received_at) == ("{broken", 9, 9)
    assert alone.session.stats().decode_failures == 1


def test_what_an_iterator_has_not_given_is_given_by_the_next(alone: Rig, inbox: Inbox) -> None:
    """An iterator may be dropped in the middle of a read; nothing is lost with it."""
    inbox.put_market([value(n) for n in range(6)], received_at=0)
    told: list[Event] = []
    for _ in range(3):
        told += itertools.islice(alone.events(0.0), 2)
    assert numbers(told) == list(range(6))


def test_several_takers_share_what_there_is(alone: Rig, inbox: Inbox) -> None:
    """Each event goes to one of them, also while the reader goes on putting."""
    with ThreadPoolExecutor(4) as pool:
        takers = [pool.submit(lambda: list(alone.events(None))) for _ in range(4)]
        expected: list[int] = []
        for start in range(0, 4_000, 8):
            texts = [push_text(Facts(ts_ms=n)).encode() for n in range(start, start + 8)]
            inbox.put_private(texts, received_at=0)
            expected += range(start, start + 8)
        inbox.end()
        told = [taker.result(GENEROUS) for taker in takers]
    for events in told:
        times = [event.ts for event in events]
        assert times == sorted(times)
    assert sorted(event.ts for events in told for event in events) == expected


def test_a_private_event_does_not_wait_for_market_data_at_hand(alone: Rig, inbox: Inbox) -> None:
    """Also where the caller is in the middle of a read of market data, which goes on after it."""
    inbox.put_market([value(1), value(2), value(3)], received_at=0)
    events = alone.events(0.0)
    assert numbers([next(events)]) == [1]
    inbox.put_private([push_text(Facts(ts_ms=5)).encode()], received_at=0)
    inbox.tell(Connected(connection=1, private=True))
    assert alone.session.stats().market_waiting == 2
    rest = list(events)
    assert [type(event) for event in rest[:2]] == [Pushed, Connected]
    assert numbers(rest) == [2, 3]


def test_drops_are_told_before_the_market_data_at_hand(alone: Rig, inbox: Inbox) -> None:
    """What the caller has at hand is dropped message by message, too, and counted."""
    inbox.put_market([value(n) for n in range(1_000)], received_at=0)
    events = alone.events(0.0)
    assert numbers([next(events)]) == [0]
    inbox.put_market([value(1_000), value(1_001)], received_at=0)
    overflow, *rest = events
    assert isinstance(overflow, Overflow)
    assert overflow.dropped == 1
    assert numbers(rest) == list(range(2, 1_002))


def test_the_end_drops_market_data_at_hand_and_no_private_event(alone: Rig, inbox: Inbox) -> None:
    """After close() what was received about the account can still be taken."""
    inbox.put_market([value(1), value(2)], received_at=0)
    events = alone.events(0.0)
    next(events)
    inbox.end()
    assert list(events) == []
    with pytest.raises(ClientClosed):
        next(alone.events(0.0, ends_when_closed=False))


def test_private_events_at_hand_survive_the_end(alone: Rig, inbox: Inbox) -> None:
    """They are told, in order, and then the error is raised that ended the stream."""
    inbox.put_private([push_text(Facts(ts_ms=n)).encode() for n in (1, 2, 3)], received_at=0)
    events = alone.events(0.0)
    assert next(events).ts == 1
    inbox.end(AuthenticationError("bad key", code=1003))
    assert [next(events).ts, next(events).ts] == [2, 3]
    with pytest.raises(AuthenticationError):
        next(events)


def test_the_end_may_come_in_the_middle_of_a_take(alone: Rig, inbox: Inbox) -> None:
    """As where a signal handler closes the client in the thread that takes: it is not stuck."""

    def close() -> None:
        with inbox._lock:
            inbox.end()

    assert list(alone.events(None, check=close)) == []


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs POSIX signals")
def test_a_signal_handler_can_end_a_wait(alone: Rig, inbox: Inbox) -> None:
    """A program that closes its client on Ctrl-C gets out of the loop over the events."""
    before = signal.signal(signal.SIGALRM, lambda *_: inbox.end())
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    try:
        assert list(alone.events(None)) == []
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


class _Quicker(Inbox):
    """An inbox in which another taker is always quicker, three times over."""

    def __init__(self) -> None:
        super().__init__()
        self.deadlines: list[Deadline] = []

    def refill(self, deadline: Deadline) -> bool:
        """Put nothing in front, whatever is returned."""
        self.deadlines.append(deadline)
        return len(self.deadlines) <= 3


def test_a_wait_has_one_deadline(alone: Rig) -> None:
    """A taker whose share another one takes again and again does not wait any longer for that."""
    inbox = alone.shared.inbox = _Quicker()
    assert list(alone.events(5.0)) == []
    assert len(inbox.deadlines) == 4
    assert len(set(map(id, inbox.deadlines))) == 1


def test_every_event_is_counted_by_the_report(alone: Rig, inbox: Inbox) -> None:
    """By kind, without looking at each of them."""
    report = SchemaReport()
    taker = Taker(alone.shared, report=report)
    inbox.put_private([push_text(Facts(ts_ms=n)).encode() for n in range(321)], received_at=0)
    inbox.put_market([value(n) for n in range(123)], received_at=0)
    assert sum(1 for _ in taker.events(0.0, check=lambda: None)) == 444
    assert {name: seen.events for name, seen in report.result().items()} == {
        "Pushed": 321,
        "UnknownEvent": 123,
    }


def test_the_check_is_made_before_each_wait(alone: Rig) -> None:
    """What it raises is raised, and nothing is waited for: it may be the child of a fork."""

    def check() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        next(alone.events(None, check=check))
