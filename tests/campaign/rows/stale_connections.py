"""C10: kept connections that the server has closed, before the next call or in the middle of it."""

from __future__ import annotations

import random
import threading
from collections import Counter
from typing import Literal

import attrs

from sixmm import Client, NetworkError, OutcomeUnknown, SixmmError
from tests.faults.proxy import Cut, How
from tests.integration.test_order_cuts import PATHS

from ..floor import Floor, floor
from ..row import Finding, Round, Row, at_least, at_most, exactly, noted

__all__ = ["ROWS"]

_LONGEST_PAUSE = 0.004
"""Seconds between the end of a connection and the next call; the news takes about as long."""
_PLACE = PATHS["place"]

_Told = Literal["done", "not sent", "unknown"]


@attrs.define
class _Sums:
    reads: int = 0
    failed: list[str] = attrs.field(factory=list)
    told: dict[str, _Told] = attrs.field(factory=dict)
    """What the client said of each order, by its name."""
    kinds: Counter[str] = attrs.field(factory=Counter)


def _run(round_: Round) -> list[Finding]:
    """End the kept connection before each call; half of the calls are reads, half are orders."""
    ends = round_.pick(full=1_000, short=80)
    dice = random.Random(round_.seed)
    sums = _Sums()
    with floor(seed=round_.seed) as place:
        client = place.client()
        client.orders.refresh_rules()
        client.user.asset()
        for number in range(ends):
            # So that there is a connection to end.
            client.server_time()
            _end_connection(place, dice, sums)
            (_read if number % 2 else _place)(client, f"stale-{number}", sums)
        client.close()
        cuts = place.rest_proxy.cuts
        orders = place.exchange.truth(place.account)["orders"].values()
        sent = sum(record.path == _PLACE for record in place.exchange.requests)
    named = Counter(row["clientOrderId"] for row in orders)
    wrong = [name for name, told in sums.told.items() if _is_wrong(told, named[name])]
    return [
        at_least("connections that were ended", cuts, ends * 9 // 10),
        exactly("reads that succeeded", sums.reads, ends // 2, str(sums.failed[:5])),
        exactly("orders that are there twice", sum(count > 1 for count in named.values()), 0),
        at_most("orders that arrived, of as many", sent, ends - ends // 2),
        exactly("outcomes that are wrong", len(wrong), 0, str(wrong[:5])),
        exactly("orders with an outcome", len(sums.told), ends - ends // 2, str(sums.failed[:5])),
        *(noted(f"ended {kind}", count) for kind, count in sorted(sums.kinds.items())),
        *(
            noted(f"orders told as {told}", count)
            for told, count in sorted(Counter(sums.told.values()).items())
        ),
    ]


def _is_wrong(told: _Told, count: int) -> bool:
    return told != "unknown" and count != (told == "done")


def _end_connection(place: Floor, dice: random.Random, sums: _Sums) -> None:
    """End what is kept: a while ago, a moment ago, or as soon as the next request comes."""
    how: How = dice.choice(("fin", "rst"))
    kind = dice.choice(("before", "just before", "with the request"))
    when = kind if kind == "with the request" else f"{kind} the call"
    sums.kinds[f"{when}, by {how}"] += 1
    if kind == "with the request":
        # Up to the whole head of it arrives, and nothing is answered.
        place.rest_proxy.arm(Cut(after_bytes=dice.randrange(300), how=how, of="request"))
        return
    place.rest_proxy.cut(how)
    if kind == "before":
        place.exchange.wait_until(lambda: not place.rest_proxy.connections)
    else:
        threading.Event().wait(dice.uniform(0.0, _LONGEST_PAUSE))


def _read(client: Client, name: str, sums: _Sums) -> None:
    try:
        client.user.asset()
        sums.reads += 1
    except SixmmError as error:
        sums.failed.append(f"{name}: {error}")


def _place(client: Client, name: str, sums: _Sums) -> None:
    try:
        client.orders.place(
            symbol="BTCUSDT",
            side="BUY",
            price="50000",
            quantity="0.001",
            client_order_id=name,
        )
        sums.told[name] = "done"
    except OutcomeUnknown:
        sums.told[name] = "unknown"
    except NetworkError:
        sums.told[name] = "not sent"
    except SixmmError as error:
        sums.failed.append(f"{name}: {error}")


ROWS = (
    Row(
        name="stale-connections",
        hazards=("C10", "C3"),
        shows="1,000 kept connections that are closed or reset before a call, just before it, or "
        "with its request; by turns the call is a read and an order",
        run=_run,
        full_s=300.0,
    ),
)
