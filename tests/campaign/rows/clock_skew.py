"""C6: a local clock that is wrong, and an exchange that is far away, more so one way."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import attrs

from sixmm import SixmmError
from sixmm.clock import ManualClock
from sixmm.errors import AuthenticationError
from sixmm.redaction import Secret
from sixmm.rest import RestSession
from sixmm.sim.core import Core
from sixmm.sim.credentials import ApiKey
from sixmm.sim.engine.symbols import resolve_symbols
from sixmm.sim.hub import encode
from sixmm.sim.rest import Call, answer
from sixmm.transport.base import HttpRequest, HttpResponse
from sixmm.transport.memory import MemoryHttp
from sixmm.venues.base import Credentials
from sixmm.venues.sixmm import SixmmVenue, calls
from sixmm.venues.sixmm.order_forms import NewOrder
from tests.faults.proxy import Weather

from ..floor import floor
from ..row import Finding, Round, Row, at_least, at_most, exactly, noted

__all__ = ["ROWS"]

_HOUR_MS = 3_600_000
_LONGEST_LEG = 3.0
"""Seconds that a request, or a reply, is on its way at most."""
_URL = "https://exchange.test"
_NOW_MS = 1_771_047_000_000


class _Far:
    """An exchange without a socket, far away, whose clock and distance a dice decides.

    It checks signatures and timestamps as the embedded exchange does, because it is that one.
    """

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        # What is measured in seconds is true; what the wall of this machine shows is not.
        skew_ms = dice.randint(-_HOUR_MS, _HOUR_MS)
        self.clock = ManualClock(time_ms=_NOW_MS + skew_ms)
        self._began = self.clock.monotonic()
        self.core = Core(
            resolve_symbols(None),
            seed=dice.getrandbits(32),
            listen_key_life_ms=_HOUR_MS,
            access_token_life_s=3_600,
            clock_ms=self.true_ms,
        )
        with self.core.transaction() as engine:
            account = engine.open_account("a")
            engine.deposit(account, Decimal(1_000_000), self.true_ms())
        self._key = ApiKey.make(account.user_id, 3, ())
        with self.core.transaction():
            self.core.keys.add(self._key, label="a", now_ms=self.true_ms())
        self.asked: list[tuple[str, int]] = []
        """The path of each request, and the code that it was answered with."""
        self.round_trip = 0.0
        """Seconds that the last request and its reply took together."""

    def true_ms(self) -> int:
        """Return what a clock says that is right."""
        return _NOW_MS + round((self.clock.monotonic() - self._began) * 1_000)

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Let time pass on the way there and on the way back."""
        there, back = (self._dice.uniform(0.0, _LONGEST_LEG) for _ in range(2))
        if self._dice.random() < 0.3:
            # All of it one way: the worst for a clock that is read by the midpoint.
            there, back = self._dice.choice(((there + back, 0.0), (0.0, there + back)))
            there, back = min(there, _LONGEST_LEG), min(back, _LONGEST_LEG)
        self.clock.advance(there)
        path, _, query = request.url.removeprefix(_URL).partition("?")
        call = Call(
            method=request.method,
            path=path,
            raw_query=query,
            body=request.body or b"",
            headers={name.lower(): value for name, value in request.headers.items()},
        )
        reply = answer(self.core, call)
        self.asked.append((path, int(reply.code)))
        self.clock.advance(back)
        self.round_trip = there + back
        body = encode(reply.envelope("r")).encode()
        return HttpResponse(status=reply.status, body=body)

    @contextmanager
    def session(self) -> Iterator[RestSession]:
        """Give a session that knows nothing of the exchange's clock."""
        credentials = Credentials(
            api_key=Secret(self._key.api_key), api_secret=Secret(self._key.api_secret)
        )
        http = MemoryHttp(self.handle)
        session = RestSession(
            venue=SixmmVenue(),
            http=http,
            rest_url=_URL,
            credentials=credentials,
            clock=self.clock,
            timeout=60.0,
            wait=self.clock.advance,
        )
        yield session
        session.close()

    def jump(self) -> None:
        """Move the exchange's clock so far that no timestamp of before is accepted."""
        far_ms = self._dice.choice((-1, 1)) * self._dice.randint(60_000, _HOUR_MS)
        with self.core.transaction():
            self.core.faults.skew_ms += far_ms

    def told_ms(self) -> int:
        """Return what the exchange's clock says."""
        return self.core.now_ms()

    def count(self, path: str) -> int:
        """Return how often a path was asked for."""
        return sum(asked == path for asked, _ in self.asked)


@attrs.define
class _Sums:
    first_accepted: int = 0
    readings: int = 0
    most_error: float = 0.0
    """The largest error of a reading, as a part of half its round trip."""
    mended: int = 0
    resyncs: int = 0
    reads: int = 0
    refused_orders: int = 0
    orders_sent: int = 0
    orders_after: int = 0
    steps: int = 0
    words: list[str] = attrs.field(factory=list)


