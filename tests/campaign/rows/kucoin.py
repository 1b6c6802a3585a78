"""A2 on KuCoin: its connections are cut, or replaced before their day ends, while orders flow."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import attrs

from sixmm import Disconnected
from sixmm.cli.kucoin_audit import KuCoinAudit
from tests.integration.kucoin_world import Course, Taker, World

from ..floor import DEADLINE
from ..row import Finding, Round, Row, at_least, exactly, noted

__all__ = ["ROWS"]

_CUTS_OF_ONE = 50
_STEPS_TO_A_CUT = 15
_ROTATE_AFTER = 0.4
_KINDS: tuple[dict[str, Any], ...] = ({}, {"connections": ["private_pro_v2"]})
"""A client of spot and futures, and one of a unified account."""


@attrs.define
class _Sums:
    sent: int = 0
    recovered: int = 0
    lost: int = 0
    duplicated: int = 0
    inventions: int = 0
    passing: int = 0
    cuts: int = 0
    ends: int = 0
    rotations: int = 0
    seconds: float = 0.0
    words: list[str] = attrs.field(factory=list)

    def add(self, result: KuCoinAudit, taker: Taker, *, seed: int) -> None:
        """Add one audit; what is wrong in it is kept in words, with its seed."""
        self.sent += result.sent
        self.recovered += result.recovered
        self.lost += result.lost
        self.duplicated += result.duplicated
        self.inventions += len(result.inventions)
        self.passing += result.passing
        self.rotations += taker.resyncs("rotation")
        self.ends += sum(isinstance(event, Disconnected) for event in taker.events)
        self.words += [f"seed {seed}: {word}" for word in result.wrong]

    def findings(self) -> list[Finding]:
        """Return what is promised about them."""
        words = " / ".join(self.words[:5])
        return [
            exactly("lost", self.lost, 0, words),
            exactly("duplicated", self.duplicated, 0, words),
            exactly("inventions", self.inventions, 0, words),
            noted("private events", self.sent),
            noted("per second", self.sent / self.seconds),
        ]


def _part(
    sums: _Sums,
    over: Callable[[Course, Taker], bool],
    *,
    seed: int,
    cut_every: int = 0,
    **options: Any,
) -> None:
    """Have one client live until that is over, and count."""
    with World(seed=seed, unified="connections" in options) as world:
        with world.client(**options) as client:
            client.wait_live(DEADLINE)
            taker, after_seq = Taker(client), world.seq
            started = time.monotonic()
            with Course(world, seed=seed, cut_every=cut_every) as course:
                assert course.wait_for(lambda: over(course, taker), DEADLINE * 3), "not over"
            sums.seconds += time.monotonic() - started
            sums.cuts += course.cuts
            world.settle(taker, client)
            result = world.audit(taker, client, after_seq=after_seq)
        taker.join()
        sums.add(result, taker, seed=seed)


def _cut(round_: Round) -> list[Finding]:
    sums = _Sums()
    cuts = round_.pick(full=_CUTS_OF_ONE, short=8)
    parts = round_.pick(full=4, short=2)
    for number in range(parts):
        _part(
            sums,
            lambda course, _: course.cuts >= cuts,
            seed=round_.seed * 1_000 + number,
            cut_every=_STEPS_TO_A_CUT,
            # One part in four is about a unified account.
            **_KINDS[number % 4 == 1],
        )
    return [
        at_least("disconnects", sums.cuts, parts * cuts),
        *sums.findings(),
        noted("recovered by REST", sums.recovered),
        noted("of what no comparison tells", sums.passing),
    ]


def _rotate(round_: Round) -> list[Finding]:
    sums = _Sums()
    # In parts, because the log of the exchange holds no more than the newest pushes.
    rotations = round_.pick(full=10, short=6)
    parts = round_.pick(full=8, short=2)
    for number in range(parts):
        _part(
            sums,
            lambda _, taker: taker.resyncs("rotation") >= rotations,
            seed=round_.seed * 1_000 + number,
            rotate_after=_ROTATE_AFTER,
            **_KINDS[number % 2],
        )
    return [
        at_least("rotations", sums.rotations, parts * rotations),
        *sums.findings(),
        exactly("pushes that no connection brought", sums.passing, 0),
        exactly("ends that were told", sums.ends, 0),
    ]


ROWS = (
    Row(
        name="kucoin-disconnects",
        hazards=("A2",),
        shows="KuCoin: 200 connections are cut (resets, ends, half frames, closes) while spot and "
        "futures orders are filled, a quarter of them on the unified stream",
        run=_cut,
        full_s=600.0,
    ),
    Row(
        name="kucoin-rotation",
        hazards=("A2",),
        shows="KuCoin: connections are replaced under load before their shortened day ends, "
        "80 times",
        run=_rotate,
        full_s=400.0,
    ),
)
