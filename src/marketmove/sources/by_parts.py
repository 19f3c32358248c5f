"""What parts of a table in their order are together: closes, and all that is to be said of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.errors import Place, Problem
from marketmove.frame import Frame, Labels, distinct_days, throughout
from marketmove.sources.block import BESIDE, Block, Context, Reading, ReadOptions
from marketmove.sources.date_column import DateColumn, Days
from marketmove.sources.header import Table, left_out
from marketmove.sources.numbers import read_signed
from marketmove.sources.odd_rows import OddRows
from marketmove.sources.one_a_session import far_apart, refuse_several_a_session, refuse_stacked
from marketmove.sources.parts import Ints, Part, ReadWholeError, RowFilter, Rows
from marketmove.sources.series_order import SeriesOrder, turning_once_or_twice
from marketmove.sources.sheet import ReadSheet
from marketmove.sources.table import ZERO_IS_NONE

# So many rows are held before those that do not matter are left out.
_ROWS_AT_ONCE = 300_000
# So many first rows tell whether a column without a name counts them.
_TELLING_ROWS = 100
# Words of other columns that change what the date, the index or the close is; the last ones only
# that of a close without a word of its own.
_DECIDING, _WEAK = (
    frozenset(["date", "time", "symbol", "close"]),
    frozenset(["weak_close", "adjusted"]),
)


class Plan(NamedTuple):
    """What the beginning of a file settles for all of it.

    ``delimiter`` stands between cells of text. ``vast`` is a file with too many rows to hold all as
    text, so that nothing can be read in another way. ``certain`` says whether the beginning shows
    what the decimal mark is; ``order`` is that of day, month and year which dates seem to have;
    ``fractions`` notes that stated changes are fractions.
    """

    sheet: ReadSheet
    reading: Reading
    delimiter: str
    vast: bool
    certain: bool
    order: str = "ymd"
    fractions: tuple[Problem, ...] = ()


class PartsReader:
    """What was read of a file so far.

    ``keep`` tells the rows that matter of a vast file, by their numbers, of the symbols (as
    numbers) and sessions of rows in any order. ``days`` are the dates of all texts, where an
    earlier reading found that they are not what they seem to be.
    """

    def __init__(
        self,
        plan: Plan,
        options: ReadOptions,
        context: Context,
        keep: RowFilter | None,
        days: Days | None = None,
    ) -> None:
        self._plan, self._keep = plan, keep if plan.vast else None
        self.dates = DateColumn(options.date_format or plan.order, options, context, days)
        self.odd = OddRows(
            plan.sheet, plan.delimiter, self.dates, options, context, strict=not plan.vast
        )
        self._order = SeriesOrder()
        self.rows = 0
        self._rows: list[Rows] = []
        self._new_rows = self._kept = 0
        self._days: set[int] = set()
        self._blank: list[tuple[str, dt.date]] = []
        self._certain, self._open = plan.certain, False
        self._registry, self._known = context.registry, np.zeros(0, dtype=bool)

    def add_plain(self, part: Part) -> None:
        """Go on to a part of which every row has a date and an index, and a close or a gap."""
        self.odd.go_on(part)
        self.add(part)

    def add(self, part: Part) -> None:
        """Go on to a part, as the odd rows give it."""
        self.rows += len(part.rows.line)
        rows = self._order.numbered(part)
        self._order.follow(rows)
        if not self._plan.vast:
            blank = (column[part.blank].tolist() for column in (part.rows.symbol, rows.session))
            self._blank += [(part.symbols[n], day) for n, day in zip(*blank, strict=True)]
        self._certain |= part.certain
        self._open |= part.open
        days = distinct_days(rows.session[~np.isnan(rows.close)]).tolist()
        self._days.update(days)
        self.dates.follow(part.dates or dict.fromkeys(map(str, days), 0))
        self._rows.append(rows._replace(line=_narrow(rows.line)))
        self._new_rows += len(rows.line)
        # As often as there are twice as many, so that a large file is not gone through each time.
        if self._new_rows >= max(_ROWS_AT_ONCE, self._kept):
            self._leave_out()

    def _leave_out(self) -> None:
        """Keep the rows that matter so far, if there are too many for all."""
        if self._keep is not None:
            every = self._joined().with_closes()
            # Of an index that is known all closes tell which of them count.
            wanted = self._of_known()[every.symbol]
            wanted[self._keep(every.symbol, every.session)] = True
            self._rows = [every if wanted.all() else every.take(wanted)]
            self._kept = int(np.count_nonzero(wanted))
        self._new_rows = 0

    def _joined(self) -> Rows:
        """All rows so far; each column of the parts gives way to the one of all."""
        columns: Any = [*zip(*self._rows, strict=True)]
        self._rows = []
        rows = Rows(*(np.concatenate(columns.pop(0)) for _ in Rows._fields))
        self._rows.append(rows)
        return rows

    def _of_known(self) -> npt.NDArray[np.bool_]:
        new = [*self._order.symbols][len(self._known) :]
        found = self._registry.among(new)
        self._known = np.append(self._known, np.array([name in found for name in new], dtype=bool))
        return self._known

    @property
    def wants_all(self) -> bool:
        """Tell whether rows that were not kept are of account.

        Some index has a date twice, or its dates begin anew: all rows tell what that is.
        """
        return self._keep is not None and (self._order.turns or self._order.doubled)

    def block(self, further: Iterable[Problem] = ()) -> Block:
        """Give the closes of all parts, and what is to be said of them; further warnings last."""
        self.odd.end()
        self._leave_out()
        sheet, order, odd = self._plan.sheet, self._order, self.odd
        label, layout = sheet.table.label, sheet.layout
        names, rows = [*order.symbols], self._joined()
        style = self.dates.settled(label, names).style
        if self._open and (not self._certain or odd.contradicts):
            raise ReadWholeError  # 1.234 may be a thousand: what stands beside it has a say
        if self._plan.fractions and odd.has_percents:
            raise ReadWholeError
        if order.turns:
            few = rows.take(turning_once_or_twice(rows))
            symbols = [names[n] for n in few.symbol.tolist()]
            refuse_stacked(label, symbols, few.session.tolist(), few.line.tolist())
        beside = [column.role.kind for column in layout.beside if column.role]
        rows = rows.with_closes()
        if self._plan.fractions:
            rows.beside[:, beside.index("change_pct")] *= 100
        block = _closes(label, names, rows, beside)
        if (order.turns or order.doubled) and layout.kind != "wide":
            refuse_several_a_session(block)
        zero = [Problem(Place(label), ZERO_IS_NONE)] if odd.zero_is_none else []
        left = [Problem(Place(label), text) for text in layout.notes]
        above = left_out(label, sheet.table.preamble, "above the header")
        warned = [Problem(Place(label), text) for text in layout.warnings]
        days = np.array(sorted(self._days), dtype="datetime64[D]")
        way = "oldest first" if order.rising else "newest first" if order.falling else "unordered"
        return block._replace(
            faults=tuple(odd.faults),
            warnings=(*warned, *far_apart(label, days), *further),
            notes=(*zero, *left, *above, *odd.notes, *self._plan.fractions),
            reading=self._plan.reading._replace(order=way, dates=style),
            blank=(*self._blank, *odd.blank_by_zero),
        )


def _narrow(lines: Ints) -> Ints:
    """Numbers of lines in half the memory, where they are not beyond that."""
    return lines.astype(np.int32) if lines.max(initial=0) <= np.iinfo(np.int32).max else lines


def _closes(label: str, names: list[str], rows: Rows, beside: list[str]) -> Block:
    named = [*filter(None, names)]  # without a name there is no close
    ordered = sorted(named)
    rank = {name: n for n, name in enumerate(ordered)}
    codes = np.array([rank.get(name, -1) for name in names], dtype=np.int32)[rows.symbol]
    nothing = throughout(np.nan, len(rows.line))
    said = {kind: np.ascontiguousarray(rows.beside[:, n]) for n, kind in enumerate(beside)}
    frame = Frame(
        {
            "symbol": Labels(ordered, codes),
            "session": rows.session,
            "line": rows.line,
            "close": rows.close,
            **{kind: said.get(kind, nothing) for kind in BESIDE},
        }
    )
    return Block(label, frame, tuple(named))


def is_sure(sheet: ReadSheet, context: Context) -> bool:
    """Tell whether no row below the beginning of a table can change what its columns are."""
    table, layout = sheet.table, sheet.layout
    close = next(iter(layout.closes))
    roles = [context.words.role(" ".join(heads)) for heads in table.heads]
    others = {*range(len(roles))} - {table.date, layout.symbol, close}
    named = table.heads[1:] if _numbers_rows(table) else table.heads
    if not all(map(any, named)) or layout.notes or layout.warnings:
        return False
    kind = role.kind if (role := roles[close]) else ""
    # A column that is empty so far is none so far.
    empty = [roles[n] for n in others if not any(table.column(n))]
    if any(kind != "close" or (role is not None and role.kind in BESIDE) for role in empty):
        return False
    deciding = _DECIDING if kind == "close" else _DECIDING | _WEAK
    if any((role := roles[n]) is not None and role.kind in deciding for n in others):
        return False
    names = table.column(layout.symbol or 0)
    # Numbers could count the rows, and be no names.
    are_names = any(all(read_signed(name, mark) is None for mark in ".,") for name in names)
    mark = sheet.marks[close]
    return are_names and (kind == "close" or any(mark in cell for cell in table.column(close)))


def _numbers_rows(table: Table) -> bool:
    """Whether the first column is one of row numbers without a name, as some programs write it."""
    numbers = table.column(0)[:_TELLING_ROWS]
    return len(numbers) == _TELLING_ROWS and all(map(str.isdecimal, numbers))
