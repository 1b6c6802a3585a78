"""What a test can ask the peer of a link, beyond what a real server does."""

from __future__ import annotations

import pytest

from sixmm.errors import ConnectionClosed, ProtocolViolation
from sixmm.transport import MemoryPeer, MemoryWs, WsLink
from tests.transport.patience import in_thread, soon


@pytest.fixture
def ends() -> tuple[WsLink, MemoryPeer]:
    """Both ends of a link."""
    ws = MemoryWs()
    link = ws.dial("wss://exchange.test/ws?listenKey=CANARY", headers={"A": "b"}, deadline=soon())
    return link, ws.peers[0]


def test_what_was_dialled(ends: tuple[WsLink, MemoryPeer]) -> None:
    """The peer knows the address and the headers, and shows no secret."""
    _, peer = ends

    assert peer.url.endswith("listenKey=CANARY")
    assert peer.headers == {"A": "b"}
    assert "CANARY" not in repr(peer)


def test_wait_sent(ends: tuple[WsLink, MemoryPeer]) -> None:
    """A message that was sent before is found, one that comes later is waited for."""
    link, peer = ends
    link.send("first", deadline=soon())

    assert peer.wait_sent() == "first"
    with in_thread(lambda: link.send("second", deadline=soon())):
        assert peer.wait_sent(lambda message: message.startswith("s")) == "second"
    with pytest.raises(TimeoutError):
        peer.wait_sent(lambda message: message == "third", timeout=0.01)
    assert peer.sent == ["first", "second"]


def test_wait_gone(ends: tuple[WsLink, MemoryPeer]) -> None:
    """The end of the client can be waited for."""
    link, peer = ends

    with pytest.raises(TimeoutError):
        peer.wait_gone(timeout=0.01)
    assert not peer.gone
    with in_thread(link.abort):
        peer.wait_gone()

    assert peer.gone


def test_answers(ends: tuple[WsLink, MemoryPeer]) -> None:
    """A peer that does not answer plays a server that has lost its mind."""
    link, peer = ends
    peer.answers = False
    assert not peer.answers

    link.ping(b"1", deadline=soon())
    peer.pong(b"2")
    link.receive(deadline=soon())
    link.close(code=4000, deadline=soon())

    assert link.last_pong == b"2"
    assert peer.close_code == 4000
    assert not peer.gone


def test_frozen(ends: tuple[WsLink, MemoryPeer]) -> None:
    """While the link is frozen neither side hears the other; afterwards all arrives in order."""
    link, peer = ends
    heard: list[str] = []
    peer.on_message = heard.append
    peer.freeze()

    peer.push("to the client")
    link.send("a", deadline=soon())
    link.ping(b"p", deadline=soon())
    link.send("b", deadline=soon())
    assert peer.sent == heard == []
    assert peer.close_code is None
    peer.thaw()

    assert peer.sent == heard == ["a", "b"]
    assert link.receive(deadline=soon()) == [b"to the client"]
    assert link.last_pong == b"p"


def test_push_waits_for_room() -> None:
    """A client that does not read holds the server back."""
    ws = MemoryWs(max_queued=1)
    ws.dial("wss://h/", deadline=soon())

    ws.peers[0].push("a")
    with pytest.raises(TimeoutError):
        ws.peers[0].push("b", timeout=0.01)


@pytest.mark.parametrize("code", [1002, 1007, 1009])
def test_violate(ends: tuple[WsLink, MemoryPeer], code: int) -> None:
    """Any violation can be played."""
    link, peer = ends

    peer.violate("too large", code=code)

    with pytest.raises(ProtocolViolation, match="too large") as caught:
        link.receive(deadline=soon())
    assert caught.value.close_code == code


def test_reason_is_fit_for_a_log(ends: tuple[WsLink, MemoryPeer]) -> None:
    """A reason is made safe as that of a real server is."""
    link, peer = ends

    peer.close(4000, "a\nb?token=CANARY")

    with pytest.raises(ConnectionClosed) as caught:
        link.receive(deadline=soon())
    assert caught.value.reason == "a\\nb?token=***"
