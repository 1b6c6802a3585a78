"""Keeping secrets out of everything that people read.

:class:`Secret` holds a key, token or password and shows only that there is one. :func:`redact_url`
blanks two things in a text: every value that a living :class:`Secret` holds, in whatever form the
other side may repeat it, and the values of names that authenticate a request, such as signatures,
which nobody here holds any more. :func:`one_line` does the same and makes the text safe to print:
one line, no control characters, bounded.
"""

from __future__ import annotations

import base64
import logging
import re
import urllib.parse
import weakref
from collections.abc import Iterator
from typing import NoReturn

__all__ = ["RedactingFilter", "Secret", "held_forms", "one_line", "redact_url"]

_MASK = "***"
_NAMES = (
    "signature|listen[-_]?key|token|access[-_]?token|api[-_]?key|api[-_]?secret"
    "|passphrase|password|ticket|sign|authorization"
)
# How a name comes with its value: in quotes (JSON, also JSON as a text within JSON), where the same
# quote ends it; in a query; or as a header.
_QUOTED = rf"""((?:{_NAMES})\\*["']?\s*[:=]\s*\\*(?P<quote>["']))(?:\\.|(?!(?P=quote))[^\\])+"""
_BARE = rf"""((?:{_NAMES})(?:=|\\*["']?\s*:\s*(?:(?:bearer|basic)\s+)?))[^&\s"'#]+"""
_PARAMETERS = re.compile(rf"(?is)\b(?:{_QUOTED}|{_BARE})")

_LEAST_LENGTH = 6
"""Shorter values are not blanked: they are no credentials, and would blank parts of words."""

# What is held now, by the identity of its holder, as secrets of the same text are equal. There is
# no lock: a secret may go at any point of any thread, also of one that would hold the lock. Each
# change is atomic, and who walks through begins again where there was one.
_held: dict[int, weakref.ref[Secret]] = {}


class Secret:
    """A text that must not be seen: an API secret, an access token, a listenKey, a password.

    It is masked in ``repr``, ``str`` and every format, so also in log lines and in
    ``attrs.asdict`` (which keeps the object as it is). It refuses to be pickled. Only
    :meth:`reveal` gives the text, and only the code that puts it on the wire calls it.

    While it lives, :func:`redact_url` and :func:`one_line` blank its text wherever they meet it, if
    it has at least 6 characters.

    Args:
        value: the text, or another secret.
    """

    __slots__ = ("__forms", "__value", "__weakref__")

    def __init__(self, value: str | Secret) -> None:
        self.__value: str = value.reveal() if isinstance(value, Secret) else value
        self.__forms = frozenset(_forms(self.__value))
        if self.__forms:
            _hold(self)

    def reveal(self) -> str:
        """Return the text itself."""
        return self.__value

    def _given_away_by(self) -> frozenset[str]:
        """Return the texts that must not be shown; none where the value is too short."""
        return self.__forms

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return _MASK

    def __format__(self, format_spec: str) -> str:
        return _MASK

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.__value == self.__value

    def __hash__(self) -> int:
        return hash((Secret, self.__value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled; pass the credential again where it is needed")

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self


def _hold(secret: Secret) -> None:
    """Have ``secret`` looked for until it is gone."""
    key, held = id(secret), _held  # The module may be gone before the secret is.

    def forget(_: weakref.ref[Secret]) -> None:
        held.pop(key, None)

    held[key] = weakref.ref(secret, forget)


def _forms(value: str) -> Iterator[str]:
    """Yield ``value`` as it is, and as it looks after the usual encodings; nothing if it is short.

    Within a longer text Base64 depends on where the value begins, so there are three of it, without
    the characters at the ends that depend on the neighbours.
    """
    if not isinstance(value, str) or len(value) < _LEAST_LENGTH:
        return
    data = value.encode("utf-8", "surrogatepass")
    yield value
    yield from (urllib.parse.quote(data, safe=""), urllib.parse.quote(data))
    yield urllib.parse.quote_plus(data)
    yield from (data.hex(), data.hex().upper())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(data).decode()
        for shift, first in enumerate((0, 2, 3)):
            yield encode(bytes(shift) + data).decode()[first : (shift + len(data)) * 8 // 6]


def held_forms() -> list[str]:
    """Return what gives a living secret away, the longest first: one may be a part of another."""
    while True:
        try:
            references = list(_held.values())
        except RuntimeError:  # A secret came or went meanwhile, in another thread.
            continue
        living = [secret for reference in references if (secret := reference()) is not None]
        forms = {form for secret in living for form in secret._given_away_by()}
        return sorted(forms, key=len, reverse=True)


def _without_forms(text: str, forms: list[str]) -> str:
    for form in forms:
        text = text.replace(form, _MASK)
    return text


def _without_parameters(text: str) -> str:
    return _PARAMETERS.sub(rf"\1\3{_MASK}", text)


def redact_url(text: str) -> str:
    """Return ``text`` with ``***`` for what authenticates: an address, a message, a log line.

    That is every value of at least 6 characters that a living :class:`Secret` holds, as it is,
    percent-encoded, or in hexadecimal or Base64 digits; and the value after a name such as
    ``signature``, ``listenKey`` or ``token``, written ``name=value``, ``name: value`` or
    ``"name": "value"``, whoever knows it.
    """
    return _without_parameters(_without_forms(text, held_forms()))


def one_line(text: object, *, limit: int = 200) -> str:
    """Return ``text`` fit for a log line: one line, printable, at most ``limit`` characters.

    Control characters, line ends, terminal escapes and bidirectional marks are shown as escapes, so
    that a server can neither forge a log line nor move the cursor of a terminal. Secrets are
    blanked as by :func:`redact_url`, and before anything is cut off.
    """
    raw, forms = str(text), held_forms()
    longest = len(forms[0]) if forms else 0
    size = 4 * limit + longest
    known = _without_forms(raw[:size], forms)
    if len(raw) > size:
        # Only a bounded part is searched. A secret that its end cuts in two is not found there:
        # as much as could be the beginning of one is dropped.
        known = known[: max(0, len(known) - longest)]
    shown = _without_parameters(known)
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)
    return safe if len(safe) <= limit and len(raw) <= size else safe[: limit - 1] + "…"


class RedactingFilter(logging.Filter):
    """Blanks what authenticates in the records of a foreign logger, as :func:`redact_url` does.

    urllib3 logs the whole request target at DEBUG, and with it the signature. The filter rewrites
    the record in place and lets every record pass.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the message by its redacted text; always returns True."""
        message = record.getMessage()
        redacted = redact_url(message)
        if redacted != message:
            record.msg, record.args = redacted, ()
        return True
