"""What every WebSocket transport promises: over TCP, over TLS, and without a network."""

from __future__ import annotations

import abc
import copy
import pickle
from collections.abc import Iterator

import pytest

from sixmm.clock import Deadline
from sixmm.errors import (
    ClientClosed,
    ConfigurationError,
    ConnectionClosed,
    DeadlineExceeded,
    HandshakeRefused,
    ProtocolViolation,
    SixmmError,
)
from sixmm.transport import (
    MemoryPeer,
    MemoryWs,
    WebSocketClientTransport,
    WsLink,
    WsTransport,
)
from tests.transport.conftest import Certificates
from tests.transport.patience import in_thread, past, soon
from tests.transport.servers import PATIENCE
from tests.transport.socket_peer import PeerServer, SocketPeer

Peer = MemoryPeer | SocketPeer


class Backend(abc.ABC):
    """A transport together with the server that it dials."""

    transport: WsTransport
    url: str

    @abc.abstractmethod
    def next_peer(self) -> Peer:
        """Return the peer of the link that was made last."""

    @abc.abstractmethod
    def refuse_next(self, status: int, retry_after: str) -> None:
        """Let the server refuse the next upgrade."""

    @abc.abstractmethod
    def stall_next(self) -> None:
        """Let the server not answer the next upgrade."""

    def dial(self, **headers: str) -> tuple[WsLink, Peer]:
        """Make a link; return both ends."""
        link = self.transport.dial(self.url, headers=headers, deadline=soon())
        return link, self.next_peer()


class Real(Backend):
    """The default transport and a server on loopback."""

    def __init__(self, server: PeerServer, ca_file: str) -> None:
        self.transport = WebSocketClientTransport(ca_file=ca_file, pong_timeout=PATIENCE)
        self.url = server.url
        self._server = server

    def next_peer(self) -> Peer:
        """The peer of the newest link."""
        return self._server.next_peer()

    def refuse_next(self, status: int, retry_after: str) -> None:
        """Plan a refusal."""
        reply = f"HTTP/1.1 {status} No\r\nRetry-After: {retry_after}\r\n\r\n"
        self._server.refusals.append(reply.encode())

    def stall_next(self) -> None:
        """Plan silence."""
        self._server.refusals.append(b"HTTP/1.1 101 Wait")


class Memory(Backend):
    """The transport without a network."""

    def __init__(self) -> None:
        self.transport = self._ws = MemoryWs()
        self.url = "wss://exchange.test/ws"

    def next_peer(self) -> Peer:
        """The peer of the newest link."""
        return self._ws.peers[-1]

    def refuse_next(self, status: int, retry_after: str) -> None:
        """Plan a refusal."""
        self._ws.refuse_next(status, retry_after=float(retry_after))

    def stall_next(self) -> None:
        """Plan silence."""
        self._ws.stall_next()


