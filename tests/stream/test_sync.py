"""Comparing the account: every change is told once, whatever happens during the calls."""

from __future__ import annotations

import functools
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from decimal import Decimal

import attrs
import pytest

from sixmm.clock import Deadline, ServerClock
from sixmm.errors import (
    AuthenticationError,
    ConnectFailed,
    HttpStatusError,
    Throttled,
)
from sixmm.events import DecodeFailed, Disconnected
from sixmm.state.account import PARTS
from sixmm.state.models import Balance, Facts, Snapshot
from sixmm.stream import handing
from sixmm.stream.inbox import InboxLimits
from sixmm.stream.sync import AccountSync, Comparison

from .fakes import Pushed, push_text, refusal
from .server import FakeServer, Rig
from .waiting import GENEROUS, wait_until

MakeRig = Callable[..., Rig]


def subscribe(rig: Rig, *topics: str, timeout: float = GENEROUS) -> None:
    """Subscribe."""
    rig.session.subscribe(topics, Deadline(timeout))


def test_a_first_snapshot_that_fails_in_passing_is_tried_again(
    server: FakeServer, rig: MakeRig
) -> None:
    """Nothing is told as new that was there before: the stream waits for a whole snapshot."""
    order_id = server.model.place(2)
    server.model.fill(order_id, 1)
    server.plans["GET /fills"] = deque(
        [HttpStatusError("a page", http_status=502)] * 3 + [ConnectFailed("down")] * 3
    )
    client = rig()
    client.live()
    client.resynced("start")
    assert len(client.of(Disconnected)) == 2
    assert client.fill_ids() == []
    assert client.shared.account().stale == ()


def test_what_may_not_be_asked_is_unchecked_and_not_tried_again(
    server: FakeServer, rig: MakeRig
) -> None:
    """A Read-only key cannot list orders (rule 18): that is told once, and the stream works."""
    for path in ("/fills", "/orders", "/positions"):
        server.always[f"GET {path}"] = refusal(3006)
    client = rig(resync_retry=0.001)
    client.live()
    resynced = client.resynced("start")
    assert set(resynced.unchecked) == {"fills", "orders", "positions"}
    assert resynced.checked == ("balances",)
    assert set(client.shared.account().stale) == {"fills", "orders", "positions"}
    calls = server.calls("GET /orders")
    server.model.place(1)
    client.until(Pushed)
    server.model.place(1)
    client.until(Pushed)
    assert server.calls("GET /orders") == calls


def test_a_part_that_fails_in_passing_is_read_again_later(server: FakeServer, rig: MakeRig) -> None:
    """With the reason ``retry``; until then that part is stale and the stream works."""
    client = rig(resync_retry=0.02)
    client.live()
    server.plans["GET /balances"] = deque([HttpStatusError("a page", http_status=502)] * 3)
    server.pushing = False
    server.peer.drop()
    server.model.set_balance("USDT", 7)
    server.pushing = True
    assert set(client.resynced("reconnect").unchecked) == {"balances"}
    resynced = client.resynced("retry")
    while resynced.unchecked:
        resynced = client.resynced("retry")
    assert resynced.delivered == 1
    assert client.shared.account().stale == ()
    assert dict(client.shared.account().balances) == server.model.balances
    assert len(client.of(Disconnected)) == 1


def test_what_asks_to_slow_down_is_not_asked_for_more(server: FakeServer, rig: MakeRig) -> None:
    """The other calls of that comparison are not made (rule 108), and the next waits as told."""
    client = rig(resync_retry=0.02)
    client.live()
    client.resynced("start")
    calls = server.calls("GET /positions")
    server.plans["GET /orders"] = deque([Throttled("slow down", code=5003, retry_after=0.1)])
    asked_at: list[float] = []
    server.hooks["GET /orders"] = lambda: asked_at.append(time.monotonic())
    server.peer.drop()
    unchecked = client.resynced("reconnect").unchecked
    assert set(unchecked) == {"orders", "positions", "balances"}
    assert server.calls("GET /positions") == calls
    assert client.resynced("retry").unchecked == {}
    assert asked_at[1] - asked_at[0] >= 0.1


