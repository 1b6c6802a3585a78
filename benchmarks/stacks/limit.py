"""What one thread of this machine can do: read much at once, split, and parse without types.

Nothing is handed to another thread, and nothing is checked that a client has to check.
"""

from __future__ import annotations

import time

import orjson

from benchmarks.plan import Result, Task

from .dial import Recv, dial
from .meter import measured

__all__ = ["receive"]


def receive(task: Task, *, sslsocket: bool = False) -> Result:
    """Measure a flood."""
    _sock, recv = dial(task, sslsocket=sslsocket)
    return measured(task, lambda count, stamps: _take(recv, count, stamps))


def _take(recv: Recv, count: int, stamps: list[int] | None) -> int:
    loads, now, seen, rest = orjson.loads, time.time_ns, 0, b""
    while seen < count:
        data = rest + recv()
        place, size = 0, len(data)
        while place + 4 <= size:
            length, start = data[place + 1], place + 2
            if length == 126:
                length, start = data[place + 2] << 8 | data[place + 3], place + 4
            stop = start + length
            if stop > size:
                break
            loads(data[start:stop])
            seen += 1
            place = stop
            if stamps is not None:
                stamps.append(now())
        rest = data[place:]
    return seen
