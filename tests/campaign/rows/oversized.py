"""A8: messages that are too large: declared, in many small parts, or in some large ones."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator

import attrs

from sixmm.clock import Deadline
from sixmm.errors import ProtocolViolation, SixmmError
from sixmm.transport import WebSocketClientTransport
from sixmm.transport.frames import BINARY, CONTINUATION, TEXT
from tests.transport.servers import frame
from tests.transport.socket_peer import PeerServer, SocketPeer

from ..floor import DEADLINE
from ..gain import MIB, Gain, Held
from ..row import Finding, Round, Row, at_least, at_most, exactly, noted

__all__ = ["ROWS"]

_LIMIT = 4 * MIB
"""The largest message of a link that is made without figures."""
_ENOUGH = 64 * MIB
"""How many bytes of a frame that never ends are sent."""
_TOO_LARGE = 1009
_BLOCK = b"x" * 65_536


@attrs.frozen(kw_only=True)
class _Attack:
    name: str
    parts: Callable[[], Iterator[bytes]]
    code: int = _TOO_LARGE


@attrs.define
class _Sums:
    right: int = 0
    wrong: list[str] = attrs.field(factory=list)
    cpu: list[float] = attrs.field(factory=list)
    held: list[float] = attrs.field(factory=list)
    grown: list[float] = attrs.field(factory=list)
    offered: int = 0


def _declared(length: int, *, inside: bool = False) -> Callable[[], Iterator[bytes]]:
    """Declare a frame of so many bytes, or the next part of a message, and begin to send it."""
    start = frame(TEXT, b"a", final=False) if inside else b""
    opcode = CONTINUATION if inside else BINARY
    head = bytes((0x80 | opcode, 127)) + length.to_bytes(8, "big")

    def parts() -> Iterator[bytes]:
        yield start + head
        for _ in range(_ENOUGH // len(_BLOCK)):
            yield _BLOCK

    return parts


def _fragments(payload: bytes, count: int) -> Callable[[], Iterator[bytes]]:
    """Send a message in so many fragments that are all alike."""
    piece = frame(CONTINUATION, payload, final=False)
    together = max(1, len(_BLOCK) // len(piece))
    block = piece * together

    def parts() -> Iterator[bytes]:
        yield frame(TEXT, b"a", final=False)
        for _ in range(count // together):
            yield block

    return parts


def _large_fragments(size: int, count: int) -> Callable[[], Iterator[bytes]]:
    """Send a message in fragments of so many bytes; here they are never there as a whole."""
    head = bytes((CONTINUATION, 127)) + size.to_bytes(8, "big")

    def parts() -> Iterator[bytes]:
        yield frame(TEXT, b"a", final=False)
        for _ in range(count):
            yield head
            for _ in range(size // len(_BLOCK)):
                yield _BLOCK

    return parts


def _attacks(dice: random.Random) -> list[_Attack]:
    """Return every attack; the dice say how large the frames of two of them claim to be."""
    attacks = [
        _Attack(name="a frame of 2^63 - 1 bytes", parts=_declared(2**63 - 1)),
        # Forbidden in itself (section 5.2): the first bit of the length has to be 0.
        _Attack(name="a frame of 2^63 bytes", parts=_declared(2**63), code=1002),
        _Attack(name="a frame of 1 TiB", parts=_declared(2**40)),
        _Attack(name="a frame of one byte too many", parts=_declared(_LIMIT + 1)),
        _Attack(name="a frame of any size", parts=_declared(dice.randrange(_LIMIT + 1, 2**63))),
        _Attack(
            name="any size within a message",
            parts=_declared(dice.randrange(_LIMIT, 2**63), inside=True),
        ),
        _Attack(name="a million fragments of 1 byte", parts=_fragments(b"a", 1_000_000)),
        _Attack(name="a million empty fragments", parts=_fragments(b"", 1_000_000)),
        _Attack(name="64 fragments of 512 KiB", parts=_large_fragments(512 * 1024, 64)),
    ]
    dice.shuffle(attacks)
    return attacks


def _run(round_: Round) -> list[Finding]:
    """Have each link meet one attack, and watch by turns its memory and its thread's time."""
    rounds = round_.pick(full=20, short=2)
    dice = random.Random(round_.seed)
    transport = WebSocketClientTransport()
    server, sums, count = PeerServer(), _Sums(), 0
    with server.server:
        for attack in _attacks(dice):
            _meet(attack, transport, server, _Sums())
        for number in range(rounds):
            for attack in _attacks(dice):
                (_weigh if number % 2 else _time)(attack, transport, server, sums)
                count += 1
    transport.close()
    return [
        at_least("messages", count, 9 * rounds),
        exactly("refused by their close code, on both sides", sums.right, count, str(sums.wrong)),
        at_most("most memory held for one, in MiB", max(sums.held), 2 * _LIMIT / MIB, "MiB"),
        at_most("most seconds of the processor for one", max(sums.cpu), 1.0, "s"),
        noted("MiB that the process grew by for one, at most", max(sums.grown)),
        noted("MiB that the servers got rid of", sums.offered / MIB),
    ]


def _weigh(
    attack: _Attack, transport: WebSocketClientTransport, server: PeerServer, sums: _Sums
) -> None:
    """Meet an attack, and note what is held meanwhile; that makes it slower."""
    worked = len(sums.cpu)
    with Held() as held:
        _meet(attack, transport, server, sums)
    del sums.cpu[worked:]
    sums.held.append(held.mib)


def _time(
    attack: _Attack, transport: WebSocketClientTransport, server: PeerServer, sums: _Sums
) -> None:
    """Meet an attack, and note how long the reading thread works and how the process grows."""
    with Gain() as gain:
        _meet(attack, transport, server, sums)
    sums.grown.append(gain.mib)


def _meet(
    attack: _Attack, transport: WebSocketClientTransport, server: PeerServer, sums: _Sums
) -> None:
    """Receive what an attack sends until the link ends, and note what either side knows of that."""
    link = transport.dial(server.url, deadline=Deadline(DEADLINE))
    peer = server.next_peer()
    sent: list[int] = []
    sender = threading.Thread(target=_send, args=(peer, attack, sent), name="attack", daemon=True)
    sender.start()
    worked = time.thread_time()
    messages, told = 0, 0
    try:
        while True:
            messages += len(link.receive(deadline=Deadline(DEADLINE)))
    except ProtocolViolation as error:
        told = error.close_code
    except SixmmError:
        pass
    sums.cpu.append(time.thread_time() - worked)
    link.abort()
    sender.join(DEADLINE)
    peer.wait_gone()
    sums.offered += sum(sent)
    if (messages, told, peer.close_code) == (0, attack.code, attack.code):
        sums.right += 1
    else:
        sums.wrong.append(f"{attack.name}: {messages} messages, {told}, {peer.close_code}")


def _send(peer: SocketPeer, attack: _Attack, sent: list[int]) -> None:
    try:
        for part in attack.parts():
            peer._write(part)
            sent.append(len(part))
    except OSError:
        # The client has ended the link: that is what it is to do.
        return


ROWS = (
    Row(
        name="oversized",
        hazards=("A8", "F9"),
        shows="180 messages of a declared length up to 2^63, of a million fragments of 1 byte or "
        "of none, and of 64 fragments of 512 KiB, on links with the usual limit of 4 MiB",
        run=_run,
        full_s=300.0,
    ),
)
