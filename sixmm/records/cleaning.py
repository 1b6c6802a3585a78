"""Takes secrets out of what goes into a record: addresses, headers, bodies and messages.

There are two ways to know a secret. By its name: the value after ``token``, ``listenKey``,
``signature`` and the like, in a query, a header or a JSON text, whoever wrote it. And by its value:
whatever a living :class:`~sixmm.redaction.Secret` holds, and what was found under such a name a
moment ago, wherever it is repeated, as it is or percent-encoded, in hexadecimal or in Base64.

A message without a sign of either is kept byte for byte. One with a sign is read as JSON, and
written again without the secret.
"""

from __future__ import annotations

import collections
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote

from ..codec import dump_json, parse_json
from ..errors import ConfigurationError, DecodeError

# The encoded forms of every living secret: asking redact_url() instead costs ten times as much for
# each message, because it looks for names as well.
from ..redaction import Secret, held_forms, redact_url

__all__ = ["MASK", "Cleaner", "is_secret_name"]

MASK = "***"
"""What stands in place of a secret."""

_SECRET_WORDS = (
    "apikey",
    "apisign",
    "authorization",
    "cookie",
    "listenkey",
    "passphrase",
    "password",
    "secret",
    "signature",
    "ticket",
    "token",
)
_SECRET_NAMES = frozenset({"sign", "otp", "pin", "credential", "credentials"})
# Such a name tells something about a secret: apiKeyId, tokenType, tokenExpiresAt.
_ABOUT = ("id", "name", "type", "status", "count", "at", "in", "limit")
# What is found under one of these names is looked for elsewhere, too. What is under another, such
# as passwordState, is only masked there: it may be an ordinary word.
_SURE_NAMES = frozenset(
    {
        *("accesstoken", "apikey", "apisecret", "embedtoken", "listenkey", "passphrase"),
        *("password", "refreshtoken", "secret", "secretkey", "sign", "signature", "ticket"),
        *("token", "xapikey", "authorization", "cookie", "setcookie"),
    }
)
# What is always a secret under these names may also come as a number.
_SECRET_NUMBERS = frozenset({"password", "passphrase", "otp", "pin", "secret"})
_PASSING_NAMES = frozenset({"sign", "signature"})
# A text with none of these has no secret by name. A backslash may hide anything.
_SIGNS = (
    *("sign", "listen", "token", "key", "secret", "pass", "ticket", "authoriz", "cookie"),
    *("otp", "pin", "credential", "\\"),
)
_SHOWN_HEADERS = frozenset(
    {"content-type", "date", "retry-after", "server", "x-request-id", "content-encoding"}
)
_LONGEST_HEADER = 256
_LEAST_HEADER_PART = 12
_MAX_LASTING = 16
_MAX_PASSING = 4
_TEXTS_BETWEEN_LOOKS = 256
_LEAST_LENGTH = 6
_PLAIN_NAME = re.compile(r"[^a-z0-9]")


def is_secret_name(name: str) -> bool:
    """Whether a member, parameter or header of this name authenticates."""
    plain = _plain(name)
    if plain in _SECRET_NAMES or plain in _SURE_NAMES:
        return True
    return any(word in plain for word in _SECRET_WORDS) and not plain.endswith(_ABOUT)


def _plain(name: str) -> str:
    return _PLAIN_NAME.sub("", name.lower())


