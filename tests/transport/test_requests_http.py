"""The default HTTP transport against servers that misbehave."""

from __future__ import annotations

import contextlib
import gzip
import logging
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sixmm.clock import Deadline
from sixmm.errors import (
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    ConnectionClosed,
    DeadlineExceeded,
    ProtocolViolation,
    SixmmError,
    TlsFailed,
)
from sixmm.transport import HttpRequest, HttpResponse, RequestsTransport
from tests.transport.conftest import Certificates
from tests.transport.patience import in_thread, soon
from tests.transport.servers import (
    PATIENCE,
    Connection,
    Request,
    Server,
    read_request,
    serve_http,
)

Script = Callable[[Connection], object]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
METHODS = ["GET", "POST", "PUT", "DELETE"]


@contextlib.contextmanager
def serving(
    script: Script, **options: object
) -> Iterator[tuple[RequestsTransport, Server, Callable[..., HttpResponse]]]:
    """Serve ``script``; yield a transport, the server, and a function that sends to it."""
    transport = RequestsTransport(**options)  # type: ignore[arg-type]
    with Server(script) as server:

        def send(method: str = "GET", timeout: float = PATIENCE, path: str = "/") -> HttpResponse:
            url = f"http://127.0.0.1:{server.port}{path}"
            body = None if method == "GET" else b"{}"
            request = HttpRequest(method=method, url=url, body=body)
            return transport.send(request, deadline=Deadline(timeout))

        try:
            yield transport, server, send
        finally:
            transport.close()


def answer_once(reply: bytes) -> Script:
    """Return a script that answers one request with ``reply`` and hangs up."""

    def script(connection: Connection) -> None:
        read_request(connection)
        connection.send(reply)

    return script


def failure(script: Script, method: str = "POST", **options: object) -> SixmmError:
    """Return the error of a request to ``script``; no stream may be left over."""
    timeout = options.pop("timeout", PATIENCE)
    with serving(script, **options) as (transport, _, send), pytest.raises(SixmmError) as caught:
        send(method, timeout)
    assert not transport._dialer._streams
    return caught.value


