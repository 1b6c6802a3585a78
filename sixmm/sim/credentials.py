"""API keys, login sessions and listen keys: who may speak for which account, and until when.

Nothing here reads a clock; ``now_ms`` is the machine's own time and never the skewed time
that a fault makes the exchange tell. All stores are bounded by the number of accounts, except
the memory of signatures and of tokens, which are bounded by time and count.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

from .codes import Code, ExchangeError
from .tokens import make_token

__all__ = ["ApiKey", "ListenKeys", "ReplayMemory", "Session", "Sessions"]

LEAST_PERMISSIONS, MOST_PERMISSIONS = 1, 7
MOST_ADDRESSES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """An API key of one user: `permissions` are bits (rule 16), no whitelist means any address."""

    api_key: str
    api_secret: str = field(repr=False)
    user_id: str
    permissions: int
    ip_whitelist: tuple[str, ...] = ()

    @classmethod
    def make(cls, user_id: str, permissions: int, ip_whitelist: tuple[str, ...]) -> ApiKey:
        """Return a fresh key; bounds are those of rules 19 and 20, else `ValueError`."""
        if not LEAST_PERMISSIONS <= permissions <= MOST_PERMISSIONS:
            raise ValueError(f"permissions must lie in {LEAST_PERMISSIONS} to {MOST_PERMISSIONS}")
        if len(ip_whitelist) > MOST_ADDRESSES:
            raise ValueError(f"a whitelist holds at most {MOST_ADDRESSES} addresses")
        for address in ip_whitelist:
            ipaddress.ip_address(address)
        return cls(
            api_key=f"fx_{secrets.token_hex(12)}",
            api_secret=secrets.token_hex(16),
            user_id=user_id,
            permissions=permissions,
            ip_whitelist=ip_whitelist,
        )


class ReplayMemory:
    """Signatures that were seen on order paths, each for 20 s and at most 50,000 of them."""

    WINDOW_MS = 20_000
    MOST = 50_000

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._seen: OrderedDict[tuple[str, str], int] = OrderedDict()

    def __len__(self) -> int:
        """Return how many signatures are remembered."""
        return len(self._seen)

    def check(self, api_key: str, signature: str, now_ms: int) -> None:
        """Remember the signature; one that was seen within the window is refused (rule 41)."""
        self._expire(now_ms)
        if (api_key, signature) in self._seen:
            raise ExchangeError(Code.DUPLICATE, "Signature replay detected")
        self._seen[api_key, signature] = now_ms + self.WINDOW_MS

    def _expire(self, now_ms: int) -> None:
        while self._seen:
            key, until = next(iter(self._seen.items()))
            if until > now_ms and len(self._seen) < self.MOST:
                return
            del self._seen[key]


@dataclass(slots=True, kw_only=True, eq=False)
class Session:
    """One login; its cookie refreshes the token until the logout."""

    cookie: str
    user_id: str
    revoked: bool = False


class Sessions:
    """Logins, and the tokens that were handed out for them."""

    MOST_TOKENS = 10_000

    def __init__(self, life_s: int) -> None:
        """Let every token live for `life_s` seconds."""
        self._life_ms = life_s * 1000
        self._secret = secrets.token_bytes(32)
        self._by_cookie: OrderedDict[str, Session] = OrderedDict()
        self._tokens: OrderedDict[str, tuple[Session, int]] = OrderedDict()

    def login(self, user_id: str) -> Session:
        """Begin a session for a user whose password was right."""
        session = Session(cookie=secrets.token_hex(24), user_id=user_id)
        self._by_cookie[session.cookie] = session
        if len(self._by_cookie) > self.MOST_TOKENS:
            self._by_cookie.popitem(last=False)
        return session

    def by_cookie(self, cookie: str | None) -> Session:
        """Return the live session of a cookie; none is 1001, an unknown one 1003."""
        if not cookie:
            raise ExchangeError(Code.NO_CREDENTIAL, "Missing session cookie")
        session = self._by_cookie.get(cookie)
        if session is None:
            raise ExchangeError(Code.NOT_ACCEPTED, "Invalid session cookie")
        return session

    def issue(self, session: Session, now_ms: int, skew_ms: int = 0) -> tuple[str, int]:
        """Return a new token and when it ends, in seconds of the clock that is off by `skew_ms`."""
        until = now_ms + self._life_ms
        expire_s = (until + skew_ms) // 1000
        token = make_token(self._secret, session.user_id, expire_s)
        self._tokens[token] = (session, until)
        if len(self._tokens) > self.MOST_TOKENS:
            self._tokens.popitem(last=False)
        return token, expire_s

    def check(self, token: str, now_ms: int) -> Session:
        """Return the session of a token: unknown 1003, logged out 1004, too old 1002."""
        found = self._tokens.get(token)
        if found is None:
            raise ExchangeError(Code.NOT_ACCEPTED, "Invalid token")
        session, until = found
        if session.revoked:
            raise ExchangeError(Code.TOKEN_REVOKED, "Token revoked")
        if now_ms >= until:
            raise ExchangeError(Code.TOKEN_EXPIRED, "Token expired")
        return session

    def logout(self, session: Session) -> None:
        """End a session: its tokens and its cookie are no longer good."""
        session.revoked = True
        self._by_cookie.pop(session.cookie, None)


@dataclass(slots=True, kw_only=True, eq=False)
class _ListenKey:
    text: str
    user_id: str
    until: int


class ListenKeys:
    """Listen keys: one for each account, whoever asks, as the documentation suggests (rule 71)."""

    def __init__(self, life_ms: int) -> None:
        """Let every key live for `life_ms` after its creation or renewal."""
        self.life_ms = life_ms
        self._by_user: dict[str, _ListenKey] = {}

    def create(self, user_id: str, now_ms: int) -> tuple[str, int]:
        """Return the account's key with a full life and when it ends; a live one is kept."""
        key = self._by_user.get(user_id)
        if key is None or key.until <= now_ms:
            key = _ListenKey(text=secrets.token_hex(16), user_id=user_id, until=0)
            self._by_user[user_id] = key
        key.until = now_ms + self.life_ms
        return key.text, key.until

    def renew(self, user_id: str, text: str, now_ms: int) -> int:
        """Give the key a full life again and return its end; a dead or foreign one is 2002."""
        key = self._own(user_id, text, now_ms)
        key.until = now_ms + self.life_ms
        return key.until

    def close(self, user_id: str, text: str, now_ms: int) -> None:
        """End the key at once; a dead or foreign one is 2002."""
        self._own(user_id, text, now_ms).until = now_ms

    def owner(self, text: str, now_ms: int) -> str | None:
        """Return the account that the key speaks for, or None when it is dead or unknown."""
        for key in self._by_user.values():
            if hmac.compare_digest(key.text.encode(), text.encode("utf-8", "replace")):
                return key.user_id if key.until > now_ms else None
        return None

    def expire(self, user_id: str | None, now_ms: int) -> None:
        """End the key of one account, or of all for None."""
        for key in self._by_user.values():
            if user_id in (None, key.user_id):
                key.until = min(key.until, now_ms)

    def next_end(self, now_ms: int) -> int | None:
        """Return when the next of the living keys ends, None when none lives."""
        return min((k.until for k in self._by_user.values() if k.until > now_ms), default=None)

    def _own(self, user_id: str, text: str, now_ms: int) -> _ListenKey:
        key = self._by_user.get(user_id)
        if key is None or key.until <= now_ms or key.text != text:
            raise ExchangeError(Code.BAD, "listenKey is not valid")
        return key