def test_the_calls_of_a_comparison_have_one_deadline(server: FakeServer, rig: MakeRig) -> None:
    """Once it has passed, the other calls are not made; the stream works, and it is tried again."""
    client = rig(sync_timeout=0.3, resync_retry=0.02)
    client.live()
    client.resynced("start")
    calls = server.calls("GET /balances")
    slow = threading.Event()
    server.hooks["GET /orders"] = lambda: slow.wait(0.4)
    server.peer.drop()
    resynced = client.resynced("reconnect")
    assert "balances" in resynced.unchecked
    assert server.calls("GET /balances") == calls
    assert client.of(Disconnected)[1:] == []
    slow.set()
    while resynced.unchecked:
        resynced = client.resynced("retry")


def test_a_credential_that_is_refused_during_a_comparison_is_fatal(
    server: FakeServer, rig: MakeRig
) -> None:
    """It is not a part that failed: nothing else would be answered either."""
    client = rig()
    client.live()
    server.always["GET /fills"] = refusal(1004)
    server.peer.drop()
    with pytest.raises(AuthenticationError):
        client.resynced("reconnect")


PATHS = ["/fills", "/orders", "/positions", "/balances"]


@pytest.mark.parametrize("path", PATHS)
def test_changes_during_the_comparison_are_told_once(
    server: FakeServer, rig: MakeRig, path: str
) -> None:
    """Between any two of the calls: from the snapshot or from the push, never from both."""
    client = rig()
    client.live()
    order_id = server.model.place(9)
    client.until(Pushed)
    server.pushing = False
    server.peer.drop()
    server.model.fill(order_id, 1)
    server.pushing = True

    def change() -> None:
        with server.lock:
            server.model.fill(order_id, 1)
            server.model.set_balance("USDT", server.model.now_ms % 1_000)

    server.hooks[f"GET {path}"] = change
    client.resynced("reconnect")
    server.hooks.clear()
    server.model.cancel(order_id)
    client.until(Pushed, lambda e: bool(e.facts.orders) and not e.facts.orders[0].is_open)
    assert client.fill_ids() == [fill.fill_id for fill in server.model.fills]
    account = client.shared.account()
    assert dict(account.orders) == server.model.orders
    assert dict(account.balances) == server.model.balances


@pytest.mark.parametrize("path", PATHS)
def test_a_link_that_dies_during_the_comparison_loses_nothing(
    server: FakeServer, rig: MakeRig, path: str
) -> None:
    """What was buffered is told, what was missed is told, each once."""
    client = rig()
    client.live()
    order_id = server.model.place(9)
    client.until(Pushed)
    server.pushing = False
    server.peer.drop()
    server.model.fill(order_id, 1)
    server.pushing = True

    def push_and_die() -> None:
        del server.hooks[f"GET {path}"]
        with server.lock:
            server.model.fill(order_id, 1)
            server.peer.drop()
            server.pushing = False
            server.model.fill(order_id, 1)
            server.pushing = True

    server.hooks[f"GET {path}"] = push_and_die
    client.resynced("reconnect")
    told = Counter(client.fill_ids())
    assert told == Counter(fill.fill_id for fill in server.model.fills)
    assert dict(client.shared.account().orders) == server.model.orders


def test_a_push_from_the_future_does_not_hide_what_is_missed(
    server: FakeServer, rig: MakeRig
) -> None:
    """One wrong time stamp, such as microseconds, must not make the next snapshot begin there."""
    client = rig()
    client.live()
    order_id = server.model.place(3)
    server.peer.push(push_text(Facts(ts_ms=server.model.now_ms * 1_000)))
    client.until(Pushed, lambda event: not event.facts.orders)
    server.pushing = False
    server.peer.drop()
    server.model.fill(order_id, 1)
    server.pushing = True
    client.resynced("reconnect")
    assert client.fill_ids() == ["f1"]


def test_steady_market_data_does_not_hold_up_the_comparison(
    server: FakeServer, rig: MakeRig
) -> None:
    """There is always something to read, and the account is compared all the same."""
    client = rig(limits=InboxLimits(market_messages=10))
    stop = threading.Event()

    def flood() -> None:
        while not stop.is_set():
            for peer in server.ws.peers:
                if not peer.gone:
                    peer.push(*['{"market": "market.a", "value": 1}'] * 5)
            stop.wait(0.0005)

    thread = threading.Thread(target=flood, daemon=True)
    client.live()
    subscribe(client, "market.a")
    server.on_dial = lambda peer: setattr(peer, "answers", False)
    thread.start()
    server.peer.drop()
    try:
        client.resynced("reconnect")
    finally:
        stop.set()
        thread.join(GENEROUS)


