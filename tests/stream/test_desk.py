"""The desk: an answer reaches exactly the callers who wait for it, and nobody waits for nothing."""

from __future__ import annotations

import json

import pytest

from sixmm.clock import Deadline, ManualClock
from sixmm.errors import ClientClosed, ConnectionClosed, SixmmError, SubscriptionRefused
from sixmm.stream.desk import RequestDesk
from sixmm.stream.waiter import Waiter
from sixmm.venues.base import Frame, FrameKind

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


def has_answer(waiter: Waiter | None) -> bool:
    """Whether the wait is over; raises what was handed over."""
    assert waiter is not None
    return waiter.wait(Deadline(NOW))


# Subscribing


def test_a_subscriber_waits_for_every_topic() -> None:
    """Two topics, two answers."""
    desk = new_desk()
    desk.open()
    first, texts_a = desk.subscribe(["a"])
    both, texts_b = desk.subscribe(["a", "b"])
    assert [topics_of(text) for text in texts_b] == [["b"]]
    desk.answer(reply(id_of(texts_b[0])))
    assert not has_answer(both)
    both, texts = desk.subscribe(["a", "b"])
    assert texts == []
    desk.answer(reply(id_of(texts_a[0])))
    assert has_answer(first)
    assert has_answer(both)


def test_what_is_live_needs_no_wait() -> None:
    """A second subscribe of a live topic sends nothing and returns at once."""
    desk = new_desk()
    desk.open()
    _, texts = desk.subscribe(["a"])
    desk.answer(reply(id_of(texts[0])))
    assert desk.subscribe(["a"]) == (None, [])
    assert desk.live == ("a",)


def test_a_subscription_waits_for_the_next_connection() -> None:
    """Without a connection nothing is sent; the next one asks, and its answer ends the wait."""
    desk = new_desk()
    waiter, texts = desk.subscribe(["a"])
    assert texts == []
    (text,) = desk.open()
    desk.answer(reply(id_of(text)))
    assert has_answer(waiter)


def test_a_subscription_outlives_the_connection_that_carried_it() -> None:
    """The link dies before the answer: the caller waits for the answer of the next one."""
    desk = new_desk()
    desk.open()
    waiter, (first,) = desk.subscribe(["a"])
    desk.connection_lost()
    (second,) = desk.open()
    assert desk.answer(reply(id_of(first))) is None
    assert desk.live == ()
    desk.answer(reply(id_of(second)))
    assert has_answer(waiter)


def test_each_topic_is_asked_for_on_its_own_after_a_reconnect() -> None:
    """A refused topic does not take others along."""
    desk = new_desk()
    desk.subscribe(["a", "b"])
    assert [topics_of(text) for text in desk.open()] == [["a"], ["b"]]


def test_a_refusal_reaches_the_caller_and_is_not_repeated() -> None:
    """A refused topic is not asked for again; the others of the call stay."""
    desk = new_desk()
    desk.open()
    waiter, (text,) = desk.subscribe(["bad"])
    assert desk.answer(reply(id_of(text), REFUSED)) is None
    with pytest.raises(SubscriptionRefused) as caught:
        has_answer(waiter)
    assert caught.value.topics == ("bad",)
    desk.connection_lost()
    assert desk.open() == []


def test_a_refusal_reaches_only_those_who_wait_for_that_topic() -> None:
    """Everybody else waits on, and gets the answer to what was asked."""
    desk = new_desk()
    desk.open()
    refused, (bad,) = desk.subscribe(["bad"])
    waiting, (good,) = desk.subscribe(["good"])
    desk.answer(reply(id_of(bad), REFUSED))
    with pytest.raises(SubscriptionRefused):
        has_answer(refused)
    desk.answer(reply(id_of(good)))
    assert has_answer(waiting)


