"""D6: sixteen threads with one client: each gets its own answers, and no frame is mixed."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable

import attrs

from sixmm import Client, Disconnected, SixmmError
from sixmm.clock import Deadline
from sixmm.sim.engine.candles import INTERVALS
from sixmm.sim.engine.symbols import resolve_symbols
from sixmm.transport import WebSocketClientTransport
from sixmm.transport.frames import CLOSE, PING, TEXT
from tests.transport.servers import Connection, Server, accept_upgrade, read_frame

from ..floor import DEADLINE, floor
from ..recorder import Recorder
from ..row import Finding, Round, Row, at_least, exactly, noted

__all__ = ["ROWS"]

_THREADS = 16
_LONGEST = 3_000
"""Characters of a message; some are longer than what a frame says in 7 bits."""


@attrs.define
class _Sums:
    calls: Counter[str] = attrs.field(factory=Counter)
    wrong: list[str] = attrs.field(factory=list)
    lock: threading.Lock = attrs.field(factory=threading.Lock)

    def take(self, kind: str, fault: str | None = None) -> None:
        """Count one call."""
        with self.lock:
            self.calls[kind] += 1
            if fault is not None:
                self.wrong.append(fault)


def _run(round_: Round) -> list[Finding]:
    """Call everything that can be told apart, then send messages that the peer looks at."""
    calls = round_.pick(full=1_000, short=40)
    sums = _Sums()
    with floor(seed=round_.seed) as place:
        with place.client(rest_timeout=DEADLINE) as client:
            recorder = Recorder(client)
            client.wait_live(DEADLINE)
            client.orders.refresh_rules()
            _together(lambda number: _call(client, number, calls, round_.seed, sums))
            links = client.stats().connects
            ends = len(recorder.of(Disconnected))
        recorder.join(DEADLINE)
        rows = place.exchange.truth(place.account)["orders"].values()
    named = Counter(row["clientOrderId"] for row in rows)
    messages = round_.pick(full=1_000, short=100)
    wire = _send_all(messages, round_.seed)
    return [
        at_least("calls", sum(sums.calls.values()), _THREADS * calls),
        exactly("answers that are not the caller's", len(sums.wrong), 0, str(sums.wrong[:5])),
        exactly("orders at the exchange", sum(named.values()), sums.calls["place"]),
        exactly("orders placed twice", sum(count > 1 for count in named.values()), 0),
        exactly("links lost", ends + links - 1, 0),
        exactly("messages on a wire of their own", wire.right, _THREADS * messages),
        exactly("frames that are torn, mixed or in disorder", len(wire.wrong), 0, str(wire.wrong)),
        *(noted(f"calls of {kind}", count) for kind, count in sorted(sums.calls.items())),
        noted("pings between those messages", wire.pings),
    ]


def _together(act: Callable[[int], None]) -> None:
    """Have each thread do its part, from the same moment on."""
    start = threading.Barrier(_THREADS)
    failures: list[BaseException] = []

    def run(number: int) -> None:
        start.wait(DEADLINE)
        try:
            act(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(n,), name="caller") for n in range(_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20 * DEADLINE)
        assert not thread.is_alive(), "a call hangs"
    if failures:
        raise failures[0]


def _call(client: Client, number: int, calls: int, seed: int, sums: _Sums) -> None:
    """Make calls whose answers tell whose they are."""
    dice = random.Random(seed * 1_000 + number)
    symbols = [spec.symbol for spec in resolve_symbols(None)]
    # A pair of symbol and candle that no other thread asks for.
    row, column = divmod(number, len(symbols))
    symbol, interval = symbols[column], list(INTERVALS)[row]
    caller = _Caller(client, f"thread-{number}", f"market.kline.{symbol}.{interval}")
    for count in range(calls):
        kind, act = dice.choices(caller.acts, weights=(3, 3, 2, 2))[0]
        try:
            sums.take(kind, act(count))
        except SixmmError as error:
            sums.take(kind, f"{caller.name} {count} {kind}: {error!r}")


class _Caller:
    """One thread's calls; each returns what is wrong with its answer, or None."""

    def __init__(self, client: Client, name: str, topic: str) -> None:
        self.name = name
        self.acts: list[tuple[str, Callable[[int], str | None]]] = [
            ("ping", self._ping),
            ("subscribe", self._subscribe),
            ("place", self._place),
            ("look", self._look),
        ]
        self._client = client
        self._topic = topic
        self._is_subscribed = False
        self._orders: list[tuple[str, str]] = []

    def _ping(self, _: int) -> str | None:
        seconds = self._client.ping(DEADLINE)
        return None if 0 <= seconds < DEADLINE else f"{self.name}: {seconds} s"

    def _subscribe(self, _: int) -> str | None:
        """Want a topic that nobody else wants, or want it no more."""
        if self._is_subscribed:
            self._client.unsubscribe(self._topic, timeout=DEADLINE)
        else:
            self._client.subscribe(self._topic, timeout=DEADLINE)
        self._is_subscribed = not self._is_subscribed
        is_there = self._topic in self._client.stats().topics
        return None if is_there == self._is_subscribed else f"{self.name}: {self._topic}"

    def _place(self, count: int) -> str | None:
        wanted = f"{self.name}-{count}"
        placed = self._client.orders.place(
            symbol="BTCUSDT",
            side="BUY",
            price=50_000 + count % 100,
            quantity="0.001",
            client_order_id=wanted,
        )
        self._orders.append((wanted, placed.order_id))
        told = placed.client_order_id
        return None if told == wanted else f"{self.name}: {wanted} is {told}"

    def _look(self, count: int) -> str | None:
        """Ask for an order of this thread: another one's would have another name."""
        if not self._orders:
            return self._ping(count)
        wanted, order_id = self._orders[count % len(self._orders)]
        found = self._client.orders.get("BTCUSDT", client_order_id=wanted)
        told = (found.client_order_id, found.order_id)
        return None if told == (wanted, order_id) else f"{self.name}: {wanted} is {told}"


