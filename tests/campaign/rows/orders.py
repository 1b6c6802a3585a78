"""C1: calls that change something, on a connection that is cut at every byte."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from sixmm.ordering import deciding
from tests.faults.proxy import Cut, Way
from tests.integration.test_order_cuts import BYTES, PATHS, Floor, check_all

from ..floor import floor
from ..row import Finding, Round, Row, at_least, at_most, exactly, noted

__all__ = ["ROWS"]

_WAYS: tuple[Way, ...] = ("request", "reply")


@contextmanager
def _window_over() -> Iterator[None]:
    """Let the exchange's window be over at once: each connection has ended when it is asked."""
    with mock.patch.object(deciding, "WINDOW_MS", 0):
        yield


def _cut(round_: Round) -> list[Finding]:
    """Place, cancel and amend once for each byte; an outcome that is wrong ends the row."""
    step = round_.pick(full=1, short=20)
    counts: Counter[str] = Counter()
    calls = arrived = 0
    with _window_over():
        for kind in PATHS:
            # The seed decides where the steps begin, so that short runs meet all bytes in the end.
            places = [(of, number) for of in _WAYS for number in _numbers(of, step, round_.seed)]
            cuts = [
                Cut(after_bytes=number, of=of, how="rst" if number % 2 else "fin")
                for of, number in places
            ]
            with floor(seed=round_.seed) as place:
                client = place.client(ws_url=place.exchange.ws_url)
                desk = Floor(place.exchange, place.account, place.rest_proxy, client)
                counts.update(check_all(desk, kind, cuts))
                arrived += desk.arrived(kind)
                client.close()
            calls += len(cuts)
    return [
        exactly("outcomes that are right", sum(counts.values()), calls),
        at_most("of them arrived at the exchange, each once", arrived, calls),
        at_least("outcomes that were unknown and then found out", counts["unknown"], calls // 6),
        noted("done", counts["done"]),
        noted("not sent", counts["not sent"]),
    ]


def _numbers(of: Way, step: int, seed: int) -> list[int]:
    """Return every so many bytes, and one that is beyond the end."""
    return [*range(seed % step, BYTES[of], step), BYTES[of]]


ROWS = (
    Row(
        name="order-cuts",
        hazards=("C1", "C3"),
        shows="place, cancel and amend, cut at each byte of the request and of the reply; what the "
        "client says became of each is held against what the exchange did",
        run=_cut,
        full_s=900.0,
    ),
)
