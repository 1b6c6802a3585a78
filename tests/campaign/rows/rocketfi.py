"""A2, A3 on RocketFi: the stream is cut, again and again, while the account trades."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlsplit

import attrs

from sixmm import Resynced
from sixmm.sim.rocketfi import Manners
from sixmm.venues.rocketfi import Orderbook, PriceFeed
from tests.faults.proxy import Cut, FaultProxy, Plan
from tests.integration.rocketfi_floor import DEADLINE, Floor, Verdict, floor, follow

from ..row import Finding, Round, Row, at_least, exactly, noted

__all__ = ["MANNERS", "ROWS", "live_through"]

MANNERS: Sequence[Manners] = (
    Manners(),
    Manners(instrument_ids="mixed", checksum_case=False, null_lists=False, newest_first=False),
    Manners(pong="text", snapshots=True, partial_updates=False, closed_orders="shown"),
    Manners(server_ping=0.2, ping_form="text", pong="object", most_rows=20),
)
"""How the server speaks, in turn: what is not documented, each way."""

_INTERVAL, _TIMEOUT = 0.3, 0.3
_SILENT = 5
"""One cut in so many is no end of the link, but silence."""
_UPGRADE, _MOST_BYTES = 400, 6_000
_WAIT_PER_CUT = 6.0
"""Seconds: where a link falls silent while it is asked for its topics, the client waits ten seconds
for the answers, and the longer an account has traded by then the longer it takes to compare it."""


@attrs.define
class _Sums:
    verdicts: list[tuple[int, Verdict]] = attrs.field(factory=list)
    cuts: int = 0
    missing_topics: int = 0
    recovered: int = 0

    def wrong(self, kind: Literal["lost", "duplicated", "invented"]) -> Finding:
        """Return how much is wrong in a way, and what that is."""
        words = [
            f"seed {seed}: {word}"
            for seed, verdict in self.verdicts
            for word in getattr(verdict, kind)
        ]
        return exactly(kind, len(words), 0, " / ".join(words[:5]))


def _plan(seed: int, cuts: int) -> Plan:
    """Cut in the upgrade, in confirmations, in frame headers, in messages; or say nothing more."""
    dice = random.Random(seed)

    def plan(number: int) -> Cut | None:
        if number >= cuts:
            return None
        if number % _SILENT == _SILENT - 1:
            return Cut(after_bytes=dice.randint(_UPGRADE, _MOST_BYTES), how="hold")
        how: Literal["rst", "fin"] = dice.choice(("rst", "fin"))
        return Cut(after_bytes=dice.randint(1, _MOST_BYTES), how=how)

    return plan


def live_through(sums: _Sums, *, seed: int, cuts: int, manners: Manners) -> None:
    """Have one client live through so many cuts, and count."""
    with floor(seed=seed, manners=manners) as place:
        port = urlsplit(place.exchange.ws_url).port
        assert port is not None
        with FaultProxy(port, _plan(seed, cuts)) as proxy:
            options = {
                "ws_url": f"ws://127.0.0.1:{proxy.port}/ws",
                "ping_interval": _INTERVAL,
                "ping_timeout": _TIMEOUT,
            }
            with follow(place, **options) as (client, follower):
                with place.trading():
                    client.subscribe(*_topics(place), timeout=DEADLINE)
                    # A link that is silent counts as cut before the client has noticed it; it has
                    # where it makes the next one.
                    assert place.exchange.wait_until(
                        lambda: proxy.accepted > cuts, timeout=DEADLINE + cuts * _WAIT_PER_CUT
                    ), f"only {proxy.accepted} links were made"
                client.wait_live(DEADLINE)
                follower.settle()
                # What it holds at the end is a part of the verdict.
                verdict = follower.verdict(after_seq=0)
                sums.missing_topics += 2 - len(set(_topics(place)) & set(client.stats().topics))
            sums.cuts += proxy.cuts
    sums.recovered += sum(event.delivered for event in follower.of(Resynced))
    sums.verdicts.append((seed, verdict))


def _topics(place: Floor) -> tuple[str, str]:
    instrument = place.exchange.instruments[0].instrument_id
    return (
        str(Orderbook(instrument_id=instrument)),
        str(PriceFeed(instrument_id=instrument)),
    )


def _cut(round_: Round) -> list[Finding]:
    parts, cuts = round_.pick(full=8, short=3), round_.pick(full=25, short=5)
    threads = threading.active_count()
    sums = _Sums()
    for number in range(parts):
        manners = MANNERS[number % len(MANNERS)]
        live_through(sums, seed=round_.seed * 1_000 + number, cuts=cuts, manners=manners)
    return [
        at_least("disconnects", sums.cuts, parts * cuts),
        sums.wrong("lost"),
        sums.wrong("duplicated"),
        sums.wrong("invented"),
        exactly("subscriptions missing", sums.missing_topics, 0),
        exactly("threads left", threading.active_count() - threads, 0),
        noted("fills", sum(verdict.sent for _, verdict in sums.verdicts)),
        noted("events told by REST", sums.recovered),
    ]


ROWS = (
    Row(
        name="rocketfi-disconnects",
        hazards=("A2", "A3"),
        shows="RocketFi: 200 cuts (resets and ends at random bytes, and half-open links) while an "
        "account trades, with every way to speak that is not documented",
        run=_cut,
        full_s=900.0,
    ),
)
