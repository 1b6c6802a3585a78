"""Orders on a connection that is cut at every byte: none is sent twice, and no outcome is wrong.

Each call meets one cut, after so many bytes of its request or of the reply to it. What the client
says became of it is held against what the exchange has done.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import attrs
import pytest

from sixmm import Client, NetworkError, OutcomeUnknown
from sixmm.ordering import Outcome, deciding
from sixmm.sim import Exchange

from ..faults.proxy import Cut, FaultProxy

Way = Literal["request", "reply"]
BYTES: dict[Way, int] = {"request": 620, "reply": 420}
"""More bytes than a request and a reply have; that it is more is checked."""
PATHS = {
    "place": "/v1/private/order/place",
    "cancel": "/v1/private/order/cancel",
    "amend": "/v1/private/order/move",
}


@attrs.define(kw_only=True)
class Attempt:
    """One call, and what the client and the exchange say of it."""

    name: str
    order_id: str = ""
    told: Literal["done", "not sent", "unknown"] = "unknown"
    error: OutcomeUnknown | None = None


class Floor:
    """An exchange behind a proxy, and a client without a stream."""

    def __init__(self, exchange: Exchange, account: Any, proxy: FaultProxy, client: Client) -> None:
        self._exchange = exchange
        self._account = account
        self._proxy = proxy
        self._client = client
        # What a first order needs is read before: the cuts are for the orders.
        client.orders.refresh_rules()
        client.user.asset()

    def attempt(self, kind: str, number: int, cut: Cut) -> Attempt:
        """Make one call on a connection that is cut."""
        attempt = Attempt(name=f"{kind}-{cut.of}-{number}")
        if kind != "place":
            attempt.order_id = self._rest(attempt.name)
        call = {"place": self._place, "cancel": self._cancel, "amend": self._amend}[kind]
        self._proxy.arm(cut)
        try:
            call(attempt)
            attempt.told = "done"
        except OutcomeUnknown as error:
            attempt.error = error
        except NetworkError:
            attempt.told = "not sent"
        return attempt

    def _rest(self, name: str) -> str:
        row = self._exchange.place_order(
            self._account,
            symbol="BTCUSDT",
            side="BUY",
            type="LIMIT",
            price="50000",
            quantity="0.001",
            client_order_id=name,
        )
        return str(row["orderId"])

    def _place(self, attempt: Attempt) -> None:
        self._client.orders.place(
            symbol="BTCUSDT",
            side="BUY",
            price="50000",
            quantity="0.001",
            client_order_id=attempt.name,
        )

    def _cancel(self, attempt: Attempt) -> None:
        self._client.orders.cancel("BTCUSDT", client_order_id=attempt.name)

    def _amend(self, attempt: Attempt) -> None:
        self._client.orders.amend("BTCUSDT", attempt.order_id, price="50001", quantity="0.001")

    def truth(self) -> dict[str, list[dict[str, Any]]]:
        """Return every order that the exchange has, by the name that the client gave it."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self._exchange.truth(self._account)["orders"].values():
            found.setdefault(row["clientOrderId"], []).append(row)
        return found

    def arrived(self, kind: str) -> int:
        """Return how many such requests the exchange has read to their end."""
        return sum(record.path == PATHS[kind] for record in self._exchange.requests)

    def resolve(self, attempt: Attempt) -> Outcome:
        """Find out what became of it."""
        assert attempt.error is not None
        return self._client.orders.resolve(attempt.error, timeout=30).outcome


@pytest.fixture
def floor(exchange: Exchange, account: Any, key: Any) -> Iterator[Floor]:
    """Make a floor whose client asks through the proxy."""
    port = int(exchange.rest_url.rsplit(":", 1)[1])
    with FaultProxy(port) as proxy:
        client = Client(
            key.api_key,
            key.api_secret,
            rest_url=f"http://127.0.0.1:{proxy.port}",
            ws_url=exchange.ws_url,
            pace=None,
        )
        yield Floor(exchange, account, proxy, client)
        client.close()


def was_done(kind: str, rows: list[dict[str, Any]]) -> bool:
    """Whether the exchange has done what a call asked for, by the orders of its name."""
    assert len(rows) <= 1, "placed twice"
    if kind == "place":
        return bool(rows)
    return bool(
        rows[0]["status"] == "CANCELED" if kind == "cancel" else rows[0]["price"] == "50001"
    )


def check_all(floor: Floor, kind: str, cuts: list[Cut]) -> dict[str, int]:
    """Make a call for each cut, find out what became of each, and hold it against the truth."""
    attempts = []
    for number, cut in enumerate(cuts):
        attempts.append(floor.attempt(kind, number, cut))
    assert floor.arrived(kind) <= len(attempts), "sent twice"
    last = {cut.of: attempt for cut, attempt in zip(cuts, attempts, strict=True)}
    assert {attempt.told for attempt in last.values()} == {"done"}, "there are more bytes"
    truth = floor.truth()
    counts = {"done": 0, "not sent": 0, "unknown": 0}
    for attempt in attempts:
        counts[attempt.told] += 1
        is_done = was_done(kind, truth.get(attempt.name, []))
        if attempt.told == "unknown":
            assert (floor.resolve(attempt) is Outcome.CONFIRMED) == is_done, attempt
        else:
            assert (attempt.told == "done") == is_done, attempt
    assert floor.arrived(kind) <= len(attempts), "resolving has sent again"
    return counts


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(PATHS))
def test_a_cut_at_every_byte(floor: Floor, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever byte it is, of the request or of the reply (rules 45, 107)."""
    _shorten_the_window(monkeypatch)
    ways: list[Way] = ["request", "reply"]
    cuts = [
        Cut(after_bytes=number, of=of, how="rst" if number % 2 else "fin")
        for of in ways
        for number in range(BYTES[of])
    ]
    counts = check_all(floor, kind, cuts)

    # The last cuts come after the end, and the first ones before the exchange has it all.
    assert counts["done"] > 0
    assert counts["unknown"] > 300


@pytest.mark.parametrize("kind", list(PATHS))
def test_a_cut_at_some_bytes(floor: Floor, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of the bytes, at every run."""
    _shorten_the_window(monkeypatch)
    ways: list[Way] = ["request", "reply"]
    cuts = [Cut(after_bytes=number, of=of) for of in ways for number in range(0, BYTES[of], 40)]
    counts = check_all(floor, kind, cuts)

    assert counts["done"] > 0
    assert counts["unknown"] > 10


def _shorten_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing is on its way any more when it is asked for: each connection has ended by then.
    monkeypatch.setattr(deciding, "WINDOW_MS", 0)
