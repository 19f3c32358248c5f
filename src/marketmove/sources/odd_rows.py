"""Rows of a large tidy table that are not of the plainest form, read cell by cell.

The whole column of a smaller file decides what its decimal mark is. Of a large file its beginning
does: where an odd row speaks against it, the file is read whole, or if it is too large for that the
row is a fault.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from marketmove.errors import Problem, UnrecognisedFileError
from marketmove.sources import bad_rows, numbers, table
from marketmove.sources.block import Context, Fault, ReadOptions
from marketmove.sources.date_column import DateColumn
from marketmove.sources.grid import DELIMITERS, Grid, GridRow, read_grid
from marketmove.sources.header import (
    Table,
    is_date_text,
    left_out,
    looks_like_data,
    refuse_second_header,
    trimmed,
)
from marketmove.sources.parts import Floats, Part, ReadWholeError, Rows
from marketmove.sources.sheet import ReadSheet

_WEEKEND = (5, 6)


class OddRows:
    """Reads the odd rows of one file, in its order, and has what they are besides closes."""

    def __init__(
        self,
        sheet: ReadSheet,
        delimiter: str,
        dates: DateColumn,
        options: ReadOptions,
        context: Context,
        *,
        strict: bool,
    ) -> None:
        self._sheet, self._delimiter, self._strict = sheet, delimiter, strict
        self._dates, self._options, self._context = dates, options, context
        self._mark = next(sheet.marks[n] for n in sheet.layout.closes)
        # Whether a close shows the other decimal mark.
        self.contradicts = False
        # In the order in which a table names them: bad dates, no dates, bad closes.
        self._faults: tuple[list[Fault], ...] = ([], [], [])
        self._ragged: list[GridRow] = []
        beside = sheet.layout.beside
        changes = (c.number for c in beside if c.role and c.role.kind == "change_pct")
        self._change, self.has_percents = next(changes, None), False
        self._zeros: list[Fault] = []
        self._weekends, self._other_on_weekends = 0, False
        # The rows since the last one with a date: of the table only if another follows.
        self._pending: list[GridRow] = []
        self._footers: list[GridRow] = []
        self.latest: list[GridRow] = []

    def read(self, data: bytes, first: int) -> Part:
        """Read whole lines, of which the first has a physical number."""
        self.latest = self._rows(data, first)
        return self.read_rows(self.latest)

    def read_rows(self, latest: Sequence[GridRow]) -> Part:
        """Read rows of text."""
        rows = [*self._pending, *latest]
        dated = self._dated(rows)
        last = next((n for n in reversed(range(len(rows))) if dated[n]), -1)
        self._pending = rows[last + 1 :]
        return self._body(rows[: last + 1])

    def go_on(self, part: Part) -> None:
        """Go on behind plain rows, all of which have dates."""
        if self._pending:
            self._body(self._pending)
            self._pending = []
        days = part.rows.session.astype(np.int64)
        self._other_on_weekends |= bool(((days + 3) % 7 >= _WEEKEND[0]).any())  # 0 is a Thursday

    def end(self) -> None:
        """End the file: what stands below the last date is no row, if it has no number."""
        below = [trimmed(row, len(self._sheet.table.heads)) for row in self._pending]
        stray = [row for row in below if looks_like_data(row)]
        self._footers = [row for row in below if row not in stray]
        self._body(stray)

    @property
    def faults(self) -> list[Fault]:
        """What cannot be used."""
        unread, undated, unusable = self._faults
        sheet = self._sheet._replace(table=self._sheet.table._replace(ragged=self._ragged))
        ragged = bad_rows.ragged(sheet, self._options, self._dates.known())
        zeros = [] if self.zero_is_none else self._zeros
        return [*unread, *undated, *ragged, *sorted([*unusable, *zeros], key=_line)]

    @property
    def zero_is_none(self) -> bool:
        """Tell whether 0 stands for no close, as on every weekend."""
        always = self._weekends >= table.FEWEST_WEEKENDS and not self._other_on_weekends
        return bool(self._zeros) and always

    @property
    def blank_by_zero(self) -> list[tuple[str, dt.date]]:
        """The indices and dates of closes that are none because they are 0."""
        zeros = self._zeros if self.zero_is_none else []
        return [(f.symbol, f.session) for f in zeros if f.symbol and f.session]

    @property
    def notes(self) -> Iterator[Problem]:
        """What is left out."""
        return left_out(self._sheet.table.label, self._footers, "below the table")

    def _rows(self, data: bytes, first: int) -> list[GridRow]:
        label, above = self._sheet.table.label, first - 1
        try:
            grid = read_grid(data.decode("utf-8"), label, self._delimiter)
        except UnicodeDecodeError:
            raise ReadWholeError from None
        except UnrecognisedFileError as error:
            if self._strict:
                raise ReadWholeError from None
            raise UnrecognisedFileError([_lower(p, above) for p in error.problems]) from None
        return [row._replace(line=row.line + above) for row in grid.rows]

    def _dated(self, rows: Collection[GridRow]) -> list[bool]:
        date = self._sheet.table.date
        texts = [row.cells[date] if date < len(row.cells) else "" for row in rows]
        is_date = {text: is_date_text(text, self._context.words) for text in set(texts)}
        return [is_date[text] for text in texts]

    def _body(self, body: Collection[GridRow]) -> Part:
        """Read rows that are of the table."""
        known = self._sheet.table
        width = len(known.heads)
        rows = [trimmed(row, width) for row in body]
        grid = Grid(known.label, rows, DELIMITERS.get(self._delimiter, ""))
        refuse_second_header(grid, rows, self._context.words, known.date)
        alike, dated = [len(row.cells) == width for row in rows], self._dated(rows)
        sorts = [*zip(rows, alike, dated, strict=True)]
        own: Table = known._replace(
            rows=[row for row, fits, day in sorts if fits and day],
            undated=[row for row, fits, day in sorts if fits and not day and any(row.cells)],
            ragged=[row for row, fits, _ in sorts if not fits],
        )
        sessions = [self._dates.day(text) for text in own.column(own.date)]
        sheet = self._sheet._replace(table=own, sessions=sessions)
        certain, is_open = self._evidence(own)
        firsts: dict[str, int] = {}
        for row in own.rows:
            firsts.setdefault(row.cells[own.date], row.line)
        sheet = table.with_short_rows(sheet, self._dates.day_beside_others)
        unread, undated, _ = self._faults
        unread += bad_rows.unread(sheet)
        undated += bad_rows.undated(sheet)
        self._ragged += sheet.table.ragged
        return self._closes(sheet)._replace(certain=certain, open=is_open, dates=firsts)

    def _evidence(self, rows: Table) -> tuple[bool, bool]:
        """Whether closes show what their mark is, and whether one leaves it open."""
        close = next(iter(self._sheet.layout.closes))
        found = numbers.weigh(rows.column(close))
        own, other = found.point, found.comma
        if self._mark == ",":
            own, other = other, own
        if other and not self._options.decimal:
            self.contradicts = True
            if self._strict:
                raise ReadWholeError
        return own > 0, found.open_text is not None

    def _closes(self, sheet: ReadSheet) -> Part:
        close, symbol = next(iter(sheet.layout.closes)), sheet.layout.symbol or 0
        texts, names = sheet.table.column(close), sheet.table.column(symbol)
        values = numbers.read_all(texts, self._mark)
        lines = [row.line for row in sheet.table.rows]
        if self._change is not None:
            self.has_percents |= any("%" in cell for cell in sheet.table.column(self._change))
        zero = {line for line, text in zip(lines, texts, strict=True) if table.is_zero(text)}
        for fault in bad_rows.unusable(sheet, values, names, lines):
            (self._zeros if _line(fault) in zero else self._faults[-1]).append(fault)
        off = [n for n, day in enumerate(sheet.sessions) if day and day.weekday() in _WEEKEND]
        self._weekends += len(off)
        self._other_on_weekends |= any(lines[n] not in zero for n in off)
        symbols = [*dict.fromkeys(names)]
        number = {name: n for n, name in enumerate(symbols)}
        kept = [n for n, day in enumerate(sheet.sessions) if day]
        levels = [v if type(v := values[n]) is float and names[n] else np.nan for n in kept]
        rows = Rows(
            np.array([number[names[n]] for n in kept], dtype=np.int32),
            np.array([sheet.sessions[n] for n in kept], dtype="datetime64[D]"),
            np.array(levels, dtype=np.float64),
            np.array([lines[n] for n in kept], dtype=np.int64),
            self._beside([sheet.table.rows[n] for n in kept]),
        )
        blank = np.array([values[n] is None and names[n] != "" for n in kept], dtype=bool)
        return Part(symbols, rows, blank)

    def _beside(self, rows: Sequence[GridRow]) -> Floats:
        """What rows say beside the close."""
        columns = [column.number for column in self._sheet.layout.beside]
        said = [
            numbers.read_all_signed([row.cells[n] for row in rows], self._mark) for n in columns
        ]
        return np.array(said, dtype=np.float64).reshape(len(columns), len(rows)).T


def _line(fault: Fault) -> int:
    place = fault.problem.place
    return place.line or 0 if place else 0


def _lower(problem: Problem, lines: int) -> Problem:
    """A problem of a part of a file, with the line that it has in the whole."""
    place = problem.place
    if place is None or place.line is None:
        return problem
    return problem._replace(place=place._replace(line=place.line + lines))
