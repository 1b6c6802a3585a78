"""What the proxy does can be changed while it runs, on connections that are open."""

from __future__ import annotations

import socket
import time

import pytest

from ..stream.waiting import wait_until
from .proxy import Cut, FaultProxy, Weather
from .reading import PATIENCE, connect, echo, exactly


def _is_silent(side: socket.socket, seconds: float = 0.2) -> bool:
    """Whether nothing comes, not even an end."""
    side.settimeout(seconds)
    try:
        side.recv(1)
    except TimeoutError:
        return True
    finally:
        side.settimeout(PATIENCE)
    return False


def test_latency_holds_up_each_way(echo_port: int) -> None:
    """A round trip takes both latencies, from the moment it is set."""
    with FaultProxy(echo_port) as proxy, connect(proxy.port) as side:
        assert echo(side, b"warm") == b"warm"
        proxy.set_weather(Weather(latency=0.1))
        started = time.monotonic()

        assert echo(side, b"slow") == b"slow"
        assert time.monotonic() - started >= 0.2


def test_small_writes_arrive_apart(echo_port: int) -> None:
    """Every write is a segment of its own: the reader gets parts, and the whole in the end."""
    with FaultProxy(echo_port) as proxy, connect(proxy.port) as side:
        proxy.set_weather(Weather(slice_bytes=2, slice_pause=0.01))
        side.sendall(b"0123456789")
        parts: list[bytes] = []
        while len(b"".join(parts)) < 10:
            parts.append(side.recv(100))

    assert b"".join(parts) == b"0123456789"
    assert len(parts) > 2


def test_a_drip_takes_its_time(echo_port: int) -> None:
    """The rate limits both ways; calm weather ends it."""
    with FaultProxy(echo_port) as proxy, connect(proxy.port) as side:
        proxy.set_weather(Weather(rate=100.0))
        started = time.monotonic()
        assert echo(side, b"x" * 20) == b"x" * 20
        assert time.monotonic() - started >= 0.15
        proxy.set_weather()
        assert echo(side, b"y" * 100_000) == b"y" * 100_000


def test_a_held_link_is_half_open(echo_port: int) -> None:
    """Nothing arrives and nothing ends; afterwards everything comes, in order."""
    with FaultProxy(echo_port) as proxy, connect(proxy.port) as side:
        assert echo(side, b"warm") == b"warm"
        assert proxy.hold() == 1
        side.sendall(b"held")
        assert _is_silent(side)
        with connect(proxy.port) as late:
            late.sendall(b"late")
            assert _is_silent(late)
            proxy.release()
            assert exactly(late, 4) == b"late"
        assert exactly(side, 4) == b"held"


def test_new_connections_may_work_while_old_ones_are_held(echo_port: int) -> None:
    """A dead link does not keep the next one from working."""
    with FaultProxy(echo_port) as proxy, connect(proxy.port) as side:
        assert echo(side, b"warm") == b"warm"
        proxy.hold(new=False)
        with connect(proxy.port) as late:
            assert echo(late, b"late") == b"late"
        assert _is_silent(side)


def test_refuses_and_admits_on_the_same_port(echo_port: int) -> None:
    """Down means refused, at once; what is open stays, and the port comes back."""
    with FaultProxy(echo_port) as proxy, connect(proxy.port) as side:
        assert echo(side, b"warm") == b"warm"
        for _ in range(3):
            proxy.refuse()
            with pytest.raises(ConnectionRefusedError):
                connect(proxy.port)
            assert echo(side, b"open") == b"open"
            proxy.admit()
            with connect(proxy.port) as late:
                assert echo(late, b"late") == b"late"


def test_cuts_all_that_are_open(echo_port: int) -> None:
    """Each of them, in the way that was asked for."""
    with FaultProxy(echo_port) as proxy:
        with connect(proxy.port) as one, connect(proxy.port) as two:
            assert echo(one, b"1") + echo(two, b"2") == b"12"
            assert proxy.cut("rst") == 2
            for side in (one, two):
                with pytest.raises(ConnectionResetError):
                    side.recv(1)
        with connect(proxy.port) as side:
            assert echo(side, b"3") == b"3"
            proxy.cut("fin")
            assert side.recv(1) == b""
        assert proxy.cuts == 3


def test_half_of_a_connection_can_end() -> None:
    """The client reads an end, and what it sends still arrives."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        with FaultProxy(listener.getsockname()[1]) as proxy, connect(proxy.port) as side:
            server, _ = listener.accept()
            with server:
                server.settimeout(PATIENCE)
                server.sendall(b"hello")
                assert exactly(side, 5) == b"hello"
                proxy.cut("half")
                assert side.recv(1) == b""
                side.sendall(b"still here")

                assert exactly(server, 10) == b"still here"


def test_a_connection_can_be_held_at_an_exact_byte(echo_port: int) -> None:
    """So a handshake can be stopped in the middle; released, it goes on where it was."""
    plan = {0: Cut(after_bytes=4, how="hold")}
    with FaultProxy(echo_port, plan.get) as proxy, connect(proxy.port) as side:
        side.sendall(b"0123456789")

        assert exactly(side, 4) == b"0123"
        assert _is_silent(side)


def test_pressure_is_passed_back(echo_port: int) -> None:
    """A client that does not read stops the server's writing, with a bounded buffer between."""
    with FaultProxy(echo_port) as proxy, connect(proxy.port) as side:
        side.settimeout(0.5)
        with pytest.raises(TimeoutError):
            side.sendall(b"x" * 64 * 1024 * 1024)


def test_a_server_that_is_not_there_ends_the_connection() -> None:
    """The proxy accepts, learns that, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with FaultProxy(port) as proxy, connect(proxy.port) as side:
        assert side.recv(1) == b""


def test_forgets_connections_that_have_ended(echo_port: int) -> None:
    """A long campaign does not pile up threads."""
    with FaultProxy(echo_port, lambda _: Cut(after_bytes=1, how="fin")) as proxy:
        for _ in range(50):
            with connect(proxy.port) as side:
                side.sendall(b"ab")
                assert side.recv(1) == b"a"
                assert side.recv(1) == b""

        # The last ones may be in the middle of their ends.
        wait_until(lambda: proxy.connections == 0)
        assert proxy.accepted == proxy.cuts == 50
