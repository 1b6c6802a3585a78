"""The session: link after link, nothing lost, nothing told twice, and an end that always comes."""

from __future__ import annotations

import contextlib
import logging
import threading
import traceback
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from sixmm.clock import Deadline
from sixmm.errors import (
    AuthenticationError,
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    ConnectionClosed,
    DeadlineExceeded,
    HandshakeRefused,
    HttpStatusError,
    LocalStateError,
    LoginRefused,
    SixmmError,
    SubscriptionRefused,
    TlsFailed,
)
from sixmm.events import (
    Connected,
    DecodeFailed,
    Disconnected,
    Origin,
    SessionExpiring,
    SubscriptionFailed,
    UnknownEvent,
)
from sixmm.stream.inbox import InboxLimits, MarketMessage
from sixmm.stream.states import State
from sixmm.transport.memory import MemoryPeer

from .fakes import Pushed, push_text, refusal
from .server import FakeServer, Rig
from .waiting import GENEROUS, wait_until

MakeRig = Callable[..., Rig]
SOON = 0.05
"""Seconds for a deadline that is meant to pass."""


def subscribe(rig: Rig, *topics: str, timeout: float = GENEROUS) -> None:
    """Subscribe."""
    rig.session.subscribe(topics, Deadline(timeout))


# Coming up


def test_a_private_stream_comes_up(server: FakeServer, rig: MakeRig) -> None:
    """Connected, then Resynced: from then on the mirror is certain."""
    server.model.place(4)
    client = rig()
    client.live()
    resynced = client.resynced("start")
    assert [type(item).__name__ for item in client.told] == ["Connected", "Resynced"]
    assert resynced.checked == ("fills", "orders", "positions", "balances")
    account = client.session.account()
    assert account.stale == ()
    assert dict(account.orders) == server.model.orders


def test_what_was_there_before_is_not_told(server: FakeServer, rig: MakeRig) -> None:
    """The first comparison is silent about the past."""
    order_id = server.model.place(4)
    server.model.fill(order_id, 1)
    client = rig()
    client.live()
    assert client.resynced("start").delivered == 0
    assert client.fill_ids() == []


def test_a_public_stream_needs_no_credential(server: FakeServer, rig: MakeRig) -> None:
    """No key, no login, no comparison (rule 14)."""
    client = rig(private=False)
    client.live()
    subscribe(client, "market.a")
    server.peer.push('{"market": "market.a", "value": 1}')
    client.until(Connected)
    assert isinstance(client.take(), MarketMessage)
    assert not server.http.requests


def test_pushes_are_told_in_order_and_mirrored(server: FakeServer, rig: MakeRig) -> None:
    """Each push is an event and a change of the account."""
    client = rig()
    client.live()
    order_id = server.model.place(10)
    for _ in range(10):
        server.model.fill(order_id, 1)
    client.until(Pushed, lambda event: event.facts.orders[0].status == "FILLED")
    assert client.fill_ids() == [f"f{number}" for number in range(1, 11)]
    assert dict(client.session.account().orders) == server.model.orders


def test_a_repeated_push_is_left_out_and_counted(server: FakeServer, rig: MakeRig) -> None:
    """A repeat is harmless (rule 81)."""
    client = rig()
    client.live()
    order_id = server.model.place(1)
    server.model.tell = lambda facts: server.peer.push(*[push_text(facts)] * 3)
    server.model.fill(order_id, 1)
    server.model.tell = server._push
    server.model.set_balance("USDT", 1)
    client.until(Pushed, lambda event: bool(event.facts.balances))
    assert client.fill_ids() == ["f1"]
    assert client.session.stats().repeated == 2


def test_what_nobody_knows_and_what_nobody_can_read_are_events(
    server: FakeServer, rig: MakeRig
) -> None:
    """Unknown messages and broken ones reach the caller, and the link lives on."""
    client = rig()
    client.live()
    server.peer.push('{"greeting": 1}', "{broken", b"\xff\xfe")
    assert client.until(UnknownEvent).data == {"greeting": 1}
    assert client.until(DecodeFailed).raw == "{broken"
    client.until(DecodeFailed)
    assert client.session.stats().decode_failures == 2
    server.model.place(1)
    client.until(Pushed)


