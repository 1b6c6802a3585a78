"""A line says the same when it is read as when it was written, and anything else is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import (
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
from sixmm.records.format import (
    VERSION,
    Entry,
    Header,
    Malformed,
    as_bytes,
    as_text,
    entry_line,
    error_told,
    header_line,
    read_entry,
    read_header,
    told_error,
)


@given(st.integers(0, 2**53), st.text())
def test_header(started_ms: int, client: str) -> None:
    """A header comes back as it was."""
    header = Header(started_ms=started_ms, client=client)

    assert read_header(header_line(header)) == header


@given(st.lists(st.binary()))
def test_messages(messages: list[bytes]) -> None:
    """Messages come back byte for byte, also those that no server should send; a line is ASCII."""
    texts = [as_text(message) for message in messages]
    entry = Entry(kind="in", at_us=12, ms=34, data={"link": 1, "messages": texts})

    line = entry_line(entry)

    assert line.isascii()
    assert line.count(b"\n") == 1
    assert read_entry(line) == entry
    assert [as_bytes(text) for text in read_entry(line).data["messages"]] == messages


def test_made_by_hand() -> None:
    """Half of a surrogate pair, which no writer makes, does not stop a replay."""
    assert as_bytes("\ud83d") == b"?"


def _header(**changes: Any) -> bytes:
    told = {"format": "sixmm-record", "version": VERSION, "started_ms": 1, **changes}
    return json.dumps(told).encode()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "not JSON"),
        (b"hello", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b"{}", "not a record of sixmm"),
        (_header(format="har"), "not a record of sixmm"),
        (_header(version=2), "version 2 .* reads 1"),
        (_header(version="1"), "version unknown"),
        (_header(version=True), "version unknown"),
        (_header(started_ms="1"), "when it began"),
    ],
)
def test_wrong_header(line: bytes, reason: str) -> None:
    """A file of another kind or version is refused, and it is said why."""
    with pytest.raises(Malformed, match=reason):
        read_header(line)


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"kind": "in", "us": 1},
        {"kind": 1, "us": 1, "ms": 1},
        {"kind": "in", "us": "1", "ms": 1},
        {"kind": "in", "us": 1, "ms": 1},
        {"kind": "in", "us": 1, "ms": 1, "link": 1, "messages": [1]},
        {"kind": "out", "us": 1, "ms": 1, "link": 1},
        {"kind": "call", "us": 1, "ms": 1, "call": 1, "method": "GET"},
        {"kind": "reply", "us": 1, "ms": 1, "call": 1, "status": "200"},
    ],
)
def test_wrong_entry(entry: dict[str, Any]) -> None:
    """An entry without what a replay relies on is refused when it is read, not when it is used."""
    with pytest.raises(Malformed):
        read_entry(json.dumps(entry).encode())


def test_unknown_entry() -> None:
    """A kind that is not known yet is read: a later program may tell more."""
    assert read_entry(b'{"kind":"new","us":1,"ms":2,"x":3}').data == {"x": 3}


@pytest.mark.parametrize(
    "error",
    [
        ClientClosed("a"),
        ConfigurationError("a"),
        ConnectFailed("a"),
        ConnectionClosed(code=1008, reason="a", by="remote"),
        DeadlineExceeded("a"),
        HandshakeRefused("a", http_status=429, retry_after=3.0),
        ProtocolViolation("a", close_code=1007),
        TlsFailed("a", certificate=True),
    ],
)
def test_errors(error: SixmmError) -> None:
    """Each error of a transport comes back as the same error."""
    again = told_error(json.loads(json.dumps(error_told(error))))

    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert str(again) == str(error)


def test_foreign_error() -> None:
    """Of an error that is not ours only the name is kept, and it is played as a lost connection."""
    told = error_told(KeyError("canary"))

    assert told == {"type": "KeyError", "text": ""}
    assert isinstance(told_error(told), ConnectionClosed)
    assert isinstance(told_error({"code": "x", "reason": 1, "by": None}), ConnectionClosed)
