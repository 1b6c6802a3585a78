"""Everything that moves by itself: the markets, and the accounts that follow their script."""

from __future__ import annotations

from .core import Core
from .feeds import Feeds
from .ledger import Ledger, Touched
from .script import Script

__all__ = ["World"]


class World:
    """Lets time pass on a server, one step at a time. Any thread may call it."""

    def __init__(self, core: Core, feeds: Feeds) -> None:
        """Move what is on `core`."""
        self._core = core
        self._feeds = feeds
        self._scripts: dict[str, Script] = {}

    def follow(self, ledger: Ledger) -> None:
        """Let an account do what its script says, from now on. Inside of a transaction."""
        self._scripts[ledger.address] = Script(self._core.seed, ledger.address)

    def step(self, count: int = 1) -> None:
        """Move every market and every scripted account so many times."""
        for _ in range(count):
            with self._core.transaction():
                self._step()

    def _step(self) -> None:
        core, now_ms = self._core, self._core.now_ms()
        markets = list(core.markets.values())
        for market in markets:
            market.step(now_ms)
            self._feeds.tell_market(market)
        for address, script in self._scripts.items():
            touched = script.step(core.ledgers[address], markets, now_ms)
            self._feeds.tell(core.ledgers[address], touched)
            self._tell_funding(touched)

    def _tell_funding(self, touched: Touched) -> None:
        if touched.funding is not None:
            key = touched.funding.instrument.instrument_id
            self._feeds.tell_funding(self._core.markets[key])
