"""A5: what a server sees of the clients that it has lost."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from sixmm.stream.backoff import Backoff, BackoffPolicy

from ..row import Finding, Round, Row, at_least, at_most, exactly, noted

__all__ = ["ROWS"]

_TEN_MINUTES = 600.0
_POLICY = BackoffPolicy()
_SPREAD_AFTER = 6.0
"""Seconds after which the clients of a lost server are spread out."""
_LIFE = 5.0
"""Seconds for which a flapping server keeps a link: less than what counts as stable."""


def _lose(round_: Round) -> list[Finding]:
    """Lose all clients at one moment; then let the server be down, or accept and drop them."""
    clients = round_.pick(full=10_000, short=10_000)
    dice = random.Random(round_.seed)
    down = [_dials(Backoff(_POLICY, dice.random)) for _ in range(clients)]
    flapping = [_dials(Backoff(_POLICY, dice.random), life=_LIFE) for _ in range(clients)]
    waits = [wait for times in down for wait in _waits(times)]
    counts, flaps = [len(times) for times in down], [len(times) for times in flapping]
    outside = sum(not 0.0 <= wait <= _POLICY.maximum for wait in waits)
    return [
        at_least("clients", clients, clients),
        exactly("waits below 0 or above the maximum", outside, 0),
        exactly("waits shorter than what the server asked for", _too_early(dice, clients), 0),
        at_most(
            f"busiest 100 ms from second {_SPREAD_AFTER:g} on: share of the clients, in %",
            _busiest(down, since=_SPREAD_AFTER),
            3.0,
        ),
        noted("the same from 1 to 2 s, in %", _busiest(down, since=1.0, until=2.0)),
        noted("the same from 2 s on, in %", _busiest(down, since=2.0)),
        noted("dials in the first 100 ms, by 100 clients", _busiest(down, since=0.0, until=0.1)),
        at_most("attempts in 10 min of a server that is down, on average", fmean(counts), 30.0),
        at_most("attempts of the client that made most", max(counts), 45),
        noted("clients that made more than 30, in %", 100 * _share_above(counts, 30)),
        at_most("attempts in 10 min of a flapping server, on average", fmean(flaps), 30.0),
        at_most("attempts of the client that made most there", max(flaps), 45),
        exactly("series not begun again after a stable link", _not_reset(dice, clients), 0),
    ]


def _dials(backoff: Backoff, *, life: float | None = None) -> list[float]:
    """Return when a client dials within ten minutes after it has lost its link at 0."""
    now, times = 0.0, list[float]()
    while True:
        now += backoff.lost(now)
        if now > _TEN_MINUTES:
            return times
        times.append(now)
        if life is not None:
            backoff.live(now)
            now += life


def _waits(times: Sequence[float]) -> list[float]:
    return [after - before for before, after in itertools.pairwise((0.0, *times))]


def _busiest(herd: Sequence[Sequence[float]], *, since: float, until: float = 600.0) -> float:
    """Return the share of the clients, in %, that dial in the busiest 100 ms."""
    bins = Counter(int(at * 10) for times in herd for at in times if since <= at < until)
    return 100 * max(bins.values(), default=0) / len(herd)


def _share_above(counts: Sequence[int], most: int) -> float:
    return sum(count > most for count in counts) / len(counts)


def _too_early(dice: random.Random, clients: int) -> int:
    """Count the waits that are shorter than a ``Retry-After``."""
    backoff = Backoff(_POLICY, dice.random)
    floors = [dice.uniform(0.0, 300.0) for _ in range(clients)]
    return sum(backoff.lost(0.0, floor=floor) < floor for floor in floors)


def _not_reset(dice: random.Random, clients: int) -> int:
    """Count the clients that wait at once after a link that was live for long enough."""
    wrong = 0
    for _ in range(clients):
        backoff, now = Backoff(_POLICY, dice.random), 0.0
        for _ in range(dice.randrange(1, 20)):
            now += backoff.lost(now)
        backoff.live(now)
        wrong += backoff.lost(now + _POLICY.stable_after + 0.001) > 0.0
    return wrong


ROWS = (
    Row(
        name="back-off",
        hazards=("A5",),
        shows="10,000 clients that are lost at one moment, while the server is down for 10 minutes "
        f"or accepts each link and drops it after {_LIFE:g} s. The first attempt is made at once, "
        "by design, and the second within a second; so the 3 % are held from the time on at "
        "which the clients are spread out, and the 30 attempts on average",
        run=_lose,
        full_s=120.0,
        short_s=60.0,
    ),
)
