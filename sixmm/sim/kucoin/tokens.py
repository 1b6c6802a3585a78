"""Tokens for the stream: one for each dial, for one host, and for a day at most."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

__all__ = ["Token", "TokenRefused", "Tokens"]

KEPT = 10_000
"""Tokens that are remembered; older ones become unknown."""


class TokenRefused(Exception):
    """A token that opens no connection; the text is that of the error frame (code 401)."""


@dataclass(slots=True, kw_only=True)
class Token:
    """One token; a `user_id` of None is a public one. `until_ms` is the machine's time."""

    text: str
    host: str
    user_id: str | None
    until_ms: int
    used: bool = False


class Tokens:
    """All tokens of an exchange. Every method is called under the lock of the `Core`."""

    def __init__(self, life_ms: int, *, reusable: bool = False) -> None:
        """Give tokens that live for `life_ms`, and open one connection unless `reusable`."""
        self.life_ms = life_ms
        self.reusable = reusable
        self._tokens: dict[str, Token] = {}

    def issue(self, host: str, user_id: str | None, now_ms: int) -> Token:
        """Return a new token for `host`: ``spot``, ``futures`` or ``pro``.

        Its text has a plus sign, a slash and an equals sign in it, so that a client that does
        not encode it for the URL is found out.
        """
        random = secrets.token_bytes(94)
        text = base64.b64encode(b"\xfb\xef\xff" + random).decode()
        token = Token(text=text, host=host, user_id=user_id, until_ms=now_ms + self.life_ms)
        self._tokens[text] = token
        if len(self._tokens) > KEPT:
            del self._tokens[next(iter(self._tokens))]
        return token

    def use(self, text: str, host: str, now_ms: int) -> Token:
        """Return the token that a dial names; one that is not good raises `TokenRefused`."""
        token = self._tokens.get(text)
        if token is None or token.host != host or (token.used and not self.reusable):
            raise TokenRefused("token is invalid")
        if now_ms >= token.until_ms:
            raise TokenRefused("token is expired")
        token.used = True
        return token

    def expire(self, user_id: str | None, now_ms: int) -> None:
        """End the tokens of one user, or all of them for None."""
        for token in self._tokens.values():
            if user_id in (None, token.user_id):
                token.until_ms = min(token.until_ms, now_ms)
