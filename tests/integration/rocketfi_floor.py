"""What the tests of RocketFi stand on: an exchange, a client that is followed, and who is right."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import attrs

from sixmm import BackoffPolicy, Event, Origin, Resynced
from sixmm.sim.rocketfi import Account, RocketFiExchange
from sixmm.venues.rocketfi import OrderEventType, OrderEventUpdate, RocketFiClient

__all__ = ["DEADLINE", "Follower", "Verdict", "floor", "follow"]

DEADLINE = 60.0
_PATIENCE = 2.0
"""Seconds in which a push arrives, unless its link has just ended."""
FAST = BackoffPolicy(base=0.005, maximum=0.05, stable_after=0.2)

Work = Callable[[Event], object]
FillKey = tuple[str, int, Decimal]
"""Order, time and what remained: no two fills have all of them in common."""


@attrs.frozen(kw_only=True)
class Floor:
    """An exchange that trades by itself, and an account of it."""

    exchange: RocketFiExchange
    account: Account

    def client(self, **options: Any) -> RocketFiClient:
        """Return a client of the account that is not started."""
        arguments: dict[str, Any] = {
            "rest_url": self.exchange.rest_url,
            "ws_url": self.exchange.ws_url,
            "backoff": FAST,
            "pace": None,
            **options,
        }
        return RocketFiClient(self.account.address, **arguments)

    @contextlib.contextmanager
    def trading(self, *, pause: float = 0.005) -> Iterator[None]:
        """Let the markets and the account move while the block runs, and not afterwards."""
        stop = threading.Event()

        def move() -> None:
            while not stop.wait(pause):
                self.exchange.step()

        mover = threading.Thread(target=move, name="test-mover", daemon=True)
        mover.start()
        try:
            yield
        finally:
            stop.set()
            mover.join(DEADLINE)
            assert not mover.is_alive()


@contextlib.contextmanager
def floor(*, seed: int = 7, **options: Any) -> Iterator[Floor]:
    """Make a floor; the options are those of the exchange."""
    with RocketFiExchange(seed=seed, running=False, **options) as exchange:
        yield Floor(exchange=exchange, account=exchange.create_account())


@attrs.frozen(kw_only=True)
class Verdict:
    """What a caller got, held against the exchange's log."""

    sent: int
    """Fills that the exchange logged since the client was live."""
    lost: tuple[str, ...]
    """Fills that were not told, and parts of the picture that differ from the truth."""
    duplicated: tuple[str, ...]
    """Fills, and texts about orders, that were told more than once, by whichever way."""
    invented: tuple[str, ...]
    """Fills that the exchange never had."""


