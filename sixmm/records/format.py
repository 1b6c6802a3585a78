"""The lines of a record: what each says, and how it is written and read back.

A record is gzip with one JSON object a line. The first line is the header; every other line is one
:class:`Entry`. A reader that meets a kind or a member that it does not know passes over it, so that
a later program may tell more under the same version.

Secrets are taken out before an entry is made; this module knows nothing of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs

from ..errors import (
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    ConnectionClosed,
    DeadlineExceeded,
    HandshakeRefused,
    ProtocolViolation,
    SixmmError,
    TlsFailed,
)
from ..redaction import redact_url

__all__ = [
    "VERSION",
    "Entry",
    "Header",
    "Malformed",
    "as_bytes",
    "as_text",
    "entry_line",
    "error_told",
    "header_line",
    "read_entry",
    "read_header",
    "told_error",
]

VERSION = 1
"""The version of the format that this module writes and reads."""

_NAME = "sixmm-record"


class Malformed(ValueError):
    """A line is not one of a record."""


@attrs.frozen(kw_only=True)
class Header:
    """The first line: what the file is, and when it began."""

    started_ms: int
    """Unix milliseconds of the local clock."""
    client: str = ""
    """Which program wrote it, as ``sixmm 0.1``."""


@attrs.frozen(kw_only=True)
class Entry:
    """One thing that happened.

    The kinds: ``dial``, ``open`` and ``refused`` (a connection is asked for, made, or not);
    ``in``, ``out``, ``ping``, ``pong``, ``close`` and ``end`` (on a link); ``call``, ``reply`` and
    ``failed`` (a REST call); ``left_out`` (so many messages are missing here).
    """

    kind: str
    at_us: int
    """Microseconds since the record began, on the monotonic clock."""
    ms: int
    """Unix milliseconds of the local clock, which may jump."""
    data: Mapping[str, Any] = attrs.field(factory=dict)
    """What else is told; which members there are depends on the kind."""


def header_line(header: Header) -> bytes:
    """Return the header as a line."""
    told = {"format": _NAME, "version": VERSION, "started_ms": header.started_ms}
    return _line({**told, "client": header.client})


def entry_line(entry: Entry) -> bytes:
    """Return an entry as a line."""
    return _line({"kind": entry.kind, "us": entry.at_us, "ms": entry.ms, **entry.data})


def read_header(line: bytes) -> Header:
    """Return the header that a line has.

    Raises:
        Malformed: the line is another, or the header of a version that is not known.
    """
    value = _object(line)
    if value.get("format") != _NAME:
        raise Malformed("it is not a record of sixmm")
    version = value.get("version")
    if type(version) is not int or version != VERSION:
        shown = version if type(version) is int else "unknown"
        raise Malformed(f"it has version {shown} of the format; this program reads {VERSION}")
    started, client = value.get("started_ms"), value.get("client")
    if type(started) is not int:
        raise Malformed("its header does not say when it began")
    return Header(started_ms=started, client=client if isinstance(client, str) else "")


def read_entry(line: bytes) -> Entry:
    """Return the entry that a line has.

    Raises:
        Malformed: the line has none.
    """
    value = _object(line)
    kind, at_us, ms = value.pop("kind", None), value.pop("us", None), value.pop("ms", None)
    if not isinstance(kind, str) or type(at_us) is not int or type(ms) is not int:
        raise Malformed("it does not say what happened when")
    wanted = _MEMBERS.get(kind, {})
    for name, types in wanted.items():
        if not isinstance(value.get(name), types):
            raise Malformed(f"its {name} is missing or of another kind")
    if kind == "in" and not all(isinstance(text, str) for text in value["messages"]):
        raise Malformed("its messages are not texts")
    return Entry(kind=kind, at_us=at_us, ms=ms, data=value)


# What a reader relies on; every other member is optional.
_MEMBERS: dict[str, dict[str, type]] = {
    "dial": {"link": int, "url": str},
    "open": {"link": int},
    "refused": {"link": int, "error": dict},
    "in": {"link": int, "messages": list},
    "out": {"link": int, "message": str},
    "end": {"link": int, "error": dict},
    "call": {"call": int, "method": str, "url": str},
    "reply": {"call": int, "status": int, "headers": dict, "cookies": dict, "body": str},
    "failed": {"call": int, "error": dict},
}


def _line(value: Mapping[str, Any]) -> bytes:
    # ASCII only: a message that is not valid UTF-8 survives as escaped halves of surrogate pairs.
    return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise Malformed("it is not JSON") from None
    if not isinstance(value, dict):
        raise Malformed("it is not a JSON object")
    return value


def as_text(data: bytes) -> str:
    """Return bytes as a text from which :func:`as_bytes` gives exactly them again."""
    return data.decode("utf-8", "surrogateescape")


def as_bytes(text: str) -> bytes:
    """Return the bytes of a text of a record."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # No record has this; somebody has made it by hand.
        return text.encode("utf-8", "replace")


# Errors

_PLAIN: dict[str, type[SixmmError]] = {
    kind.__name__: kind
    for kind in (ClientClosed, ConfigurationError, ConnectFailed, DeadlineExceeded)
}


def error_told(error: BaseException) -> dict[str, Any]:
    """Return an error of a transport as members of an entry."""
    if isinstance(error, ConnectionClosed):
        reason = redact_url(error.reason)
        return {"type": "ConnectionClosed", "code": error.code, "reason": reason, "by": error.by}
    told: dict[str, Any] = {"type": type(error).__name__, "text": redact_url(_text(error))}
    for name in ("http_status", "retry_after", "certificate", "close_code"):
        if hasattr(error, name):
            told[name] = getattr(error, name)
    return told


def _text(error: BaseException) -> str:
    # Of a foreign error, which may quote anything, only the name is kept.
    return str(error) if isinstance(error, SixmmError) else ""


def told_error(told: Mapping[str, Any]) -> SixmmError:
    """Return the error that an entry tells; what is not known is a connection that was lost."""
    kind, text = told.get("type"), _str(told.get("text")) or "as it is in the record"
    if kind == "ProtocolViolation":
        return ProtocolViolation(text, close_code=_int(told.get("close_code"), 1002))
    if kind == "HandshakeRefused":
        after = told.get("retry_after")
        after = float(after) if isinstance(after, int | float) else None
        return HandshakeRefused(
            text, http_status=_int(told.get("http_status"), 503), retry_after=after
        )
    if kind == "TlsFailed":
        return TlsFailed(text, certificate=told.get("certificate") is True)
    if kind in _PLAIN:
        return _PLAIN[str(kind)](text)
    return ConnectionClosed(
        code=_int(told.get("code"), 1006),
        reason=_str(told.get("reason")),
        by=_str(told.get("by")) or "network",
    )


def _int(value: object, default: int) -> int:
    return value if type(value) is int else default


def _str(value: object) -> str:
    return value if isinstance(value, str) else ""
