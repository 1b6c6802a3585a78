"""What is on the disk is seen, in whatever form it lies there."""

from __future__ import annotations

import gzip

import pytest

from sixmm import Client

from .canaries import Canaries
from .kept_files import KeptFiles, unpacked


def test_a_secret_in_a_file_is_found() -> None:
    """As text, packed, packed and cut off, and after other packed bytes."""
    secrets = Canaries(3)
    text = f"a {secrets.make('key')} b".encode() + b"x" * 50_000
    packed = gzip.compress(text)
    with KeptFiles() as kept:
        assert not secrets.hits(kept.read())
        forms = (text, packed, packed[:-20], gzip.compress(b"before") + packed)
        for number, data in enumerate(forms):
            path = kept.path / f"{number}"
            path.write_bytes(data)
            assert secrets.hits(kept.read()), number
            path.unlink()
    assert unpacked(b"") == unpacked(b"text") == unpacked(b"\x1f\x8b no") == b""


def test_clients_leave_a_record_and_a_checkpoint() -> None:
    """Both are read while they are written, and as a whole when that is over."""
    with KeptFiles() as kept:
        client = Client(
            "k" * 20,
            "s" * 20,
            rest_url="http://127.0.0.1:1",
            ws_url="ws://127.0.0.1:1/ws",
            checkpoint=kept.checkpoint,
            **kept.transports(),
        )
        client.start()
        names = {path.name for path in kept.path.iterdir()}
        open_files = kept.read()
        client.close()
        files = kept.read_whole()

    assert {"record.jsonl.gz", "state.db"} <= names
    assert any(data.startswith(b"SQLite format 3") for data in open_files)
    assert b"account 6mm" in files[-1]
    assert any(b'"format":' in data[:100] for data in files)


def test_nothing_is_left_of_them() -> None:
    """The folder goes with the block."""
    with KeptFiles() as kept:
        path = kept.path
        assert path.exists()

    assert not path.exists()
    with pytest.raises(FileNotFoundError):
        kept.read()