def test_the_requests_say_what_they_ask_for() -> None:
    """One operation to begin, another to end."""
    desk = new_desk()
    desk.open()
    _, (begin,) = desk.subscribe(["a"])
    desk.answer(reply(id_of(begin)))
    _, (end,) = desk.unsubscribe(["a"])
    desk.connection_lost()
    desk.subscribe(["b"])
    (again,) = desk.open()
    assert [json.loads(text)["op"] for text in (begin, end, again)] == [
        "subscribe",
        "unsubscribe",
        "subscribe",
    ]


def test_a_refused_resubscription_is_handed_out_as_an_event() -> None:
    """Nobody waits for it: the refusal is told, and the topic stays wanted."""
    desk = new_desk()
    desk.open()
    _, (text,) = desk.subscribe(["a"])
    desk.answer(reply(id_of(text)))
    desk.connection_lost()
    (again,) = desk.open()
    refusal = desk.answer(reply(id_of(again), REFUSED))
    assert refusal is not None
    assert refusal.topics == ("a",)
    desk.connection_lost()
    assert len(desk.open()) == 1


def test_a_refusal_of_what_nobody_waits_for_is_handed_out_as_an_event() -> None:
    """Also on the first connection: what a client asks for by itself does not vanish in silence."""
    desk = new_desk()
    desk.want(["a", "b"])
    refused, accepted = desk.open()
    refusal = desk.answer(reply(id_of(refused), REFUSED))
    assert refusal is not None
    assert refusal.topics == ("a",)
    assert desk.answer(reply(id_of(accepted))) is None
    assert desk.live == ("b",)
    desk.connection_lost()
    assert [topics_of(text) for text in desk.open()] == [["a"], ["b"]]


def test_a_caller_that_gave_up_leaves_nothing_behind() -> None:
    """Its topics are not asked for again, its late answer finds nobody, nothing is pending."""
    desk = new_desk()
    desk.open()
    waiter, (text,) = desk.subscribe(["a"])
    assert not has_answer(waiter)
    assert waiter is not None
    desk.give_up(waiter, ["a"])
    assert desk._book.pending == 0
    assert desk.answer(reply(id_of(text))) is None
    assert desk.live == ()
    desk.connection_lost()
    assert desk.open() == []


def test_giving_up_does_not_take_the_topic_from_another_caller() -> None:
    """Two wait for one topic, one gives up: the other one's answer still comes."""
    desk = new_desk()
    desk.open()
    first, (text,) = desk.subscribe(["a"])
    second, _ = desk.subscribe(["a"])
    assert first is not None
    desk.give_up(first, ["a"])
    desk.answer(reply(id_of(text)))
    assert has_answer(second)
    assert desk.live == ("a",)


def test_a_subscription_after_a_timeout_is_asked_for_again() -> None:
    """The late answer of the first request does not count for the second."""
    desk = new_desk()
    desk.open()
    first, (text,) = desk.subscribe(["a"])
    assert first is not None
    desk.give_up(first, ["a"])
    second, (again,) = desk.subscribe(["a"])
    assert id_of(again) != id_of(text)
    desk.answer(reply(id_of(text)))
    assert not has_answer(second)


def test_an_unsubscribed_topic_is_not_live_while_its_answer_is_on_the_way() -> None:
    """A subscribe right after an unsubscribe asks again: otherwise its data would never come.

    The server handles requests in order, so after both it sends the topic.
    """
    desk = new_desk()
    desk.open()
    _, (text,) = desk.subscribe(["a"])
    desk.answer(reply(id_of(text)))
    _, (end,) = desk.unsubscribe(["a"])
    waiter, texts = desk.subscribe(["a"])
    assert [topics_of(text) for text in texts] == [["a"]]
    desk.answer(reply(id_of(end)))
    desk.answer(reply(id_of(texts[0])))
    assert has_answer(waiter)
    assert desk.live == ("a",)