_ASSET, _PLACE, _TIME = "/v1/private/user/asset", "/v1/private/order/place", "/v1/time"


def _run(round_: Round) -> list[Finding]:
    """Begin with a clock that is wrong; then let the exchange's jump, before a read or an order."""
    cases = round_.pick(full=1_000, short=100)
    dice = random.Random(round_.seed)
    sums = _Sums()
    for number in range(cases):
        _live_through(_Far(random.Random(dice.getrandbits(64))), number, sums)
    near = round_.pick(full=50, short=6)
    accepted = _over_sockets(near, dice)
    words = str(sums.words[:5])
    return [
        exactly("first signed calls accepted", sums.first_accepted, cases, words),
        at_least("readings of the clock", sums.readings, 3 * cases),
        at_most("largest error of a reading, in halves of its round trip", sums.most_error, 1.0),
        exactly("reads accepted after the exchange's clock jumped", sums.mended, cases, words),
        exactly("readings of the clock for that, one each", sums.resyncs, cases, words),
        exactly("reads sent for that, two each", sums.reads, 2 * cases, words),
        exactly("orders refused after a jump", sums.refused_orders, cases, words),
        exactly("of them sent, once each", sums.orders_sent, cases, words),
        exactly("orders accepted after that", sums.orders_after, cases, words),
        exactly("reads accepted after a step of the local clock", sums.steps, cases, words),
        exactly("first signed calls accepted over sockets", accepted, near),
        noted("longest round trip in s", 2 * _LONGEST_LEG),
    ]


def _live_through(far: _Far, number: int, sums: _Sums) -> None:
    with far.session() as session:
        try:
            _begin(far, session, sums)
            _read_after_a_jump(far, session, sums)
            _order_after_a_jump(far, session, sums)
            _step(far, session, sums)
        except SixmmError as error:
            sums.words.append(f"case {number}: {error}")


def _begin(far: _Far, session: RestSession, sums: _Sums) -> None:
    """Make a first signed call, and see how right the clock has become."""
    session.call(calls.user_asset())
    sums.first_accepted += [code for _, code in far.asked] == [0, 0]
    for _ in range(3):
        session.measure_clock()
        half_ms = max(1.0, far.round_trip * 500)
        error_ms = abs(session.server_clock.now_ms() - far.told_ms())
        # Both clocks tell whole milliseconds.
        sums.most_error = max(sums.most_error, max(0.0, error_ms - 2) / half_ms)
        sums.readings += 1


def _read_after_a_jump(far: _Far, session: RestSession, sums: _Sums) -> None:
    far.jump()
    asked, times = far.count(_ASSET), far.count(_TIME)
    session.call(calls.user_asset())
    sums.mended += 1
    sums.reads += far.count(_ASSET) - asked
    sums.resyncs += far.count(_TIME) - times


def _order_after_a_jump(far: _Far, session: RestSession, sums: _Sums) -> None:
    """Place an order that is refused for its timestamp: it is not sent again, the next one is."""
    far.jump()
    asked = far.count(_PLACE)
    try:
        session.call(calls.place_order(_order("first")))
    except AuthenticationError:
        sums.refused_orders += 1
    sums.orders_sent += far.count(_PLACE) - asked
    session.call(calls.place_order(_order("second")))
    sums.orders_after += 1


def _step(far: _Far, session: RestSession, sums: _Sums) -> None:
    """Step the wall clock of this machine: between two readings it does not matter."""
    far.clock.step_wall(far._dice.choice((-1, 1)) * _HOUR_MS)
    times = far.count(_TIME)
    session.call(calls.user_asset())
    sums.steps += far.count(_TIME) == times


def _order(name: str) -> NewOrder:
    return NewOrder(
        symbol="BTCUSDT", side="BUY", price="50000", quantity="0.001", client_order_id=name
    )


def _over_sockets(cases: int, dice: random.Random) -> int:
    """Do the first call with real requests, which are late by some tens of milliseconds."""
    accepted = 0
    with floor(seed=dice.getrandbits(32)) as place:
        for _ in range(cases):
            place.exchange.faults.clock_skew(dice.randint(-_HOUR_MS, _HOUR_MS))
            place.rest_proxy.set_weather(Weather(latency=dice.uniform(0.0, 0.03), jitter=0.03))
            client = place.client()
            before = len(place.exchange.requests)
            try:
                client.user.asset()
                client.orders.place(
                    symbol="BTCUSDT", side="BUY", price="50000", quantity="0.001", check=False
                )
            except SixmmError:
                continue
            finally:
                client.close()
            accepted += all(not one.code for one in place.exchange.requests[before:])
    return accepted


ROWS = (
    Row(
        name="clock-skew",
        hazards=("C6", "A13"),
        shows="1,000 clocks that are wrong by up to an hour, and requests and replies that take up "
        "to 3 s each, or all of it one way; then the exchange's clock jumps by up to an hour, "
        "before a read and before an order, and the local one by an hour",
        run=_run,
        full_s=300.0,
    ),
)
