"""All faults at once, by seeded dice: what no table of single faults has thought of."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable, Iterator
from typing import Literal

import attrs

from sixmm import Client, Disconnected, Resynced, SubscriptionFailed
from sixmm.stream.options import SessionOptions
from tests.faults.proxy import Weather

from ..floor import DEADLINE, Floor, Tally, floor
from ..recorder import Recorder
from ..row import Finding, Round, Row, exactly, noted

__all__ = ["ROWS", "storm"]

_TOPICS = ("market.depth.BTCUSDT", "market.ticker.BTCUSDT")
_SECONDS = 3.0
_KEY_LIFE_MS = 1_500


class _Sky:
    """Changes what goes wrong, from a thread, until the end of its ``with`` block."""

    def __init__(self, place: Floor, dice: random.Random, *, duplicates: bool) -> None:
        self._place = place
        self._duplicates = duplicates
        self._dice = dice
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sky", daemon=True)
        self.failure: Exception | None = None

    def __enter__(self) -> _Sky:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(DEADLINE)
        self._place.exchange.faults.clear()
        for proxy in (self._place.ws_proxy, self._place.rest_proxy):
            proxy.admit()
            proxy.release()
            proxy.set_weather()

    def _run(self) -> None:
        acts = self._acts()
        # Some storms leave no connection alone, in others there is time to get something done.
        longest = self._dice.choice((0.05, 0.15, 0.4))
        try:
            while not self._stop.wait(self._dice.uniform(0.01, longest)):
                self._dice.choice(acts)()
        except Exception as error:
            self.failure = error

    def _acts(self) -> tuple[Callable[[], object], ...]:
        dice, faults = self._dice, self._place.exchange.faults
        ws, rest = self._place.ws_proxy, self._place.rest_proxy
        return (
            lambda: ws.cut(dice.choice(("rst", "fin", "half"))),
            lambda: rest.cut(dice.choice(("rst", "fin"))),
            lambda: faults.cut(how=dice.choice(("rst", "fin", "mid_frame", "close"))),
            lambda: faults.slow(dice.choice((0.0, 0.0, 0.002, 0.02))),
            lambda: faults.duplicate(self._duplicates and dice.random() < 0.5),
            lambda: faults.late_ack(dice.choice((0.0, 0.02, 0.2))),
            lambda: faults.lose_acks(1),
            lambda: faults.fail_renewal(1),
            lambda: faults.rest_error(dice.randint(1, 4), code=dice.choice((5001, 5002, 5003))),
            lambda: faults.rest_error(1, code=5001, http_status=502),
            lambda: faults.refuse(1, status=dice.choice((500, 503, 504))),
            lambda: ws.set_weather(_weather(dice)),
            lambda: rest.set_weather(_weather(dice)),
            self._hold,
            self._refuse,
        )

    # Short enough that there are connections in between.

    def _hold(self) -> None:
        self._place.ws_proxy.hold(new=self._dice.random() < 0.5)
        self._stop.wait(self._dice.choice((0.05, 0.2, 1.0)))
        self._place.ws_proxy.release()

    def _refuse(self) -> None:
        self._place.ws_proxy.refuse()
        self._stop.wait(self._dice.choice((0.02, 0.2)))
        self._place.ws_proxy.admit()


def _weather(dice: random.Random) -> Weather:
    return dice.choice(
        (
            Weather(),
            Weather(latency=0.01, jitter=0.02),
            Weather(slice_bytes=dice.randint(1, 40)),
            Weather(slice_bytes=7, slice_pause=0.0005),
            Weather(rate=200_000.0),
        )
    )


Busy = Callable[[Client, threading.Event], None]


@contextlib.contextmanager
def _callers(client: Client, busy: Busy | None, count: int = 2) -> Iterator[None]:
    """Run callers in threads of their own for the time of the block."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=busy, args=(client, stop), name="busy", daemon=True)
        for _ in range(0 if busy is None else count)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(DEADLINE)


@attrs.define
class Counts:
    """What one storm, or several, have done beside the events of the account."""

    ends: int = 0
    resyncs: int = 0
    missing: int = 0
    """Topics that are not live at the end, although nothing was told."""
    given_up: int = 0
    """Topics that are not live at the end, as was told by SubscriptionFailed."""

    def add(self, recorder: Recorder, live: tuple[str, ...]) -> None:
        """Add what a caller was told, and which topics were live at the end."""
        ends = recorder.of(Disconnected)
        last = recorder.events.index(ends[-1]) if ends else 0
        failed = {
            topic for told in recorder.of(SubscriptionFailed, after=last) for topic in told.topics
        }
        away = set(_TOPICS) - set(live)
        self.ends += len(ends)
        self.resyncs += len(recorder.of(Resynced))
        self.missing += len(away - failed)
        self.given_up += len(away & failed)


