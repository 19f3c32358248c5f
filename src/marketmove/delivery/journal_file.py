"""The file of the journal: its tables, its one lock, and what SQLite reports, in words."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

from marketmove.errors import JournalError, Place, Problem

# "mmjl": tells a journal from any other SQLite file.
_APPLICATION_ID = 0x6D6D6A6C
_VERSION = 4
# Only its user may read a journal, which may hold messages.
_MODE = 0o600
_TABLES = (
    """CREATE TABLE summaries (
        id INTEGER PRIMARY KEY, sessions TEXT NOT NULL, indices TEXT NOT NULL,
        form TEXT NOT NULL, options TEXT NOT NULL, made_at TEXT NOT NULL,
        ended INTEGER NOT NULL DEFAULT 1
    )""",
    "CREATE INDEX by_asked ON summaries (sessions, indices, form, options)",
    """CREATE TABLE closes (
        summary INTEGER NOT NULL REFERENCES summaries (id), symbol TEXT NOT NULL, session TEXT,
        close REAL, prior_session TEXT, prior_close REAL, PRIMARY KEY (summary, symbol)
    ) WITHOUT ROWID""",
    """CREATE TABLE deliveries (
        summary INTEGER NOT NULL REFERENCES summaries (id), target TEXT NOT NULL,
        result TEXT NOT NULL, detail TEXT NOT NULL, at TEXT NOT NULL, name TEXT,
        PRIMARY KEY (summary, target)
    ) WITHOUT ROWID""",
    # What a target lacks, whole, until it has it.
    """CREATE TABLE undelivered (
        summary INTEGER NOT NULL REFERENCES summaries (id), target TEXT NOT NULL,
        message TEXT NOT NULL, PRIMARY KEY (summary, target)
    ) WITHOUT ROWID""",
)
# What came with version 4: what the URLs of targets are hashed with.
_SINCE_4 = (
    "CREATE TABLE salts (salt TEXT NOT NULL)",
    "INSERT INTO salts VALUES (lower(hex(randomblob(16))))",
)


@contextlib.contextmanager
def locked(path: Path, wait_s: float) -> Iterator[sqlite3.Connection]:
    """Open a journal for writing, in a transaction, and lock it to the end, over all commits.

    It is made if there is none. What was entered is committed at the end; after an exception the
    file is as the last commit left it.
    """
    _refuse_no_file(path)
    with failures(path):
        _make_private(path)
        connection = _connected(f"{_address(path)}?mode=rwc", min(wait_s, 1))
    with contextlib.closing(connection):
        try:
            with failures(path):
                _lock(connection, wait_s)
                if _made_or_updated(connection, path):
                    # What targets are known by is to stay, whatever becomes of this run.
                    connection.execute("COMMIT")
                    with contextlib.suppress(OSError):
                        path.chmod(_MODE)
                    _lock(connection, wait_s)
                _keep_lock(connection, wait_s)
            yield connection
            with failures(path):
                _unlock(connection, "COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                _unlock(connection, "ROLLBACK")
            raise


def _lock(connection: sqlite3.Connection, wait_s: float) -> None:
    """Take the lock; it is waited for in turns of a second, between which an interrupt is heard."""
    for turn in range(1, max(1, round(wait_s)) + 1):
        try:
            # Rollback journal, not WAL: at rest there is one file, which can be read in a folder
            # that cannot be written to and on network drives, and what a kill leaves is undone by
            # whoever opens it next. EXTRA also syncs the folder, so that a power cut right after
            # the commit does not bring the transaction's rollback back.
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("PRAGMA synchronous = EXTRA")
            connection.execute("BEGIN IMMEDIATE")
            break
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or turn >= wait_s:
                raise


def _keep_lock(connection: sqlite3.Connection, wait_s: float) -> None:
    # No commit gives up the lock. Not said before it is taken: who waits would keep others from it.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute(f"PRAGMA busy_timeout = {int(wait_s * 1000)}")


def _unlock(connection: sqlite3.Connection, how: str) -> None:
    connection.execute("PRAGMA locking_mode = NORMAL")
    connection.execute(how)


@contextlib.contextmanager
def readable(path: Path, wait_s: float) -> Iterator[sqlite3.Connection]:
    """Open a journal to read it; nothing is written."""
    if not _is_there(path):
        text = "there is no journal; `summary --once` makes one"
        raise JournalError.at(Place(str(path)), text)
    with failures(path), contextlib.closing(_opened(path, wait_s)) as connection:
        connection.execute("BEGIN")
        if _has_tables(connection, path):
            yield connection
            return
        # The file stays empty until a run writes to it.
        with contextlib.closing(_connected(":memory:", 0)) as empty:
            _make_tables(empty)
            yield empty


@contextlib.contextmanager
def in_memory(path: Path, wait_s: float) -> Iterator[sqlite3.Connection]:
    """Open a copy of a journal, or an empty one where there is none; nothing is written."""
    with contextlib.closing(_connected(":memory:", 0)) as copy:
        if _is_there(path):
            with readable(path, wait_s) as connection, failures(path):
                connection.backup(copy)
        _made_or_updated(copy, path)
        yield copy


def _is_there(path: Path) -> bool:
    try:
        _refuse_no_file(path)
        return path.exists()
    except OSError:
        return True


def _refuse_no_file(path: Path) -> None:
    """Refuse what is there and no file; what cannot be looked at, SQLite has words for."""
    with contextlib.suppress(OSError, ValueError):
        if not stat.S_ISREG(path.stat().st_mode):
            raise JournalError.at(Place(str(path)), "is not a file, so it cannot be the journal")


def _address(path: Path) -> str:
    return path.absolute().as_uri()


def _connected(address: str, wait_s: float) -> sqlite3.Connection:
    # Transactions are begun and ended where it is written so, not by the module's own rules.
    return sqlite3.connect(address, uri=True, timeout=wait_s, isolation_level=None)


def _opened(path: Path, wait_s: float) -> sqlite3.Connection:
    """Open for reading; what a killed run left half written has to be undone by a writer first."""
    connection = _connected(f"{_address(path)}?mode=ro", wait_s)
    try:
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname != "SQLITE_READONLY_ROLLBACK":
            raise
        connection.close()
        connection = _connected(f"{_address(path)}?mode=rw", wait_s)
    return connection


def _has_tables(connection: sqlite3.Connection, path: Path) -> bool:
    """Tell whether a file is a sound journal, or still empty; refuse what is neither."""
    sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if sound != "ok":
        raise _damaged(path)
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    empty = not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if owner != _APPLICATION_ID and not (empty and version == 0):
        text = "is a SQLite file, but not a journal of marketmove; it was not changed"
        raise JournalError.at(Place(str(path)), text)
    if version > _VERSION:
        text = (
            f"this journal was written by a newer marketmove (version {version}, known is"
            f" {_VERSION}); update marketmove, or name another file with --journal"
        )
        raise JournalError.at(Place(str(path)), text)
    return not empty


def _make_private(path: Path) -> None:
    """Make the file, still empty, so that only its user may read it."""
    with contextlib.suppress(OSError):  # for what hinders it SQLite has words
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _MODE))


def _made_or_updated(connection: sqlite3.Connection, path: Path) -> bool:
    """Make the tables, or bring those of an older version to this one; what they have stays."""
    if not _has_tables(connection, path):
        _make_tables(connection)
        return True
    if connection.execute("PRAGMA user_version").fetchone()[0] == _VERSION:
        return False
    connection.execute("ALTER TABLE deliveries ADD COLUMN name TEXT")
    for statement in _SINCE_4:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {_VERSION}")
    return True


def _make_tables(connection: sqlite3.Connection) -> None:
    # Not executescript(), which would end the transaction.
    for statement in (*_TABLES, *_SINCE_4):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {_VERSION}")


@contextlib.contextmanager
def failures(path: Path) -> Iterator[None]:
    """Say what SQLite reports as people can mend it: raise a ``JournalError`` for it."""
    try:
        yield
    except UnicodeEncodeError:
        text = "the journal cannot store a name with characters that are not text"
        raise JournalError.at(Place(str(path)), text) from None
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise JournalError.at(Place(str(path)), f"the journal cannot be used: {why}") from None
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError):
        # What is read of it is not what was written.
        raise _damaged(path) from None
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
            raise _damaged(path) from None
        raise JournalError.at(Place(str(path)), f"the journal {_reason(name, error)}") from None


def _damaged(path: Path) -> JournalError:
    text = (
        "the journal is damaged, or is not one; it was not changed."
        " Move it away, and the next run starts a new one"
    )
    return JournalError([Problem(Place(str(path)), text)])


def _reason(name: str, error: sqlite3.Error) -> str:
    reasons = {
        "SQLITE_BUSY": "is in use by another run, which has not ended",
        "SQLITE_FULL": "cannot be written: no space left on device",
        "SQLITE_READONLY": "cannot be written: it or its folder is read-only",
        "SQLITE_CANTOPEN": "cannot be opened: no such folder, or no permission",
        "SQLITE_PERM": "cannot be opened: no permission",
        "SQLITE_IOERR": "cannot be read or written: the disk reports an error, or is full",
    }
    known = (text for start, text in reasons.items() if name.startswith(start))
    return next(known, f"cannot be used: {error}")
