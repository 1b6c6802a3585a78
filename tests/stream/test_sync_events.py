"""Events only: pushes are decoded by the caller, and yet each change is told once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest

from sixmm.events import DecodeFailed, Event, Origin
from sixmm.stream.tail import Tail

from .fakes import Pushed, push_text
from .server import FakeServer, Rig

MakeRig = Callable[..., Rig]


@pytest.fixture
def client(server: FakeServer, rig: MakeRig) -> Rig:
    """Make a live session that keeps no picture of the account; an order of 20 was there before."""
    server.model.place(20)
    server.model.fill("1", 1)
    made = rig(deliver="events", resync_retry=0.02)
    made.live()
    made.resynced("start")
    return made


def lose(server: FakeServer, change: Callable[[], object]) -> None:
    """Drop the link, and let something happen that is not pushed."""
    with server.lock:
        server.pushing = False
        server.peer.drop()
        change()
        server.pushing = True


def fill(server: FakeServer, client: Rig, order_id: str) -> None:
    """Let an order be filled, and take the push that tells it."""
    server.model.fill(order_id, 1)
    told = server.model.fills[-1].fill_id
    client.until(Pushed, lambda event: any(f.fill_id == told for f in event.facts.fills))


def fill_ids(server: FakeServer) -> list[str]:
    """Return the fills that have to be told: all but the one from before."""
    return [fill.fill_id for fill in server.model.fills[1:]]


def test_pushes_are_decoded_by_who_takes_them(
    server: FakeServer, client: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader thread decodes none of them, and what was there before is not told."""
    names: list[str] = []
    decode = client.shared.venue.decode

    def note(message: str | bytes, *, received_at: int = 0) -> Event:
        names.append(threading.current_thread().name)
        return decode(message, received_at=received_at)

    monkeypatch.setattr(client.shared.venue, "decode", note)
    for _ in range(5):
        server.model.fill("1", 1)
    client.until(Pushed, lambda event: event.facts.fills[0].fill_id == "f6")
    assert client.fill_ids() == fill_ids(server)
    assert set(names) == {threading.current_thread().name}


def test_what_was_missed_is_told_once(server: FakeServer, client: Rig) -> None:
    """Fills that were pushed are not told again by the comparison, and nothing is left out."""
    for number in range(6):
        server.model.fill("1", 1)
        if number % 2:
            lose(server, lambda: server.model.fill("1", 1))
            client.resynced("reconnect")
    assert Counter(client.fill_ids()) == Counter(fill_ids(server))
    missed = [event for event in client.of(Pushed) if event.origin is Origin.REST]
    assert len(missed) >= 3


def test_a_state_that_did_not_change_is_not_told_again(server: FakeServer, client: Rig) -> None:
    """As long as the tail of the pushes reaches back to the last comparison."""
    server.model.set_balance("USDT", 5)
    server.model.set_position("BTCUSDT", 2)
    server.model.amend("1", price=7)
    for _ in range(3):
        lose(server, lambda: None)
        assert client.resynced("reconnect").delivered == 0
    assert len(client.of(Pushed)) == 3


def test_a_push_that_comes_after_the_comparison_told_it_is_left_out(
    server: FakeServer, client: Rig
) -> None:
    """For a while the pushes are held against what was told from the snapshot."""
    late: list[str] = []
    server.model.tell = lambda facts: late.append(push_text(facts))
    lose(server, lambda: server.model.fill("1", 1))
    assert client.resynced("reconnect").delivered == 1
    server.peer.push(*late)
    server.model.tell = server._push
    server.model.fill("1", 1)
    client.until(Pushed, lambda event: event.facts.fills[0].fill_id == "f3")
    assert client.fill_ids() == fill_ids(server)
    assert client.session.stats().repeated == 1


def test_a_push_that_the_caller_cannot_decode_leads_to_a_comparison(
    server: FakeServer, client: Rig
) -> None:
    """What it would have told is told from the snapshot, where that shows it; counted once."""
    server.model.tell = lambda _: server.peer.push('{"push": "user.9", "fault": true}')
    server.model.fill("1", 1)
    client.until(DecodeFailed)
    server.model.tell = server._push
    server.model.set_balance("USDT", 5)
    client.resynced("retry")
    assert client.fill_ids() == fill_ids(server)
    assert client.session.stats().decode_failures == 1


def test_a_tail_that_was_cut_costs_no_fill(server: FakeServer, client: Rig) -> None:
    """Where more was pushed than is kept, no fill is lost and none of before is told twice."""
    client.session._sync.hand.tail = Tail(max_messages=2)
    server.model.place(30)
    for _ in range(3):
        # As if the last comparison were long ago.
        client.session._sync.hand._attentive_until_ms = 0
        for _ in range(4):
            fill(server, client, "1")
        # A snapshot reaches ten seconds back from the last push: these are older than that.
        server.model.let_pass(60_000)
        client.shared.rest.measure_clock()
        for _ in range(2):
            fill(server, client, "2")
        lose(server, lambda: server.model.fill("1", 1))
        resynced = client.resynced("reconnect")
        assert not resynced.unchecked
        assert resynced.delivered <= 3
    assert Counter(client.fill_ids()) == Counter(fill_ids(server))
