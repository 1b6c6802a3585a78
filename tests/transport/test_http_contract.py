"""What every HTTP transport promises: over TCP, over TLS, and without a network."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator

import attrs
import pytest

from sixmm.clock import Deadline
from sixmm.errors import (
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    DeadlineExceeded,
    ProtocolViolation,
)
from sixmm.transport import (
    HttpRequest,
    HttpResponse,
    HttpTransport,
    MemoryHttp,
    RequestsTransport,
)
from tests.transport.conftest import Certificates
from tests.transport.patience import in_thread, past, soon
from tests.transport.servers import PATIENCE, Connection, Server, read_request

Handler = Callable[[HttpRequest], HttpResponse]

MAX_BODY = 100_000


@attrs.frozen
class Backend:
    """A transport, and the address of the server that it reaches."""

    transport: HttpTransport
    url: str

    def send(self, method: str = "GET", path: str = "/", **parts: object) -> HttpResponse:
        """Send a request and return the reply."""
        request = HttpRequest(method=method, url=self.url + path, **parts)  # type: ignore[arg-type]
        return self.transport.send(request, deadline=soon())


MakeBackend = Callable[[Handler], Backend]


@pytest.fixture(params=["tcp", "tls", "memory"])
def make_backend(
    request: pytest.FixtureRequest, certificates: Certificates
) -> Iterator[MakeBackend]:
    """Each transport in turn, for a server that is a function."""
    with contextlib.ExitStack() as stack:

        def make(handler: Handler) -> Backend:
            if request.param == "memory":
                memory = MemoryHttp(handler, max_body_bytes=MAX_BODY)
                return Backend(memory, "https://exchange.test")
            tls = certificates.server() if request.param == "tls" else None
            server = stack.enter_context(Server(speak_http(handler), tls=tls))
            transport = RequestsTransport(max_body_bytes=MAX_BODY, ca_file=certificates.file)
            stack.callback(transport.close)
            return Backend(transport, f"{'https' if tls else 'http'}://127.0.0.1:{server.port}")

        yield make


def speak_http(handler: Handler) -> Callable[[Connection], None]:
    """Return a server's script that answers as ``handler`` says."""

    def script(connection: Connection) -> None:
        while True:
            got = read_request(connection)
            request = HttpRequest(
                method=got.method,
                url=f"http://127.0.0.1{got.target}",
                headers=got.headers,
                body=got.body or None,
            )
            response = handler(request)
            lines = [
                f"HTTP/1.1 {response.status} Whatever",
                f"Content-Length: {len(response.body)}",
                *(f"{name}: {value}" for name, value in response.headers.items()),
                *(f"Set-Cookie: {name}={v}; Path=/" for name, v in response.cookies.items()),
                "",
                "",
            ]
            connection.send("\r\n".join(lines).encode() + response.body)

    return script


def ok(_request: HttpRequest) -> HttpResponse:
    """Answer anything with an empty reply."""
    return HttpResponse(status=200)


def test_reply(make_backend: MakeBackend) -> None:
    """A reply has a status, headers with lower-case names, cookies, and the exact body."""
    body = bytes(range(256))
    backend = make_backend(
        lambda _: HttpResponse(
            status=200, headers={"X-Some-Header": "A b"}, cookies={"session": "abc="}, body=body
        )
    )

    response = backend.send()

    assert response.status == 200
    assert response.headers["x-some-header"] == "A b"
    assert response.cookies == {"session": "abc="}
    assert response.body == body


