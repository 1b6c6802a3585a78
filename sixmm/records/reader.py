"""Reads a record back, as far as it goes.

A program that was killed leaves a last line that is not complete, or compressed data that has no
end. What comes before is good, and is read; that something is missing is told.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator

import attrs

from ..errors import ConfigurationError
from .format import Entry, Header, Malformed, read_entry, read_header

__all__ = ["MAX_LINE_BYTES", "Record", "read_record"]

MAX_LINE_BYTES = 128 * 1024 * 1024
"""The longest line that is read."""

_NO_RECORD = "the record cannot be read"


@attrs.frozen(kw_only=True)
class Record:
    """A whole record."""

    header: Header
    entries: tuple[Entry, ...] = attrs.field(repr=False)
    is_torn: bool = False
    """Whether the file ends in the middle: its writer was killed, or the disk was full."""

    @property
    def left_out(self) -> int:
        """How many messages the writer had to leave out."""
        counts = (entry.data.get("count") for entry in self.entries if entry.kind == "left_out")
        return sum(count for count in counts if isinstance(count, int))


def read_record(path: str | os.PathLike[str], *, max_bytes: int = 1024 * 1024 * 1024) -> Record:
    """Return the record in a file.

    Args:
        path: the file.
        max_bytes: the most bytes of lines that are read; all of them are kept in memory.

    Raises:
        ConfigurationError: there is no file, it is not a record, its version is another, it is
            larger than ``max_bytes``, or a line in the middle of it is broken.
    """
    try:
        with gzip.open(path, "rb") as packed:
            return _read(_Lines(packed, max_bytes=max_bytes))
    except Malformed as exc:
        raise ConfigurationError(f"{_NO_RECORD}: {exc}") from None
    except gzip.BadGzipFile:
        raise ConfigurationError(f"{_NO_RECORD}: it is not compressed by gzip") from None
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or "its path cannot be that of a file"
        raise ConfigurationError(f"{_NO_RECORD}: {reason}") from exc


class _Lines:
    """The lines of compressed data, up to where it breaks off."""

    def __init__(self, packed: gzip.GzipFile, *, max_bytes: int) -> None:
        self._packed = packed
        self._left = max_bytes
        self._has_some = False
        self.is_torn = False

    def __iter__(self) -> Iterator[bytes]:
        while line := self._next():
            self._has_some = True
            if len(line) > self._left or not (line.endswith(b"\n") or len(line) <= MAX_LINE_BYTES):
                raise Malformed("it is larger than what is read")
            self._left -= len(line)
            if not line.endswith(b"\n"):
                self.is_torn = True
                return
            yield line

    def _next(self) -> bytes:
        try:
            return self._packed.readline(min(MAX_LINE_BYTES, self._left) + 1)
        except gzip.BadGzipFile:
            # Not gzip at all, or a sum at its end that is not right.
            if not self._has_some:
                raise
        except EOFError:
            if not self._has_some:
                raise Malformed("it breaks off before its first line") from None
        except zlib.error:
            if not self._has_some:
                raise Malformed("its compressed data is broken") from None
        self.is_torn = True
        return b""


def _read(lines: _Lines) -> Record:
    all_lines = iter(lines)
    first = next(all_lines, None)
    if first is None:
        raise Malformed("it breaks off in its first line" if lines.is_torn else "it is empty")
    header = read_header(first)
    entries: list[Entry] = []
    for number, line in enumerate(all_lines, start=2):
        try:
            entries.append(read_entry(line))
        except Malformed as exc:
            raise Malformed(f"line {number}: {exc}") from None
    return Record(header=header, entries=tuple(entries), is_torn=lines.is_torn)
