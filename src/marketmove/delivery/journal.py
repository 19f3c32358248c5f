"""What was summarised, on which closes, and where it went: a small SQLite file.

What is promised
----------------
A run holds the journal's one lock from the moment it looks whether a summary is news until the
summary is out everywhere and recorded. So of two runs at once the second waits, and finds it done.
Each delivery is committed as soon as it is made, and the print once it is out. A run that is killed
before leaves no record of that place, and the next run writes the summary there again: nothing is
lost. Of what is printed or sent no program can take back what is out, so a kill in the instant
between the last byte and the commit lets the next run write the same summary there once more; that
is the only way to see it twice. A record is there whole or not at all, and once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from marketmove.delivery.journal_file import failures, locked, readable
from marketmove.delivery.revisions import (
    CloseSeen,
    DatedRevision,
    Revision,
    SummaryKey,
    revisions,
    since,
)

Result = Literal["printed", "delivered", "failed"]

# What a target did not get is news for so long.
_TRIED_AGAIN_FOR = dt.timedelta(days=7)
_KEY = "sessions = ? AND indices = ? AND form = ? AND options = ?"


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

    summary: SummaryKey
    made_at: str
    deliveries: tuple[Delivery, ...]
    revisions: tuple[Revision, ...]


class Undelivered(NamedTuple):
    """An earlier summary that a target lacks: its number, and the message as it was sent."""

    number: int
    message: str


class Journal:
    """A journal that is open for writing, and locked; ``writing`` opens one."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection, self._path = connection, path

    def is_new(self, summary: SummaryKey) -> bool:
        """Tell whether no run that came to its end had this summary, on these closes, last."""
        with failures(self._path):
            last = _last(self._connection, summary)
            return last is None or _closes(self._connection, last) != summary.seen

    def revisions(
        self,
        summary: SummaryKey,
        target: str | None = None,
        archived: Sequence[DatedRevision] = (),
    ) -> tuple[Revision, ...]:
        """Give the closes that changed since the summary was last out, at a target or anywhere.

        Of ``archived`` those that came since such a summary of any sessions was.
        """
        with failures(self._path):
            last = _last_out(self._connection, summary, target)
            moment = _last_moment(self._connection, summary, target)
            own: tuple[Revision, ...] = ()
            if last is not None:
                own = revisions(_closes(self._connection, last), summary.seen)
        known = {one[:2] for one in own}
        late = () if moment is None else since(archived, moment)
        return (*own, *(one for one in late if one[:2] not in known))

    def pending_targets(self, summary: SummaryKey, targets: Sequence[str]) -> tuple[str, ...]:
        """Give the targets that do not have this summary, on these closes, as the last one.

        The others lack nothing of these sessions, whatever else could not be delivered of them.
        """
        with failures(self._path):
            pending = tuple(t for t in targets if not self._has(summary, t))
            for target in set(targets) - set(pending):
                self._set_undelivered(summary[:4], target, None)
            return pending

    def _has(self, summary: SummaryKey, target: str) -> bool:
        last = _last_out(self._connection, summary, target)
        return last is not None and _closes(self._connection, last) == summary.seen

    def undelivered(self, summary: SummaryKey, target: str) -> tuple[Undelivered, ...]:
        """Give what a target lacks of other sessions of such a summary, the oldest first."""
        with failures(self._path):
            rows = self._connection.execute(
                "SELECT id, message FROM undelivered JOIN summaries ON summary = id"
                " WHERE target = ? AND sessions != ? AND indices = ? AND form = ? AND options = ?"
                " ORDER BY id",
                (target, *summary[:4]),
            )
            return tuple(Undelivered(*row) for row in rows)

    def record(self, summary: SummaryKey, moment: dt.datetime) -> int:
        """Enter a summary that is about to go out, and give its number.

        It is entered first, so that a full disk or a folder that cannot be written to is found
        before anything is out; it counts only once something of it is out and committed.
        """
        with failures(self._path):
            self._connection.execute(
                "DELETE FROM undelivered WHERE summary IN"
                " (SELECT id FROM summaries WHERE made_at < ?)",
                [_stamp(moment - _TRIED_AGAIN_FOR)],
            )
            number = self._connection.execute(
                "INSERT INTO summaries (sessions, indices, form, options, made_at, ended)"
                " VALUES (?, ?, ?, ?, ?, 0)",
                (*summary[:4], _stamp(moment)),
            ).lastrowid
            self._connection.executemany(
                "INSERT INTO closes VALUES (?, ?, ?, ?, ?, ?)",
                [(number, *seen) for seen in summary.seen],
            )
            return number or 0

    def record_delivery(
        self,
        number: int,
        target: str,
        result: Result,
        moment: dt.datetime,
        detail: str = "",
        message: str = "",
    ) -> None:
        """Enter for good where a summary went; a kill from now on does not take it back.

        ``target`` is a name, never an address. ``message`` is what it lacks, if it failed.
        """
        if "://" in target.replace("://…", ""):
            raise ValueError("the address of a target is no name")
        with failures(self._path):
            self._connection.execute(
                "REPLACE INTO deliveries VALUES (?, ?, ?, ?, ?)",
                (number, target, result, detail, _stamp(moment)),
            )
            key = self._connection.execute(
                "SELECT sessions, indices, form, options FROM summaries WHERE id = ?", [number]
            ).fetchone()
            lacking = Undelivered(number, message) if message else None
            self._set_undelivered(key, target, lacking)
            self._connection.execute("COMMIT")
            self._connection.execute("BEGIN IMMEDIATE")

    def end(self, summary: SummaryKey) -> None:
        """Enter that a run with this summary came to its end."""
        with failures(self._path):
            self._connection.execute(
                "UPDATE summaries SET ended = 1 WHERE id ="  # noqa: S608 - as above
                f" (SELECT max(id) FROM summaries WHERE {_KEY})",
                summary[:4],
            )

    def _set_undelivered(
        self, key: Sequence[str], target: str, lacking: Undelivered | None
    ) -> None:
        """Enter what a target lacks of such summaries of the same sessions: this, and no more."""
        self._connection.execute(
            f"DELETE FROM undelivered WHERE target = ? AND summary IN"  # noqa: S608 - no text of users
            f" (SELECT id FROM summaries WHERE {_KEY})",
            (target, *key),
        )
        if lacking is not None:
            self._connection.execute(
                "INSERT INTO undelivered VALUES (?, ?, ?)",
                (lacking.number, target, lacking.message),
            )