@pytest.mark.parametrize("deliver", ["state", "events"])
def test_less_can_be_delivered(server: FakeServer, rig: MakeRig, deliver: str) -> None:
    """``state`` keeps the account and has no events; ``events`` hands over events."""
    client = rig(deliver=deliver)
    client.live()
    server.model.place(1)
    if deliver == "state":
        wait_until(lambda: client.session.account().orders)
        server.peer.drop()
        wait_until(lambda: client.session.stats().reconnects)
        assert client.shared.inbox.take(Deadline(0.0)) is None
    else:
        client.until(Pushed)


def test_a_session_starts_once(rig: MakeRig) -> None:
    """Not twice, and not after its end."""
    client = rig()
    client.live()
    with pytest.raises(LocalStateError):
        client.session.start()
    client.close()
    with pytest.raises(ClientClosed):
        client.session.start()


def test_calls_before_the_start_are_refused(rig: MakeRig) -> None:
    """The text says what to do."""
    client = rig()
    for call in (
        lambda: subscribe(client, "a"),
        lambda: client.session.unsubscribe(["a"], Deadline(1.0)),
        lambda: client.session.ping(Deadline(1.0)),
    ):
        with pytest.raises(LocalStateError, match="start"):
            call()


# Links that end


ENDS: list[Callable[[MemoryPeer], None]] = [
    lambda peer: peer.drop(),
    lambda peer: peer.close(1000),
    lambda peer: peer.close(1001, "restart"),
    lambda peer: peer.close(1006 - 2),
    lambda peer: peer.close(1011),
    lambda peer: peer.close(4000, "24 hours are over"),
    lambda peer: peer.violate(),
]


@pytest.mark.parametrize("end", ENDS)
def test_after_the_end_of_a_link_nothing_is_missing(
    server: FakeServer, rig: MakeRig, end: Callable[[MemoryPeer], None]
) -> None:
    """However the link ends: a new one, the topics again, and what was missed, once (rule 87)."""
    client = rig()
    client.live()
    subscribe(client, "market.a", "market.b")
    order_id = server.model.place(4)
    server.model.fill(order_id, 1)
    client.until(Pushed, lambda event: bool(event.facts.fills))
    server.pushing = False
    end(server.peer)
    server.model.fill(order_id, 2)
    server.model.fill(order_id, 1)
    server.model.set_balance("USDT", 5)
    server.pushing = True
    resynced = client.resynced("reconnect")
    assert client.fill_ids() == ["f1", "f2", "f3"]
    assert resynced.delivered == 3
    told = [e for e in client.of(Pushed) if e.origin is Origin.REST]
    assert [e.facts.orders[0].status for e in told[:2]] == ["PARTIALLY_FILLED", "FILLED"]
    connected = client.of(Connected)[-1]
    assert sorted(connected.topics) == ["market.a", "market.b"]
    assert [d.connection for d in client.of(Disconnected)] == [1]
    assert client.session.account().stale == ()
    stats = client.session.stats()
    assert (stats.connects, stats.reconnects) == (2, 1)


def test_between_two_links_the_account_is_stale(server: FakeServer, rig: MakeRig) -> None:
    """From Disconnected to Resynced nothing in the mirror is certain."""
    client = rig()
    client.live()
    go_on = threading.Event()
    server.hooks["GET /fills"] = lambda: go_on.wait(GENEROUS) and None
    server.peer.drop()
    client.until(Disconnected)
    assert client.session.account().stale
    client.until(Connected, lambda event: event.connection == 2)
    assert client.session.account().stale
    go_on.set()
    client.resynced("reconnect")
    assert client.session.account().stale == ()


