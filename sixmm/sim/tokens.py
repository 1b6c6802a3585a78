"""Access tokens: JSON Web Tokens signed with HS256, made with the standard library alone.

The exchange only ever makes them. It recognises its own by looking them up, so a token that
was tampered with is simply unknown.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets

__all__ = ["make_token"]


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def make_token(secret: bytes, user_id: str, expire_s: int) -> str:
    """Return a token for `user_id` that says it ends at `expire_s` (Unix seconds).

    A random ``jti`` makes every token different, two of the same second included.
    """
    header = _part(b'{"alg":"HS256","typ":"JWT"}')
    claims = {"sub": user_id, "exp": expire_s, "jti": secrets.token_hex(8)}
    body = _part(json.dumps(claims, separators=(",", ":")).encode())
    signed = f"{header}.{body}"
    return f"{signed}.{_part(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"
