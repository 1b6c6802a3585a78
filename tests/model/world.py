"""The client's core in a world that a tape decides about: no threads, no sockets, no real time.

Everything is the client's own except its outside: the session, its connections, the comparison, the
hand-over, the inbox and the taking run as they are, in one thread. The link, the REST calls, the
clock and the disk are made here, and each of them asks the tape what happens at that moment.
"""

from __future__ import annotations

import json
import urllib.parse
from collections import deque
from collections.abc import Callable, Mapping

import attrs

from sixmm.clock import Deadline
from sixmm.errors import (
    ConnectFailed,
    ConnectionClosed,
    DeadlineExceeded,
    HttpStatusError,
    SixmmError,
    Throttled,
)
from sixmm.events import Event, Origin
from sixmm.redaction import Secret
from sixmm.rest import RestSession
from sixmm.schema_report import SchemaReport
from sixmm.state.account import PARTS
from sixmm.state.models import Facts
from sixmm.state.picture import Account
from sixmm.state.pushes import AccountPush, OrderPush
from sixmm.state.values import values_of
from sixmm.stream.desk import RequestDesk
from sixmm.stream.inbox import Inbox
from sixmm.stream.options import SessionOptions
from sixmm.stream.session import Session
from sixmm.stream.shared import Shared
from sixmm.stream.states import State, Trigger
from sixmm.stream.taking import Taker
from sixmm.transport.base import HttpRequest, HttpResponse, HttpTransport, WsLink, WsTransport
from sixmm.venues.base import Credentials
from tests.stream.fakes import REST_URL, TOPIC, WS_URL, FakeVenue, answer

from .disk import Disk, Pen, checkpoint_on
from .exchange import Logged, PlainExchange
from .given import Given
from .tape import Tape

__all__ = [
    "KINDS",
    "Kind",
    "Link",
    "PlainVenue",
    "Taken",
    "World",
    "change_account",
    "differences",
    "live_through",
]

_SYMBOLS = ("BTCUSDT", "ETHUSDT")
_ASSETS = ("USDT", "BTC")
_QUIET_MS = 200_000
"""How long nothing goes wrong at the end: the account is compared three times in it."""
_FAULTY = json.dumps({"push": TOPIC, "fault": True})
_FAILURES: tuple[Callable[[], SixmmError], ...] = (
    lambda: ConnectFailed("refused"),
    lambda: HttpStatusError("a page", http_status=502),
    lambda: HttpStatusError("a page", http_status=500),
    lambda: DeadlineExceeded("no answer"),
    lambda: Throttled("slow down", code=5003, retry_after=2.0),
)


@attrs.frozen(kw_only=True)
class Kind:
    """What may go wrong in a world."""

    name: str
    late: bool = False
    """Whether answers overtake pushes, and pushes one another, so that no fence holds."""
    fails: bool = False
    """Whether calls fail."""
    garbles: bool = False
    """Whether pushes come that nobody can read, in the place of others."""
    stops: bool = False
    """Whether the program is killed, and goes on from its checkpoint."""


KINDS = (
    Kind(name="cut"),
    Kind(name="failing calls", fails=True),
    Kind(name="garbled", garbles=True, fails=True),
    Kind(name="late", late=True),
    Kind(name="late and failing", late=True, fails=True, garbles=True),
    Kind(name="killed", stops=True),
    Kind(name="killed and failing", stops=True, fails=True),
)
"""Disconnects, repeats and calls at different moments are in all of them."""


@attrs.frozen
class Taken:
    """An event that the caller took."""

    event: Event
    run: int


class Killed(BaseException):
    """The end of a program at any moment."""