def test_close_code_1008_asks_for_a_new_key(server: FakeServer, rig: MakeRig) -> None:
    """The server objects to the credential."""
    client = rig()
    client.live()
    server.peer.close(1008, "key revoked")
    client.resynced("reconnect")
    assert server.keys_made == 2
    assert server.peer.url.endswith("key=key2")


def test_a_refused_key_is_replaced_and_a_refused_new_one_is_final(
    server: FakeServer, rig: MakeRig
) -> None:
    """A held key may have died; a key that was made a moment ago may not."""
    client = rig()
    client.live()
    server.logins += [False, True]
    server.peer.drop()
    client.resynced("reconnect")
    assert server.keys_made == 2
    server.logins += [False, False]
    server.peer.drop()
    with pytest.raises(LoginRefused):
        client.resynced("reconnect")
    assert server.keys_made == 3


def test_a_refused_upgrade_with_a_held_key_asks_for_a_new_one(
    server: FakeServer, rig: MakeRig
) -> None:
    """Status 401: a new key, then up again."""
    client = rig()
    client.live()
    server.ws.refuse_next(401)
    server.peer.drop()
    client.resynced("reconnect")
    assert server.keys_made == 2


@pytest.mark.parametrize(
    "error",
    [
        TlsFailed("certificate has expired", certificate=True),
        HandshakeRefused("no", http_status=401),
        HandshakeRefused("moved", http_status=301),
    ],
)
def test_a_fatal_error_reaches_everybody(
    server: FakeServer, rig: MakeRig, error: SixmmError
) -> None:
    """wait_live(), subscribe(), the inbox and later calls all raise it; the state is CLOSED."""
    entered = threading.Event()
    server.hooks["GET /balances"] = lambda: entered.wait(GENEROUS) and None
    server.ws.fail_next(error)
    client = rig()
    client.session.start()
    with ThreadPoolExecutor(2) as pool:
        waiting = [
            pool.submit(client.session.wait_live, Deadline(GENEROUS)),
            pool.submit(subscribe, client, "market.a"),
        ]
        entered.set()
        for future in waiting:
            assert type(future.exception(GENEROUS)) is type(error)
    with pytest.raises(type(error)):
        client.resynced("start")
    (disconnected,) = client.of(Disconnected)
    assert disconnected.retry_in is None
    for call in (lambda: subscribe(client, "b"), lambda: client.session.ping(Deadline(1.0))):
        with pytest.raises(type(error)):
            call()
    assert client.session.state is State.CLOSED
    assert client.close()


def test_a_fatal_error_does_not_grow(server: FakeServer, rig: MakeRig) -> None:
    """Each call raises it with the traceback of that call only."""
    server.ws.fail_next(TlsFailed("certificate has expired", certificate=True))
    client = rig()
    client.session.start()
    lengths = []
    for _ in range(20):
        with pytest.raises(TlsFailed) as caught:
            client.session.wait_live(Deadline(GENEROUS))
        lengths.append(len(traceback.extract_tb(caught.value.__traceback__)))
    assert lengths[-1] == lengths[1]


def test_a_server_that_is_down_is_dialled_until_it_is_up(server: FakeServer, rig: MakeRig) -> None:
    """Each failure is told with the wait before the next attempt."""
    for _ in range(5):
        server.ws.fail_next(ConnectFailed("refused"))
    client = rig()
    client.live()
    client.resynced("start")
    told = client.of(Disconnected)
    assert len(told) == 5
    assert all(event.retry_in is not None for event in told)
    assert client.session.stats().last_error == "refused"


def test_the_numbers_of_the_connections_begin_at_one(server: FakeServer, rig: MakeRig) -> None:
    """Also where the first attempts fail: Disconnected tells which connection it was."""
    server.ws.fail_next(ConnectFailed("refused"))
    client = rig()
    client.live()
    client.resynced("start")
    assert [event.connection for event in client.of(Connected)] == [1]
    assert all(event.connection >= 1 for event in client.of(Disconnected))