@attrs.define
class _Wire:
    right: int = 0
    pings: int = 0
    wrong: list[str] = attrs.field(factory=list)
    last: dict[int, int] = attrs.field(factory=dict)

    def take(self, opcode: int, payload: bytes, seed: int) -> None:
        """Look at one frame: it is whole, and the next one of its thread."""
        if opcode == PING:
            self.pings += 1
            return
        number, count = (int(part) for part in payload[:20].split()[:2])
        if opcode == TEXT and payload == _message(number, count, seed).encode():
            in_order = self.last.get(number, -1) == count - 1
            self.last[number] = count
            if in_order:
                self.right += 1
                return
        self.wrong.append(f"{opcode}: {payload[:60]!r}")


def _message(number: int, count: int, seed: int) -> str:
    dice = random.Random(f"{seed} {number} {count}")
    return f"{number:2} {count:6} " + chr(97 + number) * dice.randint(0, _LONGEST)


def _send_all(messages: int, seed: int) -> _Wire:
    """Send from all threads on one link, with pings in between; return what has arrived."""
    wire = _Wire()

    def script(connection: Connection) -> None:
        accept_upgrade(connection)
        while True:
            opcode, payload = read_frame(connection)
            if opcode == CLOSE:
                return
            wire.take(opcode, payload, seed)

    transport = WebSocketClientTransport()
    with Server(script) as server:
        link = transport.dial(f"ws://127.0.0.1:{server.port}/ws", deadline=Deadline(DEADLINE))

        def send(number: int) -> None:
            for count in range(messages):
                link.send(_message(number, count, seed), deadline=Deadline(DEADLINE))
                if count % 10 == 0:
                    link.ping(b"between", deadline=Deadline(DEADLINE))

        _together(send)
        link.close(deadline=Deadline(DEADLINE))
        # The server hangs up once it has read everything.
        try:
            link.receive(deadline=Deadline(DEADLINE))
        except SixmmError:
            link.abort()
    transport.close()
    return wire


ROWS = (
    Row(
        name="threads",
        hazards=("D6",),
        shows="16 threads with 1,000 calls each on one client: pings, subscriptions, orders and "
        "questions about them, each of which has an answer of its own; and 1,000 messages each on "
        "one link whose peer looks at every frame",
        run=_run,
        full_s=900.0,
    ),
)
