"""What one writes in an afternoon: websocket-client, json and cattrs as they come, and a queue.

A thread receives, parses and makes the objects; the caller takes them from a ``queue.Queue``.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from decimal import Decimal
from typing import Any

import cattrs
import websocket

from benchmarks.plan import Result, Task

from .meter import held, measured, sent_when_connected
from .naive_models import AccountPush, DepthPush, OrderPush

__all__ = ["first_event", "hold", "receive"]

TIMEOUT = 60.0
"""Seconds that anything may take."""


def receive(task: Task) -> Result:
    """Measure a flood."""
    events = _start(task)
    return measured(task, lambda count, stamps: _take(events, count, stamps))


def hold(task: Task) -> Result:
    """Measure the weight of events that nobody takes."""
    return held(task, _start(task).qsize)


def first_event(task: Task) -> Result:
    """Measure the way from nothing to the first event: a listenKey by REST, then the stream."""
    return {"ms": _first_ms(task), "again_ms": _first_ms(task)}


def _first_ms(task: Task) -> float:
    sent_when_connected(task)
    begun = time.perf_counter()
    import requests

    url = f"{task.addresses.rest_url}/v1/private/user/listen-key"
    reply = requests.post(url, timeout=TIMEOUT)
    key = reply.json()["data"]["listenKey"]
    stream = websocket.create_connection(f"{task.addresses.ws_url(tls=False)}?listenKey={key}")
    while "topic" not in (push := json.loads(stream.recv())):
        pass
    _converter().structure(push, _kind_of(push))
    stream.close()
    return (time.perf_counter() - begun) * 1e3


def _start(task: Task) -> queue.Queue[Any]:
    socket = _connect(task)
    events: queue.Queue[Any] = queue.Queue()
    threading.Thread(target=_read, args=(socket, events), daemon=True).start()
    return events


def _connect(task: Task) -> Any:
    options = {"ca_certs": task.addresses.authority} if task.tls else None
    return websocket.create_connection(task.addresses.ws_url(tls=task.tls), sslopt=options)


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter()
    converter.register_structure_hook(Decimal, lambda value, _: Decimal(value))
    return converter


def _kind_of(push: dict[str, Any]) -> type:
    if push["topic"].startswith("market.depth."):
        return DepthPush
    is_order = push["data"]["eventType"] == "ORDER_TRADE_UPDATE"
    return OrderPush if is_order else AccountPush


def _read(socket: Any, events: queue.Queue[Any]) -> None:
    converter = _converter()
    try:
        while True:
            push = json.loads(socket.recv())
            events.put(converter.structure(push, _kind_of(push)))
    except Exception as exc:
        # The caller waits for it: without this a fault would look like silence.
        events.put(exc)


def _take(events: queue.Queue[Any], count: int, stamps: list[int] | None) -> int:
    now = time.time_ns
    for _ in range(count):
        event = events.get(timeout=TIMEOUT)
        if isinstance(event, Exception):
            raise event
        if stamps is not None:
            stamps.append(now())
    return count