def test_a_login_without_an_answer_is_given_up(server: FakeServer, rig: MakeRig) -> None:
    """The deadline passes, and the next attempt succeeds."""
    server.logins.append(None)
    client = rig(login_timeout=SOON)
    client.live()
    client.resynced("start")
    (disconnected,) = client.of(Disconnected)
    assert "login" in str(disconnected.error)


def test_a_link_that_dies_during_the_login_is_replaced(server: FakeServer, rig: MakeRig) -> None:
    """Whatever the phase, the end of a link leads to the next."""
    server.logins.append(None)
    server.on_dial = lambda peer: peer.drop() if len(server.ws.peers) == 0 else None
    client = rig()
    client.live()
    client.resynced("start")
    assert len(client.of(Disconnected)) == 1


def test_a_frozen_link_is_noticed(server: FakeServer, rig: MakeRig) -> None:
    """No frame for the interval and the timeout of the pings: dead, and replaced."""
    client = rig(ping_interval=0.1, ping_timeout=0.1)
    client.live()
    server.peer.freeze()
    disconnected = client.until(Disconnected)
    assert isinstance(disconnected.error, DeadlineExceeded)
    client.resynced("reconnect")


@pytest.mark.parametrize("by", ["pong", "reply"])
def test_an_answer_to_a_ping_keeps_a_quiet_link(
    server: FakeServer, rig: MakeRig, by: str
) -> None:
    """Either answer is a sign of life: the protocol's, or the application's (rule 88)."""
    if by == "pong":
        server.silent.add("ping")
    else:
        server.on_dial = lambda peer: setattr(peer, "answers", False)
    client = rig(ping_interval=0.2, ping_timeout=2.0)
    client.live()
    wait_until(lambda: len(server.asked("ping")) >= 12)
    assert client.session.stats().reconnects == 0
    assert client.session.stats().round_trip is not None
    assert client.session.ping(Deadline(GENEROUS)) >= 0.0
    server.peer.answers = True


@pytest.mark.parametrize("by", ["pong", "reply"])
def test_a_rest_call_that_hangs_does_not_cost_a_good_link(
    server: FakeServer, rig: MakeRig, by: str
) -> None:
    """A renewal hangs in the timer thread; the quiet link is asked for life all the same."""
    if by == "reply":
        server.on_dial = lambda peer: setattr(peer, "answers", False)
    hangs, go_on = threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        go_on.wait(GENEROUS)

    server.hooks["PUT /key"] = hang
    server.key_life_ms = 10
    client = rig(ping_interval=0.1, ping_timeout=1.0)
    client.live()
    assert hangs.wait(GENEROUS)
    stats, ages = client.session.stats, []

    def is_decided() -> bool:
        """Look for three signs of life in the silence, or for the end of the link."""
        ages.append(stats().last_frame_age or 0.0)
        rejuvenated = sum(later < sooner for sooner, later in zip(ages, ages[1:]))
        return rejuvenated >= 3 or stats().reconnects > 0

    wait_until(is_decided)
    reconnects = stats().reconnects
    go_on.set()
    assert reconnects == 0


def test_a_send_that_fails_drops_the_link_and_the_caller_waits_on(
    server: FakeServer, rig: MakeRig
) -> None:
    """The request is made on the next link, and the caller gets its answer."""
    client = rig()
    client.live()
    first = server.peer
    first.drop()
    subscribe(client, "market.a")
    assert client.session.stats().topics == ("market.a",)
    assert server.peer is not first


def test_the_reason_of_a_failed_dial_is_told_as_it_is(server: FakeServer, rig: MakeRig) -> None:
    """A key that was replaced while there was no link is not why a certificate is refused."""
    client = rig()

    def fail(peer: MemoryPeer) -> None:  # noqa: ARG001
        client.session._replace_link("the stream key was replaced")
        raise TlsFailed("certificate has expired", certificate=True)

    server.on_dial = fail
    client.session.start()
    with pytest.raises(TlsFailed):
        client.session.wait_live(Deadline(GENEROUS))
    assert isinstance(client.until(Disconnected).error, TlsFailed)


