"""The demo of 6MM: a real client whose connection is cut, and the proof that it missed nothing.

A trader fills, amends and cancels orders on the embedded exchange.
"""

from __future__ import annotations

from ..client import Client
from ..events import Event
from ..sim import Exchange, LoggedEvent
from ..venues.sixmm.stream_schema import Ticker
from .audit import Audit, audit
from .demonstration import GRACE_SECONDS, OVERTIME_SECONDS, Demonstration, last_resort
from .mover import cut_times
from .output import Output
from .trader import Trader

__all__ = ["Demo", "run_demo"]

_SYMBOL = "BTCUSDT"


def run_demo(*, seconds: float, seed: int, output: Output) -> int:
    """Run the demo and return the exit code: 0 only where the audit found nothing wrong.

    It ends ``seconds`` after the client is live, and at the latest :data:`GRACE_SECONDS` later.
    Ctrl-C ends it at once, with the figures so far and code 130.
    """
    with last_resort(seconds + OVERTIME_SECONDS), output:
        output.note(f"An exchange on this machine, seed {seed}; trading for {seconds:g} s.")
        with (
            Exchange(seed=seed) as exchange,
            Demo(exchange, seconds=seconds, seed=seed, output=output) as demo,
        ):
            return demo.run()


class Demo(Demonstration):
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
        self._account = exchange.create_account(username="demo", password="demo", balance="100000")
        rival = exchange.create_account(username="rival", password="rival", balance="10000000")
        key = exchange.create_key(self._account)
        client = Client(
            api_key=key.api_key,
            api_secret=key.api_secret,
            rest_url=exchange.rest_url,
            ws_url=exchange.ws_url,
        )
        trader = Trader(
            exchange, account=self._account, rival=rival, seed=seed, cuts=cut_times(seconds)
        )
        super().__init__(
            client=client,
            trader=trader,
            market_topic=f"market.ticker.{_SYMBOL}",
            seconds=seconds,
            output=output,
            grace=grace,
        )

    def _log(self) -> list[LoggedEvent]:
        return self._exchange.private_log(self._account)

    def _is_connected(self) -> bool:
        return self._exchange.connections(self._account) > 0

    def _price_in(self, event: Event) -> str:
        return f"{_SYMBOL} {event.last_price}" if isinstance(event, Ticker) else ""

    def _judge(self) -> Audit:
        return audit(
            self._log(),
            self._record.events,
            truth=self._exchange.truth(self._account),
            mirror=self._client.account,
            after_seq=self._after_seq,
        )
