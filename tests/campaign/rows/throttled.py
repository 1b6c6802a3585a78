"""C7: replies that say "too many", and how long to wait: too long, a negative time, or nonsense."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import attrs

from sixmm.clock import ManualClock
from sixmm.errors import SixmmError, Throttled
from sixmm.pace import RestPace
from sixmm.redaction import Secret
from sixmm.rest import RestSession
from sixmm.transport.base import HttpRequest, HttpResponse
from sixmm.transport.memory import MemoryHttp
from sixmm.venues.base import Credentials
from sixmm.venues.sixmm import SixmmVenue, calls
from sixmm.venues.sixmm.order_forms import NewOrder

from ..row import Finding, Round, Row, at_least, at_most, exactly, noted

__all__ = ["ROWS"]

_URL = "https://exchange.test"
_CAP = 300.0
"""No reply can ask for a longer wait, in seconds."""
_BACKOFF = 4.0
"""What a read adds to that of its own at most."""
_LEAST = 1.0
"""The first pause where a reply does not say for how long."""
_READS, _WRITES = 4, 3
_PATIENT = 10_000.0
_NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=timezone.utc)
_ROUNDING = 1e-6


@attrs.frozen
class _Reply:
    """A Retry-After, the Date beside it, and the seconds that it asks for, or None for nothing."""

    value: str
    date: str | None
    asks: float | None


def _http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


_DATE = _http_date(_NOW)
_NONSENSE = (
    *("-1", "-1000000000", "-0", "1.5", "1e9", "+5", "0x10", "nan", "inf", "-inf", "soon", "", " "),
    *("7 seconds", "7, 8", "7;8", "\u0663", "\u00b2", "9" * 21, "9" * 5_000, "null", "true", "[7]"),
    *("Sat, 31 Feb 2026 11:00:00 GMT", "Sat, 21 Nov 0000 11:00:00 GMT", "21 Nov 2026 12:00:09"),
    *("Saturday, 21-Nov-26 12:00:09 GMT", "Sat Nov 21 12:00:09 2026", "2026-11-21T12:00:09Z"),
    *("Sat, 21 Nov 2026 25:00:00 GMT", "Sat, 21 Nov 2026 12:00:09 +0000", "Sat, 21 Nov 2026"),
)


def _replies(dice: random.Random, count: int) -> list[_Reply]:
    """Return so many replies: all that are written down here, and seconds and dates by the dice."""
    fixed = [
        _Reply("0", None, 0.0),
        _Reply("7", None, 7.0),
        _Reply(" 7 ", None, 7.0),
        _Reply("299", _DATE, 299.0),
        _Reply("301", None, _CAP),
        _Reply("1000000000", None, _CAP),
        _Reply("9" * 20, None, _CAP),
        _Reply("Sat, 21 Nov 9999 11:00:00 GMT", _DATE, _CAP),
        # A date counts from the one of the same reply; the clock of this machine may be wrong.
        _Reply(_http_date(_NOW + timedelta(seconds=9)), None, None),
        _Reply(_http_date(_NOW + timedelta(seconds=9)), "yesterday", None),
        *(_Reply(value, dice.choice((None, _DATE)), None) for value in _NONSENSE),
    ]
    return [*fixed, *(_by_dice(dice) for _ in range(count - len(fixed)))]


def _by_dice(dice: random.Random) -> _Reply:
    if dice.random() < 0.3:
        seconds = dice.randint(0, 10 ** dice.randint(1, 12))
        return _Reply(str(seconds), None, min(float(seconds), _CAP))
    seconds = dice.randint(-(10**8), 10**8) if dice.random() < 0.5 else dice.randint(-400, 400)
    until = _http_date(_NOW + timedelta(seconds=seconds))
    return _Reply(until, _DATE, min(max(float(seconds), 0.0), _CAP))


@attrs.define
class _Sums:
    waits: list[float] = attrs.field(factory=list)
    requests: int = 0
    told: int = 0
    calls: int = 0
    early: list[str] = attrs.field(factory=list)
    most_in_a_second: int = 0


class _Exchange:
    """Refuses everything but the time as too much, and keeps when it was asked."""

    def __init__(self, reply: _Reply, dice: random.Random, sums: _Sums) -> None:
        self.clock = ManualClock()
        self.asked: dict[str, list[float]] = {}
        self._reply = reply
        self._dice = dice
        self._sums = sums

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        path = request.url.removeprefix(_URL).partition("?")[0]
        if path == "/v1/time":
            return _ok({"timestampMs": self.clock.time_ms()})
        self.asked.setdefault(path, []).append(self.clock.monotonic())
        headers = {"Retry-After": self._reply.value}
        if self._reply.date is not None:
            headers["Date"] = self._reply.date
        status, body = self._dice.choice(
            ((429, b"slow down"), (429, b'{"code":5003}'), (200, b'{"code":5003,"message":"no"}'))
        )
        return HttpResponse(status=status, headers=headers, body=body)

    def wait(self, seconds: float) -> None:
        """Let time pass, as much as the client wants to wait."""
        self._sums.waits.append(seconds)
        self.clock.advance(max(0.0, seconds))


def _ok(data: object) -> HttpResponse:
    return HttpResponse(status=200, body=json.dumps({"code": 0, "data": data}).encode())


def _run(round_: Round) -> list[Finding]:
    """Make reads and writes one after another, all of which are refused, by an exchange each."""
    count = round_.pick(full=1_000, short=100)
    dice = random.Random(round_.seed)
    sums = _Sums()
    for reply in _replies(dice, count):
        _meet(reply, dice, sums)
    return [
        exactly("kinds of Retry-After", count, count),
        exactly("calls told as Throttled", sums.told, sums.calls),
        at_least("requests", sums.requests, (_READS + _WRITES) * count),
        at_most("requests for each call, on average", sums.requests / sums.calls, 3),
        at_least("shortest wait in s", min(sums.waits), 0),
        at_most("longest wait in s: 300, and a back-off", max(sums.waits), _CAP + _BACKOFF, "s"),
        exactly(
            "requests that came before the time that was asked for, or within 1 s where none was",
            len(sums.early),
            0,
            str(sums.early[:5]),
        ),
        noted("waits", len(sums.waits)),
        noted("most requests of a kind in one second", sums.most_in_a_second),
    ]


def _meet(reply: _Reply, dice: random.Random, sums: _Sums) -> None:
    exchange = _Exchange(reply, dice, sums)
    session = RestSession(
        venue=SixmmVenue(),
        http=MemoryHttp(exchange.handle),
        rest_url=_URL,
        credentials=Credentials(api_key=Secret("fx_key"), api_secret=Secret("secret")),
        clock=exchange.clock,
        pace=RestPace(),
        jitter=dice.random,
        wait=exchange.wait,
    )
    order = NewOrder(symbol="BTCUSDT", side="BUY", price="1", quantity="1", client_order_id="x")
    wanted = [calls.user_asset()] * _READS + [calls.place_order(order)] * _WRITES
    dice.shuffle(wanted)
    for call in wanted:
        sums.calls += 1
        try:
            session.call(call, timeout=_PATIENT)
        except Throttled:
            sums.told += 1
        except SixmmError:
            continue
    session.close()
    for path, times in exchange.asked.items():
        sums.requests += len(times)
        for gap in _gaps(times):
            if gap < (_LEAST if reply.asks is None else reply.asks) - _ROUNDING:
                sums.early.append(f"{path} after {gap:.3f} s of {reply.asks}: {reply.value[:40]}")
        window = max(sum(at <= other < at + 1.0 for other in times) for at in times)
        sums.most_in_a_second = max(sums.most_in_a_second, window)


def _gaps(times: list[float]) -> Iterator[float]:
    return (later - earlier for earlier, later in itertools.pairwise(times))


ROWS = (
    Row(
        name="throttled",
        hazards=("C7",),
        shows="1,000 kinds of Retry-After, in seconds, as dates and as nonsense, each given to "
        "every request of a series of reads and orders, with an injected clock",
        run=_run,
        full_s=200.0,
    ),
)
