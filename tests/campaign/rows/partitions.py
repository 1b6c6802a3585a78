"""A11: the network goes silent in each phase of a connection, and comes back, or never does."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

import attrs

from sixmm import Client, Resynced, State
from sixmm.stream.options import SessionOptions
from tests.faults.proxy import Cut, Way

from ..floor import DEADLINE, Floor, Tally, floor
from ..recorder import Recorder
from ..row import Finding, Round, Row, exactly, noted

__all__ = ["ROWS"]

_CLOSE = 2.0
_SLACK = 0.5
_SLOW = 0.03
"""Seconds that each phase takes at least, so that it can be met."""

_TIMES: dict[str, Any] = {
    "ping_interval": 0.3,
    "ping_timeout": 0.3,
    "rest_timeout": 1.0,
    "options": SessionOptions(
        dial_timeout=0.5,
        login_timeout=0.5,
        ack_timeout=0.5,
        send_timeout=0.5,
        sync_timeout=2.0,
        resync_retry=0.1,
    ),
}
_STATES = {
    "login": State.AUTHENTICATING,
    "subscribing": State.SUBSCRIBING,
    "comparing": State.SYNCING,
    "live": State.LIVE,
}
_BYTES: dict[str, tuple[Way, int]] = {
    # Fewer bytes than a server's part of the handshake has; than the upgrade's request has.
    "TLS": ("reply", 900),
    "upgrade": ("request", 120),
}
_PHASES = ("refused", *_BYTES, *_STATES)


@attrs.define
class _Sums:
    tally: Tally = attrs.field(factory=Tally)
    healed: int = 0
    closed: int = 0
    slowest_close: float = 0.0
    slowest_return: float = 0.0
    wrong: list[str] = attrs.field(factory=list)


def _run(round_: Round) -> list[Finding]:
    """Meet each phase with several seeds; half of them heal, half are closed in the dark."""
    times = round_.pick(full=20, short=2)
    sums = _Sums()
    for phase in _PHASES:
        for number in range(times):
            seed = round_.seed * 1_000 + number
            trap = _Trap()
            # In the phase of TLS with TLS between the proxy and the exchange.
            with floor(seed=seed, ws_plan=trap, tls=phase == "TLS") as place:
                _meet(place, trap, phase, seed, sums, heals=number % 2 == 0)
    count = len(_PHASES) * times
    return [
        exactly("came back or closed in time", sums.healed + sums.closed, count, str(sums.wrong)),
        *sums.tally.findings(),
        noted("slowest way back in s, once the network was", sums.slowest_return),
        noted("slowest close() in the dark in s", sums.slowest_close),
    ]


class _Trap:
    """Where the next connection is to be held."""

    def __init__(self) -> None:
        self.cut: Cut | None = None

    def __call__(self, _number: int) -> Cut | None:
        cut, self.cut = self.cut, None
        return cut


def _meet(place: Floor, trap: _Trap, phase: str, seed: int, sums: _Sums, *, heals: bool) -> None:
    dice = random.Random(f"{phase} {seed}")
    client = place.client(**_TIMES)
    client.start()
    recorder = Recorder(client)
    try:
        client.subscribe("market.depth.BTCUSDT", timeout=DEADLINE)
        client.wait_live(DEADLINE)
        after_seq = place.exchange.private_log(place.account)[-1].seq
        with place.trading(seed=seed, pause=0.01):
            _go_dark(place, trap, phase, client, dice)
            threading.Event().wait(dice.choice((0.05, 0.3, 1.2)))
            if not heals:
                sums.closed += _closes(client, f"{phase}, seed {seed}", sums)
                return
            _light(place)
        lit = time.monotonic()
        told = len(recorder.of(Resynced))
        client.wait_live(DEADLINE)
        place.settle(recorder)
        if told < len(recorder.of(Resynced)):
            sums.slowest_return = max(sums.slowest_return, time.monotonic() - lit)
        sums.healed += 1
        sums.tally.add(place.audit(recorder, client, after_seq=after_seq), seed=seed)
    finally:
        _light(place)
        client.close()
        recorder.join(DEADLINE)


def _go_dark(place: Floor, trap: _Trap, phase: str, client: Client, dice: random.Random) -> None:
    """Stop all bytes as soon as the client is in that phase of its next connection."""
    if phase in _STATES:
        place.exchange.faults.slow(_SLOW)
        if phase != "live":
            place.ws_proxy.cut("rst")
        _poll(lambda: client.stats().state is _STATES[phase], phase)
        threading.Event().wait(dice.uniform(0.0, _SLOW))
    elif phase == "refused":
        place.ws_proxy.refuse()
        place.ws_proxy.cut(dice.choice(("rst", "fin")))
        return
    else:
        way, most = _BYTES[phase]
        trap.cut = Cut(after_bytes=dice.randint(1, most), of=way, how="hold")
        before = place.ws_proxy.cuts
        place.ws_proxy.cut("rst")
        _poll(lambda: place.ws_proxy.cuts >= before + 2, phase)
    place.ws_proxy.hold()
    place.rest_proxy.hold()
    place.exchange.faults.slow(0.0)


def _light(place: Floor) -> None:
    place.exchange.faults.slow(0.0)
    place.ws_proxy.admit()
    place.ws_proxy.release()
    place.rest_proxy.release()


def _poll(condition: Callable[[], bool], phase: str) -> None:
    pause, deadline = threading.Event(), time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, f"the phase {phase} was never met"
        pause.wait(0.001)


def _closes(client: Client, which: str, sums: _Sums) -> bool:
    started = time.monotonic()
    client.close(timeout=_CLOSE)
    seconds = time.monotonic() - started
    sums.slowest_close = max(sums.slowest_close, seconds)
    if seconds > _CLOSE + _SLACK:
        sums.wrong.append(f"{which}: {seconds:.1f} s")
        return False
    return True


ROWS = (
    Row(
        name="partitions",
        hazards=("A11", "A7"),
        shows="the network goes silent while it is refused, in TLS, in the upgrade, in the login, "
        "while subscribing, while the account is compared, and live; 20 times each, half of them "
        "closed in the dark",
        run=_run,
        full_s=900.0,
        short_s=150.0,
    ),
)
