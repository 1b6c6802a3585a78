"""A2: the stream is cut at random bytes, again and again, while orders flow."""

from __future__ import annotations

import os
import random
import statistics
import threading
import time
from pathlib import Path
from typing import Literal

import attrs

from sixmm import Disconnected, Resynced
from tests.faults.proxy import Cut, Plan

from ..floor import DEADLINE, Floor, Tally, floor
from ..recorder import Recorder
from ..row import Finding, Round, Row, at_least, exactly, noted

__all__ = ["ROWS"]

_TOPICS = ("market.depth.BTCUSDT", "market.ticker.BTCUSDT")
_CUTS_OF_ONE = 50
Deliver = Literal["all", "events"]


@attrs.define
class _Sums:
    tally: Tally = attrs.field(factory=Tally)
    cuts: int = 0
    missing_topics: int = 0
    seconds: float = 0.0
    gaps_ms: list[int] = attrs.field(factory=list)


def _plan(dice: random.Random, cuts: int) -> Plan:
    """Cut in the upgrade, in the login, in frame headers, in messages; by a reset or an end."""

    def plan(number: int) -> Cut | None:
        how: Literal["rst", "fin"] = dice.choice(("rst", "fin"))
        return Cut(after_bytes=dice.randint(1, 6_000), how=how) if number < cuts else None

    return plan


def _part(sums: _Sums, *, seed: int, deliver: Deliver = "all", tls: bool = False) -> None:
    """Have one client live through fifty cuts, and count."""
    dice = random.Random(seed)
    with floor(seed=seed, ws_plan=_plan(dice, _CUTS_OF_ONE), tls=tls) as place:
        with place.client(deliver=deliver) as client:
            recorder = Recorder(client)
            # The first word about the connection: from here on everything has to be told.
            assert recorder.wait_for(lambda: bool(recorder.events), DEADLINE)
            after_seq = place.exchange.private_log(place.account)[-1].seq
            started = time.monotonic()
            _trade(place, client.subscribe, seed)
            sums.seconds += time.monotonic() - started
            client.wait_live(DEADLINE)
            place.settle(recorder)
            picture = client if deliver == "all" else None
            result = place.audit(recorder, picture, after_seq=after_seq)
            sums.missing_topics += len(set(_TOPICS) - set(client.stats().topics))
        recorder.join(DEADLINE)
        sums.cuts += place.ws_proxy.cuts
    # Without a picture the present state of something may be told again (docs/delivery.md).
    sums.tally.add(result, seed=seed)
    sums.gaps_ms += _gaps_ms(recorder)


def _trade(place: Floor, subscribe: object, seed: int) -> None:
    assert callable(subscribe)
    with place.trading(seed=seed):
        subscribe(*_TOPICS, timeout=DEADLINE)
        assert place.exchange.wait_until(
            lambda: place.ws_proxy.cuts >= _CUTS_OF_ONE, timeout=DEADLINE * 3
        ), f"seed {seed}: only {place.ws_proxy.cuts} cuts fell"


def _gaps_ms(recorder: Recorder) -> list[int]:
    """Return how long each gap took, from the end of a link to the certain account."""
    gaps, since = [], None
    for event in recorder.events:
        if isinstance(event, Disconnected):
            since = since or event.received_at
        elif isinstance(event, Resynced) and since is not None:
            gaps.append(event.received_at - since)
            since = None
    return gaps


def _descriptors() -> int:
    folder = Path("/proc/self/fd")
    return len(os.listdir(folder)) if folder.exists() else 0


def _cut(round_: Round) -> list[Finding]:
    parts = round_.pick(full=20, short=2)
    # The first run warms up what is made once a process, such as the threads of a resolver.
    _part(_Sums(), seed=round_.seed)
    threads, descriptors = threading.active_count(), _descriptors()
    sums = _Sums()
    for number in range(parts):
        _part(sums, seed=round_.seed * 1_000 + number)
    gaps = sorted(sums.gaps_ms)
    return [
        at_least("disconnects", sums.cuts, parts * _CUTS_OF_ONE),
        *sums.tally.findings(),
        exactly("subscriptions missing", sums.missing_topics, 0),
        exactly("threads left", threading.active_count() - threads, 0),
        exactly("descriptors left", _descriptors() - descriptors, 0),
        noted("private events", sums.tally.sent),
        noted("per second", sums.tally.sent / sums.seconds),
        noted("recovered by REST", sums.tally.recovered),
        noted("median gap in ms", statistics.median(gaps)),
        noted("99th percentile of it", gaps[len(gaps) * 99 // 100]),
    ]


def _cut_events_only(round_: Round) -> list[Finding]:
    sums = _Sums()
    parts = round_.pick(full=10, short=1)
    for number in range(parts):
        _part(sums, seed=round_.seed * 1_000 + number, deliver="events")
    return [
        at_least("disconnects", sums.cuts, parts * _CUTS_OF_ONE),
        *sums.tally.findings(),
        exactly("subscriptions missing", sums.missing_topics, 0),
        noted("private events", sums.tally.sent),
    ]


def _cut_tls(round_: Round) -> list[Finding]:
    sums = _Sums()
    parts = round_.pick(full=6, short=1)
    for number in range(parts):
        _part(sums, seed=round_.seed * 1_000 + number, tls=True)
    return [
        at_least("disconnects", sums.cuts, parts * _CUTS_OF_ONE),
        *sums.tally.findings(),
        exactly("subscriptions missing", sums.missing_topics, 0),
        noted("private events", sums.tally.sent),
    ]


ROWS = (
    Row(
        name="disconnects",
        hazards=("A2", "B1"),
        shows="1,000 cuts at random bytes (resets and ends; in the upgrade, the login, a frame) "
        "while orders flow at 200 events/s and more",
        run=_cut,
        full_s=900.0,
        short_s=150.0,
    ),
    Row(
        name="disconnects-tls",
        hazards=("A2",),
        shows="the same over TLS, 300 cuts, also in its handshake and in its records",
        run=_cut_tls,
        full_s=400.0,
    ),
    Row(
        name="events-only",
        hazards=("A2",),
        shows='the same for `deliver="events"`, 500 cuts',
        run=_cut_events_only,
        full_s=600.0,
    ),
)
