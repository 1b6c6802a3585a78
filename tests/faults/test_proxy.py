"""The fault proxy does to a connection what it says, and nothing else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from .proxy import Cut, FaultProxy


@pytest.fixture
def echo_port() -> Iterator[int]:
    """Run a server that sends back what it gets, and give its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def echo(connection: socket.socket) -> None:
        with connection:
            try:
                while data := connection.recv(4096):
                    connection.sendall(data)
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=echo, args=(connection,), daemon=True))
            threads[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    acceptor.join(5)
    for thread in threads:
        thread.join(5)


def _dial(proxy: FaultProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def _read_all(side: socket.socket) -> bytes:
    data = b""
    while chunk := side.recv(4096):
        data += chunk
    return data


def test_passes_bytes_both_ways(echo_port: int) -> None:
    """Without a cut, what is sent comes back whole and in order."""
    with FaultProxy(echo_port) as proxy, _dial(proxy) as side:
        side.sendall(b"x" * 100_000)

        data = b""
        while len(data) < 100_000:
            data += side.recv(65_536)

    assert data == b"x" * 100_000


def test_cuts_at_the_exact_byte(echo_port: int) -> None:
    """An orderly cut delivers every byte before it and none after it."""
    with FaultProxy(echo_port, lambda _: Cut(after_bytes=7, how="fin")) as proxy:
        with _dial(proxy) as side:
            side.sendall(b"0123456789")

            assert _read_all(side) == b"0123456"
        assert proxy.cuts == 1


def test_resets_at_once(echo_port: int) -> None:
    """A reset is seen by the client as a reset, not as an orderly end."""
    with FaultProxy(echo_port, lambda _: Cut(after_bytes=3)) as proxy, _dial(proxy) as side:
        side.sendall(b"0123456789")

        with pytest.raises(ConnectionResetError):
            _read_all(side)


def test_asks_the_plan_for_each_connection(echo_port: int) -> None:
    """The plan decides by the number of the connection."""
    plan = {0: Cut(after_bytes=1, how="fin")}
    with FaultProxy(echo_port, plan.get) as proxy:
        with _dial(proxy) as side:
            side.sendall(b"ab")
            assert _read_all(side) == b"a"
        with _dial(proxy) as side:
            side.sendall(b"ab")
            assert side.recv(1) == b"a"
        assert proxy.accepted == 2


def test_leaves_no_thread(echo_port: int) -> None:
    """Closing ends every thread of the proxy, with connections open."""
    proxy = FaultProxy(echo_port)
    with _dial(proxy):
        proxy.close()

        assert not [t for t in threading.enumerate() if t.name == "fault-proxy"]
