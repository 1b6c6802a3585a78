"""TLS over memory: what SSLSocket does, with two threads and fewer system calls."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from sixmm.clock import Deadline
from sixmm.transport.streams import TcpStream
from sixmm.transport.tls import TlsStream, make_context
from tests.transport.conftest import Certificates
from tests.transport.fake_stream import FakeStream
from tests.transport.patience import in_thread, soon
from tests.transport.servers import tcp_pair


@pytest.fixture
def ends(
    certificates: Certificates, server_tls: ssl.SSLContext
) -> Iterator[tuple[TlsStream, ssl.SSLSocket]]:
    """A stream after its handshake, and the server's socket."""
    ours, theirs = tcp_pair()
    servers: list[ssl.SSLSocket] = []
    context = make_context(ca_file=certificates.file)
    stream = TlsStream(TcpStream(ours), context=context, hostname="localhost")
    with in_thread(lambda: servers.append(server_tls.wrap_socket(theirs, server_side=True))):
        stream.handshake(soon())
    yield stream, servers[0]
    stream.close()
    servers[0].close()


class TestContext:
    """The settings."""

    def test_defaults(self) -> None:
        """Certificates are verified against the host, and old versions are not spoken."""
        context = make_context()

        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2
        assert context.cert_store_stats()["x509_ca"] > 50

    def test_unverified(self) -> None:
        """Only who asks for it accepts any certificate."""
        assert make_context(verify=False).verify_mode is ssl.CERT_NONE

    def test_environment_is_ignored(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, certificates: Certificates
    ) -> None:
        """The environment adds no authority and gets no session keys."""
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "WEBSOCKET_CLIENT_CA_BUNDLE"):
            monkeypatch.setenv(name, certificates.file)
        monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))

        context = make_context()

        assert not context.keylog_filename
        assert list(tmp_path.iterdir()) == []
        ours = certificates.authority.cert_pem.bytes()
        assert ssl.PEM_cert_to_DER_cert(ours.decode()) not in context.get_ca_certs(binary_form=True)

    def test_own_authority_replaces_the_usual_ones(self, certificates: Certificates) -> None:
        """With a file of one's own, nobody else is trusted."""
        assert make_context(ca_file=certificates.file).cert_store_stats()["x509_ca"] == 1

    def test_file_without_certificate(self, tmp_path: Path) -> None:
        """A file that has no certificate is an error."""
        path = tmp_path / "empty.pem"
        path.write_text("nothing")

        with pytest.raises(OSError):
            make_context(ca_file=str(path))


