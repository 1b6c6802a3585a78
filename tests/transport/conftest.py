"""A certificate authority of our own, made anew for each run."""

from __future__ import annotations

import ssl
from pathlib import Path

import attrs
import pytest
import trustme


@attrs.frozen
class Certificates:
    """An authority, and what it can issue."""

    authority: trustme.CA
    file: str
    """The authority's certificate, for ``ca_file``."""

    def server(self, *names: str) -> ssl.SSLContext:
        """Return the settings of a server whose certificate is for ``names``."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(*(names or ("127.0.0.1", "localhost"))).configure_cert(context)
        return context


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority that nobody else trusts."""
    authority = trustme.CA()
    path: Path = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return Certificates(authority, str(path))


@pytest.fixture(scope="session")
def server_tls(certificates: Certificates) -> ssl.SSLContext:
    """The settings of a TLS server for 127.0.0.1 and localhost."""
    return certificates.server()
