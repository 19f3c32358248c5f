"""Larger tidy files, block by block: time and memory of a table of numbers, not of its cells.

The beginning settles the form of all lines. What is not of the plainest form is read cell by cell,
a few thousand lines at once. Where that could say something else than all of the file read as a
table does, the file is read so.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.errors import MarketMoveError, Place, Problem
from marketmove.frame import Frame, Labels
from marketmove.sources import numbers
from marketmove.sources.block import BESIDE, Block, Context, Reading, ReadOptions
from marketmove.sources.forms import grid_of
from marketmove.sources.grid import DELIMITERS
from marketmove.sources.last_number import LastNumber
from marketmove.sources.numbers import read_signed
from marketmove.sources.odd_rows import OddRows, ReadWholeError
from marketmove.sources.one_a_session import far_apart, refuse_several_a_session, refuse_stacked
from marketmove.sources.opening import Source
from marketmove.sources.plain_rows import (
    Form,
    Part,
    RowFilter,
    Rows,
    is_iso,
    part_of,
    without_quotes,
)
from marketmove.sources.series_order import SeriesOrder, turning_once_or_twice
from marketmove.sources.table import ZERO_IS_NONE, ReadSheet, understand

_BLOCK_BYTES, _ODD_BYTES = 8 << 20, 1 << 18
_SAMPLE_BYTES = 1 << 16
# Words of other columns that change what the close, the index or the date is.
_DECIDING = frozenset(["date", "time", "symbol", "close", "weak_close", "adjusted"])


class Plan(NamedTuple):
    """What the beginning of a file settles for all of it; ``skip`` is the length of its header."""

    skip: int
    form: Form
    sheet: ReadSheet
    reading: Reading
    points: bool


class Lines(NamedTuple):
    """Whole lines, and the physical number of the first."""

    first: int
    data: bytes

    @property
    def ends(self) -> int:
        """How many lines end in them: a return alone ends one too, and two before a newline."""
        once = (b"\n", 1), (b"\r", 1), (b"\r\n", -1), (b"\r\r\n", -1)
        return sum(times * self.data.count(sign) for sign, times in once)


def read_large(
    source: Source, options: ReadOptions, context: Context, keep: RowFilter | None
) -> Block | None:
    """Read a larger tidy file by blocks; None if it is of a form that has to be read whole.

    ``keep`` tells the rows that matter, by their numbers, of the symbols (as numbers) and sessions
    of rows in any order; all of them stay where a file is not too large for that.
    """
    plan = _plan(source, options, context)
    if plan is None:
        return None
    reader = _Reader(source, plan, options, context, keep if source.is_vast else None)
    try:
        for lines in _blocks(source.open(), plan.skip, 2, plan.form.delimiter, _BLOCK_BYTES):
            reader.read(lines)
            if reader.wants_all:
                # Some index has a date twice, or its dates begin anew: all rows tell what that is.
                return read_large(source, options, context, None)
        source.refuse_changed()
        return reader.block()
    except ReadWholeError:
        return None


def _plan(source: Source, options: ReadOptions, context: Context) -> Plan | None:
    """How to read the file, if its beginning is of the form that is read by blocks."""
    head = source.data[:_SAMPLE_BYTES]
    head = head[: head.rfind(b"\n") + 1]
    told = options.encoding or options.decimal or options.date_format
    if told or not head or b"\r" in head.replace(b"\r\n", b""):
        return None
    try:
        grid, encoding = grid_of(source._replace(data=head), options, context)
        sheet = understand(grid, source.stem, options, context)
    except MarketMoveError:
        return None  # all of the file may settle what its beginning does not
    table, layout = sheet.table, sheet.layout
    tidy = (
        encoding in {"utf-8", "utf-8-sig"}
        and grid.delimiter in DELIMITERS.values()
        and layout.kind == "long"
        and table.header_line == 1
        and not any("\n" in head for heads in table.heads for head in heads)
        and not (table.preamble or table.ragged or table.undated or table.footers)
        and not (layout.beside or layout.warnings)
        and all(is_iso(date) for date in table.column(table.date))
        and set(sheet.marks.values()) == {"."}
    )
    if not tidy or layout.symbol is None or not (source.is_vast or _is_sure(sheet, context)):
        return None
    delimiter = next(sign for sign, name in DELIMITERS.items() if name == grid.delimiter)
    close = next(iter(layout.closes))
    form = Form(delimiter, len(table.heads), table.date, layout.symbol, close)
    reading = sheet.reading(grid, options)._replace(encoding=encoding)
    points = numbers.weigh(table.column(close)).point > 0
    return Plan(head.index(b"\n") + 1, form, sheet, reading, points)


def _is_sure(sheet: ReadSheet, context: Context) -> bool:
    """Whether no later row can change what the columns are."""
    table, layout = sheet.table, sheet.layout
    close = next(iter(layout.closes))
    roles = [context.words.role(" ".join(heads)) for heads in table.heads]
    others = {*range(len(roles))} - {table.date, layout.symbol, close}
    if not all(map(any, table.heads)) or layout.notes:
        return False
    if any((role := roles[n]) is not None and role.kind in _DECIDING for n in others):
        return False
    names = table.column(layout.symbol or 0)
    # Numbers could count the rows, and be no names.
    named = any(all(read_signed(name, mark) is None for mark in ".,") for name in names)
    kind = role.kind if (role := roles[close]) else ""
    return named and (kind == "close" or any("." in cell for cell in table.column(close)))


def _blocks(file: BinaryIO, skip: int, first: int, delimiter: str, size: int) -> Iterator[Lines]:
    """The lines of a file from some byte on, in blocks, none of which ends within quotes."""
    with file:
        file.seek(skip)
        while data := file.read(size) + file.readline():
            while _ends_in_quotes(data, delimiter) and (more := file.read(size)):
                data += more + file.readline()
            lines = Lines(first, data)
            yield lines
            first += lines.ends


def _ends_in_quotes(lines: bytes, delimiter: str) -> bool:
    """Whether a quote that begins a cell may be open still."""
    opening = (f'{delimiter}"'.encode(), b'\n"')
    return lines.count(b'"') % 2 == 1 and (lines[:1] == b'"' or any(o in lines for o in opening))


class _Reader:
    """What was read of a file so far."""

    def __init__(
        self,
        source: Source,
        plan: Plan,
        options: ReadOptions,
        context: Context,
        keep: RowFilter | None,
    ) -> None:
        self._source, self._plan, self._keep = source, plan, keep
        strict = not source.is_vast
        self._odd = OddRows(plan.sheet, plan.form.delimiter, options, context, strict)
        self._order = SeriesOrder()
        self._rows: list[Rows] = []
        self._days: set[int] = set()
        self._blank: list[tuple[str, dt.date]] = []
        self._points, self._open_points = plan.points, False
        self._registry, self._known = context.registry, np.zeros(0, dtype=bool)
        self._last, self._end = _last_number(source, plan.form), 0

    def read(self, lines: Lines) -> None:
        """Read a block; where it is not plain, in small pieces."""
        self._end = lines.first + lines.ends
        if self._read_plain(lines):
            return
        pieces = io.BytesIO(lines.data)
        for piece in _blocks(pieces, 0, lines.first, self._plan.form.delimiter, _ODD_BYTES):
            if not self._read_plain(piece):
                self._add(self._odd.read(piece.data, piece.first))
                if self._last.may_be_cut:
                    above = self._odd.latest[: None if piece.data.endswith(b"\n") else -1]
                    cells = (r.cells[-1] for r in above if len(r.cells) == self._last.width)
                    self._last.compare(cells)

    def _read_plain(self, lines: Lines) -> bool:
        whole = lines.data if lines.data.endswith(b"\n") else lines.data + b"\n"
        part = part_of(whole.replace(b"\r\n", b"\n"), lines.first, self._plan.form)
        if part is not None:
            self._odd.go_on(part)
            self._add(part)
            if self._last.may_be_cut and self._last.width == self._plan.form.width:
                bare = without_quotes(lines.data, self._plan.form.delimiter).decode()
                above = bare.split("\n")[:-1]
                self._last.compare(
                    r.rpartition(self._plan.form.delimiter)[2].strip() for r in above
                )
        return part is not None

    def _add(self, part: Part) -> None:
        rows = self._order.numbered(part)
        self._order.follow(rows)
        if not self._source.is_vast:
            blank = (column[part.blank].tolist() for column in (part.rows.symbol, rows.session))
            self._blank += [(part.symbols[n], day) for n, day in zip(*blank, strict=True)]
        self._points |= part.points
        self._open_points |= part.open_points
        self._days.update(np.unique(rows.session[~np.isnan(rows.close)]).tolist())
        self._rows.append(rows)
        if self._keep is not None:
            every = Rows.joined(self._rows)
            every = every.take(~np.isnan(every.close))
            # Of an index that is known all closes tell which of them count.
            wanted = self._of_known()[every.symbol]
            wanted[self._keep(every.symbol, every.session)] = True
            self._rows = [every.take(wanted)]

    def _of_known(self) -> npt.NDArray[np.bool_]:
        new = [*self._order.symbols][len(self._known) :]
        found = [self._registry.find(name) is not None for name in new]
        self._known = np.append(self._known, np.array(found, dtype=bool))
        return self._known

    @property
    def wants_all(self) -> bool:
        """Tell whether rows that were not kept are of account."""
        return self._keep is not None and (self._order.turns or self._order.doubled)

    def block(self) -> Block:
        """Give the closes of all lines, and what is to be said of them."""
        self._odd.end()
        if self._open_points and not self._points:
            raise ReadWholeError  # 1.234 may be a thousand: what stands beside it has a say
        label, order, odd = self._source.label, self._order, self._odd
        names, rows = [*order.symbols], Rows.joined(self._rows)
        if order.turns:
            few = rows.take(turning_once_or_twice(rows))
            symbols = [names[n] for n in few.symbol.tolist()]
            refuse_stacked(label, symbols, few.session.tolist(), few.line.tolist())
        block = _closes(label, names, rows.take(~np.isnan(rows.close)))
        if order.turns or order.doubled:
            refuse_several_a_session(block)
        zero = [Problem(Place(label), ZERO_IS_NONE)] if odd.zero_is_none else []
        left = [Problem(Place(label), text) for text in self._plan.sheet.layout.notes]
        days = np.array(sorted(self._days), dtype="datetime64[D]")
        way = "oldest first" if order.rising else "newest first" if order.falling else "unordered"
        return block._replace(
            faults=tuple(odd.faults),
            warnings=(*far_apart(label, days), *self._last.warnings(self._end)),
            notes=(*zero, *left, *odd.notes),
            reading=self._plan.reading._replace(order=way),
            blank=(*self._blank, *odd.blank_by_zero),
        )


def _last_number(source: Source, form: Form) -> LastNumber:
    """The last row of a file that ends without a line break."""
    with source.open() as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - _SAMPLE_BYTES))
        end = file.read().rstrip(b"\0")
    if end[-1:] in {b"\n", b"\r"}:
        return LastNumber(source.label)
    text = end[end.rfind(b"\n") + 1 :].decode("utf-8", "replace")
    cells = [cell.strip().strip('"') for cell in text.split(form.delimiter)]
    return LastNumber(source.label, cells)


def _closes(label: str, names: list[str], rows: Rows) -> Block:
    named = [*filter(None, names)]  # without a name there is no close
    ordered = sorted(named)
    rank = {name: n for n, name in enumerate(ordered)}
    codes = np.array([rank.get(name, -1) for name in names], dtype=np.int32)[rows.symbol]
    nothing = np.full(len(rows.line), np.nan)
    frame = Frame(
        {
            "symbol": Labels(ordered, codes),
            "session": rows.session,
            "line": rows.line,
            "close": rows.close,
            **dict.fromkeys(BESIDE, nothing),
        }
    )
    return Block(label, frame, tuple(named))