# Keys


def test_a_failed_renewal_replaces_the_link(server: FakeServer, rig: MakeRig) -> None:
    """A new key, a new link, and nothing missing in between."""
    server.key_life_ms = 10
    server.plans["PUT /key"] = deque([refusal(1003)])
    client = rig()
    client.live()
    client.until(SessionExpiring)
    server.key_life_ms = 3_600_000
    client.resynced("reconnect")
    assert "replaced" in str(client.of(Disconnected)[0].error)
    assert server.keys_made >= 2


def test_a_link_that_comes_up_with_a_replaced_key_is_dialled_again(
    server: FakeServer, rig: MakeRig
) -> None:
    """The renewal failed while the reader was dialling: nobody keeps the old key alive."""
    server.key_life_ms = 10
    server.always["PUT /key"] = refusal(1003)
    made = threading.Event()

    def second_key() -> None:
        if server.keys_made == 1:
            server.key_life_ms = 3_600_000
            made.set()

    def dialled(peer: MemoryPeer) -> None:
        if peer.url.endswith("key1"):
            assert made.wait(GENEROUS)
            wait_until(lambda: server.keys_made == 2)

    server.hooks["POST /key"] = second_key
    server.on_dial = dialled
    client = rig(dial_timeout=GENEROUS)
    client.session.start()
    wait_until(lambda: server.ws.peers and server.peer.url.endswith("key2"), 8.0)


def test_the_key_is_deleted_only_when_that_is_asked_for(
    server: FakeServer, rig: MakeRig
) -> None:
    """A key belongs to the account: deleting it silences the account's other programs."""
    client = rig()
    client.live()
    client.close()
    assert server.calls("DELETE /key") == 0


def test_the_key_is_deleted_where_that_is_asked_for(server: FakeServer, rig: MakeRig) -> None:
    """Once, however many threads close."""
    client = rig(release_key=True)
    client.live()
    client.close()
    client.close()
    assert server.calls("DELETE /key") == 1


def test_a_delete_that_hangs_does_not_hold_up_the_end(server: FakeServer, rig: MakeRig) -> None:
    """close() returns within its own timeout, not within that of the REST call (10 s)."""
    go_on = threading.Event()
    server.hooks["DELETE /key"] = lambda: go_on.wait(GENEROUS) and None
    client = rig(release_key=True)
    client.live()
    deadline = Deadline(6.0)
    client.close(1.0)
    assert not deadline.expired
    go_on.set()


# Comparing


def test_a_first_snapshot_that_fails_in_passing_is_tried_again(
    server: FakeServer, rig: MakeRig
) -> None:
    """Nothing is told as new that was there before: the stream waits for a whole snapshot."""
    order_id = server.model.place(2)
    server.model.fill(order_id, 1)
    server.plans["GET /fills"] = deque(
        [HttpStatusError("a page", http_status=502), ConnectFailed("down")]
    )
    client = rig()
    client.live()
    client.resynced("start")
    assert len(client.of(Disconnected)) == 2
    assert client.fill_ids() == []
    assert client.session.account().stale == ()


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
    assert set(client.session.account().stale) == {"fills", "orders", "positions"}
    calls = server.calls("GET /orders")
    server.model.place(1)
    client.until(Pushed)
    server.model.place(1)
    client.until(Pushed)
    assert server.calls("GET /orders") == calls


def test_a_part_that_fails_in_passing_is_read_again_later(
    server: FakeServer, rig: MakeRig
) -> None:
    """With the reason ``retry``; until then that part is stale and the stream works."""
    client = rig(resync_retry=0.02)
    client.live()
    server.plans["GET /balances"] = deque(
        [HttpStatusError("a page", http_status=502)] * 3
    )
    server.pushing = False
    server.peer.drop()
    server.model.set_balance("USDT", 7)
    server.pushing = True
    assert set(client.resynced("reconnect").unchecked) == {"balances"}
    resynced = client.resynced("retry")
    while resynced.unchecked:
        resynced = client.resynced("retry")
    assert resynced.delivered == 1
    assert client.session.account().stale == ()
    assert dict(client.session.account().balances) == server.model.balances
    assert len(client.of(Disconnected)) == 1


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
    account = client.session.account()
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
    assert dict(client.session.account().orders) == server.model.orders


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


