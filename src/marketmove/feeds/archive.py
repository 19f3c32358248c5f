"""The archive: one CSV an index, whole at every moment, and what its rows were before.

It is plain text in a form that every command reads as it is, that people can mend and git can keep.
A row is never deleted; before one changes, what it was goes to ``revisions/``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import numpy as np

from marketmove.atomic import write_file
from marketmove.closes.find import ARCHIVE_COLUMNS, is_archive_file
from marketmove.errors import BadFiguresError, OutputError, Place, Problem, UnreadableFileError

REVISION_COLUMNS = (*ARCHIVE_COLUMNS, "new_close", "new_source", "revised")
REVISIONS = "revisions"
# A figure of three decimals could be read as one with a mark of thousands.
_THOUSANDS = 3


class ArchivedClose(NamedTuple):
    """A row of the archive: ``close`` as written there, ``source`` a feed, ``fetched`` in UTC."""

    session: dt.date
    close: str
    source: str
    fetched: str

    @property
    def value(self) -> float:
        """The close, in index points."""
        return float(self.close)


class ArchiveRevision(NamedTuple):
    """A row that changed: what it was, and what it became."""

    before: ArchivedClose
    after: ArchivedClose


class Merged(NamedTuple):
    """The rows of an index with what came in: which of them are new, which are revised."""

    rows: tuple[ArchivedClose, ...]
    added: tuple[ArchivedClose, ...]
    revised: tuple[ArchiveRevision, ...]


def archive_file(folder: Path, symbol: str) -> Path:
    """Give the file that has the closes of an index."""
    return folder / f"{symbol}.csv"


def read_rows(path: Path) -> tuple[ArchivedClose, ...]:
    """Read the rows of an index, in order of date; none where there is no file.

    Raises
    ------
    UnreadableFileError
        If it is there and cannot be read, or is no file of an archive.
    BadFiguresError
        With every row that is not of the form, be it that somebody edited it.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise UnreadableFileError.at(Place(str(path)), reason) from None
    if not is_archive_file(data):
        expected = f"is not a file of the archive, which begins with {','.join(ARCHIVE_COLUMNS)}"
        raise UnreadableFileError.at(Place(str(path)), f"{expected}; move it out of the folder")
    return _parsed(data, path)


def _split(text: str, path: Path) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise BadFiguresError.at(Place(str(path)), f"cannot be split into cells: {error}") from None


def _parsed(data: bytes, path: Path) -> tuple[ArchivedClose, ...]:
    rows: dict[dt.date, ArchivedClose] = {}
    problems: list[Problem] = []
    for cells in _split(data.decode("utf-8-sig", "replace"), path)[1:]:
        line = len(rows) + len(problems) + 2
        place = Place(str(path), line)
        if not any(cells):
            continue
        try:
            row = _row(cells)
            if row.session in rows:
                raise ValueError(f"a second row of {row.session}; remove one")
            rows[row.session] = row
        except ValueError as error:
            problems.append(Problem(place, str(error)))
    if problems:
        raise BadFiguresError(problems)
    return tuple(rows[day] for day in sorted(rows))


def _row(cells: Sequence[str]) -> ArchivedClose:
    if len(cells) != len(ARCHIVE_COLUMNS):
        raise ValueError(f"{len(cells)} cells; expected {','.join(ARCHIVE_COLUMNS)}")
    date, close, source, fetched = (cell.strip() for cell in cells)
    try:
        session = dt.date.fromisoformat(date)
    except ValueError:
        raise ValueError(f"{date} is not a date such as 2025-02-14") from None
    whole, _, digits = close.partition(".")
    if not (whole.isascii() and whole.isdecimal() and (digits.isdecimal() or not digits)):
        raise ValueError(f"{close} is not a close such as 22620.33")
    if not float(close) > 0:
        raise ValueError(f"{close} is not above zero")
    return ArchivedClose(session, close, source, fetched)


def close_text(close: float) -> str:
    """Write a close so that it reads back as itself, and in one way only.

    Examples
    --------
    >>> close_text(22620.33), close_text(22620.0), close_text(1.234), close_text(22620.329999999998)
    ('22620.33', '22620', '1.2340', '22620.33')
    >>> close_text(64.61170196533203)
    '64.6117'
    """
    # What is a 32-bit float has the digits of one; the noise of sums of 64-bit floats is in their
    # last digits.
    narrow = np.float32(close)
    text = f"{Decimal(str(narrow) if float(narrow) == close else f'{close:.13g}'):f}"
    whole, _, digits = text.partition(".")
    digits = digits.rstrip("0")
    if not digits:
        return whole
    return f"{whole}.{digits}{'0' * (len(digits) == _THOUSANDS)}"


