"""A9: a peer that sends pings without end and reads nothing, so that no answer goes out."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from sixmm import Client, Disconnected, SixmmError
from sixmm.clock import Deadline
from sixmm.transport import WebSocketClientTransport
from sixmm.transport.frames import PING
from sixmm.transport.link import StreamLink
from tests.transport.servers import frame
from tests.transport.socket_peer import PeerServer, SocketPeer

from ..floor import DEADLINE, FAST
from ..recorder import Recorder
from ..row import Finding, Round, Row, at_least, at_most, exactly

__all__ = ["ROWS"]

_PINGS = 100_000
_TOGETHER = 500
_WITHOUT_END = 100 * _PINGS
"""Of 500,000 pings in one read the last few are answered: it takes many to fill a buffer."""
_SIZES = (60, 100, 125)
_SEND_DEADLINE = 0.5
_CLOSE_TIMEOUT = 2.0
_SLACK = 1.0
"""Seconds that a busy machine may take on top of a deadline."""
_BUFFER = 4_096


class _Timed:
    """A stream that keeps when the last send began."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.began = 0.0

    def send(self, data: bytes, deadline: Deadline) -> None:
        """Send all of it."""
        self.began = time.monotonic()
        self._stream.send(data, deadline)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Narrow(WebSocketClientTransport):
    """Makes links whose kernel buffers hold little, as those of a path that is full."""

    def __init__(self) -> None:
        super().__init__(pong_timeout=_SEND_DEADLINE)
        self.streams: list[_Timed] = []

    def dial(
        self, url: str, *, headers: Mapping[str, str] | None = None, deadline: Deadline
    ) -> StreamLink:
        """Open a link, and make its buffer small."""
        link = super().dial(url, headers=headers, deadline=deadline)
        stream: Any = link._stream
        stream._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        self.streams.append(_Timed(stream))
        link._stream = self.streams[-1]
        return link


@attrs.define
class _Sums:
    dropped_after: list[float] = attrs.field(factory=list)
    closed_after: list[float] = attrs.field(factory=list)
    stuck: list[str] = attrs.field(factory=list)
    offered: int = 0
    answered: int = 0


class _Flood:
    """Sends pings to a peer from a thread of its own, until they were so many or the link ends."""

    def __init__(self, peer: SocketPeer, size: int, most: int) -> None:
        self._peer = peer
        self._pings = frame(PING, b"p" * size) * (_TOGETHER - 1)
        self._size = size
        self._most = most
        self.sent = 0
        self.last = b""
        """The payload of the last of them, which no other one has."""
        self.thread = threading.Thread(target=self._run, name="pings", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while self.sent < self._most:
                last = b"%-*d" % (self._size, self.sent)
                self._peer._write(self._pings + frame(PING, last))
                self.sent, self.last = self.sent + _TOGETHER, last


@contextlib.contextmanager
def _server() -> Iterator[PeerServer]:
    """Run a server whose sockets take in little: what it does not read has nowhere to go."""
    server = PeerServer()
    server.server._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    with server.server:
        yield server


@contextlib.contextmanager
def _client(server: PeerServer, ws: _Narrow) -> Iterator[Client]:
    """Run a client of the public stream that pings and answers pings over narrow links."""
    client = Client(
        rest_url="http://127.0.0.1:1",
        ws_url=server.url,
        ws=ws,
        backoff=FAST,
    )
    with client:
        client.wait_live(DEADLINE)
        yield client


def _run(round_: Round) -> list[Finding]:
    """Flood clients: half are left to drop the link, half are closed while they cannot write."""
    floods = round_.pick(full=40, short=4)
    dice = random.Random(round_.seed)
    sums = _Sums()
    for number in range(floods):
        act = _drop if number % 2 == 0 else _close
        act(dice, sums, f"flood {number}")
    _answer(dice, sums)
    return [
        at_least("floods", len(sums.closed_after), floods),
        at_least("pings sent, on average", sums.offered // floods, _PINGS // 10),
        exactly("links dropped", len(sums.dropped_after), (floods + 1) // 2, str(sums.stuck)),
        at_most(
            f"slowest drop in s, with {_SEND_DEADLINE} s to send",
            max(sums.dropped_after, default=0.0),
            _SEND_DEADLINE + _SLACK,
            "s",
        ),
        at_most(
            f"slowest close() in s, of a time-out of {_CLOSE_TIMEOUT:g} s",
            max(sums.closed_after),
            _CLOSE_TIMEOUT + _SLACK,
            "s",
        ),
        exactly("threads that did not end", len(sums.stuck), 0, str(sums.stuck)),
        exactly("pings to a client whose peer reads", sums.answered, _PINGS),
    ]


def _drop(dice: random.Random, sums: _Sums, name: str) -> None:
    """Have the client find out that nothing goes out any more, and take the time."""
    ws = _Narrow()
    with _server() as server, _client(server, ws) as client:
        recorder, peer = Recorder(client), server.next_peer()
        peer.freeze()
        flood = _Flood(peer, dice.choice(_SIZES), _WITHOUT_END)
        if recorder.wait_for(lambda: bool(recorder.of(Disconnected)), DEADLINE):
            # Since the first pong that did not go out whole.
            sums.dropped_after.append(time.monotonic() - ws.streams[0].began)
        _end(client, peer, flood, sums, name)
        recorder.join(DEADLINE)


def _close(dice: random.Random, sums: _Sums, name: str) -> None:
    """Close the client in the middle, from another thread than the one that takes events."""
    with _server() as server, _client(server, _Narrow()) as client:
        taker = threading.Thread(target=_take, args=(client,), name="taker", daemon=True)
        taker.start()
        peer = server.next_peer()
        peer.freeze()
        flood = _Flood(peer, dice.choice(_SIZES), _WITHOUT_END)
        threading.Event().wait(dice.uniform(0.0, 0.8 * _SEND_DEADLINE))
        _end(client, peer, flood, sums, name)
        taker.join(DEADLINE)
        if taker.is_alive():
            sums.stuck.append(f"{name}: the taker")


def _take(client: Client) -> None:
    with contextlib.suppress(SixmmError):
        for _ in client.events():
            pass


def _end(client: Client, peer: SocketPeer, flood: _Flood, sums: _Sums, name: str) -> None:
    """Close a client, and wait for whoever it has kept waiting."""
    started = time.monotonic()
    client.close(timeout=_CLOSE_TIMEOUT)
    sums.closed_after.append(time.monotonic() - started)
    peer.thaw()
    flood.thread.join(DEADLINE)
    if flood.thread.is_alive():
        sums.stuck.append(f"{name}: the peer")
    sums.offered += flood.sent


def _answer(dice: random.Random, sums: _Sums) -> None:
    """Send as many pings to a client whose peer reads: the last is answered, on the same link."""
    with _server() as server, _client(server, _Narrow()) as client:
        peer = server.next_peer()
        flood = _Flood(peer, dice.choice(_SIZES), _PINGS)
        flood.thread.join(DEADLINE)
        with peer._changed:
            peer._changed.wait_for(lambda: flood.last in peer.pongs, DEADLINE)
            is_answered = flood.last in peer.pongs
        if is_answered and client.stats().reconnects == 0:
            sums.answered = flood.sent


ROWS = (
    Row(
        name="ping-floods",
        hazards=("A9",),
        shows="40 clients that are offered 100,000 pings by a peer that reads nothing; half are "
        "left to drop the link, half are closed meanwhile. One more, whose peer reads",
        run=_run,
        full_s=300.0,
    ),
)
