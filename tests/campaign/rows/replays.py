"""F10: somebody has seen a signed request, and sends the same bytes again."""

from __future__ import annotations

import json
import random
import re
import threading
from typing import Any

import attrs

from sixmm import Client
from sixmm.clock import Deadline
from sixmm.sim import Exchange
from sixmm.transport import HttpRequest, HttpResponse, HttpTransport, RequestsTransport

from ..floor import DEADLINE, floor
from ..row import Finding, Round, Row, at_least, exactly, noted

__all__ = ["ROWS"]

_WINDOW = 10.0
"""Seconds for which a timestamp is accepted (rule 38)."""
_NOT_ACCEPTED, _DUPLICATE = 1003, 3004
_ORDERS = "/v1/private/order"


class _Tap(HttpTransport):
    """Sends requests, and lets somebody else see them."""

    def __init__(self) -> None:
        self.seen: list[HttpRequest] = []
        self._http = RequestsTransport()

    def send(self, request: HttpRequest, *, deadline: Deadline) -> HttpResponse:
        """Send one request."""
        if "signature=" in request.url:
            self.seen.append(request)
        return self._http.send(request, deadline=deadline)

    def again(self, request: HttpRequest) -> int:
        """Send the bytes of a request again; return the code of the answer."""
        reply = self._http.send(request, deadline=Deadline(DEADLINE))
        return int(json.loads(reply.body)["code"])

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _run(round_: Round) -> list[Finding]:
    """Make calls, and send each request again: at once, changed, and when the window is over."""
    times = round_.pick(full=100, short=10)
    dice = random.Random(round_.seed)
    with floor(seed=round_.seed) as place:
        exchange, tap = place.exchange, _Tap()
        client = place.client(http=tap)
        at_once: list[int] = []
        fresh: list[int] = []
        for number in range(times):
            known = len(tap.seen)
            _use(client, f"seen-{number}", dice)
            at_once += [tap.again(request) for request in tap.seen[known:]]
            fresh += [tap.again(_with_time(request, exchange)) for request in tap.seen[known:]]
        seen, before = tap.seen, exchange.truth(place.account)
        if not round_.is_short:
            # With the clock of the machine, as it is; the other way is to move the exchange's.
            threading.Event().wait(_WINDOW + 0.5)
        else:
            exchange.advance(_WINDOW + 0.5)
        late = [tap.again(request) for request in seen]
        exchange.advance(3_600)
        later = [tap.again(request) for request in seen]
        after = exchange.truth(place.account)
        client.close()
    orders = [code for request, code in zip(seen, at_once, strict=True) if _is_order(request)]
    return [
        at_least("signed requests that were seen", len(seen), 5 * times),
        at_least("of them about orders", len(orders), 4 * times),
        exactly("about orders, sent again at once: refused", orders.count(_DUPLICATE), len(orders)),
        exactly("with a new timestamp: refused", fresh.count(_NOT_ACCEPTED), len(seen)),
        exactly("after 10 s: refused", late.count(_NOT_ACCEPTED), len(seen), str(set(late))),
        exactly("after an hour: refused", later.count(_NOT_ACCEPTED), len(seen)),
        exactly("parts of the account that have changed", _changes(before, after), 0),
        noted("reads that were answered again at once", at_once.count(0)),
    ]


def _use(client: Client, name: str, dice: random.Random) -> None:
    """Make one call of each kind that changes or tells something of the account."""
    price = dice.randint(45_000, 50_000)
    placed = client.orders.place(
        symbol="BTCUSDT", side="BUY", price=price, quantity="0.002", client_order_id=name
    )
    client.orders.get("BTCUSDT", client_order_id=name)
    client.orders.amend("BTCUSDT", placed.order_id, price=price - 1, quantity="0.001")
    client.user.asset()
    if dice.random() < 0.5:
        client.orders.cancel("BTCUSDT", client_order_id=name)
    else:
        client.orders.cancel("BTCUSDT", order_id=placed.order_id)


def _with_time(request: HttpRequest, exchange: Exchange) -> HttpRequest:
    """Return a request with the time of now; who has only seen it cannot sign that."""
    now_ms = exchange._core.now_ms() + 7
    return attrs.evolve(request, url=re.sub(r"timestamp=\d+", f"timestamp={now_ms}", request.url))


def _is_order(request: HttpRequest) -> bool:
    path = "/" + request.url.partition("?")[0].split("/", 3)[3]
    return path == _ORDERS or path.startswith(f"{_ORDERS}/")


def _changes(before: dict[str, Any], after: dict[str, Any]) -> int:
    return sum(before[part] != after[part] for part in ("orders", "positions", "balances"))


ROWS = (
    Row(
        name="replays",
        hazards=("F10", "C4"),
        shows="over 500 signed requests that are sent again, to the byte: at once, with a new "
        "timestamp, 10.5 s later, and an hour later",
        run=_run,
        full_s=300.0,
    ),
)
