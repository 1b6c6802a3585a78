"""The project itself, by its public names only."""

from __future__ import annotations

import concurrent.futures
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence

from benchmarks.canned import reply_to
from benchmarks.messages import topic_of
from benchmarks.plan import Result, Task
from sixmm import AccountUpdate, Client, DepthUpdate, InboxLimits, OrderTradeUpdate, Resynced
from sixmm.events import Event
from sixmm.transport.base import HttpRequest, HttpResponse
from sixmm.transport.memory import MemoryHttp

from .meter import held, measured, sent_when_connected

__all__ = ["first_event", "hold", "make_client", "receive", "receive_many", "started"]

IDLE = 60.0
"""Seconds without an event after which a run is given up."""
_WIDE = {
    "private_events": 1_000_000,
    "private_bytes": 1 << 30,
    "market_messages": 1_000_000,
    "market_bytes": 1 << 30,
}
_KINDS = (OrderTradeUpdate, AccountUpdate, DepthUpdate)


def receive(task: Task, *, deliver: str, levels: str = "top") -> Result:
    """Measure a flood.

    Args:
        task: what to do.
        deliver: the argument of :class:`sixmm.Client`.
        levels: ``"top"`` reads the best levels of a depth event, ``"all"`` reads every one.
    """
    with make_client(task, deliver=deliver) as client:
        started(client, task)
        events = client.events(timeout=IDLE)
        read = _read_all if levels == "all" else _read_top
        return measured(task, lambda count, stamps: _take(events, count, stamps, read))


def receive_many(task: Task, *, deliver: str) -> Result:
    """Measure a flood over several clients, each with a thread that takes its events."""
    with contextlib.ExitStack() as stack:
        clients = [
            stack.enter_context(make_client(task, deliver=deliver))
            for _ in range(task.flood.connections)
        ]
        for client in clients:
            started(client, task)
        return measured(task, lambda count, _stamps: _take_many(clients, count))


def _take_many(clients: Sequence[Client], count: int) -> int:
    share = count // len(clients)
    with concurrent.futures.ThreadPoolExecutor(len(clients)) as pool:
        takers = [
            pool.submit(_take, client.events(timeout=IDLE), share, None, _read_top)
            for client in clients
        ]
        return sum(taker.result() for taker in takers)


def hold(task: Task, *, deliver: str) -> Result:
    """Measure the weight of events that nobody takes."""
    with make_client(task, deliver=deliver) as client:
        started(client, task)
        return held(task, lambda: client.stats().private_waiting)


def first_event(task: Task, *, deliver: str) -> Result:
    """Measure the way from nothing to the first event, with REST calls over the network.

    The first client of a process also imports what it needs; ``again_ms`` is that of a second one.
    """
    return {"ms": _first_ms(task, deliver), "again_ms": _first_ms(task, deliver)}


def _first_ms(task: Task, deliver: str) -> float:
    sent_when_connected(task)
    begun = time.perf_counter()
    client = Client(
        api_key="bench",
        api_secret="bench",
        rest_url=task.addresses.rest_url,
        ws_url=task.addresses.ws_url(tls=False),
        deliver=deliver,  # type: ignore[arg-type]
    )
    with client:
        events = client.events(timeout=IDLE)
        while not isinstance(next(events), OrderTradeUpdate):
            pass
        return (time.perf_counter() - begun) * 1e3


def make_client(task: Task, *, deliver: str) -> Client:
    """Return a client of the sender that drops nothing; REST is answered in the process.

    With the option ``bounded`` of the task its inbox has the bounds that it has by default.
    """
    private = task.flood.kind != "depth"
    wide = {} if task.options.get("bounded") else _WIDE
    return Client(
        api_key="bench" if private else None,
        api_secret="bench" if private else None,
        rest_url="http://127.0.0.1:1",
        ws_url=task.addresses.ws_url(tls=task.tls),
        ca_file=task.addresses.authority,
        http=MemoryHttp(_answer),
        deliver=deliver,  # type: ignore[arg-type]
        limits=InboxLimits(**wide, market_policy="block"),
        # The canned answers know nothing of the orders that are sent.
        audit_interval=None,
    )


def _answer(request: HttpRequest) -> HttpResponse:
    path = request.url.partition("?")[0].split("/", 3)[3]
    return HttpResponse(status=200, body=reply_to("/" + path))


def started(client: Client, task: Task) -> None:
    """Return when the stream is live and what it says about its start has been taken."""
    client.wait_live()
    if task.flood.kind in ("depth", "mix"):
        client.subscribe(*(topic_of(number) for number in range(task.flood.topics)))
    if task.flood.kind != "depth":
        while not isinstance(client.get(timeout=IDLE), Resynced):
            pass


def _take(
    events: Iterator[Event],
    count: int,
    stamps: list[int] | None,
    read: Callable[[DepthUpdate], None],
) -> int:
    now, seen = time.time_ns, 0
    for event in events:
        if isinstance(event, DepthUpdate):
            read(event)
        elif not isinstance(event, _KINDS):
            continue
        seen += 1
        if stamps is not None:
            stamps.append(now())
        if seen == count:
            break
    return seen


def _read_top(event: DepthUpdate) -> None:
    _best = event.bids[0], event.asks[0]


def _read_all(event: DepthUpdate) -> None:
    for _price, _quantity in event.bids:
        pass
    for _price, _quantity in event.asks:
        pass
