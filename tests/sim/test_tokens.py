"""Access tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from sixmm.sim.tokens import make_token


def read(part: str) -> bytes:
    """Return the bytes of one part of a token."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_a_token_is_a_signed_jwt() -> None:
    """Header, claims, and an HS256 signature over both that anybody with the key can check."""
    token = make_token(b"key", "u", 60)
    head, claims, signature = token.split(".")
    expected = hmac.new(b"key", f"{head}.{claims}".encode(), hashlib.sha256).digest()

    assert json.loads(read(head)) == {"alg": "HS256", "typ": "JWT"}
    assert json.loads(read(claims)).items() >= {"sub": "u", "exp": 60}.items()
    assert read(signature) == expected


def test_no_two_tokens_are_alike() -> None:
    """Two tokens of one user and one second differ."""
    assert len({make_token(b"key", "u", 60) for _ in range(10)}) == 10
