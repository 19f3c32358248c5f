"""What is remembered of feeds between runs, and the lock of the archive: one small SQLite file.

It can be removed at any time: then the next run asks for everything anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from marketmove.errors import MarketMoveError, OutputError, Place, Problem

# Hidden: no command takes it for a file of closes.
STATE_FILE = ".fetch.sqlite"
# "mmfe": tells it from any other SQLite file.
_APPLICATION_ID = 0x6D6D6665
_WAIT_S = 60.0
_TABLES = (
    """CREATE TABLE IF NOT EXISTS answers (
        request TEXT PRIMARY KEY, etag TEXT NOT NULL, modified TEXT NOT NULL, rows TEXT NOT NULL
    ) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS waits (host TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS turns (host TEXT PRIMARY KEY, next REAL NOT NULL) WITHOUT ROWID",
)


class Validators(NamedTuple):
    """What tells a provider which answer is known: its ETag and when it was modified.

    ``rows`` is the digest of the rows of the index that were there after the answer: with other
    rows, or none, the answer is not known any more.
    """

    etag: str = ""
    modified: str = ""
    rows: str = ""


def digest(data: bytes | str) -> str:
    """Give what stands for data that is too long, or too secret, to keep."""
    raw = data.encode() if isinstance(data, str) else data
    return hashlib.sha256(raw).hexdigest()


class State:
    """The file of an archive; each method is a transaction of its own, over all processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / STATE_FILE

    def prepare(self) -> None:
        """Make the folder and the file, where they lack.

        Raises
        ------
        OutputError
            If they cannot be made, or the file is another's.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = (error.strerror or "cannot be made").lower()
            text = f"the archive cannot be made: {reason}; name another place: archive: PATH"
            raise OutputError.at(Place(str(self._folder)), text) from None
        with self.locked() as connection:
            owner = connection.execute("PRAGMA application_id").fetchone()[0]
            used = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
            if owner != _APPLICATION_ID and used:
                text = "is another program's file; move it away"
                raise OutputError.at(Place(str(self._path)), text)
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")

    @contextlib.contextmanager
    def locked(self) -> Iterator[sqlite3.Connection]:
        """Have the archive alone, until the end of the block.

        Raises
        ------
        OutputError
            If the file cannot be opened, locked or written.
        """
        with self._failures(), contextlib.closing(self._connected()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    def _connected(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=_WAIT_S, isolation_level=None)

    def validators(self, request: str) -> Validators:
        """Give what is remembered of the last answer to a request; the request is not kept."""
        with self.locked() as connection:
            found = connection.execute(
                "SELECT etag, modified, rows FROM answers WHERE request = ?", [digest(request)]
            ).fetchone()
        return Validators(*found) if found else Validators()

    def remember(self, request: str, validators: Validators) -> None:
        """Keep what tells the next request that its answer is known; empty forgets it."""
        with self.locked() as connection:
            connection.execute("DELETE FROM answers WHERE request = ?", [digest(request)])
            if validators.etag or validators.modified:
                values = [digest(request), *validators]
                connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", values)

    def not_before(self, host: str) -> float:
        """Give the moment before which a host wants no request, in seconds since 1970; 0 if any."""
        with self.locked() as connection:
            found = connection.execute("SELECT until FROM waits WHERE host = ?", [host]).fetchone()
        return float(found[0]) if found else 0.0

    def wait_until(self, host: str, until: float) -> None:
        """Keep until when a host wants no request."""
        with self.locked() as connection:
            connection.execute("INSERT OR REPLACE INTO waits VALUES (?, ?)", [host, until])

    def turn(self, host: str, now: float, spacing_s: float) -> float:
        """Take the next turn at a host, and give how many seconds it is away."""
        with self.locked() as connection:
            found = connection.execute("SELECT next FROM turns WHERE host = ?", [host]).fetchone()
            # A clock that was set back leaves turns far ahead, which nobody waits for.
            first = float(found[0]) if found and found[0] - now < _WAIT_S else now
            mine = max(now, first)
            values = [host, mine + spacing_s]
            connection.execute("INSERT OR REPLACE INTO turns VALUES (?, ?)", values)
        return mine - now

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _failure(self._path, error) from None


def _failure(path: Path, error: sqlite3.Error) -> MarketMoveError:
    name = getattr(error, "sqlite_errorname", "")
    reasons = {
        "SQLITE_NOTADB": "is damaged, or another program's; remove it, it holds no closes",
        "SQLITE_CORRUPT": "is damaged; remove it, it holds no closes",
        "SQLITE_BUSY": "is in use by another run, which has not ended",
        "SQLITE_FULL": "cannot be written: no space left on device",
        "SQLITE_READONLY": "cannot be written: it or its folder is read-only",
        "SQLITE_CANTOPEN": "cannot be written: no permission, or its folder is read-only",
        "SQLITE_PERM": "cannot be opened: no permission",
        "SQLITE_IOERR": "cannot be read or written: the disk reports an error, or is full",
    }
    known = (text for start, text in reasons.items() if name.startswith(start))
    text = next(known, f"cannot be used: {error}")
    return OutputError([Problem(Place(str(path)), text)])
