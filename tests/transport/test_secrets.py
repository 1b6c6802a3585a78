"""No secret leaves the transports by way of an error, a log line or a traceback."""

from __future__ import annotations

import base64
import copy
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator

import pytest

from sixmm.clock import Deadline
from sixmm.errors import SixmmError
from sixmm.transport import HttpRequest, RequestsTransport, WebSocketClientTransport
from tests.transport.conftest import Certificates
from tests.transport.patience import in_thread
from tests.transport.servers import Connection, Server, accept_upgrade, read_request

CANARY = "C4nary"
# The parts of an address and a message that authenticate, each with the canary in it.
PATH = f"/ws?listenKey={CANARY}1&token={CANARY}2&signature={CANARY}3"
HEADERS = {"X-API-KEY": f"{CANARY}4", "Authorization": f"Bearer {CANARY}5"}
BODY = f'{{"password": "{CANARY}6"}}'.encode()


def echo(start: bytes) -> Callable[[Connection], None]:
    """Return a script that answers with ``start``, sends the request back, and hangs up."""

    def script(connection: Connection) -> None:
        request = read_request(connection)
        connection.send(start + request.raw.replace(b"\r\n", b" "))

    return script


def reset(connection: Connection) -> None:
    """Reset in the middle of the request."""
    connection.read(10)
    connection.reset()


def hang(connection: Connection) -> None:
    """Never answer."""
    connection.read_to_eof()


def hang_up(connection: Connection) -> None:
    """Read the request and hang up."""
    read_request(connection)