def test_an_unsubscribe_that_timed_out_is_not_pending_for_ever() -> None:
    """Requests that nobody waits for are forgotten: memory is bounded."""
    desk = new_desk()
    desk.open()
    for number in range(10):
        topic = f"t{number}"
        _, (text,) = desk.subscribe([topic])
        desk.answer(reply(id_of(text)))
        waiter, _ = desk.unsubscribe([topic])
        assert waiter is not None
        assert not has_answer(waiter)
        desk.give_up(waiter, [topic])
    assert desk._book.pending == 0


def test_a_topic_can_be_dropped_before_its_answer_has_come() -> None:
    """The server has the request already, so it has to be told; the late answer changes nothing."""
    desk = new_desk()
    desk.open()
    _, (text,) = desk.subscribe(["a"])
    _, texts = desk.unsubscribe(["a"])
    assert [topics_of(end) for end in texts] == [["a"]]
    desk.answer(reply(id_of(text)))
    waiter, again = desk.subscribe(["a"])
    assert waiter is not None
    assert [topics_of(text) for text in again] == [["a"]]


def test_unsubscribing_what_is_not_live_needs_no_wait() -> None:
    """There is nothing to tell the server."""
    desk = new_desk()
    desk.open()
    assert desk.unsubscribe(["a"]) == (None, [])


def test_a_lost_connection_ends_the_wait_of_an_unsubscribe() -> None:
    """The next connection does not ask for the topic: that is what was wanted."""
    desk = new_desk()
    desk.open()
    _, (text,) = desk.subscribe(["a"])
    desk.answer(reply(id_of(text)))
    waiter, _ = desk.unsubscribe(["a"])
    desk.connection_lost()
    assert has_answer(waiter)
    assert desk.open() == []


def test_a_refused_unsubscribe_reaches_the_caller() -> None:
    """The error is that of the exchange."""
    desk = new_desk()
    desk.open()
    _, (text,) = desk.subscribe(["a"])
    desk.answer(reply(id_of(text)))
    waiter, (end,) = desk.unsubscribe(["a"])
    desk.answer(reply(id_of(end), REFUSED))
    with pytest.raises(SubscriptionRefused):
        has_answer(waiter)


def test_callers_that_ask_during_the_resubscription_are_not_abandoned() -> None:
    """The time for the resubscription is over: a caller with a deadline of its own waits on."""
    desk = new_desk()
    desk.subscribe(["a"])
    desk.open()
    late, (text,) = desk.subscribe(["b"])
    desk.abandon_unanswered()
    desk.answer(reply(id_of(text)))
    assert has_answer(late)


def test_what_is_asked_for_again() -> None:
    """Only what is wanted, and neither acknowledged nor being asked for; each on its own."""
    sent: list[str] = []
    desk = new_desk()
    for topic in ("a", "b", "c", "d"):
        desk.subscribe([topic])
    texts = desk.open(sent.append)
    desk.flush()
    desk.answer(reply(id_of(texts[0])))
    assert desk.abandon_unanswered() == ("b", "c", "d")
    desk.unsubscribe(["c"])
    desk.subscribe(["d"])
    desk.flush()
    del sent[:]

    assert desk.ask_again(("a", "b", "c", "d")) == ("b",)
    desk.flush()
    (text,) = sent
    assert desk.is_opening
    desk.answer(reply(id_of(texts[1])))
    assert desk.is_opening
    desk.answer(reply(id_of(text)))
    assert not desk.is_opening
    assert desk.live == ("a", "b")


def test_what_is_dropped_meanwhile_is_not_missed() -> None:
    """A topic that nobody wants any more did not go without an answer."""
    desk = new_desk()
    desk.subscribe(["a"])
    desk.open()
    desk.unsubscribe(["a"])

    assert desk.abandon_unanswered() == ()


# Pings


