"""The demo of KuCoin: the account of an embedded exchange trades by its script, and is followed."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence

from ..events import Event
from ..sim.kucoin import Account, KuCoinExchange
from ..venues.kucoin import MarketMatch, market_match
from ..venues.kucoin.client import KuCoinClient
from ..venues.kucoin.venue import ACCOUNT_TOPICS
from .audit import Audit
from .demonstration import GRACE_SECONDS, OVERTIME_SECONDS, Demonstration, last_resort
from .kucoin_audit import audit_kucoin
from .output import Output
from .trader import CUTS, cut_times

__all__ = ["KuCoinDemo", "KuCoinMover", "run_demo"]

_PAUSE = 0.05
"""Seconds between two steps, on average."""
_STEPS_IN_A_GAP = 6
_SYMBOLS = ("BTC-USDT", "ETH-USDT")
_TOPICS = frozenset(topic for topics in ACCOUNT_TOPICS.values() for topic in topics)
_LIVE_SECONDS = 20.0


def run_demo(*, seconds: float, seed: int, output: Output) -> int:
    """Run the demo and return the exit code: 0 only where the audit found nothing wrong.

    It ends ``seconds`` after the client is live, and not much later. Ctrl-C ends it at once, with
    the figures so far and code 130.
    """
    with last_resort(seconds + OVERTIME_SECONDS), output:
        output.note(f"A KuCoin on this machine, seed {seed}; trading for {seconds:g} s.")
        with (
            KuCoinExchange(seed=seed) as exchange,
            KuCoinDemo(exchange, seconds=seconds, seed=seed, output=output) as demo,
        ):
            return demo.run()


class KuCoinMover:
    """Lets an account trade by the script of the exchange, and cuts its connections now and then.

    Args:
        exchange: the running exchange, in which nothing happens by itself.
        account: the account.
        seed: decides the pauses.
        cuts: after how many seconds the connections are cut.
    """

    def __init__(
        self, exchange: KuCoinExchange, account: Account, *, seed: int, cuts: Sequence[float] = ()
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
                self._exchange.step(self._account)
        except Exception as exc:  # the main thread tells it
            self.failure = exc

    def _cut_if_due(self, elapsed: float) -> None:
        """Cut the connections, and trade at once, so that there is something to miss.

        Where the client has not come back yet from the cut before, this one waits. Where it came
        back before anything happened, the cut does not count and is made again.
        """
        if not self._cuts or elapsed < self._cuts[0]:
            return
        after = self._exchange.private_log(self._account)[-1].seq
        if not self._exchange.faults.cut(CUTS[self.cuts_made % len(CUTS)], self._account):
            return
        self._exchange.step(self._account, _STEPS_IN_A_GAP)
        told = self._exchange.private_log(self._account, after, _TOPICS)
        if any(not entry.receivers for entry in told):
            del self._cuts[0]
            self.cuts_made += 1


class KuCoinDemo(Demonstration):
    """One run: the account, what moves it, and the client, as a context manager.

    Args:
        exchange: the running exchange, in which nothing happens by itself.
        seconds: how long the account trades.
        seed: the seed of the pauses.
        output: where events and the result are shown.
        grace: seconds after ``seconds`` at which it gives up.
    """

    def __init__(
        self,
        exchange: KuCoinExchange,
        *,
        seconds: float,
        seed: int,
        output: Output,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._exchange = exchange
        self._account = exchange.create_account(markets=("spot", "futures"))
        key = exchange.create_key(self._account)
        super().__init__(
            client=KuCoinClient(
                key.api_key,
                key.api_secret,
                key.passphrase,
                rest_url=exchange.rest_url,
                futures_url=exchange.futures_url,
                symbols=_SYMBOLS,
            ),
            trader=KuCoinMover(exchange, self._account, seed=seed, cuts=cut_times(seconds)),
            market_topic=market_match(_SYMBOLS[0]),
            seconds=seconds,
            output=output,
            grace=grace,
        )

    def _go_live(self) -> None:
        # There are two connections, and the first of them says nothing of the other.
        self._client.wait_live(_LIVE_SECONDS)
        super()._go_live()

    def _last_seq(self) -> int:
        return max((entry.seq for entry in self._exchange.private_log(self._account)), default=0)

    def _is_connected(self) -> bool:
        return self._exchange.connections(self._account) > 1

    def _price_in(self, event: Event) -> str:
        return f"{event.symbol} {event.price}" if isinstance(event, MarketMatch) else ""

    def _judge(self) -> Audit:
        return audit_kucoin(
            self._exchange.private_log(self._account),
            self._record.events,
            topics=_TOPICS,
            truth=self._exchange.truth(self._account),
            mirror=self._client.account,
            after_seq=self._after_seq,
        )