# Subscriptions


def test_a_subscription_before_there_is_a_link_waits_for_it(
    server: FakeServer, rig: MakeRig
) -> None:
    """The call returns when the first link has acknowledged it."""
    go_on = threading.Event()
    server.on_dial = lambda peer: go_on.wait(GENEROUS) and None
    client = rig()
    client.session.start()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(subscribe, client, "market.a")
        wait_until(lambda: client.shared.desk.is_wanted("market.a"))
        assert not call.done()
        go_on.set()
        call.result(GENEROUS)
    assert client.session.stats().topics == ("market.a",)


def test_a_refused_topic_is_an_error_and_not_asked_for_again(
    server: FakeServer, rig: MakeRig
) -> None:
    """The caller learns it; a reconnect does not repeat it."""
    client = rig()
    client.live()
    server.refused.add("bad")
    with pytest.raises(SubscriptionRefused) as caught:
        subscribe(client, "bad")
    assert caught.value.topics == ("bad",)
    server.peer.drop()
    client.resynced("reconnect")
    assert server.asked("subscribe") == [("bad",)]


def test_a_subscription_without_an_answer_ends_at_its_deadline(
    server: FakeServer, rig: MakeRig
) -> None:
    """A late answer reaches nobody, and the next call asks again."""
    client = rig()
    client.live()
    server.silent.add("late")
    with pytest.raises(DeadlineExceeded, match="late"):
        subscribe(client, "late", timeout=SOON)
    server.silent.clear()
    server.peer.push('{"reply": "1"}')
    subscribe(client, "late")
    assert server.asked("subscribe") == [("late",), ("late",)]


def test_a_refused_resubscription_is_an_event(server: FakeServer, rig: MakeRig) -> None:
    """The other topics are not taken along; the topic is asked for again at the next link."""
    client = rig()
    client.live()
    subscribe(client, "a", "b")
    server.refused.add("a")
    server.peer.drop()
    failed = client.until(SubscriptionFailed)
    assert failed.topics == ("a",)
    assert isinstance(failed.error, SubscriptionRefused)
    client.resynced("reconnect")
    assert client.session.stats().topics == ("b",)
    server.refused.clear()
    server.peer.drop()
    client.resynced("reconnect")
    assert set(client.session.stats().topics) == {"a", "b"}


def test_an_unanswered_resubscription_is_an_event(server: FakeServer, rig: MakeRig) -> None:
    """After ``ack_timeout`` the stream goes on without the topic."""
    client = rig(ack_timeout=SOON)
    client.live()
    subscribe(client, "a", "b")
    server.silent.add("a")
    server.peer.drop()
    failed = client.until(SubscriptionFailed)
    assert failed.topics == ("a",)
    assert isinstance(failed.error, DeadlineExceeded)
    client.resynced("reconnect")
    assert client.session.stats().topics == ("b",)


def test_an_unsubscribed_topic_ends_and_is_not_asked_for_again(
    server: FakeServer, rig: MakeRig
) -> None:
    """Its tail is counted and left out (rule 86)."""
    client = rig(private=False)
    client.live()
    subscribe(client, "a")
    client.session.unsubscribe(["a"], Deadline(GENEROUS))
    server.peer.push('{"market": "a"}', '{"market": "a"}')
    wait_until(lambda: client.session.stats().unrequested == 2)
    assert client.session.stats().market_waiting == 0
    server.peer.drop()
    client.until(Connected, lambda event: event.connection == 2)
    assert server.asked("subscribe") == [("a",)]


