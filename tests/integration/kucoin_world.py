"""An embedded KuCoin with an account to which things happen, and a caller that takes everything."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from sixmm import BackoffPolicy, Event, Resynced
from sixmm.cli.kucoin_audit import KuCoinAudit, audit_kucoin
from sixmm.sim.kucoin import KuCoinExchange, Limits
from sixmm.venues.kucoin import KuCoinClient

__all__ = ["DEADLINE", "FAST", "SYMBOLS", "Course", "Taker", "World", "wanted"]

FAST = BackoffPolicy(base=0.005, maximum=0.05, stable_after=0.2)
"""A back-off for a server on the same machine."""
DEADLINE = 60.0
"""Seconds that anything may take on a busy machine; a test that passes does not wait for it."""
SYMBOLS = ("BTC-USDT", "ETH-USDT")
"""What the script trades on the spot market."""

_NO_LIMITS = Limits(messages=0, dials=0, sessions=0)
_PATIENCE = 3.0


class World:
    """A served exchange without limits, an account with money, and its key.

    Args:
        seed: decides what happens to the account.
        unified: whether the account is a unified one.
        options: those of the exchange.
    """

    def __init__(self, *, seed: int = 7, unified: bool = False, **options: Any) -> None:
        arguments = {"limits": _NO_LIMITS, "rest_weight": 10**9, **options}
        self.exchange = KuCoinExchange(seed=seed, **arguments)
        self.account = self.exchange.create_account(
            "demo", unified=unified, markets=("spot", "futures")
        )
        self.key = self.exchange.create_key(self.account)

    def __enter__(self) -> World:
        self.exchange.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.exchange.close()

    def client(self, **options: Any) -> KuCoinClient:
        """Return a client of the account that is not started."""
        arguments: dict[str, Any] = {
            "rest_url": self.exchange.rest_url,
            "futures_url": self.exchange.futures_url,
            "pro_url": self.exchange.pro_url,
            "symbols": SYMBOLS,
            "backoff": FAST,
            "pace": None,
            **options,
        }
        key = self.key
        return KuCoinClient(key.api_key, key.api_secret, key.passphrase, **arguments)

    @property
    def seq(self) -> int:
        """The number of the last push of the account."""
        return self.exchange.private_log(self.account)[-1].seq

    def settle(self, taker: Taker, client: KuCoinClient) -> None:
        """Wait until the caller has got what was pushed last, and the account is certain."""
        exchange, topics = self.exchange, wanted(client)
        for _ in range(int(DEADLINE / _PATIENCE)):
            client.wait_live(DEADLINE)
            after = self.seq
            # On each connection something has to come that the client has not seen yet.
            while not self._is_told_everywhere(after, topics):
                exchange.step(self.account)
            last = _last_of_each(exchange.private_log(self.account, after, topics))
            texts = set(last.values())
            if taker.wait_for(lambda t=texts: t <= taker.texts, _PATIENCE):  # type: ignore[misc]
                break
        else:
            raise AssertionError("the last pushes did not arrive")
        assert taker.wait_for(lambda: not client.account.stale, DEADLINE), "never certain again"

    def _is_told_everywhere(self, after: int, topics: frozenset[str]) -> bool:
        told = _last_of_each(self.exchange.private_log(self.account, after, topics))
        return len(told) == len(
            {_kind(topic) for topic in topics if not topic.startswith("/market")}
        )

    def audit(self, taker: Taker, client: KuCoinClient, *, after_seq: int) -> KuCoinAudit:
        """Hold what the caller got against the exchange's log."""
        return audit_kucoin(
            self.exchange.private_log(self.account),
            taker.events,
            topics=wanted(client),
            truth=self.exchange.truth(self.account),
            mirror=client.account,
            after_seq=after_seq,
        )


def wanted(client: KuCoinClient) -> frozenset[str]:
    """Return the topics that were asked for, also while there is no connection for them."""
    return frozenset(topic for shared in client._shares for topic in shared.desk.wanted())


def _last_of_each(log: Sequence[Any]) -> dict[str, str]:
    return {_kind(push.topic): push.text for push in log}


def _kind(topic: str) -> str:
    """Return which connection carries a topic."""
    if not topic.startswith("/"):
        return "pro"
    return "futures" if topic.startswith("/contract") else "spot"


class Taker:
    """Takes everything from a client in a thread of its own, until the client is closed."""

    def __init__(self, client: KuCoinClient) -> None:
        self.events: list[Event] = []
        self.texts: set[str] = set()
        self.failure: Exception | None = None
        self._client = client
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="taker", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for event in self._client.events():
                with self._changed:
                    self.events.append(event)
                    self.texts.add(event.raw)
                    self._changed.notify_all()
        except Exception as error:
            with self._changed:
                self.failure = error
                self._changed.notify_all()

    def wait_for(self, condition: Callable[[], bool], timeout: float = DEADLINE) -> bool:
        """Wait until a condition on what was taken holds; False where it does not in time."""
        with self._changed:
            held = self._changed.wait_for(lambda: condition() or bool(self.failure), timeout)
        if self.failure is not None:
            raise self.failure
        return held

    def resyncs(self, reason: str) -> int:
        """Return how many comparisons had this reason."""
        with self._changed:
            return sum(isinstance(e, Resynced) and e.reason == reason for e in self.events)

    def join(self) -> None:
        """Wait for the end of the thread, after the client was closed."""
        self._thread.join(DEADLINE)


class Course:
    """Has things happen to an account from a thread, and its connections cut, in a ``with`` block.

    Args:
        world: where.
        seed: decides when and how connections are cut.
        pause: seconds between two steps.
        cut_every: after so many steps, more or less, a connection is cut; 0 is never.
    """

    def __init__(
        self, world: World, *, seed: int = 1, pause: float = 0.004, cut_every: int = 0
    ) -> None:
        self._world = world
        self._dice = random.Random(seed)
        self._pause = pause
        self._cut_every = cut_every
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="course", daemon=True)
        self.cuts = 0
        self.steps = 0

    def __enter__(self) -> Course:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(DEADLINE)

    def wait_for(self, condition: Callable[[], bool], timeout: float = DEADLINE) -> bool:
        """Wait until a condition on the figures of the course holds."""
        with self._changed:
            return self._changed.wait_for(condition, timeout)

    def _run(self) -> None:
        world, dice = self._world, self._dice
        while not self._stop.is_set():
            world.exchange.step(world.account, dice.randint(1, 3))
            if self._cut_every and dice.randrange(self._cut_every) == 0:
                how = dice.choice(("rst", "fin", "mid_frame", "close"))
                host = dice.choice(("spot", "futures", "pro", None))
                self.cuts += world.exchange.faults.cut(how, host=host)
            with self._changed:
                self.steps += 1
                self._changed.notify_all()
            self._stop.wait(self._pause)
