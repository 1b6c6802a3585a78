"""Requests that leave at a pace: none is lost, none comes too early, the order stays."""

from __future__ import annotations

import json

import attrs
import pytest

from sixmm.clock import ManualClock
from sixmm.pace import Rate
from sixmm.stream.desk import RequestDesk

from .fakes import FakeVenue


class _OneByOne(FakeVenue):
    """Names one topic in a request."""

    most_topics = 1


@attrs.define
class Paced:
    """A desk that may send two requests at once, and then one each half second."""

    clock: ManualClock
    desk: RequestDesk
    sent: list[str]
    delays: list[float]

    def send(self, text: str) -> None:
        """Note the topic of a request."""
        self.sent += json.loads(text)["topics"]


@pytest.fixture
def paced() -> Paced:
    """Make one with an open connection."""
    clock = ManualClock()
    desk = RequestDesk(_OneByOne(), clock=clock, pace=Rate(2.0, 2))
    paced = Paced(clock, desk, [], [])
    desk.later = paced.delays.append
    desk.open(paced.send)
    return paced


def test_what_the_pace_allows_leaves_at_once(paced: Paced) -> None:
    """And nothing is left for later."""
    paced.desk.subscribe(["a", "b"])
    paced.desk.flush()
    assert (paced.sent, paced.delays, paced.desk.has_unsent) == (["a", "b"], [], False)


def test_the_rest_leaves_when_its_turn_comes(paced: Paced) -> None:
    """In the order of the decisions, however often somebody tries to send it before."""
    paced.desk.subscribe(["a", "b", "c", "d"])
    paced.desk.flush()
    paced.desk.flush()
    assert (paced.sent, paced.desk.has_unsent) == (["a", "b"], True)
    assert paced.delays == [0.5, 0.5]
    paced.clock.advance(0.5)
    paced.desk.flush()
    assert paced.sent == ["a", "b", "c"]
    paced.clock.advance(0.5)
    paced.desk.flush()
    assert (paced.sent, paced.desk.has_unsent) == (["a", "b", "c", "d"], False)


def test_a_long_list_takes_its_time_and_no_longer(paced: Paced) -> None:
    """A hundred topics at two a second, the first two at once: 49 seconds."""
    topics = [str(number) for number in range(100)]
    began = paced.clock.monotonic()
    paced.desk.subscribe(topics)
    paced.desk.flush()
    while paced.desk.has_unsent:
        paced.clock.advance(paced.delays[-1])
        paced.desk.flush()
    assert paced.sent == topics
    assert paced.clock.monotonic() - began == pytest.approx(49.0)


def test_a_lost_connection_forgets_what_was_not_sent(paced: Paced) -> None:
    """The next one asks for what is wanted then."""
    paced.desk.subscribe(["a", "b", "c"])
    paced.desk.flush()
    paced.desk.connection_lost()
    paced.clock.advance(10.0)
    paced.desk.flush()
    assert (paced.sent, paced.desk.has_unsent) == (["a", "b"], False)
    paced.desk.open(paced.send)
    paced.desk.flush()
    assert paced.sent == ["a", "b", "a", "b"]
