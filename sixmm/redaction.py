"""Keeping secrets out of everything that people read.

:class:`Secret` holds a key, token or password and shows only that there is one. :func:`redact_url`
blanks the query values that authenticate a request. :func:`one_line` makes
text from the other side safe to print: one line, no control characters, bounded.
"""

from __future__ import annotations

import logging
import re
from typing import NoReturn

__all__ = ["RedactingFilter", "Secret", "one_line", "redact_url"]

_MASK = "***"
_SECRET_PARAMETERS = re.compile(
    r"(?i)\b(signature|listenkey|token|accesstoken|access_token|apikey|api_key|apisecret"
    r"|passphrase|password|ticket|sign)=([^&\s\"'#]+)"
)


class Secret:
    """A text that must not be seen: an API secret, an access token, a listenKey, a password.

    It is masked in ``repr``, ``str`` and every format, so also in log lines and in
    ``attrs.asdict`` (which keeps the object as it is). It refuses to be pickled. Only
    :meth:`reveal` gives the text, and only the code that puts it on the wire calls it.

    Args:
        value: the text, or another secret.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str | Secret) -> None:
        self.__value: str = value.reveal() if isinstance(value, Secret) else value

    def reveal(self) -> str:
        """Return the text itself."""
        return self.__value

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


def redact_url(text: str) -> str:
    """Return ``text`` with every query value that authenticates a request replaced by ``***``."""
    return _SECRET_PARAMETERS.sub(rf"\1={_MASK}", text)


def one_line(text: object, *, limit: int = 200) -> str:
    """Return ``text`` fit for a log line: one line, printable, at most ``limit`` characters.

    Control characters, line ends, terminal escapes and bidirectional marks are shown as escapes, so
    that a server can neither forge a log line nor move the cursor of a terminal.
    """
    raw = str(text)
    clipped = redact_url(raw[: limit * 2])
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in clipped)
    return safe if len(safe) <= limit and len(raw) <= limit * 2 else safe[: limit - 1] + "…"


class RedactingFilter(logging.Filter):
    """Blanks authenticating query values in the records of a foreign logger.

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
