"""The heart of the embedded KuCoin: accounts, credentials, log and hub under one lock.

Any thread may begin a transaction. What happens in it goes into the log and into the queues of
the connections in one piece, so that log and wire have the same order, and a REST snapshot fits
the log to the push. Sockets are written to by the loop's thread, after the lock was released.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import localcontext

from ..change import Change
from ..engine.numbers import SIM_CONTEXT
from ..hub import encode
from ..log import KEPT_REQUESTS, RequestRecord
from ..loop import LoopBridge
from .engine.account import Account
from .engine.records import Push
from .engine.trader import Trader
from .fault_plan import FaultPlan
from .hub import Hub
from .limits import Pool
from .log import PushLog
from .manners import Manners
from .signing import Keys
from .tokens import Tokens

__all__ = ["Core"]

POOL_PERIOD = 30.0
"""Seconds after which the REST weights are full again."""


class Core:
    """All shared state, and the lock that guards it."""

    def __init__(
        self,
        *,
        seed: int,
        manners: Manners,
        tokens: Tokens,
        rest_weight: int,
        heartbeat_ms: tuple[int, int] = (18_000, 10_000),
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """Open an exchange without accounts and without a loop."""
        self.seed = seed
        self.ping_interval_ms, self.ping_timeout_ms = heartbeat_ms
        self.endpoints: dict[str, str] = {}
        """The WebSocket address of each host, once it is served."""
        self.manners = manners
        self.tokens = tokens
        self.hub = Hub()
        self.log = PushLog()
        self.faults = FaultPlan()
        self.bridge = LoopBridge()
        self.change = Change()
        self.keys = Keys()
        self.traders: dict[str, Trader] = {}
        self.requests: deque[RequestRecord] = deque(maxlen=KEPT_REQUESTS)
        self.slow_closes = 0
        self._clock_ns = clock_ns
        self._rest_weight = rest_weight
        self._pools: dict[tuple[str, str], Pool] = {}
        self._lock = threading.Lock()
        self._waking = False

    def machine_ms(self) -> int:
        """Return the machine's time in ms; lives of tokens are reckoned in it."""
        return self._clock_ns() // 1_000_000

    def now_ns(self) -> int:
        """Return the time that the exchange tells, in ns: off by the skew, if there is one."""
        return self._clock_ns() + self.faults.skew_ms * 1_000_000

    def now_ms(self) -> int:
        """Return the time that the exchange tells, in ms."""
        return self.now_ns() // 1_000_000

    def pool(self, owner: str, name: str) -> Pool:
        """Return the REST weights that `owner` has left in the pool of that name."""
        found = self._pools.get((owner, name))
        if found is None:
            found = self._pools[owner, name] = Pool(self._rest_weight, POOL_PERIOD)
        return found

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold the lock to look and to change nothing."""
        with self._lock, localcontext(SIM_CONTEXT):
            yield

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock; on leaving, log and queue what has happened to the accounts.

        What happened before an error was raised is logged too.
        """
        # The calling thread may have any decimal context; money is not reckoned in that one.
        with self._lock, localcontext(SIM_CONTEXT):
            try:
                yield
            finally:
                wake = self._dispatch()
        if wake:
            self.bridge.soon(self._wake)
        self.change.announce()

    def record(self, record: RequestRecord) -> None:
        """Note a request that has been answered."""
        self.requests.append(record)
        self.change.announce()

    def _dispatch(self) -> bool:
        """Log and queue what the accounts have to push; tell whether the loop is to be woken."""
        for trader in self.traders.values():
            for push in trader.account.drain():
                self._push(trader.account, push)
        if self._waking:
            return False
        self._waking = self.hub.has_dirty
        return self._waking

    def _push(self, account: Account, push: Push) -> None:
        text = encode(_pro_message(push) if push.pro else self._classic_message(account, push))
        entry = self.log.append(
            account.user_id,
            topic=push.topic,
            subject=push.subject,
            key=push.key,
            text=text,
            ts_ms=push.ts_ns // 1_000_000,
        )
        if not self.faults.muted:
            owner = None if push.everyone else account.user_id
            self.hub.push(owner, entry, twice=self.faults.duplicating)

    def _classic_message(self, account: Account, push: Push) -> dict[str, object]:
        topic, subject = push.topic, push.subject
        if self.manners.symbol_topics and push.printed is not None:
            topic, subject = push.printed
        message: dict[str, object] = {
            "topic": topic,
            "type": "message",
            "subject": subject,
            "data": push.data,
        }
        style = self.manners.envelope
        bare = style == "bare" or (style == "mixed" and account.random.random() < 0.5)
        if push.envelope_id is not None:
            message["id"] = push.envelope_id
        if not (push.bare or bare):
            message["userId"] = account.user_id
            message["channelType"] = "private"
        return message

    def _wake(self) -> None:
        """Wake the connections that have something to write. On the loop's thread."""
        with self._lock:
            self._waking = False
            dirty = self.hub.take_dirty()
        for outlet in dirty:
            outlet.wake()


def _pro_message(push: Push) -> dict[str, object]:
    return {"T": push.subject, "P": push.ts_ns + 37_041, "d": push.data}
