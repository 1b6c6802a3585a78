"""Making connections: what is tried, what is refused, and how to call it off."""

from __future__ import annotations

import datetime
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sixmm.clock import Deadline
from sixmm.errors import (
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    DeadlineExceeded,
    SixmmError,
    TlsFailed,
)
from sixmm.transport import dial
from sixmm.transport.dial import Dialer
from sixmm.transport.resolve import Address
from sixmm.transport.urls import require_safe_url
from tests.transport.conftest import Certificates
from tests.transport.fake_stream import FakeStream
from tests.transport.patience import in_thread, past, soon
from tests.transport.servers import Connection, Server

HELLO = b"hello"


def greet(connection: Connection) -> None:
    """Say hello and wait for the client to go."""
    connection.send(HELLO)
    connection.read_to_eof()


@pytest.fixture
def unused_port() -> Iterator[int]:
    """A port on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port that takes no more connections, and does not say so."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for sock in waiting:
            sock.close()


def failure(dialer: Dialer, url: str, deadline: Deadline | None = None) -> SixmmError:
    """Return the error with which dialling ``url`` fails; nothing must be left behind."""
    with pytest.raises(SixmmError) as caught:
        dialer.open(require_safe_url(url), deadline or soon())
    assert not dialer._attempts
    assert not dialer._streams
    return caught.value


class TestOpen:
    """The way that works."""

    @pytest.mark.parametrize("scheme", ["http", "wss"])
    def test_open(self, certificates: Certificates, scheme: str) -> None:
        """A stream leads to the server, encrypted where the scheme says so."""
        tls = certificates.server() if scheme == "wss" else None
        with Server(greet, tls=tls) as server:
            dialer = Dialer(ca_file=certificates.file)
            stream = dialer.open(require_safe_url(f"{scheme}://localhost:{server.port}"), soon())

            assert stream.recv(soon()) == HELLO
            stream.close()

    def test_next_address(self, monkeypatch: pytest.MonkeyPatch, unused_port: int) -> None:
        """Where one address of a name does not answer, the next one is tried."""
        with Server(greet) as server:

            def resolve(*args: object, **options: object) -> list[Address]:  # noqa: ARG001
                return [
                    (socket.AF_INET, ("127.0.0.1", port)) for port in (unused_port, server.port)
                ]

            monkeypatch.setattr(dial, "resolve", resolve)
            stream = Dialer().open(require_safe_url("http://localhost"), soon())

            assert stream.recv(soon()) == HELLO
            stream.close()

    @pytest.mark.skipif(sys.platform != "linux", reason="a full backlog refuses elsewhere")
    def test_silent_address_takes_its_share_only(
        self, monkeypatch: pytest.MonkeyPatch, full_port: int
    ) -> None:
        """An address that never answers leaves time for the next one."""
        with Server(greet) as server:

            def resolve(*args: object, **options: object) -> list[Address]:  # noqa: ARG001
                return [(socket.AF_INET, ("127.0.0.1", port)) for port in (full_port, server.port)]

            monkeypatch.setattr(dial, "resolve", resolve)
            stream = Dialer().open(require_safe_url("http://localhost"), Deadline(1.0))

            assert stream.recv(soon()) == HELLO
            stream.close()


class TestFailures:
    """Every way to fail has its error, and leaves nothing behind."""

    def test_refused(self, unused_port: int) -> None:
        """A refused connection names the host and the reason."""
        error = failure(Dialer(), f"http://127.0.0.1:{unused_port}/CANARY?CANARY")

        assert isinstance(error, ConnectFailed)
        assert f"127.0.0.1:{unused_port}" in str(error)
        assert "CANARY" not in str(error)
        assert isinstance(error.__cause__, ConnectionRefusedError)

    def test_unknown_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A name that nobody knows is a failed connection."""

        def getaddrinfo(*args: object, **options: object) -> None:  # noqa: ARG001
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

        error = failure(Dialer(), "https://nowhere.test/")

        assert isinstance(error, ConnectFailed)
        assert "Name or service not known" in str(error)

    @pytest.mark.skipif(sys.platform != "linux", reason="a full backlog refuses elsewhere")
    def test_no_answer(self, full_port: int) -> None:
        """A host that does not answer costs the deadline."""
        error = failure(Dialer(), f"http://127.0.0.1:{full_port}/", Deadline(0.05))

        assert isinstance(error, DeadlineExceeded)

    def test_deadline_has_passed(self, full_port: int) -> None:
        """Without time there is no connection."""
        assert isinstance(
            failure(Dialer(), f"http://127.0.0.1:{full_port}/", past()),
            DeadlineExceeded | ConnectFailed,
        )

    def test_server_without_tls(self) -> None:
        """A server that does not speak TLS is a failed handshake, not a bad certificate."""
        with Server(greet) as server:
            error = failure(Dialer(), f"https://127.0.0.1:{server.port}/")

        assert isinstance(error, TlsFailed)
        assert not error.certificate

    def test_server_hangs_up(self) -> None:
        """A server that hangs up during the handshake is a failed handshake."""
        with Server(lambda _: None) as server:
            error = failure(Dialer(), f"https://127.0.0.1:{server.port}/")

        assert isinstance(error, TlsFailed)

    def test_silent_handshake(self) -> None:
        """A server that says nothing costs the deadline."""
        with Server(_read) as server:
            error = failure(Dialer(), f"https://127.0.0.1:{server.port}/", Deadline(0.2))

        assert isinstance(error, DeadlineExceeded)

    def test_drip(self) -> None:
        """A server that sends one byte now and then does not stretch the deadline."""

        def drip(connection: Connection) -> None:
            header = b"\x16\x03\x03\x40\x00" + b"x" * 16_000
            for byte in header:
                connection.send(bytes((byte,)))
                if server.stopping.wait(0.02):
                    return

        with Server(drip) as server:
            error = failure(Dialer(), f"https://127.0.0.1:{server.port}/", Deadline(0.3))

        assert isinstance(error, DeadlineExceeded)


