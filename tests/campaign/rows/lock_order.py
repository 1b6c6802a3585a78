"""D4: no two locks of the client are ever taken in conflicting orders."""

from __future__ import annotations

import contextlib
import threading

from sixmm import Client, SixmmError

from ..floor import Tally
from ..locks import Ledger, watching
from ..row import Finding, Round, Row, at_least, exactly, noted
from .storm import storm

__all__ = ["ROWS"]

_PACKAGES = ("sixmm.", "urllib3.", "requests.", "queue")
_EXCHANGE = "sixmm.sim."


def _watch(round_: Round) -> list[Finding]:
    """Trace every lock through storms, and through callers that do everything at once."""
    storms = round_.pick(full=12, short=2)
    ledger, tally = Ledger(), Tally()
    with watching(ledger, _PACKAGES):
        for number in range(storms):
            storm(tally, seed=round_.seed * 1_000 + number, busy=_busy)
    ours = [cycle for cycle in ledger.cycles() if not all(p.startswith(_EXCHANGE) for p in cycle)]
    return [
        exactly("cycles", len(ours), 0, "; ".join(" -> ".join(cycle) for cycle in ours)),
        at_least("places that make a lock", len(ledger.places), 8),
        noted("orders of two locks", len(ledger.edges)),
        noted("locks taken", ledger.taken),
        noted("signals left out", len(ledger.signals)),
        exactly("lost", tally.lost, 0, " / ".join(tally.words[:3])),
    ]


def _busy(client: Client, stop: threading.Event) -> None:
    """Call what a program can call, again and again, from a thread of its own."""
    acts = (
        client.stats,
        lambda: client.account,
        lambda: client.ping(0.5),
        lambda: client.subscribe("market.trade.BTCUSDT", timeout=0.5),
        lambda: client.unsubscribe("market.trade.BTCUSDT", timeout=0.5),
        lambda: client.orders.place(symbol="BTCUSDT", side="BUY", price="50000", quantity="0.001"),
        lambda: client.orders.cancel_all("BTCUSDT"),
        client.schema_report,
        lambda: repr(client),
    )
    while True:
        for act in acts:
            if stop.wait(0.005):
                return
            # What a storm does to a call is not what this row is about.
            with contextlib.suppress(SixmmError):
                act()


ROWS = (
    Row(
        name="lock-order",
        hazards=("D4",),
        shows="every lock of the client and of its HTTP library traced through 12 storms, while "
        "two threads call everything a program can call",
        run=_watch,
        full_s=400.0,
        short_s=150.0,
    ),
)
