"""C2: the stream tells of an order before its reply does, or the reply never comes."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

import attrs

from sixmm import Client, OrderTradeUpdate, OutcomeUnknown, SixmmError
from sixmm.ordering import Outcome
from tests.faults.proxy import Cut, Weather
from tests.integration.test_order_cuts import PATHS

from ..floor import DEADLINE, Floor, Tally, floor
from ..recorder import Recorder
from ..row import Finding, Round, Row, at_least, at_most, exactly, noted

__all__ = ["ROWS"]

_THREADS = 4
_LATE = Weather(latency=0.015, jitter=0.01)
"""How much later than the push a reply comes: so much, and so much again for the request."""
_LOST_ONE_IN = 10


@attrs.define
class _Sums:
    lock: threading.Lock = attrs.field(factory=threading.Lock)
    returned: dict[str, float] = attrs.field(factory=dict)
    """When each order was told as placed, by its name."""
    ids: dict[str, str] = attrs.field(factory=dict)
    unknown: int = 0
    wrong: list[str] = attrs.field(factory=list)
    lost: int = 0


def _first_pushes(recorder: Recorder) -> Mapping[str, float]:
    """Return when the client got the first push of each order, in Unix seconds, by its name."""
    found: dict[str, float] = {}
    for event in recorder.of(OrderTradeUpdate):
        if event.client_order_id is not None:
            found.setdefault(event.client_order_id, event.received_at / 1_000)
    return found


def _run(round_: Round) -> list[Finding]:
    """Place and cancel from four threads; every reply is late, and one in ten is lost."""
    orders = round_.pick(full=1_000, short=120)
    sums, tally = _Sums(), Tally()
    with floor(seed=round_.seed) as place:
        with place.client() as client:
            recorder = Recorder(client)
            client.wait_live(DEADLINE)
            client.orders.refresh_rules()
            client.user.asset()
            after_seq = place.exchange.private_log(place.account)[-1].seq
            place.rest_proxy.set_weather(_LATE)
            _place_all(place, client, orders, round_.seed, sums)
            place.rest_proxy.set_weather()
            place.settle(recorder)
            tally.add(place.audit(recorder, client, after_seq=after_seq), seed=round_.seed)
            first = _first_pushes(recorder)
        recorder.join(DEADLINE)
        rows = place.exchange.truth(place.account)["orders"].values()
        sent = Counter(record.path for record in place.exchange.requests)
    named: Counter[str] = Counter(row["clientOrderId"] for row in rows)
    ahead = sum(first.get(name, time.time()) < at for name, at in sums.returned.items())
    words = str(sums.wrong[:5])
    return [
        exactly("orders told as placed", len(sums.returned), orders, words),
        at_least("of them told by a push first", ahead, orders * 8 // 10),
        at_least("replies lost", sums.lost, orders // (2 * _LOST_ONE_IN)),
        exactly("requests to place beyond one each", sent[PATHS["place"]] - orders, 0),
        exactly("orders at the exchange beyond one each", sum(named.values()) - orders, 0),
        exactly("orders whose id is another one's", _mixed(sums, rows), 0),
        at_most("requests to cancel, of as many orders", sent[PATHS["cancel"]], orders),
        exactly("calls that ended otherwise", len(sums.wrong), 0, words),
        *tally.findings(),
        noted("unknown for a moment, and then found out", sums.unknown),
        noted("private events", tally.sent),
    ]


def _mixed(sums: _Sums, rows: Any) -> int:
    ids = {row["clientOrderId"]: row["orderId"] for row in rows}
    return sum(ids.get(name) != order_id for name, order_id in sums.ids.items())


def _place_all(place: Floor, client: Client, orders: int, seed: int, sums: _Sums) -> None:
    threads = [
        threading.Thread(
            target=_place_some,
            args=(place, client, range(number, orders, _THREADS), seed * 100 + number, sums),
            name="trader",
        )
        for number in range(_THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10 * DEADLINE)
        assert not thread.is_alive(), "a call hangs"


def _place_some(place: Floor, client: Client, numbers: range, seed: int, sums: _Sums) -> None:
    """Place orders one after another, and withdraw most of them."""
    dice = random.Random(seed)
    for number in numbers:
        name = f"late-{number}"
        if dice.randrange(_LOST_ONE_IN) == 0:
            # Of whichever of the four comes next.
            place.rest_proxy.arm(Cut(after_bytes=dice.randrange(200), of="reply"))
            with sums.lock:
                sums.lost += 1
        try:
            _place(client, name, dice.randint(49_000, 51_000), sums)
            if dice.random() < 0.7:
                _cancel(client, name, sums)
        except SixmmError as error:
            with sums.lock:
                sums.wrong.append(f"{name}: {type(error).__name__}: {error}")


def _place(client: Client, name: str, price: int, sums: _Sums) -> None:
    try:
        order_id = client.orders.place(
            symbol="BTCUSDT", side="BUY", price=price, quantity="0.001", client_order_id=name
        ).order_id
    except OutcomeUnknown as unknown:
        order_id = _resolve(client, unknown, sums)
    with sums.lock:
        sums.returned[name], sums.ids[name] = time.time(), order_id


def _cancel(client: Client, name: str, sums: _Sums) -> None:
    try:
        client.orders.cancel("BTCUSDT", client_order_id=name)
    except OutcomeUnknown as unknown:
        _resolve(client, unknown, sums)


def _resolve(client: Client, unknown: OutcomeUnknown, sums: _Sums) -> str:
    """Find out what became of a call whose reply was lost: it was carried out."""
    resolution = client.orders.resolve(unknown, timeout=DEADLINE)
    with sums.lock:
        sums.unknown += 1
        if resolution.outcome is not Outcome.CONFIRMED or resolution.order is None:
            sums.wrong.append(f"{unknown.client_order_id}: {resolution.outcome}")
            return ""
    return resolution.order.order_id


ROWS = (
    Row(
        name="late-replies",
        hazards=("C2",),
        shows="1,000 orders from 4 threads, most withdrawn again, whose replies come 15 to 25 ms "
        "after the push that tells of them; one reply in ten is lost",
        run=_run,
        full_s=400.0,
    ),
)
