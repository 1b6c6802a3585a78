"""One link in a session: its login, its silence, its signs of life."""

from __future__ import annotations

import itertools
import json
import threading
from collections import deque
from collections.abc import Callable

import attrs
import pytest

from sixmm.clock import Deadline, ManualClock
from sixmm.errors import DeadlineExceeded, LoginRefused, Throttled
from sixmm.events import Disconnected, SubscriptionFailed
from sixmm.state.models import Facts, Fill
from sixmm.stream.connection import Connection
from sixmm.stream.inbox import InboxLimits
from sixmm.stream.sync import AccountSync
from sixmm.transport.base import WsLink
from sixmm.venues.base import Frame

from .fakes import FakeVenue, Pushed, push_text
from .server import FakeServer, Rig
from .waiting import GENEROUS, wait_until

MakeRig = Callable[..., Rig]
SOON = 0.05
"""Seconds for a deadline that is meant to pass."""


def test_a_login_without_an_answer_is_given_up(server: FakeServer, rig: MakeRig) -> None:
    """The deadline passes, and the next attempt succeeds."""
    server.logins.append(None)
    client = rig(login_timeout=SOON)
    client.live()
    client.resynced("start")
    (disconnected,) = client.of(Disconnected)
    assert "login" in str(disconnected.error)


def test_a_link_that_dies_during_the_login_is_replaced(server: FakeServer, rig: MakeRig) -> None:
    """Whatever the phase, the end of a link leads to the next."""
    server.logins.append(None)
    server.on_dial = lambda peer: peer.drop() if len(server.ws.peers) == 0 else None
    client = rig()
    client.live()
    client.resynced("start")
    assert len(client.of(Disconnected)) == 1


