"""The check of a signed call, on the text exactly as it was received.

The signed text is timestamp, method, target and body, one behind the other. The target is that of
the request line with its percent signs undone, since the documentation signs what was not encoded.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from .codes import (
    BAD_KEY,
    BAD_PASSPHRASE,
    BAD_SIGNATURE,
    BAD_TIMESTAMP,
    FORBIDDEN_ADDRESS,
    MISSING_HEADER,
    OLD_KEY,
    KuCoinError,
)

__all__ = ["HEADERS", "TOLERANCE_MS", "VERIFY", "ApiKey", "Keys", "sign", "signed_part"]

TOLERANCE_MS = 5_000
HEADERS = ("kc-api-key", "kc-api-sign", "kc-api-timestamp", "kc-api-passphrase")
VERIFY = b"POST/api/websocket/users/verify"
"""What stands behind the timestamp in the signed text of an auth frame."""

_DIGITS = re.compile(r"[0-9]{1,16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """An API key with its secrets; `version` is that of API management, 2 or 3."""

    user_id: str
    api_key: str
    api_secret: str = field(repr=False)
    passphrase: str = field(repr=False)
    version: int = 3
    permissions: frozenset[str] = frozenset({"General", "Spot", "Margin", "Futures"})
    addresses: tuple[str, ...] = ()

    @classmethod
    def make(
        cls, user_id: str, passphrase: str, version: int, permissions: frozenset[str]
    ) -> ApiKey:
        """Return a new key in the form of KuCoin's: 24 hexadecimal digits and a UUID."""
        digits = secrets.token_hex(16)
        groups = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
        return cls(
            user_id=user_id,
            api_key=secrets.token_hex(12),
            api_secret="-".join(groups),
            passphrase=passphrase,
            version=version,
            permissions=permissions,
        )


def sign(secret: str, text: bytes) -> str:
    """Return the base64 text of the HMAC-SHA256 of `text`."""
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


class Keys:
    """The API keys of an exchange."""

    def __init__(self) -> None:
        """Begin without a key."""
        self._keys: dict[str, ApiKey] = {}

    def add(self, key: ApiKey) -> None:
        """Take in a key."""
        self._keys[key.api_key] = key

    def remove(self, api_key: str) -> None:
        """Make a key unknown."""
        self._keys.pop(api_key, None)

    def caller(self, headers: Mapping[str, str], request: bytes, peer: str, now_ms: int) -> ApiKey:
        """Return the key that has signed a REST call; anything wrong raises `KuCoinError`.

        `headers` have names in lower case; `request` is method, target and body as received.
        """
        version = headers.get("kc-api-key-version", "1")
        if all(headers.get(name) for name in HEADERS) and version not in ("2", "3"):
            raise KuCoinError(OLD_KEY, "V1 API keys are no longer supported")
        return self.check(headers, request, peer, now_ms)

    def check(self, fields: Mapping[str, str], request: bytes, peer: str, now_ms: int) -> ApiKey:
        """Return the key whose four `fields` fit; `request` is what follows the timestamp."""
        for name in HEADERS:
            if not fields.get(name):
                raise KuCoinError(
                    MISSING_HEADER, f"Please check the header of your request for {name.upper()}"
                )
        stamp = fields["kc-api-timestamp"]
        if not _DIGITS.fullmatch(stamp) or abs(int(stamp) - now_ms) > TOLERANCE_MS:
            raise KuCoinError(BAD_TIMESTAMP, "KC-API-TIMESTAMP Invalid")
        key = self._keys.get(fields["kc-api-key"])
        if key is None:
            raise KuCoinError(BAD_KEY, "KC-API-KEY not exists")
        if not _same(sign(key.api_secret, key.passphrase.encode()), fields["kc-api-passphrase"]):
            raise KuCoinError(BAD_PASSPHRASE, "Invalid KC-API-PASSPHRASE")
        if not _same(sign(key.api_secret, stamp.encode() + request), fields["kc-api-sign"]):
            raise KuCoinError(BAD_SIGNATURE, "Invalid KC-API-SIGN")
        if key.addresses and peer not in key.addresses:
            raise KuCoinError(
                FORBIDDEN_ADDRESS, "The requested ip address is not in the api whitelist"
            )
        return key


def signed_part(method: str, target: str, body: bytes) -> bytes:
    """Return what follows the timestamp in the signed text of a REST call."""
    # What was no UTF-8 on the wire came in as surrogates and goes back to the same bytes.
    raw = target.encode("utf-8", "surrogateescape")
    return method.encode() + unquote_to_bytes(raw) + body


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))
