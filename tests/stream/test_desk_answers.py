"""Answers at the desk, in any order and at any time: none reaches a stranger."""

from __future__ import annotations

import json

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sixmm.clock import Deadline, ManualClock
from sixmm.errors import ClientClosed, SixmmError, SubscriptionRefused
from sixmm.stream.desk import RequestDesk
from sixmm.stream.waiter import Waiter
from sixmm.venues.base import Answers, Frame, FrameKind

from .fakes import FakeVenue

NOW = 0.0


def new_desk() -> RequestDesk:
    """Return a desk whose clock stands still."""
    return RequestDesk(FakeVenue(), clock=ManualClock())


def id_of(text: str) -> str:
    """Return the id of a request."""
    request_id: str = json.loads(text)["id"]
    return request_id


def topics_of(text: str) -> list[str]:
    """Return the topics of a request."""
    topics: list[str] = json.loads(text)["topics"]
    return topics


def reply(request_id: str, error: SixmmError | None = None) -> Frame:
    """Return an answer."""
    return Frame(kind=FrameKind.REPLY, request_id=request_id, error=error)


REFUSED = SubscriptionRefused("no such topic")


@attrs.define
class Caller:
    """A caller that waits."""

    waiter: Waiter
    topics: tuple[str, ...]
    asked: set[str]
    """The topics that were missing when it asked."""


class LateAnswers(RuleBasedStateMachine):
    """The server of the test answers what it was asked, in its own time, or never.

    The model holds which topics the server has acknowledged on the current connection. A caller may
    be woken only when it has an acknowledgement of this or an earlier connection for everything it
    asked for, each to a request that was sent after it began to wait or was already under way.
    """

    def __init__(self) -> None:
        super().__init__()
        self.desk = new_desk()
        self.connected = False
        self.requests: dict[str, tuple[str, ...]] = {}
        self.old: list[str] = []
        self.acknowledged: set[str] = set()
        self.callers: list[Caller] = []

    def note(self, texts: list[str]) -> None:
        """Remember what the server was asked."""
        for text in texts:
            assert id_of(text) not in self.requests
            assert id_of(text) not in self.old
            self.requests[id_of(text)] = tuple(topics_of(text))

    @rule()
    @precondition(lambda self: not self.connected)
    def connect(self) -> None:
        """Open a connection; everything wanted is asked for."""
        self.note(self.desk.open())
        self.connected = True

    @rule()
    @precondition(lambda self: self.connected)
    def disconnect(self) -> None:
        """Lose the connection: what was asked is never answered in time."""
        self.desk.connection_lost()
        self.old += self.requests
        self.requests = {}
        self.acknowledged = set()
        self.connected = False

    @rule(topics=st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True))
    def subscribe(self, topics: list[str]) -> None:
        """Begin to wait."""
        live = self.desk._book.live
        waiter, texts = self.desk.subscribe(topics)
        assert self.connected or not texts
        self.note(texts)
        if waiter is None:
            assert set(topics) <= self.acknowledged
        else:
            self.callers.append(Caller(waiter, tuple(topics), set(topics) - live))

    @rule(which=st.integers(0, 5))
    @precondition(lambda self: self.callers)
    def time_out(self, which: int) -> None:
        """Give up a wait."""
        caller = self.callers.pop(which % len(self.callers))
        assert not caller.waiter.wait(Deadline(NOW))
        self.desk.give_up(caller.waiter, caller.topics)

    @rule(which=st.integers(0, 5))
    @precondition(lambda self: self.requests)
    def accept(self, which: int) -> None:
        """Answer a request of this connection."""
        request_id = list(self.requests)[which % len(self.requests)]
        topics = self.requests.pop(request_id)
        self.old.append(request_id)
        self.acknowledged.update(topics)
        self.desk.answer(reply(request_id))
        # It makes only that live which nobody has asked for again since, and somebody still wants.
        for caller in self.callers:
            caller.asked.difference_update(self.desk._book.live.intersection(topics))
        self.collect()

    @rule(which=st.integers(0, 5))
    @precondition(lambda self: self.old)
    def answer_late(self, which: int) -> None:
        """Answer something that nobody waits for any more: an old connection, or a second time."""
        before = self.desk._book.live
        refusal = self.desk.answer(reply(self.old[which % len(self.old)], REFUSED))
        assert refusal is None
        assert self.desk._book.live == before

    def collect(self) -> None:
        """Let the callers go whose topics are all acknowledged, and only them."""
        waiting = []
        for caller in self.callers:
            if caller.asked:
                waiting.append(caller)
            else:
                assert caller.waiter.wait(Deadline(30.0))
        self.callers = waiting

    @invariant()
    def nobody_is_woken_by_a_stranger(self) -> None:
        """Who still misses a topic has not been woken."""
        for caller in self.callers:
            assert not caller.waiter._done

    @invariant()
    def nothing_waits_without_a_connection(self) -> None:
        """Without a connection no request is pending; with one, no more than were sent."""
        pending = self.desk._book.pending
        assert pending <= len(self.requests) if self.connected else pending == 0

    def teardown(self) -> None:
        """At the end everybody is let go, and nothing is pending."""
        self.desk.connection_lost()
        self.desk.fail(ClientClosed("the client is closed"))
        for caller in self.callers:
            with pytest.raises(ClientClosed):
                caller.waiter.wait(Deadline(NOW))
        assert self.desk._book.pending == 0


TestLateAnswers = LateAnswers.TestCase
TestLateAnswers.settings = settings(max_examples=60, stateful_step_count=25)


class _Numbered(SubscriptionRefused):
    """A refusal with a number, as a venue may have it."""

    def __init__(self, message: str, *, number: int, topics: tuple[str, ...] = ()) -> None:
        self.number = number
        super().__init__(message, topics=topics)


def test_a_refusal_keeps_its_class_and_gets_its_topics() -> None:
    """What the venue says of a refusal reaches the caller; the desk adds what was asked for."""
    desk, told = new_desk(), _Numbered("no such topic", number=404)
    desk.open()
    waiter, texts = desk.subscribe(["a"])
    desk.answer(reply(id_of(texts[0]), told))
    assert waiter is not None
    with pytest.raises(_Numbered) as caught:
        waiter.wait(Deadline(NOW))
    assert (caught.value.number, caught.value.topics) == (404, ("a",))
    assert told.topics == ()


def test_a_refusal_without_topics_keeps_its_class() -> None:
    """Also where nobody can be named who asked."""
    frame = Frame(kind=FrameKind.REPLY, answers=Answers.REQUEST, error=_Numbered("no", number=1))
    refusal = new_desk().answer(frame)
    assert refusal is not None
    assert isinstance(refusal.error, _Numbered)


def test_pings_keep_their_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the server drops whoever pings too often, a ping too soon has an id and no text."""
    monkeypatch.setattr(FakeVenue, "ping_spacing", 2.0)
    clock = ManualClock()
    desk = RequestDesk(FakeVenue(), clock=clock)
    assert desk.ping()[1] is not None
    clock.advance(1.5)
    request_id, text = desk.ping()
    assert text is None
    assert desk.pong(request_id) == 0.0
    clock.advance(0.5)
    assert desk.ping()[1] is not None
