"""What was summarised, on which closes, and where it went: a small SQLite file.

What is promised
----------------
A run holds the journal's one lock from the moment it looks whether a summary is news until the
summary is out everywhere and recorded. So of two runs at once the second waits, and finds it done.
Each delivery is committed as soon as it is made, and the print once it is out. A run that is killed
before leaves no record of that place, and the next run writes the summary there again: nothing is
lost. Of what is printed or sent no program can take back what is out, so that it is begun is noted
before: what was begun and not recorded may be out, and the next run says so where it writes it
again. A record is there whole or not at all, and once.

A target is known again by a hash of its URL, with a salt of the journal's own; its name, which
depends on its place among the targets, is only shown.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from marketmove.delivery import journal_rows as rows
from marketmove.delivery.begun import Begun
from marketmove.delivery.journal_file import failures, in_memory, locked, readable
from marketmove.delivery.journal_rows import Entry, Result, Undelivered
from marketmove.delivery.revisions import (
    DatedRevision,
    Revision,
    SummaryKey,
    came_in,
    newest,
    revisions,
    since,
)
from marketmove.delivery.targets import Message
from marketmove.errors import JournalError

# What a target did not get is news for so long.
_TRIED_AGAIN_FOR = dt.timedelta(days=7)
_ASKED = 4


class Journal:
    """A journal that is open for writing, and locked; ``writing`` opens one."""

    def __init__(self, connection: sqlite3.Connection, path: Path, urls: Mapping[str, str]) -> None:
        self._connection, self._path = connection, path
        self._begun = Begun(path)
        with failures(path):
            salt = rows.text_of(connection.execute("SELECT salt FROM salts").fetchone()[0])
        self._identities = {name: _identity(salt, url) for name, url in urls.items()}

    def _known_as(self, target: str) -> tuple[str, str]:
        """By what a target is known; the second is its name, as in journals without identities."""
        return self._identities.get(target, target), target

    def is_new(self, summary: SummaryKey) -> bool:
        """Tell whether no run that came to its end had this summary, on these closes, last."""
        with failures(self._path):
            kind = rows.ended(self._connection, summary)
            return _is_news(rows.base(self._connection, summary, kind), summary)

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
            as_known = None if target is None else self._known_as(target)
            own = self._changed(summary, as_known)
            moment = rows.last_moment(self._connection, summary, as_known)
        known = {one[:2] for one in own}
        late = () if moment is None else since(archived, moment)
        return (*own, *(one for one in late if one[:2] not in known))

    def _changed(
        self, summary: SummaryKey, as_known: tuple[str, str] | None
    ) -> tuple[Revision, ...]:
        """What changed of a summary that goes out again: the same newest session was out before."""
        kind = rows.out(self._connection, summary, as_known)
        before = rows.base(self._connection, summary, kind)
        if before is not None and not summary.rolling:
            return revisions(before.seen, summary.seen)
        before = rows.previous(self._connection, summary, kind)
        if before is None:
            return ()
        was, has = newest(before.seen), newest(summary.seen)
        # Of the latest sessions a close may be gone; a date that was named sees no later ones.
        if was < has or (was > has and not summary.rolling):
            return ()
        return (*revisions(before.seen, summary.seen), *came_in(before.seen, summary.seen))

    def gone(self, summary: SummaryKey, target: str | None = None) -> tuple[str, ...]:
        """Give the indices of the summary before that this one does not have."""
        with failures(self._path):
            as_known = None if target is None else self._known_as(target)
            kind = rows.out(self._connection, summary, as_known)
            before = rows.previous(self._connection, summary, kind)
        symbols = summary.indices.split()
        earlier = before is not None and newest(before.seen) <= newest(summary.seen)
        had = before.indices.split() if before and earlier else ()
        return tuple(symbol for symbol in had if symbol not in symbols)

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
        kind = rows.out(self._connection, summary, self._known_as(target))
        return not _is_news(rows.base(self._connection, summary, kind), summary)

    def undelivered(self, summary: SummaryKey, target: str) -> tuple[Undelivered, ...]:
        """Give what a target lacks of other sessions of such a summary, the oldest first."""
        with failures(self._path):
            lacking = self._connection.execute(
                "SELECT id, message FROM undelivered JOIN summaries ON summary = id"
                " WHERE target IN (?, ?) AND sessions != ? AND indices = ? AND form = ?"
                " AND options = ? ORDER BY id",
                (*self._known_as(target), *summary[:4]),
            ).fetchall()
            known = self._known_as(target)[0]
            return tuple(
                Undelivered(number, rows.message(text), (*self._key(number), known) in self._begun)
                for number, text in lacking
            )

    def begin(self, key: Sequence[str], targets: Sequence[str]) -> tuple[str, ...]:
        """Note that a summary is about to go out to targets; give those where that was noted.

        ``key`` is the first four of a summary. What was begun and not recorded may be out.
        """
        keys = {target: (*key[:_ASKED], self._known_as(target)[0]) for target in targets}
        begun = tuple(target for target, row in keys.items() if row in self._begun)
        with failures(self._path):
            self._begun.add([*keys.values()])
        return begun

    def begin_again(self, number: int, target: str) -> None:
        """Note that an earlier summary, by its number, is about to go to a target."""
        with failures(self._path):
            key = self._key(number)
        self.begin(key, [target])

    def not_out(self, key: Sequence[str], target: str) -> None:
        """Strike out that a summary went to a target: it did not."""
        with failures(self._path):
            row = (*key[:_ASKED], self._known_as(target)[0])
            self._begun.strike(lambda one: one == row)

    def _key(self, number: int) -> tuple[str, ...]:
        row = self._connection.execute(
            "SELECT sessions, indices, form, options FROM summaries WHERE id = ?", [number]
        ).fetchone()
        return tuple(map(rows.text_of, row))

    def record(self, summary: SummaryKey, moment: dt.datetime) -> int:
        """Enter a summary that is about to go out, and give its number.

        It is entered first, so that a full disk or a folder that cannot be written to is found
        before anything is out; it counts only once something of it is out and committed.
        """
        with failures(self._path):
            self._connection.execute(
                "DELETE FROM undelivered WHERE summary IN"
                " (SELECT id FROM summaries WHERE made_at < ?)",
                [rows.stamp(moment - _TRIED_AGAIN_FOR)],
            )
            number = self._connection.execute(
                "INSERT INTO summaries (sessions, indices, form, options, made_at, ended)"
                " VALUES (?, ?, ?, ?, ?, 0)",
                (*summary[:4], rows.stamp(moment)),
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
        message: Message | None = None,
    ) -> None:
        """Enter for good where a summary went; a kill from now on does not take it back.

        ``target`` is a name, never an address. ``message`` is what it lacks, if it failed.
        """
        if "://" in target.replace("://…", ""):
            raise ValueError("the address of a target is no name")
        with failures(self._path):
            key, (known, name) = self._key(number), self._known_as(target)
            self._connection.execute(
                "DELETE FROM deliveries WHERE summary = ? AND target = ?", (number, name)
            )
            self._connection.execute(
                "REPLACE INTO deliveries (summary, target, result, detail, at, name)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (number, known, result, detail, rows.stamp(moment), name),
            )
            lacking = Undelivered(number, message) if message else None
            self._set_undelivered(key, target, lacking)
            self._connection.execute("COMMIT")
            self._connection.execute("BEGIN IMMEDIATE")
            self._begun.strike(lambda one: one == (*key, known))

    def end(self, summary: SummaryKey) -> None:
        """Enter that a run with this summary came to its end."""
        with failures(self._path):
            self._connection.execute(
                "UPDATE summaries SET ended = 1 WHERE id ="  # noqa: S608 - as above
                f" (SELECT max(id) FROM summaries WHERE {rows.KEY})",
                summary[:4],
            )
            # What is noted still is of targets that are no longer wanted.
            self._begun.strike(lambda one: one[:_ASKED] == summary[:_ASKED])

    def _set_undelivered(
        self, key: Sequence[str], target: str, lacking: Undelivered | None
    ) -> None:
        """Enter what a target lacks of such summaries of the same sessions: this, and no more."""
        self._connection.execute(
            f"DELETE FROM undelivered WHERE target IN (?, ?) AND summary IN"  # noqa: S608 - no text of users
            f" (SELECT id FROM summaries WHERE {rows.KEY})",
            (*self._known_as(target), *key),
        )
        if lacking is not None:
            self._connection.execute(
                "INSERT INTO undelivered VALUES (?, ?, ?)",
                (lacking.number, self._known_as(target)[0], json.dumps(lacking.message)),
            )


def _is_news(before: rows.Before | None, summary: SummaryKey) -> bool:
    """Whether a summary has anything that the one before had not."""
    return before is None or bool(revisions(before.seen, summary.seen))


def _identity(salt: str, url: str) -> str:
    return hashlib.sha256(f"{salt} {url}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


@contextlib.contextmanager
def writing(
    path: Path, wait_s: float, urls: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Journal]:
    """Open a journal and lock it to the end; it is made if there is none.

    ``urls`` are those of the targets by their names, which tell a target in another run.

    An exception in between leaves in the file the deliveries recorded before it, and nothing else.

    Waits ``wait_s`` seconds for another run. Raises ``JournalError`` if the file cannot be opened,
    locked or written, is damaged, of a newer version, or no journal.
    """
    with locked(path, wait_s) as connection:
        yield Journal(connection, path, urls)


def entries(path: Path, wait_s: float) -> tuple[Entry, ...]:
    """Read all summaries of a journal, the oldest first; nothing is written.

    Raises ``JournalError`` if there is none, or it cannot be read.
    """
    with readable(path, wait_s) as connection:
        return tuple(rows.entries_of(connection))


def indices_before(path: Path, summary: SummaryKey, wait_s: float) -> tuple[str, ...]:
    """Give the symbols of the last such summary that went out anywhere; nothing without a journal.

    A journal that cannot be read has none: what is wrong with it is said where it is written.
    """
    try:
        with readable(path, wait_s) as connection, failures(path):
            before = rows.previous(connection, summary, rows.out(connection, summary, None))
    except JournalError:
        return ()
    return tuple(before.indices.split()) if before else ()


@contextlib.contextmanager
def looking(path: Path, wait_s: float, urls: Mapping[str, str]) -> Iterator[Journal]:
    """Open a copy of a journal in memory, to look what would be done; the file stays as it is."""
    with in_memory(path, wait_s) as connection:
        yield Journal(connection, path, urls)
