"""The signature of a REST request (rules 29-42), as a pure function of what is sent.

The server checks the query text as it came and the body byte for byte (rules 33, 35). So both are
encoded once, signed, and sent as they are; nothing encodes them again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import quote

from ...errors import ConfigurationError
from ...redaction import Secret

__all__ = ["encode_query", "sign", "signed_query", "signing_payload"]

_RESERVED = frozenset({"timestamp", "signature"})


def encode_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the query text of ``pairs`` in their order, percent-encoded as UTF-8 (rule 34).

    Everything but letters, digits and ``_.-~`` is encoded, a space as ``%20``, so that no value
    can end its pair or the query.

    Raises:
        ConfigurationError: a name or a value has a lone surrogate, which has no encoding.
    """
    try:
        return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    except UnicodeError:
        problem = "a query value has a lone surrogate, which cannot be encoded"
    raise ConfigurationError(problem)


def signing_payload(query: str, body: bytes | None) -> bytes:
    """Return what is signed: the query text without the signature, then the raw body (rule 30)."""
    return query.encode() + (body or b"")


def sign(api_secret: Secret, payload: bytes) -> str:
    """Return the HMAC-SHA256 of ``payload`` under the secret, as lower-case hex (rule 31)."""
    return hmac.new(api_secret.reveal().encode(), payload, hashlib.sha256).hexdigest()


def signed_query(
    pairs: Iterable[tuple[str, str]], *, timestamp_ms: int, body: bytes | None, api_secret: Secret
) -> str:
    """Return the query text to send: ``pairs``, then the timestamp, then the signature (rule 32).

    Args:
        pairs: the query of the call.
        timestamp_ms: exchange time in Unix milliseconds, used for no other request (rule 42).
        body: the exact body to send, or None for no body.
        api_secret: the secret of the API key.

    Raises:
        ConfigurationError: a pair is called ``timestamp`` or ``signature``.
    """
    given = list(pairs)
    if any(name in _RESERVED for name, _ in given):
        raise ConfigurationError("timestamp and signature are added by the signing")
    query = encode_query([*given, ("timestamp", str(timestamp_ms))])
    return f"{query}&signature={sign(api_secret, signing_payload(query, body))}"
