"""The two ways of opening KuCoin's unified stream, by a token and by a signed frame."""

from __future__ import annotations

import gzip
import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from sixmm import Disconnected, Event, Resynced
from sixmm.clock import Deadline
from sixmm.errors import (
    AuthenticationError,
    DeadlineExceeded,
    HandshakeRefused,
    LoginRefused,
    SixmmError,
    Throttled,
)
from sixmm.records.recorder import Recorder
from sixmm.records.replay import ReplayTransport
from sixmm.sim.kucoin import Limits, Manners
from sixmm.stream.options import SessionOptions
from sixmm.transport.base import WsLink, WsTransport
from sixmm.transport.defaults import default_http, default_ws
from sixmm.venues.kucoin import KuCoinClient, ProOrderUpdate

from .kucoin_world import DEADLINE, SYMBOLS, Course, Taker, World, wanted

MakeWorld = Callable[..., World]
WAYS = ("token", "frame")


def pro(way: str) -> dict[str, Any]:
    """Return the options of a client of the unified stream alone."""
    return {"connections": ["private_pro_v2"], "pro_login_by": way}


FRAME = pro("frame")


@pytest.fixture
def make() -> Iterator[MakeWorld]:
    """Make served worlds of a unified account; all are closed at the end, and no thread is left."""
    made: list[World] = []

    def make(**options: Any) -> World:
        made.append(World(unified=True, **options).__enter__())
        return made[-1]

    yield make
    for world in made:
        world.exchange.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sixmm-")]


def logins(world: World) -> list[int]:
    """Return the code of each login by frame, 0 where it was accepted."""
    return [
        0 if record.status == 200 else record.code
        for record in world.exchange.requests
        if record.method == "AUTH"
    ]


def tokens(world: World) -> int:
    """Return how many tokens were asked for."""
    return sum("bullet" in record.path for record in world.exchange.requests)


def first_end(client: KuCoinClient) -> Disconnected:
    """Return what ended a link, or an attempt at one, first."""
    while True:
        event = client.get(timeout=DEADLINE)
        if isinstance(event, Disconnected):
            return event


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_lost_in_a_cut(make: MakeWorld, way: str) -> None:
    """Each dial has a token, or a signature, of its own; the server takes either only once."""
    world = make()
    with world.client(**pro(way)) as client:
        client.wait_live(DEADLINE)
        taker, after_seq = Taker(client), world.seq
        for how in ("rst", "fin", "close"):
            before = taker.resyncs("reconnect")
            world.exchange.step(world.account, 20)
            world.exchange.faults.cut(how, host="pro")
            world.exchange.step(world.account, 20)
            assert taker.wait_for(lambda n=before: taker.resyncs("reconnect") > n)
        world.settle(taker, client)
        result = world.audit(taker, client, after_seq=after_seq)
    taker.join()
    assert result.wrong == ()
    assert any(isinstance(event, ProOrderUpdate) for event in taker.events)
    assert (tokens(world), logins(world)) == ((4, []) if way == "token" else (0, [0] * 4))


def test_nothing_is_lost_when_a_connection_is_replaced(make: MakeWorld) -> None:
    """The next one logs in beside the one in use: all is told by the stream, and once."""
    world = make()
    with world.client(rotate_after=0.3, **FRAME) as client:
        client.wait_live(DEADLINE)
        taker, after_seq = Taker(client), world.seq
        with Course(world) as course:
            assert course.wait_for(lambda: taker.resyncs("rotation") >= 5)
        world.settle(taker, client)
        result = world.audit(taker, client, after_seq=after_seq)
    taker.join()
    assert result.wrong == ()
    assert (result.passing, result.sent) == (0, result.streamed + result.superseded)
    assert not [event for event in taker.events if isinstance(event, Disconnected)]
    assert len(logins(world)) >= 6
    assert not any(logins(world))


@pytest.mark.parametrize("refusal", ["result", "code"])
def test_a_login_that_is_refused_is_made_anew(make: MakeWorld, refusal: str) -> None:
    """In whichever form the server says so: the caller is told, and the next one goes well."""
    world = make(manners=Manners(login_refusal=refusal))
    world.exchange.faults.refuse_login(1)
    with world.client(**FRAME) as client:
        assert isinstance(first_end(client).error, LoginRefused)
        client.wait_live(DEADLINE)
    assert logins(world) == [400_003, 0]


@pytest.mark.parametrize("way", WAYS)
def test_a_login_that_is_always_refused_ends_the_client(make: MakeWorld, way: str) -> None:
    """Three in a row: then the caller is told, and nothing is tried any more."""
    world = make()
    world.exchange.faults.refuse_login(1_000)
    error: type[SixmmError] = HandshakeRefused if way == "token" else LoginRefused
    with world.client(**pro(way)) as client, pytest.raises(error):
        client.wait_live(DEADLINE)
    assert logins(world) == ([] if way == "token" else [400_003] * 3)


@pytest.mark.parametrize("way", WAYS)
def test_a_wrong_key_ends_the_client(make: MakeWorld, way: str) -> None:
    """By the first that needs it: a call, or the login."""
    world = make()
    world.exchange.revoke_key(world.key)
    client = world.client(**pro(way))
    with client, pytest.raises((AuthenticationError, LoginRefused)):
        client.wait_live(DEADLINE)