FAULTS: dict[str, Callable[[Connection], None]] = {
    "reset": reset,
    "hang": hang,
    "hang-up": hang_up,
    "not-http": echo(b""),
    "bad-status": echo(b"HTTP/1.1 999999 "),
    "status-line": echo(b"HTTP/1.1 400 "),
    "bad-header": echo(b"HTTP/1.1 400 Bad\r\nX "),
    "bad-length": echo(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"),
    "bad-chunk": echo(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "bad-gzip": echo(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"),
    "bad-upgrade": echo(b"HTTP/1.1 101 Switching Protocols\r\nX: "),
    "long": lambda connection: echo(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000)(connection),
}


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything that anybody logs; no test of this module may find a canary there."""
    with caplog.at_level(logging.DEBUG):
        yield caplog
    assert CANARY not in caplog.text


def send(url: str, timeout: float = 5.0) -> None:
    """Send a request with secrets everywhere."""
    transport = RequestsTransport(max_body_bytes=10_000)
    request = HttpRequest(method="POST", url=url + PATH, headers=HEADERS, body=BODY)
    try:
        transport.send(request, deadline=Deadline(timeout))
    finally:
        transport.close()


def dial(url: str, timeout: float = 5.0) -> None:
    """Dial with secrets everywhere."""
    transport = WebSocketClientTransport()
    link = transport.dial(
        url.replace("http", "ws", 1) + PATH, headers=HEADERS, deadline=Deadline(timeout)
    )
    link.abort()


ACTIONS = pytest.mark.parametrize("action", [send, dial])


def check(error: BaseException) -> None:
    """Look for canaries in all that can be made of an error."""
    texts = [str(error), repr(error), "".join(traceback.format_exception(error))]
    texts += [
        "".join(traceback.TracebackException.from_exception(e, capture_locals=True).format())
        for e in _family(error)
    ]
    texts += [repr(vars(e)) + repr(e.args) for e in _family(error)]
    for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        texts += [str(again), repr(again), repr(vars(again))]
    own_frames = [text for text in texts if CANARY in _without_this_module(text)]
    assert own_frames == []


def _family(error: BaseException) -> Iterator[BaseException]:
    """Yield ``error`` and everything that hangs on it, whether tracebacks would show it or not."""
    todo: list[BaseException | None] = [error]
    while todo:
        if (item := todo.pop()) is not None:
            yield item
            todo += [item.__cause__, item.__context__]


def _without_this_module(text: str) -> str:
    """Return a traceback without the frames of this module, which know the canary of course."""
    frames = text.split('\n  File "')
    return '\n  File "'.join(f for f in frames if not f.startswith(__file__))


@ACTIONS
@pytest.mark.parametrize("fault", FAULTS)
def test_faults(action: Callable[..., None], fault: str) -> None:
    """Whatever a server does, and although it echoes the request, the error is clean."""
    with Server(FAULTS[fault]) as server:
        try:
            action(f"http://127.0.0.1:{server.port}", timeout=0.3 if fault == "hang" else 5.0)
        except SixmmError as exc:
            check(exc)
        else:
            assert action is send
            assert fault in ("status-line", "bad-gzip", "bad-header")


@ACTIONS
def test_no_server(action: Callable[..., None]) -> None:
    """An error about a connection names host and port, nothing else of the address."""
    with pytest.raises(SixmmError) as caught:
        action("http://127.0.0.1:1")

    check(caught.value)
    assert "127.0.0.1:1" in str(caught.value)


@ACTIONS
def test_no_trust(action: Callable[..., None], certificates: Certificates) -> None:
    """An error about a certificate is clean, and the server has seen nothing."""
    seen: list[bytes] = []
    with (
        Server(lambda c: seen.append(c.read_to_eof()), tls=certificates.server()) as server,
        pytest.raises(SixmmError) as caught,
    ):
        action(f"https://127.0.0.1:{server.port}")

    check(caught.value)
    assert seen == []


@ACTIONS
@pytest.mark.parametrize(
    "prefix", ["http://exchange.test", f"https://{CANARY}@h", f"https://h/{CANARY} "]
)
def test_refused_addresses(action: Callable[..., None], prefix: str) -> None:
    """An address that is refused is not quoted."""
    with pytest.raises(SixmmError) as caught:
        action(prefix)

    assert CANARY not in str(caught.value)


def _hear_and_say(*answers: bytes) -> Callable[[Connection], None]:
    """Return a script of a proxy that gives each answer to a message, and then hangs up."""

    def script(connection: Connection) -> None:
        for answer in answers:
            if not connection.sock.recv(4096):
                return
            connection.send(answer)

    return script


def _reset_after_hearing(connection: Connection) -> None:
    """Reset once something was heard."""
    connection.sock.recv(4096)
    connection.reset()


def _hang_after_login(connection: Connection) -> None:
    """Ask for the password and never answer again."""
    connection.sock.recv(4096)
    connection.send(b"\x05\x02")
    connection.read_to_eof()


PROXY_FAULTS: dict[str, tuple[str, Callable[[Connection], None]]] = {
    "http-refused": ("http", _hear_and_say(b"HTTP/1.1 407 No\r\n\r\n")),
    "http-closed": ("http", _hear_and_say(b"")),
    "http-garbage": ("http", _hear_and_say(b"garbage\r\n\r\n")),
    "http-more": ("http", _hear_and_say(b"HTTP/1.1 200 OK\r\n\r\nmore")),
    "http-reset": ("http", _reset_after_hearing),
    "http-hang": ("http", hang),
    "http-no-tls": ("http", _hear_and_say(b"HTTP/1.1 200 OK\r\n\r\n", b"no TLS\r\n")),
    "socks-closed": ("socks5", _hear_and_say(b"\x05\x02")),
    "socks-login": ("socks5", _hear_and_say(b"\x05\x02", b"\x01\x01")),
    "socks-connect": ("socks5", _hear_and_say(b"\x05\x02", b"\x01\0", b"\x05\x05\0\x01")),
    "socks-reset": ("socks5", _reset_after_hearing),
    "socks-hang": ("socks5", _hang_after_login),
}


def send_by(proxy: str, deadline: Deadline) -> None:
    """Send a request through a proxy."""
    request = HttpRequest(method="GET", url="https://exchange.test/")
    RequestsTransport(proxies=proxy).send(request, deadline=deadline)


def dial_by(proxy: str, deadline: Deadline) -> None:
    """Dial through a proxy."""
    WebSocketClientTransport(proxy=proxy).dial("wss://exchange.test/", deadline=deadline)


@pytest.mark.parametrize("action", [send_by, dial_by])
@pytest.mark.parametrize("fault", PROXY_FAULTS)
def test_proxy_faults(action: Callable[[str, Deadline], None], fault: str) -> None:
    """Whatever a proxy does, no frame of the error and its causes shows what logs in to it."""
    scheme, script = PROXY_FAULTS[fault]
    deadline = Deadline(0.3 if fault.endswith("hang") else 5.0)
    with Server(script) as server, pytest.raises(SixmmError) as caught:
        action(f"{scheme}://{CANARY}user:{CANARY}pass@127.0.0.1:{server.port}", deadline)

    check(caught.value)
    pair = base64.b64encode(f"{CANARY}user:{CANARY}pass".encode()).decode()
    for error in _family(caught.value):
        report = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert pair not in _without_this_module("".join(report.format()))


def test_closed() -> None:
    """An error about a closed transport is clean."""
    transport = RequestsTransport()
    with Server(hang) as server:
        request = HttpRequest(
            method="POST", url=f"http://127.0.0.1:{server.port}{PATH}", headers=HEADERS, body=BODY
        )
        with in_thread(lambda: transport.send(request, deadline=Deadline(5.0))) as raised:
            transport.close()

    check(raised[0])


def test_representations() -> None:
    """What people print while they look for a mistake is clean."""
    request = HttpRequest(method="POST", url=f"https://h{PATH}", headers=HEADERS, body=BODY)
    with Server(accept_upgrade) as server:
        transport = WebSocketClientTransport()
        url = f"ws://127.0.0.1:{server.port}{PATH}"
        link = transport.dial(url, headers=HEADERS, deadline=Deadline(5.0))
        link.abort()

    assert CANARY not in repr([request, transport, link, RequestsTransport()])
