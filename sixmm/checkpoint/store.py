"""The file of a checkpoint: a SQLite database that one client at a time may hold.

It is written in transactions, each of which leaves it consistent; with SQLite's write-ahead log a
program that is killed loses the transactions that were not finished, and nothing else. The lock is
one of the operating system, which ends with the process, however that ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar, cast

import attrs

from ..errors import ConfigurationError, LocalStateError, SixmmError
from ..redaction import held_forms
from ..state.account import MAX_ENDED_ORDERS, MAX_FILLS
from ..state.conditions import MAX_ENDED_CONDITIONS
from ..state.models import ENDED_RANK
from ..state.rows import BEFORE, CONDITION, FILL, ORDER, Row
from ..state.values import IS_WAITING, RANK
from .coding import text_of, values_of_text
from .entries import Entry

__all__ = ["SCHEMA_VERSION", "Batch", "Loaded", "Store"]

SCHEMA_VERSION = 1
"""The version of the tables; a file of a newer one is refused."""

_APPLICATION_ID = 0x366D6D63
_MOST_INTEGER = 2**63 - 1
_PRUNE_EVERY = 10_000
_MAX_WAL_BYTES = 16 * 1024 * 1024
_LEAST_SECRET = 12
"""Shorter secrets are left alone here: they might be a word of an order."""

_Columns = TypeVar("_Columns", bound=tuple[object, ...])
_ADVICE = (
    "Restore the file, or move it away to begin anew: then the account as it is at that moment is "
    "the beginning, and what happened before is not delivered."
)

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE memory (
    kind TEXT NOT NULL, key TEXT NOT NULL, row TEXT NOT NULL, at INTEGER NOT NULL,
    changed INTEGER NOT NULL, ended INTEGER NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE journal (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, body BLOB NOT NULL,
    received_at INTEGER NOT NULL, topic TEXT NOT NULL
);
"""
_KEEP_ROW = """
INSERT INTO memory (kind, key, row, at, changed, ended) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (kind, key) DO UPDATE
SET row = excluded.row, at = excluded.at, changed = excluded.changed, ended = excluded.ended
"""
_KEEP_META = "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)"
_FORGET = """
DELETE FROM memory WHERE kind = ? AND ended = ? AND changed <= (
    SELECT changed FROM memory WHERE kind = ? AND ended = ?
    ORDER BY changed DESC LIMIT 1 OFFSET ?
)
"""
_FORGET_BEFORE = """
DELETE FROM memory WHERE kind = ? AND NOT EXISTS (
    SELECT 1 FROM memory AS held
    WHERE held.kind = ? AND held.key = memory.key AND held.ended = 0
)
"""


@attrs.frozen(kw_only=True)
class Loaded:
    """What a file holds: the memory of the mirror, and what was not handled."""

    has_begun: bool
    """Whether it holds the account at all; else it is a new file."""
    rows: tuple[Row, ...] = ()
    certain_ms: int = 0
    last: int = 0
    """The number of the last event that it knows of."""
    journal: tuple[Entry, ...] = ()
    topic: str = ""


@attrs.define(kw_only=True)
class Batch:
    """What one transaction writes."""

    rows: list[Row] = attrs.field(factory=list)
    entries: list[Entry] = attrs.field(factory=list)
    handled: list[int] = attrs.field(factory=list)
    """The numbers of entries that were written before, and are no longer needed."""
    last: int | None = None
    certain_ms: int = 0
    topic: str = ""
    is_beginning: bool = False