class TestTraffic:
    """What goes through."""

    def test_both_ways(self, ends: tuple[TlsStream, ssl.SSLSocket]) -> None:
        """Bytes arrive as they are, in both directions."""
        stream, server = ends

        stream.send(b"question", soon())
        assert server.recv(100) == b"question"
        server.sendall(b"answer")

        assert stream.recv(soon()) == b"answer"

    def test_many_records_in_one_read(self, ends: tuple[TlsStream, ssl.SSLSocket]) -> None:
        """Records that have arrived together are returned together."""
        stream, server = ends
        for number in range(20):
            server.sendall(b"%02d" % number)

        received = stream.recv(soon())

        assert received == b"".join(b"%02d" % number for number in range(20))

    def test_large(self, ends: tuple[TlsStream, ssl.SSLSocket]) -> None:
        """More than one record and more than the buffers go through, both ways at once."""
        stream, server = ends
        data = bytes(range(256)) * 4_096

        with in_thread(lambda: stream.send(data, soon())) as raised:
            received = b""
            while len(received) < len(data):
                received += server.recv(65_536)
        with in_thread(lambda: server.sendall(data)) as raised_there:
            returned = b""
            while len(returned) < len(data):
                returned += stream.recv(soon())

        assert raised == raised_there == []
        assert received == returned == data

    def test_reader_and_writer(self, ends: tuple[TlsStream, ssl.SSLSocket]) -> None:
        """A thread that writes and one that reads do not disturb each other."""
        stream, server = ends
        rounds = 500

        def echo() -> None:
            for _ in range(rounds):
                server.sendall(_exactly(server, 300))

        def write() -> None:
            for number in range(rounds):
                stream.send(b"%03d" % number * 100, soon())

        received = b""
        with in_thread(echo) as raised, in_thread(write) as raised_too:
            while len(received) < 300 * rounds:
                received += stream.recv(soon())

        assert raised == raised_too == []
        assert received == b"".join(b"%03d" % number * 100 for number in range(rounds))

    def test_timeout(self, ends: tuple[TlsStream, ssl.SSLSocket]) -> None:
        """Waiting ends with the deadline, and what comes later is not lost."""
        stream, server = ends

        with pytest.raises(TimeoutError):
            stream.recv(Deadline(0.01))
        server.sendall(b"late")

        assert stream.recv(soon()) == b"late"

    def test_end(self, ends: tuple[TlsStream, ssl.SSLSocket]) -> None:
        """An end that the peer has announced is the end, after what came before."""
        stream, server = ends
        server.sendall(b"last")
        with contextlib.suppress(OSError):
            server.setblocking(False)
            server.unwrap()  # Sends its notice and does not wait for ours.

        assert stream.recv(soon()) == b"last"
        assert [stream.recv(soon()), stream.recv(soon())] == [b"", b""]

    def test_rude_end(self, ends: tuple[TlsStream, ssl.SSLSocket]) -> None:
        """A connection that just stops may have been cut short: what came before is good."""
        stream, server = ends
        server.sendall(b"last")
        server.shutdown(socket.SHUT_RDWR)

        assert stream.recv(soon()) == b"last"
        for _ in range(2):
            with pytest.raises(ssl.SSLEOFError):
                stream.recv(soon())

    def test_broken_record(self, ends: tuple[TlsStream, ssl.SSLSocket]) -> None:
        """What came before a record that was tampered with is good; then reading fails for good."""
        stream, server = ends
        server.sendall(b"good")
        raw = socket.socket(fileno=server.detach())
        with raw:
            raw.sendall(b"\x17\x03\x03\x00\x20" + b"x" * 32)

            assert stream.recv(soon()) == b"good"
            for _ in range(2):
                with pytest.raises(ssl.SSLError):
                    stream.recv(soon())

    def test_broken_record_after_nothing(self, ends: tuple[TlsStream, ssl.SSLSocket]) -> None:
        """A record that was tampered with is told at once, not when the next bytes come."""
        stream, server = ends
        with socket.socket(fileno=server.detach()) as raw:
            raw.sendall(b"\x17\x03\x03\x00\x20" + b"x" * 32)

            with pytest.raises(ssl.SSLError):
                stream.recv(soon())

    @pytest.mark.parametrize("stop", ["shutdown", "close"])
    def test_shutdown_frees_a_receiver(
        self, ends: tuple[TlsStream, ssl.SSLSocket], stop: str
    ) -> None:
        """A blocked receiver returns when another thread ends the connection."""
        stream, _ = ends

        with in_thread(lambda: stream.recv(Deadline(None))) as raised:
            getattr(stream, stop)()

        assert all(isinstance(exc, OSError) for exc in raised)

    def test_finish(self, ends: tuple[TlsStream, ssl.SSLSocket]) -> None:
        """A half-closed stream still receives."""
        stream, server = ends

        stream.finish()
        server.sendall(b"more")

        assert stream.recv(soon()) == b"more"
        assert stream.fileno() >= 0


def _exactly(sock: ssl.SSLSocket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data += sock.recv(count - len(data))
    return data


class TestHandshake:
    """Whom we talk to."""

    @pytest.mark.parametrize(
        "pieces",
        [(), (b"HTTP/1.1 400 Bad Request\r\n\r\n",), (TimeoutError(),), (ConnectionResetError(),)],
        ids=["hangs-up", "no-tls", "silent", "resets"],
    )
    def test_no_handshake(self, pieces: tuple[bytes | Exception, ...]) -> None:
        """A peer that does not make the handshake is an error."""
        stream = TlsStream(FakeStream(pieces), context=make_context(verify=False), hostname="h")

        with pytest.raises(OSError):
            stream.handshake(soon())
