"""Ways through a proxy, to a TLS server that only the proxy can find."""

from __future__ import annotations

import base64
import contextlib
import socket
import traceback
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import ConfigurationError, ConnectFailed, SixmmError
from sixmm.transport.dial import Dialer
from sixmm.transport.proxy import Proxy
from sixmm.transport.urls import require_safe_url
from tests.transport.conftest import Certificates
from tests.transport.fake_stream import FakeStream
from tests.transport.patience import in_thread, soon
from tests.transport.servers import Connection, Server

HOST = "exchange.test"


@pytest.fixture
def exchange(certificates: Certificates) -> Iterator[Server]:
    """A TLS server with a name that has no address."""

    def script(connection: Connection) -> None:
        connection.send(b"welcome")
        connection.read_to_eof()

    with Server(script, tls=certificates.server(HOST)) as server:
        yield server


def pass_on(connection: Connection, port: int) -> None:
    """Carry bytes between a client and a local server until the client hangs up."""
    with socket.create_connection(("127.0.0.1", port)) as onward:

        def back() -> None:
            while data := onward.recv(65_536):
                connection.send(data)

        with in_thread(back):
            try:
                while data := connection.sock.recv(65_536):
                    onward.sendall(data)
            finally:
                onward.shutdown(socket.SHUT_RDWR)


def welcome(proxy_url: str, certificates: Certificates) -> bytes:
    """Return what the exchange says to a client that comes through a proxy."""
    dialer = Dialer(ca_file=certificates.file, proxies=proxy_url)
    stream = dialer.open(require_safe_url(f"wss://{HOST}/"), soon())
    try:
        return stream.recv(soon())
    finally:
        stream.close()


class TestTunnels:
    """From end to end."""

    def test_connect(self, exchange: Server, certificates: Certificates) -> None:
        """CONNECT names the exchange and carries the password; TLS is made with the exchange."""
        heads: list[bytes] = []

        def proxy(connection: Connection) -> None:
            heads.append(connection.read_until(b"\r\n\r\n"))
            connection.send(b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n")
            pass_on(connection, exchange.port)

        with Server(proxy) as server:
            url = f"http://us%40er:p%3Aw@127.0.0.1:{server.port}"
            assert welcome(url, certificates) == b"welcome"

        lines = heads[0].decode().split("\r\n")
        assert lines[:2] == [f"CONNECT {HOST}:443 HTTP/1.1", f"Host: {HOST}:443"]
        credentials = lines[2].removeprefix("Proxy-Authorization: Basic ")
        assert base64.b64decode(credentials) == b"us@er:p:w"

    @pytest.mark.parametrize("credentials", ["", "user:pw@"])
    @pytest.mark.parametrize("address", [b"\x01\x7f\0\0\1", b"\x03\x02ab", b"\x04" + bytes(16)])
    def test_socks(
        self, exchange: Server, certificates: Certificates, credentials: str, address: bytes
    ) -> None:
        """SOCKS5 names the exchange, logs in where asked, and reads any form of address."""
        said: list[bytes] = []

        def proxy(connection: Connection) -> None:
            methods = connection.read(connection.read(2)[1])
            if b"\x02" in methods:
                connection.send(b"\x05\x02")
                connection.read(1)
                said.extend(connection.read(connection.read(1)[0]) for _ in range(2))
                connection.send(b"\x01\x00")
            else:
                connection.send(b"\x05\x00")
            said.append(connection.read(4))
            said.append(connection.read(connection.read(1)[0]))
            said.append(connection.read(2))
            connection.send(b"\x05\x00\x00" + address + b"\0\0")
            pass_on(connection, exchange.port)

        with Server(proxy) as server:
            url = f"socks5://{credentials}127.0.0.1:{server.port}"
            assert welcome(url, certificates) == b"welcome"

        login = [b"user", b"pw"] if credentials else []
        assert said == [*login, b"\x05\x01\x00\x03", HOST.encode(), b"\x01\xbb"]

    def test_proxy_cannot_read_along(self, certificates: Certificates) -> None:
        """A proxy that answers itself has no certificate for the exchange."""

        def proxy(connection: Connection) -> None:
            connection.read_until(b"\r\n\r\n")
            connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
            certificates.server("proxy.test").wrap_socket(connection.sock, server_side=True)

        with Server(proxy) as server, pytest.raises(SixmmError, match="certificate"):
            welcome(f"http://127.0.0.1:{server.port}", certificates)


def tunnel(proxy: str, *answers: bytes) -> FakeStream:
    """Ask a proxy that gives prepared answers for a tunnel; return the stream."""
    stream = FakeStream(answers)
    Proxy.parse(proxy).tunnel(stream, host=HOST, port=443, deadline=soon())
    return stream


class TestRefusals:
    """Proxies that do not let us through."""

    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "status 407"),
            (b"HTTP/1.1 302 Found\r\nLocation: x\r\n\r\n", "status 302"),
            (b"SSH-2.0-OpenSSH\r\n\r\n", "did not answer properly"),
            (b"HTTP/1.1 200 OK\r\n", "closed the connection"),
            (b"", "closed the connection"),
            (b"HTTP/1.1 200 OK\r\n\r\nextra", "more than its answer"),
            (b"HTTP/1.1 200 OK\r\nA: " + b"x" * 20_000, "did not answer properly"),
        ],
    )
    def test_connect(self, answer: bytes, why: str) -> None:
        """Any answer but a plain yes is a failed connection."""
        with pytest.raises(ConnectFailed, match=why):
            tunnel("http://proxy.test", answer)

    @pytest.mark.parametrize(
        ("answers", "why"),
        [
            ((b"\x05\xff",), "none of the ways"),
            ((b"\x04\x00",), "none of the ways"),
            ((b"\x05\x02", b"\x01\x01"), "refused the user name"),
            ((b"\x05\x00\x05\x02\x00\x01",), "not allowed by its rules"),
            ((b"\x05\x00\x05\x63\x00\x01",), "unknown reason"),
            ((b"\x05\x00\x05\x00",), "closed the connection"),
            ((b"\x05\x00\x05\x00\x00\x01\x7f\0\0\1\0\0more",), "more than its answer"),
        ],
    )
    def test_socks(self, answers: tuple[bytes, ...], why: str) -> None:
        """Any answer but a plain yes is a failed connection."""
        with pytest.raises(ConnectFailed, match=why):
            tunnel("socks5://user:pw@proxy.test", *answers)

    def test_method_that_was_not_offered(self) -> None:
        """A proxy cannot ask for a password that we do not have."""
        with pytest.raises(ConnectFailed, match="none of the ways"):
            tunnel("socks5://proxy.test", b"\x05\x02")


