"""What happens between two links: why one ended, what is missing, what is fatal."""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from sixmm.clock import Deadline
from sixmm.errors import (
    ConnectFailed,
    HandshakeRefused,
    LoginRefused,
    SixmmError,
    TlsFailed,
)
from sixmm.events import (
    Connected,
    Disconnected,
    Origin,
    SessionExpiring,
)
from sixmm.stream.states import State
from sixmm.transport.memory import MemoryPeer

from .fakes import Pushed, refusal
from .server import FakeServer, Rig
from .waiting import GENEROUS, wait_until

MakeRig = Callable[..., Rig]


def subscribe(rig: Rig, *topics: str, timeout: float = GENEROUS) -> None:
    """Subscribe."""
    rig.session.subscribe(topics, Deadline(timeout))


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
    assert client.shared.account().stale == ()
    stats = client.session.stats()
    assert (stats.connects, stats.reconnects) == (2, 1)


def test_between_two_links_the_account_is_stale(server: FakeServer, rig: MakeRig) -> None:
    """From Disconnected to Resynced nothing in the mirror is certain."""
    client = rig()
    client.live()
    go_on = threading.Event()
    server.hooks["GET /fills"] = lambda: go_on.wait(GENEROUS)
    server.peer.drop()
    client.until(Disconnected)
    assert client.shared.account().stale
    client.until(Connected, lambda event: event.connection == 2)
    assert client.shared.account().stale
    go_on.set()
    client.resynced("reconnect")
    assert client.shared.account().stale == ()


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


def test_a_key_that_is_refused_on_a_live_link_is_replaced(server: FakeServer, rig: MakeRig) -> None:
    """It was accepted before, so it is not a wrong one: it has ended, and a new one may work."""
    client = rig()
    client.live()
    server.peer.push('{"login": false, "why": "expired"}')
    client.resynced("reconnect")
    assert server.keys_made == 2


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
        HandshakeRefused("moved", http_status=301),
    ],
)
def test_a_fatal_error_reaches_everybody(
    server: FakeServer, rig: MakeRig, error: SixmmError
) -> None:
    """wait_live(), subscribe(), the inbox and later calls all raise it; the state is CLOSED."""
    entered = threading.Event()
    server.hooks["GET /balances"] = lambda: entered.wait(GENEROUS)
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

    def fail(_: MemoryPeer) -> None:
        client.session._links.replace("the stream key was replaced")
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


def test_the_key_is_deleted_only_when_that_is_asked_for(server: FakeServer, rig: MakeRig) -> None:
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
    server.hooks["DELETE /key"] = lambda: go_on.wait(GENEROUS)
    client = rig(release_key=True)
    client.live()
    deadline = Deadline(6.0)
    client.close(1.0)
    assert not deadline.expired
    go_on.set()