def _read(connection: Connection) -> None:
    connection.read_to_eof()


class TestTrust:
    """Whom we talk to; nothing is sent to anybody else."""

    @pytest.fixture
    def seen(self) -> list[bytes]:
        """What servers have received after the handshake."""
        return []

    def dial(
        self, tls: ssl.SSLContext, seen: list[bytes], host: str = "127.0.0.1", **options: object
    ) -> SixmmError | None:
        """Dial a TLS server; return the error, or None where the connection was made."""
        with Server(lambda c: seen.append(c.read_to_eof()), tls=tls) as server:
            dialer = Dialer(**options)  # type: ignore[arg-type]
            try:
                stream = dialer.open(require_safe_url(f"wss://{host}:{server.port}/"), soon())
            except SixmmError as exc:
                return exc
            stream.close()
            return None

    def test_unknown_authority(self, server_tls: ssl.SSLContext, seen: list[bytes]) -> None:
        """A certificate that nobody vouches for is refused."""
        error = self.dial(server_tls, seen)

        assert isinstance(error, TlsFailed)
        assert error.certificate
        assert seen == []

    def test_wrong_host(self, certificates: Certificates, seen: list[bytes]) -> None:
        """A good certificate of somebody else is refused."""
        tls = certificates.server("other.test")

        error = self.dial(tls, seen, ca_file=certificates.file)

        assert isinstance(error, TlsFailed)
        assert error.certificate
        assert seen == []

    def test_expired(self, certificates: Certificates, seen: list[bytes]) -> None:
        """A certificate that was good once is refused."""
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificates.authority.issue_cert(
            "127.0.0.1",
            not_before=datetime.datetime(2020, 1, 1),
            not_after=datetime.datetime(2020, 2, 1),
        ).configure_cert(tls)

        error = self.dial(tls, seen, ca_file=certificates.file)

        assert isinstance(error, TlsFailed)
        assert error.certificate
        assert "expired" in str(error)

    @pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
    def test_old_version(self, certificates: Certificates, seen: list[bytes]) -> None:
        """TLS 1.1 is not spoken."""
        tls = certificates.server()
        tls.set_ciphers("ALL:@SECLEVEL=0")
        tls.minimum_version = ssl.TLSVersion.TLSv1
        tls.maximum_version = ssl.TLSVersion.TLSv1_1

        error = self.dial(tls, seen, ca_file=certificates.file)

        assert isinstance(error, TlsFailed)
        assert not error.certificate

    def test_environment(
        self,
        server_tls: ssl.SSLContext,
        certificates: Certificates,
        seen: list[bytes],
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        """The environment can neither add an authority nor collect keys."""
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.setenv(name, certificates.file)
        monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))

        assert isinstance(self.dial(server_tls, seen), TlsFailed)
        assert self.dial(server_tls, seen, ca_file=certificates.file) is None
        assert list(tmp_path.iterdir()) == []

    def test_unverified_loopback(self, server_tls: ssl.SSLContext, seen: list[bytes]) -> None:
        """Who asks for it gets an unverified connection to the own machine."""
        assert self.dial(server_tls, seen, verify=False) is None

    def test_unverified_elsewhere(self) -> None:
        """Nobody gets an unverified connection to another machine."""
        error = failure(Dialer(verify=False), "https://exchange.test/")

        assert isinstance(error, ConfigurationError)

    def test_ca_file(self, tmp_path: Path) -> None:
        """A file that does not exist, or has no certificate, is the caller's mistake."""
        path = tmp_path / "ca.pem"
        with pytest.raises(ConfigurationError, match="ca_file"):
            Dialer(ca_file=str(path))
        path.write_text("nothing")
        with Server(greet) as server:
            error = failure(Dialer(ca_file=str(path)), f"https://127.0.0.1:{server.port}/")

        assert isinstance(error, ConfigurationError)


