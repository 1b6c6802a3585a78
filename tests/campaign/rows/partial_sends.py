"""A10: a send that fails after so many bytes; whatever was meant to follow them must not."""

from __future__ import annotations

import contextlib
import errno
import random
import threading
from collections.abc import Callable
from typing import Any

import attrs

from sixmm.clock import Deadline
from sixmm.errors import ConnectionClosed, DeadlineExceeded, SixmmError
from sixmm.transport import WebSocketClientTransport
from sixmm.transport.frames import CLOSE, PING, PONG, TEXT
from sixmm.transport.link import StreamLink
from tests.transport.servers import Connection, Server, accept_upgrade, frame
from tests.transport.test_link import frames_sent

from ..floor import DEADLINE
from ..row import Finding, Round, Row, at_least, exactly, noted

__all__ = ["ROWS"]

_BYTES = 200
_SENDERS = 3

_FAILURES: tuple[Callable[[], BaseException], ...] = (
    lambda: ConnectionResetError(errno.ECONNRESET, "reset"),
    lambda: BrokenPipeError(errno.EPIPE, "broken pipe"),
    lambda: OSError(errno.ENOBUFS, "no buffers"),
    lambda: TimeoutError("the deadline passed"),
    lambda: KeyboardInterrupt(),
)
"""What the system, the deadline, or a person may end a send with."""


class _Breaking:
    """A stream that sends so many bytes and then fails, once; after that it would work again.

    A link that went on would therefore be seen on the wire.
    """

    def __init__(self, stream: Any, budget: int, failure: BaseException) -> None:
        self._stream = stream
        self._left = budget
        self._failure: BaseException | None = failure

    def send(self, data: bytes, deadline: Deadline) -> None:
        """Send as much as there is room for."""
        if self._failure is None or len(data) <= self._left:
            self._left -= len(data)
            self._stream.send(data, deadline)
            return
        failure, self._failure = self._failure, None
        self._stream.send(data[: self._left], deadline)
        raise failure

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@attrs.define
class _Sums:
    torn: int = 0
    corrupt: list[str] = attrs.field(factory=list)
    whole: int = 0
    """Links of which the server got every byte that was sent."""
    standing: list[str] = attrs.field(factory=list)
    frames: int = 0
    told: dict[str, int] = attrs.field(factory=dict)


def _run(round_: Round) -> list[Finding]:
    """Fail at each byte, with each failure, while three threads send and the peer pings."""
    rounds = round_.pick(full=10, short=1)
    dice = random.Random(round_.seed)
    sums, count = _Sums(), 0
    transport = WebSocketClientTransport()
    for _ in range(rounds):
        for budget in range(_BYTES):
            # Each failure meets each byte over the rounds; the seed says which one is first.
            for failure in _chosen(dice, round_):
                _meet(transport, budget, failure(), dice, sums)
                count += 1
    transport.close()
    return [
        at_least("sends that failed", count, _BYTES * rounds),
        exactly("links torn down", sums.torn, count, str(sums.standing[:5])),
        exactly("corrupt frames on the wire", len(sums.corrupt), 0, str(sums.corrupt[:5])),
        # A link that is dropped before its ping was read is reset, and a server that is slow then
        # loses the end of what it has not read yet.
        at_least("links of which every byte arrived", sums.whole, count * 9 // 10),
        at_least("whole frames before the failure", sums.frames, count // 4),
        *(noted(f"told as {name}", number) for name, number in sorted(sums.told.items())),
    ]


def _chosen(dice: random.Random, round_: Round) -> list[Callable[[], BaseException]]:
    return [dice.choice(_FAILURES)] if round_.is_short else list(_FAILURES)


def _meet(
    transport: WebSocketClientTransport,
    budget: int,
    failure: BaseException,
    dice: random.Random,
    sums: _Sums,
) -> None:
    """Send on a link until that fails, and look at every byte that the server has got."""
    got: list[bytes] = []

    def script(connection: Connection) -> None:
        accept_upgrade(connection)
        connection.send(frame(PING, b"p"))
        got.append(connection.read_to_eof())

    name = f"{type(failure).__name__} after {budget} bytes"
    with Server(script) as server:
        link = transport.dial(f"ws://127.0.0.1:{server.port}/ws", deadline=Deadline(DEADLINE))
        link._stream = _Breaking(link._stream, budget, failure)  # type: ignore[assignment]
        lengths = [dice.randint(1, 60) for _ in range(_SENDERS)]
        threads = [
            threading.Thread(target=_send, args=(link, chr(97 + number) * length, sums))
            for number, length in enumerate(lengths)
        ]
        for thread in threads:
            thread.start()
        with contextlib.suppress(SixmmError, KeyboardInterrupt):
            while True:
                link.receive(deadline=Deadline(DEADLINE))
        for thread in threads:
            thread.join(DEADLINE)
        is_torn = _is_torn(link)
        link.abort()
    sums.torn += is_torn
    if not is_torn:
        sums.standing.append(name)
    try:
        whole, rest = frames_sent(got[0])
    except AssertionError as error:
        sums.corrupt.append(f"{name}: {error}")
        return
    sums.frames += len(whole)
    texts = [(TEXT, (chr(97 + n) * length).encode()) for n, length in enumerate(lengths)]
    wrong = [one for one in whole if one not in texts and one != (PONG, b"p")]
    sums.whole += len(got[0]) == budget
    if len(got[0]) > budget or wrong or any(kind == CLOSE for kind, _ in whole):
        sums.corrupt.append(f"{name}: {len(got[0])} bytes, {wrong}, {len(rest)} at the end")


def _send(link: StreamLink, text: str, sums: _Sums) -> None:
    """Send the same again and again until it fails."""
    try:
        while True:
            link.send(text, deadline=Deadline(DEADLINE))
    except (ConnectionClosed, DeadlineExceeded, KeyboardInterrupt) as error:
        told = type(error).__name__
        sums.told[told] = sums.told.get(told, 0) + 1


def _is_torn(link: StreamLink) -> bool:
    """Whether a link that has failed takes nothing more: no message, no ping, no close frame."""
    link.close(deadline=Deadline(DEADLINE))
    for act in (
        lambda: link.send("after", deadline=Deadline(DEADLINE)),
        lambda: link.ping(b"after", deadline=Deadline(DEADLINE)),
        lambda: link.receive(deadline=Deadline(DEADLINE)),
    ):
        try:
            act()
        except ConnectionClosed:
            continue
        except SixmmError:
            return False
        return False
    return True


ROWS = (
    Row(
        name="partial-sends",
        hazards=("A10",),
        shows="10,000 links on which a send fails after 0 to 199 bytes, in five ways, while three "
        "threads send and a pong is due; the server looks at every byte that it got",
        run=_run,
        full_s=600.0,
    ),
)