@contextlib.contextmanager
def writing(path: Path, wait_s: float) -> Iterator[Journal]:
    """Open a journal and lock it to the end; it is made if there is none.

    An exception in between leaves in the file the deliveries recorded before it, and nothing else.

    Waits ``wait_s`` seconds for another run. Raises ``JournalError`` if the file cannot be opened,
    locked or written, is damaged, of a newer version, or no journal.
    """
    with locked(path, wait_s) as connection:
        yield Journal(connection, path)


def entries(path: Path, wait_s: float) -> tuple[Entry, ...]:
    """Read all summaries of a journal, the oldest first; nothing is written.

    Raises ``JournalError`` if there is none, or it cannot be read.
    """
    with readable(path, wait_s) as connection:
        return tuple(_entries(connection))


def _entries(connection: sqlite3.Connection) -> Iterator[Entry]:
    last_out: dict[tuple[str, ...], SummaryKey] = {}
    for number, made_at, *asked in connection.execute(
        "SELECT id, made_at, sessions, indices, form, options FROM summaries ORDER BY id"
    ):
        sessions, indices, form, options = asked
        summary = SummaryKey(sessions, indices, form, options, _closes(connection, number))
        rows = connection.execute(
            "SELECT target, result, detail, at FROM deliveries WHERE summary = ? ORDER BY target",
            [number],
        )
        deliveries = tuple(Delivery(*row) for row in rows)
        before = last_out.get(summary[:4])
        revised = () if before is None else revisions(before.seen, summary.seen)
        yield Entry(summary, made_at, deliveries, revised)
        if any(delivery.result != "failed" for delivery in deliveries):
            last_out[summary[:4]] = summary


def _last(connection: sqlite3.Connection, summary: SummaryKey) -> int | None:
    """The number of the last such summary whose run came to its end, out or not."""
    row = connection.execute(f"SELECT max(id) FROM summaries WHERE {_KEY} AND ended", summary[:4])  # noqa: S608
    number: int | None = row.fetchone()[0]
    return number


def _last_out(
    connection: sqlite3.Connection, summary: SummaryKey, target: str | None
) -> int | None:
    """The number of the last such summary that went out, to a target or to any."""
    row = connection.execute(
        f"SELECT max(id) FROM summaries JOIN deliveries ON summary = id WHERE {_KEY}"  # noqa: S608
        " AND result != 'failed' AND target = coalesce(?, target)",
        (*summary[:4], target),
    )
    number: int | None = row.fetchone()[0]
    return number


def _last_moment(
    connection: sqlite3.Connection, summary: SummaryKey, target: str | None
) -> str | None:
    """When the last such summary of any sessions went out, to a target or to any."""
    row = connection.execute(
        "SELECT max(made_at) FROM summaries JOIN deliveries ON summary = id"
        " WHERE indices = ? AND form = ? AND options = ?"
        " AND result != 'failed' AND target = coalesce(?, target)",
        (*summary[1:4], target),
    )
    moment: str | None = row.fetchone()[0]
    return moment


def _closes(connection: sqlite3.Connection, number: int) -> tuple[CloseSeen, ...]:
    rows = connection.execute(
        "SELECT symbol, session, close, prior_session, prior_close FROM closes"
        " WHERE summary = ? ORDER BY symbol",
        [number],
    )
    return tuple(CloseSeen(*row) for row in rows)


def _stamp(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")
