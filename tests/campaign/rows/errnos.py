"""A12: any system call on a socket may fail, with any error; nothing hangs, and nothing escapes."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable

from sixmm import Client, Disconnected, SixmmError

from ..errnos import Failing, failing
from ..floor import DEADLINE, Tally, floor
from ..recorder import Recorder
from ..row import Finding, Round, Row, at_least, exactly, noted

__all__ = ["ROWS"]

_SECONDS = 4.0
_CALLERS = 2
_SPARED = ("sixmm-sim", "fault-proxy", "trading", "MainThread")
"""The exchange and the proxies live in the same process, and are to be sound."""


def _run(round_: Round) -> list[Finding]:
    runs = round_.pick(full=60, short=3)
    tally, errors, escaped, ends = Tally(), Counter[str](), list[str](), 0
    old_hook = threading.excepthook
    threading.excepthook = lambda args: escaped.append(repr(args.exc_value))
    try:
        for number in range(runs):
            seed = round_.seed * 1_000 + number
            ends += _live_through(seed, tally, errors, escaped)
    finally:
        threading.excepthook = old_hook
    return [
        exactly("runs", runs, runs),
        at_least("calls that failed", sum(errors.values()), runs * 5),
        exactly("exceptions that are no SixmmError", len(escaped), 0, str(escaped[:3])),
        *tally.findings(),
        noted("kinds of failures", len(errors)),
        noted("links lost or not made", ends),
        noted("private events", tally.sent),
    ]


def _live_through(seed: int, tally: Tally, errors: Counter[str], escaped: list[str]) -> int:
    """Trade, listen and call while sockets fail; return how many links ended."""
    dice = random.Random(seed)
    faults = Failing(dice, probability=dice.choice((0.005, 0.02, 0.05)), spared=_SPARED)
    with floor(seed=seed) as place:
        with place.client(ping_interval=0.3, ping_timeout=0.5, rest_timeout=1.5) as client:
            recorder = Recorder(client)
            assert recorder.wait_for(lambda: bool(recorder.events), DEADLINE)
            after_seq = place.exchange.private_log(place.account)[-1].seq
            stop = threading.Event()
            with failing(faults):
                callers = [
                    threading.Thread(target=_call, args=(client, stop, escaped), name="caller")
                    for _ in range(_CALLERS)
                ]
                for caller in callers:
                    caller.start()
                with place.trading(seed=seed):
                    threading.Event().wait(_SECONDS)
                faults.is_on = False
                stop.set()
                for caller in callers:
                    caller.join(DEADLINE)
                    assert not caller.is_alive(), f"seed {seed}: a call hangs"
            client.wait_live(DEADLINE)
            place.settle(recorder)
            tally.add(place.audit(recorder, client, after_seq=after_seq), seed=seed)
            started = time.monotonic()
        assert time.monotonic() - started < DEADLINE
        recorder.join(DEADLINE)
    errors.update(faults.counts)
    return len(recorder.of(Disconnected))


def _call(client: Client, stop: threading.Event, escaped: list[str]) -> None:
    """Read and write; every failure is one of ours."""
    order = {"symbol": "BTCUSDT", "side": "BUY", "price": "50000", "quantity": "0.001"}
    acts: tuple[Callable[[], object], ...] = (
        lambda: client.ping(0.5),
        lambda: client.user.asset(),
        lambda: client.orders.place(**order),  # type: ignore[arg-type]
        lambda: client.subscribe("market.trade.BTCUSDT", timeout=0.5),
        lambda: client.unsubscribe("market.trade.BTCUSDT", timeout=0.5),
        client.server_time,
    )
    while not stop.wait(0.005):
        for act in acts:
            try:
                with contextlib.suppress(SixmmError):
                    act()
            except Exception as error:
                escaped.append(repr(error))


ROWS = (
    Row(
        name="errnos",
        hazards=("A12",),
        shows="60 runs of 4 s in which up to one socket call in twenty fails with one of ten "
        "errors, some of which make no sense there",
        run=_run,
        full_s=900.0,
    ),
)