class Follower:
    """Takes the events of a client in a thread, and keeps them.

    Args:
        place: where the client is.
        client: a client that is started.
        work: what the thread has to do before it keeps an event.
    """

    def __init__(self, place: Floor, client: RocketFiClient, *, work: Work | None = None) -> None:
        self._place = place
        self._client = client
        self._work = work
        self.events: list[Event] = []
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._take, name="test-follower", daemon=True)
        self._thread.start()

    def _take(self) -> None:
        for event in self._client.events(timeout=DEADLINE):
            if self._work is not None:
                self._work(event)
            with self._changed:
                self.events.append(event)
                self._changed.notify_all()

    def of(self, kind: type[Any]) -> list[Any]:
        """Return the events of a kind that came so far."""
        with self._changed:
            return [event for event in self.events if isinstance(event, kind)]

    def wait_for(self, kind: type[Any], count: int) -> None:
        """Wait until so many events of a kind have come."""
        assert self._has_come(
            lambda: sum(isinstance(event, kind) for event in self.events) >= count, DEADLINE
        ), f"no {count} events of {kind.__name__}"

    def _has_come(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until a condition on the events holds; return False where it does not in time."""
        with self._changed:
            return self._changed.wait_for(condition, timeout)

    def settle(self) -> None:
        """Wait until the picture of the account is what the exchange says, and all of it was taken.

        The picture is there before the events: they wait until they are taken. Events are taken in
        the order in which they are told, so one more push, once it was taken, is the end of them.
        """
        for _ in range(int(DEADLINE / _PATIENCE)):
            self._client.account.wait_for(
                lambda account: not account.stale and not self._differences(account), DEADLINE
            )
            text = self._last_push()
            # Where its link has just ended it is told by REST, and another one has to come.
            if self._has_come(lambda t=text: self._has(t), _PATIENCE):  # type: ignore[misc]
                return
        raise AssertionError("no last push arrived")

    def _last_push(self) -> str:
        """Have something pushed that changes nothing in the picture, and return its text."""
        exchange, account = self._place.exchange, self._place.account
        exchange.reject_order(account)
        pushes = exchange.private_log(account)
        return next(p.text for p in reversed(pushes) if p.event_type == "OrderEventUpdate")

    def _has(self, text: str) -> bool:
        return any(e.raw == text and e.origin is Origin.STREAM for e in reversed(self.events))

    def join(self) -> None:
        """Wait for the thread, once the client is closed."""
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive()

    def verdict(self, *, after_seq: int) -> Verdict:
        """Return what became of everything that was logged after ``after_seq``."""
        wanted = set(_logged_fills(self._place, after_seq))
        known = set(_logged_fills(self._place, 0))
        events = self.of(OrderEventUpdate)
        told = Counter(key for event in events for key in _told_fills(event))
        texts = Counter(event.raw for event in events if event.raw)
        lost = [f"fill {key}" for key in sorted(wanted - told.keys())]
        return Verdict(
            sent=len(wanted),
            lost=(*lost, *self._differences(self._client.account)),
            duplicated=(
                *(f"fill {key}" for key, count in told.items() if count > 1),
                *(f"text {text}" for text, count in texts.items() if count > 1),
            ),
            invented=tuple(f"fill {key}" for key in told.keys() - known),
        )

    def _differences(self, account: Any) -> list[str]:
        """Return how a picture differs from the truth of this moment."""
        truth = self._place.exchange.truth(self._place.account)
        mine = {
            "orders": {
                key: order.executed_quantity or 0 for key, order in account.orders.open.items()
            },
            "positions": {symbol: p.quantity for (symbol, _), p in account.positions.items()},
            "collateral": {key: balance.wallet for key, balance in account.balances.items()},
        }
        theirs = {
            "orders": {key: Decimal(row["filledQuantity"]) for key, row in truth["orders"].items()},
            "positions": {key: Decimal(row["quantity"]) for key, row in truth["positions"].items()},
            "collateral": {key: Decimal(held) for key, held in truth["collateral"].items()},
        }
        return [
            f"{part}: {mine[part]} is not {theirs[part]}"
            for part in theirs
            if mine[part] != theirs[part]
        ]


@contextlib.contextmanager
def follow(
    place: Floor, *, work: Work | None = None, **options: Any
) -> Iterator[tuple[RocketFiClient, Follower]]:
    """Start a client, wait until it is live and compared, and follow it to the end.

    Args:
        place: where the client is to be.
        work: what the follower has to do before it keeps an event.
        options: those of the client.
    """
    with place.client(**options) as client:
        follower = Follower(place, client, work=work)
        follower.wait_for(Resynced, 1)
        yield client, follower
    follower.join()


def _logged_fills(place: Floor, after_seq: int) -> Iterator[FillKey]:
    for entry in place.exchange.private_log(place.account, after_seq):
        if entry.event_type == "OrderEventUpdate":
            for row in entry.data["orderEvents"] or ():
                data = row["eventData"]
                if isinstance(data, dict) and "fill" in data:
                    fill = data["fill"]
                    rest = Decimal(fill["remaining_size"])
                    yield str(row["orderId"]), fill["timestamp"], rest


def _told_fills(event: OrderEventUpdate) -> Iterator[FillKey]:
    for row in event.order_events:
        if row.type == OrderEventType.FILL and row.timestamp and row.remaining_size is not None:
            yield str(row.order_id), row.timestamp, row.remaining_size
