"""A caller that waits reads the connection itself: who reads, and what that must not change."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest

from sixmm import Client, Disconnected, Event, InboxLimits, OrderTradeUpdate, Resynced, State
from sixmm.clock import Deadline
from sixmm.sim import Exchange
from sixmm.transport import WebSocketClientTransport
from sixmm.transport.base import WsLink, WsTransport

from .conftest import DEADLINE, is_kind, take_until

Connect = Callable[..., Client]


class WatchedTransport(WsTransport):
    """Real links that note which threads receive."""

    def __init__(self) -> None:
        self._real = WebSocketClientTransport()
        self.threads: list[str] = []

    def dial(
        self, url: str, *, headers: Mapping[str, str] | None = None, deadline: Deadline
    ) -> WsLink:
        """Dial, and watch the link."""
        link = self._real.dial(url, headers=headers, deadline=deadline)
        receive = link.receive

        def watched(*, deadline: Deadline) -> list[bytes]:
            messages = receive(deadline=deadline)
            self.threads.append(threading.current_thread().name)
            return messages

        link.receive = watched  # type: ignore[method-assign]
        return link

    def close(self) -> None:
        """Close the transport."""
        self._real.close()


def _trade(exchange: Exchange, account: Any, count: int) -> None:
    price = str((exchange.mid_price("BTCUSDT") * Decimal("0.9")).quantize(Decimal("1")))
    for _ in range(count):
        exchange.place_order(
            account, symbol="BTCUSDT", side="BUY", type="LIMIT", price=price, quantity="0.001"
        )


def _trade_until(exchange: Exchange, account: Any, pending: list[Any]) -> None:
    """Place an order now and then, up to a hundred, for as long as there is something pending."""
    pause = threading.Event()
    for _ in range(100):
        if pending:
            _trade(exchange, account, 1)
            pause.wait(0.02)


def _pending(client: Client, count: int) -> int:
    """Take events until so many orders rest; return how many links ended meanwhile."""
    ends = 0
    while count:
        event = client.get(timeout=DEADLINE)
        ends += isinstance(event, Disconnected)
        count -= isinstance(event, OrderTradeUpdate) and event.order_status == "PENDING"
    return ends


@contextmanager
def _at_an_alarm(do: Callable[[], object]) -> Iterator[Callable[[], object]]:
    """Have a signal handler do something; the caller of what is given sets the alarm."""
    before = signal.signal(signal.SIGALRM, lambda *_: do())
    try:
        yield lambda: signal.setitimer(signal.ITIMER_REAL, 0.05)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(sys.platform == "win32", reason="a wait cannot be interrupted there")
@pytest.mark.parametrize("deliver", ["all", "events"])
def test_a_waiting_caller_reads(
    exchange: Exchange, account: Any, connect: Connect, deliver: str
) -> None:
    """While it takes one event after the other, its own thread reads; nothing is lost by that."""
    transport = WatchedTransport()
    client = connect(ws=transport, deliver=deliver)
    take_until(client, is_kind(Resynced))
    transport.threads.clear()
    trading = threading.Thread(target=_trade, args=(exchange, account, 100))
    trading.start()
    ends = _pending(client, 100)
    trading.join(DEADLINE)

    assert ends == 0
    assert threading.current_thread().name in transport.threads


def test_a_caller_that_does_not_wait_leaves_the_reading_to_the_reader(
    exchange: Exchange, account: Any, connect: Connect
) -> None:
    """What comes while the caller is busy is in the picture and in the inbox all the same."""
    client = connect()
    take_until(client, is_kind(Resynced))
    _trade(exchange, account, 1)
    _pending(client, 1)
    _trade(exchange, account, 5)
    deadline, pause = Deadline(DEADLINE), threading.Event()
    while len(client.account.open_orders) < 6:
        assert not deadline.expired
        pause.wait(0.005)

    assert client.stats().private_waiting >= 5
    assert _pending(client, 5) == 0


def test_requests_are_answered_while_nobody_waits_for_events(
    exchange: Exchange, account: Any, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To subscribe and to ping right after an event needs no caller that reads."""
    client = connect()
    take_until(client, is_kind(Resynced))
    turn = client._session._shared.inbox.turn
    recalls = mock.Mock(wraps=turn.recall)
    monkeypatch.setattr(turn, "recall", recalls)
    for _ in range(5):
        _trade(exchange, account, 1)
        _pending(client, 1)
        assert client.ping(timeout=DEADLINE) >= 0.0
        client.subscribe("market.depth.BTCUSDT", timeout=DEADLINE)
        client.unsubscribe("market.depth.BTCUSDT", timeout=DEADLINE)

    assert recalls.call_count >= 15


