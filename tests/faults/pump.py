"""One connection through the proxy: a thread that passes bytes both ways until the end."""

from __future__ import annotations

import contextlib
import random
import select
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable

from .cuts import Cut, How, Meter, Way
from .waker import Waker
from .weather import CALM, Flow, Weather

__all__ = ["Pump"]

_CHUNK = 65_536
_ROOM = 1_048_576
"""Bytes on their way in one direction before the proxy stops reading: pressure is passed back."""
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class _Lane:
    """One way of a connection: from where, to where, and what is in between."""

    def __init__(
        self, way: Way, source: socket.socket, sink: socket.socket, dice: random.Random
    ) -> None:
        self.way = way
        self.source = source
        self.sink = sink
        self.flow = Flow(dice)
        self.is_read = True
        """Whether more may come; not after an end."""
        self.is_open = True
        """Whether the end has not been passed on yet."""


class Pump:
    """Passes the bytes of one connection; everything but `run` may be called from any thread.

    Args:
        client: the socket of the client.
        server: the socket of the server.
        cut: where it ends, or None.
        disarm: asked whenever the client has sent something; a cut that it returns counts from
            there, in place of the first one.
        seed: makes the jitter repeatable.
        weather: how the bytes pass to begin with.
        is_held: whether nothing passes to begin with.
    """

    def __init__(
        self,
        client: socket.socket,
        server: socket.socket,
        *,
        cut: Cut | None,
        disarm: Callable[[], Cut | None],
        seed: int,
        weather: Weather = CALM,
        is_held: bool = False,
    ) -> None:
        for side in (client, server):
            # Without this the kernel glues small writes together again.
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            side.setblocking(False)
        self._client, self._server = client, server
        self._meter = Meter(cut)
        self._disarm = disarm
        dice = random.Random(seed)
        self._lanes = (
            _Lane("request", client, server, dice),
            _Lane("reply", server, client, dice),
        )
        self._waker = Waker()
        self._weather = weather
        self._is_held = is_held
        self._orders: deque[How] = deque()
        self._ended = threading.Event()
        self.was_cut = False

    # From any thread

    def set_weather(self, weather: Weather) -> None:
        """Let what comes from now on pass like this."""
        self._weather = weather
        self._waker.wake()

    def hold(self, on: bool) -> None:
        """Pass nothing while it is on, not even an end; what came meanwhile passes afterwards."""
        self._is_held = on
        self._waker.wake()

    def cut(self, how: How) -> None:
        """End the connection in this way, soon; what is on its way is lost."""
        self._orders.append(how)
        self._waker.wake()

    def join(self, timeout: float) -> bool:
        """Wait until both sockets are closed; return False where that takes too long."""
        return self._ended.wait(timeout)

    # In its own thread

    def run(self) -> None:
        """Pass bytes until the end; both sockets are closed then."""
        try:
            while any(lane.is_open for lane in self._lanes) and not self._turn():
                pass
        except (OSError, ValueError):
            # An end that one side has made: the other one learns it by the close below.
            pass
        finally:
            for side in (self._client, self._server):
                _end(side)
            self._waker.close()
            self._ended.set()

    def _turn(self) -> bool:
        """Wait for something to do and do it; return whether that was the end."""
        self._wait()
        self._waker.clear()
        if self._orders:
            return self._end_by(self._orders.popleft(), "reply")
        if self._is_held:
            return False
        for lane in self._lanes:
            self._read(lane)
            self._write(lane)
        cut = self._meter.cut
        if cut is None or not self._meter.is_over or self._lane(cut.of).flow.size:
            return False
        self._meter = Meter(None)
        return self._end_by(cut.how, cut.of)

    def _wait(self) -> None:
        if self._is_held:
            select.select([self._waker], [], [])
            return
        now = time.monotonic()
        waits = {lane.way: lane.flow.wait(now) for lane in self._lanes}
        reading = [lane.source for lane in self._lanes if self._may_read(lane)]
        writing = [lane.sink for lane in self._lanes if waits[lane.way] == 0.0]
        pauses = [wait for wait in waits.values() if wait]
        waiting: list[Waker | socket.socket] = [self._waker, *reading]
        select.select(waiting, writing, [], min(pauses, default=None))

    def _may_read(self, lane: _Lane) -> bool:
        return lane.is_read and lane.flow.size < _ROOM and not self._meter.is_over

    def _read(self, lane: _Lane) -> None:
        if not self._may_read(lane):
            return
        try:
            data = lane.source.recv(_CHUNK)
        except BlockingIOError:
            return
        if not data:
            lane.is_read = False
            return
        if lane.way == "request" and (armed := self._disarm()) is not None:
            self._meter = Meter(armed)
        if lane.is_open:
            passed = self._meter.take(data, lane.way)
            lane.flow.put(passed, now=time.monotonic(), weather=self._weather)

    def _write(self, lane: _Lane) -> None:
        now, weather = time.monotonic(), self._weather
        if lane.flow.wait(now) == 0.0:
            with contextlib.suppress(BlockingIOError):
                count = lane.sink.send(lane.flow.head(weather))
                lane.flow.written(count, now=now, weather=weather)
        if lane.is_open and not lane.is_read and not lane.flow.size:
            self._pass_end(lane)

    def _pass_end(self, lane: _Lane) -> None:
        lane.is_open = False
        lane.sink.shutdown(socket.SHUT_WR)

    def _end_by(self, how: How, way: Way) -> bool:
        """End the connection; return whether it is over, and not just half of it."""
        self.was_cut = True
        if how == "hold":
            self._is_held = True
            return False
        if how == "half":
            lane = self._lane(way)
            if lane.is_open:
                self._pass_end(lane)
            return False
        if how == "rst":
            for side in (self._client, self._server):
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                side.close()
        return True

    def _lane(self, way: Way) -> _Lane:
        return self._lanes[0] if way == "request" else self._lanes[1]


def _end(side: socket.socket) -> None:
    with contextlib.suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
    side.close()
