"""What clients leave on the disk: a record and a checkpoint, as they are and unpacked."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
import zlib
from pathlib import Path
from typing import Any

from sixmm.records import Recorder
from sixmm.transport import HttpTransport, RequestsTransport, WebSocketClientTransport

__all__ = ["KeptFiles", "unpacked"]


class KeptFiles:
    """A folder with the record and the checkpoint of clients; use it in a ``with`` block."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sixmm-hostile-")
        self.path = Path(self._folder.name)
        self.checkpoint = self.path / "state.db"
        self._recorder = Recorder(self.path / "record.jsonl.gz")

    def __enter__(self) -> KeptFiles:
        return self

    def __exit__(self, *_: object) -> None:
        self._recorder.close()
        self._folder.cleanup()

    def transports(self, http: HttpTransport | None = None) -> dict[str, Any]:
        """Return transports that are recorded, as arguments of a client."""
        return {
            "http": self._recorder.http(http or RequestsTransport()),
            "ws": self._recorder.ws(WebSocketClientTransport()),
        }

    def read(self) -> list[bytes]:
        """Return the bytes of every file that there is now, and those of a record unpacked."""
        found = []
        for path in sorted(self.path.iterdir()):
            # Elsewhere than on POSIX, a file may be locked against others.
            with contextlib.suppress(PermissionError, FileNotFoundError):
                data = path.read_bytes()
                found += [data, unpacked(data)]
        return found

    def read_whole(self) -> list[bytes]:
        """Return the same with the end of the record, and every row of the checkpoint.

        The clients are closed by now. In the file of a checkpoint a long row may lie in pieces.
        """
        self._recorder.close()
        return [*self.read(), self._rows()]

    def _rows(self) -> bytes:
        if not self.checkpoint.exists():
            return b""
        with tempfile.TemporaryDirectory() as folder:
            for path in self.path.glob("state.db*"):
                shutil.copy(path, folder)
            copy = Path(folder, self.checkpoint.name)
            with contextlib.closing(sqlite3.connect(copy)) as connection:
                return "\n".join(_shown(connection)).encode("utf-8", "surrogatepass")


def _shown(connection: sqlite3.Connection) -> list[str]:
    """Return every row of every table; a value of bytes as the text that it is."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    rows = [row for (name,) in tables for row in connection.execute(f"SELECT * FROM {name}")]
    return [
        " ".join(v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in row)
        for row in rows
    ]


def unpacked(data: bytes) -> bytes:
    """Return what gzip has packed, as far as it is there; nothing for any other bytes."""
    parts = []
    with contextlib.suppress(zlib.error):
        while data[:2] == b"\x1f\x8b":
            reader = zlib.decompressobj(wbits=31)
            parts.append(reader.decompress(data))
            data = reader.unused_data
    return b"".join(parts)