def test_a_topic_that_is_dropped_while_it_is_being_subscribed_is_dropped_at_the_server(
    server: FakeServer, rig: MakeRig
) -> None:
    """Otherwise the exchange would send data that nobody wants until the next reconnect."""
    client = rig(private=False)
    client.live()
    server.silent.add("a")
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(subscribe, client, "a", timeout=0.5)
        server.peer.wait_sent(lambda text: '"a"' in text, GENEROUS)
        with contextlib.suppress(DeadlineExceeded):
            client.session.unsubscribe(["a"], Deadline(SOON))
        call.exception(GENEROUS)
    assert server.asked("unsubscribe") == [("a",)]


def test_too_many_topics_are_refused_here(rig: MakeRig) -> None:
    """Nothing is sent."""
    client = rig(private=False)
    client.live()
    with pytest.raises(ConfigurationError):
        subscribe(client, *[f"t{number}" for number in range(2_000)])


# Pings


def test_a_ping_without_a_link_is_refused(server: FakeServer, rig: MakeRig) -> None:
    """There is nothing to measure."""
    go_on = threading.Event()
    server.on_dial = lambda peer: go_on.wait(GENEROUS) and None
    client = rig()
    client.session.start()
    with pytest.raises(ConnectionClosed):
        client.session.ping(Deadline(1.0))
    go_on.set()


def test_a_ping_that_is_not_answered_ends_at_its_deadline(
    server: FakeServer, rig: MakeRig
) -> None:
    """The link itself is left alone."""
    client = rig()
    client.live()
    server.silent.add("ping")
    server.peer.answers = False
    with pytest.raises(DeadlineExceeded):
        client.session.ping(Deadline(SOON))
    server.peer.answers = True
    assert client.session.stats().reconnects == 0


def test_a_ping_whose_link_ends_does_not_wait_for_its_deadline(
    server: FakeServer, rig: MakeRig
) -> None:
    """The answer cannot come any more."""
    client = rig()
    client.live()
    server.silent.add("ping")
    server.peer.answers = False
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(client.session.ping, Deadline(GENEROUS * 3))
        server.peer.wait_sent(lambda text: "ping" in text, GENEROUS)
        server.peer.drop()
        assert isinstance(call.exception(GENEROUS), ConnectionClosed)


# The end, from every state


def _blocked_dial(server: FakeServer) -> None:
    server.ws.stall_next()


def _blocked_login(server: FakeServer) -> None:
    server.logins.extend([None] * 100)


def _blocked_rest(server: FakeServer) -> None:
    server.hooks["GET /balances"] = lambda: threading.Event().wait(1.0) and None


def _back_off(server: FakeServer) -> None:
    for _ in range(1_000):
        server.ws.fail_next(ConnectFailed("refused"))


def _live(server: FakeServer) -> None:
    """Leave the server as it is."""


PHASES: dict[str, tuple[Callable[[FakeServer], None], set[State]]] = {
    "dial": (_blocked_dial, {State.DIALING}),
    "login": (_blocked_login, {State.AUTHENTICATING}),
    "rest": (_blocked_rest, {State.DIALING}),
    "back-off": (_back_off, {State.BACKING_OFF, State.DIALING}),
    "live": (_live, {State.LIVE}),
}


@pytest.mark.parametrize("phase", PHASES)
def test_close_ends_every_phase_in_time(server: FakeServer, rig: MakeRig, phase: str) -> None:
    """Two threads close at once; both return in time, everybody who waits is woken."""
    prepare, states = PHASES[phase]
    prepare(server)
    client = rig(login_timeout=60.0, dial_timeout=60.0)
    client.session.start()
    wait_until(lambda: client.session.state in states)
    with ThreadPoolExecutor(4) as pool:
        taker = pool.submit(lambda: [client.take() for _ in range(100_000)])
        caller = pool.submit(subscribe, client, "never") if phase != "live" else None
        closers = [pool.submit(client.close, 8.0) for _ in range(2)]
        assert all(closer.result(GENEROUS) for closer in closers)
        assert isinstance(taker.exception(GENEROUS), ClientClosed)
        if caller is not None:
            assert isinstance(caller.exception(GENEROUS), ClientClosed)
    assert client.session.state is State.CLOSED
    with pytest.raises(ClientClosed):
        client.session.wait_live(Deadline(1.0))


