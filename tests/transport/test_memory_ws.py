"""How a test plans what happens to dials."""

from __future__ import annotations

import pytest

from sixmm.clock import Deadline
from sixmm.errors import (
    ClientClosed,
    ConnectFailed,
    DeadlineExceeded,
    HandshakeRefused,
    LoginRefused,
    TlsFailed,
)
from sixmm.transport import MemoryPeer, MemoryWs
from tests.transport.patience import in_thread, soon

URL = "wss://exchange.test/ws"


def test_on_dial_comes_first() -> None:
    """What the server says on connecting is the first thing that the client receives."""
    seen: list[str] = []

    def on_dial(peer: MemoryPeer, url: str) -> None:
        seen.append(url)
        peer.push("welcome")

    link = MemoryWs(on_dial).dial(URL, deadline=soon())

    assert seen == [URL]
    assert link.receive(deadline=soon()) == [b"welcome"]


def test_on_dial_may_refuse() -> None:
    """A server may refuse by its own rules; then there is no link."""

    def refuse(_peer: MemoryPeer, _url: str) -> None:
        raise LoginRefused("not you")

    ws = MemoryWs(refuse)

    with pytest.raises(LoginRefused):
        ws.dial(URL, deadline=soon())
    assert ws.peers == []


def test_plans_are_followed_in_order() -> None:
    """Each dial takes one plan; without a plan it succeeds."""
    ws = MemoryWs()
    ws.refuse_next(503, retry_after=2.5)
    ws.fail_next(ConnectFailed("unreachable"))
    ws.fail_next(TlsFailed("expired", certificate=True))
    ws.stall_next()

    with pytest.raises(HandshakeRefused) as caught:
        ws.dial(URL, deadline=soon())
    assert (caught.value.http_status, caught.value.retry_after) == (503, 2.5)
    with pytest.raises(ConnectFailed):
        ws.dial(URL, deadline=soon())
    with pytest.raises(TlsFailed):
        ws.dial(URL, deadline=soon())
    with pytest.raises(DeadlineExceeded):
        ws.dial(URL, deadline=Deadline(0.01))
    ws.dial(URL, deadline=soon())

    assert len(ws.peers) == 1


def test_wait_peer() -> None:
    """A test can wait for the first link, and for the next ones."""
    ws = MemoryWs()
    with pytest.raises(TimeoutError, match="only 0 links"):
        ws.wait_peer(timeout=0.01)

    with in_thread(lambda: ws.dial(URL, deadline=soon())):
        first = ws.wait_peer()
    ws.dial(URL, deadline=soon())

    assert ws.wait_peer() is first
    assert ws.wait_peer(2) is ws.peers[1]


def test_closed_while_the_server_greets() -> None:
    """A transport that is closed during a dial hands out no link."""
    ws = MemoryWs(lambda _peer, _url: ws.close())

    with pytest.raises(ClientClosed):
        ws.dial(URL, deadline=soon())