def storm(
    tally: Tally,
    *,
    seed: int,
    counts: Counts | None = None,
    busy: Busy | None = None,
    deliver: Literal["all", "events"] = "all",
) -> None:
    """Live through one storm.

    Args:
        tally: gets what became of the private events.
        seed: decides everything.
        counts: gets what else is counted.
        busy: called in two threads, with an event that says when to stop.
        deliver: as for the client; what the exchange sends twice is told twice with ``"events"``,
            as is documented, so it sends nothing twice then.
    """
    dice = random.Random(seed)
    options = SessionOptions(
        dial_timeout=1.0,
        login_timeout=1.0,
        ack_timeout=1.0,
        ack_retry=0.1,
        ack_retry_max=1.0,
        send_timeout=1.0,
        sync_timeout=3.0,
        resync_retry=0.05,
        resync_retry_max=0.2,
    )
    with floor(seed=seed, listen_key_life_ms=_KEY_LIFE_MS) as place:
        with place.client(
            options=options,
            deliver=deliver,
            ping_interval=0.3,
            ping_timeout=0.5,
            rest_timeout=1.5,
        ) as client:
            recorder = Recorder(client)
            assert recorder.wait_for(lambda: bool(recorder.events), DEADLINE)
            client.subscribe(*_TOPICS, timeout=DEADLINE)
            after_seq = place.exchange.private_log(place.account)[-1].seq
            with (
                _callers(client, busy),
                place.trading(seed=seed, pause=0.005),
                _Sky(place, dice, duplicates=deliver == "all") as sky,
            ):
                threading.Event().wait(_SECONDS)
            if sky.failure is not None:
                raise sky.failure
            client.wait_live(DEADLINE)
            place.settle(recorder)
            picture = client if deliver == "all" else None
            tally.add(place.audit(recorder, picture, after_seq=after_seq), seed=seed)
            topics = _topics(client, place)
        recorder.join(DEADLINE)
    if counts is not None:
        counts.add(recorder, topics)


def _topics(client: Client, place: Floor) -> tuple[str, ...]:
    """Return the topics that are live; a key that is replaced takes them away for a moment."""
    wanted = set(_TOPICS)
    place.exchange.wait_until(lambda: wanted.issubset(client.stats().topics), timeout=3.0)
    return client.stats().topics


def _storms_events_only(round_: Round) -> list[Finding]:
    storms = round_.pick(full=30, short=3)
    tally, counts = Tally(), Counts()
    for number in range(storms):
        seed = round_.seed * 1_000 + number
        storm(tally, seed=seed, counts=counts, deliver="events")
    return [
        exactly("storms", storms, storms),
        *tally.findings(),
        exactly("subscriptions missing, and not told", counts.missing, 0),
        noted("private events", tally.sent),
        noted("comparisons", counts.resyncs),
    ]


def _storms(round_: Round) -> list[Finding]:
    storms = round_.pick(full=60, short=6)
    tally, counts = Tally(), Counts()
    for number in range(storms):
        storm(tally, seed=round_.seed * 1_000 + number, counts=counts)
    return [
        exactly("storms", storms, storms),
        *tally.findings(),
        exactly("subscriptions missing, and not told", counts.missing, 0),
        noted("subscriptions missing, told by SubscriptionFailed", counts.given_up),
        noted("private events", tally.sent),
        noted("recovered by REST", tally.recovered),
        noted("superseded", tally.superseded),
        noted("links lost or not made", counts.ends),
        noted("comparisons", counts.resyncs),
    ]


ROWS = (
    Row(
        name="storm",
        hazards=("A2", "A11", "B1", "B2", "B3", "B5"),
        shows="60 storms of 3 s: cuts, half-open links, refusals, slow and cut-up frames, REST "
        "errors, keys that live for 1.5 s, failing renewals, duplicates, late and lost "
        "acknowledgements, all at once",
        run=_storms,
        full_s=900.0,
        short_s=150.0,
    ),
    Row(
        name="storm-events",
        hazards=("A2", "B1"),
        shows='30 such storms for `deliver="events"`, without the duplicates of the exchange',
        run=_storms_events_only,
        full_s=600.0,
    ),
)
