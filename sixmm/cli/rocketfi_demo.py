"""The demo of RocketFi: the account of an embedded server trades by its script, and is followed."""

from __future__ import annotations

from collections.abc import Sequence

from ..events import Event
from ..sim.rocketfi import Account, LoggedEvent, RocketFiExchange
from ..venues.rocketfi import MarkPriceUpdate, PriceFeed
from ..venues.rocketfi.client import RocketFiClient
from .audit import Audit
from .demonstration import GRACE_SECONDS, OVERTIME_SECONDS, Demonstration, last_resort
from .mover import Mover, cut_times
from .output import Output
from .rocketfi_audit import COUNTED, audit_rocketfi

__all__ = ["RocketFiDemo", "RocketFiMover", "run_demo"]

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


class RocketFiMover(Mover):
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
        super().__init__(seed=seed, pause=_PAUSE, cuts=cuts)
        self._exchange = exchange
        self._account = account
        self._seen = 0

    def act(self) -> None:
        """Take a step of the script."""
        self._exchange.step()

    def cut(self, how: str) -> bool:
        """Cut the connection of the account; return whether there was one."""
        log = self._exchange.private_log(self._account)
        self._seen = log[-1].seq if log else 0
        return bool(self._exchange.faults.cut(how, self._account))

    def act_unheard(self) -> bool:
        """Take a few steps; return whether something since the cut was told to nobody."""
        self._exchange.step(_STEPS_IN_A_GAP)
        told = self._exchange.private_log(self._account, self._seen)
        return any(entry.event_type in COUNTED and not entry.receivers for entry in told)


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
            trader=RocketFiMover(exchange, self._account, seed=seed, cuts=cut_times(seconds)),
            market_topic=str(PriceFeed(instrument_id=self._instrument.instrument_id)),
            seconds=seconds,
            output=output,
            grace=grace,
        )

    def _log(self) -> list[LoggedEvent]:
        return self._exchange.private_log(self._account)

    def _is_connected(self) -> bool:
        return self._exchange.connections(self._account) > 0

    def _price_in(self, event: Event) -> str:
        if not isinstance(event, MarkPriceUpdate):
            return ""
        return f"{self._instrument.ticker} {event.price}"

    def _judge(self) -> Audit:
        return audit_rocketfi(
            self._log(),
            self._record.events,
            truth=self._exchange.truth(self._account),
            before=self._before,
            mirror=self._client.account,
            after_seq=self._after_seq,
        )
