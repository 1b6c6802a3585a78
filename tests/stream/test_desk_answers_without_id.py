"""A venue whose answers have no ids, and one whose requests name one topic each."""

from __future__ import annotations

import json

import pytest

from sixmm.clock import Deadline, ManualClock
from sixmm.errors import SixmmError, SubscriptionRefused
from sixmm.stream.desk import RequestDesk
from sixmm.stream.waiter import Waiter
from sixmm.venues.base import Answers, Frame, FrameKind

from .fakes import FakeVenue

NOW = 0.0
REFUSED = SubscriptionRefused("unknown instrument")


class _OneByOne(FakeVenue):
    """Names one topic in a request."""

    most_topics = 1


class _ByTwo(FakeVenue):
    """Names two topics in a request at most."""

    most_topics = 2


@pytest.fixture
def desk() -> RequestDesk:
    """Make a desk with an open connection."""
    desk = RequestDesk(_OneByOne(), clock=ManualClock())
    desk.open()
    return desk


def answer(answers: Answers | None, topic: str = "", error: SixmmError | None = None) -> Frame:
    """Return an answer without an id."""
    return Frame(kind=FrameKind.REPLY, answers=answers, topic=topic, error=error)


def has_answer(waiter: Waiter | None) -> bool:
    """Whether the wait is over; raises what was handed over."""
    assert waiter is not None
    return waiter.is_done and waiter.wait(Deadline(NOW))


def topics_of(texts: list[str]) -> list[list[str]]:
    """Return the topics of each request."""
    return [json.loads(text)["topics"] for text in texts]


def test_requests_name_as_many_topics_as_the_venue_takes() -> None:
    """Each has an id of its own; none is left out."""
    desk = RequestDesk(_ByTwo(), clock=ManualClock())
    desk.open()
    _, texts = desk.subscribe(["a", "b", "c", "d", "e"])
    assert topics_of(texts) == [["a", "b"], ["c", "d"], ["e"]]
    assert len({json.loads(text)["id"] for text in texts}) == 3


def test_a_confirmation_is_for_the_topic_that_it_names(desk: RequestDesk) -> None:
    """In whichever order they come; the caller waits for all of its topics."""
    waiter, _ = desk.subscribe(["a", "b"])
    desk.answer(answer(Answers.SUBSCRIBE, "b"))
    assert not has_answer(waiter)
    desk.answer(answer(Answers.SUBSCRIBE, "a"))
    assert has_answer(waiter)
    assert desk.live == ("a", "b")


def test_a_confirmation_of_nothing_is_nobodys(desk: RequestDesk) -> None:
    """A topic that nobody asked for, the wrong kind, or one that comes a second time."""
    waiter, _ = desk.subscribe(["a"])
    assert desk.answer(answer(Answers.SUBSCRIBE, "z")) is None
    assert desk.answer(answer(Answers.UNSUBSCRIBE, "a")) is None
    assert desk.answer(answer(Answers.SUBSCRIBE)) is None
    assert desk.answer(answer(None, "a")) is None
    assert not has_answer(waiter)
    desk.answer(answer(Answers.SUBSCRIBE, "a"))
    desk.answer(answer(Answers.SUBSCRIBE, "a"))
    assert has_answer(waiter)


def test_a_refusal_that_names_nothing_is_for_the_oldest_request(desk: RequestDesk) -> None:
    """The answers of such a venue come in the order of the requests."""
    first, _ = desk.subscribe(["a"])
    second, _ = desk.subscribe(["b"])
    assert desk.answer(answer(Answers.REQUEST, error=REFUSED)) is None
    with pytest.raises(SubscriptionRefused, match="unknown instrument"):
        has_answer(first)
    assert not has_answer(second)
    desk.answer(answer(Answers.SUBSCRIBE, "b"))
    assert has_answer(second)


def test_a_refusal_that_nobody_waits_for_is_told(desk: RequestDesk) -> None:
    """As one without a topic: no error of the exchange is passed over."""
    refusal = desk.answer(answer(Answers.REQUEST, error=REFUSED))
    assert refusal is not None
    assert (refusal.topics, str(refusal.error)) == ((), str(REFUSED))


def test_whoever_drops_several_topics_waits_for_every_answer(desk: RequestDesk) -> None:
    """And is woken once the last of them has come."""
    desk.subscribe(["a", "b"])
    for topic in ("a", "b"):
        desk.answer(answer(Answers.SUBSCRIBE, topic))
    waiter, texts = desk.unsubscribe(["a", "b"])
    assert topics_of(texts) == [["a"], ["b"]]
    desk.answer(answer(Answers.UNSUBSCRIBE, "a"))
    assert not has_answer(waiter)
    desk.answer(answer(Answers.UNSUBSCRIBE, "b"))
    assert has_answer(waiter)
    assert desk.unanswered == 0


def test_one_refusal_ends_the_wait_of_whoever_drops_several(desk: RequestDesk) -> None:
    """What comes for the others afterwards finds nobody."""
    desk.subscribe(["a", "b"])
    for topic in ("a", "b"):
        desk.answer(answer(Answers.SUBSCRIBE, topic))
    waiter, _ = desk.unsubscribe(["a", "b"])
    desk.answer(answer(Answers.REQUEST, error=REFUSED))
    with pytest.raises(SubscriptionRefused):
        has_answer(waiter)
    assert desk.answer(answer(Answers.UNSUBSCRIBE, "b")) is None
    assert desk.unanswered == 0


def test_what_was_given_up_is_dropped_one_by_one(desk: RequestDesk) -> None:
    """The exchange is asked to drop each topic that only this caller wanted."""
    waiter, _ = desk.subscribe(["a", "b"])
    assert waiter is not None
    assert topics_of(desk.give_up(waiter, ["a", "b"])) == [["a"], ["b"]]


def test_a_pong_without_an_id_is_for_the_oldest_ping() -> None:
    """Its round trip is measured from there; a second one finds the next ping, or nobody."""
    clock = ManualClock()
    desk = RequestDesk(_OneByOne(), clock=clock)
    first, second = Waiter(), Waiter()
    desk.ping(first)
    clock.advance(1.0)
    desk.ping(second)
    clock.advance(1.0)
    assert desk.pong(None) == 2.0
    assert (first.is_done, second.is_done) == (True, False)
    assert desk.pong(None) == 1.0
    assert desk.pong(None) is None
