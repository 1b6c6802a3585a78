"""The demo: a real client whose connection is cut, and the proof that it missed nothing.

Everything runs on loopback: the exchange in threads of its own, a trader that fills, amends and
cancels orders, and the client over real HTTP and WebSocket connections. The result is held against
the exchange's own log.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ..client import Client
from ..clock import Deadline
from ..errors import SixmmError
from ..events import Event
from ..redaction import one_line
from ..sim import Exchange
from ..venues.sixmm.stream_schema import Ticker
from .audit import Audit, audit
from .output import Output
from .record import Record
from .trader import Trader, cut_times

__all__ = ["GRACE_SECONDS", "Demo", "run_demo"]

GRACE_SECONDS = 30.0
"""How much longer than asked a run may take on a slow machine before it counts as failed."""

_POLL_SECONDS = 0.1
_QUIET_SECONDS = 0.3
"""For how long nothing may arrive before the result is worked out."""
_EXIT_SECONDS = 15.0
_SHOWN_FAULTS = 10
_TICKER = "market.ticker.BTCUSDT"

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


def run_demo(*, seconds: float, seed: int, output: Output) -> int:
    """Run the demo and return the exit code: 0 only where the audit found nothing wrong.

    It ends ``seconds`` after the client is live, and at the latest :data:`GRACE_SECONDS` later.
    Ctrl-C ends it at once, with the figures so far and code 130.
    """
    with _last_resort(seconds + GRACE_SECONDS + _EXIT_SECONDS), output:
        output.note(f"An exchange on this machine, seed {seed}; trading for {seconds:g} s.")
        with (
            Exchange(seed=seed) as exchange,
            Demo(exchange, seconds=seconds, seed=seed, output=output) as demo,
        ):
            return demo.run()


class Demo:
    """One run: the accounts, the trader and the client, as a context manager.

    Args:
        exchange: the running exchange.
        seconds: how long the trader trades.
        seed: the seed of the trader.
        output: where events and the result are shown.
        grace: seconds after ``seconds`` at which it gives up.
    """

    def __init__(
        self,
        exchange: Exchange,
        *,
        seconds: float,
        seed: int,
        output: Output,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._exchange = exchange
        self._seconds = seconds
        self._output = output
        self._deadline = Deadline(seconds + grace)
        self._record = Record()
        self._after_seq = 0
        self._price = ""
        self._account = exchange.create_account(username="demo", password="demo", balance="100000")
        rival = exchange.create_account(username="rival", password="rival", balance="10000000")
        key = exchange.create_key(self._account)
        self._trader = Trader(
            exchange, account=self._account, rival=rival, seed=seed, cuts=cut_times(seconds)
        )
        self._client = Client(
            api_key=key.api_key,
            api_secret=key.api_secret,
            rest_url=exchange.rest_url,
            ws_url=exchange.ws_url,
        )

    def __enter__(self) -> Demo:
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
        self._after_seq = max((e.seq for e in self._exchange.private_log(self._account)), default=0)
        self._client.subscribe(_TICKER)

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
        self._client.unsubscribe(_TICKER)
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < _QUIET_SECONDS or not self._is_complete():
            if self._take_one("waiting for the last events"):
                quiet_since = time.monotonic()

    def _is_complete(self) -> bool:
        connected = self._exchange.connections(self._account) > 0
        return connected and self._record.is_live and not self._judge().lost

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
        is_price = isinstance(event, Ticker)
        if isinstance(event, Ticker):
            self._price = f"{event.last_price}"
        self._output.event(event, background=is_price)

    def _status(self, phase: str) -> str:
        state = "live" if self._record.is_live else "not live"
        price = f" · BTCUSDT {self._price}" if self._price else ""
        return (
            f" {state} · {len(self._record.events)} events · {self._record.reconnects} reconnects"
            f"{price} · {phase} "
        )

    def _judge(self) -> Audit:
        return audit(
            self._exchange.private_log(self._account),
            self._record.events,
            truth=self._exchange.truth(self._account),
            mirror=self._client.account,
            after_seq=self._after_seq,
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
def _last_resort(seconds: float) -> Iterator[None]:
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
