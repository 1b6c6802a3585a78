"""B5: acknowledgements that come after the caller has given up never reach another caller."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import attrs

from sixmm import Client, SubscriptionRefused
from sixmm.errors import DeadlineExceeded
from sixmm.sim import Exchange
from sixmm.sim.engine.symbols import resolve_symbols

from ..floor import DEADLINE, floor
from ..row import Finding, Round, Row, at_least, exactly, noted

__all__ = ["ROWS"]

_THREADS = 4
_KINDS = ("depth.{}", "ticker.{}", "trade.{}", "kline.{}.1m", "kline.{}.5m", "kline.{}.1h")


@attrs.define
class _Counts:
    accepted: int = 0
    refused: int = 0
    timed_out: int = 0
    wrong: list[str] = attrs.field(factory=list)
    lock: threading.Lock = attrs.field(factory=threading.Lock)


def _late(round_: Round) -> list[Finding]:
    """Subscribe from four threads with random patience; every third topic is to be refused."""
    calls = round_.pick(full=1_000, short=200)
    with floor(seed=round_.seed) as place:
        symbols = [spec.symbol for spec in resolve_symbols(None)]
        topics = ["market." + kind.format(symbol) for symbol in symbols for kind in _KINDS]
        bad = set(topics[1::3])
        place.exchange.faults.refuse_topics(bad)
        counts = _Counts()
        with place.client() as client:
            client.wait_live(DEADLINE)
            stop = threading.Event()
            sky = threading.Thread(target=_change_delay, args=(place.exchange, round_.seed, stop))
            sky.start()
            with ThreadPoolExecutor(_THREADS) as pool:
                parts = [
                    pool.submit(
                        _subscribe,
                        client,
                        random.Random(round_.seed * 100 + number),
                        topics[number::_THREADS],
                        bad,
                        calls // _THREADS,
                        counts,
                    )
                    for number in range(_THREADS)
                ]
                for part in parts:
                    part.result(DEADLINE * 5)
            stop.set()
            sky.join(DEADLINE)
            place.exchange.faults.late_ack(0.0)
            # The last late answers come before the answer to this.
            client.ping(DEADLINE)
            desk = client._shared.desk
            place.exchange.wait_until(lambda: desk.unanswered == 0, timeout=DEADLINE)
            unanswered = desk.unanswered
            ours = set(client.stats().topics)
            place.exchange.wait_until(lambda: _theirs(place.exchange) == ours, timeout=5.0)
            theirs = _theirs(place.exchange)
            unrequested = client.stats().unrequested
    return [
        at_least("subscribes", counts.accepted + counts.refused + counts.timed_out, calls),
        at_least("given up before the answer", counts.timed_out, calls // 5),
        exactly("mis-deliveries", len(counts.wrong), 0, str(counts.wrong[:5])),
        exactly("topics that only one side has", len(ours ^ theirs), 0, str(sorted(ours ^ theirs))),
        exactly("requests that still wait", unanswered, 0),
        noted("accepted", counts.accepted),
        noted("refused", counts.refused),
        noted("messages of topics nobody waits for", unrequested),
    ]


def _theirs(exchange: Exchange) -> set[str]:
    """Return the market topics that the exchange sends to the one client."""
    topics: set[str] = set()
    topics.update(*exchange.subscriptions())
    return {topic for topic in topics if topic.startswith("market.")}


def _change_delay(exchange: Exchange, seed: int, stop: threading.Event) -> None:
    dice = random.Random(seed)
    while not stop.wait(0.02):
        exchange.faults.late_ack(dice.uniform(0.0, 0.12))


def _subscribe(
    client: Client,
    dice: random.Random,
    topics: list[str],
    bad: set[str],
    calls: int,
    counts: _Counts,
) -> None:
    for _ in range(calls):
        topic = dice.choice(topics)
        try:
            client.subscribe(topic, timeout=dice.uniform(0.001, 0.06))
            outcome = "accepted"
        except SubscriptionRefused as error:
            outcome = "refused" if topic in error.topics else f"refused {error.topics}"
        except DeadlineExceeded:
            outcome = "timed_out"
        expected = "refused" if topic in bad else "accepted"
        with counts.lock:
            if outcome not in (expected, "timed_out"):
                counts.wrong.append(f"{topic}: {outcome}")
            else:
                setattr(counts, outcome, getattr(counts, outcome) + 1)
        if outcome == "accepted":
            # Asked for again later: what is live already would not be asked for at all.
            _drop(client, topic, dice)


def _drop(client: Client, topic: str, dice: random.Random) -> None:
    try:
        client.unsubscribe(topic, timeout=dice.uniform(0.001, 0.06))
    except DeadlineExceeded:
        return


ROWS = (
    Row(
        name="late-acks",
        hazards=("B5",),
        shows="1,000 subscribes from 4 threads that wait 1 to 60 ms, with answers up to 120 ms "
        "late; every third topic is refused, so an answer for somebody else shows",
        run=_late,
        full_s=400.0,
    ),
)
