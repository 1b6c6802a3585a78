"""The demo of KuCoin: the account of an embedded exchange trades by its script, and is followed."""

from __future__ import annotations

from collections.abc import Sequence

from ..events import Event
from ..sim.kucoin import Account, KuCoinExchange, LoggedPush
from ..venues.kucoin import MarketMatch, market_match
from ..venues.kucoin.client import KuCoinClient
from ..venues.kucoin.venue import ACCOUNT_TOPICS
from .audit import Audit
from .demonstration import GRACE_SECONDS, OVERTIME_SECONDS, Demonstration, last_resort
from .kucoin_audit import audit_kucoin
from .mover import Mover, cut_times
from .output import Output

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


class KuCoinMover(Mover):
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
        super().__init__(seed=seed, pause=_PAUSE, cuts=cuts)
        self._exchange = exchange
        self._account = account
        self._seen = 0

    def act(self) -> None:
        """Take a step of the script."""
        self._exchange.step(self._account)

    def cut(self, how: str) -> bool:
        """Cut the connections of the account; return whether there was one."""
        self._seen = self._exchange.private_log(self._account)[-1].seq
        return bool(self._exchange.faults.cut(how, self._account))

    def act_unheard(self) -> bool:
        """Take a few steps; return whether something since the cut was told to nobody."""
        self._exchange.step(self._account, _STEPS_IN_A_GAP)
        told = self._exchange.private_log(self._account, self._seen, _TOPICS)
        return any(not entry.receivers for entry in told)


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

    def _log(self) -> list[LoggedPush]:
        return self._exchange.private_log(self._account)

    def _is_connected(self) -> bool:
        return self._exchange.connections(self._account) > 1

    def _price_in(self, event: Event) -> str:
        return f"{event.symbol} {event.price}" if isinstance(event, MarketMatch) else ""

    def _judge(self) -> Audit:
        return audit_kucoin(
            self._log(),
            self._record.events,
            topics=_TOPICS,
            truth=self._exchange.truth(self._account),
            mirror=self._client.account,
            after_seq=self._after_seq,
        )
