"""A3: the link is half open: no end, no error, no bytes; and a slow link that is none of that."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from sixmm import Disconnected
from tests.faults.proxy import Weather

from .. import namespace
from ..floor import DEADLINE, Floor, floor
from ..recorder import Recorder
from ..row import Finding, Round, Row, exactly, noted

__all__ = ["ROWS"]

_INTERVAL, _TIMEOUT = 0.3, 0.3
_BOUND = _INTERVAL + _TIMEOUT + 1.0

Silence = Callable[[], AbstractContextManager[None]]
"""Makes the links silent while a block runs."""


def _half_open(round_: Round) -> list[Finding]:
    """Hold everything that is open, again and again, and take the time until it is told."""
    times = round_.pick(full=50, short=8)
    with floor(seed=round_.seed) as place:
        return _take_times(place, times, lambda: _held(place))


@contextlib.contextmanager
def _held(place: Floor) -> Iterator[None]:
    """Stop the links that are open, but not the new ones."""
    assert place.ws_proxy.hold(new=False) >= 1
    try:
        yield
    finally:
        place.ws_proxy.release()


def _pulled_wire(round_: Round) -> list[Finding]:
    """The same in a network of its own whose wire is pulled out, where the machine permits it."""
    reason = namespace.enter()
    if reason:
        return [noted(f"not run: {reason}", 0)]
    times = round_.pick(full=50, short=5)
    with floor(seed=round_.seed) as place:
        return _take_times(place, times, namespace.wire_pulled)


def _take_times(place: Floor, times: int, silent: Silence) -> list[Finding]:
    """Make the links silent again and again, and take the time until that is told."""
    delays = []
    options = {"ping_interval": _INTERVAL, "ping_timeout": _TIMEOUT}
    with place.client(**options) as client:
        recorder = Recorder(client)
        for number in range(times):
            client.wait_live(DEADLINE)
            told, silent_at = len(recorder.events), time.monotonic()
            with silent():
                # What happens meanwhile can only be learned on the next link.
                place.exchange.deposit(place.account, "1")
                assert _is_lost(recorder, told), f"the half-open link {number} was never noticed"
                delays.append(time.monotonic() - silent_at)
        client.wait_live(DEADLINE)
        place.settle(recorder)
        result = place.audit(recorder, client, after_seq=1)
    recorder.join(DEADLINE)
    return [
        exactly("noticed in time", sum(delay <= _BOUND for delay in delays), times),
        noted("slowest, in s", max(delays)),
        noted("its bound: interval + timeout + 1 s", _BOUND),
        exactly("lost", result.lost, 0, str(result.missing)),
        exactly("duplicated", result.duplicated, 0, str(result.repeats)),
    ]


def _is_lost(recorder: Recorder, told: int) -> bool:
    """Wait until the end of a link was told, after so many events."""
    return recorder.wait_for(lambda: bool(recorder.of(Disconnected, after=told)), DEADLINE)


def _false_alarms(round_: Round) -> list[Finding]:
    """Let a link be slow and uneven, which is no reason to give it up."""
    seconds = round_.pick(full=600, short=10)
    with floor(seed=round_.seed) as place:
        place.ws_proxy.set_weather(Weather(latency=0.2, jitter=0.15))
        with place.client(ping_interval=0.5, ping_timeout=1.0) as client:
            recorder = Recorder(client)
            client.wait_live(DEADLINE)
            threading.Event().wait(seconds)
            alarms = len(recorder.of(Disconnected))
            round_trip = client.stats().round_trip or 0.0
        recorder.join(DEADLINE)
    return [exactly("false alarms", alarms, 0), noted("last round trip in s", round_trip)]


ROWS = (
    Row(
        name="half-open",
        hazards=("A3",),
        shows=f"50 links that go silent without an end, with a ping interval of {_INTERVAL} s and "
        f"a timeout of {_TIMEOUT} s",
        run=_half_open,
        full_s=300.0,
    ),
    Row(
        name="pulled-wire",
        hazards=("A3",),
        shows="the same, 50 times, in a network of its own (a namespace) that loses every packet "
        "in both directions, where the machine permits one",
        run=_pulled_wire,
        full_s=300.0,
    ),
    Row(
        name="slow-link",
        hazards=("A3",),
        shows="10 minutes with 200 ms of latency and 150 ms of jitter each way, pings every 0.5 s, "
        "given up after 1.5 s",
        run=_false_alarms,
        full_s=720.0,
        is_beside=True,
    ),
)
