"""The socket that urllib3 gets, and the connections that it makes."""

from __future__ import annotations

import threading

import pytest
import urllib3

from sixmm.transport.dial import Dialer
from sixmm.transport.http_wire import Call, Wire, WireAdapter, WireSocket
from tests.transport.fake_stream import FakeStream
from tests.transport.patience import soon


@pytest.fixture
def wire() -> Wire:
    """A wire that nobody dials with."""
    return Wire(Dialer())


def make_call(*, head_read: bool = False) -> Call:
    """Return a call to somewhere."""
    return Call(target="/CANARY", deadline=soon(), head_read=head_read)


class TestCalls:
    """Which call a connection works for."""

    def test_each_thread_has_its_own(self, wire: Wire) -> None:
        """Two threads that call at once do not see each other's call."""
        ours, theirs = make_call(), make_call()
        seen: list[Call] = []

        def other() -> None:
            with wire.calling(theirs):
                seen.append(wire.call)

        with wire.calling(ours):
            thread = threading.Thread(target=other)
            thread.start()
            thread.join()

            assert wire.call is ours
        assert seen == [theirs]

    def test_no_call_outside(self, wire: Wire) -> None:
        """A call ends with its block, however that ends."""
        with pytest.raises(KeyError), wire.calling(make_call()):
            raise KeyError

        with pytest.raises(AttributeError):
            _ = wire.call

    def test_target_is_not_shown(self) -> None:
        """The representation of a call leaves out the query with the signature."""
        assert "CANARY" not in repr(make_call())


class TestSocket:
    """As much of a socket as is needed."""

    def test_sending_is_noted(self, wire: Wire) -> None:
        """From the first byte on the request counts as sent, also where the send fails."""
        call = make_call()
        sock = WireSocket(wire, FakeStream(budget=3))

        with wire.calling(call):
            assert not call.sent
            with pytest.raises(ConnectionResetError):
                sock.sendall(b"GET /")

        assert call.sent

    def test_reader(self, wire: Wire) -> None:
        """The reader returns lines and bytes in the sizes that are asked for."""
        sock = WireSocket(wire, FakeStream([b"on", b"e\r\ntwo", b"three"]))
        reader = sock.makefile("rb")

        with wire.calling(make_call(head_read=True)):
            assert reader.readline() == b"one\r\n"
            assert reader.read(5) == b"twoth"
            assert reader.read() == b"ree"

    def test_end_within_the_head(self, wire: Wire) -> None:
        """Half a head is a failure, where http.client would make a whole reply of it."""
        call = make_call()
        reader = WireSocket(wire, FakeStream([b"HTTP/1.1 200 OK\r\n"])).makefile("rb")

        with wire.calling(call):
            assert reader.readline() == b"HTTP/1.1 200 OK\r\n"
            with pytest.raises(ConnectionResetError):
                reader.readline()

        assert call.ended

    def test_reader_outlives_the_socket(self, wire: Wire) -> None:
        """The stream is closed when both the socket and its reader are."""
        stream = FakeStream([b"body"])
        sock = WireSocket(wire, stream)
        reader = sock.makefile("rb")

        sock.close()
        assert not stream.closed
        with wire.calling(make_call(head_read=True)):
            assert reader.read() == b"body"
        reader.close()
        reader.close()

        assert stream.closed

    def test_shutdown(self, wire: Wire) -> None:
        """Shutting down ends the stream and does not close it."""
        stream = FakeStream()

        WireSocket(wire, stream).shutdown(2)

        assert stream.ended
        assert not stream.closed


def test_nothing_is_sent_again(wire: Wire) -> None:
    """The adapter neither retries nor follows (rule 107)."""
    retries = WireAdapter(wire, pool_size=2).max_retries

    assert retries.total == 0
    assert not retries.is_retry("GET", 503, has_retry_after=True)


def test_connections_of_the_adapter(wire: Wire) -> None:
    """Both kinds of pools dial through the wire, with the usual ports."""
    adapter = WireAdapter(wire, pool_size=2)

    for url, port in (("http://127.0.0.1/", 80), ("https://exchange.test/", 443)):
        pool = adapter.poolmanager.connection_from_url(url)
        connection = pool._new_conn()
        assert isinstance(connection, urllib3.connection.HTTPConnection)
        assert connection.port == connection.default_port == port
    adapter.close()
