"""The session: it comes up, hands everything over in order, and starts once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import pytest

from sixmm.clock import Deadline
from sixmm.errors import ClientClosed, ConnectFailed, DeadlineExceeded, LocalStateError
from sixmm.events import Connected, DecodeFailed, Resynced, UnknownEvent
from sixmm.stream.states import State

from .fakes import Pushed, push_text
from .server import FakeServer, Rig
from .waiting import GENEROUS, wait_until

MakeRig = Callable[..., Rig]


def subscribe(rig: Rig, *topics: str, timeout: float = GENEROUS) -> None:
    """Subscribe."""
    rig.session.subscribe(topics, Deadline(timeout))


def test_a_private_stream_comes_up(server: FakeServer, rig: MakeRig) -> None:
    """Connected, then Resynced: from then on the mirror is certain."""
    server.model.place(4)
    client = rig()
    client.live()
    resynced = client.resynced("start")
    assert [type(item).__name__ for item in client.told] == ["Connected", "Resynced"]
    assert resynced.checked == ("fills", "orders", "positions", "balances")
    account = client.shared.account()
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
    pushed = client.take()
    assert isinstance(pushed, UnknownEvent)
    assert pushed.data == {"market": "market.a", "value": 1}
    assert not server.http.requests


@pytest.mark.parametrize("deliver", ["all", "events"])
def test_a_public_stream_compares_nothing(server: FakeServer, rig: MakeRig, deliver: str) -> None:
    """Not even after a message that nobody can read: there is no account."""
    client = rig(private=False, deliver=deliver, resync_retry=0.001)
    client.live()
    for _ in range(3):
        server.peer.push("{broken")
        client.until(DecodeFailed)
    assert client.of(Resynced) == []
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
    assert dict(client.shared.account().orders) == server.model.orders


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
        wait_until(lambda: client.shared.account().orders)
        server.peer.drop()
        wait_until(lambda: client.session.stats().reconnects)
        assert client.waiting() == []
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


def test_waiting_for_a_stream_that_does_not_come_up_ends(server: FakeServer, rig: MakeRig) -> None:
    """The error says where the connection stands."""
    server.logins.append(None)
    client = rig()
    client.session.start()
    wait_until(lambda: client.session.state is State.AUTHENTICATING)
    with pytest.raises(DeadlineExceeded, match="AUTHENTICATING"):
        client.session.wait_live(Deadline(0.01))


def test_the_exchanges_clock_is_read_again_and_again(server: FakeServer, rig: MakeRig) -> None:
    """A reading that fails is left to the next one: the stream does not depend on it."""
    client = rig(clock_interval=0.005)
    client.live()
    server.plans["GET /time"] = deque([ConnectFailed("down")])
    wait_until(lambda: server.calls("GET /time") >= 5)
    assert client.session.stats().reconnects == 0


def test_a_fault_of_the_program_is_told_and_ends_the_stream(
    server: FakeServer,
    rig: MakeRig,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The caller learns it rather than waiting for ever; the log has the whole of it."""
    client = rig()
    client.live()

    def facts(_: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(client.shared.venue, "facts", facts)
    server.model.place(1)
    with pytest.raises(LocalStateError, match="RuntimeError"):
        client.until(Pushed)
    assert client.session.state is State.CLOSED
    assert any(record.exc_info for record in caplog.records)


def test_an_abandoned_session_ends_by_itself(server: FakeServer, rig: MakeRig) -> None:
    """Nobody waits for it; its threads end all the same."""
    client = rig()
    client.live()
    client.session.abandon()
    server.peer.wait_gone(GENEROUS)
    wait_until(lambda: not Rig.threads())
    assert client.session.state is State.CLOSED


def test_a_ping_that_cannot_be_sent_is_left_to_the_reader(server: FakeServer, rig: MakeRig) -> None:
    """The link has just ended: the reader says why, and the timer goes on."""
    client = rig(ping_interval=0.002, ping_timeout=5.0)
    client.live()
    for number in range(2, 12):
        server.peer.drop()
        while client.until(Resynced).connection < number:
            pass
    pings = len(server.asked("ping"))
    wait_until(lambda: len(server.asked("ping")) > pings)