class TestClose:
    """Closing ends everything, from any thread."""

    def test_close_before(self) -> None:
        """A closed dialer opens nothing."""
        dialer = Dialer()
        dialer.close()
        dialer.close()

        assert dialer.closed
        assert isinstance(failure(dialer, "http://127.0.0.1:1/"), ClientClosed)

    @pytest.mark.skipif(sys.platform != "linux", reason="a full backlog refuses elsewhere")
    def test_close_during_connect(self, full_port: int) -> None:
        """An attempt that waits for a connection is called off."""
        self.close_during(Dialer(), f"http://127.0.0.1:{full_port}/", lambda: None)

    def test_close_during_handshake(self) -> None:
        """An attempt that waits for TLS is called off."""
        reached = threading.Event()

        def hang(connection: Connection) -> None:
            connection.read(1)
            reached.set()
            connection.read_to_eof()

        with Server(hang) as server:
            self.close_during(
                Dialer(), f"https://127.0.0.1:{server.port}/", lambda: reached.wait(10)
            )

    def test_close_during_look_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An attempt that waits for the name server is called off."""
        asked, release = threading.Event(), threading.Event()

        def getaddrinfo(*args: object, **options: object) -> list[object]:  # noqa: ARG001
            asked.set()
            release.wait(10)
            return []

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        self.close_during(Dialer(), "https://stuck.test/", lambda: asked.wait(10))
        release.set()

    def close_during(self, dialer: Dialer, url: str, reached: Callable[[], object]) -> None:
        """Close ``dialer`` while it dials ``url``."""
        with in_thread(lambda: dialer.open(require_safe_url(url), Deadline(None))) as raised:
            reached()
            dialer.close()

        assert [type(exc) for exc in raised] == [ClientClosed]
        assert not dialer._attempts

    def test_close_just_before_the_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A connection that is complete when the dialer is closed is closed as well."""
        dialer, stream = Dialer(), FakeStream()

        def finish(attempt: Any, *args: object) -> FakeStream:  # noqa: ARG001
            attempt.stream = stream
            dialer.close()
            return stream

        monkeypatch.setattr(dialer, "_open", finish)

        assert isinstance(failure(dialer, "https://exchange.test/"), ClientClosed)
        assert stream.closed

    def test_close_ends_open_streams(self) -> None:
        """A stream that is known to the dialer ends with it; one that was forgotten lives on."""
        dialer = Dialer()
        with Server(greet) as server:
            endpoint = require_safe_url(f"http://127.0.0.1:{server.port}/")
            known, forgotten = (dialer.open(endpoint, soon()) for _ in range(2))
            dialer.forget(forgotten)
            assert known.recv(soon()) == HELLO
            dialer.close()

            assert known.recv(soon()) == b""
            assert forgotten.recv(soon()) == HELLO
            known.close()
            forgotten.close()