class World:
    """An exchange, a client, and what is between them.

    Args:
        tape: decides what happens.
        kind: what may happen.
        links: makes the transport of the stream; None makes one whose links are in order.
    """

    def __init__(
        self, tape: Tape, kind: Kind, *, links: Callable[[World], WsTransport] | None = None
    ) -> None:
        self.tape, self.kind = tape, kind
        self._links = (links or _Links)(self)
        self.exchange = PlainExchange(TOPIC, self._pushed)
        self.taken: list[Taken] = []
        self.wrong: list[str] = []
        """Where the picture was not the account at a moment when it had to be."""
        self.tried: dict[str, int] = dict.fromkeys(
            ("links", "cuts", "repeats", "late", "failed calls", "garbled", "kills", "changes"), 0
        )
        self.link: Link | None = None
        self.is_quiet = False
        self.run = 0
        self.forgetful: list[int] = []
        """The runs at whose beginning the disk did not have all that the run before has told."""
        self.given = Given()
        self._delivered: list[bytes] = []
        self._lost: list[bytes] = []
        self._disk = Disk() if kind.stops else None
        self._pen: Pen | None = None
        for _ in range(self.tape.pick(6)):
            self.change()
        self.begun_ms = 0
        self._log_before: int | None = None
        self._start_run()

    # The client

    def _start_run(self) -> None:
        venue, clock = PlainVenue(), _Clock(self.exchange)
        checkpoint = None
        if self._disk is not None:
            checkpoint, self._pen = checkpoint_on(self._disk)
        self.shared = Shared(
            venue=venue,
            rest=RestSession(
                venue=venue,
                http=_Calls(self),
                rest_url=REST_URL,
                credentials=Credentials(api_key=Secret("k")),
                clock=clock,
                jitter=lambda: 0.5,
                wait=self._wait,
            ),
            inbox=Inbox(clock=clock),
            desk=RequestDesk(venue, clock=clock),
            options=SessionOptions(ping_interval=None, clock_interval=None),
            clock=clock,
            private=True,
            checkpoint=checkpoint,
        )
        self._taker = Taker(self.shared, report=_NoReport())
        self.session = Session(self.shared, ws=self._links, ws_url=WS_URL)
        self.session._move(Trigger.START)

    def _wait(self, seconds: float) -> None:
        self.exchange.now_ms += round(seconds * 1_000)

    def serve_one_link(self) -> None:
        """Do what the reader thread does for one link, from the dial to its end."""
        try:
            failure = self.session._attempt()
            _, fatal = self.session._judge.decide(failure, number=self.run)
        except Killed:
            self._begin_another_run()
            return
        finally:
            self.link = None
        assert fatal is None, f"given up: {fatal!r}"
        self.session._move(Trigger.LOST)
        if self.shared.account().stale != PARTS:
            self.wrong.append("without a link a part was certain")
        for _ in range(self.tape.pick(4)):
            self.change()
        self.session._move(Trigger.RETRY)

    def take(self) -> None:
        """Take what waits for the caller."""
        for event in self._taker.events(0.0, check=_no_check):
            self.taken.append(Taken(event, self.run))

    def _begin_another_run(self) -> None:
        assert self._pen is not None
        self._delivered = []
        self.run += 1
        if self._pen.is_behind:
            self.forgetful.append(self.run)
        self.tried["kills"] += 1
        for _ in range(self.tape.pick(3)):
            self.change()
        self._start_run()

    @property
    def picture(self) -> Account:
        """What the client shows of the account."""
        return self.shared.account()

    def begin(self) -> None:
        """Note that the client knows the account, and has to tell what happens from now on."""
        if self._log_before is None:
            self.begun_ms, self._log_before = self.exchange.now_ms, len(self.exchange.log)
            self._lost.clear()

    @property
    def pushed(self) -> list[Logged]:
        """What was pushed, or would have been, since the client was started."""
        return self.exchange.log[self._log_before :]

    # What happens meanwhile

    def happen(self) -> None:
        """Let the tape decide what happens at this moment, outside of the client."""
        if self.is_quiet or self.tape.is_over:
            return
        for _ in range(self.tape.pick(3)):
            self.change()
        act = self.tape.choose(_ACTS)
        act(self)

    def change(self) -> None:
        """Change the account."""
        self.tried["changes"] += 1
        change_account(self.exchange, self.tape)

    def _pushed(self, logged: Logged) -> None:
        link = self.link
        if link is None or link.is_dead:
            self._lost.append(logged.text.encode())
            return
        text = logged.text
        if self.kind.garbles and not self.is_quiet and self.tape.pick(6) == 1:
            self.tried["garbled"] += 1
            text = _FAULTY
        link.queue.append(text.encode())

    def deliver(self, message: bytes) -> None:
        """Note that the client is given a message."""
        self._delivered.append(message)
        self.given.push(message.decode())

    def cut(self, link: Link) -> None:
        """End a link; what is on it may still arrive in part, and the rest is lost."""
        self.tried["cuts"] += 1
        kept = self.tape.pick(len(link.queue) + 1)
        while len(link.queue) > kept:
            self._lost.append(link.queue.pop())
        link.is_dead = True

    def compare(self) -> None:
        """Note where the picture is not the account; nothing may be on its way."""
        found = differences(self.picture, self.exchange, begun_ms=self.begun_ms)
        self.wrong += [f"differs: {text}" for text in found]


