"""The course of a demo, the same for every venue: go live, trade and be cut, wait, and judge.

Everything runs on loopback: the exchange in threads of its own, a trader that works and cuts the
connection, and a client over real HTTP and WebSocket connections. The result is held against the
exchange's own log.
"""

from __future__ import annotations

import abc
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from ..blocking import BlockingClient
from ..clock import Deadline
from ..errors import SixmmError
from ..events import Event
from ..redaction import one_line
from .audit import Audit
from .mover import Mover
from .output import Output
from .record import Record

__all__ = ["GRACE_SECONDS", "OVERTIME_SECONDS", "Demonstration", "last_resort"]

GRACE_SECONDS = 30.0
"""How much longer than asked a run may take on a slow machine before it counts as failed."""

_POLL_SECONDS = 0.1
_QUIET_SECONDS = 0.3
"""For how long nothing may arrive before the result is worked out."""
OVERTIME_SECONDS = GRACE_SECONDS + 15.0
"""The same for the whole process, with its end."""
_SHOWN_FAULTS = 10

_GOOD = "Held against the exchange's own log: nothing was lost, and nothing came twice."
_FAULTS_SHOWN_IF_ANY = ("disorders", "inventions")
_BAD = "Held against the exchange's own log, it is not as it should be."
_MEANINGS = {
    "sent": "private events in the exchange's own log",
    "delivered": "of them reached the caller, in one of three ways:",
    "streamed": "as the very push of the stream",
    "recovered": "from REST, after a connection was cut",
    "superseded": "by a later state of the same order or balance, after a cut",
    "lost": "reached the caller in no way",
    "duplicated": "events told something a second time",
    "disorders": "events told something older than was told before",
    "inventions": "events told something that never was",
    "reconnects": "connections that replaced one that was cut",
    "latency_ms": "milliseconds from the exchange's clock to the caller's",
}


class _DemoFailed(Exception):
    """The demo could not come to a result; the text says why."""


Self = TypeVar("Self", bound="Demonstration")


class _Logged(Protocol):
    """An entry of the log of an exchange."""

    @property
    def seq(self) -> int:
        """Its number; they grow."""


class Demonstration(abc.ABC):
    """One run, as a context manager. What a venue has of its own is in the subclass.

    Args:
        client: a client of the account that is not started.
        trader: works for the account, and cuts the client's connection.
        market_topic: a topic of market data that is listened to as well.
        seconds: how long the trader works.
        output: where events and the result are shown.
        grace: seconds after ``seconds`` at which it gives up.
    """

    def __init__(
        self,
        *,
        client: BlockingClient,
        trader: Mover,
        market_topic: str,
        seconds: float,
        output: Output,
        grace: float,
    ) -> None:
        self._client = client
        self._trader = trader
        self._market_topic = market_topic
        self._seconds = seconds
        self._output = output
        self._deadline = Deadline(seconds + grace)
        self._record = Record()
        self._after_seq = 0
        self._price = ""

    @abc.abstractmethod
    def _log(self) -> Sequence[_Logged]:
        """Return what the exchange has pushed to the account, oldest first."""

    @abc.abstractmethod
    def _is_connected(self) -> bool:
        """Whether the exchange has a connection of the account."""

    @abc.abstractmethod
    def _judge(self) -> Audit:
        """Hold what was delivered against the exchange's log, from the counted entries on."""

    @abc.abstractmethod
    def _price_in(self, event: Event) -> str:
        """Return the price that an event tells for the line of status, or ``""``."""

    def __enter__(self: Self) -> Self:
        self._client.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._trader.stop()
        self._client.close()

    def run(self) -> int:
        """Trade, cut, wait until everything has arrived, and show the result."""
        try:
            self._go_live()
            self._watch_trading()
            self._drain()
        except KeyboardInterrupt:
            self._show(self._judge(), "Interrupted; the figures so far")
            return 130
        except (_DemoFailed, SixmmError) as exc:
            self._show(self._judge(), "No result; the figures so far")
            print(f"sixmm demo: {one_line(exc)}", file=sys.stderr)
            return 1
        return self._conclude(self._judge())

    # The course of events

    def _go_live(self) -> None:
        """Wait for the first comparison; what the exchange logs from then on counts."""
        while not self._record.is_live:
            self._take_one("starting")
        self._after_seq = max((entry.seq for entry in self._log()), default=0)
        self._client.subscribe(self._market_topic)

    def _watch_trading(self) -> None:
        self._trader.start()
        ends_at = time.monotonic() + self._seconds
        while (left := ends_at - time.monotonic()) > 0 or not self._has_come_back():
            self._take_one(f"{max(0.0, left):.0f} s left")
            if self._trader.failure is not None:
                raise _DemoFailed(f"the trader failed: {self._trader.failure!r}")

    def _has_come_back(self) -> bool:
        return self._trader.cuts_made > 0 and self._record.reconnects > 0

    def _drain(self) -> None:
        """Stop trading and wait until all has arrived: quiet, live, and nothing missing."""
        if not self._trader.stop():
            raise _DemoFailed("the trader did not stop in time")
        self._client.unsubscribe(self._market_topic)
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < _QUIET_SECONDS or not self._is_complete():
            if self._take_one("waiting for the last events"):
                quiet_since = time.monotonic()

    def _is_complete(self) -> bool:
        return self._is_connected() and self._record.is_live and not self._judge().lost

    def _take_one(self, phase: str) -> bool:
        """Take and show one event; return whether there was one."""
        if self._deadline.expired:
            raise _DemoFailed("not done in time: the events did not all arrive")
        self._output.status(self._status(phase))
        try:
            event = self._client.get(timeout=_POLL_SECONDS)
        except TimeoutError:
            return False
        self._record.take(event)
        self._show_event(event)
        return True

    # Showing

    def _show_event(self, event: Event) -> None:
        """Show the event; a price goes to the line of status where there is one."""
        price = self._price_in(event)
        self._price = price or self._price
        self._output.event(event, background=bool(price))

    def _status(self, phase: str) -> str:
        state = "live" if self._record.is_live else "not live"
        price = f" · {self._price}" if self._price else ""
        return (
            f" {state} · {len(self._record.events)} events · {self._record.reconnects} reconnects"
            f"{price} · {phase} "
        )

    def _conclude(self, result: Audit) -> int:
        good = result.clean and self._record.reconnects > 0
        self._show(result, _GOOD if good else _BAD, good=good)
        faults = (*result.missing, *result.differences, *result.repeats)
        for fault in (*faults, *result.disorders, *result.inventions)[:_SHOWN_FAULTS]:
            print(f"sixmm demo: {fault}", file=sys.stderr)
        return 0 if good else 1

    def _show(self, result: Audit, title: str, *, good: bool = False) -> None:
        figures = self._record.figures(result)
        self._output.summary(
            title, figures, good=good, meanings=_MEANINGS, only_if_any=_FAULTS_SHOWN_IF_ANY
        )


@contextmanager
def last_resort(seconds: float) -> Iterator[None]:
    """End the process after ``seconds`` where even closing hangs: a demo never stays behind."""

    def give_up() -> None:
        print("sixmm demo: gave up: it did not come to an end", file=sys.stderr, flush=True)
        os._exit(1)

    timer = threading.Timer(seconds, give_up)
    timer.name = "sixmm-demo-watchdog"
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