def test_close_ends_a_reader_that_waits_for_the_caller(
    server: FakeServer, rig: MakeRig
) -> None:
    """The inbox is full and nobody will ever take anything."""
    client = rig(limits=InboxLimits(private_events=2))
    client.live()
    for _ in range(20):
        server.model.place(1)
    wait_until(lambda: client.session.stats().private_waiting >= 2)
    assert client.close(8.0)


def test_close_ends_a_comparison(server: FakeServer, rig: MakeRig) -> None:
    """The REST call is blocked; the links and the call are given up."""
    client = rig()
    client.live()
    reached, go_on = threading.Event(), threading.Event()

    def block() -> None:
        reached.set()
        go_on.wait(GENEROUS)

    server.hooks["GET /orders"] = block
    server.peer.drop()
    assert reached.wait(GENEROUS)
    assert client.close(8.0)
    go_on.set()


def test_close_before_the_start_is_enough(rig: MakeRig) -> None:
    """Nothing was started, nothing is left; the start is refused afterwards."""
    client = rig()
    assert client.close()
    assert client.close()
    with pytest.raises(ClientClosed):
        client.session.start()


def test_close_ends_a_frozen_link(server: FakeServer, rig: MakeRig) -> None:
    """The peer does not answer the close frame: the link is dropped."""
    client = rig()
    client.live()
    server.peer.freeze()
    assert client.close(8.0)


def test_close_says_goodbye(server: FakeServer, rig: MakeRig) -> None:
    """The server gets a close frame with code 1000."""
    client = rig()
    client.live()
    peer = server.peer
    client.close()
    assert peer.close_code == 1000


@pytest.mark.parametrize("message", ["START", "next attempt"])
def test_a_close_between_two_steps_is_an_ordinary_end(
    server: FakeServer,
    rig: MakeRig,
    caplog: pytest.LogCaptureFixture,
    message: str,
) -> None:
    """It comes right after a log line, that is between two looks at the state.

    No thread fails, nothing is logged as a fault, and the caller is told ClientClosed.
    """
    caplog.set_level(logging.DEBUG, logger="sixmm")
    if message != "START":
        _back_off(server)
    client = rig()
    closers: list[threading.Thread] = []
    errors: list[BaseException] = []

    def close() -> None:
        try:
            client.close(8.0)
        except BaseException as error:
            errors.append(error)

    class Closing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if message in record.getMessage() and not closers:
                closer = threading.Thread(target=close, daemon=True)
                closer.start()
                closers.append(closer)
                wait_until(lambda: client.session.state in (State.CLOSING, State.CLOSED))

    handler = Closing()
    logging.getLogger("sixmm.stream").addHandler(handler)
    try:
        client.session.start()
        wait_until(lambda: closers)
        closers[0].join(GENEROUS)
    finally:
        logging.getLogger("sixmm.stream").removeHandler(handler)
    assert not closers[0].is_alive()
    assert errors == []
    with pytest.raises(ClientClosed):
        client.session.wait_live(Deadline(1.0))
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


def test_close_at_any_moment_leaves_nothing_behind(server: FakeServer, rig: MakeRig) -> None:
    """Two hundred sessions, closed by two threads while they come up, at moments all over."""
    for number in range(200):
        client = Rig(server, private=bool(number % 2))
        client.session.start()
        wait_until(lambda c=client, n=number: n % 10 == 0 or c.session.state is not State.IDLE)
        if number % 4 == 0:
            wait_until(lambda c=client: c.session.state is not State.DIALING)
        with ThreadPoolExecutor(2) as pool:
            closers = [pool.submit(client.close, 8.0) for _ in range(2)]
            assert all(closer.result(GENEROUS) for closer in closers)
        assert client.session.state is State.CLOSED
        server.close()
        server.__init__()  # type: ignore[misc]
    assert not Rig.threads()
