"""What was summarised, on which closes, and where it went: a small SQLite file.

What is promised
----------------
A run holds the journal's one lock from the moment it looks whether a summary is news until the
summary is out and recorded. So of two runs at once the second waits, and finds it done. A run that
is killed before the record is committed leaves none, and the next run writes the summary again:
nothing is lost. Of what is printed or sent no program can take back what is out, so a kill in the
instant between the last byte and the commit lets the next run write the same summary once more;
that is the only way to see it twice. The record itself is there whole or not at all, and once.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Literal, NamedTuple

from marketmove.errors import JournalError, Place, Problem
from marketmove.news import Revision, Seen, Summary, revisions

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Result = Literal["printed", "delivered", "failed"]
STANDARD_OUTPUT = "standard output"

# "mmjl": tells a journal from any other SQLite file.
_APPLICATION_ID = 0x6D6D6A6C
# How a file of each version becomes one of the next; a new file takes all steps. Never edited.
_STEPS = (
    """
    CREATE TABLE summaries (
        id INTEGER PRIMARY KEY, sessions TEXT NOT NULL, indices TEXT NOT NULL,
        form TEXT NOT NULL, options TEXT NOT NULL, made_at TEXT NOT NULL
    );
    CREATE INDEX by_asked ON summaries (sessions, indices, form, options);
    CREATE TABLE closes (
        summary INTEGER NOT NULL REFERENCES summaries (id), symbol TEXT NOT NULL, session TEXT,
        close REAL, prior_session TEXT, prior_close REAL, PRIMARY KEY (summary, symbol)
    ) WITHOUT ROWID
    """,
    # Before it there was no other place than standard output.
    """
    CREATE TABLE deliveries (
        summary INTEGER NOT NULL REFERENCES summaries (id), target TEXT NOT NULL,
        result TEXT NOT NULL, detail TEXT NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (summary, target)
    ) WITHOUT ROWID;
    INSERT INTO deliveries SELECT id, 'standard output', 'printed', '', made_at FROM summaries
    """,
)
VERSION = len(_STEPS)


class Delivery(NamedTuple):
    """Where a summary went: the name of a target (never an address), with what result, and when.

    ``detail`` says why it failed. ``at`` is an ISO moment.
    """

    target: str
    result: Result
    detail: str
    at: str


class Entry(NamedTuple):
    """A summary of the journal: when it was made, where it went, what it revised."""

    summary: Summary
    made_at: str
    deliveries: tuple[Delivery, ...]
    revisions: tuple[Revision, ...]


class Journal:
    """A journal that is open for writing, and locked; ``writing`` opens one."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection, self._path = connection, path

    def revisions(self, summary: Summary) -> tuple[Revision, ...]:
        """Give the closes that changed since the summary was last out; none where it never was."""
        with _failures(self._path):
            last = _last(self._connection, summary)
            return () if last is None else revisions(_closes(self._connection, last), summary.seen)

    def owed(self, summary: Summary, targets: Sequence[str]) -> tuple[str, ...]:
        """Give the targets that do not have this summary, on these closes, as the last one."""
        with _failures(self._path):
            return tuple(t for t in targets if not self._has(summary, t))

    def _has(self, summary: Summary, target: str) -> bool:
        last = _last(self._connection, summary, target)
        return last is not None and _closes(self._connection, last) == summary.seen

    def record(self, summary: Summary, moment: dt.datetime) -> int:
        """Enter a summary that is about to go out, and give its number.

        It is entered first, so that a full disk or a folder that cannot be written to is found
        before anything is out; it counts only once ``writing`` ends.
        """
        with _failures(self._path):
            number = self._connection.execute(
                "INSERT INTO summaries (sessions, indices, form, options, made_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (*summary[:4], _stamp(moment)),
            ).lastrowid
            self._connection.executemany(
                "INSERT INTO closes VALUES (?, ?, ?, ?, ?, ?)",
                [(number, *seen) for seen in summary.seen],
            )
            return number or 0

    def went(
        self, number: int, target: str, result: Result, moment: dt.datetime, detail: str = ""
    ) -> None:
        """Enter where a summary went; a target is told by its name, never its address."""
        if "://" in target.replace("://…", ""):
            raise ValueError("the address of a target is no name")
        with _failures(self._path):
            self._connection.execute(
                "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?)",
                (number, target, result, detail, _stamp(moment)),
            )


@contextlib.contextmanager
def writing(path: Path, wait_s: float) -> Iterator[Journal]:
    """Open a journal and lock it until what was entered is committed; it is made if there is none.

    An older one is brought to the version of today, in the same transaction. An exception in
    between leaves the file as it was.

    Parameters
    ----------
    path
        The file; its folder has to be there.
    wait_s
        How many seconds to wait for another run that holds the lock.

    Raises
    ------
    JournalError
        If it cannot be opened, locked or written, is damaged, of a newer version, or no journal.

    Examples
    --------
    >>> import datetime as dt, pathlib, tempfile
    >>> from marketmove.news import Seen, Summary
    >>> day = Seen("N225", "2025-02-14", 39149.43, "2025-02-13", 39461.47)
    >>> made = Summary("2025-02-14", "N225", "text", "", (day,))
    >>> moment = dt.datetime(2025, 2, 14, 10, tzinfo=dt.UTC)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "journal.sqlite"
    ...     with writing(path, 1) as journal:
    ...         first = journal.owed(made, [STANDARD_OUTPUT])
    ...         journal.went(journal.record(made, moment), STANDARD_OUTPUT, "printed", moment)
    ...     with writing(path, 1) as journal:
    ...         again = journal.owed(made, [STANDARD_OUTPUT])
    >>> first, again
    (('standard output',), ())
    """
    with _failures(path):
        connection = _connected(f"{_address(path)}?mode=rwc", wait_s)
    with contextlib.closing(connection):
        with _failures(path):
            # Rollback journal, not WAL: at rest there is one file, which can be read in a folder
            # that cannot be written to and on network drives, and what a kill leaves is undone by
            # whoever opens it next. EXTRA also syncs the folder, so that a power cut right after
            # the commit does not bring the transaction's rollback back.
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("PRAGMA synchronous = EXTRA")
            connection.execute("BEGIN IMMEDIATE")
        try:
            with _failures(path):
                _bring_up(connection, _version(connection, path))
            yield Journal(connection, path)
            with _failures(path):
                connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise


def entries(path: Path, wait_s: float) -> tuple[Entry, ...]:
    """Read all summaries of a journal, the oldest first; nothing is written.

    Raises
    ------
    JournalError
        If there is none, or it cannot be read.
    """
    if not path.is_file():
        what = "is no file" if path.exists() else "there is no journal; `summary --once` makes one"
        raise JournalError.at(Place(str(path)), what)
    with _failures(path), contextlib.closing(_readable(path, wait_s)) as connection:
        connection.execute("BEGIN")
        version = _version(connection, path)
        if 0 < version < VERSION:
            # Brought up in memory: the file stays as it is until a run writes to it.
            connection.execute("COMMIT")
            return _entries_of_older(connection, version)
        return _entries(connection) if version else ()


def _entries_of_older(connection: sqlite3.Connection, version: int) -> tuple[Entry, ...]:
    with contextlib.closing(_connected(":memory:", 0)) as copy:
        connection.backup(copy)
        _bring_up(copy, version)
        return _entries(copy)


def _entries(connection: sqlite3.Connection) -> tuple[Entry, ...]:
    made: list[Entry] = []
    last_out: dict[tuple[str, ...], Summary] = {}
    for number, made_at, *texts in connection.execute(
        "SELECT id, made_at, sessions, indices, form, options FROM summaries ORDER BY id"
    ):
        sessions, indices, form, options = asked = tuple(texts)
        summary = Summary(sessions, indices, form, options, _closes(connection, number))
        rows = connection.execute(
            "SELECT target, result, detail, at FROM deliveries WHERE summary = ? ORDER BY target",
            [number],
        )
        deliveries = tuple(Delivery(*row) for row in rows)
        before = last_out.get(asked)
        revised = () if before is None else revisions(before.seen, summary.seen)
        made.append(Entry(summary, made_at, deliveries, revised))
        if any(delivery.result != "failed" for delivery in deliveries):
            last_out[asked] = summary
    return tuple(made)


def _last(
    connection: sqlite3.Connection, summary: Summary, target: str | None = None
) -> int | None:
    """The number of the last such summary that went out, to a target or to any."""
    row = connection.execute(
        "SELECT max(id) FROM summaries JOIN deliveries ON summary = id WHERE sessions = ?"
        " AND indices = ? AND form = ? AND options = ? AND result != 'failed'"
        " AND target = coalesce(?, target)",
        (*summary[:4], target),
    ).fetchone()
    number: int | None = row[0]
    return number


def _closes(connection: sqlite3.Connection, number: int) -> tuple[Seen, ...]:
    rows = connection.execute(
        "SELECT symbol, session, close, prior_session, prior_close FROM closes"
        " WHERE summary = ? ORDER BY symbol",
        [number],
    )
    return tuple(Seen(*row) for row in rows)


def _stamp(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _address(path: Path) -> str:
    return path.absolute().as_uri()


def _connected(address: str, wait_s: float) -> sqlite3.Connection:
    # Transactions are begun and ended where it is written so, not by the module's own rules.
    return sqlite3.connect(address, uri=True, timeout=wait_s, isolation_level=None)


def _readable(path: Path, wait_s: float) -> sqlite3.Connection:
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


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The version of a file that is sound and a journal; 0 for one that is empty."""
    sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if sound != "ok":
        raise _damaged(path)
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    empty = not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if owner != _APPLICATION_ID and not (empty and version == 0):
        text = "is a SQLite file, but no journal of marketmove; it is left as it is"
        raise JournalError.at(Place(str(path)), text)
    if version > VERSION:
        text = (
            f"this journal was written by a newer marketmove (version {version}, known is"
            f" {VERSION}); update marketmove, or name another file with --journal"
        )
        raise JournalError.at(Place(str(path)), text)
    return version


def _bring_up(connection: sqlite3.Connection, version: int) -> None:
    if version == VERSION:
        return
    for step in _STEPS[version:]:
        # Not executescript(), which would end the transaction.
        for statement in step.split(";"):
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


@contextlib.contextmanager
def _failures(path: Path) -> Iterator[None]:
    """Say what SQLite reports as people can mend it."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
            raise _damaged(path) from None
        raise JournalError.at(Place(str(path)), f"the journal {_reason(name, error)}") from None


def _damaged(path: Path) -> JournalError:
    text = (
        "the journal is damaged, or no journal; it is left as it is."
        " Move it away, and the next run begins a new one"
    )
    return JournalError([Problem(Place(str(path)), text)])


def _reason(name: str, error: sqlite3.Error) -> str:
    reasons = {
        "SQLITE_BUSY": "is held by another run, which has not ended",
        "SQLITE_FULL": "cannot be written: no space left on device",
        "SQLITE_READONLY": "cannot be written: it or its folder is read-only",
        "SQLITE_CANTOPEN": "cannot be opened: no such folder, or no permission",
        "SQLITE_PERM": "cannot be opened: no permission",
        "SQLITE_IOERR": "cannot be read or written: the disk reports an error, or is full",
    }
    known = (text for start, text in reasons.items() if name.startswith(start))
    return next(known, f"cannot be used: {error}")
