"""A replay gives a client what it was given when the record was made."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import attrs
import pytest

from sixmm import Client, Disconnected, Event, Resynced
from sixmm.clock import Deadline
from sixmm.errors import (
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    ConnectionClosed,
    DeadlineExceeded,
    HandshakeRefused,
    ProtocolViolation,
    SixmmError,
)
from sixmm.records import Recorder, ReplayTransport, read_record
from sixmm.records.format import Entry, Header
from sixmm.records.reader import Record
from sixmm.transport import HttpRequest, HttpResponse, MemoryHttp, MemoryPeer, MemoryWs, WsLink

from .sessions import DEADLINE, FAST, TICKER, Listener, private_ids, record_trading

REST, WS = "https://host/v1/x", "wss://host/ws"


def _soon() -> Deadline:
    return Deadline(DEADLINE)


@pytest.fixture(scope="module")
def trading(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    """A recorded session with cuts and comparisons, and what the client was told in it."""
    path = tmp_path_factory.mktemp("records") / "trading.jsonl.gz"
    return path, record_trading(path)


def _play(replay: ReplayTransport, wanted: int, **options: Any) -> list[Event]:
    """Play a record until so many private events have come; return all events."""
    client = Client("replay", "replay", http=replay.http, ws=replay.ws, backoff=FAST, **options)
    with client:
        listener = Listener(client)
        client.wait_live(DEADLINE)
        client.subscribe(TICKER, timeout=DEADLINE)
        assert replay.wait_over(DEADLINE)
        assert listener.wait_for(lambda: len(private_ids(listener.events)) >= wanted)
    listener.join()
    return listener.events


@pytest.mark.parametrize("speed", [None, 10.0, 1.0])
def test_the_same_again(trading: tuple[Path, list[Event]], speed: float | None) -> None:
    """The same private events in the same order, by id and by where they came from; same cuts."""
    path, told = trading
    replay = ReplayTransport(path, speed=speed)

    again = _play(replay, len(private_ids(told)))

    assert private_ids(again) == private_ids(told)
    assert any(kind == "REST" for kind, *_ in private_ids(told))
    for kind in (Disconnected, Resynced):
        assert sum(isinstance(e, kind) for e in again) == sum(isinstance(e, kind) for e in told)
    assert replay.missing == []


def test_events_without_a_picture(trading: tuple[Path, list[Event]]) -> None:
    """A client with other options can be held against the same record: no fill is missing."""
    path, told = trading
    fills = {event[2] for event in private_ids(told) if len(event) > 2} - {None}

    again = _play(ReplayTransport(path), len(fills), deliver="events")

    assert {event[2] for event in private_ids(again) if len(event) > 2} - {None} == fills


def test_nobody_subscribes(trading: tuple[Path, list[Event]]) -> None:
    """A client that does not do all that was done is held up for a moment, and then goes on."""
    path, told = trading
    replay = ReplayTransport(path, patience=0.1)
    with Client("replay", "replay", http=replay.http, ws=replay.ws, backoff=FAST) as client:
        listener = Listener(client)
        wanted = private_ids(told)
        assert listener.wait_for(lambda: len(private_ids(listener.events)) >= len(wanted))
    listener.join()

    assert {i[1:] for i in private_ids(listener.events)} == {i[1:] for i in wanted}


def test_a_torn_record(trading: tuple[Path, list[Event]], tmp_path: Path) -> None:
    """A record that breaks off is played up to there."""
    path, told = trading
    torn = tmp_path / "torn"
    torn.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    replay = ReplayTransport(torn, patience=0.1)
    with Client("replay", "replay", http=replay.http, ws=replay.ws, backoff=FAST) as client:
        listener = Listener(client)
        assert replay.wait_over(DEADLINE)
        assert listener.wait_for(lambda: len(private_ids(listener.events)) > 10)
    listener.join()

    assert replay.record.is_torn
    played = {i[1:] for i in private_ids(listener.events) if i[0] == "STREAM"}
    assert played <= {i[1:] for i in private_ids(told)}


def test_the_demo(project_root: Path) -> None:
    """The recording of the demo plays: live, cut, and compared again, and nothing is missing."""
    record = read_record(project_root / "tests" / "data" / "demo.jsonl.gz")
    assert not record.is_torn
    assert record.left_out == 0
    replay = ReplayTransport(record)
    with Client("replay", "replay", http=replay.http, ws=replay.ws, backoff=FAST) as client:
        listener = Listener(client)
        client.wait_live(DEADLINE)
        client.subscribe(TICKER, timeout=DEADLINE)
        assert replay.wait_over(DEADLINE)
        assert listener.wait_for(lambda: listener.resyncs() >= 2)
    listener.join()

    ids = private_ids(listener.events)
    assert len(ids) == len(set(ids)) > 30
    assert any(kind == "REST" for kind, *_ in ids)
    assert not any(e.unchecked for e in listener.events if isinstance(e, Resynced))
    assert replay.missing == []


# One transport at a time


def _record(path: Path) -> Path:
    """Make a small record: two calls, a refused dial, a link that ends, and one that stays."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            raise ProtocolViolation("too large", close_code=1009)
        return HttpResponse(status=200, headers={"date": "x"}, cookies={"a": "b"}, body=b"\xffx")

    def greet(peer: MemoryPeer, _: str) -> None:
        peer.push("hello", b"\xff")
        peer.close(1001, "later")

    memory = MemoryWs(greet)
    with Recorder(path) as recorder:
        http, ws = recorder.http(MemoryHttp(answer)), recorder.ws(memory)
        for method in ("GET", "POST"):
            try:
                http.send(HttpRequest(method=method, url=REST), deadline=_soon())
            except SixmmError:
                continue
        memory.refuse_next(503)
        with pytest.raises(HandshakeRefused):
            ws.dial(WS, deadline=_soon())
        link: WsLink = ws.dial(WS, deadline=_soon())
        link.receive(deadline=_soon())
        with pytest.raises(ConnectionClosed):
            link.receive(deadline=_soon())
        ws.dial(WS, deadline=_soon())
    return path