def test_the_smallest_inbox_does_not_stop_who_reads_and_takes(
    exchange: Exchange, account: Any, connect: Connect
) -> None:
    """A caller that reads puts what it reads into the inbox, whatever its bound."""
    client = connect(limits=InboxLimits(private_events=1, private_bytes=1))
    take_until(client, is_kind(Resynced))
    trading = threading.Thread(target=_trade, args=(exchange, account, 50))
    trading.start()

    assert _pending(client, 50) == 0
    trading.join(DEADLINE)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that sends a signal")
def test_ctrl_c_in_a_wait_costs_nothing(exchange: Exchange, account: Any, connect: Connect) -> None:
    """The wait ends with KeyboardInterrupt; the same connection goes on, and nothing is lost."""
    client = connect()
    take_until(client, is_kind(Resynced))
    with _at_an_alarm(lambda: os.kill(os.getpid(), signal.SIGINT)) as set_alarm:
        for _ in range(3):
            _trade(exchange, account, 1)
            _pending(client, 1)
            set_alarm()
            with pytest.raises(KeyboardInterrupt):
                _pending(client, 1)
    _trade(exchange, account, 1)

    assert _pending(client, 1) == 0
    assert client.stats().connects == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a wait cannot be interrupted there")
def test_ctrl_c_after_a_reading_loses_nothing(
    exchange: Exchange, account: Any, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link is given up; what was read and not handed over yet is told all the same, once."""
    client = connect()
    take_until(client, is_kind(Resynced))
    inbox = client._session._shared.inbox
    put, interrupts = inbox.put_private, [KeyboardInterrupt]

    def interrupted(*args: Any, **kwargs: Any) -> None:
        if threading.current_thread() is threading.main_thread() and interrupts:
            raise interrupts.pop()
        put(*args, **kwargs)

    monkeypatch.setattr(inbox, "put_private", interrupted)
    trading = threading.Thread(target=_trade_until, args=(exchange, account, interrupts))
    trading.start()
    taken: list[Event] = []
    with pytest.raises(KeyboardInterrupt):
        taken.extend(client.events(timeout=DEADLINE))
    trading.join(DEADLINE)
    taken += take_until(client, is_kind(Resynced))
    orders = [event for event in taken if isinstance(event, OrderTradeUpdate)]

    assert any(isinstance(event, Disconnected) for event in taken)
    pending = [event.order_id for event in orders if event.order_status == "PENDING"]
    assert sorted(pending) == sorted(client.account.open_orders)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that sends a signal")
def test_a_signal_handler_closes_the_client_in_the_middle_of_a_wait(
    exchange: Exchange, account: Any, connect: Connect
) -> None:
    """The iterator of the very thread that reads ends, well before the timeout of close()."""
    client = connect()
    take_until(client, is_kind(Resynced))
    _trade(exchange, account, 1)
    _pending(client, 1)
    with _at_an_alarm(lambda: client.close(timeout=DEADLINE)) as set_alarm:
        set_alarm()
        rest = list(client.events(timeout=DEADLINE))

    assert not any(isinstance(event, Disconnected) for event in rest)
    assert client._session.state is State.CLOSED
