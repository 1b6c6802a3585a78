"""A certificate for 127.0.0.1 that nobody else trusts, made for one run of the benchmark."""

from __future__ import annotations

from pathlib import Path

__all__ = ["make_certificate"]


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write the server's key and certificate and the authority's certificate; return both paths."""
    import trustme  # Only here: the candidates read the files.

    authority = trustme.CA()
    server = authority.issue_cert("localhost", "127.0.0.1")
    chain, trust = folder / "server.pem", folder / "authority.pem"
    server.private_key_and_cert_chain_pem.write_to_path(str(chain))
    authority.cert_pem.write_to_path(str(trust))
    return chain, trust
