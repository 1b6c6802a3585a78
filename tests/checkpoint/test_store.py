"""The file: whose it is, who may hold it, what is in it, and what is not."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sixmm.checkpoint.entries import Entry
from sixmm.checkpoint.store import SCHEMA_VERSION, Batch, Store
from sixmm.errors import ConfigurationError, LocalStateError
from sixmm.redaction import Secret
from sixmm.state.rows import BEFORE, Row

from .making import condition_row, fill_row, open_store, order_row

ROWS: list[Row] = [order_row(1), fill_row(1), (BEFORE, "o1", (None,), 0)]


def entry(number: int) -> Entry:
    """Return an entry of a push."""
    return Entry(number, "push", b'{"push":%d}' % number, 7, "user.9")


def test_new(tmp_path: Path) -> None:
    """A new file has nothing, says so, and is for its owner only."""
    store = open_store(tmp_path)
    assert not store.load().has_begun
    store.close()

    assert [path.name for path in tmp_path.iterdir()] == ["state.db"]
    if os.name == "posix":
        assert (tmp_path / "state.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_made_private(tmp_path: Path) -> None:
    """A file that others may read is closed to them; so are the files of SQLite beside it."""
    path = tmp_path / "state.db"
    path.touch(0o644)
    path.chmod(0o644)
    store = open_store(tmp_path)
    store.write(Batch(rows=ROWS, last=1))

    assert {p.stat().st_mode & 0o777 for p in tmp_path.iterdir()} == {0o600}
    store.close()


def test_read_back(tmp_path: Path) -> None:
    """What was written is read back by the next one, and what was handled is not."""
    store = open_store(tmp_path)
    store.write(Batch(rows=ROWS, entries=[entry(1), entry(2)], last=2, certain_ms=5, topic="t"))
    store.write(Batch(handled=[1], rows=[order_row(1, rank=3)]))
    store.close()
    second = open_store(tmp_path)
    loaded = second.load()
    second.close()

    assert loaded.has_begun
    assert loaded.journal == (entry(2),)
    assert (loaded.last, loaded.certain_ms, loaded.topic) == (2, 5, "t")
    assert set(loaded.rows) == {order_row(1, rank=3), *ROWS[1:]}


def test_beginning(tmp_path: Path) -> None:
    """A beginning replaces the rows that were there, and leaves the journal."""
    store = open_store(tmp_path)
    store.write(Batch(rows=[order_row(1)], entries=[entry(1)], last=1))
    store.write(Batch(rows=[order_row(2)], last=1, is_beginning=True))
    loaded = store.load()
    store.close()

    assert loaded.rows == (order_row(2),)
    assert loaded.journal == (entry(1),)


def test_whole_or_not_at_all(tmp_path: Path) -> None:
    """A transaction that fails leaves nothing of itself, and the next one works."""
    store = open_store(tmp_path)
    store.write(Batch(entries=[entry(1)], last=1))
    with pytest.raises(sqlite3.IntegrityError):
        store.write(Batch(rows=ROWS, entries=[entry(2), entry(1)], last=2))
    store.write(Batch(entries=[entry(2)], last=2))
    loaded = store.load()
    store.close()

    assert loaded.journal == (entry(1), entry(2))
    assert loaded.rows == ()


def test_pruned(tmp_path: Path) -> None:
    """The file forgets what the mirror forgets: all but the newest fills and ended orders."""
    store = open_store(tmp_path)
    for start in range(0, 70_000, 10_000):
        store.write(Batch(rows=[fill_row(n) for n in range(start, start + 10_000)], last=0))
    ended = [order_row(n, rank=3) for n in range(12_000)]
    store.write(Batch(rows=[*ended, order_row(99_999), (BEFORE, "o1", (None,), 0)], last=0))
    for start in range(0, 20_000, 10_000):
        past = [condition_row(n, waits=not n) for n in range(start, start + 10_000)]
        store.write(Batch(rows=past, last=0))
    rows = store.load().rows
    store.close()

    assert sum(row[0] == "condition" for row in rows) == 5_001
    assert condition_row(0, waits=True) in rows
    assert sum(row[0] == "fill" for row in rows) == 50_000
    assert rows[0] == fill_row(20_000)
    assert sum(row[0] == "order" for row in rows) == 10_001
    assert order_row(99_999) in rows
    assert not any(row[0] == BEFORE for row in rows)


def test_held(tmp_path: Path) -> None:
    """A second client on the file is refused, until the first lets go of it."""
    first = open_store(tmp_path)
    with pytest.raises(LocalStateError, match="used by another client"):
        open_store(tmp_path)
    first.close()
    open_store(tmp_path).close()


def test_other_account(tmp_path: Path) -> None:
    """The file of another account is refused, and stays as it is."""
    open_store(tmp_path).close()
    with pytest.raises(ConfigurationError, match="another account"):
        open_store(tmp_path, account="fake 11")
    open_store(tmp_path).close()


def test_newer(tmp_path: Path) -> None:
    """A file of a newer version is refused, with both versions."""
    open_store(tmp_path).close()
    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(ConfigurationError, match=f"version {SCHEMA_VERSION + 1}"):
        open_store(tmp_path)


def test_other_database(tmp_path: Path) -> None:
    """A database of something else is refused, and not touched."""
    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    with pytest.raises(ConfigurationError, match="no checkpoint"):
        open_store(tmp_path)


@pytest.mark.parametrize("text", [b"hello, this is no database", b"\0" * 4_096])
def test_no_database(tmp_path: Path, text: bytes) -> None:
    """A file of something else is refused with what to do, and not touched."""
    (tmp_path / "state.db").write_bytes(text)
    with pytest.raises(LocalStateError, match="move it away"):
        open_store(tmp_path)
    assert (tmp_path / "state.db").read_bytes() == text


def test_damaged(tmp_path: Path) -> None:
    """A file with a hole in it is refused with what to do: it is never begun anew in silence."""
    store = open_store(tmp_path)
    store.write(Batch(rows=[fill_row(n) for n in range(2_000)], last=1))
    store.close()
    path = tmp_path / "state.db"
    content = bytearray(path.read_bytes())
    content[8_192:40_960] = os.urandom(32_768)
    path.write_bytes(content)
    with pytest.raises(LocalStateError, match="move it away"):
        open_store(tmp_path).load()


def test_wrong_row(tmp_path: Path) -> None:
    """A row that cannot be read is damage, too."""
    store = open_store(tmp_path)
    store.write(Batch(rows=ROWS, last=1))
    store.close()
    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute("UPDATE memory SET row = '{'")
    connection.close()
    store = open_store(tmp_path)
    with pytest.raises(LocalStateError, match="damaged"):
        store.load()
    store.close()


def test_no_place(tmp_path: Path) -> None:
    """Where there can be no file the error says so."""
    with pytest.raises(LocalStateError, match="cannot be opened"):
        Store(tmp_path / "missing" / "state.db", account="a")


def test_odd_values(tmp_path: Path) -> None:
    """What an exchange may send, however odd, does not end the checkpoint."""
    store = open_store(tmp_path)
    odd: Row = ("order", "\ud800", ("\ud800", "OPEN", 1), 10**30)
    store.write(Batch(rows=[odd], entries=[Entry(1, "push", b"\xff", 7, "\ud800")], last=1))
    loaded = store.load()
    store.close()

    assert loaded.rows[0][2] == odd[2]
    assert loaded.journal[0].body == b"\xff"


def test_secrets_that_are_repeated(tmp_path: Path) -> None:
    """A push that tells a stream key or an API key is kept without it, wherever it stands (F1)."""
    value = "4qNDmX6291TRm3qp/+=8adUsQ0ZtTq2p"
    secret = Secret(value)
    quoted = value.replace("/+=", "%2F%2B%3D")
    told: Row = ("order", f"o{value}", (f"a {value} b", "OPEN", 1, (value, None)), 1)
    push = f'{{"bad /ws?listenKey={quoted}, {value.encode().hex()}'.encode()
    entries = [Entry(1, "push", push, 7, f"user.{value}"), entry(2)]
    with contextlib.closing(open_store(tmp_path)) as store:
        store.write(Batch(rows=[told, *ROWS], entries=entries, last=2, topic=f"user.{value}"))
        loaded = store.load()
        files = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert secret.reveal()[:16].encode() not in files
    assert loaded.rows[0][1:3] == ("o***", ("a *** b", "OPEN", 1, ("***", None)))
    assert loaded.journal[0].body == b'{"bad /ws?listenKey=***, ***'
    assert (loaded.journal[0].topic, loaded.topic) == ("user.***", "user.***")
    # What tells none is as it was.
    assert loaded.rows[1:] == tuple(ROWS)
    assert loaded.journal[1] == entry(2)


def test_short_secrets_are_no_words_of_orders(tmp_path: Path) -> None:
    """A password that is the name of a market does not spoil what is kept of it."""
    secret = Secret("BTCUSDT")
    with contextlib.closing(open_store(tmp_path)) as store:
        store.write(Batch(rows=ROWS, last=1))
        loaded = store.load()

    assert secret
    assert loaded.rows == tuple(ROWS)


FORK = """
import os, sys
from pathlib import Path

