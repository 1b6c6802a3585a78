"""Whom the client trusts is decided by its arguments, and not by the server or the environment."""

from __future__ import annotations

import os
import socket
import ssl
import warnings
from unittest import mock

import pytest
import requests

from .tls_rows import CASES, HOST, REFUSED, TRANSPORTS, _Listening, context, run, world


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_every_case(transport: str) -> None:
    """Each server is refused before it sees a byte, each variable is ignored (F4, F5)."""
    tally = run(transport)

    assert tally.cases == len(CASES) >= 12
    assert not tally.wrong, str(tally)


@pytest.mark.parametrize("name", ["TLS 1.0", "TLS 1.1"])
def test_the_old_servers_work(name: str) -> None:
    """Who allows the old versions reaches those servers: what refuses them is the client."""
    lax = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    lax.check_hostname = False
    lax.verify_mode = ssl.CERT_NONE
    lax.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        lax.minimum_version = ssl.TLSVersion.TLSv1
    with (
        world() as made,
        _Listening(REFUSED[name](made)) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw,
    ):
        try:
            connection = lax.wrap_socket(raw)
        except ssl.SSLError:
            pytest.skip("the OpenSSL of this machine does not know it any more")
        with connection:
            assert (connection.version() or "").startswith("TLSv1")


def test_the_environment_is_poison() -> None:
    """A stock client falls for it: it trusts the stranger and asks the proxy."""
    with world() as made:
        told = {"REQUESTS_CA_BUNDLE": made.their_file}
        with _Listening(context(made.theirs)) as server, mock.patch.dict(os.environ, told):
            url = f"https://{HOST}:{server.port}/"
            assert requests.get(url, timeout=10).status_code == 200
        with _Listening(None) as trap:
            told = {"https_proxy": f"http://127.0.0.1:{trap.port}", "no_proxy": ""}
            with mock.patch.dict(os.environ, told), pytest.raises(requests.RequestException):
                requests.get(f"https://{HOST}:1/", timeout=10)
            assert trap.connections == 1
