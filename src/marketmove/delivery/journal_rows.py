"""What a journal has, read row by row: of a file that anything may have happened to.

What is not as it was written raises a ``ValueError``.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, get_args

from marketmove.delivery.revisions import (
    CloseSeen,
    Revision,
    SummaryKey,
    newest,
    revisions,
)
from marketmove.delivery.targets import Message, message_of

Result = Literal["printed", "delivered", "failed"]

KEY = "sessions = ? AND indices = ? AND form = ? AND options = ?"
_FAMILY = "form = ? AND options = ?"
# So many summaries back the one before is looked for.
_LOOKED_BACK = 60
# What a close can be, in index points.
_LOWEST, _HIGHEST = 1e-6, 1e15
# The version of the file from which on the names of targets stand beside what they are known by.
_WITH_NAMES = 4


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
    """An earlier summary that a target lacks: its number, and the message as it was sent.

    ``begun`` says that sending it again was begun, so that the target may have it.
    """

    number: int
    message: Message
    begun: bool = False


def entries_of(connection: sqlite3.Connection) -> Iterator[Entry]:
    """Give all summaries, the oldest first."""
    last_out: dict[tuple[str, ...], SummaryKey] = {}
    # Before it knew targets again by a hash, a journal had their names alone.
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    name = "coalesce(name, target)" if version >= _WITH_NAMES else "target"
    for number, made_at, *asked in connection.execute(
        "SELECT id, made_at, sessions, indices, form, options FROM summaries ORDER BY id"
    ):
        sessions, indices, form, options = map(text_of, asked)
        summary = SummaryKey(sessions, indices, form, options, closes(connection, number))
        rows = connection.execute(
            f"SELECT {name}, result, detail, at FROM deliveries WHERE summary = ? ORDER BY 1",  # noqa: S608
            [number],
        )
        deliveries = tuple(map(_delivery, rows))
        before = last_out.get(summary[:4])
        revised = () if before is None else revisions(before.seen, summary.seen)
        yield Entry(summary, _moment(made_at), deliveries, revised)
        if any(delivery.result != "failed" for delivery in deliveries):
            last_out[summary[:4]] = summary


class Before(NamedTuple):
    """A summary of the same kind that was before: its number, indices and closes."""

    number: int
    indices: str
    seen: tuple[CloseSeen, ...]


def base(
    connection: sqlite3.Connection, summary: SummaryKey, rows: Sequence[tuple[int, str, str]]
) -> Before | None:
    """Give the summary of the same indices that another is news against; None if all of it is.

    It is of the same sessions, or for the latest ones that with the newest closes. ``rows`` are
    those of its kind as ``out`` or ``ended`` gives them.
    """
    own = [row for row in rows if row[2] == summary.indices]
    if not summary.rolling:
        own = [row for row in own if row[1] == summary.sessions][:1]
    return _newest(_read(connection, own), summary)


def previous(
    connection: sqlite3.Connection, summary: SummaryKey, rows: Sequence[tuple[int, str, str]]
) -> Before | None:
    """Give the summary before this one: that of the newest closes which has some of its indices.

    Where summaries of the same indices keep pace with it, the other one is of another line that is
    run, and one of the same indices is given. For one of no indices it is the last of any.
    """
    symbols = set(summary.indices.split())
    found = _read(connection, [row for row in rows if not symbols or symbols & set(row[2].split())])
    best = _newest(found, summary)
    own = _newest([one for one in found if one.indices == summary.indices], summary)
    if own and best and _reaches(own, summary) >= _reaches(best, summary):
        return own
    return best


def _read(connection: sqlite3.Connection, rows: Sequence[tuple[int, str, str]]) -> list[Before]:
    return [
        Before(number, indices, closes(connection, number))
        for number, _, indices in rows[:_LOOKED_BACK]
    ]


def _newest(found: Sequence[Before], summary: SummaryKey) -> Before | None:
    return max(found, key=lambda one: (_reaches(one, summary), one.number), default=None)


def _reaches(before: Before, summary: SummaryKey) -> str:
    """The session of its latest close of an index that the summary has too."""
    symbols = set(summary.indices.split())
    return newest(one for one in before.seen if one.symbol in symbols)


def out(
    connection: sqlite3.Connection, summary: SummaryKey, known: tuple[str, str] | None
) -> list[tuple[int, str, str]]:
    """Give what went out of a kind, to a target as known or to any: the last first."""
    which = "" if known is None else " AND target IN (?, ?)"
    return _rows(
        connection,
        f"summaries JOIN deliveries ON summary = id WHERE {_FAMILY} AND result != 'failed'{which}",
        (summary.form, summary.options, *(known or ())),
    )


def ended(connection: sqlite3.Connection, summary: SummaryKey) -> list[tuple[int, str, str]]:
    """Give the summaries of a kind whose runs came to their ends, out or not: the last first."""
    return _rows(
        connection, f"summaries WHERE {_FAMILY} AND ended", (summary.form, summary.options)
    )


def _rows(
    connection: sqlite3.Connection, where: str, values: Sequence[str]
) -> list[tuple[int, str, str]]:
    rows = connection.execute(
        f"SELECT DISTINCT id, sessions, indices FROM {where} ORDER BY id DESC",  # noqa: S608 - no text of users
        values,
    )
    return [(number, text_of(sessions), text_of(indices)) for number, sessions, indices in rows]


def last_moment(
    connection: sqlite3.Connection, summary: SummaryKey, known: tuple[str, str] | None
) -> str | None:
    """When the last such summary of any sessions went out, to a target as known, or to any."""
    which = "" if known is None else " AND target IN (?, ?)"
    row = connection.execute(
        "SELECT max(made_at) FROM summaries JOIN deliveries ON summary = id"  # noqa: S608 - as above
        " WHERE indices = ? AND form = ? AND options = ?"
        f" AND result != 'failed'{which}",
        (*summary[1:4], *(known or ())),
    )
    moment = row.fetchone()[0]
    return None if moment is None else _moment(moment)


def closes(connection: sqlite3.Connection, number: int) -> tuple[CloseSeen, ...]:
    """Read the closes that a summary rested on."""
    rows = connection.execute(
        "SELECT symbol, session, close, prior_session, prior_close FROM closes"
        " WHERE summary = ? ORDER BY symbol",
        [number],
    )
    return tuple(map(_close, rows))


# What is read of a file that anything may have happened to: a ``ValueError`` for what is not so.


def text_of(value: Any) -> str:
    """Give a text of the file."""
    if not isinstance(value, str):
        raise ValueError("no text")  # noqa: TRY004 - the value of a file, and no bug
    return value


def _moment(value: Any) -> str:
    if dt.datetime.fromisoformat(text_of(value)).tzinfo is None:
        raise ValueError("no moment")
    return text_of(value)


def _delivery(row: Sequence[Any]) -> Delivery:
    target, result, detail, at = map(text_of, row)
    known: Any = result
    if result not in get_args(Result):
        raise ValueError("no result")
    return Delivery(target, known, detail, _moment(at))


def _close(row: Sequence[Any]) -> CloseSeen:
    symbol, session, close, prior_session, prior_close = row
    for date in (session, prior_session):
        if date is not None:
            dt.date.fromisoformat(date)
    for level in (close, prior_close):
        if level is not None and not (isinstance(level, float) and _LOWEST <= level <= _HIGHEST):
            raise ValueError("no close")
    return CloseSeen(text_of(symbol), session, close, prior_session, prior_close)


def message(text: Any) -> Message:
    """Read a message as it was kept."""
    return message_of(json.loads(text_of(text)))


def stamp(moment: dt.datetime) -> str:
    """Write a moment, to the second."""
    return moment.isoformat(timespec="seconds")