class TestProxies:
    """Which connections take a proxy; test_proxy shows what they say to it."""

    def test_loopback_is_reached_directly(self, unused_port: int) -> None:
        """Plain text never leaves the machine, so a proxy does not get it."""
        proxy = f"http://127.0.0.1:{unused_port}"
        with Server(greet) as server:
            endpoint = require_safe_url(f"http://127.0.0.1:{server.port}/")
            stream = Dialer(proxies=proxy).open(endpoint, soon())

            assert stream.recv(soon()) == HELLO
            stream.close()

    def test_scheme_without_proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A mapping says which schemes take a proxy; the others do not."""
        asked: list[str] = []

        def resolve(host: str, *args: object, **options: object) -> list[Address]:  # noqa: ARG001
            asked.append(host)
            return []

        monkeypatch.setattr(dial, "resolve", resolve)
        dialer = Dialer(proxies={"https": "http://proxy.test"})

        failure(dialer, "https://exchange.test/")
        failure(dialer, "wss://exchange.test/")

        assert asked == ["proxy.test", "exchange.test"]

    def test_environment_is_ignored(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Proxies of the environment are not used unless they are asked for."""
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://proxy.test")
        asked: list[str] = []

        def resolve(host: str, *args: object, **options: object) -> list[Address]:  # noqa: ARG001
            asked.append(host)
            return []

        monkeypatch.setattr(dial, "resolve", resolve)
        failure(Dialer(), "https://exchange.test/")

        assert asked == ["exchange.test"]

    def test_bad_proxy(self) -> None:
        """A proxy that cannot be used is refused when it is named, not when it is needed."""
        with pytest.raises(ConfigurationError):
            Dialer(proxies="ftp://proxy.test")


class TestFrames:
    """What an error keeps of the way on which it came about."""

    @pytest.mark.parametrize("error", [OSError(5, "broken"), ConnectFailed("no"), KeyError("bug")])
    def test_none_of_the_way(self, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
        """Only the frame of open() is left, in the error and in all that it came from."""

        def resolve(*args: object, **options: object) -> list[Address]:  # noqa: ARG001
            try:
                raise ValueError("before")
            except ValueError:
                raise error  # noqa: B904

        monkeypatch.setattr(dial, "resolve", resolve)
        with pytest.raises(type(error) if isinstance(error, KeyError) else SixmmError) as caught:
            Dialer().open(require_safe_url("http://localhost"), soon())

        names = [entry.frame.code.name for entry in caught.traceback]
        assert names == ["test_none_of_the_way", "open"]
        behind = [caught.value.__cause__, caught.value.__context__]
        while behind:
            if (item := behind.pop()) is not None:
                assert item.__traceback__ is None
                behind += [item.__cause__, item.__context__]

    def test_the_cause_is_kept(self, unused_port: int) -> None:
        """What the system said stays behind the error as its cause."""
        error = failure(Dialer(), f"http://127.0.0.1:{unused_port}")

        assert isinstance(error.__cause__, ConnectionRefusedError)
        assert error.__cause__.__traceback__ is None