@pytest.mark.parametrize("status", [200, 204, 400, 401, 404, 429, 500, 503])
def test_any_status_is_a_reply(make_backend: MakeBackend, status: int) -> None:
    """A status is told, not raised: the envelope decides (rule 4)."""
    backend = make_backend(lambda _: HttpResponse(status=status))

    assert backend.send().status == status


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_a_reply(make_backend: MakeBackend, status: int) -> None:
    """A redirect is not followed."""
    seen: list[HttpRequest] = []

    def redirect(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse(status=status, headers={"Location": "/other"})

    response = make_backend(redirect).send("POST", body=b"{}")

    assert response.status == status
    assert response.headers["location"] == "/other"
    assert len(seen) == 1


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_request_arrives_as_it_is(make_backend: MakeBackend, method: str) -> None:
    """Method, target, headers and body reach the server byte by byte (rules 33-36)."""
    seen: list[HttpRequest] = []

    def handler(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse(status=200)

    path = "/a%2fB//./c;d?b=%e2%82%ac&a=1+2&&x=%7E~'()*"
    make_backend(handler).send(method, path, headers={"X-Api-Key": "k k"}, body=b"\x00{\xff}")

    (request,) = seen
    assert request.method == method
    assert request.url.endswith(path)
    assert {name.lower(): value for name, value in request.headers.items()}["x-api-key"] == "k k"
    assert request.body == b"\x00{\xff}"


def test_no_cookie_is_kept(make_backend: MakeBackend) -> None:
    """Cookies are handed out; sending them back is the caller's business (rule 25)."""
    seen: list[HttpRequest] = []

    def handler(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse(status=200, cookies={"session": "abc"})

    backend = make_backend(handler)
    backend.send()
    backend.send()

    assert all("cookie" not in {name.lower() for name in r.headers} for r in seen)


def test_concurrent_requests(make_backend: MakeBackend) -> None:
    """Requests of several threads get their own replies."""
    backend = make_backend(lambda r: HttpResponse(status=200, body=r.body or b""))
    mixed: list[tuple[bytes, bytes]] = []

    def work(name: bytes) -> None:
        for number in range(25):
            body = name * 500 + b"%d" % number
            reply = backend.send("POST", body=body).body
            if reply != body:
                mixed.append((body, reply))

    with contextlib.ExitStack() as stack:
        raised = [
            stack.enter_context(in_thread(functools.partial(work, b"%d" % n))) for n in range(4)
        ]

    assert raised == [[]] * 4
    assert mixed == []


def test_body_at_the_limit(make_backend: MakeBackend) -> None:
    """A body of just the limit is a reply; one byte more is refused."""
    sizes = iter([MAX_BODY, MAX_BODY + 1])
    backend = make_backend(lambda _: HttpResponse(status=200, body=b"x" * next(sizes)))

    assert len(backend.send().body) == MAX_BODY
    with pytest.raises(ProtocolViolation, match="over 100000 bytes"):
        backend.send()


class TestDeadlines:
    """No call waits for longer than it may, and each says what it knows."""

    def test_server_does_not_answer(self, make_backend: MakeBackend) -> None:
        """A request that was sent may have been processed when its deadline passes."""
        release = threading.Event()

        def hang(_request: HttpRequest) -> HttpResponse:
            release.wait(PATIENCE)
            return HttpResponse(status=200)

        backend = make_backend(hang)
        request = HttpRequest(method="GET", url=backend.url)
        with pytest.raises(DeadlineExceeded):
            backend.transport.send(request, deadline=Deadline(0.2))
        release.set()

    def test_passed_before_the_call(self, make_backend: MakeBackend) -> None:
        """Nothing is sent that cannot be in time, and the error says that nothing was."""
        seen: list[HttpRequest] = []

        def handler(request: HttpRequest) -> HttpResponse:
            seen.append(request)
            return HttpResponse(status=200)

        backend = make_backend(handler)
        backend.send()
        with pytest.raises(ConnectFailed):
            backend.transport.send(HttpRequest(method="GET", url=backend.url), deadline=past())

        assert len(seen) == 1

    def test_no_deadline(self, make_backend: MakeBackend) -> None:
        """A deadline without a limit is possible."""
        backend = make_backend(ok)
        request = HttpRequest(method="GET", url=backend.url)

        assert backend.transport.send(request, deadline=Deadline(None)).status == 200


class TestClose:
    """After the close nothing is sent, and nobody waits."""

    def test_closed(self, make_backend: MakeBackend) -> None:
        """A closed transport sends no more; closing it again does nothing."""
        backend = make_backend(ok)
        backend.send()
        backend.transport.close()
        backend.transport.close()

        with pytest.raises(ClientClosed):
            backend.send()

    def test_close_frees_a_blocked_call(self, make_backend: MakeBackend) -> None:
        """A call that waits for the server ends when the transport is closed."""
        arrived, release = threading.Event(), threading.Event()

        def hang(_request: HttpRequest) -> HttpResponse:
            arrived.set()
            release.wait(PATIENCE)
            return HttpResponse(status=200)

        backend = make_backend(hang)
        with in_thread(backend.send) as raised:
            assert arrived.wait(PATIENCE)
            backend.transport.close()
        release.set()

        assert [type(exc) for exc in raised] == [ClientClosed]


class TestRefusals:
    """What is refused before anything is sent."""

    @pytest.mark.parametrize(
        "url",
        [
            "http://exchange.test/",
            "wss://exchange.test/",
            "ftp://127.0.0.1/",
            "https://user:pw@exchange.test/",
            "https://exchange.test/#part",
            "https://exchange.test/a b",
            "https://exchange.test/é",
            "https://exchange.test:0/",
            "https:///path",
            "/path",
            "",
        ],
    )
    def test_address(self, make_backend: MakeBackend, url: str) -> None:
        """Only addresses that credentials may be sent to are used."""
        request = HttpRequest(method="GET", url=url)

        with pytest.raises(ConfigurationError):
            make_backend(ok).transport.send(request, deadline=soon())

    @pytest.mark.parametrize("method", ["get", "PATCH", "GET /x HTTP/1.1\r\n", ""])
    def test_method(self, make_backend: MakeBackend, method: str) -> None:
        """Only the methods of the exchanges are sent."""
        with pytest.raises(ConfigurationError, match="method"):
            make_backend(ok).send(method)

    @pytest.mark.parametrize(
        "headers",
        [
            {"X-A": "b\r\nX-C: d"},
            {"X-A": "b\n"},
            {"X-A": "b\0"},
            {"X-A": "é"},
            {"X-A\r\nX-C": "b"},
            {"": "b"},
            {"Host": "other.test"},
            {"Content-Length": "3"},
            {"transfer-encoding": "chunked"},
        ],
    )
    def test_header(self, make_backend: MakeBackend, headers: dict[str, str]) -> None:
        """A header cannot inject another one, nor change where a request ends."""
        with pytest.raises(ConfigurationError, match="header"):
            make_backend(ok).send(headers=headers)
