"""B7 and D5: a caller that stops taking events for a while, and one that takes them for an hour."""

from __future__ import annotations

import threading
import time
from typing import Any

from sixmm import Client, Event, InboxLimits, OrderTradeUpdate, Overflow
from sixmm.cli.audit import audit
from sixmm.state.account import MAX_FILLS

from ..flooder import TOPIC, Flooder
from ..floor import DEADLINE
from ..memory import Sampler, keep_little, resident_bytes, slope_per_hour
from ..row import Finding, Round, Row, at_least, at_most, exactly, noted

__all__ = ["ROWS"]

_MIB = 1024 * 1024
_RATE = 2_000
_SOAK_RATE = 3_000
_MOST_SETTLING = 1_800


def _client(addresses: dict[str, str], **options: Any) -> Client:
    return Client(
        addresses["api_key"],
        addresses["api_secret"],
        rest_url=addresses["rest_url"],
        ws_url=addresses["ws_url"],
        **options,
    )


def _pause(round_: Round) -> list[Finding]:
    """Take nothing for a while, then everything; every message is delivered or counted."""
    seconds = round_.pick(full=60, short=10)
    # Room for a third of what comes: a message is about 300 bytes.
    limits = InboxLimits(
        market_messages=1_000_000,
        market_bytes=seconds * _RATE * 100,
        private_bytes=16 * _MIB,
    )
    with (
        Flooder(seed=round_.seed, rate=_RATE, pause=0.03) as flooder,
        _client(flooder.addresses, limits=limits) as client,
    ):
        client.wait_live(DEADLINE)
        client.subscribe(TOPIC, timeout=DEADLINE)
        first = client.get(timeout=DEADLINE)
        before = resident_bytes()
        sampler = Sampler()
        after_seq = flooder.start()
        threading.Event().wait(seconds)
        sent = flooder.stop()
        _wait_for_the_wire(client, sent)
        sampler.stop()
        taken = [first, *_take_all(client)]
        dropped, failures = client.stats().dropped, client.stats().decode_failures
        log, truth = flooder.log()
        result = audit(log, taken, truth=truth, mirror=client.account, after_seq=after_seq)
    told = sum(event.dropped for event in taken if isinstance(event, Overflow))
    delivered = sum(event.topic == TOPIC for event in taken)
    growth = (sampler.peak - before) / _MIB
    bound = 1.1 * (limits.market_bytes + limits.private_bytes) / _MIB
    words = str((result.missing + result.repeats + result.disorders + result.differences)[:3])
    return [
        exactly("delivered + dropped - sent", delivered + dropped - sent, 0),
        at_least("dropped", dropped, sent // 4),
        exactly("dropped, not told by Overflow", dropped - told, 0),
        exactly("private events lost", result.lost, 0, words),
        exactly("private events duplicated or out of order", _wrong(result), 0, words),
        exactly("could not be decoded", failures, 0),
        at_most("memory gained in MiB", growth, bound, "MiB"),
        noted("market messages sent", sent),
        noted("per second", sent / seconds),
        noted("private events", result.sent),
    ]


def _wrong(result: Any) -> int:
    return len(result.repeats) + len(result.disorders) + len(result.inventions)


def _wait_for_the_wire(client: Client, sent: int) -> None:
    """Wait until everything that was sent is in the inbox or was dropped from it."""
    pause = threading.Event()
    for _ in range(int(DEADLINE / 0.05)):
        stats = client.stats()
        if stats.market_waiting + stats.dropped >= sent:
            return
        pause.wait(0.05)


def _take_all(client: Client) -> list[Event]:
    """Take what there is, until nothing comes for a while."""
    taken: list[Event] = []
    for event in client.events(timeout=2.0):
        taken.append(event)
    return taken


def _soak(round_: Round) -> list[Finding]:
    """Take a mix of market and private messages for an hour, and watch the memory."""
    if round_.is_short:
        return soak(seed=round_.seed, seconds=40, settling=20, is_judged=False)
    return soak(seed=round_.seed, seconds=3_600, settling=1_200)


def soak(*, seed: int, seconds: float, settling: float, is_judged: bool = True) -> list[Finding]:
    """Take everything, and watch the memory for ``seconds`` once it has settled.

    What a client remembers is bounded, and those bounds have to be reached first. That takes
    ``settling`` seconds, and as many fills as are remembered.
    """
    keep_little()
    with Flooder(seed=seed, rate=_SOAK_RATE, pause=0.004) as flooder:
        with _client(flooder.addresses) as client:
            client.wait_live(DEADLINE)
            client.subscribe(TOPIC, timeout=DEADLINE)
            count = _Count(client)
            started = time.monotonic()
            flooder.start()
            threading.Event().wait(settling)
            if is_judged:
                count.wait_for_fills(MAX_FILLS, _MOST_SETTLING - settling)
            fills = count.fills
            # Few samples: they take memory, too.
            sampler = Sampler(interval=5.0, gives_back=True)
            threading.Event().wait(seconds)
            sampler.stop()
            lasted = time.monotonic() - started
            sent = flooder.stop()
            dropped = client.stats().dropped
        count.join()
    slope = slope_per_hour(sampler.samples) / _MIB
    return [
        at_most("memory gained per hour in MiB", slope, 1.0, "MiB")
        if is_judged
        else noted("memory gained per hour in MiB, in too short a time", slope),
        at_least("fills before that", fills, MAX_FILLS if is_judged else 1),
        exactly("dropped", dropped, 0),
        noted("events", count.events),
        noted("market messages per second", sent / lasted),
        noted("peak memory in MiB", sampler.peak / _MIB),
    ]


class _Count:
    """Takes everything and keeps nothing."""

    def __init__(self, client: Client) -> None:
        self.events = self.fills = 0
        self._client = client
        self._thread = threading.Thread(target=self._run, name="counter", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        for event in self._client.events():
            self.events += 1
            if isinstance(event, OrderTradeUpdate) and event.fill_id is not None:
                self.fills += 1

    def wait_for_fills(self, fills: int, timeout: float) -> None:
        """Wait until so many were told, or until the time is over."""
        until = time.monotonic() + timeout
        while self.fills < fills and time.monotonic() < until:
            threading.Event().wait(1.0)

    def join(self) -> None:
        self._thread.join(DEADLINE)


ROWS = (
    Row(
        name="slow-consumer",
        hazards=("B7", "F9"),
        shows="nothing is taken for 60 s at 2,000 market messages/s and a hundred private "
        "events/s, with room for a third of the market data",
        run=_pause,
        full_s=300.0,
    ),
    Row(
        name="soak",
        hazards=("D5",),
        shows="an hour at 3,000 market messages/s and private events, after 20 minutes and 50,000 "
        "fills, by which all that a client remembers is full; resident memory, where the allocator "
        "returns what is freed",
        run=_soak,
        full_s=6_000.0,
        short_s=120.0,
        is_beside=True,
    ),
)