def test_a_ping_is_answered_once_and_measured() -> None:
    """The first of the two answers counts; the second finds nobody."""
    clock = ManualClock()
    desk = RequestDesk(FakeVenue(), clock=clock)
    waiter = Waiter()
    request_id, text = desk.ping(waiter)
    assert id_of(text) == request_id
    clock.advance(0.25)
    assert desk.pong(request_id) == pytest.approx(0.25)
    assert desk.pong(request_id) is None
    assert has_answer(waiter)


def test_pings_without_answers_are_bounded() -> None:
    """A server that never answers does not make a list grow."""
    desk = new_desk()
    ids = [desk.ping()[0] for _ in range(1_000)]
    answered = [request_id for request_id in ids if desk.pong(request_id) is not None]
    assert len(answered) <= 64
    assert answered[-1] == ids[-1]


def test_a_ping_that_is_waited_for_is_not_forgotten() -> None:
    """However many callers ping at once, and whatever else is pinged, each gets its answer."""
    desk = new_desk()
    waiters = [Waiter() for _ in range(100)]
    ids = [desk.ping(waiter)[0] for waiter in waiters]
    for _ in range(100):
        desk.ping()
    assert all(desk.pong(request_id) is not None for request_id in ids)
    assert all(has_answer(waiter) for waiter in waiters)


def test_pings_that_were_given_up_are_bounded() -> None:
    """Callers who wait in vain again and again do not make a list grow either."""
    desk = new_desk()
    ids = []
    for _ in range(1_000):
        waiter = Waiter()
        ids.append(desk.ping(waiter)[0])
        assert not has_answer(waiter)
    assert sum(desk.pong(request_id) is not None for request_id in ids) <= 64


def test_a_lost_connection_ends_the_wait_for_a_pong() -> None:
    """The answer cannot come any more, so the caller does not wait for its whole timeout."""
    desk = new_desk()
    waiter = Waiter()
    desk.ping(waiter)
    desk.connection_lost()
    with pytest.raises(ConnectionClosed):
        has_answer(waiter)


# The end


def test_the_end_ends_every_wait() -> None:
    """close() and fatal errors reach everybody who waits."""
    desk = new_desk()
    desk.open()
    _, (text,) = desk.subscribe(["a"])
    desk.answer(reply(id_of(text)))
    waiters = [desk.subscribe(["b"])[0], desk.unsubscribe(["a"])[0], Waiter()]
    desk.ping(waiters[2])
    desk.fail(ClientClosed("the client is closed"))
    for waiter in waiters:
        with pytest.raises(ClientClosed):
            has_answer(waiter)


def test_nobody_begins_to_wait_after_the_end() -> None:
    """A subscribe that passed the check of the state just before the end learns it all the same."""
    desk = new_desk()
    desk.fail(ClientClosed("the client is closed"))

    def subscribe() -> None:
        waiter, _ = desk.subscribe(["a"])
        assert not has_answer(waiter), "answered although nothing was asked"
        pytest.fail("the caller would wait until its deadline")

    with pytest.raises(ClientClosed):
        subscribe()


def test_requests_leave_in_the_order_of_the_decisions() -> None:
    """Whichever thread sends them: a subscribe decided after an unsubscribe is sent after it."""
    desk = RequestDesk(FakeVenue(), clock=ManualClock())
    sent: list[str] = []
    desk.open(sent.append)
    decided = [*desk.subscribe(["a"])[1], *desk.unsubscribe(["a"])[1], *desk.subscribe(["a"])[1]]
    desk.flush()
    assert sent == decided
    assert len(sent) == 3


def test_what_was_not_sent_is_not_sent_on_the_next_connection() -> None:
    """The next connection asks for what is wanted then, and for nothing else."""
    desk = RequestDesk(FakeVenue(), clock=ManualClock())
    sent: list[str] = []
    desk.open(sent.append)
    desk.subscribe(["a"])
    desk.connection_lost()
    desk.flush()
    assert sent == []
    asked = desk.open(sent.append)
    desk.flush()
    assert len(asked) == 1
    assert sent == asked