class Store:
    """One open file.

    Args:
        path: where it is, or is to be.
        account: names the account; it holds no secret.

    Raises:
        ConfigurationError: the file is another account's, of a newer version, or no checkpoint.
        LocalStateError: another client uses it, or it is damaged, or it cannot be opened.
    """

    def __init__(self, path: str | os.PathLike[str], *, account: str) -> None:
        self._path = Path(path)
        self._account = account
        self._owner = secrets.token_hex(8)
        self._written = 0
        self._changed = 0
        with _explained(self._path):
            _make_private(self._path)
            self._connection = _connect(self._path)
        try:
            with _explained(self._path):
                self._take()
        except BaseException:
            self._connection.close()
            raise
        _stores.add(self)

    def load(self) -> Loaded:
        """Return what the file holds.

        Raises:
            LocalStateError: it is damaged.
        """
        with _explained(self._path):
            execute = self._connection.execute
            meta = dict(execute("SELECT name, value FROM meta").fetchall())
            rows = execute("SELECT kind, key, row, at FROM memory ORDER BY changed").fetchall()
            journal = execute(
                "SELECT number, kind, body, received_at, topic FROM journal ORDER BY number"
            ).fetchall()
            (self._changed,) = execute("SELECT coalesce(max(changed), 0) FROM memory").fetchone()
            return Loaded(
                has_begun="last" in meta,
                rows=tuple((kind, key, values_of_text(row), at) for kind, key, row, at in rows),
                certain_ms=int(meta.get("certain_ms", 0)),
                last=int(meta.get("last", 0)),
                journal=tuple(Entry(*row) for row in journal),
                topic=meta.get("topic", ""),
            )

    def write(self, batch: Batch) -> None:
        """Write a batch, as a whole or not at all.

        Raises:
            sqlite3.Error: the disk or the file failed; nothing of it was written.
            TypeError: a row cannot be kept; the same.
        """
        rows = [self._row(number, row) for number, row in enumerate(batch.rows, self._changed + 1)]
        entries = [
            (e.number, e.kind, e.body, e.received_at, _storable(e.topic)) for e in batch.entries
        ]
        rows, entries = _without_secrets(rows), _without_secrets(entries)
        with self._transaction() as connection:
            if batch.is_beginning:
                connection.execute("DELETE FROM memory")
            connection.executemany(_KEEP_ROW, rows)
            connection.executemany("INSERT INTO journal VALUES (?, ?, ?, ?, ?)", entries)
            connection.executemany(
                "DELETE FROM journal WHERE number = ?", [(number,) for number in batch.handled]
            )
            if batch.last is not None:
                figures = [("last", str(batch.last)), ("certain_ms", str(batch.certain_ms))]
                topic = [("topic", _storable(batch.topic))] if batch.topic else []
                topic = _without_secrets(topic)
                connection.executemany(_KEEP_META, figures + topic)
            if self._written + len(rows) >= _PRUNE_EVERY:
                _prune(connection)
        self._changed += len(rows)
        self._written = (self._written + len(rows)) % _PRUNE_EVERY

    def close(self) -> None:
        """Close the file; another client may use it then."""
        self._connection.close()

    def handled_late(self, number: int) -> bool:
        """Note, after :meth:`close`, that an event was handled; False where that was not possible.

        Where another client has taken the file meanwhile, it has delivered the event once more.
        """
        try:
            with contextlib.closing(_connect(self._path, exclusive=False)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                found = connection.execute("SELECT value FROM meta WHERE name = 'owner'").fetchone()
                if found != (self._owner,):
                    return False
                connection.execute("DELETE FROM journal WHERE number = ?", (number,))
                connection.execute("COMMIT")
        except sqlite3.Error:
            return False
        return True

    # Inside

    def _take(self) -> None:
        """Check whose file it is, and hold it."""
        execute = self._connection.execute
        execute("PRAGMA synchronous = NORMAL")
        execute(f"PRAGMA journal_size_limit = {_MAX_WAL_BYTES}")
        with self._transaction():
            (application,) = execute("PRAGMA application_id").fetchone()
            (version,) = execute("PRAGMA user_version").fetchone()
            (tables,) = execute("SELECT count(*) FROM sqlite_master").fetchone()
            if not (application or version or tables):
                self._make()
            else:
                self._check(application, version)
            execute(_KEEP_META, ("owner", self._owner))
        (verdict,) = execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise _damaged(self._path)

    def _make(self) -> None:
        for statement in _SCHEMA.split(";"):
            if statement.strip():
                self._connection.execute(statement)
        self._connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        self._connection.execute(_KEEP_META, ("account", self._account))

    def _check(self, application: int, version: int) -> None:
        if application != _APPLICATION_ID:
            raise ConfigurationError(f"{self._path} is a database, but no checkpoint of sixmm")
        if version > SCHEMA_VERSION:
            raise ConfigurationError(
                f"the checkpoint {self._path} was written by a newer sixmm (version {version}, and "
                f"this one reads up to {SCHEMA_VERSION}). Use that one, or another file."
            )
        found = self._connection.execute("SELECT value FROM meta WHERE name = 'account'").fetchone()
        if found != (self._account,):
            raise ConfigurationError(
                f"the checkpoint {self._path} belongs to another account, exchange or API key. "
                "Give each its own file."
            )

    def _row(self, changed: int, row: Row) -> tuple[str, str, str, int, int, int]:
        kind, key, values, at_ms = row
        is_ended = (kind == ORDER and values[RANK] >= ENDED_RANK) or (
            kind == CONDITION and not values[IS_WAITING]
        )
        at_ms = min(at_ms, _MOST_INTEGER)
        return kind, _storable(key), text_of(values), at_ms, changed, int(is_ended)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


_stores: weakref.WeakSet[Store] = weakref.WeakSet()


def _keep_for_ever() -> None:
    """See that the child of a fork never closes the files of its parent.

    To close one would tidy up beside it, and the parent would go on writing to what is gone. So the
    connections get one more reference, which nobody gives back.
    """
    for store in list(_stores):
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(store._connection))


