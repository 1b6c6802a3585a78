"""The heart of the embedded exchange: engine, credentials, log and hub under one lock.

Any thread may begin a transaction. Inside it the engine runs, its events go into the log and
into the queues of the connections, in one piece: log and wire have the same order, and a
picture taken under the lock fits the log to the event. Sockets are written to by the loop's
thread, after the lock has been released.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import localcontext

from .api_keys import ApiKeys
from .change import Change
from .credentials import ListenKeys, ReplayMemory, Sessions
from .engine.account import Account
from .engine.engine import Engine
from .engine.numbers import SIM_CONTEXT
from .engine.symbols import SymbolSpec
from .fault_plan import FaultPlan
from .hub import Hub, encode
from .log import KEPT_REQUESTS, PrivateLog, RequestRecord
from .loop import LoopBridge
from .marks import MarkCandles
from .tickets import Tickets

__all__ = ["Core"]


def _wall_clock_ms() -> int:
    return time.time_ns() // 1_000_000


def _nothing() -> None:
    """Stand in for a hook that nobody has set."""


class Core:
    """All shared state, and the lock that guards it."""

    def __init__(
        self,
        specs: Iterable[SymbolSpec],
        *,
        seed: int,
        listen_key_life_ms: int,
        access_token_life_s: int,
        clock_ms: Callable[[], int] | None = None,
    ) -> None:
        """Open an exchange without accounts and without a loop.

        `clock_ms` stands in for the machine's clock, so that tests need not wait for it.
        """
        self.seed = seed
        self.engine = Engine(specs, seed=seed)
        self.marks = MarkCandles(self.engine.state.markets, seed)
        self.hub = Hub()
        self.log = PrivateLog()
        self.faults = FaultPlan()
        self.bridge = LoopBridge()
        self.change = Change()
        self.keys = ApiKeys()
        self.passwords: dict[str, str] = {}
        self.favorites: dict[str, tuple[str, ...]] = {}
        """The favourite symbols of each user."""
        self.last_logins: dict[str, tuple[int, str]] = {}
        """When, in ms, and from which address each user has logged in last."""
        self.tickets = Tickets()
        self.sessions = Sessions(access_token_life_s)
        self.listen_keys = ListenKeys(listen_key_life_ms)
        self.replay = ReplayMemory()
        self.requests: deque[RequestRecord] = deque(maxlen=KEPT_REQUESTS)
        self.slow_closes = 0
        self.on_moved: Callable[[], None] = _nothing
        """Called on the loop's thread without the lock, after accounts have moved the market."""
        self.on_listen_keys: Callable[[], None] = _nothing
        """Called on the loop's thread without the lock, after the life of a listen key changed."""
        self._clock_ms = clock_ms or _wall_clock_ms
        self.started_ms = self.machine_ms()
        self._lock = threading.Lock()
        self._waking = False
        self._moved = False

    def machine_ms(self) -> int:
        """Return the machine's time in ms; lives of keys and tokens are reckoned in it."""
        return self._clock_ms()

    def now_ms(self) -> int:
        """Return the time that the exchange tells, in ms: off by the skew, if there is one."""
        return self.machine_ms() + self.faults.skew_ms

    @contextmanager
    def reading(self) -> Iterator[Engine]:
        """Hold the lock and give the engine, to look and to change nothing.

        Nothing is announced: a predicate of `wait_until` may look as often as it likes.
        """
        with self._lock, localcontext(SIM_CONTEXT):
            yield self.engine

    @contextmanager
    def transaction(self) -> Iterator[Engine]:
        """Hold the lock and give the engine; on leaving, log and queue what it has pushed.

        What was pushed before an error was raised is logged too.
        """
        # The calling thread may have any decimal context; money is not reckoned in that one.
        with self._lock, localcontext(SIM_CONTEXT):
            try:
                yield self.engine
            finally:
                wake = self._dispatch()
        if wake:
            self.bridge.soon(self._wake)
        self.change.announce()

    def account(self, username: str) -> Account | None:
        """Return the account with that name. Under the lock."""
        accounts = self.engine.state.accounts.values()
        return next((one for one in accounts if one.username == username), None)

    def record(self, record: RequestRecord) -> None:
        """Note a request that has been answered."""
        self.requests.append(record)
        self.change.announce()

    def _dispatch(self) -> bool:
        """Log and queue the engine's events; tell whether the loop has to be woken."""
        self.marks.sample(self.now_ms())
        for event in self.engine.drain():
            account = event.account
            text = encode({"topic": account.topic, "ts": event.ts, "data": event.data})
            kind = str(event.data["eventType"])
            entry = self.log.append(account.user_id, event.ts, kind, text)
            if not self.faults.muted:
                self.hub.push_private(account.user_id, entry, twice=self.faults.duplicating)
            self._moved = True
        # One wake-up is enough however many transactions come before the loop gets to it.
        if self._waking:
            return False
        self._waking = self.hub.has_dirty or self._moved
        return self._waking

    def _wake(self) -> None:
        """Wake the connections that have something to write. On the loop's thread."""
        with self._lock:
            self._waking = False
            moved, self._moved = self._moved, False
            dirty = self.hub.take_dirty()
        for outlet in dirty:
            outlet.wake()
        if moved:
            self.on_moved()