@pytest.fixture(params=["tcp", "tls", "memory"])
def backend(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[Backend]:
    """Each transport in turn."""
    if request.param == "memory":
        yield Memory()
        return
    server = PeerServer(tls=certificates.server() if request.param == "tls" else None)
    with server.server:
        yield Real(server, certificates.file)


@pytest.fixture
def ends(backend: Backend) -> Iterator[tuple[WsLink, Peer]]:
    """Both ends of a link."""
    link, peer = backend.dial()
    yield link, peer
    peer.thaw()
    link.abort()


def receive_all(link: WsLink) -> tuple[list[bytes], SixmmError]:
    """Receive until the link ends; return the messages and the end."""
    messages: list[bytes] = []
    while True:
        try:
            messages += link.receive(deadline=soon())
        except (ConnectionClosed, ProtocolViolation) as exc:
            return messages, exc


def receive(link: WsLink, count: int) -> list[bytes]:
    """Receive ``count`` messages."""
    messages: list[bytes] = []
    while len(messages) < count:
        messages += link.receive(deadline=soon())
    return messages


class TestMessages:
    """What arrives is what was sent."""

    def test_server_to_client(self, ends: tuple[WsLink, Peer]) -> None:
        """Messages arrive whole and in order, also large, empty and non-ASCII ones."""
        link, peer = ends
        texts = ["a", "", "é🙂", "x" * 70_000, "z"]

        peer.push(*texts)

        assert receive(link, 5) == [text.encode() for text in texts]

    def test_batch(self, ends: tuple[WsLink, Peer]) -> None:
        """Messages that arrive together are returned together."""
        link, peer = ends

        peer.push(*"abcdefgh")

        assert link.receive(deadline=soon()) == [b"%c" % c for c in b"abcdefgh"]

    def test_binary(self, ends: tuple[WsLink, Peer]) -> None:
        """Binary messages are passed on."""
        link, peer = ends

        peer.push(b"\xff\x00")

        assert receive(link, 1) == [b"\xff\x00"]

    def test_client_to_server(self, ends: tuple[WsLink, Peer]) -> None:
        """Messages of the client arrive whole and in order."""
        link, peer = ends
        texts = ["a", "", "é🙂", "x" * 70_000, "z"]

        for text in texts:
            link.send(text, deadline=soon())
        peer.wait_sent(lambda message: message == "z")

        assert peer.sent == texts

    def test_answer(self, ends: tuple[WsLink, Peer]) -> None:
        """A server that answers within its callback is heard."""
        link, peer = ends
        peer.on_message = lambda text: peer.push(text.upper())

        link.send("hello", deadline=soon())

        assert receive(link, 1) == [b"HELLO"]

    def test_many_senders(self, ends: tuple[WsLink, Peer]) -> None:
        """Frames of several threads are not mixed up."""
        link, peer = ends

        def send(name: str) -> None:
            for number in range(50):
                link.send(f"{name}{number} " + name * 300, deadline=soon())

        with in_thread(lambda: send("a")), in_thread(lambda: send("b")) as raised:
            send("c")
        link.send("last", deadline=soon())
        peer.wait_sent(lambda message: message == "last")

        assert raised == []
        for name in "abc":
            own = [message for message in peer.sent if message.startswith(name)]
            assert own == [f"{name}{number} " + name * 300 for number in range(50)]

    def test_lone_surrogate(self, ends: tuple[WsLink, Peer]) -> None:
        """A text that has no UTF-8 form is the caller's mistake, and the link lives on."""
        link, peer = ends

        with pytest.raises(ConfigurationError, match="surrogate"):
            link.send("\ud800", deadline=soon())
        link.send("fine", deadline=soon())

        assert peer.wait_sent() == "fine"

    def test_headers(self, backend: Backend) -> None:
        """The headers of the caller reach the server."""
        link, peer = backend.dial(**{"X-Api-Key": "abc"})
        link.abort()

        assert {name.lower(): value for name, value in peer.headers.items()}["x-api-key"] == "abc"


class TestControlFrames:
    """Pings, pongs, and life."""

    def test_ping_is_answered(self, ends: tuple[WsLink, Peer]) -> None:
        """A ping is answered by receiving it; it counts as life and is no message."""
        link, peer = ends

        peer.ping(b"42")
        messages = link.receive(deadline=soon())
        link.send("after", deadline=soon())
        peer.wait_sent()

        assert messages == []
        assert peer.pongs == [b"42"]

    def test_own_ping(self, ends: tuple[WsLink, Peer]) -> None:
        """The answer to the client's ping is kept."""
        link, _ = ends
        assert link.last_pong is None

        link.ping(b"abc", deadline=soon())

        assert link.receive(deadline=soon()) == []
        assert link.last_pong == b"abc"

    def test_ping_that_is_too_long(self, ends: tuple[WsLink, Peer]) -> None:
        """A ping has at most 125 bytes (RFC 6455, section 5.5)."""
        link, _ = ends

        with pytest.raises(ConfigurationError, match="125"):
            link.ping(b"x" * 126, deadline=soon())
        link.ping(b"x" * 125, deadline=soon())

    def test_unasked_pong(self, ends: tuple[WsLink, Peer]) -> None:
        """A pong that nobody asked for is life, too."""
        link, peer = ends

        peer.pong(b"beat")

        assert link.receive(deadline=soon()) == []
        assert link.last_pong == b"beat"

    def test_message_with_ping(self, ends: tuple[WsLink, Peer]) -> None:
        """A control frame between messages does not disturb them."""
        link, peer = ends

        peer.push("a")
        peer.ping()
        peer.push("b")

        assert receive(link, 2) == [b"a", b"b"]


class TestDeadlines:
    """No call waits for longer than it may."""

    def test_receive(self, ends: tuple[WsLink, Peer]) -> None:
        """Waiting in vain ends with the deadline, and the link is still good."""
        link, peer = ends

        with pytest.raises(DeadlineExceeded):
            link.receive(deadline=Deadline(0.01))
        with pytest.raises(TimeoutError):
            link.receive(deadline=past())
        peer.push("late")

        assert receive(link, 1) == [b"late"]

    def test_send_to_a_peer_that_does_not_read(self, ends: tuple[WsLink, Peer]) -> None:
        """A send that cannot go on ends with its deadline, and with it the link (rule 107)."""
        link, peer = ends
        peer.freeze()

        def flood() -> None:
            while True:
                link.send("x" * 60_000, deadline=Deadline(0.05))

        with pytest.raises(DeadlineExceeded):
            flood()
        with pytest.raises(ConnectionClosed):
            link.send("more", deadline=soon())
        with pytest.raises(ConnectionClosed) as caught:
            link.receive(deadline=soon())

        assert caught.value.by == "network"

    def test_close_of_a_frozen_link(self, ends: tuple[WsLink, Peer]) -> None:
        """Closing does not wait for the peer, and what never ends can be aborted."""
        link, peer = ends
        peer.freeze()

        link.close(deadline=Deadline(0.01))
        with pytest.raises(DeadlineExceeded):
            link.receive(deadline=Deadline(0.01))
        link.abort()
        with pytest.raises(ConnectionClosed) as caught:
            link.receive(deadline=soon())

        assert caught.value.by == "local"

    def test_dial(self, backend: Backend) -> None:
        """A server that does not answer the upgrade costs as long as the deadline, not longer."""
        backend.stall_next()

        with pytest.raises(DeadlineExceeded):
            backend.transport.dial(backend.url, deadline=Deadline(0.2))

    def test_dial_with_a_deadline_that_has_passed(self, backend: Backend) -> None:
        """Nothing is begun that cannot be in time."""
        with pytest.raises(DeadlineExceeded):
            backend.transport.dial(backend.url, deadline=past())


class TestEnds:
    """Every end has a code, a reason, and an author."""

    def test_remote_close(self, ends: tuple[WsLink, Peer]) -> None:
        """Messages before a close frame come first; then its code and reason are told."""
        link, peer = ends

        peer.push("a", "b")
        peer.close(4001, "maintenance")
        messages, end = receive_all(link)

        assert messages == [b"a", b"b"]
        assert isinstance(end, ConnectionClosed)
        assert (end.code, end.reason, end.by) == (4001, "maintenance", "remote")

    def test_remote_close_is_remembered(self, ends: tuple[WsLink, Peer]) -> None:
        """After the end every call tells the same end; closing does nothing."""
        link, peer = ends
        peer.close(4001)
        receive_all(link)

        for call in (
            lambda: link.receive(deadline=soon()),
            lambda: link.send("x", deadline=soon()),
            lambda: link.ping(b"x", deadline=soon()),
        ):
            with pytest.raises(ConnectionClosed) as caught:
                call()
            assert (caught.value.code, caught.value.by) == (4001, "remote")
        link.close(deadline=soon())

    def test_local_close(self, ends: tuple[WsLink, Peer]) -> None:
        """The client's own close completes with its own code."""
        link, peer = ends

        link.close(code=4000, reason="bye", deadline=soon())
        _, end = receive_all(link)

        assert isinstance(end, ConnectionClosed)
        assert (end.code, end.reason, end.by) == (4000, "bye", "local")
        assert peer.close_code == 4000

    def test_local_close_twice(self, ends: tuple[WsLink, Peer]) -> None:
        """The second close does nothing."""
        link, _ = ends

        link.close(code=4000, deadline=soon())
        link.close(code=4001, deadline=soon())
        _, end = receive_all(link)

        assert isinstance(end, ConnectionClosed)
        assert end.code == 4000

    def test_send_after_local_close(self, ends: tuple[WsLink, Peer]) -> None:
        """After a close frame nothing is sent (RFC 6455, section 5.5.1)."""
        link, _ = ends
        link.close(deadline=soon())

        with pytest.raises(ConnectionClosed) as caught:
            link.send("x", deadline=soon())

        assert caught.value.by == "local"

    def test_messages_after_local_close(self, ends: tuple[WsLink, Peer]) -> None:
        """What the peer sends before it answers a close is still delivered."""
        link, peer = ends
        peer.answers = False

        link.close(code=4000, deadline=soon())
        peer.push("fill")
        peer.close(4000)
        messages, end = receive_all(link)

        assert messages == [b"fill"]
        assert isinstance(end, ConnectionClosed)
        assert end.by == "local"

    def test_close_code_that_must_not_be_sent(self, ends: tuple[WsLink, Peer]) -> None:
        """Such a code is the caller's mistake, and the link lives on."""
        link, peer = ends

        with pytest.raises(ConfigurationError, match="1006"):
            link.close(code=1006, deadline=soon())
        link.send("alive", deadline=soon())

        assert peer.wait_sent() == "alive"

    def test_dropped(self, ends: tuple[WsLink, Peer]) -> None:
        """A connection that breaks has the code 1006 and no author."""
        link, peer = ends

        peer.push("a")
        peer.drop()
        messages, end = receive_all(link)

        assert messages == [b"a"]
        assert isinstance(end, ConnectionClosed)
        assert (end.code, end.by) == (1006, "network")

    @pytest.mark.parametrize("code", [1002, 1007])
    def test_violation(self, ends: tuple[WsLink, Peer], code: int) -> None:
        """Messages before a violation come first; then it is told, to the peer as well."""
        link, peer = ends

        peer.push("a")
        peer.violate(code=code)
        messages, end = receive_all(link)

        assert messages == [b"a"]
        assert isinstance(end, ProtocolViolation)
        assert end.close_code == code
        with pytest.raises(ConnectionClosed):
            link.send("x", deadline=soon())

    def test_abort_frees_the_receiver(self, ends: tuple[WsLink, Peer]) -> None:
        """A blocked receive ends when another thread aborts."""
        link, peer = ends

        with in_thread(lambda: link.receive(deadline=soon())) as raised:
            link.abort()

        (end,) = raised
        assert isinstance(end, ConnectionClosed)
        assert (end.code, end.by) == (1006, "local")
        peer.wait_gone()

    def test_abort_frees_the_sender(self, ends: tuple[WsLink, Peer]) -> None:
        """A blocked send ends when another thread aborts."""
        link, peer = ends
        peer.freeze()

        def flood() -> None:
            while True:
                link.send("x" * 60_000, deadline=soon())

        with in_thread(flood) as raised:
            link.abort()

        assert isinstance(raised[0], ConnectionClosed)

    def test_abort_twice(self, ends: tuple[WsLink, Peer]) -> None:
        """Aborting what is dead does nothing."""
        link, _ = ends

        link.abort()
        link.abort()
        link.close(deadline=soon())

    def test_ends_can_be_copied(self, ends: tuple[WsLink, Peer]) -> None:
        """An end can go to another process or be kept."""
        link, peer = ends
        peer.close(4001, "x")

        _, end = receive_all(link)

        for again in (copy.copy(end), pickle.loads(pickle.dumps(end))):
            assert vars(again) == vars(end)


class TestTransport:
    """Dialling, and what stands in its way."""

    def test_refused(self, backend: Backend) -> None:
        """A refusal tells the status, and how long to wait."""
        backend.refuse_next(429, "7")

        with pytest.raises(HandshakeRefused) as caught:
            backend.transport.dial(backend.url, deadline=soon())

        assert (caught.value.http_status, caught.value.retry_after) == (429, 7.0)

    def test_redial(self, backend: Backend) -> None:
        """A refusal says nothing about the next dial."""
        backend.refuse_next(503, "0")
        with pytest.raises(HandshakeRefused):
            backend.transport.dial(backend.url, deadline=soon())

        link, peer = backend.dial()
        peer.push("here")

        assert receive(link, 1) == [b"here"]
        link.abort()

    def test_closed(self, backend: Backend) -> None:
        """A closed transport dials no more; closing it again does nothing."""
        backend.transport.close()
        backend.transport.close()

        with pytest.raises(ClientClosed):
            backend.transport.dial(backend.url, deadline=soon())

    def test_close_frees_a_dial(self, backend: Backend) -> None:
        """A dial that waits for the server ends when the transport is closed."""
        backend.stall_next()

        with in_thread(lambda: backend.transport.dial(backend.url, deadline=soon())) as raised:
            backend.transport.close()

        assert isinstance(raised[0], ClientClosed)

    def test_close_leaves_links_alone(self, backend: Backend) -> None:
        """An open link belongs to its owner."""
        link, peer = backend.dial()
        backend.transport.close()

        peer.push("still here")

        assert receive(link, 1) == [b"still here"]
        link.abort()

    @pytest.mark.parametrize(
        "url",
        [
            "ws://exchange.test/ws",
            "https://exchange.test/ws",
            "wss://user:pw@exchange.test/ws",
            "wss://exchange.test/ws#part",
            "wss://exchange.test/a b",
            "exchange.test/ws",
        ],
    )
    def test_unsafe_address(self, backend: Backend, url: str) -> None:
        """Only addresses that credentials may be sent to are dialled."""
        with pytest.raises(ConfigurationError):
            backend.transport.dial(url, deadline=soon())

    @pytest.mark.parametrize(
        "headers", [{"X-A": "b\r\nX-C: d"}, {"X A": "b"}, {"Host": "b"}, {"Upgrade": "h2c"}]
    )
    def test_unsafe_header(self, backend: Backend, headers: dict[str, str]) -> None:
        """A header cannot inject another one, nor change the upgrade."""
        with pytest.raises(ConfigurationError):
            backend.transport.dial(backend.url, headers=headers, deadline=soon())