def test_nothing_is_sent_before_the_welcome_nor_before_the_login_is_accepted(
    make: MakeWorld,
) -> None:
    """The server refuses what comes too early, and nothing is refused."""
    world, tap = make(), Tap()
    world.exchange.faults.late_welcome(0.3)
    world.exchange.faults.late_ack(0.3)
    with world.client(ws=tap, **FRAME) as client:
        client.wait_live(DEADLINE)
        taken: list[Event] = []
        while not any(isinstance(event, Resynced) for event in taken):
            taken.append(client.get(timeout=DEADLINE))
    assert not [event for event in taken if isinstance(event, Disconnected)]
    first, *others = [json.loads(text) for text in tap.sent]
    assert first["op"] == "auth"
    assert {other.get("action", other.get("type")) for other in others} <= {"SUBSCRIBE", "ping"}


def test_a_busy_server_is_tried_again(make: MakeWorld) -> None:
    """It says nothing of the key: the client waits and dials."""
    world = make(limits=Limits(messages=0, sessions=0, dials=1))
    with world.client(**FRAME) as client:
        client.wait_live(DEADLINE)
        world.exchange.faults.cut("rst")
        first_end(client)
        event = first_end(client)
        assert isinstance(event.error, Throttled)
        assert (event.error.code, event.retry_in is None) == (509, False)


def test_a_login_without_an_answer_is_given_up(make: MakeWorld) -> None:
    """After its deadline; the next one goes well."""
    world = make()
    world.exchange.faults.lose_acks(1)
    with world.client(options=SessionOptions(login_timeout=0.5), **FRAME) as client:
        assert isinstance(first_end(client).error, DeadlineExceeded)
        client.wait_live(DEADLINE)
    assert logins(world) == [0, 0]


def test_a_clock_that_is_set_meanwhile_is_read_again(make: MakeWorld) -> None:
    """A login is refused for its timestamp: that says nothing of the key."""
    world = make()
    with world.client(**FRAME) as client:
        client.wait_live(DEADLINE)
        taker = Taker(client)
        world.exchange.faults.clock_skew(3_600_000)
        world.exchange.faults.cut("rst")
        assert taker.wait_for(lambda: taker.resyncs("reconnect") > 0)
    taker.join()
    assert logins(world) == [0, 400_002, 0]


def test_a_record_with_a_login_is_played_again(make: MakeWorld, tmp_path: Path) -> None:
    """The login of the replay is signed with another key, at another time: it is accepted."""
    world, path = make(), tmp_path / "record.jsonl.gz"

    def pushes(client: KuCoinClient, last: str) -> list[str]:
        told: list[str] = []
        while last not in told:
            event = client.get(timeout=DEADLINE)
            told += [event.raw] if event.raw else []
        return told

    with Recorder(path) as recorder:
        http, ws = recorder.http(default_http()), recorder.ws(default_ws())
        with world.client(http=http, ws=ws, **FRAME) as client:
            client.wait_live(DEADLINE)
            after = world.seq
            world.exchange.step(world.account, 30)
            last = world.exchange.private_log(world.account, after, wanted(client))[-1].text
            first = pushes(client, last)
    replay = ReplayTransport(path)
    with KuCoinClient(
        "replay",
        "replay",
        "replay",
        http=replay.http,
        ws=replay.ws,
        rest_url=world.exchange.rest_url,
        pro_url=world.exchange.pro_url,
        symbols=SYMBOLS,
        **FRAME,
    ) as client:
        assert pushes(client, last) == first
    assert not [what for what in replay.missing if "auth" in what]


# What is never shown


class Tap(WsTransport):
    """A transport that keeps what is sent on it."""

    def __init__(self) -> None:
        self._inner = default_ws()
        self.sent: list[str] = []

    def dial(
        self, url: str, *, headers: Mapping[str, str] | None = None, deadline: Deadline
    ) -> WsLink:
        """Make a link whose messages are kept."""
        link = self._inner.dial(url, headers=headers, deadline=deadline)
        send = link.send

        def kept(message: str, *, deadline: Deadline) -> None:
            self.sent.append(message)
            send(message, deadline=deadline)

        link.send = kept  # type: ignore[method-assign]
        return link

    def close(self) -> None:
        """Close the transport inside."""
        self._inner.close()


def test_a_login_is_never_shown(
    make: MakeWorld, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in a record, a line of the log, an error or a repr; not if the server repeats it."""
    caplog.set_level(logging.DEBUG)
    world, tap, path = make(), Tap(), tmp_path / "record.jsonl.gz"
    world.exchange.faults.refuse_login(1)
    with Recorder(path) as recorder:
        client = world.client(http=recorder.http(default_http()), ws=recorder.ws(tap), **FRAME)
        with client:
            error = first_end(client).error
            client.wait_live(DEADLINE)
            login = next(json.loads(t) for t in reversed(tap.sent) if '"auth"' in t)
            proofs = [login["kc-api-sign"], login["kc-api-passphrase"]]
            for proof in proofs:
                world.exchange.faults.inject(json.dumps({"id": "9", "echo": f"<{proof}>"}))
                world.exchange.faults.inject(f'{{"id":"9","result":false,"message":"{proof}"}}')
            client.ping(timeout=DEADLINE)
            shown = [repr(client), str(error), repr(error), repr(client.stats())]
        assert recorder.failure is None
    record = gzip.decompress(path.read_bytes()).decode()
    shown += [record, caplog.text]
    key = world.key
    secrets = [key.api_key, key.api_secret, key.passphrase, *proofs]
    secrets += [json.loads(t)["kc-api-sign"] for t in tap.sent if '"auth"' in t]
    assert len(secrets) == 7
    assert "kc-api-sign" in record
    assert '\\"echo\\":\\"<***>\\"' in record
    for secret in secrets:
        assert not [text for text in shown if secret in text]
