"""F11: ids and masks that nobody can foresee, and that never come twice."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor

from sixmm.clock import Deadline, SystemClock
from sixmm.ordering.client_ids import new_client_order_id
from sixmm.redaction import Secret
from sixmm.rest import RestSession
from sixmm.transport import HttpRequest, HttpResponse, HttpTransport
from sixmm.transport.frames import TEXT
from sixmm.transport.link import _encode
from sixmm.venues.base import Credentials
from sixmm.venues.sixmm import SixmmVenue, calls

from ..row import Finding, Round, Row, at_least, exactly, noted

__all__ = ["ROWS"]

_PROCESSES = 2
_SAMPLE = 500


class _Answer(HttpTransport):
    """Answers at once, and keeps the id of each request."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def send(self, request: HttpRequest, *, deadline: Deadline) -> HttpResponse:  # noqa: ARG002
        """Return an empty success."""
        self.ids.append(request.headers["X-Request-ID"])
        return HttpResponse(status=200, body=b'{"code":0,"data":{}}')

    def close(self) -> None:
        """Do nothing."""


def _request_ids(count: int) -> list[str]:
    """Return the ids of so many calls of one session."""
    http = _Answer()
    session = RestSession(
        venue=SixmmVenue(),
        http=http,
        rest_url="https://exchange.test",
        credentials=Credentials(api_key=Secret("fx_key"), api_secret=Secret("secret")),
    )
    for _ in range(count):
        session.call(calls.version())
    session.close()
    return http.ids


def _order_ids(count: int) -> list[str]:
    """Return so many client order ids, made one right after the other."""
    clock = SystemClock()
    return [new_client_order_id(clock.time_ms()) for _ in range(count)]


def _masks(count: int) -> list[bytes]:
    """Return the masks of so many frames with the same text."""
    return [_encode([(TEXT, b"ab")])[2:6] for _ in range(count)]


_MAKERS: dict[str, Callable[[int], Sequence[object]]] = {
    "request ids": _request_ids,
    "client order ids": _order_ids,
    "masks": _masks,
}


def _run(round_: Round) -> list[Finding]:
    """Make ids in one process and in several, and again from the same state of Python's dice."""
    count = round_.pick(full=1_000_000, short=50_000)
    requests, orders = _request_ids(count), _order_ids(count)
    findings = [
        at_least("request ids", len(requests), count),
        exactly("of them not the first of their kind", count - len(set(requests)), 0),
        at_least("client order ids", len(orders), count),
        exactly("of these not the first of their kind", count - len(set(orders)), 0),
        noted("most client order ids in one millisecond", _most_in_a_ms(orders)),
    ]
    for name, make in _MAKERS.items():
        repeated = _repeated(make, round_.seed)
        findings.append(exactly(f"{name} that a seed of Python's dice repeats", repeated, 0))
    together = _in_processes(count // 20)
    findings += [
        at_least("client order ids of two processes at once", len(together), count // 20),
        exactly("of those not the first of their kind", len(together) - len(set(together)), 0),
        noted("bits of a mask that are set, in parts of all", _density(_masks(_SAMPLE))),
    ]
    return findings


def _most_in_a_ms(ids: Sequence[str]) -> int:
    """Return how many ids were made in the busiest millisecond: those differ by chance alone."""
    return max(Counter(one.split("-")[1] for one in ids).values())


def _repeated(make: Callable[[int], Sequence[object]], seed: int) -> int:
    """Return how many come again where somebody has set ``random`` to what it was."""
    found = []
    for _ in range(2):
        random.seed(seed)
        found.append(set(make(_SAMPLE)))
    return len(found[0] & found[1])


def _in_processes(count: int) -> list[str]:
    """Make ids in processes that were forked from the same state, where there is such a thing."""
    each = [count // _PROCESSES] * _PROCESSES
    with ProcessPoolExecutor(min(_PROCESSES, os.cpu_count() or 1)) as pool:
        return [one for part in pool.map(_order_ids, each) for one in part]


def _density(masks: Sequence[bytes]) -> float:
    return sum(int.from_bytes(mask, "big").bit_count() for mask in masks) / (32 * len(masks))


ROWS = (
    Row(
        name="ids",
        hazards=("F11",),
        shows="a million ids of requests and of orders, ids made by two processes at once, and "
        "the same again with Python's dice set back; those, and the masks of frames, are of the "
        "system's random numbers",
        run=_run,
        full_s=600.0,
    ),
)
