"""The default WebSocket transport against servers that misbehave during the upgrade."""

from __future__ import annotations

import contextlib
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sixmm.clock import Deadline
from sixmm.errors import (
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    DeadlineExceeded,
    HandshakeRefused,
    ProtocolViolation,
    SixmmError,
)
from sixmm.transport import WebSocketClientTransport
from sixmm.transport.frames import TEXT
from tests.transport.patience import in_thread, soon
from tests.transport.servers import Connection, Request, Server, accept_upgrade, frame, read_request

Script = Callable[[Connection], object]


@contextlib.contextmanager
def dialling(
    script: Script, timeout: float = 20.0, **options: object
) -> Iterator[tuple[WebSocketClientTransport, Callable[[], None]]]:
    """Serve ``script``; yield a transport and a function that dials it and aborts the link."""
    transport = WebSocketClientTransport(**options)  # type: ignore[arg-type]
    with Server(script) as server:

        def dial() -> None:
            url = f"ws://127.0.0.1:{server.port}/ws?listenKey=CANARY"
            transport.dial(url, deadline=Deadline(timeout)).abort()

        yield transport, dial


def failure(script: Script, timeout: float = 20.0, **options: object) -> SixmmError:
    """Return the error with which a dial to ``script`` fails; no stream may be left over."""
    with (
        dialling(script, timeout, **options) as (transport, dial),
        pytest.raises(SixmmError) as caught,
    ):
        dial()
    assert not transport._dialer._streams
    return caught.value


def test_frames_right_after_the_reply() -> None:
    """A server that sends at once is heard."""

    def script(connection: Connection) -> None:
        real = connection.send
        held: list[bytes] = []
        connection.send = held.append  # type: ignore[assignment, method-assign]
        accept_upgrade(connection)
        real(held[0] + frame(TEXT, b"first"))
        connection.read_to_eof()

    with Server(script) as server:
        transport = WebSocketClientTransport()
        link = transport.dial(f"ws://127.0.0.1:{server.port}/", deadline=soon())
        assert link.receive(deadline=soon()) == [b"first"]
        link.abort()


def test_defaults_of_the_request() -> None:
    """The request carries our User-Agent, and nothing of the environment."""
    seen: list[Request] = []

    with dialling(lambda c: seen.append(accept_upgrade(c)), user_agent="me/1") as (_, dial):
        dial()

    assert seen[0].headers["user-agent"] == "me/1"
    assert {"cookie", "origin", "authorization", "sec-websocket-extensions"}.isdisjoint(
        seen[0].headers
    )


def test_environment_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Proxies and .netrc of the environment change neither the destination nor the headers."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login CANARY password CANARY\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    seen: list[Request] = []

    with dialling(lambda c: seen.append(accept_upgrade(c))) as (_, dial):
        dial()

    assert "CANARY" not in str(seen[0].headers)


def test_drip() -> None:
    """A server that sends one byte now and then does not stretch the deadline."""

    def drip(connection: Connection) -> None:
        connection.read_until(b"\r\n\r\n")
        for byte in b"HTTP/1.1 101 " + b"x" * 5_000:
            connection.send(bytes((byte,)))
            if stop.wait(0.02):
                return

    transport = WebSocketClientTransport()
    with Server(drip) as server:
        stop = server.stopping
        with pytest.raises(DeadlineExceeded):
            transport.dial(f"ws://127.0.0.1:{server.port}/", deadline=Deadline(0.3))