def change_account(exchange: PlainExchange, tape: Tape) -> None:
    """Change an account in the way that a tape decides."""
    name = tape.choose(
        ("balance", "place", "rest", "fill", "fill", "sweep", "cancel", "amend", "position")
    )
    ids = list(exchange.orders)
    if name == "balance":
        exchange.set_balance(tape.choose(_ASSETS), tape.pick(6))
    elif name == "position":
        exchange.set_position(tape.choose(_SYMBOLS), tape.pick(4))
    elif name == "place" or not ids:
        exchange.place(tape.pick(6) + 1, tape.choose(_SYMBOLS))
    elif name == "rest":
        exchange.rest(tape.choose(ids))
    elif name == "fill":
        exchange.fill(tape.choose(ids), tape.pick(3) + 1)
    elif name == "sweep":
        exchange.fill(tape.choose(ids), *[1] * (tape.pick(3) + 1))
    elif name == "cancel":
        exchange.cancel(tape.choose(ids))
    else:
        exchange.amend(tape.choose(ids), 100 + tape.pick(6), tape.pick(2))


def differences(picture: Account, exchange: PlainExchange, *, begun_ms: int) -> list[str]:
    """Say how a picture differs from the account; what ended before the start may be missing."""
    found = list(map(str, picture.stale))
    for order_id, row in exchange.orders.items():
        order = picture.orders.get(order_id)
        mine = order and (
            order.status,
            order.rank,
            order.price,
            order.quantity,
            order.executed_quantity,
            order.updated_at_ms,
        )
        names = ("status", "rank", "price", "quantity", "executed_quantity", "updated_at_ms")
        true = tuple(row[name] for name in names)
        is_old = row["rank"] == 3 and row["updated_at_ms"] <= begun_ms
        if mine != true and not (mine is None and is_old):
            found.append(f"{order_id} is {mine}, and truly {true}")
    found += [f"{key} never was" for key in picture.orders if key not in exchange.orders]
    known = {fill.fill_id for fill in picture.fills}
    true_fills = {row["fill_id"]: row["time_ms"] > begun_ms for row in exchange.fills}
    missing = [key for key, is_new in true_fills.items() if is_new and key not in known]
    found += [f"{key} is missing" for key in missing]
    found += [f"{key} never was" for key in known if key not in true_fills]
    balances = {key: (row.wallet, row.frozen) for key, row in picture.balances.items()}
    if balances != {k: (row["wallet"], row["frozen"]) for k, row in exchange.balances.items()}:
        found.append(f"balances are {balances}")
    positions = {key: row.quantity for key, row in picture.positions.items()}
    if positions != {key: row["quantity"] for key, row in exchange.positions.items()}:
        found.append(f"positions are {positions}")
    return found


def live_through(numbers: list[int], kind: Kind) -> World:
    """Return a world that has lived through a tape, and then in peace until all must be well."""
    world = World(Tape(numbers), kind)
    while not world.tape.is_over:
        world.serve_one_link()
    world.is_quiet = True
    world.serve_one_link()
    world.take()
    return world


# The acts


def _nothing(_: World) -> None:
    """Let nothing happen."""


def _take(world: World) -> None:
    world.take()


