"""The heart of the server: accounts, markets, log and hub under one lock.

Any thread may begin a transaction. Inside it a change is made, logged and queued for whoever is
subscribed, in one piece: log and wire have the same order, and what REST tells under the lock fits
the log to the event. Sockets are written to by the loop's thread, after the lock was released.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import localcontext

from ..change import Change
from ..engine.numbers import SIM_CONTEXT
from ..fault_plan import FaultPlan
from ..loop import LoopBridge
from .forms import Forms
from .hub import Hub
from .ledger import Ledger
from .log import PrivateLog, RequestRecord
from .manners import Manners
from .market import Instrument, Market

__all__ = ["Core"]

KEPT_REQUESTS = 20_000


def _wall_clock_ms() -> int:
    return time.time_ns() // 1_000_000


class Core:
    """All shared state, and the lock that guards it.

    What connections and faults ask of it has the names that the core of the 6MM exchange has.
    """

    def __init__(
        self,
        instruments: Iterable[Instrument],
        *,
        seed: int,
        manners: Manners,
        clock_ms: Callable[[], int] | None = None,
    ) -> None:
        """Open the markets, without accounts and without a loop.

        `clock_ms` stands in for the machine's clock, so that tests need not wait for it.
        """
        self._clock_ms = clock_ms or _wall_clock_ms
        self.seed = seed
        self.manners = manners
        self.forms = Forms(manners)
        self.faults = FaultPlan()
        with localcontext(SIM_CONTEXT):
            opened = [Market.open(one, seed, self.now_ms()) for one in instruments]
        self.markets = {market.instrument_id: market for market in opened}
        self.ledgers: dict[str, Ledger] = {}
        self.order_ids = Ledger.order_ids()
        self.hub = Hub()
        self.log = PrivateLog()
        self.bridge = LoopBridge()
        self.change = Change()
        self.requests: deque[RequestRecord] = deque(maxlen=KEPT_REQUESTS)
        self.slow_closes = 0
        self._lock = threading.Lock()
        self._waking = False

    def now_ms(self) -> int:
        """Return the time that the server tells, in ms: off by the skew, if there is one."""
        return self._clock_ms() + self.faults.skew_ms

    @contextmanager
    def reading(self) -> Iterator[Core]:
        """Hold the lock, to look and to change nothing; nothing is announced."""
        with self._lock, localcontext(SIM_CONTEXT):
            yield self

    @contextmanager
    def transaction(self) -> Iterator[Core]:
        """Hold the lock; on leaving, see that what was queued is written."""
        # The calling thread may have any decimal context; money is not reckoned in that one.
        with self._lock, localcontext(SIM_CONTEXT):
            try:
                yield self
            finally:
                # One wake-up is enough however many transactions come before the loop gets to it.
                wake = self.hub.has_dirty and not self._waking
                self._waking = self._waking or wake
        if wake:
            self.bridge.soon(self._wake)
        self.change.announce()

    def record(self, record: RequestRecord) -> None:
        """Note a request that has been answered."""
        self.requests.append(record)
        self.change.announce()

    def _wake(self) -> None:
        """Wake the connections that have something to write. On the loop's thread."""
        with self._lock:
            self._waking = False
            dirty = self.hub.take_dirty()
        for outlet in dirty:
            outlet.wake()