if hasattr(os, "register_at_fork") and hasattr(ctypes, "pythonapi"):
    os.register_at_fork(after_in_child=_keep_for_ever)


def _prune(connection: sqlite3.Connection) -> None:
    """Forget what the mirror has forgotten as well: all but the newest."""
    bounds: Sequence[tuple[str, int, int]] = (
        (FILL, 0, MAX_FILLS),
        (ORDER, 1, MAX_ENDED_ORDERS),
        (CONDITION, 1, MAX_ENDED_CONDITIONS),
    )
    for kind, ended, kept in bounds:
        connection.execute(_FORGET, (kind, ended, kind, ended, kept))
    connection.execute(_FORGET_BEFORE, (BEFORE, ORDER))


def _storable(text: str) -> str:
    """Return the text without what no file can hold: halves of characters, which JSON may have."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _without_secrets(rows: list[_Columns]) -> list[_Columns]:
    """Return rows with a mask for every living secret: the other side may repeat one in a push.

    All rows are looked through at once, since hardly ever is there anything to be found.
    """
    values = [value for row in rows for value in row]
    text = "\n".join([value for value in values if isinstance(value, str)])
    data = b"\n".join([value for value in values if isinstance(value, bytes)])
    told = [
        (form, encoded)
        for form in held_forms()
        if len(form) >= _LEAST_SECRET
        and ((encoded := form.encode("utf-8", "surrogatepass")) in data or form in text)
    ]
    if not told:
        return rows
    return [cast(_Columns, tuple([_masked(value, told) for value in row])) for row in rows]


def _masked(value: object, told: list[tuple[str, bytes]]) -> object:
    for text, data in told:
        if isinstance(value, str):
            value = value.replace(text, "***")
        elif isinstance(value, bytes):
            value = value.replace(data, b"***")
    return value


def _connect(path: Path, *, exclusive: bool = True) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=0.0 if exclusive else 1.0, isolation_level=None, check_same_thread=False
    )
    try:
        if exclusive:
            # Before anything is read: the lock is then held until the file is closed.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
    except BaseException:
        connection.close()
        raise
    return connection


def _make_private(path: Path) -> None:
    """Make the file, or see that nobody else may read it; SQLite's own files beside it follow."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if os.name == "posix":
        path.chmod(0o600)


def _damaged(path: Path) -> LocalStateError:
    return LocalStateError(f"the checkpoint {path} is damaged. {_ADVICE}")


_BUSY = ("database is locked", "database table is locked")


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Say in our own words what SQLite or the system says."""
    try:
        yield
    except SixmmError:
        raise
    except sqlite3.OperationalError as error:
        if str(error) in _BUSY:
            raise LocalStateError(
                f"the checkpoint {path} is used by another client; each needs a file of its own"
            ) from error
        raise LocalStateError(f"the checkpoint {path} cannot be used: {error}") from error
    except OSError as error:
        raise LocalStateError(f"the checkpoint {path} cannot be opened: {error}") from error
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise _damaged(path) from error