def _repeat(world: World) -> None:
    """Push something again that has reached this client, or is on its way on this link."""
    link = world.link
    if link is None or link.is_dead:
        return
    pushed = [*world._delivered, *link.pushes]
    if pushed:
        world.tried["repeats"] += 1
        link.queue.append(pushed[-1 - world.tape.pick(len(pushed))])


def _pass(world: World) -> None:
    """Let time pass, though not while an answer is waited for: that would end the waiting."""
    if world.link is None or not world.link.is_asked:
        world.exchange.now_ms += world.tape.choose((4_000, 9_000, 20_000))


def _cut(world: World) -> None:
    if world.link is not None and not world.link.is_dead:
        world.cut(world.link)


def _kill(world: World) -> None:
    """Kill the program: nothing is written from here on."""
    checkpoint = world.shared.checkpoint
    if checkpoint is not None and world.tape.pick(3) == 1:
        checkpoint._closed = True
        raise Killed


def _write(world: World) -> None:
    if world._pen is not None:
        world._pen.write_all()


def _belated(world: World) -> None:
    """Push something now that was lost with an earlier link, or change the order on the wire."""
    link = world.link
    if not world.kind.late or link is None or link.is_dead:
        return
    world.tried["late"] += 1
    if len(link.queue) > 1 and world.tape.pick(2):
        at = world.tape.pick(len(link.queue) - 1)
        link.queue[at], link.queue[at + 1] = link.queue[at + 1], link.queue[at]
    elif world._lost:
        link.queue.append(world._lost[world.tape.pick(len(world._lost))])


_ACTS = (
    *(_nothing, _nothing, _take, _take, _repeat, _repeat),
    *(_pass, _cut, _kill, _write, _belated, _belated),
)
"""What may happen, as often as it is named; the first is harmless."""


# The outside


class _Clock:
    """The clock of the client's machine, which is as exact as the exchange's."""

    def __init__(self, exchange: PlainExchange) -> None:
        self._exchange = exchange

    def monotonic(self) -> float:
        return self._exchange.now_ms / 1_000.0

    def time_ms(self) -> int:
        return self._exchange.now_ms


