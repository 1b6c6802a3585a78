"""Comparing the account although nothing calls for it: what a mute link does not tell is found."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from sixmm.errors import ConnectionClosed
from sixmm.events import Disconnected, Origin, Resynced

from .fakes import Pushed
from .server import FakeServer, Rig
from .waiting import GENEROUS, wait_until

MakeRig = Callable[..., Rig]
SOON = 0.02
"""Seconds between audits."""


@pytest.mark.parametrize("deliver", ["all", "events", "state"])
def test_an_account_that_is_as_it_was_told(server: FakeServer, rig: MakeRig, deliver: str) -> None:
    """Nothing is told of an audit that finds nothing, and the link lives on."""
    client = rig(deliver=deliver, audit_interval=SOON)
    client.live()
    server.model.place(20)
    for _ in range(5):
        server.model.fill("1", 1)
    before = client.session.stats().audits
    wait_until(lambda: client.session.stats().audits >= before + 5)

    assert client.session.stats().connects == 1
    assert not [event for event in client.waiting() if isinstance(event, Disconnected)]
    assert not client.shared.mirror.picture().stale


@pytest.mark.parametrize("deliver", ["all", "events"])
def test_a_mute_link_is_unmasked(server: FakeServer, rig: MakeRig, deliver: str) -> None:
    """What was not pushed is told by the audit, once, and the link is replaced."""
    client = rig(deliver=deliver, audit_interval=SOON)
    client.live()
    client.resynced("start")
    server.model.place(20)
    client.until(Pushed)
    with server.lock:
        server.pushing = False
        server.model.fill("1", 1)
    resynced = client.resynced("audit")
    ended = client.until(Disconnected)
    server.pushing = True
    client.resynced("reconnect")

    assert resynced.delivered == 1
    assert isinstance(ended.error, ConnectionClosed)
    assert "the stream did not tell" in str(ended.error)
    assert client.fill_ids() == ["f1"]
    assert [event.origin for event in client.of(Pushed)][-1] is Origin.REST


def test_an_audit_that_cannot_read_changes_nothing(server: FakeServer, rig: MakeRig) -> None:
    """The account stays as certain as it was, and the next audit looks again."""
    client = rig(audit_interval=SOON)
    client.live()
    client.resynced("start")
    server.always["GET /fills"] = ConnectionClosed(reason="no")
    calls = server.calls("GET /fills")
    wait_until(lambda: server.calls("GET /fills") >= calls + 3)
    assert not client.shared.mirror.picture().stale
    audits = client.session.stats().audits
    del server.always["GET /fills"]
    wait_until(lambda: client.session.stats().audits > audits)

    assert client.session.stats().connects == 1


def test_what_cannot_be_read_during_an_audit_is_looked_at_again(
    server: FakeServer, rig: MakeRig
) -> None:
    """It may have told of anything: another comparison follows, and says when all is certain."""
    client = rig(audit_interval=SOON, resync_retry=SOON)
    client.live()
    client.resynced("start")

    def garble() -> None:
        del server.hooks["GET /balances"]
        server.peer.push('{"push": "user.9", "fault": true}')

    server.hooks["GET /balances"] = garble
    client.resynced("retry")

    assert not client.shared.mirror.picture().stale
    assert client.session.stats().connects == 1


def test_pushes_during_an_audit_are_told_in_order(server: FakeServer, rig: MakeRig) -> None:
    """They wait for it, and none is doubled by what it shows."""
    client = rig(audit_interval=SOON)
    client.live()
    client.resynced("start")
    server.model.place(1_000)
    count = 100
    for _ in range(count):
        server.model.fill("1", 1)
    client.until(Pushed, lambda event: any(f.fill_id == f"f{count}" for f in event.facts.fills))

    assert client.fill_ids() == [f"f{number}" for number in range(1, count + 1)]
    assert client.session.stats().connects == 1


def test_after_a_silence(server: FakeServer, rig: MakeRig) -> None:
    """A link that speaks again after it was silent for long is looked at."""
    hangs, go_on = threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        go_on.wait(GENEROUS)

    # The timer thread does not ping while its call hangs; the reader asks on its own, late.
    server.hooks["PUT /key"] = hang
    server.key_life_ms = 10
    client = rig(
        ping_interval=0.05, ping_timeout=0.3, audit_interval=1_000.0, audit_after_silence=SOON
    )
    client.live()
    assert hangs.wait(GENEROUS)
    wait_until(lambda: client.session.stats().audits)
    go_on.set()


def test_off(server: FakeServer, rig: MakeRig) -> None:
    """None is off: only what calls for a comparison leads to one."""
    client = rig(audit_interval=None)
    client.live()
    client.until(Resynced)
    server.model.place(20)
    client.until(Pushed)

    assert server.calls("GET /fills") == 2
    assert client.session.stats().audits == 0
