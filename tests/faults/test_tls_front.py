"""The TLS front passes what is inside, and ends with its server."""

from __future__ import annotations

import ssl
import threading
from pathlib import Path

import pytest

from .proxy import Cut, FaultProxy
from .reading import connect, echo
from .tls_front import TlsFront


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts of a server and of a client that trusts it."""
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    path: Path = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return server, ssl.create_default_context(cafile=str(path))


def test_passes_bytes_both_ways(
    echo_port: int, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    """What is sent inside of TLS reaches the server plainly, and comes back."""
    server, client = contexts
    with (
        TlsFront(echo_port, server) as front,
        connect(front.port) as plain,
        client.wrap_socket(plain, server_hostname="localhost") as side,
    ):
        assert echo(side, b"inside") == b"inside"


def test_outlives_a_handshake_that_is_cut(
    echo_port: int, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    """The next connection works."""
    server, client = contexts
    plan = {0: Cut(after_bytes=100)}
    with TlsFront(echo_port, server) as front, FaultProxy(front.port, plan.get) as proxy:
        with connect(proxy.port) as plain, pytest.raises(OSError):
            client.wrap_socket(plain, server_hostname="localhost")
        with (
            connect(proxy.port) as plain,
            client.wrap_socket(plain, server_hostname="localhost") as side,
        ):
            assert echo(side, b"again") == b"again"


def test_leaves_no_thread(echo_port: int, contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """Closing ends it, with connections open."""
    front = TlsFront(echo_port, contexts[0])
    with connect(front.port):
        front.close()

        assert not [t for t in threading.enumerate() if t.name == "tls-front"]
