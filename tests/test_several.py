"""A client of several connections: each topic by the connection that carries it, one inbox."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import pytest

from sixmm.clock import Deadline
from sixmm.errors import (
    ClientClosed,
    ConfigurationError,
    ConnectionClosed,
    DeadlineExceeded,
    LocalStateError,
    SubscriptionRefused,
)
from sixmm.events import Connected, Disconnected, Event, UnknownEvent
from sixmm.several import LinePlan, SeveralStreamsClient
from sixmm.stream.backoff import BackoffPolicy
from sixmm.stream.options import SessionOptions
from sixmm.stream.states import State
from sixmm.transport.memory import MemoryPeer, MemoryWs
from sixmm.venues.base import Frame, FrameKind
from sixmm.venues.public import PublicVenue

WAIT = 30.0
OPTIONS = SessionOptions(backoff=BackoffPolicy(base=0.001, maximum=0.01))


class _Color(PublicVenue):
    """Topics begin with a color (``red.1``); frames are ``ok ID``, ``no ID`` and ``push TOPIC``."""

    def __init__(self, color: str) -> None:
        self.name = color

    def check_topic(self, topic: str) -> str:
        if "." not in topic:
            raise ConfigurationError("a topic has a dot")
        return topic

    def carries(self, topic: str) -> bool:
        return topic.startswith(f"{self.name}.")

    def subscribe_text(self, request_id: str, topics: Sequence[str]) -> str:
        return f"ask {request_id} {' '.join(topics)}"

    def unsubscribe_text(self, request_id: str, topics: Sequence[str]) -> str:
        return f"drop {request_id} {' '.join(topics)}"

    def ping_text(self, request_id: str) -> str:
        return f"ping {request_id}"

    def classify(self, message: bytes) -> Frame:
        word, _, rest = message.decode().partition(" ")
        if word == "push":
            return Frame(kind=FrameKind.MARKET, topic=rest)
        error = SubscriptionRefused("refused") if word == "no" else None
        return Frame(kind=FrameKind.REPLY, request_id=rest, error=error)

    def decode(self, message: str | bytes, *, received_at: int = 0) -> Event:
        text = message if isinstance(message, str) else message.decode()
        return UnknownEvent(topic=text.split(" ")[-1], raw=text, received_at=received_at)


class Server:
    """Answers requests, and pushes each topic that is asked for once."""

    def __init__(self) -> None:
        self.ws = MemoryWs(self._dialled)
        self.dialled: list[str] = []
        self.peers: dict[str, MemoryPeer] = {}
        self.asked: list[str] = []

    def _dialled(self, peer: MemoryPeer, url: str) -> None:
        color = url.rpartition("/")[2]
        self.dialled.append(color)
        self.peers[color] = peer
        peer.on_message = lambda text: self._answer(peer, color, text)

    def _answer(self, peer: MemoryPeer, color: str, text: str) -> None:
        word, request_id, *topics = text.split(" ")
        self.asked += [f"{color}: {word} {topic}" for topic in topics]
        peer.push(f"{'no' if any('bad' in topic for topic in topics) else 'ok'} {request_id}")
        for topic in topics if word == "ask" else ():
            peer.push(f"push {topic}")


MakeClient = Callable[..., SeveralStreamsClient]


@pytest.fixture
def server() -> Server:
    """Make a server."""
    return Server()


@pytest.fixture
def make(server: Server) -> Iterator[MakeClient]:
    """Make clients of two connections, red and blue, of which the first starts by itself."""
    made: list[SeveralStreamsClient] = []

    def make(*, starts: Sequence[str] = ("red",)) -> SeveralStreamsClient:
        lines = [
            LinePlan(
                name=color,
                venue=_Color(color),
                rest_url="",
                ws_url=f"wss://test/{color}",
                starts=color in starts,
            )
            for color in ("red", "blue")
        ]
        client = SeveralStreamsClient(lines, ws=server.ws, options=OPTIONS)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


def pushes(client: SeveralStreamsClient, count: int) -> set[str]:
    """Return the topics of the next pushes."""
    found = (event for event in client.events(timeout=WAIT) if isinstance(event, UnknownEvent))
    return {event.topic for event in islice(found, count)}


def test_each_topic_goes_to_the_connection_that_carries_it(
    server: Server, make: MakeClient
) -> None:
    """The caller names topics only; what comes is in one inbox."""
    with make() as client:
        client.subscribe("blue.1", "red.1", "blue.2", timeout=WAIT)
        assert pushes(client, 3) == {"blue.1", "red.1", "blue.2"}
        assert set(client.stats().topics) == {"red.1", "blue.1", "blue.2"}
        assert {"red: ask red.1", "blue: ask blue.1", "blue: ask blue.2"} == set(server.asked)
        client.unsubscribe("blue.1", timeout=WAIT)
        assert set(client.stats().topics) == {"red.1", "blue.2"}


def test_what_is_told_of_a_connection_has_its_name(make: MakeClient) -> None:
    """There are several, and a caller wants to know which of them ended."""
    with make(starts=("red", "blue")) as client:
        client.wait_live(WAIT)
        lines = {client.get(timeout=WAIT).line for _ in range(2)}  # type: ignore[attr-defined]
        assert lines == {"red", "blue"}


def test_a_connection_is_made_when_it_is_needed(server: Server, make: MakeClient) -> None:
    """With the client, or with the first topic that it carries."""
    with make() as client:
        client.wait_live(WAIT)
        assert server.dialled == ["red"]
        client.unsubscribe("blue.1", timeout=WAIT)
        assert server.dialled == ["red"]
        client.subscribe("blue.1", timeout=WAIT)
        client.wait_live(WAIT)
        assert server.dialled == ["red", "blue"]


def test_a_client_may_begin_without_any_connection(server: Server, make: MakeClient) -> None:
    """There is nothing to wait for, and nothing to ping."""
    with make(starts=()) as client:
        client.wait_live(WAIT)
        with pytest.raises(ConnectionClosed, match="nothing is subscribed"):
            client.ping(WAIT)
        client.subscribe("red.1", timeout=WAIT)
        assert client.ping(WAIT) >= 0.0
    assert server.dialled == ["red"]


def test_one_lost_connection_does_not_touch_the_other(server: Server, make: MakeClient) -> None:
    """Its topics are asked for again on the next; those of the other are not."""
    with make(starts=("red", "blue")) as client:
        client.subscribe("blue.1", "red.1", timeout=WAIT)
        pushes(client, 2)
        server.asked.clear()
        server.peers["blue"].drop()
        assert pushes(client, 1) == {"blue.1"}
        assert server.asked == ["blue: ask blue.1"]
        assert server.dialled.count("red") == 1
        assert client.stats().reconnects == 1


def test_a_topic_that_nobody_carries_is_refused(make: MakeClient) -> None:
    """Before anything is sent; a text that is no topic at all as well."""
    with make() as client:
        with pytest.raises(ConfigurationError, match=r"no connection .* carries green\.1"):
            client.subscribe("red.1", "green.1", timeout=WAIT)
        with pytest.raises(ConfigurationError, match="dot"):
            client.subscribe("red", timeout=WAIT)
        assert client.stats().topics == ()


def test_a_refusal_reaches_the_caller(make: MakeClient) -> None:
    """As from a client of one connection."""
    with make() as client, pytest.raises(SubscriptionRefused):
        client.subscribe("blue.bad", timeout=WAIT)


def test_what_happens_to_each_connection_is_told(server: Server, make: MakeClient) -> None:
    """One inbox for all of it."""
    with make(starts=("red", "blue")) as client:
        client.wait_live(WAIT)
        server.peers["red"].drop()
        wanted = [Connected, Connected, Disconnected, Connected]
        told = [type(event) for event in islice(client.events(timeout=WAIT), 4)]
        assert sorted(told, key=str) == sorted(wanted, key=str)


def test_a_client_has_two_states_and_then_none(make: MakeClient) -> None:
    """Not started, live, closed; each verb says which it needs."""
    client = make()
    assert client.stats().state is State.IDLE
    with pytest.raises(LocalStateError, match="not started"):
        client.subscribe("red.1")
    client.start()
    with pytest.raises(LocalStateError, match="started already"):
        client.start()
    client.wait_live(WAIT)
    assert client.stats().state is State.LIVE
    client.close()
    client.close()
    assert client.stats().state is State.CLOSED
    with pytest.raises(ClientClosed):
        client.subscribe("red.1")


def test_close_leaves_no_thread(make: MakeClient) -> None:
    """Neither a reader of any connection nor the timer that they share."""
    before = set(threading.enumerate())
    client = make(starts=("red", "blue"))
    client.start()
    client.wait_live(WAIT)
    names = {thread.name for thread in set(threading.enumerate()) - before}
    assert names == {"sixmm-reader-red", "sixmm-reader-blue", "sixmm-timer"}
    client.close()
    assert set(threading.enumerate()) <= before


def test_a_client_that_was_never_started_can_be_closed(make: MakeClient) -> None:
    """There is nothing to put away."""
    client = make()
    client.close()
    assert client.stats().state is State.CLOSED


def test_a_forgotten_client_warns_and_ends(make: MakeClient) -> None:
    """As one of one connection does."""
    before = set(threading.enumerate())
    client = make(starts=("red", "blue"))
    client.start()
    client.wait_live(WAIT)
    with pytest.warns(ResourceWarning, match="was forgotten"):
        client.__del__()
    deadline = Deadline(WAIT)
    for thread in set(threading.enumerate()) - before:
        thread.join(deadline.remaining())
    assert set(threading.enumerate()) <= before


def test_there_is_no_event_for_ever(make: MakeClient) -> None:
    """The time-out of get() holds."""
    with make(starts=()) as client, pytest.raises(DeadlineExceeded):
        client.get(timeout=0.01)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"lines": []}, "at least one"),
        ({"deliver": "nothing"}, "deliver"),
        ({"rest_timeout": 0.0}, "rest_timeout"),
    ],
)
def test_arguments_that_cannot_work_are_refused(
    server: Server, arguments: dict[str, object], complaint: str
) -> None:
    """The text says which."""
    line = LinePlan(name="red", venue=_Color("red"), rest_url="", ws_url="wss://test/red")
    with pytest.raises(ConfigurationError, match=complaint):
        SeveralStreamsClient(**{"lines": [line], "ws": server.ws, **arguments})  # type: ignore[arg-type]