sys.path.append(sys.argv[2])
from tests.checkpoint.making import open_store
from sixmm.checkpoint.store import Batch
from sixmm.checkpoint.entries import Entry

store = open_store(Path(sys.argv[1]))
store.write(Batch(entries=[Entry(1, "push", b"1", 7, "")], last=1))
child = os.fork()
if not child:
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
store.write(Batch(entries=[Entry(2, "push", b"2", 7, "")], last=2))
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_fork(tmp_path: Path) -> None:
    """The end of a forked child leaves the file of its parent alone."""
    # At the end of its path, so that it finds the package that this process has found.
    root = str(Path(__file__).parents[2])
    subprocess.run([sys.executable, "-c", FORK, str(tmp_path), root], check=True, timeout=60)
    store = open_store(tmp_path)
    journal = store.load().journal
    store.close()

    assert [entry.number for entry in journal] == [1, 2]


def test_handled_late(tmp_path: Path) -> None:
    """What is taken after the end can still be noted, unless another client has the file."""
    store = open_store(tmp_path)
    store.write(Batch(entries=[entry(1), entry(2)], last=2))
    store.close()

    assert store.handled_late(1)
    second = open_store(tmp_path)
    assert second.load().journal == (entry(2),)
    second.close()
    assert not store.handled_late(2)