def test_a_busy_server_is_no_refusal(
    server: FakeServer, rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it has no room now, that says nothing of the credential: it is tried again."""
    classify = FakeVenue.classify

    def busy(venue: FakeVenue, message: bytes) -> Frame:
        frame = classify(venue, message)
        return attrs.evolve(frame, error=frame.error and Throttled(str(frame.error), code=509))

    monkeypatch.setattr(FakeVenue, "classify", busy)
    server.logins.append(False)
    client = rig()
    client.live()
    client.resynced("start")
    (disconnected,) = client.of(Disconnected)
    assert isinstance(disconnected.error, Throttled)
    assert disconnected.retry_in is not None


def test_a_greeting_is_answered_with_one_login(server: FakeServer, rig: MakeRig) -> None:
    """Before anything else, signed for that link with the exchange's time, and once for each."""
    server.greetings = 2
    client = rig()
    client.live()
    server.peer.drop()
    client.resynced("reconnect")
    links = [[json.loads(text) for text in peer.sent] for peer in server.ws.peers]
    assert len(links) == 2
    for sent in links:
        assert (sent[0]["op"], sent[0]["key"]) == ("login", "k")
        assert abs(sent[0]["at"] - server.model.now_ms) < 600_000
        assert [request["op"] for request in sent].count("login") == 1


def test_nothing_follows_a_login_that_is_not_answered(server: FakeServer, rig: MakeRig) -> None:
    """Its deadline passes, and the next link is greeted, and logs in, again."""
    server.greetings = 1
    server.logins.append(None)
    client = rig(login_timeout=SOON)
    client.live()
    client.resynced("start")
    (disconnected,) = client.of(Disconnected)
    assert isinstance(disconnected.error, DeadlineExceeded)
    first, second = server.ws.peers
    assert [json.loads(text)["op"] for text in first.sent] == ["login"]
    assert json.loads(second.sent[0])["op"] == "login"


def test_a_login_by_message_that_is_refused_is_final(server: FakeServer, rig: MakeRig) -> None:
    """The error of the refusal is told, and the key is not in it."""
    server.greetings = 1
    server.logins.append(False)
    client = rig()
    with pytest.raises(LoginRefused, match="bad key"):
        client.live()


def test_a_frozen_link_is_noticed(server: FakeServer, rig: MakeRig) -> None:
    """No frame for the interval and the timeout of the pings: dead, and replaced."""
    client = rig(ping_interval=0.1, ping_timeout=0.1)
    client.live()
    server.peer.freeze()
    disconnected = client.until(Disconnected)
    assert isinstance(disconnected.error, DeadlineExceeded)
    client.resynced("reconnect")


def test_a_ping_of_the_server_is_answered(server: FakeServer, rig: MakeRig) -> None:
    """With the text that the venue has for it; of several in one read the last."""
    client = rig()
    client.live()
    answers: list[str] = []
    server.peer.on_message = answers.append
    server.peer.push('{"ping": "first"}')
    wait_until(lambda: answers == ["first"])
    server.peer.push('{"ping": "second"}')
    wait_until(lambda: answers == ["first", "second"])


@pytest.mark.parametrize("by", ["pong", "reply"])
def test_an_answer_to_a_ping_keeps_a_quiet_link(server: FakeServer, rig: MakeRig, by: str) -> None:
    """Either answer is a sign of life: the protocol's, or the application's (rule 88)."""
    if by == "pong":
        server.silent.add("ping")
    else:
        server.on_dial = lambda peer: setattr(peer, "answers", False)
    client = rig(ping_interval=0.05, ping_timeout=0.3)
    client.live()
    wait_until(lambda: len(server.asked("ping")) >= 12)
    assert client.session.stats().reconnects == 0
    assert client.session.stats().round_trip is not None
    assert client.session.ping(Deadline(GENEROUS)) >= 0.0
    server.peer.answers = True


@pytest.mark.parametrize("by", ["pong", "reply"])
def test_a_rest_call_that_hangs_does_not_cost_a_good_link(
    server: FakeServer, rig: MakeRig, by: str
) -> None:
    """A renewal hangs in the timer thread; the quiet link is asked for life all the same."""
    if by == "reply":
        server.on_dial = lambda peer: setattr(peer, "answers", False)
    hangs, go_on = threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        go_on.wait(GENEROUS)

    server.hooks["PUT /key"] = hang
    server.key_life_ms = 10
    client = rig(ping_interval=0.05, ping_timeout=0.3)
    client.live()
    assert hangs.wait(GENEROUS)
    stats, ages = client.session.stats, []

    def is_decided() -> bool:
        """Look for three signs of life in the silence, or for the end of the link."""
        ages.append(stats().last_frame_age or 0.0)
        rejuvenated = sum(later < sooner for sooner, later in itertools.pairwise(ages))
        return rejuvenated >= 3 or stats().reconnects > 0

    wait_until(is_decided)
    reconnects = stats().reconnects
    go_on.set()
    assert reconnects == 0


# Alone with a scripted link, on a clock that the link moves


class ScriptedLink(WsLink):
    """A link on which there is always something to read; each read takes a second."""

    def __init__(self, clock: ManualClock, *reads: list[str]) -> None:
        self.clock = clock
        self.reads = deque(reads)
        self.chatter = ['{"market": "a"}']
        self.sent: list[str] = []
        self.count = 0

    def receive(self, *, deadline: Deadline) -> list[bytes]:  # noqa: ARG002
        """Return the next read of the script, then chatter, for ever."""
        self.count += 1
        assert self.count < 10_000, "the reader does not look at its deadline"
        self.clock.advance(1.0)
        return [text.encode() for text in (self.reads.popleft() if self.reads else self.chatter)]

    def send(self, message: str, *, deadline: Deadline) -> None:  # noqa: ARG002
        """Note the message."""
        self.sent.append(message)

    def ping(self, payload: bytes, *, deadline: Deadline) -> None:
        """Answer nothing."""

    def close(self, *, code: int = 1000, reason: str = "", deadline: Deadline) -> None:
        """Do nothing."""

    def abort(self) -> None:
        """Do nothing."""


@attrs.define
class Alone:
    """A connection without a session."""

    clock: ManualClock
    rig: Rig
    sync: AccountSync

    def connection(self, *reads: list[str]) -> Connection:
        """Return a connection whose link reads that, and chatter afterwards."""
        link = ScriptedLink(self.clock, *reads)
        return Connection(self.rig.shared, link, sync=self.sync, number=1)


@pytest.fixture
def alone(server: FakeServer) -> Alone:
    """Make one with small figures."""
    clock = ManualClock()
    limits = InboxLimits(market_messages=5)
    client = Rig(server, clock=clock, limits=limits, login_timeout=5.0, ack_timeout=5.0)
    return Alone(clock, client, AccountSync(client.shared))


def test_chatter_does_not_stretch_the_deadline_of_the_login(alone: Alone) -> None:
    """A server that talks and never answers the login is given up in time."""
    started = alone.clock.monotonic()
    with pytest.raises(DeadlineExceeded, match="login"):
        alone.connection().login()
    assert alone.clock.monotonic() - started <= 7.0


def test_chatter_does_not_stretch_the_deadline_of_the_topics(alone: Alone) -> None:
    """Market data of one topic does not keep another one pending for ever."""
    alone.rig.shared.desk.subscribe(["a"])
    started = alone.clock.monotonic()
    alone.connection().resubscribe()
    assert alone.clock.monotonic() - started <= 7.0
    told = alone.rig.waiting()
    assert not [event for event in told if isinstance(event, SubscriptionFailed)]


def test_chatter_does_not_hold_up_the_next_attempt(alone: Alone) -> None:
    """A topic without an answer is asked for again in time, and given up, amid market data."""
    alone.rig.shared.desk.subscribe(["a"])
    shared = alone.rig.shared
    shared.options = attrs.evolve(shared.options, ack_retry=2.0, ack_retry_max=4.0)
    link = ScriptedLink(alone.clock)
    connection = Connection(shared, link, sync=alone.sync, number=1)
    connection.resubscribe()
    # The account is not compared here: a moment for it is planned, so that serving ends.
    connection._agenda.resync_at = alone.clock.monotonic() + 60.0
    assert connection.serve() == "retry"
    assert alone.rig.until(SubscriptionFailed).topics == ("a",)
    assert sum("subscribe" in text for text in link.sent) == 3


def test_chatter_does_not_hold_up_the_comparison(alone: Alone) -> None:
    """Emptying the socket and waiting for the pong have an end, whatever goes on arriving."""
    alone.sync.prime()
    started = alone.clock.monotonic()
    alone.connection().synchronize("start")
    assert alone.clock.monotonic() - started <= 20.0


def test_what_came_with_a_refused_login_is_handed_over(alone: Alone) -> None:
    """A push that has arrived is told in any case, also in the read that ends the link."""
    push = push_text(Facts(ts_ms=5, fills=(Fill(fill_id="f1", order_id="1"),)))
    connection = alone.connection([push, '{"login": false, "why": "expired"}', push])
    with pytest.raises(LoginRefused):
        connection.login()
    connection.end()
    alone.rig.until(Pushed)
    assert alone.rig.fill_ids() == ["f1"]


def test_the_buffer_of_a_comparison_is_bounded(alone: Alone) -> None:
    """At the bound the socket is not emptied any further; the network holds the rest."""
    alone.sync.prime()
    text = push_text(Facts(ts_ms=5), padding="x" * 10_000)
    shared = alone.rig.shared
    shared.options = attrs.evolve(shared.options, max_buffer_bytes=50_000)
    link = ScriptedLink(alone.clock)
    link.chatter = [text]
    Connection(shared, link, sync=alone.sync, number=1).synchronize("start")
    assert link.count <= 10


def test_the_buffer_is_bounded_before_the_login_too(alone: Alone) -> None:
    """A server that pushes and never answers the login is given up at the bound, nothing lost."""
    shared = alone.rig.shared
    shared.options = attrs.evolve(shared.options, max_buffer_bytes=50_000, login_timeout=1_000.0)
    link = ScriptedLink(alone.clock)
    link.chatter = [push_text(Facts(ts_ms=5), padding="x" * 10_000)]
    connection = Connection(shared, link, sync=alone.sync, number=1)
    with pytest.raises(DeadlineExceeded, match="login"):
        connection.login()
    assert link.count <= 6
    connection.end()
    assert isinstance(alone.rig.take(), Pushed)


def test_a_deadline_serves_for_many_reads(alone: Alone) -> None:
    """A link that talks is not asked for life, however long it goes on; a silent one is."""
    shared = alone.rig.shared
    shared.options = attrs.evolve(shared.options, ping_interval=5.0, ping_timeout=5.0)
    link = TalkativeLink(alone.clock, reads=100)
    with pytest.raises(DeadlineExceeded, match="no frame"):
        Connection(shared, link, sync=alone.sync, number=1).serve()
    assert link.asked_at == [100]
    assert alone.clock.monotonic() - link.silent_since == pytest.approx(10.0)


class TalkativeLink(ScriptedLink):
    """A link on which each read takes a second, and which then is silent."""

    def __init__(self, clock: ManualClock, *, reads: int) -> None:
        super().__init__(clock)
        self.left = reads
        self.silent_since = 0.0
        self.asked_at: list[int] = []

    def receive(self, *, deadline: Deadline) -> list[bytes]:
        """Return chatter, or let the deadline pass."""
        left = deadline.remaining()
        assert left is not None
        if self.left and left >= 1.0:
            self.left -= 1
            messages = super().receive(deadline=deadline)
            self.silent_since = self.clock.monotonic()
            return messages
        self.clock.advance(left)
        raise DeadlineExceeded("nothing came")

    def ping(self, payload: bytes, *, deadline: Deadline) -> None:  # noqa: ARG002
        """Note after how many reads the reader asks."""
        self.asked_at.append(self.count)