class TestParse:
    """What an address of a proxy says."""

    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("http://h:3128", ("http", "h", 3128)),
            ("h:3128", ("http", "h", 3128)),
            ("http://h", ("http", "h", 80)),
            ("socks5h://h/", ("socks5h", "h", 1080)),
            ("socks5://[::1]:9", ("socks5", "::1", 9)),
        ],
    )
    def test_good(self, address: str, expected: tuple[str, str, int]) -> None:
        """Scheme, host and port are read; the usual ports need not be said."""
        proxy = Proxy.parse(address)

        assert (proxy.scheme, proxy.host, proxy.port) == expected
        assert proxy.username is None

    @pytest.mark.parametrize(
        "address",
        [
            "https://CANARY@h",
            "socks4://CANARY@h",
            "http://CANARY@h:99999",
            "http://CANARY@h:x",
            "http://CANARY@",
            "http://CANARY@h/path",
            "http://CANARY@h?query",
            f"socks5://{'u' * 256}:CANARY@h",
            # Characters that become one of "/?#@:" when they are normalized, and others like them.
            "http://user:CANARY\u2100@h",
            "http://user:CANARY\uff1a@h",
            "http://user\uff20:CANARY@h",
            "http://user:CANARY@h\uff0f",
            "http://user:CANARY\xe4@h",
            "http://user:CANARY\udce9@h",
            "http://user:CANARY@[bad",
            "http://user:CANARY",
            "http://user:CANARY@h\r\nX: y",
            "http://user:CANARY\x00@h",
            "http://user:CANARY\x7f@h",
            "http://user:CANARY @h",
            " http://user:CANARY@h",
            "\thttp://user:CANARY@h\n",
        ],
    )
    def test_bad(self, address: str) -> None:
        """What cannot be used is refused, and not repeated: a password may be in it."""
        with pytest.raises(ConfigurationError) as caught:
            Proxy.parse(address)

        assert "CANARY" not in str(caught.value)
        assert "CANARY" not in repr(caught.value.args)
        assert caught.value.__context__ is None
        assert caught.value.__cause__ is None

    def test_no_variable_holds_the_address(self) -> None:
        """A report of the error that shows variables shows no password."""
        with pytest.raises(ConfigurationError) as caught:
            Proxy.parse("http://user:CANARY@[bad")
        report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)

        frames = [frame for frame in report.stack if frame.filename != __file__]
        assert frames
        assert all("CANARY" not in str(frame.locals) for frame in frames)

    @given(address=st.text() | st.from_regex(r"(http|socks5)://[^@]*@?[^@]*", fullmatch=True))
    def test_any(self, address: str) -> None:
        """Whatever an address is, it names a proxy or is refused by an error of ours."""
        with contextlib.suppress(ConfigurationError):
            assert Proxy.parse(address).host

    def test_encoded(self) -> None:
        """A user name and a password of any characters are given percent-encoded."""
        proxy = Proxy.parse("http://us%40er:p%C3%A4%E2%84%80%20w@h")

        assert proxy.username == "us@er"
        assert proxy.password.reveal() == "pä\u2100 w"

    def test_password_is_not_shown(self) -> None:
        """The representation of a proxy is fit for a log."""
        assert "CANARY" not in repr(Proxy.parse("http://user:CANARY@h"))
