"""A link is replaced before its server ends it: the next one is live before it is dropped."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from sixmm.clock import Deadline
from sixmm.errors import ConnectFailed, LoginRefused
from sixmm.events import Connected, Disconnected, Resynced, UnknownEvent
from sixmm.transport.memory import MemoryPeer

from .fakes import FakeVenue
from .server import FakeServer, Rig
from .waiting import GENEROUS, wait_until

MakeRig = Callable[..., Rig]
SOON = 0.02


@pytest.fixture
def rotating(monkeypatch: pytest.MonkeyPatch, server: FakeServer) -> FakeServer:
    """Have every link replaced soon; each gets every push, as long as it is there."""
    monkeypatch.setattr(FakeVenue, "rotate_after", SOON)
    server.pushes_to_all = True
    return server


@pytest.mark.parametrize("deliver", ["all", "events"])
def test_no_private_event_is_lost_or_told_twice(
    rotating: FakeServer, rig: MakeRig, deliver: str
) -> None:
    """Fills go on while links follow one another, and no end of a link is told."""
    client = rig(deliver=deliver)
    client.live()
    order = rotating.model.place(10_000)
    count = 0
    while len(rotating.ws.peers) < 8:
        with rotating.lock:
            rotating.model.fill(order, 1)
        count += 1
        client.take()
    wait_until(lambda: client.session.stats().connects >= 8)
    with rotating.lock:
        rotating.model.fill(order, 1)
    last = f"f{count + 1}"
    while last not in client.fill_ids():
        client.take()
    assert client.fill_ids() == [f"f{number}" for number in range(1, count + 2)]
    assert client.of(Disconnected) == []
    assert {event.reason for event in client.of(Resynced)} <= {"start", "rotation", "retry"}


def test_the_next_link_is_live_before_the_old_one_is_dropped(
    rotating: FakeServer, rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it is logged in and asks for its topics the old one is open; later it is not."""
    old_was_gone: list[bool] = []
    answer = rotating._asked

    def asked(peer: MemoryPeer, request: dict[str, Any]) -> None:
        if request["op"] == "subscribe" and peer is not rotating.ws.peers[0]:
            old_was_gone.append(rotating.ws.peers[len(old_was_gone)].gone)
        answer(peer, request)

    monkeypatch.setattr(rotating, "_asked", asked)
    client = rig()
    client.live()
    client.session.subscribe(["a"], Deadline(GENEROUS))
    client.resynced("rotation")
    assert [event.connection for event in client.of(Connected)][:2] == [1, 2]
    assert old_was_gone[:1] == [False]
    assert rotating.ws.peers[0].gone


def test_market_data_comes_once(rotating: FakeServer, rig: MakeRig) -> None:
    """What both links bring while there are two is told once, by its text."""
    client = rig(private=False)
    client.live()
    client.session.subscribe(["a"], Deadline(GENEROUS))
    stop = threading.Event()
    sent: list[int] = []

    def push() -> None:
        while not stop.is_set():
            sent.append(len(sent))
            text = json.dumps({"market": "a", "value": sent[-1]})
            for peer in tuple(rotating.ws.peers):
                peer.push(text)
            stop.wait(0.001)

    pusher = threading.Thread(target=push)
    pusher.start()
    try:
        wait_until(lambda: client.session.stats().connects >= 5)
    finally:
        stop.set()
        pusher.join(GENEROUS)
    values: list[int] = []
    while not values or values[-1] < sent[-1]:
        event = client.take()
        if isinstance(event, UnknownEvent):
            values.append(event.data["value"])
    assert values == list(range(values[0], len(sent)))


def test_a_link_stays_where_the_next_one_cannot_be_made(rotating: FakeServer, rig: MakeRig) -> None:
    """It is tried again later; nothing is told, because nothing has happened."""

    def refuse(_: MemoryPeer) -> None:
        if len(rotating.ws.peers) >= 1:
            refused.append(True)
            raise ConnectFailed("refused")

    refused: list[bool] = []
    rotating.on_dial = refuse
    client = rig()
    client.live()
    wait_until(lambda: bool(refused))
    order = rotating.model.place(1)
    rotating.model.fill(order, 1)
    while not client.fill_ids():
        client.take()
    assert client.of(Disconnected) == []
    assert client.session.stats().connects == 1


def test_an_old_link_that_ends_too_early_costs_nothing(rotating: FakeServer, rig: MakeRig) -> None:
    """The next one is there already, and the comparison tells what was on its way."""
    rotating.on_dial = lambda _: rotating.ws.peers[0].drop() if rotating.ws.peers else None
    client = rig()
    client.live()
    client.resynced("rotation")
    assert client.of(Disconnected) == []


def test_a_new_link_that_ends_too_early_is_replaced(rotating: FakeServer, rig: MakeRig) -> None:
    """As any link is: the end is told, and the comparison after the next one is whole."""
    client = rig()
    client.live()
    client.session.subscribe(["a"], Deadline(GENEROUS))
    rotating.silent.add("a")
    wait_until(lambda: len(rotating.ws.peers) >= 2)
    rotating.peer.drop()
    rotating.silent.clear()
    client.until(Disconnected)
    client.resynced("reconnect")


def test_closing_does_not_wait_for_a_link_that_is_made(rotating: FakeServer, rig: MakeRig) -> None:
    """Also while the next one waits for the answer to its login."""
    client = rig()
    rotating.logins.extend([True, None])
    client.live()
    wait_until(lambda: len(rotating.ws.peers) == 2)
    assert client.close()


@pytest.mark.usefixtures("rotating")
def test_a_ping_is_answered_after_any_number_of_links(rig: MakeRig) -> None:
    """It goes to the link that is in use."""
    client = rig()
    client.live()
    wait_until(lambda: client.session.stats().connects >= 4)
    assert client.session.ping(Deadline(GENEROUS)) >= 0.0


def test_what_is_made_for_one_dial_may_be_refused_a_few_times(
    server: FakeServer, rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each attempt has another one; the third refusal in a row is final."""
    monkeypatch.setattr(FakeVenue, "is_for_once", True)
    server.logins.extend([False, False, True, False, False, False])
    client = rig()
    client.live()
    assert server.keys_made == 3
    server.peer.drop()
    with pytest.raises(LoginRefused):
        client.until(UnknownEvent)
    assert server.keys_made == 6


def test_a_private_push_that_is_about_no_account_comes_once(
    rotating: FakeServer, rig: MakeRig
) -> None:
    """The mirror learns nothing from it, so that only its text says that both links brought it."""
    client = rig()
    client.live()
    stop = threading.Event()
    sent: list[int] = []

    def push() -> None:
        while not stop.is_set():
            sent.append(len(sent))
            for peer in tuple(rotating.ws.peers):
                peer.push(json.dumps({"nobody": "knows", "value": sent[-1]}))
            stop.wait(0.001)

    pusher = threading.Thread(target=push)
    pusher.start()
    try:
        wait_until(lambda: client.session.stats().connects >= 5)
    finally:
        stop.set()
        pusher.join(GENEROUS)
    values: list[int] = []
    while not values or values[-1] < sent[-1]:
        event = client.take()
        if isinstance(event, UnknownEvent):
            values.append(event.data["value"])
    assert values == list(range(values[0], len(sent)))
