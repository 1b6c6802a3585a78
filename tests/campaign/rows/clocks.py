"""A13: clocks that are set, that jump, and that stand still while the machine sleeps."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping

import attrs

from sixmm.clock import Deadline
from sixmm.errors import ConnectionClosed, DeadlineExceeded, SixmmError
from sixmm.redaction import Secret
from sixmm.rest import RestSession
from sixmm.stream.connection import Connection
from sixmm.stream.desk import RequestDesk
from sixmm.stream.inbox import Inbox
from sixmm.stream.options import SessionOptions
from sixmm.stream.shared import Shared
from sixmm.stream.sync import AccountSync
from sixmm.stream.timer import Schedule
from sixmm.transport.base import HttpRequest, HttpResponse, HttpTransport, WsLink
from sixmm.venues.base import Auth, Call, Credentials
from tests.model.scripted import ScriptedClock
from tests.stream.fakes import REST_URL, FakeVenue, answer, refusal

from ..row import Finding, Round, Row, at_least, at_most, exactly, noted

__all__ = ["JUMPS", "ROWS", "Machine"]

_HOUR_MS = 3_600_000
_TOLERANCE_MS = 10_000
_READ = Call(operation="read", method="GET", path="/read", auth=Auth.ACCOUNT)
_WRITE = Call(operation="write", method="POST", path="/write", auth=Auth.ACCOUNT, writes=True)
_NUMBERS = itertools.count()

JUMPS: Mapping[str, Callable[[ScriptedClock], None]] = {
    "wall clock + 1 h": lambda clock: clock.step_wall(_HOUR_MS),
    "wall clock - 1 h": lambda clock: clock.step_wall(-_HOUR_MS),
    "monotonic clock + 1 h": lambda clock: clock.jump(_HOUR_MS),
    "sleep of 1 h": lambda clock: clock.suspend(_HOUR_MS),
    "an hour in which nothing ran": lambda clock: clock.advance(_HOUR_MS),
}


@attrs.define
class _Counts:
    readings: int = 0
    refused: int = 0
    accepted: int = 0
    last: list[int] = attrs.field(factory=list)
    """The timestamps that were accepted."""


class _Exchange(HttpTransport):
    """Refuses a timestamp that is off by more than ten seconds (rule 38)."""

    def __init__(self, clock: ScriptedClock) -> None:
        self._clock = clock
        self.counts = _Counts()

    def send(self, request: HttpRequest, *, deadline: Deadline) -> HttpResponse:  # noqa: ARG002
        counts = self.counts
        self._clock.advance(20)
        if request.url.endswith("/time"):
            counts.readings += 1
            reply = answer(self._clock.true_ms)
        else:
            sent_ms = int(request.headers["X-Time"])
            is_off = abs(sent_ms - self._clock.true_ms) > _TOLERANCE_MS
            counts.refused += is_off
            counts.accepted += not is_off
            if not is_off:
                counts.last.append(sent_ms)
            reply = refusal(1003, "Timestamp is off") if is_off else answer("done")
        self._clock.advance(20)
        return reply

    def close(self) -> None:
        """Do nothing."""


class Machine:
    """A client's clocks, its REST session, its timer's schedule and a link, without threads."""

    def __init__(self) -> None:
        self.clock = ScriptedClock()
        self.exchange = _Exchange(self.clock)
        self.pings = 0
        venue = FakeVenue()
        self.rest = RestSession(
            venue=venue,
            http=self.exchange,
            rest_url=REST_URL,
            # Clients of one key would share their timestamps.
            credentials=Credentials(api_key=Secret(f"key {next(_NUMBERS)}")),
            clock=self.clock,
            wait=lambda seconds: self.clock.advance(round(seconds * 1_000)),
        )
        self._shared = Shared(
            venue=venue,
            rest=self.rest,
            inbox=Inbox(clock=self.clock),
            desk=RequestDesk(venue, clock=self.clock),
            options=SessionOptions(),
            clock=self.clock,
            private=False,
        )
        self._schedule = Schedule()
        interval = self._shared.options.ping_interval
        assert interval is not None
        self._schedule.put(
            "ping", self.clock.monotonic() + interval, self._count_ping, interval=interval
        )

    def _count_ping(self) -> None:
        self.pings += 1

    def run_timer(self) -> None:
        """Do what is due, as the timer thread does."""
        for _, action in self._schedule.pop_due(self.clock.monotonic()):
            action()

    def serve(self, jump: Callable[[ScriptedClock], None]) -> tuple[int, bool]:
        """Serve a link whose clocks jump once; return the pings on it, and whether it was given up.

        It brings something after the jump, as a link that works does.
        """
        link = _JumpingLink(self.clock, jump)
        connection = Connection(self._shared, link, sync=AccountSync(self._shared), number=1)
        try:
            connection.serve()
        except DeadlineExceeded:
            return link.pings, True
        except ConnectionClosed:
            return link.pings, False
        raise AssertionError("a link is served until it ends")


class _JumpingLink(WsLink):
    """Brings something each second; once its wait is ended by a jump of the clocks."""

    def __init__(self, clock: ScriptedClock, jump: Callable[[ScriptedClock], None]) -> None:
        self._clock = clock
        self._jump: Callable[[ScriptedClock], None] | None = jump
        self._left = 20
        self.pings = 0

    def receive(self, *, deadline: Deadline) -> list[bytes]:
        self._left -= 1
        if not self._left:
            raise ConnectionClosed(reason="over", by="remote")
        self._clock.advance(1_000)
        if self._jump is not None and self._left < 15:
            self._jump, jump = None, self._jump
            jump(self._clock)
            if deadline.expired:
                raise DeadlineExceeded("nothing came")
        return [b'{"market": "market.x", "value": 1}']

    def send(self, message: str, *, deadline: Deadline) -> None:  # noqa: ARG002
        """Count an application ping."""
        self.pings += '"ping"' in message

    def ping(self, payload: bytes, *, deadline: Deadline) -> None:
        """Do nothing: it goes with the application ping."""

    def close(self, *, code: int = 1000, reason: str = "", deadline: Deadline) -> None:
        """Do nothing."""

    def abort(self) -> None:
        """Do nothing."""


@attrs.define
class _Worst:
    """The most that was seen after any one jump."""

    pings: int = 0
    link_pings: int = 0
    refused: int = 0
    readings: int = 0
    off_ms: int = 0
    failed: int = 0
    writes_repeated: int = 0
    given_up: int = 0


def _jump(round_: Round) -> list[Finding]:
    """Let clocks jump by chance, with calls after each jump; and once on a link."""
    total = round_.pick(full=2_000, short=300)
    worst = _Worst()
    for number in range(total):
        _live(random.Random(f"{round_.seed}/{number}"), worst)
    served = {name: Machine().serve(jump) for name, jump in JUMPS.items()}
    worst.link_pings = max(pings for pings, _ in served.values())
    walls = [given_up for name, (_, given_up) in served.items() if name.startswith("wall")]
    return [
        at_least("machines", total, total),
        at_most("pings of the timer after a jump", worst.pings, 1),
        at_most("pings of the reader after a jump", worst.link_pings, 1),
        exactly("links given up because the wall clock was set", sum(walls), 0),
        exactly("reads that failed after a jump", worst.failed, 0),
        at_most("refused timestamps after a jump", worst.refused, 1),
        at_most("readings of the exchange's clock after a jump", worst.readings, 1),
        at_most("ms that a timestamp is off after that", worst.off_ms, 1_000),
        exactly("writes sent again because of a clock", worst.writes_repeated, 0),
        noted(
            "links given up after an hour on the monotonic clock",
            sum(map(_is_given_up, served.values())),
        ),
    ]


def _is_given_up(served: tuple[int, bool]) -> bool:
    return served[1]


def _live(dice: random.Random, worst: _Worst) -> None:
    """Let the clocks of one machine jump a few times; a call after each must be right."""
    machine = Machine()
    machine.rest.call(_READ)
    for _ in range(dice.randrange(1, 6)):
        machine.clock.advance(dice.randrange(20_000))
        machine.run_timer()
        pings = machine.pings
        JUMPS[dice.choice(list(JUMPS))](machine.clock)
        for _ in range(5):
            machine.run_timer()
        worst.pings = max(worst.pings, machine.pings - pings)
        if dice.random() < 0.3:
            _write(machine, worst)
        _read(machine, worst)


def _read(machine: Machine, worst: _Worst) -> None:
    counts = machine.exchange.counts
    refused, readings = counts.refused, counts.readings
    try:
        machine.rest.call(_READ)
    except SixmmError:
        worst.failed += 1
        return
    worst.refused = max(worst.refused, counts.refused - refused)
    worst.readings = max(worst.readings, counts.readings - readings)
    worst.off_ms = max(worst.off_ms, abs(counts.last[-1] - machine.clock.true_ms))


def _write(machine: Machine, worst: _Worst) -> None:
    """Send a write: where its timestamp is refused, it is the caller who decides."""
    counts = machine.exchange.counts
    before = counts.accepted + counts.refused
    try:
        machine.rest.call(_WRITE)
    except SixmmError:
        assert counts.refused
    worst.writes_repeated = max(
        worst.writes_repeated, counts.accepted + counts.refused - before - 1
    )


ROWS = (
    Row(
        name="clocks",
        hazards=("A13",),
        shows="2,000 machines whose wall clock is set by an hour, whose monotonic clock jumps, or "
        "which sleep; after each jump the timer runs, and a call is signed",
        run=_jump,
        full_s=120.0,
        short_s=60.0,
    ),
)
