"""D1 and D2: clients that are closed at any moment by several threads, and clients in series."""

from __future__ import annotations

import contextlib
import gc
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import attrs

from sixmm import Client, SixmmError
from sixmm.rest import RestSession
from sixmm.stream.connection import Connection
from sixmm.stream.desk import RequestDesk
from sixmm.stream.inbox import Inbox
from sixmm.stream.session import Session
from sixmm.stream.timer import Timer

from ..floor import DEADLINE, Floor, floor
from ..row import Finding, Round, Row, at_most, exactly, noted

__all__ = ["ROWS"]

_TIMEOUT = 2.0
_SLACK = 0.5
"""Seconds that a busy machine may take on top of a time-out."""

_FAST_TIMES = {"ping_interval": 0.3, "ping_timeout": 0.3}


@attrs.define
class _Races:
    states: Counter[str] = attrs.field(factory=Counter)
    seconds: list[float] = attrs.field(factory=list)
    late: list[str] = attrs.field(factory=list)
    stuck: list[str] = attrs.field(factory=list)


def _close_races(round_: Round) -> list[Finding]:
    """Close a client from two threads at a random moment, while two others wait for something."""
    races = round_.pick(full=10_000, short=500)
    dice = random.Random(round_.seed)
    sums = _Races()
    with floor(seed=round_.seed) as place:
        for number in range(races):
            _set_network(place, dice, number)
            _race(place, dice, number, sums)
        _calm(place)
        left = [thread.name for thread in threading.enumerate() if thread.name.startswith("sixmm-")]
    left = [name for name in left if name != "sixmm-sim"]
    in_time = sum(seconds <= _TIMEOUT + _SLACK for seconds in sums.seconds)
    return [
        exactly("close() in time", in_time, 2 * races, str(sums.late[:3])),
        exactly("callers that were not woken", len(sums.stuck), 0, str(sums.stuck[:3])),
        exactly("threads left", len(left), 0, str(left[:5])),
        noted("slowest close() in s, of a time-out of 2 s", max(sums.seconds)),
        *(noted(f"closed in {state}", count) for state, count in sorted(sums.states.items())),
    ]


def _set_network(place: Floor, dice: random.Random, number: int) -> None:
    """Every fifty races another network: sound, refusing, silent, or one that cuts."""
    if number % 50:
        if number % 50 % 10 == 0 and (number // 50) % 4 == 3:
            place.ws_proxy.cut(dice.choice(("rst", "fin")))
        return
    _calm(place)
    kind = (number // 50) % 4
    if kind == 1:
        place.ws_proxy.refuse()
    elif kind == 2:
        place.ws_proxy.hold()


def _calm(place: Floor) -> None:
    place.ws_proxy.admit()
    place.ws_proxy.release()


def _race(place: Floor, dice: random.Random, number: int, sums: _Races) -> None:
    client = place.client(**_FAST_TIMES)
    closers = threading.Barrier(2)
    waiting: list[threading.Thread] = []
    if dice.random() < 0.95:
        client.start()
        waiting = [_thread(lambda: _take(client)), _thread(lambda: _subscribe(client))]
    longest = dice.choice((0.0, 0.002, 0.03, 0.1))
    threading.Event().wait(dice.uniform(0.0, longest))
    sums.states[_state(client)] += 1
    closing = [_thread(lambda: _close(client, closers, number, sums)) for _ in range(2)]
    for thread in closing:
        thread.join(DEADLINE)
    for thread in waiting:
        thread.join(DEADLINE)
        if thread.is_alive():
            sums.stuck.append(f"race {number}")


def _thread(target: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=target, name="caller", daemon=True)
    thread.start()
    return thread


def _state(client: Client) -> str:
    return str(client.stats().state)


def _take(client: Client) -> None:
    """Take what comes; the end of the client is what this waits for."""
    with contextlib.suppress(SixmmError):
        while client.get(timeout=DEADLINE) is not None:
            pass


def _subscribe(client: Client) -> None:
    with contextlib.suppress(SixmmError):
        client.subscribe("market.depth.BTCUSDT", timeout=DEADLINE)


def _close(client: Client, together: threading.Barrier, number: int, sums: _Races) -> None:
    together.wait(DEADLINE)
    started = time.monotonic()
    client.close(timeout=_TIMEOUT)
    seconds = time.monotonic() - started
    sums.seconds.append(seconds)
    if seconds > _TIMEOUT + _SLACK:
        sums.late.append(f"race {number}: {seconds:.2f} s")


def _cycles(round_: Round) -> list[Finding]:
    """Open and close clients one after another, and count what is left of them."""
    cycles = round_.pick(full=1_000, short=100)
    with floor(seed=round_.seed) as place:
        for number in range(10):
            _cycle(place, number)
        before = _census(place)
        for number in range(cycles):
            _cycle(place, number)
        after = _census(place)
    return [
        exactly("cycles", cycles, cycles),
        exactly("threads left", after.threads - before.threads, 0),
        exactly("descriptors left", after.descriptors - before.descriptors, 0),
        exactly("objects of the client left", after.objects, 0, str(after.kinds)),
        at_most("other objects of the package more than before", after.total - before.total, 50),
    ]


def _cycle(place: Floor, number: int) -> None:
    """Use a client as programs do: read, subscribe, lose the link, or nothing at all."""
    with place.client() as client:
        if number % 4 == 0:
            return
        client.wait_live(DEADLINE)
        if number % 4 == 2:
            client.subscribe("market.depth.BTCUSDT", timeout=DEADLINE)
            client.get(timeout=DEADLINE)
        elif number % 4 == 3:
            place.ws_proxy.cut("rst")


@attrs.frozen
class _Census:
    threads: int
    descriptors: int
    objects: int
    kinds: dict[str, int]
    total: int


_KINDS = (Client, Session, Inbox, RequestDesk, RestSession, Connection, Timer)


def _census(place: Floor) -> _Census:
    """Count, once the proxies have seen the end of the last connection."""

    def is_quiet() -> bool:
        return not (place.ws_proxy.connections or place.rest_proxy.connections)

    assert place.exchange.wait_until(is_quiet, timeout=DEADLINE), "a connection was left open"
    # What has ended is forgotten when somebody else comes.
    last = place.client()
    last.server_time()
    last.close()
    del last
    assert place.exchange.wait_until(is_quiet, timeout=DEADLINE), "a connection was left open"
    gc.collect()
    objects = gc.get_objects()
    ours = Counter(type(item) for item in objects if _is_ours(type(item)))
    kinds = {kind.__name__: ours.pop(kind) for kind in _KINDS if ours[kind]}
    folder = Path("/proc/self/fd")
    descriptors = len(os.listdir(folder)) if folder.exists() else 0
    return _Census(threading.active_count(), descriptors, sum(kinds.values()), kinds, ours.total())


def _is_ours(kind: type) -> bool:
    module = str(kind.__module__)
    return module.startswith("sixmm.") and not module.startswith("sixmm.sim")


ROWS = (
    Row(
        name="close-races",
        hazards=("D1", "A11"),
        shows="10,000 clients, each closed by two threads at once at a random moment, while two "
        "others wait in get() and subscribe(); the network is sound, refuses, is silent, or cuts",
        run=_close_races,
        full_s=2_400.0,
        short_s=150.0,
    ),
    Row(
        name="cycles",
        hazards=("D2",),
        shows="1,000 clients opened, used and closed in series",
        run=_cycles,
        full_s=400.0,
    ),
)
