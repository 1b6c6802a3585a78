"""Topics and pings of a session: acknowledged, refused, late, and asked for again."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from sixmm.clock import Deadline
from sixmm.errors import (
    ConfigurationError,
    ConnectionClosed,
    DeadlineExceeded,
    SubscriptionRefused,
)
from sixmm.events import (
    Connected,
    SubscriptionFailed,
)

from .server import FakeServer, Rig
from .waiting import GENEROUS, wait_until

MakeRig = Callable[..., Rig]
SOON = 0.05
"""Seconds for a deadline that is meant to pass."""


def subscribe(rig: Rig, *topics: str, timeout: float = GENEROUS) -> None:
    """Subscribe."""
    rig.session.subscribe(topics, Deadline(timeout))


def test_a_subscription_before_there_is_a_link_waits_for_it(
    server: FakeServer, rig: MakeRig
) -> None:
    """The call returns when the first link has acknowledged it."""
    go_on = threading.Event()
    server.on_dial = lambda _: go_on.wait(GENEROUS)
    client = rig()
    client.session.start()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(subscribe, client, "market.a")
        wait_until(lambda: "market.a" in client.shared.desk.wanted())
        assert not call.done()
        go_on.set()
        call.result(GENEROUS)
    assert client.session.stats().topics == ("market.a",)


def test_a_refused_topic_is_an_error_and_not_asked_for_again(
    server: FakeServer, rig: MakeRig
) -> None:
    """The caller learns it; a reconnect does not repeat it."""
    client = rig()
    client.live()
    server.refused.add("bad")
    with pytest.raises(SubscriptionRefused) as caught:
        subscribe(client, "bad")
    assert caught.value.topics == ("bad",)
    server.peer.drop()
    client.resynced("reconnect")
    assert server.asked("subscribe") == [("bad",)]


def test_a_subscription_without_an_answer_ends_at_its_deadline(
    server: FakeServer, rig: MakeRig
) -> None:
    """A late answer reaches nobody, and the next call asks again."""
    client = rig()
    client.live()
    server.silent.add("late")
    with pytest.raises(DeadlineExceeded, match="late"):
        subscribe(client, "late", timeout=SOON)
    server.silent.clear()
    server.peer.push('{"reply": "1"}')
    subscribe(client, "late")
    assert server.asked("subscribe") == [("late",), ("late",)]


def test_a_refused_resubscription_is_an_event(server: FakeServer, rig: MakeRig) -> None:
    """The other topics are not taken along; the topic is asked for again at the next link."""
    client = rig()
    client.live()
    subscribe(client, "a", "b")
    server.refused.add("a")
    server.peer.drop()
    failed = client.until(SubscriptionFailed)
    assert failed.topics == ("a",)
    assert isinstance(failed.error, SubscriptionRefused)
    client.resynced("reconnect")
    assert client.session.stats().topics == ("b",)
    server.refused.clear()
    server.peer.drop()
    client.resynced("reconnect")
    assert set(client.session.stats().topics) == {"a", "b"}


def test_an_unanswered_resubscription_is_asked_again(server: FakeServer, rig: MakeRig) -> None:
    """After ``ack_timeout`` the stream goes on without the topic, and asks for it once more."""
    client = rig(ack_timeout=SOON, ack_retry=SOON)
    client.live()
    subscribe(client, "a", "b")
    server.silent.add("a")
    server.peer.drop()
    client.resynced("reconnect")
    assert client.session.stats().topics == ("b",)
    server.silent.clear()
    wait_until(lambda: client.session.stats().topics == ("a", "b"))
    assert client.session.stats().reconnects == 1
    assert not [event for event in client.waiting() if isinstance(event, SubscriptionFailed)]


def test_a_topic_that_is_never_answered_is_given_up(server: FakeServer, rig: MakeRig) -> None:
    """A few times it is asked for again, then it is told; the next link asks for it anew."""
    client = rig(ack_timeout=SOON, ack_retry=0.01, ack_retry_max=0.02)
    client.live()
    subscribe(client, "a", "b")
    server.silent.add("a")
    server.peer.drop()
    failed = client.until(SubscriptionFailed)
    assert failed.topics == ("a",)
    assert isinstance(failed.error, DeadlineExceeded)
    # After the reconnect, and two times more.
    assert server.asked("subscribe").count(("a",)) == 3
    server.silent.clear()
    server.peer.drop()
    client.until(Connected, lambda event: set(event.topics) == {"a", "b"})


def test_a_caller_who_asks_does_not_wait_for_the_next_attempt(
    server: FakeServer, rig: MakeRig
) -> None:
    """Its own request is sent at once, and the other attempt is left out."""
    client = rig(ack_timeout=SOON, ack_retry=1_000.0, ack_retry_max=1_000.0)
    client.live()
    subscribe(client, "a")
    server.silent.add("a")
    server.peer.drop()
    client.resynced("reconnect")
    server.silent.clear()
    subscribe(client, "a")
    assert client.session.stats().topics == ("a",)


def test_an_unsubscribed_topic_ends_and_is_not_asked_for_again(
    server: FakeServer, rig: MakeRig
) -> None:
    """Its tail is counted and left out (rule 86)."""
    client = rig(private=False)
    client.live()
    subscribe(client, "a")
    client.session.unsubscribe(["a"], Deadline(GENEROUS))
    server.peer.push('{"market": "a"}', '{"market": "a"}')
    wait_until(lambda: client.session.stats().unrequested == 2)
    assert client.session.stats().market_waiting == 0
    server.peer.drop()
    client.until(Connected, lambda event: event.connection == 2)
    assert server.asked("subscribe") == [("a",)]


def test_a_topic_that_is_dropped_while_it_is_being_subscribed_is_dropped_at_the_server(
    server: FakeServer, rig: MakeRig
) -> None:
    """Otherwise the exchange would send data that nobody wants until the next reconnect."""
    client = rig(private=False)
    client.live()
    server.silent.add("a")
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(subscribe, client, "a", timeout=0.5)
        server.peer.wait_sent(lambda text: '"a"' in text, GENEROUS)
        with contextlib.suppress(DeadlineExceeded):
            client.session.unsubscribe(["a"], Deadline(SOON))
        call.exception(GENEROUS)
    assert server.asked("unsubscribe") == [("a",)]


def test_too_many_topics_are_refused_here(rig: MakeRig) -> None:
    """Nothing is sent."""
    client = rig(private=False)
    client.live()
    with pytest.raises(ConfigurationError):
        subscribe(client, *[f"t{number}" for number in range(2_000)])


# Pings


def test_a_ping_without_a_link_is_refused(server: FakeServer, rig: MakeRig) -> None:
    """There is nothing to measure."""
    go_on = threading.Event()
    server.on_dial = lambda _: go_on.wait(GENEROUS)
    client = rig()
    client.session.start()
    with pytest.raises(ConnectionClosed):
        client.session.ping(Deadline(1.0))
    go_on.set()


def test_a_ping_that_is_not_answered_ends_at_its_deadline(server: FakeServer, rig: MakeRig) -> None:
    """The link itself is left alone."""
    client = rig()
    client.live()
    server.silent.add("ping")
    server.peer.answers = False
    with pytest.raises(DeadlineExceeded):
        client.session.ping(Deadline(SOON))
    server.peer.answers = True
    assert client.session.stats().reconnects == 0


def test_a_ping_whose_link_ends_does_not_wait_for_its_deadline(
    server: FakeServer, rig: MakeRig
) -> None:
    """The answer cannot come any more."""
    client = rig()
    client.live()
    server.silent.add("ping")
    server.peer.answers = False
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(client.session.ping, Deadline(GENEROUS * 3))
        server.peer.wait_sent(lambda text: "ping" in text, GENEROUS)
        server.peer.drop()
        assert isinstance(call.exception(GENEROUS), ConnectionClosed)
