"""The fault proxy does to a connection what it says, and nothing else."""

from __future__ import annotations

import socket
import threading

import pytest

from .proxy import Cut, FaultProxy
from .reading import connect, exactly


def _read_all(side: socket.socket) -> bytes:
    data = b""
    while chunk := side.recv(4096):
        data += chunk
    return data


def test_passes_bytes_both_ways(echo_port: int) -> None:
    """Without a cut, what is sent comes back whole and in order."""
    with FaultProxy(echo_port) as proxy, connect(proxy.port) as side:
        side.sendall(b"x" * 100_000)

        data = b""
        while len(data) < 100_000:
            data += side.recv(65_536)

    assert data == b"x" * 100_000


def test_cuts_at_the_exact_byte(echo_port: int) -> None:
    """An orderly cut delivers every byte before it and none after it."""
    with FaultProxy(echo_port, lambda _: Cut(after_bytes=7, how="fin")) as proxy:
        with connect(proxy.port) as side:
            side.sendall(b"0123456789")

            assert _read_all(side) == b"0123456"
        assert proxy.cuts == 1


def test_resets_at_once(echo_port: int) -> None:
    """A reset is seen by the client as a reset, not as an orderly end."""
    with FaultProxy(echo_port, lambda _: Cut(after_bytes=3)) as proxy, connect(proxy.port) as side:
        side.sendall(b"0123456789")

        with pytest.raises(ConnectionResetError):
            _read_all(side)


def test_asks_the_plan_for_each_connection(echo_port: int) -> None:
    """The plan decides by the number of the connection."""
    plan = {0: Cut(after_bytes=1, how="fin")}
    with FaultProxy(echo_port, plan.get) as proxy:
        with connect(proxy.port) as side:
            side.sendall(b"ab")
            assert _read_all(side) == b"a"
        with connect(proxy.port) as side:
            side.sendall(b"ab")
            assert side.recv(1) == b"a"
        assert proxy.accepted == 2


def test_leaves_no_thread(echo_port: int) -> None:
    """Closing ends every thread of the proxy, with connections open."""
    proxy = FaultProxy(echo_port)
    with connect(proxy.port):
        proxy.close()

        assert not [t for t in threading.enumerate() if t.name == "fault-proxy"]


def test_an_armed_cut_counts_from_the_next_request(echo_port: int) -> None:
    """It meets a connection that has passed bytes before, once, and either way."""
    with FaultProxy(echo_port) as proxy:
        for of in ("request", "reply"):
            with connect(proxy.port) as side:
                side.sendall(b"before")
                assert exactly(side, 6) == b"before"
                proxy.arm(Cut(after_bytes=4, how="fin", of=of))
                side.sendall(b"0123456789")
                # What is cut on its way there has no answer.
                assert _read_all(side) in (b"0123", b"")
        with connect(proxy.port) as side:
            side.sendall(b"after")
            assert exactly(side, 5) == b"after"
        assert proxy.cuts == 2
