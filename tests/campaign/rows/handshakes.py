"""A7: servers that drip, or never come to the end of the upgrade, or do not mean it."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable

import attrs

from sixmm.clock import Deadline
from sixmm.errors import DeadlineExceeded, HandshakeRefused, ProtocolViolation, SixmmError
from sixmm.transport import WebSocketClientTransport
from tests.transport.servers import Connection, Server

from ..gain import MIB, Gain, Held
from ..row import Finding, Round, Row, at_least, at_most, exactly, noted

__all__ = ["ROWS"]

_PAUSE = 0.5
"""Seconds between two bytes of a drip."""
_SLACK = 1.0
"""Seconds that a busy machine may take on top of a deadline."""
_PATIENT = 30.0
"""Seconds in which what is refused for its content has to be refused."""
_BLOCK = 65_536
_UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\n"

_Play = Callable[[Connection, threading.Event], int]
"""Plays a server until the client hangs up, or the event is set; returns how much was sent."""


@attrs.frozen(kw_only=True)
class _Attack:
    name: str
    play: _Play
    told: type[SixmmError]
    scheme: str = "ws"

    @property
    def is_slow(self) -> bool:
        """Whether only the deadline can end it."""
        return self.told is DeadlineExceeded


@attrs.define
class _Sums:
    ends: Counter[str] = attrs.field(factory=Counter)
    wrong: list[str] = attrs.field(factory=list)
    late: list[float] = attrs.field(factory=list)
    refused_after: list[float] = attrs.field(factory=list)
    connections: int = 0
    sent: int = 0


def _silence(connection: Connection, _: threading.Event) -> int:
    connection.read_to_eof()
    return 0


def _drip(first: bytes, rest: bytes, *, request: bool = True) -> _Play:
    """Send the first bytes at once, and then one every half second."""

    def play(connection: Connection, stopping: threading.Event) -> int:
        if request:
            connection.read_until(b"\r\n\r\n")
        connection.send(first)
        for byte in rest:
            connection.send(bytes((byte,)))
            if stopping.wait(_PAUSE):
                break
        return len(first) + len(rest)

    return play


def _flood(first: bytes, piece: bytes, most: int) -> _Play:
    """Send the first bytes, and then so many bytes of the same piece, as fast as they go."""
    block = piece * max(1, _BLOCK // len(piece))

    def play(connection: Connection, _: threading.Event) -> int:
        connection.read_until(b"\r\n\r\n")
        sent = 0
        try:
            connection.send(first)
            while sent < most:
                connection.send(block)
                sent += len(block)
        except ConnectionError:
            pass
        return sent

    return play


def _attacks(dice: random.Random) -> list[_Attack]:
    """Return every attack; the dice say how far a drip comes at once."""
    head = _UPGRADE + b"Upgrade: websocket\r\nX-Y: "
    start = dice.randrange(len(head))
    filler = b"z" * 1_000
    record = b"\x16\x03\x03\x02\x00\x02\x00\x01\xfc\x03\x03"
    slow = [
        _Attack(name="nothing", play=_silence, told=DeadlineExceeded),
        _Attack(
            name="a byte every 0.5 s",
            play=_drip(head[:start], head[start:] + filler),
            told=DeadlineExceeded,
        ),
        _Attack(
            name="a byte of a header every 0.5 s",
            play=_drip(head + filler, filler),
            told=DeadlineExceeded,
        ),
        _Attack(name="nothing, in TLS", play=_silence, told=DeadlineExceeded, scheme="wss"),
        _Attack(
            name="a byte every 0.5 s, in TLS",
            play=_drip(record, b"\0" * 500, request=False),
            told=DeadlineExceeded,
            scheme="wss",
        ),
    ]
    hundred_mb, redirect = 100_000_000, b"HTTP/1.1 302 Found\r\nLocation: /ws\r\n\r\n"
    quick: list[tuple[str, _Play, type[SixmmError]]] = [
        ("a header of 100 MB", _flood(head, b"y", hundred_mb), ProtocolViolation),
        ("a status line of 100 MB", _flood(b"HTTP/1.1 101 ", b"y", hundred_mb), ProtocolViolation),
        ("100,000 headers", _flood(_UPGRADE, b"X-Y: z\r\n", 800_000), ProtocolViolation),
        ("101 without end", _flood(b"", _UPGRADE + b"\r\n", hundred_mb), ProtocolViolation),
        (
            "100 without end",
            _flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n", hundred_mb),
            HandshakeRefused,
        ),
        ("redirects without end", _flood(b"", redirect, hundred_mb), HandshakeRefused),
        (
            "a page of 100 MB",
            _flood(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n", b"y", hundred_mb),
            HandshakeRefused,
        ),
        ("no HTTP", _flood(b"", b"\0", hundred_mb), ProtocolViolation),
    ]
    return [*slow, *(_Attack(name=name, play=play, told=told) for name, play, told in quick)]


def _run(round_: Round) -> list[Finding]:
    """Dial into every attack, again and again, in one process whose memory is watched."""
    rounds = round_.pick(full=10, short=1)
    dice = random.Random(round_.seed)
    transport = WebSocketClientTransport(verify=False)
    longest = round_.pick(full=20, short=6) / 10
    warm = _Sums()
    for attack in _attacks(dice):
        _meet(attack, transport, 0.05 if attack.is_slow else _PATIENT, warm)
    sums, count = _Sums(), 0
    with Gain() as gain, Held() as held:
        for _ in range(rounds):
            attacks = _attacks(dice)
            dice.shuffle(attacks)
            for attack in attacks:
                timeout = dice.uniform(longest / 2, longest) if attack.is_slow else _PATIENT
                _meet(attack, transport, timeout, sums)
            count += len(attacks)
    transport.close()
    return _findings(sums, count, rounds, gain, held)


def _meet(
    attack: _Attack, transport: WebSocketClientTransport, timeout: float, sums: _Sums
) -> None:
    """Dial into one attack, and note how and when that ended."""
    sent: list[int] = []

    def script(connection: Connection) -> None:
        sent.append(attack.play(connection, server.stopping))

    with Server(script) as server:
        url = f"{attack.scheme}://127.0.0.1:{server.port}/ws"
        started = time.monotonic()
        try:
            transport.dial(url, deadline=Deadline(timeout)).abort()
            told = "a link"
        except SixmmError as error:
            told = type(error).__name__
        seconds = time.monotonic() - started
        connections = server.connections
    sums.ends[told] += 1
    sums.connections += connections
    sums.sent += sum(sent)
    (sums.late if attack.is_slow else sums.refused_after).append(
        seconds - timeout if attack.is_slow else seconds
    )
    if told != attack.told.__name__:
        sums.wrong.append(f"{attack.name}: {told} after {seconds:.2f} s")


def _findings(sums: _Sums, count: int, rounds: int, gain: Gain, held: Held) -> list[Finding]:
    return [
        at_least("upgrades", count, 13 * rounds),
        exactly("that ended with another error than theirs", len(sums.wrong), 0, str(sums.wrong)),
        at_most("latest end after a deadline, in s", max(sums.late), _SLACK, "s"),
        at_most("slowest refusal, in s", max(sums.refused_after), _PATIENT, "s"),
        at_most("memory held at its most, in MiB", held.mib, 5.0, "MiB"),
        exactly("connections beyond one each", sums.connections - count, 0),
        noted("MiB that the process grew by", gain.mib),
        noted("MiB that the servers got rid of", sums.sent / MIB),
        *(noted(f"ended by {told}", number) for told, number in sorted(sums.ends.items())),
    ]


ROWS = (
    Row(
        name="handshakes",
        hazards=("A7",),
        shows="130 upgrades by servers that are silent or send a byte every 0.5 s, also in TLS, "
        "or whose answer has a header of 100 MB, 100,000 headers, a page, or no end",
        run=_run,
        full_s=300.0,
    ),
)