class Link(WsLink):
    """One link: what is on its way to the client, in order."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.queue: deque[bytes] = deque([b'{"login": true}'])
        self.is_dead = False
        self._awaited: set[str] = set()
        self._quiet_until_ms: int | None = None

    @property
    def is_asked(self) -> bool:
        """Whether an answer is on its way."""
        return bool(self._awaited)

    @property
    def pushes(self) -> list[bytes]:
        """What is on its way and tells of the account."""
        return [message for message in self.queue if b'"push"' in message]

    def receive(self, *, deadline: Deadline) -> list[bytes]:
        """Return some of what is on its way, after whatever happens before that."""
        world = self._world
        self._look(deadline)
        world.happen()
        if self.is_dead and not self.queue:
            raise ConnectionClosed(code=1006, reason="cut", by="remote")
        count = len(self.queue) - world.tape.pick(len(self.queue) + 1)
        if not count:
            return self._wait(deadline)
        return [self._arrived(self.queue.popleft()) for _ in range(count)]

    def _arrived(self, message: bytes) -> bytes:
        if b'"reply"' in message:
            request_id = json.loads(message)["reply"]
            self._awaited.discard(request_id)
            self.last_pong = request_id.encode()
        elif b'"push"' in message:
            self._world.deliver(message)
        return message

    def _wait(self, deadline: Deadline) -> list[bytes]:
        """Let time pass where nothing arrives: until the deadline, or a moment."""
        world, left = self._world, deadline.remaining()
        if left == 0.0:
            raise DeadlineExceeded("nothing came")
        if self.queue:
            world.exchange.now_ms += 1
            return []
        if world.tape.is_over:
            self._end_in_peace()
        assert left is not None
        world.exchange.now_ms += int(left * 1_000) + 1
        raise DeadlineExceeded("nothing came")

    def _end_in_peace(self) -> None:
        """End a link on which nothing happens any more; the last one after a long time."""
        now_ms = self._world.exchange.now_ms
        self._quiet_until_ms = self._quiet_until_ms or now_ms + _QUIET_MS
        is_served = self._world.session.state is State.LIVE and not self.is_asked
        if is_served and (not self._world.is_quiet or now_ms >= self._quiet_until_ms):
            if self._world.is_quiet:
                self._world.compare()
            self.is_dead = True
            raise ConnectionClosed(code=1006, reason="over", by="remote")

    def _look(self, deadline: Deadline) -> None:
        """Compare where everything has arrived, and the client says that it is certain."""
        world = self._world
        is_served = world.session.state is State.LIVE and deadline.remaining() != 0.0
        has_all = not (self.queue or self.is_asked or world.kind.late or self.is_dead)
        if is_served and has_all and not world.picture.stale:
            world.compare()

    def send(self, message: str, *, deadline: Deadline) -> None:  # noqa: ARG002
        """Answer a request behind what is on its way, or before it where the world is late."""
        if self.is_dead:
            raise ConnectionClosed(reason="cut", by="remote")
        request_id = json.loads(message)["id"]
        self._awaited.add(request_id)
        reply = json.dumps({"reply": request_id}).encode()
        if self._world.kind.late and self._world.tape.pick(2):
            self.queue.appendleft(reply)
        else:
            self.queue.append(reply)

    def ping(self, payload: bytes, *, deadline: Deadline) -> None:
        """Do nothing: the reply to the request is the answer."""

    def close(
        self,
        *,
        code: int = 1000,  # noqa: ARG002
        reason: str = "",  # noqa: ARG002
        deadline: Deadline,  # noqa: ARG002
    ) -> None:
        """End the link."""
        self.abort()

    def abort(self) -> None:
        """End the link, with everything that is on it."""
        while self.queue:
            self._world._lost.append(self.queue.pop())
        self.is_dead = True


class _Links(WsTransport):
    def __init__(self, world: World) -> None:
        self._world = world

    def dial(
        self,
        url: str,  # noqa: ARG002
        *,
        headers: Mapping[str, str] | None = None,  # noqa: ARG002
        deadline: Deadline,  # noqa: ARG002
    ) -> WsLink:
        self._world.happen()
        self._world.begin()
        self._world.tried["links"] += 1
        self._world.link = Link(self._world)
        return self._world.link

    def close(self) -> None:
        """Do nothing."""


class _Calls(HttpTransport):
    """REST, with whatever happens before and after the moment of each answer."""

    def __init__(self, world: World) -> None:
        self._world = world

    def send(self, request: HttpRequest, *, deadline: Deadline) -> HttpResponse:  # noqa: ARG002
        world = self._world
        world.happen()
        parts = urllib.parse.urlsplit(request.url)
        reply = world.exchange.answer(parts.path, dict(urllib.parse.parse_qsl(parts.query)))
        answered_ms = world.exchange.now_ms
        world.happen()
        may_fail = world.kind.fails and not world.is_quiet and request.method == "GET"
        if may_fail and parts.path != "/time" and world.tape.pick(6) == 1:
            world.tried["failed calls"] += 1
            raise world.tape.choose(_FAILURES)()
        world.given.answer(parts.path, reply, answered_ms)
        return answer(reply)

    def close(self) -> None:
        """Do nothing."""


class PlainVenue(FakeVenue):
    """The venue of the tests, whose facts come as a real venue gives them."""

    def facts(self, event: Event) -> Facts | None:
        """Return the facts of a push as tuples, and with its text."""
        facts = super().facts(event)
        if facts is None or event.origin is not Origin.STREAM:
            return facts
        if facts.orders:
            fill = values_of(facts.fills[0]) if facts.fills else None
            return OrderPush(facts.ts_ms, event.raw, values_of(facts.orders[0]), fill)
        positions = [values_of(row) for row in facts.positions]
        balances = [values_of(row) for row in facts.balances]
        return AccountPush(facts.ts_ms, event.raw, positions, balances)


class _NoReport(SchemaReport):
    """Looks at nothing: what the schema does not name is none of this."""

    def look(self, event: Event) -> None:
        """Do nothing."""


def _no_check() -> None:
    """Check nothing."""
