"""A TCP proxy on loopback that does to connections what networks do to them, on demand.

Each connection asks the plan once, when it is accepted, where and how it is to be cut. A cut counts
bytes, so it can fall into the handshake, into a frame header, or in the middle of a message. What
was sent before the cut does arrive, as on a real network; nothing is dropped in between.

Everything else can be changed while it runs: the weather (latency, jitter, a limited rate, small
writes), holding everything (a link that is half open: nothing arrives and nothing ends), refusing
new connections, and cutting all that are open.
"""

from __future__ import annotations

import random
import select
import socket
import threading
from collections.abc import Callable
from types import TracebackType

from .cuts import Cut, How, Plan, Way
from .door import Door
from .pump import Pump
from .waker import Waker
from .weather import CALM, Weather

__all__ = ["Cut", "FaultProxy", "How", "Plan", "Way", "Weather"]

_PATIENCE = 5.0


class FaultProxy:
    """Passes bytes between a client and a server, and does to them what it is told.

    Args:
        port: the port of the server on 127.0.0.1.
        plan: where each connection is cut.
        seed: makes the jitter repeatable.
    """

    def __init__(self, port: int, plan: Plan = lambda _: None, *, seed: int = 0) -> None:
        self._target = ("127.0.0.1", port)
        self._plan = plan
        self._dice = random.Random(seed)
        self._lock = threading.Lock()
        self._pumps: dict[Pump, threading.Thread] = {}
        self._armed: Cut | None = None
        self._weather = CALM
        self._holds_new = False
        self._closing = False
        self._earlier_cuts = 0
        self.accepted = 0
        self._waker = Waker()
        self._door = Door()
        self.port: int = self._door.port
        self._thread = threading.Thread(target=self._accept, name="fault-proxy", daemon=True)
        self._thread.start()

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Drop everything and wait for the threads."""
        with self._lock:
            self._closing = True
        self._waker.wake()
        # The acceptor may be in the middle of making a connection: it is ended after that.
        self._thread.join(_PATIENCE)
        for pump, thread in list(self._pumps.items()):
            pump.cut("fin")
            thread.join(_PATIENCE)
        self._door.close()
        self._waker.close()

    # Faults

    def arm(self, cut: Cut) -> None:
        """Cut whichever connection brings the next bytes of a client, counted from those."""
        with self._lock:
            self._armed = cut

    def set_weather(self, weather: Weather = CALM) -> None:
        """Let bytes pass like this from now on, on every connection."""
        with self._lock:
            self._weather = weather
        self._each(lambda pump: pump.set_weather(weather))

    def hold(self, *, new: bool = True) -> int:
        """Pass nothing any more, not even an end; return how many connections that concerns.

        Connections that come later are accepted, and nothing is passed on them either; with
        ``new`` False they work.
        """
        with self._lock:
            self._holds_new = new
        return self._each(lambda pump: pump.hold(True))

    def release(self) -> None:
        """Pass what was held, and all that comes."""
        with self._lock:
            self._holds_new = False
        self._each(lambda pump: pump.hold(False))

    def refuse(self) -> None:
        """Refuse new connections, from when this returns; those that are open stay."""
        self._set_door(is_open=False)

    def admit(self) -> None:
        """Accept new connections again, on the same port."""
        self._set_door(is_open=True)

    def cut(self, how: How = "rst") -> int:
        """End all connections in this way; return how many there were.

        ``half`` ends the way to the client only.
        """
        return self._each(lambda pump: pump.cut(how))

    # Figures

    @property
    def cuts(self) -> int:
        """How many connections were cut."""
        with self._lock:
            return self._earlier_cuts + sum(pump.was_cut for pump in self._pumps)

    @property
    def connections(self) -> int:
        """How many connections are open."""
        with self._lock:
            return sum(not pump.join(0) for pump in self._pumps)

    # Inside

    def _each(self, act: Callable[[Pump], object]) -> int:
        with self._lock:
            pumps = [pump for pump in self._pumps if not pump.join(0)]
        for pump in pumps:
            act(pump)
        return len(pumps)

    def _set_door(self, *, is_open: bool) -> None:
        """Have the acceptor, who waits for the door, move it."""
        moved = self._door.wanted(is_open=is_open)
        self._waker.wake()
        if not moved.wait(_PATIENCE):
            raise TimeoutError("the proxy did not open or close its port in time")

    def _disarm(self) -> Cut | None:
        with self._lock:
            armed, self._armed = self._armed, None
        return armed

    def _accept(self) -> None:
        while not self._closing:
            waiting: list[Waker | socket.socket] = [self._waker, *self._door.sockets]
            select.select(waiting, [], [])
            self._waker.clear()
            self._door.move()
            client = self._door.accept()
            if client is not None:
                self._serve(client)
            self._forget_ended()

    def _serve(self, client: socket.socket) -> None:
        with self._lock:
            number, self.accepted = self.accepted, self.accepted + 1
        cut = self._plan(number)
        try:
            server = socket.create_connection(self._target, timeout=_PATIENCE)
        except OSError:
            client.close()
            return
        with self._lock:
            pump = Pump(
                client,
                server,
                cut=cut,
                disarm=self._disarm,
                seed=self._dice.getrandbits(32),
                weather=self._weather,
                is_held=self._holds_new,
            )
            thread = threading.Thread(target=pump.run, name="fault-proxy", daemon=True)
            self._pumps[pump] = thread
        thread.start()

    def _forget_ended(self) -> None:
        with self._lock:
            for pump, thread in list(self._pumps.items()):
                if pump.join(0) and not thread.is_alive():
                    self._earlier_cuts += pump.was_cut
                    del self._pumps[pump]
