"""The verbs of a client, over a link in memory."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sixmm import (
    BackoffPolicy,
    Client,
    ClientClosed,
    ConfigurationError,
    Connected,
    DecodeFailed,
    DepthUpdate,
    Disconnected,
    HandshakeRefused,
    InboxLimits,
    LocalStateError,
    Overflow,
    State,
)
from sixmm.records import read_record
from sixmm.transport.base import HttpResponse
from sixmm.transport.memory import MemoryHttp, MemoryPeer, MemoryWs

WAIT = 20.0
DEPTH = "market.depth.BTCUSDT"


class _Peer:
    """Plays an exchange that acknowledges everything and pushes what it is told to."""

    def __init__(self) -> None:
        self.link: MemoryPeer | None = None

    def on_dial(self, peer: MemoryPeer, _url: str) -> None:
        self.link = peer
        peer.on_message = self._answer

    def _answer(self, text: str) -> None:
        request = json.loads(text)
        reply = {"id": request["id"], "event": request["op"], "success": True}
        self.push({**reply, "data": request["args"]})

    def push(self, *messages: object) -> None:
        assert self.link is not None
        self.link.push(*[json.dumps(message) for message in messages])

    def push_depth(self, *versions: int) -> None:
        self.push(
            *[
                {
                    "topic": DEPTH,
                    "event": "data",
                    "ts": 1_772_007_815_000,
                    "data": {"bids": [["1", "2"]], "asks": [], "endVersion": version},
                }
                for version in versions
            ]
        )


def _no_http(_request: object) -> HttpResponse:
    raise AssertionError("a public client makes no REST call")


@pytest.fixture
def peer() -> _Peer:
    """Play the exchange."""
    return _Peer()


@pytest.fixture
def ws(peer: _Peer) -> MemoryWs:
    """Give the transport that leads to the peer."""
    return MemoryWs(peer.on_dial)


@pytest.fixture
def client(ws: MemoryWs) -> Iterator[Client]:
    """Make a public client that is not started, and close it at the end."""
    made = Client(
        http=MemoryHttp(_no_http),
        ws=ws,
        backoff=BackoffPolicy(base=0.001, maximum=0.01, stable_after=0.01),
        limits=InboxLimits(market_messages=3),
    )
    yield made
    made.close()


def test_hands_over_typed_events(client: Client, peer: _Peer) -> None:
    """A market push is decoded when it is taken, with its wire text kept."""
    client.start()
    client.subscribe(DEPTH, timeout=WAIT)
    peer.push_depth(1)
    connected, depth = client.get(WAIT), client.get(WAIT)

    assert isinstance(connected, Connected)
    assert isinstance(depth, DepthUpdate)
    assert (depth.end_version, depth.symbol) == (1, "BTCUSDT")
    assert json.loads(depth.raw)["topic"] == DEPTH


def test_a_bad_message_does_not_take_its_neighbours_along(client: Client, peer: _Peer) -> None:
    """What cannot be decoded is an event of its own, and the next one comes as usual."""
    client.start()
    client.subscribe(DEPTH, timeout=WAIT)
    client.get(WAIT)
    peer.push({"topic": DEPTH, "event": "data", "ts": 1, "data": {"bids": "none"}})
    peer.push_depth(2)
    failed, depth = client.get(WAIT), client.get(WAIT)

    assert isinstance(failed, DecodeFailed)
    assert "$.data.bids" in str(failed.error)
    assert isinstance(depth, DepthUpdate)


def test_get_waits_no_longer_than_asked(client: Client) -> None:
    """Without an event get() raises a TimeoutError, and events() ends."""
    client.start()
    client.wait_live(WAIT)
    client.get(WAIT)

    with pytest.raises(TimeoutError):
        client.get(timeout=0.01)
    assert list(client.events(timeout=0.01)) == []


def test_what_is_dropped_is_told(client: Client, peer: _Peer) -> None:
    """The market lane is bounded; an Overflow says how many messages it dropped."""
    client.start()
    client.subscribe(DEPTH, timeout=WAIT)
    client.get(WAIT)
    peer.push_depth(1, 2, 3, 4, 5)
    client.ping(WAIT)
    events = list(client.events(timeout=0.01))

    assert isinstance(events[0], Overflow)
    assert events[0].dropped == 2
    assert [e.end_version for e in events if isinstance(e, DepthUpdate)] == [3, 4, 5]
    assert client.stats().dropped == 2


def test_comes_back_after_a_drop(client: Client, peer: _Peer) -> None:
    """A link that breaks is told, replaced, and subscribed again before it counts as live."""
    client.start()
    client.subscribe(DEPTH, timeout=WAIT)
    first = peer.link
    assert first is not None
    client.get(WAIT)
    first.drop()
    lost, back = client.get(WAIT), client.get(WAIT)

    assert isinstance(lost, Disconnected)
    assert isinstance(back, Connected)
    assert back.topics == (DEPTH,)
    assert client.stats().reconnects == 1


def test_a_fatal_error_is_raised_where_the_caller_waits(client: Client, ws: MemoryWs) -> None:
    """What cannot be retried ends the stream; get() says so, after the events before it."""
    ws.refuse_next(400)
    client.start()
    with pytest.raises(HandshakeRefused):
        list(client.events())
    with pytest.raises(HandshakeRefused):
        client.subscribe(DEPTH)

    assert client.stats().state is State.CLOSED


def test_verbs_need_a_started_client(client: Client) -> None:
    """A client that is not started says how to start it, instead of waiting for ever."""
    for verb in (client.get, client.events, client.ping, lambda: client.subscribe(DEPTH)):
        with pytest.raises(LocalStateError, match="start"):
            verb()


def test_is_started_once(client: Client) -> None:
    """A second start is an error, and so is one after the end."""
    client.start()
    with pytest.raises(LocalStateError):
        client.start()
    client.close()
    client.close()

    with pytest.raises(ClientClosed):
        client.start()


def test_refuses_what_cannot_be_a_topic(client: Client) -> None:
    """A topic is checked before anything is sent (rule 90)."""
    client.start()
    for topic in ("market.depth.", "user.5794", 'market.depth.X","op":"x', "", "market.depth.\n"):
        with pytest.raises(ConfigurationError):
            client.subscribe(topic)


def test_keeps_no_account_without_credentials(client: Client) -> None:
    """A public client has no account, and says so."""
    client.start()

    with pytest.raises(LocalStateError):
        _ = client.account


def test_a_client_of_state_only_has_no_events(ws: MemoryWs) -> None:
    """deliver="state" keeps the account and has no inbox."""
    with (
        Client(http=MemoryHttp(_no_http), ws=ws, deliver="state") as client,
        pytest.raises(LocalStateError),
    ):
        client.get()


def test_shows_its_state(client: Client) -> None:
    """The representation is a status line."""
    assert repr(client) == "<Client IDLE public wss://6mm.com/ws 0 topics>"

    client.start()
    client.wait_live(WAIT)
    assert repr(client) == "<Client LIVE public wss://6mm.com/ws 0 topics>"


def test_leaves_no_thread(client: Client) -> None:
    """After close() both threads have ended, from whichever thread it was called."""
    client.start()
    client.wait_live(WAIT)
    closer = threading.Thread(target=client.close)
    closer.start()
    closer.join(WAIT)

    names = [thread.name for thread in threading.enumerate()]
    assert "sixmm-reader" not in names
    assert "sixmm-timer" not in names


def test_records(client: Client, tmp_path: Path) -> None:
    """What goes in and out is in the file, from the start to the end; the record ends with it."""
    path = tmp_path / "a.jsonl.gz"
    recorder = client.record(path)
    client.start()
    client.wait_live(WAIT)
    client.subscribe(DEPTH, timeout=WAIT)
    client.close()

    kinds = [entry.kind for entry in read_record(path).entries]
    assert kinds[:4] == ["dial", "open", "out", "in"]
    assert kinds[-1] == "end"
    assert recorder.left_out == 0
    assert recorder.close(0)
    assert "sixmm-record" not in [thread.name for thread in threading.enumerate()]


def test_records_once_and_from_the_start(client: Client, tmp_path: Path) -> None:
    """A record without the login would be of no use: it begins before the client does."""
    client.record(tmp_path / "a.jsonl.gz")
    with pytest.raises(LocalStateError):
        client.record(tmp_path / "b.jsonl.gz")
    client.start()
    with pytest.raises(LocalStateError):
        client.record(tmp_path / "b.jsonl.gz")

    assert not (tmp_path / "b.jsonl.gz").exists()
