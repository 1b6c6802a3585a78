"""The writer never holds anybody up, says what it left out, and leaves a file that can be read."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from sixmm.clock import ManualClock
from sixmm.errors import ConfigurationError
from sixmm.records.format import Header
from sixmm.records.reader import read_record
from sixmm.records.writer import RecordWriter, create_file

_DEADLINE = 20.0
_HEADER = Header(started_ms=1)


class _SlowDisk(io.RawIOBase):
    """A file on a disk that hangs until it is let go."""

    def __init__(self, path: Path, *, broken: bool = False) -> None:
        self.hangs = threading.Event()
        self.go_on = threading.Event()
        self._file = path.open("wb")
        self._broken = broken

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.hangs.set()
        if not self.go_on.wait(_DEADLINE):
            raise TimeoutError("nobody let it go")
        if self._broken:
            raise OSError(28, "No space left on device")
        self._file.write(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def _numbers(path: Path) -> list[int]:
    return [entry.data["n"] for entry in read_record(path).entries if entry.kind == "x"]


def test_order_and_times(tmp_path: Path) -> None:
    """Entries are written in their order, with the times of both clocks."""
    clock = ManualClock(monotonic=5.0, time_ms=1_000)
    path = tmp_path / "a"
    writer = RecordWriter(create_file(path), _HEADER, clock=clock)
    writer.put("x", {"n": 1})
    clock.advance(1.5)
    clock.step_wall(-2_000)
    writer.put("x", {"n": 2})

    assert writer.close(_DEADLINE)
    assert [(e.at_us, e.ms, e.data) for e in read_record(path).entries] == [
        (0, 1_000, {"n": 1}),
        (1_500_000, 500, {"n": 2}),
    ]


@pytest.mark.parametrize("bounds", [{"max_messages": 10}, {"max_bytes": 4_000}])
def test_slow_disk(tmp_path: Path, bounds: dict[str, int]) -> None:
    """Where the disk hangs nobody waits: what does not fit is counted, and told at its place."""
    disk = _SlowDisk(tmp_path / "a")
    writer = RecordWriter(disk, _HEADER, **bounds)  # type: ignore[arg-type]
    assert disk.hangs.wait(_DEADLINE)
    for n in range(100):
        writer.put("x", {"n": n}, size=200)
    left_out = writer.left_out
    assert not writer.close(timeout=0.01)
    disk.go_on.set()

    assert writer.close(_DEADLINE)
    record = read_record(tmp_path / "a")
    assert 85 <= left_out <= 95
    assert record.left_out == left_out == writer.left_out
    assert record.entries[-1].kind == "left_out"
    assert [e.data["n"] for e in record.entries[:-1]] == list(range(100 - left_out))


def test_goes_on_after_a_gap(tmp_path: Path) -> None:
    """A gap is told before the first entry after it."""
    disk = _SlowDisk(tmp_path / "a")
    writer = RecordWriter(disk, _HEADER, max_messages=1)  # type: ignore[arg-type]
    assert disk.hangs.wait(_DEADLINE)
    writer.put("x", {"n": 0})
    writer.put("x", {"n": 1}, messages=3)
    disk.go_on.set()
    number = 2
    while writer.left_out == number + 1:  # Until there is room again.
        number += 1
        writer.put("x", {"n": number})
    assert writer.close(_DEADLINE)

    kinds = [entry.kind for entry in read_record(tmp_path / "a").entries]
    assert kinds == ["x", "left_out", "x"]
    assert _numbers(tmp_path / "a") == [0, number]


def test_a_large_one(tmp_path: Path) -> None:
    """A message that is larger than the whole bound is written where nothing else waits."""
    path = tmp_path / "a"
    writer = RecordWriter(create_file(path), _HEADER, max_messages=1, max_bytes=1)
    writer.put("x", {"n": 1}, size=1_000_000, messages=50)

    assert writer.close(_DEADLINE)
    assert _numbers(path) == [1]


def test_full_disk(tmp_path: Path) -> None:
    """A disk that is full ends the record and nothing else, and it is said why."""
    disk = _SlowDisk(tmp_path / "a", broken=True)
    writer = RecordWriter(disk, _HEADER)  # type: ignore[arg-type]
    writer.put("x", {"n": 1}, messages=2)
    disk.go_on.set()

    assert not writer.close(_DEADLINE)
    assert writer.failure == "the record cannot be written: No space left on device"
    assert writer.left_out == 2
    writer.put("x", {"n": 2})
    assert not writer.close(_DEADLINE)


def test_closed(tmp_path: Path) -> None:
    """What comes after the end is not written; closing again does nothing, and no thread stays."""
    path = tmp_path / "a"
    before = threading.active_count()
    writer = RecordWriter(create_file(path), _HEADER)

    assert writer.close(_DEADLINE)
    writer.put("x", {"n": 1})
    assert writer.close(_DEADLINE)
    assert writer.left_out == 0
    assert _numbers(path) == []
    assert threading.active_count() == before


def test_can_be_read_while_it_grows(tmp_path: Path) -> None:
    """Before anything is closed, what was written a moment ago can be read."""
    path = tmp_path / "a"
    writer = RecordWriter(create_file(path), _HEADER)
    writer.put("x", {"n": 1})
    waited = threading.Event()
    try:
        for _ in range(200):
            # The first bytes are on the disk before the first line is.
            with contextlib.suppress(ConfigurationError):
                record = read_record(path)
                if record.entries:
                    break
            waited.wait(0.1)
    finally:
        assert writer.close(_DEADLINE)

    assert record.is_torn
    assert [entry.data for entry in record.entries] == [{"n": 1}]
    assert not read_record(path).is_torn


def test_private_file(tmp_path: Path) -> None:
    """Only the owner can read a record, whatever the mask says."""
    previous = os.umask(0)
    try:
        create_file(tmp_path / "a").close()
    finally:
        os.umask(previous)

    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_no_overwriting(tmp_path: Path) -> None:
    """A file that is there stays, unless it is asked for; then the new one is private, too."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="exists already"):
        create_file(path)
    assert path.read_bytes() == b"old"

    create_file(path, overwrite=True).close()

    assert path.read_bytes() == b""
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="links need a permission elsewhere")
def test_links(tmp_path: Path) -> None:
    """A link is not followed: it is refused, or replaced itself."""
    other, link = tmp_path / "other", tmp_path / "link"
    other.write_bytes(b"mine")
    link.symlink_to(other)
    with pytest.raises(ConfigurationError):
        create_file(link)

    create_file(link, overwrite=True).close()

    assert not link.is_symlink()
    assert other.read_bytes() == b"mine"


@pytest.mark.parametrize("name", [".", "no/such/folder", "nul\0"])
def test_no_file_there(tmp_path: Path, name: str) -> None:
    """Where no file can be made it is said at once, in an error of ours."""
    with pytest.raises(ConfigurationError, match="record cannot"):
        create_file(os.path.join(tmp_path, name), overwrite=True)


def test_compressed(tmp_path: Path) -> None:
    """The file is plain gzip with JSON lines: it can be looked at without sixmm."""
    path = tmp_path / "a"
    writer = RecordWriter(create_file(path), _HEADER, clock=ManualClock(time_ms=7))
    writer.put("x", {"n": 1})
    writer.close(_DEADLINE)

    assert gzip.decompress(path.read_bytes()).decode() == (
        '{"format":"sixmm-record","version":1,"started_ms":1,"client":""}\n'
        '{"kind":"x","us":0,"ms":7,"n":1}\n'
    )
