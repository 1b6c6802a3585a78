"""The helpers of these tests do what they say."""

from __future__ import annotations

import socket

import pytest

from tests.transport.patience import in_thread, wait_until
from tests.transport.servers import Connection, Server, frame, read_frame


def connect(server: Server) -> socket.socket:
    """Return a connection to ``server``."""
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def test_failure_of_a_script_is_told() -> None:
    """A script whose assertion fails makes the test fail."""

    def script(connection: Connection) -> None:
        assert connection.read(1) == b"a"

    def provoke() -> None:
        with Server(script) as server, connect(server) as client:
            client.sendall(b"b")
            assert client.recv(1) == b""

    with pytest.raises(AssertionError, match="b'b' == b'a'"):
        provoke()


def test_client_may_hang_up() -> None:
    """A script that is interrupted by the client's end is no failure."""
    with Server(lambda c: c.read(1)) as server:
        connect(server).close()


def test_blocked_script_ends_with_the_server() -> None:
    """Nobody waits for a client that does not come."""
    with Server(lambda c: c.read_to_eof()) as server, connect(server) as client:
        wait_until(lambda: server.connections == 1)
    client.close()


def test_reset() -> None:
    """A reset arrives as one."""

    def script(connection: Connection) -> None:
        connection.read(1)
        connection.reset()

    with (
        Server(script) as server,
        connect(server) as client,
    ):
        client.sendall(b"x")
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_frames() -> None:
    """A masked frame is read back as it was."""
    for payload in (b"", b"x" * 126, b"x" * 70_000):
        connection = Connection.__new__(Connection)
        connection._buffer = frame(2, payload, mask=b"abcd")
        assert read_frame(connection) == (2, payload)


def test_in_thread_tells_what_was_raised() -> None:
    """An error in a thread is neither lost nor fatal."""
    with in_thread(lambda: [][0]) as raised:
        pass

    assert [type(exc) for exc in raised] == [IndexError]