@pytest.mark.parametrize("line", [b"x" * 10_000, b"X: y\r\n" * 2_000], ids=["line", "lines"])
def test_endless_head(line: bytes) -> None:
    """An endless head ends at the limit, and does not fill the memory."""

    def endless(connection: Connection) -> None:
        connection.read_until(b"\r\n\r\n")
        connection.send(b"HTTP/1.1 101 Switching Protocols\r\nX: ")
        for _ in range(10_000):
            connection.send(line)

    tracemalloc.start()
    try:
        error = failure(endless)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert isinstance(error, ProtocolViolation)
    assert peak < 2_000_000


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("where", ["same", "other", "http"])
def test_redirect(status: int, where: str) -> None:
    """A redirect is a refusal: nobody else gets the headers, nor the server a second request."""
    with Server(lambda _: None) as elsewhere:
        targets = {
            "same": "/other",
            "other": f"ws://127.0.0.1:{elsewhere.port}/",
            "http": f"http://127.0.0.1:{elsewhere.port}/",
        }
        requests = 0

        def redirect(connection: Connection) -> None:
            nonlocal requests
            read_request(connection)
            requests += 1
            lines = [f"HTTP/1.1 {status} Moved", f"Location: {targets[where]}", "", ""]
            connection.send("\r\n".join(lines).encode())

        error = failure(redirect)

    assert isinstance(error, HandshakeRefused)
    assert error.http_status == status
    assert requests == 1
    assert elsewhere.connections == 0


def test_refusal_with_an_echo() -> None:
    """A server that echoes the request does not get it into our error."""

    def echo(connection: Connection) -> None:
        request = read_request(connection)
        connection.send(b"HTTP/1.1 400 Bad\r\nX: " + request.target.encode() + b"\r\n\r\n")
        connection.send(request.raw)

    error = failure(echo)

    assert isinstance(error, HandshakeRefused)
    assert "CANARY" not in repr(error)


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 101 Switch"])
def test_server_hangs_up(head: bytes) -> None:
    """A server that hangs up during the upgrade is a failed connection."""

    def script(connection: Connection) -> None:
        connection.read_until(b"\r\n\r\n")
        connection.send(head)

    assert isinstance(failure(script), ConnectFailed)


def test_server_resets() -> None:
    """A server that resets during the upgrade is a failed connection with a cause."""

    def script(connection: Connection) -> None:
        connection.read(10)
        connection.reset()

    error = failure(script)

    assert isinstance(error, ConnectFailed)
    assert isinstance(error.__cause__, OSError)


def test_close_during_the_upgrade() -> None:
    """Closing the transport frees a dial that waits for the answer, and leaves no stream."""
    with dialling(_hang) as (transport, dial), in_thread(dial) as raised:
        transport.close()

    assert [type(exc) for exc in raised] == [ClientClosed]
    assert not transport._dialer._streams


def _hang(connection: Connection) -> None:
    connection.read_to_eof()


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("max_frame_bytes", 99, 1009),
        ("max_message_bytes", 99, 1009),
    ],
)
def test_limits_reach_the_reader(option: str, value: int, code: int) -> None:
    """The limits of the transport are those of its links."""

    def script(connection: Connection) -> None:
        accept_upgrade(connection)
        connection.send(frame(TEXT, b"x" * 100))
        connection.read_to_eof()

    with Server(script) as server:
        transport = WebSocketClientTransport(**{option: value})  # type: ignore[arg-type]
        link = transport.dial(f"ws://127.0.0.1:{server.port}/", deadline=soon())
        with pytest.raises(ProtocolViolation) as caught:
            link.receive(deadline=soon())
        link.abort()

    assert caught.value.close_code == code


@pytest.mark.parametrize(
    "options",
    [
        {"max_frame_bytes": 0},
        {"max_message_bytes": -1},
        {"max_fragments": 0},
        {"handshake_max_bytes": 0},
        {"pong_timeout": 0.0},
        {"pong_timeout": float("nan")},
        {"user_agent": "a\nb"},
        {"ca_file": "/nowhere"},
        {"proxy": "ftp://h"},
    ],
)
def test_options_that_cannot_work(options: dict[str, object]) -> None:
    """A mistake in the settings is told at once."""
    with pytest.raises(ConfigurationError):
        WebSocketClientTransport(**options)  # type: ignore[arg-type]
