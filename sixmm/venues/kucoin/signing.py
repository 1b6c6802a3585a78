"""The signature of a request, and of a login by frame, as pure functions of what is sent.

What is signed is the time, the method, the path with its query as it reads before it is
percent-encoded, and the exact body. The passphrase is not sent either, but signed with the secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

from ...errors import ConfigurationError
from ...redaction import Secret

__all__ = [
    "KEY_VERSIONS",
    "check_key_version",
    "login_members",
    "sign",
    "signed_headers",
    "signing_text",
]

KEY_VERSIONS = (3, 2)
"""The versions of API keys that work, the present one first; a key of version 1 is refused."""

_VERIFY = "POST/api/websocket/users/verify"


def check_key_version(version: int) -> int:
    """Return ``version`` where keys of it are accepted.

    Raises:
        ConfigurationError: they are not.
    """
    if version in KEY_VERSIONS and not isinstance(version, bool):
        return int(version)
    raise ConfigurationError("key_version is 3 or 2: make a new key in the API management")


def sign(api_secret: Secret, text: str) -> str:
    """Return the HMAC-SHA256 of ``text`` under the secret, in Base64."""
    digest = hmac.new(api_secret.reveal().encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def signing_text(*, timestamp_ms: int, method: str, target: str, body: bytes | None) -> str:
    """Return what is signed of a request.

    Args:
        timestamp_ms: exchange time in Unix milliseconds.
        method: such as ``GET``.
        target: the path and the query, before percent-encoding.
        body: the exact body to send, or None for no body.
    """
    return f"{timestamp_ms}{method.upper()}{target}{(body or b'').decode()}"


def signed_headers(
    *,
    api_key: Secret,
    api_secret: Secret,
    passphrase: Secret,
    text: str,
    timestamp_ms: int,
    key_version: int = KEY_VERSIONS[0],
) -> Mapping[str, str]:
    """Return the headers that authenticate a request; they hold secrets.

    Args:
        api_key: the public part of the key.
        api_secret: its secret.
        passphrase: what was chosen when the key was made.
        text: what is signed; see :func:`signing_text`.
        timestamp_ms: the time that is in the text.
        key_version: 3, or 2 for an older key; the API management tells which one it is.

    Raises:
        ConfigurationError: keys of that version are not accepted.
    """
    return {
        "KC-API-KEY": api_key.reveal(),
        "KC-API-SIGN": sign(api_secret, text),
        "KC-API-TIMESTAMP": str(timestamp_ms),
        "KC-API-PASSPHRASE": sign(api_secret, passphrase.reveal()),
        "KC-API-KEY-VERSION": str(check_key_version(key_version)),
    }


def login_members(
    *, api_key: Secret, api_secret: Secret, passphrase: Secret, timestamp_ms: int
) -> Mapping[str, str]:
    """Return the members of the frame that logs in on a unified stream; they hold secrets."""
    return {
        "kc-api-key": api_key.reveal(),
        "kc-api-sign": sign(api_secret, f"{timestamp_ms}{_VERIFY}"),
        "kc-api-timestamp": str(timestamp_ms),
        "kc-api-passphrase": sign(api_secret, passphrase.reveal()),
    }
