"""The promise that matters most: whatever the network does, no private event is lost or doubled."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest

from sixmm import AccountUpdate, Client, Event, Resynced
from sixmm.cli.audit import Audit, audit
from sixmm.sim import Exchange
from tests.faults.proxy import Cut, FaultProxy

from .conftest import DEADLINE, FAST
from .trading import Trading

TOPICS = ("market.depth.BTCUSDT", "market.ticker.BTCUSDT")


class _Recorder:
    """Takes everything from a client in a thread of its own."""

    def __init__(self, client: Client) -> None:
        self.events: list[Event] = []
        self._client = client
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        for event in self._client.events():
            with self._changed:
                self.events.append(event)
                self._changed.notify_all()

    def wait_for(self, condition: Callable[[], bool], timeout: float = DEADLINE) -> bool:
        with self._changed:
            return self._changed.wait_for(condition, timeout)

    def join(self) -> None:
        self._thread.join(DEADLINE)


def _open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0


def _run(
    *, cuts: int, seed: int, deliver: Literal["all", "events"] = "all"
) -> tuple[Audit, int, set[str]]:
    """Cut the stream ``cuts`` times at random bytes while orders flow; return what became of it."""
    dice = random.Random(seed)

    def plan(number: int) -> Cut | None:
        how = dice.choice(("rst", "fin"))
        return Cut(after_bytes=dice.randint(20, 6_000), how=how) if number < cuts else None

    with Exchange(seed=seed, market_maker=False) as exchange:
        account = exchange.create_account(username="a", password="b", balance="1000000")
        rival = exchange.create_account(username="c", password="d", balance="1000000")
        key = exchange.create_key(account)
        with FaultProxy(int(exchange.ws_url.split(":")[2].split("/")[0]), plan) as proxy:
            client = Client(
                key.api_key,
                key.api_secret,
                rest_url=exchange.rest_url,
                ws_url=f"ws://127.0.0.1:{proxy.port}/ws",
                backoff=FAST,
                deliver=deliver,
            )
            with client:
                recorder = _Recorder(client)
                # The first word about the connection: from here on everything has to be told.
                assert recorder.wait_for(lambda: bool(recorder.events))
                after_seq = exchange.private_log(account)[-1].seq
                with Trading(exchange, account, rival, seed=seed, pause=0.004):
                    client.subscribe(*TOPICS, timeout=300)
                    assert exchange.wait_until(lambda: proxy.cuts >= cuts, timeout=300)
                client.wait_live(DEADLINE)
                wallet = _last_wallet(exchange, account)
                assert recorder.wait_for(lambda: any(_tells(e, wallet) for e in recorder.events))
                picture = client.account if deliver == "all" else None
                topics = set(client.stats().topics)
            recorder.join()
            result = audit(
                exchange.private_log(account),
                recorder.events,
                truth=exchange.truth(account),
                mirror=picture,
                after_seq=after_seq,
            )
            resyncs = sum(isinstance(event, Resynced) for event in recorder.events)
            return result, resyncs, topics


def _last_wallet(exchange: Exchange, account: Any) -> Decimal:
    """Make one more change, and return the balance that tells it.

    The client may not have seen yet that the last cut fell. Then the comparison tells it.
    """
    exchange.deposit(account, "1")
    return Decimal(exchange.truth(account)["balances"]["USDT"]["walletBalance"])


def _tells(event: Event, wallet: Decimal) -> bool:
    """Whether an event tells this balance."""
    balances = event.balances if isinstance(event, AccountUpdate) else ()
    return any(balance.wallet_balance == wallet for balance in balances)


def _check(*, cuts: int, seed: int) -> None:
    # The first run warms up what is made once a process, such as the threads of a resolver.
    _run(cuts=1, seed=seed)
    threads, descriptors = threading.active_count(), _open_descriptors()
    result, resyncs, topics = _run(cuts=cuts, seed=seed)

    assert result.missing == ()
    assert result.differences == ()
    assert result.repeats == ()
    assert result.sent > cuts
    assert resyncs >= 1
    assert topics == set(TOPICS)
    assert threading.active_count() == threads
    assert _open_descriptors() == descriptors


def test_nothing_is_lost_where_no_picture_is_kept() -> None:
    """With events only the pushes are not decoded in between, and yet 0 are lost, 0 told twice."""
    result, resyncs, topics = _run(cuts=60, seed=1, deliver="events")

    assert result.missing == ()
    assert result.repeats == ()
    assert result.disorders == ()
    assert result.sent > 60
    assert resyncs >= 1
    assert topics == set(TOPICS)


def test_nothing_is_lost_in_two_hundred_disconnects() -> None:
    """200 cuts at random bytes: 0 lost, 0 doubled, every topic back, nothing left."""
    _check(cuts=200, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_nothing_is_lost_whatever_the_seed(seed: int) -> None:
    """The same with other bytes, other orders and other moments."""
    _check(cuts=200, seed=seed)