@pytest.fixture
def replay(tmp_path: Path) -> ReplayTransport:
    """The replay of that small record."""
    return ReplayTransport(_record(tmp_path / "a"))


def test_replies(replay: ReplayTransport) -> None:
    """A call is answered as it was: a reply byte for byte, or the same error."""
    reply = replay.http.send(HttpRequest(method="GET", url=REST), deadline=_soon())

    assert reply.status == 200
    assert reply.body == b"\xffx"
    assert reply.headers == {"date": "x"}
    assert reply.cookies == {"a": "***"}
    with pytest.raises(ProtocolViolation, match="too large") as told:
        replay.http.send(HttpRequest(method="POST", url=REST), deadline=_soon())
    assert told.value.close_code == 1009


def test_calls_that_are_not_there(replay: ReplayTransport) -> None:
    """A call that the record does not have fails as one that was never sent, and is told."""
    url = f"{REST}/y?token=canary-4711"
    with pytest.raises(ConnectFailed, match="no reply to GET https://host/v1/x/y") as told:
        replay.http.send(HttpRequest(method="GET", url=url), deadline=_soon())

    assert "4711" not in str(told.value)
    assert replay.missing == ["GET /v1/x/y"]
    with pytest.raises(ConnectFailed):
        replay.http.send(HttpRequest(method="GET", url=REST), deadline=Deadline(0.0))


