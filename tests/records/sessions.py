"""Sessions on an embedded exchange that are recorded, and what a client was told in them.

``python -m tests.records.sessions FILE`` makes the fixture ``tests/data/demo.jsonl.gz`` anew.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sixmm import AccountUpdate, BackoffPolicy, Client, Event, OrderTradeUpdate, Resynced
from sixmm.cli.mover import cut_times
from sixmm.cli.trader import Trader
from sixmm.records import Recorder
from sixmm.sim import Exchange
from sixmm.transport.requests_http import RequestsTransport
from sixmm.transport.websocket_client import WebSocketClientTransport
from tests.integration.trading import Trading

__all__ = ["DEADLINE", "FAST", "Listener", "private_ids", "record_demo", "record_trading"]

DEADLINE = 30.0
"""Seconds that anything may take on a busy machine; a test that passes does not wait for it."""

FAST = BackoffPolicy(base=0.005, maximum=0.05, stable_after=0.2)
"""A back-off for a server on the same machine, or for none."""

TICKER = "market.ticker.BTCUSDT"


class Listener:
    """Takes everything from a client in a thread of its own."""

    def __init__(self, client: Client) -> None:
        self.events: list[Event] = []
        self._client = client
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        for event in self._client.events():
            with self._changed:
                self.events.append(event)
                self._changed.notify_all()

    def wait_for(self, condition: Callable[[], bool], timeout: float = DEADLINE) -> bool:
        """Wait until a condition on :attr:`events` holds."""
        with self._changed:
            return self._changed.wait_for(condition, timeout)

    def wait_events(self, count: int) -> bool:
        """Wait until there are so many events."""
        return self.wait_for(lambda: len(self.events) >= count)

    def wait_resyncs(self, count: int) -> bool:
        """Wait until so many comparisons were told."""
        return self.wait_for(lambda: self.resyncs() >= count)

    def resyncs(self) -> int:
        """How many comparisons were told."""
        return sum(isinstance(event, Resynced) for event in self.events)

    def join(self) -> None:
        """Wait for the end of the events; the client has been closed."""
        self._thread.join(DEADLINE)


def private_ids(events: list[Event]) -> list[tuple[object, ...]]:
    """Return what each private event is about, in their order."""
    ids: list[tuple[object, ...]] = []
    for event in events:
        if isinstance(event, OrderTradeUpdate):
            state = (event.order_status, event.executed_quantity, event.updated_at)
            ids.append((event.origin.name, event.order_id, event.fill_id, *state))
        elif isinstance(event, AccountUpdate):
            ids.append((event.origin.name, event.raw))
    return ids


def _client(exchange: Exchange, key: Any, recorder: Recorder) -> Client:
    return Client(
        key.api_key,
        key.api_secret,
        rest_url=exchange.rest_url,
        ws_url=exchange.ws_url,
        http=recorder.http(RequestsTransport()),
        ws=recorder.ws(WebSocketClientTransport()),
        backoff=FAST,
    )


def record_trading(path: Path, *, cuts: int = 4, seed: int = 3) -> list[Event]:
    """Record a session that is cut while orders flow; return the events that were told."""
    with Exchange(seed=seed, market_maker=False) as exchange, Recorder(path) as recorder:
        account = exchange.create_account(username="a", password="b", balance="1000000")
        rival = exchange.create_account(username="c", password="d", balance="1000000")
        with _client(exchange, exchange.create_key(account), recorder) as client:
            listener = Listener(client)
            client.wait_live(DEADLINE)
            client.subscribe(TICKER, timeout=DEADLINE)
            for number in range(1, cuts + 1):
                with Trading(exchange, account, rival, seed=seed + number, pause=0.005):
                    assert listener.wait_events(len(listener.events) + 40)
                    how = ("rst", "fin", "mid_frame")[number % 3]
                    assert exchange.faults.cut(how=how, account=account)
                    assert listener.wait_resyncs(number + 1)
            exchange.deposit(account, "7")
            text = exchange.private_log(account)[-1].text
            assert listener.wait_for(lambda: any(e.raw == text for e in listener.events))
        listener.join()
    return listener.events


def record_demo(path: Path, *, seconds: float = 8.0, seed: int = 7) -> list[Event]:
    """Record what the demo does: a trader, a ticker, and cuts of the connection."""
    with Exchange(seed=seed) as exchange, Recorder(path, overwrite=True) as recorder:
        account = exchange.create_account(username="demo", password="demo", balance="100000")
        rival = exchange.create_account(username="rival", password="rival", balance="10000000")
        trader = Trader(exchange, account=account, rival=rival, seed=seed, cuts=cut_times(seconds))
        with _client(exchange, exchange.create_key(account), recorder) as client:
            listener = Listener(client)
            client.wait_live(DEADLINE)
            client.subscribe(TICKER, timeout=DEADLINE)
            trader.start()
            listener.wait_for(lambda: False, timeout=seconds)
            trader.stop()
            listener.wait_for(lambda: False, timeout=0.5)
        listener.join()
    return listener.events


if __name__ == "__main__":
    told = record_demo(Path(sys.argv[1]))
    print(len(told), "events,", len(private_ids(told)), "private")