def test_a_backlog_is_kept_as_text_and_told_the_same(
    server: FakeServer, rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decoded again when taken: the same events at the same times; failures are counted once."""
    monkeypatch.setattr(handing, "_MAX_DECODED", 4)
    client = rig()
    client.live()
    client.resynced("start")
    order_id = server.model.place(60)
    stats = client.session.stats
    for number in range(1, 31):
        server.model.fill(order_id, 1)
        if number == 20:
            server.peer.push('{"push": "user.9", "fault": true}')
        # One read each, or the whole backlog would come at once.
        wait_until(functools.partial(lambda n: stats().private_waiting > n, number))
    wait_until(lambda: stats().private_waiting >= 32)
    with client.shared.inbox._lock:
        waiting = [item for batch in client.shared.inbox._private._batches for item in batch.items]
    assert sum(isinstance(item, bytes) for item in waiting) >= 20
    last = client.until(Pushed, lambda e: e.facts.fills[:1] == tuple(server.model.fills[-1:]))
    assert client.fill_ids() == [fill.fill_id for fill in server.model.fills]
    assert len(client.of(DecodeFailed)) == client.session.stats().decode_failures == 1
    assert last.received_at > 1_700_000_000_000
    assert {event.topic for event in client.of(Pushed)} == {"user.9"}


# Back-pressure


def test_a_full_private_lane_stops_the_reader_and_costs_nothing(
    server: FakeServer, rig: MakeRig
) -> None:
    """Nobody takes events: the reader waits, the link is not declared dead, nothing is lost."""
    client = rig(limits=InboxLimits(private_events=5), ping_interval=0.05, ping_timeout=0.05)
    client.live()
    order_id = server.model.place(60)
    for _ in range(60):
        server.model.fill(order_id, 1)
    wait_until(lambda: client.session.stats().private_waiting >= 5)
    pings = len(server.asked("ping"))
    wait_until(lambda: len(server.asked("ping")) >= pings + 6)
    client.until(Pushed, lambda e: bool(e.facts.orders) and not e.facts.orders[0].is_open)
    assert client.fill_ids() == [f"f{number}" for number in range(1, 61)]
    assert client.of(Disconnected) == []


def test_a_fill_waits_for_the_order_that_it_may_have_completed(
    server: FakeServer, rig: MakeRig
) -> None:
    """Where the orders cannot be read nobody knows its state: none is made up, it is told later."""
    client = rig(resync_retry=0.02)
    client.live()
    client.resynced("start")
    server.model.place(2)
    client.until(Pushed)
    server.always["GET /orders"] = refusal(5001)
    with server.lock:
        server.pushing = False
        server.peer.drop()
        server.model.fill("1", 2)
        server.pushing = True
    assert "orders" in client.resynced("reconnect").unchecked
    assert client.fill_ids() == []
    del server.always["GET /orders"]
    client.until(Pushed, lambda event: bool(event.facts.fills))

    assert client.fill_ids() == ["f1"]
    assert [order.status for event in client.of(Pushed) for order in event.facts.orders][-1] == (
        "FILLED"
    )


def test_what_cannot_be_read_during_a_comparison_leaves_nothing_certain(
    server: FakeServer, rig: MakeRig
) -> None:
    """It may have told of a change that is later than the snapshot: only another look can say."""
    client = rig(resync_retry=GENEROUS)
    client.live()
    client.resynced("start")
    order_id = server.model.place(2)
    client.until(Pushed)

    def garble() -> None:
        server.peer.push('{"push": "user.9", "fault": true}')

    server.hooks["GET /balances"] = garble
    server.peer.drop()
    client.resynced("reconnect")
    assert client.shared.account().stale == PARTS
    server.hooks.clear()
    server.peer.drop()
    client.resynced("reconnect")
    assert client.shared.account().stale == ()
    assert client.shared.account().orders[order_id] == server.model.orders[order_id]


@pytest.mark.parametrize("has_gap", [False, True])
def test_pushes_of_a_comparison_do_not_move_on_what_is_certain(rig: MakeRig, has_gap: bool) -> None:
    """One of them cannot be read: however late the others are, the next one reaches back to it.

    That holds as well where the comparison fills a gap in what the mirror was told.
    """
    shared = rig().shared
    sync, mirror = AccountSync(shared), shared.mirror
    sync._has_gap = has_gap
    mirror.mark_checked(1_000)
    later = push_text(Facts(ts_ms=60_000, balances=(Balance(asset="USDT", wallet=Decimal(7)),)))
    reads = [(8, [b'{"push": "user.9", "fault": true}', later.encode()])]
    comparison = Comparison(snapshot=Snapshot(as_of_ms=5_000, open_orders=()), errors=())

    assert sync.merge(comparison, reads, reason="audit", connection=1).has_failures
    assert mirror.certain_ms == 1_000
    assert mirror.picture().stale == PARTS


def test_what_a_snapshot_has_makes_a_push_from_before_it_a_late_one(rig: MakeRig) -> None:
    """With what the clocks at the exchange may differ; the account keeps what is later."""
    shared = rig().shared
    clock, sync = shared.rest.server_clock, AccountSync(shared)
    _set_clock(clock, 100_000)
    comparison = sync.read(lambda: None)
    since_ms = comparison.snapshot.as_of_ms - 2_000
    held = Balance(asset="USDT", wallet=Decimal(7))
    seen = attrs.evolve(comparison.snapshot, balances=(held,))
    sync.merge(attrs.evolve(comparison, snapshot=seen), [], reason="start", connection=1)

    before, after = (
        Facts(ts_ms=at_ms, balances=(Balance(asset="USDT", wallet=Decimal(at_ms)),))
        for at_ms in (since_ms - 1, since_ms)
    )
    assert shared.mirror.apply(before)
    assert shared.mirror.take_late() == [before]
    assert shared.account().balances["USDT"] == held
    assert shared.mirror.apply(after)
    assert shared.mirror.take_late() == []
    assert shared.account().balances["USDT"] == after.balances[0]


@pytest.mark.parametrize(("before_ms", "meanwhile_ms"), [(100_000, 90_000), (None, 10**15)])
def test_a_snapshot_by_a_clock_that_was_wrong_makes_no_push_late(
    server: FakeServer, rig: MakeRig, before_ms: int | None, meanwhile_ms: int
) -> None:
    """The clock was put back during the calls, or not known before: nobody knows what is older."""
    shared = rig().shared
    clock = shared.rest.server_clock
    clock.forget()
    if before_ms is not None:
        _set_clock(clock, before_ms)
    server.hooks["GET /fills"] = lambda: _set_clock(clock, meanwhile_ms)

    assert AccountSync(shared).read(lambda: None).known_ms == 0


def _set_clock(clock: ServerClock, server_ms: int) -> None:
    now = time.monotonic()
    clock.adjust(server_ms, sent_at=now, received_at=now)


def test_a_fill_that_is_left_to_a_push_is_looked_for_until_it_is_told(
    server: FakeServer, rig: MakeRig
) -> None:
    """Also where the link is lost before that push, and much later than a snapshot reaches back."""
    client = rig(resync_retry=GENEROUS)
    client.live()
    client.resynced("start")
    order_id = server.model.place(2)
    client.until(Pushed)

    def amend_and_fill() -> None:
        del server.hooks["GET /fills"]
        with server.lock:
            server.model.amend(order_id, price=101)
            # Its push is under way for longer than the comparison waits.
            server.pushing = False
            server.model.fill(order_id, 1)
            server.pushing = True

    server.hooks["GET /fills"] = amend_and_fill
    server.peer.drop()
    client.resynced("reconnect")
    assert client.fill_ids() == []
    assert client.shared.account().stale == ("fills", "orders")
    server.model.let_pass(60_000)
    client.shared.rest.measure_clock()
    server.model.set_balance("USDT", 7)
    client.until(Pushed, lambda event: bool(event.facts.balances))
    server.peer.drop()
    client.resynced("reconnect")
    assert client.fill_ids() == ["f1"]
    assert client.shared.account().stale == ()