def merge(
    rows: Sequence[ArchivedClose],
    closes: Mapping[dt.date, float],
    source: str,
    fetched: str,
    decimals: int = 2,
) -> Merged:
    """Put closes that came in over the rows that are there.

    One that is the row rounded to what came, of ``decimals`` at least, changes nothing.

    Examples
    --------
    >>> day = dt.date(2026, 10, 7)
    >>> there = [ArchivedClose(day, "70035.7128", "one", "2026-10-07T08:00:00Z")]
    >>> merge(there, {day: 70035.71}, "other", "2026-10-08T08:00:00Z").revised
    ()
    >>> merge(there, {day: 70035.7}, "other", "2026-10-08T08:00:00Z").revised[0].after.close
    '70035.7'
    """
    by_date = {row.session: row for row in rows}
    decimals = max([decimals, *(_decimals(close_text(close)) for close in closes.values())])
    added: list[ArchivedClose] = []
    revised: list[ArchiveRevision] = []
    for session in sorted(closes):
        new = ArchivedClose(session, close_text(closes[session]), source, fetched)
        before = by_date.get(session)
        if before is not None and _says_the_same(before.close, new.close, decimals):
            continue
        by_date[session] = new
        if before is None:
            added.append(new)
        else:
            revised.append(ArchiveRevision(before, new))
    ordered = tuple(by_date[day] for day in sorted(by_date))
    return Merged(ordered, tuple(added), tuple(revised))


def _says_the_same(stored: str, new: str, decimals: int) -> bool:
    """Whether a new figure of so many decimals is the stored one, or that rounded to them."""
    there, came = Decimal(stored), Decimal(new)
    if there == came:
        return True
    half = Decimal(5).scaleb(-decimals - 1)
    return _decimals(stored) > decimals and abs(there - came) <= half


def _decimals(text: str) -> int:
    return len(text.partition(".")[2].rstrip("0"))


def write(folder: Path, symbol: str, merged: Merged) -> None:
    """Write the rows of an index, what is revised first to its revisions; under the lock.

    Raises
    ------
    OutputError
        If one cannot be written; the file is then as it was, whole.
    """
    path = archive_file(folder, symbol)
    _remove_leftovers(folder, symbol)
    if merged.revised:
        _record(folder, symbol, [*read_revisions(folder, symbol), *merged.revised])
    _write(path, [ARCHIVE_COLUMNS, *((r.session, *r[1:]) for r in merged.rows)])


def settle(folder: Path, symbol: str, rows: Iterable[ArchivedClose]) -> None:
    """Take back revisions that a killed run has recorded and not carried out; under the lock."""
    known = read_revisions(folder, symbol)
    there = {row.session: row for row in rows}
    last = {one.before.session: one for one in known}
    undone = {day for day, one in last.items() if there.get(day) == one.before != one.after}
    if undone:
        _record(
            folder,
            symbol,
            [r for r in known if r is not last[r.before.session] or r.before.session not in undone],
        )


def _record(folder: Path, symbol: str, revisions: Iterable[ArchiveRevision]) -> None:
    path = folder / REVISIONS / f"{symbol}.csv"
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise _unwritten(path, error.strerror) from None
    _remove_leftovers(path.parent, symbol)
    _write(path, [REVISION_COLUMNS, *map(_cells, revisions)])


def _cells(one: ArchiveRevision) -> tuple[object, ...]:
    return (*one.before, one.after.close, one.after.source, one.after.fetched)


def read_revisions(folder: Path, symbol: str) -> tuple[ArchiveRevision, ...]:
    """Read what the rows of an index were before, the earliest change first.

    Raises
    ------
    UnreadableFileError, BadFiguresError
        If the file cannot be read, or is not of the form.
    """
    path = folder / REVISIONS / f"{symbol}.csv"
    try:
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise UnreadableFileError.at(Place(str(path)), reason) from None
    head, *rows = _split(text, path) or [[]]
    expected = f"expected {','.join(REVISION_COLUMNS)}"
    if tuple(head) != REVISION_COLUMNS:
        raise BadFiguresError.at(Place(str(path), 1), expected)
    found = []
    for number, cells in enumerate(rows, start=2):
        if not any(cells):
            continue
        if len(cells) != len(REVISION_COLUMNS):
            raise BadFiguresError.at(Place(str(path), number), expected)
        try:
            before = _row(cells[:4])
            found.append(ArchiveRevision(before, _row([cells[0], *cells[4:]])))
        except ValueError as error:
            raise BadFiguresError.at(Place(str(path), number), str(error)) from None
    return tuple(found)


def _remove_leftovers(folder: Path, symbol: str) -> None:
    """Remove the temporary files of runs that were killed; whoever has the lock writes alone."""
    for path in folder.glob(f".{_globbed(symbol)}.csv.*"):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritten(path, error.strerror) from None


def _globbed(symbol: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in symbol)


def _write(path: Path, rows: Iterable[Iterable[object]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    try:
        write_file(path, buffer.getvalue().encode())
        _sync(path.parent)
    except OutputError as error:
        reason = error.problems[0].text.partition(": ")[2]
        raise _unwritten(path, reason) from None


def _sync(folder: Path) -> None:
    """Have the new name of a file on the disk too."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritten(path: Path, reason: str | None) -> OutputError:
    text = f"the archive cannot be written: {(reason or 'no reason given').lower()}"
    return OutputError([Problem(Place(str(path)), text)])
