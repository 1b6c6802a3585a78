"""Header fields: what may be sent, and what can be learned from those that arrive."""

from __future__ import annotations

import datetime
import email.utils
import re
from collections.abc import Iterable, Mapping

from ..errors import ConfigurationError, ProtocolViolation

__all__ = [
    "MAX_RETRY_AFTER",
    "Headers",
    "checked_headers",
    "cookie_values",
    "parse_head",
    "retry_after",
]

MAX_RETRY_AFTER = 3_600.0
"""The longest wait, in seconds, that a server can ask for."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_VALUE = re.compile(r"(?:[!-~](?:[ \t!-~]*[!-~])?)?", re.ASCII)
_STATUS_LINE = re.compile(r"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?", re.ASCII)
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade"})


class Headers(dict[str, str]):
    """Header fields by name; the representation, as a traceback may show it, has no values."""

    def __repr__(self) -> str:
        return f"<Headers {', '.join(self)}>"


def checked_headers(headers: Mapping[str, str]) -> Headers:
    """Return a copy of ``headers`` that cannot inject anything into a request.

    Raises:
        ConfigurationError: a name is not a token or belongs to the transport, or a value is not
            printable ASCII. The text names the header and does not repeat its value.
    """
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name):
            raise ConfigurationError("a header name is not a token")
        if name.lower() in _OURS or name.lower().startswith("sec-websocket-"):
            raise ConfigurationError(f"the header {name} belongs to the transport")
        if not _VALUE.fullmatch(value):
            raise ConfigurationError(f"the value of the header {name} is not printable ASCII")
    return Headers(headers)


def parse_head(head: bytes) -> tuple[int, list[tuple[str, str]]]:
    """Return status and header fields, with lower-case names, of the head of an HTTP reply.

    Args:
        head: all lines of the head, without the empty line that ends it.

    Raises:
        ProtocolViolation: the head breaks HTTP/1.1; the text repeats nothing of it.
    """
    first, *lines = head.decode("latin-1").split("\r\n")
    status = _STATUS_LINE.fullmatch(first)
    if status is None:
        raise ProtocolViolation("the reply does not begin with an HTTP/1.1 status line")
    return int(status[1]), [_parse_field(line) for line in lines]


def _parse_field(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not _TOKEN.fullmatch(name) or "\r" in value or "\n" in value:
        raise ProtocolViolation("the reply has a line that is not a header field")
    return name.lower(), value.strip(" \t")


def retry_after(value: str | None) -> float | None:
    """Return the seconds that a Retry-After value asks for, from 0 to :data:`MAX_RETRY_AFTER`.

    It is None where there is no value, or one that is neither a number of seconds nor an HTTP date.
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,18}", text, re.ASCII):
        return min(float(text), MAX_RETRY_AFTER)
    try:
        when = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=datetime.timezone.utc)
    wait = (when - datetime.datetime.now(datetime.timezone.utc)).total_seconds()
    return min(max(wait, 0.0), MAX_RETRY_AFTER)


def cookie_values(set_cookie: Iterable[str]) -> dict[str, str]:
    """Return the cookies of Set-Cookie values by name, without attributes; the last one wins."""
    pairs = (line.partition(";")[0].partition("=") for line in set_cookie)
    return {name.strip(): value.strip() for name, equals, value in pairs if equals and name.strip()}
