"""A record is read as far as it goes, and what is no record is refused with a reason."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import ConfigurationError
from sixmm.records import reader
from sixmm.records.format import Entry, Header, entry_line, header_line
from sixmm.records.reader import read_record

_HEAD = header_line(Header(started_ms=1, client="sixmm"))
_ENTRIES = tuple(Entry(kind="x", at_us=n, ms=n, data={"n": n}) for n in range(50))
_WHOLE = _HEAD + b"".join(map(entry_line, _ENTRIES))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a test writes what it then reads."""
    return tmp_path_factory.mktemp("records") / "a.jsonl.gz"


def test_whole(path: Path) -> None:
    """A whole record has its header and every entry."""
    path.write_bytes(gzip.compress(_WHOLE))

    record = read_record(path)

    assert record.header == Header(started_ms=1, client="sixmm")
    assert record.entries == _ENTRIES
    assert not record.is_torn
    assert "entries" not in repr(record)


@given(st.integers(len(_HEAD), len(_WHOLE)))
def test_torn_line(path: Path, length: int) -> None:
    """A last line that is not complete is left out, and that it is there is told."""
    text = _WHOLE[:length]
    path.write_bytes(gzip.compress(text))

    record = read_record(path)

    assert record.entries == _ENTRIES[: text.count(b"\n") - 1]
    assert record.is_torn is not text.endswith(b"\n")


@given(st.data())
def test_truncated(path: Path, data: st.DataObject) -> None:
    """Compressed data that breaks off anywhere gives what can be read of it, in order."""
    packed = gzip.compress(_WHOLE)
    path.write_bytes(packed[: data.draw(st.integers(1, len(packed) - 1))])

    try:
        record = read_record(path)
    except ConfigurationError:
        return  # Not even the header is there.
    assert record.is_torn
    assert record.entries == _ENTRIES[: len(record.entries)]


def test_broken_sum(path: Path) -> None:
    """A sum at the end that is wrong is told, and what was read stays."""
    packed = gzip.compress(_WHOLE)
    path.write_bytes(packed[:-8] + bytes(8))

    assert read_record(path).is_torn


def test_broken_inside(path: Path) -> None:
    """Broken compressed data is the end of what can be read."""
    packed = bytearray(gzip.compress(_WHOLE * 1, compresslevel=0))
    path.write_bytes(bytes(packed[:-20]) + b"\xff" * 30)

    assert read_record(path).is_torn


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (gzip.compress(b""), "it is empty"),
        (b"hello", "not compressed by gzip"),
        (_WHOLE, "not compressed by gzip"),
        (gzip.compress(b"hello\n"), "not JSON"),
        (gzip.compress(b"{}\n"), "not a record of sixmm"),
        (gzip.compress(_HEAD[:-5]), "breaks off in its first line"),
        (gzip.compress(_HEAD.replace(b":1,", b":9,", 1)), "version 9"),
        (gzip.compress(_HEAD + b"{}\n" + entry_line(_ENTRIES[0])), "line 2: it does not say"),
        (gzip.compress(_WHOLE)[:8], "breaks off"),
        (gzip.compress(_WHOLE)[:10] + b"\xff" * 30, "its compressed data is broken"),
    ],
)
def test_no_record(path: Path, content: bytes, reason: str) -> None:
    """What is no record is refused, and the reason is said in one line."""
    path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=f"the record cannot be read: .*{reason}") as told:
        read_record(path)

    assert "\n" not in str(told.value)


def test_no_file(tmp_path: Path) -> None:
    """A path without a file, and a folder, are told as such."""
    with pytest.raises(ConfigurationError, match="No such file"):
        read_record(tmp_path / "none")
    with pytest.raises(ConfigurationError, match="record cannot be read"):
        read_record(tmp_path)
    with pytest.raises(ConfigurationError, match="cannot be that of a file"):
        read_record("nul\0")


def test_bounds(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file that unfolds to a large one is given up at the bound."""
    path.write_bytes(gzip.compress(_WHOLE))
    with pytest.raises(ConfigurationError, match="larger than what is read"):
        read_record(path, max_bytes=len(_WHOLE) - 1)
    assert read_record(path, max_bytes=len(_WHOLE)).entries == _ENTRIES

    path.write_bytes(gzip.compress(_HEAD + b" " * 2_000))
    monkeypatch.setattr(reader, "MAX_LINE_BYTES", 1_000)
    with pytest.raises(ConfigurationError, match="larger than what is read"):
        read_record(path)