class Cleaner:
    """Takes secrets out, and remembers those it has met for a while.

    Several threads may use it at once: what it remembers is replaced as a whole.
    """

    def __init__(self) -> None:
        self._lasting: collections.deque[Secret] = collections.deque(maxlen=_MAX_LASTING)
        self._passing: collections.deque[Secret] = collections.deque(maxlen=_MAX_PASSING)
        self._forms: list[str] = []
        self._texts_left = 0

    def learn(self, value: str, *, passing: bool = False) -> None:
        """Look for ``value`` from now on; a passing one is soon forgotten, as others come."""
        secret = Secret(value)
        kept = self._passing if passing else self._lasting
        if len(value) >= _LEAST_LENGTH and value != MASK and secret not in tuple(kept):
            kept.append(secret)
            self.look_again()

    def look_again(self) -> None:
        """Take notice of the secrets that have come to life since the last look."""
        self._texts_left = 0

    # Messages and bodies

    def messages(self, texts: Sequence[str]) -> list[str]:
        """Return the messages of one read without their secrets."""
        if not self._may_give_away("\n".join(texts)):
            return list(texts)
        return [self.text(text) for text in texts]

    def text(self, text: str) -> str:
        """Return a message or a body without its secrets; as it is where it has none."""
        if not self._may_give_away(text):
            return text
        try:
            value = parse_json(text)
            self._learn_from(value)
            clean = self._without(value, hidden="")
            # The text is looked at as well: of members with the same name only one is a value.
            if clean == value and redact_url(text) == text:
                return text
            return dump_json(clean, numbers=True).decode()
        except (DecodeError, ConfigurationError):
            return redact_url(text)

    def _may_give_away(self, text: str) -> bool:
        lower = text.lower()
        return any(sign in lower for sign in _SIGNS) or self._knows_part_of(text)

    def _knows_part_of(self, text: str) -> bool:
        if self._texts_left <= 0:
            self._texts_left, self._forms = _TEXTS_BETWEEN_LOOKS, held_forms()
        self._texts_left -= 1
        return any(form in text for form in self._forms)

    def _learn_from(self, value: Any) -> None:
        for name, secret in _secrets_in(value, under=""):
            self._learn_named(name, secret)

    def _learn_named(self, name: str, value: str) -> None:
        plain = _plain(name)
        if plain in _SURE_NAMES:
            self.learn(value, passing=plain in _PASSING_NAMES)

    def _without(self, value: Any, *, hidden: str) -> Any:
        """Return a decoded value without its secrets; ``hidden`` is the secret name it is under."""
        if isinstance(value, dict):
            return {
                self._string(name): self._without(
                    item, hidden=name if is_secret_name(name) else hidden
                )
                for name, item in value.items()
            }
        if isinstance(value, list):
            return [self._without(item, hidden=hidden) for item in value]
        if isinstance(value, str):
            return MASK if hidden and value else self._string(value)
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return MASK if _plain(hidden) in _SECRET_NUMBERS else value
        return value

    def _string(self, value: str) -> str:
        if value[:1] in ("{", "[") and self._may_give_away(value):
            return redact_url(self.text(value))
        return redact_url(value) if self._may_give_away(value) else value

    # Addresses and headers

    def url(self, url: str) -> str:
        """Return an address without its secrets; names and order of its parameters are kept."""
        where, mark, query = url.partition("?")
        scheme, slashes, rest = where.partition("://")
        authority, slash, path = rest.partition("/")
        # A password before the host is refused by the transports, but only later.
        host = authority.rpartition("@")[2]
        pairs = "&".join(self._pair(pair) for pair in query.split("&")) if mark else ""
        return f"{scheme}{slashes}{host}{slash}{self._string(path)}{mark}{pairs}"

    def _pair(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        name, value = unquote(name), unquote(value)
        if is_secret_name(name):
            self._learn_named(name, value)
            return f"{quote(name, safe='')}{equals}{MASK if value else ''}"
        clean_name, clean = self._string(name), self._string(value)
        if (clean_name, clean) == (name, value):
            return pair
        return f"{quote(clean_name, safe='')}{equals}{quote(clean, safe='*')}"

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the few headers that a record has; what the others hold is looked for from now."""
        for name, value in headers.items():
            if is_secret_name(name):
                # Each call has a signature of its own, which must not push out what lasts.
                passing = _plain(name).endswith(tuple(_PASSING_NAMES))
                for part in re.split(r"[\s;,=]+", value):
                    if len(part) >= _LEAST_HEADER_PART:  # Not "Bearer", nor the name of a cookie.
                        self.learn(part, passing=passing)
        return {
            name.lower(): redact_url(value)[:_LONGEST_HEADER]
            for name, value in headers.items()
            if name.lower() in _SHOWN_HEADERS
        }

    def cookies(self, cookies: Mapping[str, str]) -> dict[str, str]:
        """Return the names of cookies, each with a mask; their values are looked for from now."""
        for value in cookies.values():
            self.learn(value)
        return {redact_url(name): MASK for name in cookies}


def _secrets_in(value: Any, *, under: str) -> Iterator[tuple[str, str]]:
    """Yield each text in a decoded value that is under a secret name, with that name."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _secrets_in(item, under=name if is_secret_name(name) else under)
    elif isinstance(value, list):
        for item in value:
            yield from _secrets_in(item, under=under)
    elif under and isinstance(value, str):
        yield under, value