class TestConnections:
    """Connections are kept, and never trusted too long."""

    def test_reuse(self) -> None:
        """Requests share one connection."""
        with serving(serve_http(lambda _: OK)) as (_, server, send):
            for method in METHODS * 3:
                assert send(method).body == b"ok"

        assert server.connections == 1

    def test_bodies_of_any_framing(self) -> None:
        """Bodies by length, by chunks and without a body leave the connection usable."""
        replies = [
            (OK, b"ok"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", b"a"),
            (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
            (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", b""),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
            (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, b"ok"),
        ]
        todo = iter(replies)
        with serving(serve_http(lambda _: next(todo)[0])) as (_, server, send):
            assert [send().body for _ in replies] == [body for _, body in replies]

        assert server.connections == 1

    @pytest.mark.parametrize(
        "reply",
        [b"HTTP/1.0 200 OK\r\n\r\nall", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall"],
    )
    def test_body_up_to_the_end(self, reply: bytes) -> None:
        """A body that ends with the connection is read whole, and the connection is given up."""
        with serving(answer_once(reply)) as (transport, server, send):
            assert [send().body, send().body] == [b"all", b"all"]
            assert not transport._dialer._streams

        assert server.connections == 2

    def test_idle_connection_that_the_server_has_closed(self) -> None:
        """A connection that is known to be closed is not used; nothing fails."""
        hung_up = threading.Semaphore(0)

        def script(connection: Connection) -> None:
            read_request(connection)
            connection.send(OK)
            connection.sock.close()
            hung_up.release()

        with serving(script) as (_, server, send):
            for _ in range(20):
                assert send("POST").body == b"ok"
                assert hung_up.acquire(timeout=PATIENCE)

        assert server.connections == 20

    def test_one_connection_for_each_thread(self) -> None:
        """More threads than the pool has places all get through."""
        barrier = threading.Barrier(4, timeout=PATIENCE)

        def answer(request: Request) -> bytes:  # noqa: ARG001
            barrier.wait()
            return OK

        with (
            serving(serve_http(answer), pool_size=1) as (_, server, send),
            contextlib.ExitStack() as stack,
        ):
            raised = [stack.enter_context(in_thread(send)) for _ in range(4)]

        assert raised == [[]] * 4
        assert server.connections == 4

    def test_after_a_failure(self) -> None:
        """What is left of a reply is never read as the reply to another request."""
        release = threading.Event()

        def script(connection: Connection) -> None:
            request = read_request(connection)
            if request.target == "/slow":
                connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsl")
                release.wait(PATIENCE)
            connection.send(OK)
            connection.read_to_eof()

        with serving(script) as (_, server, send):
            with pytest.raises(DeadlineExceeded):
                send(path="/slow", timeout=0.1)
            assert send().body == b"ok"
            release.set()

        assert server.connections == 2


class TestSentOnce:
    """Whatever happens, a request is on the wire once (rules 41, 107)."""

    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize(
        ("reply", "error"),
        [
            (b"", ConnectionClosed),
            (b"HTTP/1.1 200 OK\r\n", ConnectionClosed),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", ConnectionClosed),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nshort",
                ConnectionClosed,
            ),
            (b"HTTP/1.1 503 No\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n", None),
            (b"HTTP/1.1 408 No\r\nContent-Length: 0\r\n\r\n", None),
            (b"HTTP/1.1 421 No\r\nContent-Length: 0\r\n\r\n", None),
        ],
        ids=["nothing", "head", "body", "chunk", "503", "408", "421"],
    )
    def test_one_request(self, method: str, reply: bytes, error: type[SixmmError] | None) -> None:
        """Neither a broken connection nor a status makes the transport send again."""
        seen: list[Request] = []

        def script(connection: Connection) -> None:
            seen.append(read_request(connection))
            connection.send(reply)

        expected = contextlib.nullcontext() if error is None else pytest.raises(error)
        with serving(script) as (_, server, send), expected:
            send(method)

        assert len(seen) == server.connections == 1

    @pytest.mark.parametrize("method", METHODS)
    def test_reset(self, method: str) -> None:
        """A reset after the request tells that it may have been processed, and why."""
        seen: list[Request] = []

        def script(connection: Connection) -> None:
            seen.append(read_request(connection))
            connection.reset()

        error = failure(script, method)

        assert isinstance(error, ConnectionClosed)
        assert isinstance(error.__cause__, ConnectionResetError)
        assert len(seen) == 1

    @pytest.mark.parametrize("method", METHODS)
    def test_reused_connection(self, method: str) -> None:
        """Also on a connection that was good a moment ago nothing is sent again."""
        seen: list[Request] = []

        def answer(request: Request) -> bytes | None:
            seen.append(request)
            return OK if len(seen) == 1 else None

        with serving(serve_http(answer)) as (_, _, send):
            send()
            with pytest.raises(ConnectionClosed):
                send(method)

        assert len(seen) == 2

    def test_early_reply(self) -> None:
        """A server that answers before it has read the request and hangs up is heard."""

        def script(connection: Connection) -> None:
            connection.read(1)
            connection.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
            connection.read_to_eof()

        with serving(script) as (_, _, send):
            assert send("POST").status == 413


class TestRedirects:
    """A redirect is a reply; its target is never asked."""

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    @pytest.mark.parametrize("where", ["same", "other", "scheme"])
    def test_not_followed(self, status: int, where: str) -> None:
        """Neither the same nor another host gets a second request."""
        seen: list[Request] = []
        with Server(lambda _: None) as elsewhere:
            targets = {
                "same": "/other",
                "other": f"http://127.0.0.1:{elsewhere.port}/",
                "scheme": f"ws://127.0.0.1:{elsewhere.port}/",
            }

            def answer(request: Request) -> bytes:
                seen.append(request)
                lines = [f"HTTP/1.1 {status} X", f"Location: {targets[where]}", "Content-Length: 0"]
                return "\r\n".join([*lines, "", ""]).encode()

            with serving(serve_http(answer)) as (_, _, send):
                reply = send("POST")

        assert reply.status == status
        assert reply.headers["location"] == targets[where]
        assert len(seen) == 1
        assert elsewhere.connections == 0


class TestDeadlines:
    """The deadline covers everything, however slowly it comes."""

    @pytest.mark.parametrize(
        "start",
        [
            b"",
            b"HTTP/1.1 200 OK\r\nX: ",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n\r\n",
        ],
        ids=["status", "header", "body", "chunk", "endless"],
    )
    def test_trickle(self, start: bytes) -> None:
        """A server that sends one byte now and then does not stretch the deadline."""
        finished = threading.Event()

        def script(connection: Connection) -> None:
            read_request(connection)
            connection.send(start)
            for _ in range(1_000):
                connection.send(b"1")
                if finished.wait(0.02):
                    return

        with serving(script) as (_, _, send):
            with pytest.raises(DeadlineExceeded):
                send("POST", timeout=0.2)
            finished.set()

    def test_endless_continue(self) -> None:
        """Interim replies without end do not stretch the deadline."""
        finished = threading.Event()

        def script(connection: Connection) -> None:
            read_request(connection)
            while not finished.wait(0.01):
                connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")

        with serving(script) as (_, _, send):
            with pytest.raises(DeadlineExceeded):
                send("POST", timeout=0.2)
            finished.set()

    def test_server_that_does_not_read(self) -> None:
        """A large request to a server that does not read it may have been processed in part."""
        finished = threading.Event()
        with serving(lambda _: finished.wait(PATIENCE)) as (transport, server, _):
            request = HttpRequest(
                method="POST", url=f"http://127.0.0.1:{server.port}/", body=b"x" * 20_000_000
            )
            with pytest.raises(DeadlineExceeded):
                transport.send(request, deadline=Deadline(0.2))
            finished.set()

    def test_no_connection(self) -> None:
        """A deadline that passes before anything was sent says so."""
        with serving(_hang) as (transport, server, _):
            request = HttpRequest(method="POST", url=f"https://127.0.0.1:{server.port}/")
            with pytest.raises(ConnectFailed, match="nothing was sent"):
                transport.send(request, deadline=Deadline(0.1))


def _hang(connection: Connection) -> None:
    connection.read_to_eof()


class TestLimits:
    """A reply does not fill the memory."""

    def test_declared_size(self) -> None:
        """A body that is too large by its header takes no more memory than the limit."""

        def script(connection: Connection) -> None:
            read_request(connection)
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
            while True:
                connection.send(b"x" * 65_536)

        assert isinstance(self.bounded(script), ProtocolViolation)

    def test_endless_chunks(self) -> None:
        """A body without an end is cut at the limit."""

        def script(connection: Connection) -> None:
            read_request(connection)
            connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                connection.send(b"10000\r\n" + b"x" * 65_536 + b"\r\n")

        assert isinstance(self.bounded(script), ProtocolViolation)

    @pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, gzip"])
    def test_bomb(self, coding: str) -> None:
        """The limit counts what a compressed body unfolds to, not what arrives."""
        zeros = b"\0" * 64_000_000
        body = zlib.compress(zeros) if coding == "deflate" else gzip.compress(zeros, 6)
        if coding == "gzip, gzip":
            body = gzip.compress(body)
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n"

        error = self.bounded(answer_once(head.encode() + b"\r\n" + body))

        assert isinstance(error, ProtocolViolation)

    @pytest.mark.parametrize("line", [b"X: " + b"y" * 100_000, b"X: y\r\n" * 500], ids=str)
    def test_headers(self, line: bytes) -> None:
        """A header line without an end, and headers without an end, are refused."""
        reply = b"HTTP/1.1 200 OK\r\n" + line + b"\r\n\r\n"

        assert isinstance(self.bounded(answer_once(reply)), ProtocolViolation)

    def bounded(self, script: Script) -> SixmmError:
        """Return the error of a request whose reply must not take over two megabytes."""
        tracemalloc.start()
        try:
            error = failure(script, max_body_bytes=500_000)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 3_000_000
        return error

    def test_compressed_reply(self) -> None:
        """A compressed body that was not asked for is unfolded all the same."""
        body = gzip.compress(b'{"code": 0}')
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"

        with serving(answer_once(head.encode() + body)) as (_, _, send):
            assert send().body == b'{"code": 0}'


class TestBrokenReplies:
    """What is not HTTP is not a reply."""

    @pytest.mark.parametrize(
        "reply",
        [
            b"SSH-2.0-OpenSSH_9.0\r\n",
            b"<html>CANARY</html>\r\n\r\n",
            b"HTTP/1.1 99 CANARY\r\n\r\n",
            b"HTTP/1.1 abc CANARY\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nCANARY\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\nCANARY",
        ],
    )
    def test_refused(self, reply: bytes) -> None:
        """The error says so, and does not quote it."""
        error = failure(answer_once(reply))

        assert isinstance(error, ProtocolViolation)
        assert "CANARY" not in repr(error)

    @pytest.mark.parametrize("length", ["-1", "abc", "5, 6", "5\r\nContent-Length: 6", "1e3", "٣"])
    def test_bad_lengths_fail(self, length: str) -> None:
        """A length that is none never makes half a body look like a whole one."""
        reply = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n12345"

        with serving(answer_once(reply.encode())) as (_, _, send):
            try:
                body = send("POST").body
            except (ProtocolViolation, ConnectionClosed):
                return
        assert body == b"12345"


class TestOrigin:
    """Where requests go, and what goes with them."""

    def test_environment_is_ignored(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """.netrc, proxies and trust stores of the environment change nothing."""
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login CANARY password CANARY\n")
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing"))
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        seen: list[Request] = []

        def answer(request: Request) -> bytes:
            seen.append(request)
            return OK

        with serving(serve_http(answer)) as (transport, server, _):
            transport.send(
                HttpRequest(
                    method="GET",
                    url=f"http://127.0.0.1:{server.port}/",
                    headers={"Authorization": "Bearer mine"},
                ),
                deadline=soon(),
            )

        assert seen[0].headers["authorization"] == "Bearer mine"

    def test_headers_of_a_request(self) -> None:
        """Only what is needed is added; every name can be given by the caller."""
        seen: list[Request] = []

        def answer(request: Request) -> bytes:
            seen.append(request)
            return OK

        with serving(serve_http(answer), user_agent="me/1") as (_, server, send):
            send("POST")

        assert seen[0].headers == {
            "host": f"127.0.0.1:{server.port}",
            "user-agent": "me/1",
            "accept-encoding": "identity",
            "content-length": "2",
        }

    def test_unknown_authority(self, certificates: Certificates) -> None:
        """Nothing is sent to a server that nobody vouches for."""
        seen: list[bytes] = []
        tls = certificates.server()
        with Server(lambda c: seen.append(c.read_to_eof()), tls=tls) as server:
            transport = RequestsTransport()
            request = HttpRequest(method="POST", url=f"https://127.0.0.1:{server.port}/")
            with pytest.raises(TlsFailed) as caught:
                transport.send(request, deadline=soon())
            transport.close()

        assert caught.value.certificate
        assert seen == []

    @pytest.mark.parametrize(
        "options",
        [
            {"pool_size": 0},
            {"max_body_bytes": 0},
            {"user_agent": "a\nb"},
            {"ca_file": "/nowhere"},
            {"proxies": {"https": "ftp://h"}},
        ],
    )
    def test_options_that_cannot_work(self, options: dict[str, object]) -> None:
        """A mistake in the settings is told at once."""
        with pytest.raises(ConfigurationError):
            RequestsTransport(**options)  # type: ignore[arg-type]


class TestClose:
    """Closing ends everything."""

    @pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"])
    def test_close_frees_blocked_calls(self, start: bytes) -> None:
        """Calls that wait for a head or a body end at once, and leave no stream."""
        arrived = threading.Semaphore(0)

        def script(connection: Connection) -> None:
            read_request(connection)
            connection.send(start)
            arrived.release()
            connection.read_to_eof()

        with serving(script) as (transport, _, send), contextlib.ExitStack() as stack:
            raised = [stack.enter_context(in_thread(send)) for _ in range(3)]
            for _ in range(3):
                assert arrived.acquire(timeout=PATIENCE)
            transport.close()

        assert [type(exc) for excs in raised for exc in excs] == [ClientClosed] * 3
        assert not transport._dialer._streams

    def test_idle_connections_are_closed(self) -> None:
        """A server sees its idle connections end."""
        ended = threading.Event()

        def script(connection: Connection) -> None:
            read_request(connection)
            connection.send(OK)
            assert connection.read_to_eof() == b""
            ended.set()

        with serving(script) as (transport, _, send):
            send()
            transport.close()
            assert ended.wait(PATIENCE)
            assert not transport._dialer._streams


def test_debug_log_has_no_signature(caplog: pytest.LogCaptureFixture) -> None:
    """What urllib3 logs at DEBUG does not authenticate anybody."""
    with (
        caplog.at_level(logging.DEBUG),
        serving(serve_http(lambda _: OK)) as (_, _, send),
    ):
        send(path="/x?symbol=BTCUSDT&signature=CANARY&timestamp=1")

    assert "CANARY" not in caplog.text
    assert "symbol=BTCUSDT" in caplog.text


def test_filter_is_installed_once() -> None:
    """Many transports add one filter to the logger of urllib3."""
    for _ in range(5):
        RequestsTransport().close()

    filters = logging.getLogger("urllib3.connectionpool").filters
    assert len([f for f in filters if type(f).__name__ == "RedactingFilter"]) == 1


@pytest.mark.parametrize(
    "handled", [ConnectFailed("refused"), TlsFailed("no"), TimeoutError(), DeadlineExceeded("late")]
)
def test_the_error_that_the_caller_is_handling_says_nothing(handled: Exception) -> None:
    """A request that is sent again in a handler is told as what became of it itself."""

    def hang_up(connection: Connection) -> None:
        read_request(connection)

    with serving(hang_up) as (_, server, send):
        try:
            raise handled
        except type(handled):
            with pytest.raises(ConnectionClosed):
                send("POST")
    assert server.connections == 1