def test_links(replay: ReplayTransport) -> None:
    """Dials go as they went, and a link gives what it gave, also how it ended."""
    assert not replay.is_over
    assert not replay.wait_over(0.0)
    with pytest.raises(HandshakeRefused):
        replay.ws.dial(WS, deadline=_soon())
    link = replay.ws.dial(WS, deadline=_soon())
    assert link.receive(deadline=_soon()) == [b"hello", b"\xff"]
    for _ in range(2):
        with pytest.raises(ConnectionClosed) as told:
            link.receive(deadline=_soon())
        assert told.value.code == 1001
    with pytest.raises(ConnectionClosed):
        link.send("x", deadline=_soon())
    last = replay.ws.dial(WS, deadline=_soon())
    assert replay.wait_over(DEADLINE)
    with pytest.raises(DeadlineExceeded):
        last.receive(deadline=Deadline(0.01))
    with pytest.raises(ConnectFailed, match="no further connection"):
        replay.ws.dial(WS, deadline=_soon())
    assert replay.urls == [WS] * 3
    assert replay.requests == []
    assert repr(replay).startswith("<ReplayTransport ")


def _last_link(replay: ReplayTransport) -> WsLink:
    with pytest.raises(HandshakeRefused):
        replay.ws.dial(WS, deadline=_soon())
    replay.ws.dial(WS, deadline=_soon())
    return replay.ws.dial(WS, deadline=_soon())


def test_pings(replay: ReplayTransport) -> None:
    """A protocol ping is answered: a link that plays a record is alive."""
    link = _last_link(replay)
    link.ping(b"abc", deadline=_soon())

    assert link.receive(deadline=_soon()) == []
    assert link.last_pong == b"abc"
    with pytest.raises(ConfigurationError):
        link.ping(b"x" * 126, deadline=_soon())


def test_closing_a_link(replay: ReplayTransport) -> None:
    """A link that is closed frees whoever waits on it, and says who closed."""
    link = _last_link(replay)
    found: list[SixmmError] = []

    def wait() -> None:
        try:
            link.receive(deadline=_soon())
        except SixmmError as error:
            found.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    link.close(code=1000, deadline=_soon())
    link.abort()
    thread.join(DEADLINE)

    assert isinstance(found[0], ConnectionClosed)
    assert (found[0].code, found[0].by) == (1000, "local")


def test_closing_the_transports(replay: ReplayTransport) -> None:
    """A transport that is closed refuses everything."""
    replay.http.close()
    replay.ws.close()

    with pytest.raises(ClientClosed):
        replay.http.send(HttpRequest(method="GET", url=REST), deadline=_soon())
    with pytest.raises(ClientClosed):
        replay.ws.dial(WS, deadline=_soon())


def test_time_of_a_call(replay: ReplayTransport) -> None:
    """At a speed a call takes as long as it took; the deadline and a close end the wait."""
    entries = tuple(
        attrs.evolve(entry, at_us=n * 3_600_000_000)
        for n, entry in enumerate(replay.record.entries)
    )
    slow = ReplayTransport(attrs.evolve(replay.record, entries=entries), speed=1.0)
    with pytest.raises(DeadlineExceeded):
        slow.http.send(HttpRequest(method="GET", url=REST), deadline=Deadline(0.05))
    threading.Timer(0.05, slow.http.close).start()
    with pytest.raises(ClientClosed):
        slow.http.send(HttpRequest(method="POST", url=REST), deadline=_soon())


def test_end_of_the_record() -> None:
    """What a record has only the beginning of ends as a connection that broke."""
    entries = (
        Entry(kind="call", at_us=0, ms=0, data={"call": 1, "method": "GET", "url": REST}),
        Entry(kind="dial", at_us=0, ms=0, data={"link": 1, "url": WS}),
    )
    replay = ReplayTransport(Record(header=Header(started_ms=0), entries=entries))

    with pytest.raises(ConnectionClosed):
        replay.http.send(HttpRequest(method="GET", url=REST), deadline=_soon())
    with pytest.raises(ConnectFailed, match="ends before"):
        replay.ws.dial(WS, deadline=_soon())


@pytest.mark.parametrize("options", [{"speed": 0}, {"speed": float("nan")}, {"patience": -1}])
def test_arguments(options: dict[str, Any]) -> None:
    """A figure that cannot work is refused."""
    with pytest.raises(ConfigurationError):
        ReplayTransport(Record(header=Header(started_ms=0), entries=()), **options)
