"""The demo of RocketFi: the account of an embedded server trades by its script, and is followed."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence

from ..events import Event
from ..sim.rocketfi import Account, RocketFiExchange
from ..venues.rocketfi import MarkPriceUpdate, PriceFeed
from ..venues.rocketfi.client import RocketFiClient
from .audit import Audit
from .demonstration import GRACE_SECONDS, OVERTIME_SECONDS, Demonstration, last_resort
from .output import Output
from .rocketfi_audit import COUNTED, audit_rocketfi
from .trader import CUTS, cut_times

__all__ = ["Mover", "RocketFiDemo", "run_demo"]

_PAUSE = 0.05
"""Seconds between two steps, on average."""
_STEPS_IN_A_GAP = 4


def run_demo(*, seconds: float, seed: int, output: Output) -> int:
    """Run the demo and return the exit code: 0 only where the audit found nothing wrong.

    It ends ``seconds`` after the client is live, and not much later. Ctrl-C ends it at once, with
    the figures so far and code 130.
    """
    with last_resort(seconds + OVERTIME_SECONDS), output:
        output.note(f"A RocketFi server on this machine, seed {seed}; trading for {seconds:g} s.")
        with (
            RocketFiExchange(seed=seed, running=False) as exchange,
            RocketFiDemo(exchange, seconds=seconds, seed=seed, output=output) as demo,
        ):
            return demo.run()


class Mover:
    """Lets an account trade by the script of the server, and cuts its connection now and then.

    Args:
        exchange: the running server, which does not move by itself.
        account: a scripted account.
        seed: decides the pauses.
        cuts: after how many seconds the connection is cut.
    """

    def __init__(
        self, exchange: RocketFiExchange, account: Account, *, seed: int, cuts: Sequence[float] = ()
    ) -> None:
        self.failure: Exception | None = None
        """What ended the thread, or None."""
        self.cuts_made = 0
        """How many cuts there were in which events were missed."""
        self._exchange = exchange
        self._account = account
        self._random = random.Random(seed)
        self._cuts = list(cuts)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sixmm-demo-mover", daemon=True)

    def start(self) -> None:
        """Begin to trade."""
        self._thread.start()

    def stop(self, *, timeout: float = 5.0) -> bool:
        """Stop trading; return whether the thread ended in time. Orders stay open, and rest."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            started = time.monotonic()
            while not self._stopping.wait(self._random.uniform(0.5, 1.5) * _PAUSE):
                self._cut_if_due(time.monotonic() - started)
                self._exchange.step()
        except Exception as exc:  # the main thread tells it
            self.failure = exc

    def _cut_if_due(self, elapsed: float) -> None:
        """Cut the connection, and trade at once, so that there is something to miss.

        Where the client has not come back yet from the cut before, this one waits. Where it came
        back before anything happened, the cut does not count and is made again.
        """
        if not self._cuts or elapsed < self._cuts[0]:
            return
        log = self._exchange.private_log(self._account)
        how = CUTS[self.cuts_made % len(CUTS)]
        if not self._exchange.faults.cut(how, self._account):
            return
        self._exchange.step(_STEPS_IN_A_GAP)
        after = log[-1].seq if log else 0
        told = self._exchange.private_log(self._account, after)
        if any(entry.event_type in COUNTED and not entry.receivers for entry in told):
            del self._cuts[0]
            self.cuts_made += 1


class RocketFiDemo(Demonstration):
    """One run: the account, what moves it, and the client, as a context manager.

    Args:
        exchange: the running server, which does not move by itself.
        seconds: how long the account trades.
        seed: the seed of the pauses.
        output: where events and the result are shown.
        grace: seconds after ``seconds`` at which it gives up.
    """

    def __init__(
        self,
        exchange: RocketFiExchange,
        *,
        seconds: float,
        seed: int,
        output: Output,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._exchange = exchange
        self._account = exchange.create_account()
        self._before = exchange.truth(self._account)
        self._instrument = exchange.instruments[0]
        super().__init__(
            client=RocketFiClient(
                self._account.address, rest_url=exchange.rest_url, ws_url=exchange.ws_url
            ),
            trader=Mover(exchange, self._account, seed=seed, cuts=cut_times(seconds)),
            market_topic=str(PriceFeed(instrument_id=self._instrument.instrument_id)),
            seconds=seconds,
            output=output,
            grace=grace,
        )

    def _last_seq(self) -> int:
        return max((entry.seq for entry in self._exchange.private_log(self._account)), default=0)

    def _is_connected(self) -> bool:
        return self._exchange.connections(self._account) > 0

    def _price_in(self, event: Event) -> str:
        if not isinstance(event, MarkPriceUpdate):
            return ""
        return f"{self._instrument.ticker} {event.price}"

    def _judge(self) -> Audit:
        return audit_rocketfi(
            self._exchange.private_log(self._account),
            self._record.events,
            truth=self._exchange.truth(self._account),
            before=self._before,
            mirror=self._client.account,
            after_seq=self._after_seq,
        )
