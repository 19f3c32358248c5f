"""From a table of text to closes: dates and numbers by what their whole columns settle."""

from __future__ import annotations

import datetime as dt
import functools
import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from marketmove.errors import Place, Problem, UnrecognisedFileError
from marketmove.frame import distinct
from marketmove.market.currencies import quote_of
from marketmove.sources import bad_rows, dates, numbers, stamps
from marketmove.sources.block import Block, Closes, Context, Fault, ReadOptions
from marketmove.sources.columns import Layout, is_code
from marketmove.sources.file_names import index_of_file
from marketmove.sources.fractions import in_percent
from marketmove.sources.grid import Grid, GridRow
from marketmove.sources.header import Table, arrange, left_out
from marketmove.sources.one_a_session import (
    far_apart,
    refuse_several_a_session,
    refuse_stacked,
)
from marketmove.sources.recognise import recognise
from marketmove.sources.sheet import ReadSheet

FEWEST_WEEKENDS = 4
ZERO_IS_NONE = "0 stands for no close, as on every weekend"
_ZERO = re.compile(r"0+(?:[.,]0+)?")


def read_table(grid: Grid, stem: str | None, options: ReadOptions, context: Context) -> Block:
    """Read the closes of a table: long, wide, or one index.

    ``stem`` may name the index. Raises ``UnrecognisedFileError`` if the columns cannot be told
    apart, or leave open how a date or a number is meant, or the rows are not one a session. Single
    cells that cannot be used are faults of the block.
    """
    sheet = with_short_rows(understand(grid, stem, options, context))
    names = _names(sheet)
    lines = [row.line for row in sheet.table.rows]
    refuse_stacked(grid.label, next(iter(names.values())), sheet.sessions, lines)
    clashing = list(_clashing(sheet))
    clashing_names = {fault.symbol for fault in clashing}
    columns = [
        _read_column(sheet, number, names[number])
        for number in sheet.layout.closes
        if sheet.layout.kind != "wide" or names[number][0] not in clashing_names
    ]
    closes = Closes.joined(found for found, _, _ in columns)
    closes, fractions = _with_percents(sheet, closes)
    unfit = [fault for _, faults, _ in columns for fault in faults]
    faults = [
        *bad_rows.unread(sheet),
        *bad_rows.undated(sheet),
        *bad_rows.ragged(sheet, options),
        *clashing,
        *unfit,
    ]
    symbols = dict.fromkeys(name for column in names.values() for name in column if name)
    block = Block.of(grid.label, closes, symbols, faults)
    if sheet.layout.kind != "wide":
        refuse_several_a_session(block)
    return block._replace(
        warnings=tuple(_warnings(sheet, block)),
        notes=(*_notes(sheet, options, context), *fractions),
        reading=sheet.reading(grid, options),
        blank=tuple(row for _, _, blank in columns for row in blank),
    )


def understand(grid: Grid, stem: str | None, options: ReadOptions, context: Context) -> ReadSheet:
    """Tell what a table's columns are, and what its dates and decimal marks mean."""
    table = arrange(grid, context.words)
    if not table.rows:
        raise UnrecognisedFileError.at(Place(grid.label), "no row with a date and all its cells")
    by_file = index_of_file(stem, context.registry) if stem else ""
    layout = recognise(table, context.words, context.registry, options.symbol or by_file)
    single, source = _single_name(layout, stem, by_file, options, context, grid.label)
    texts = table.column(table.date)
    names = [single] if single else _all_names(table, layout)
    try:
        read = _read_dates(table, layout, names, options, context)
    except stamps.UndecidedError as error:
        place = Place(grid.label, table.rows[texts.index(error.text)].line)
        raise UnrecognisedFileError.at(place, str(error)) from None
    sessions = [read.by_text[text] for text in texts]
    lines = (row.line for row in table.rows)
    stamped = zip(lines, texts, strict=True) if read.early else ()
    early = {line: read.early[text] for line, text in stamped if text in read.early}
    marks = _marks(table, layout, options)
    index = context.registry.find(single)
    why = f"{index.name if index else single} ({source})" if single else ""
    return ReadSheet(table, layout, single, sessions, read.style, marks, early, why)


def _read_dates(
    table: Table,
    layout: Layout,
    names: Sequence[str],
    options: ReadOptions,
    context: Context,
) -> stamps.Dates:
    """The dates of a table; where stamps are of several exchanges, by the clock of each."""
    texts = table.column(table.date)
    read = functools.partial(
        dates.read_dates, months=context.words.months, date_format=options.date_format
    )
    try:
        return read(texts, exchange=context.exchange_of(names))
    except stamps.ClockError:
        if layout.symbol is None:
            raise
        of_rows = [context.exchange_of([name]) for name in table.column(layout.symbol)]
        clocks = dict.fromkeys(of_rows)
        if len(clocks) < 2:
            raise
        parts = [
            read([t for t, of in zip(texts, of_rows, strict=True) if of == clock], exchange=clock)
            for clock in clocks
        ]
    by_text: dict[str, dt.date | None] = {}
    for text, day in (item for part in parts for item in part.by_text.items()):
        if by_text.setdefault(text, day) != day:
            raise stamps.UndecidedError(text, f"{text} is of several sessions; write plain dates")
    early = {text: minute for part in parts for text, minute in part.early.items()}
    return stamps.Dates(by_text, parts[0].style, early)


def _single_name(
    layout: Layout,
    stem: str | None,
    by_file: str,
    options: ReadOptions,
    context: Context,
    label: str,
) -> tuple[str, str]:
    """The index of a close without a name, and what says so."""
    unnamed = [name for name in layout.closes.values() if not name]
    if layout.kind == "long" or not (unnamed or layout.kind == "single"):
        return "", ""
    headed = "" if unnamed else next(iter(layout.closes.values()))
    if options.symbol:
        return options.symbol, "as told"
    if headed and (not by_file or context.registry.find(headed) or is_code(headed)):
        return headed, "the header says it"
    if by_file:
        return by_file, "the file's name says it"
    if headed or stem:
        return headed or (stem or "").strip(), "the file's name is not a known index's"
    raise UnrecognisedFileError.at(
        Place(label), "closes of one index without its name; say --symbol, such as HSI"
    )


def _all_names(table: Table, layout: Layout) -> list[str]:
    if layout.symbol is not None:
        return list(dict.fromkeys(table.column(layout.symbol)))
    return list(layout.closes.values())


def _names(sheet: ReadSheet) -> dict[int, list[str]]:
    """The index of every row, for each column of closes."""
    layout, rows = sheet.layout, len(sheet.table.rows)
    if layout.symbol is not None:
        return {key: [*sheet.table.column(layout.symbol)] for key in layout.closes}
    if layout.kind == "single":
        return {n: [sheet.single] * rows for n in layout.closes}
    return {n: [name or sheet.single] * rows for n, name in layout.closes.items()}


def _marks(table: Table, layout: Layout, options: ReadOptions) -> dict[int, str]:
    """The decimal mark of each column of closes, and of those beside it."""
    besides = [column.number for column in layout.beside]
    if options.decimal:
        return dict.fromkeys([*layout.closes, *besides], options.decimal)
    own = {n: numbers.weigh(table.column(n)) for n in layout.closes}
    around: list[numbers.Evidence] | None = None
    marks: dict[int, str] = {}
    problems: list[Problem] = []
    for number, evidence in own.items():
        mark = numbers.decimal_mark(evidence)
        if mark is None and not (evidence.point and evidence.comma):
            if around is None:
                # What the other columns say of it: 9,38B and 1,52% as well.
                width = len(table.rows[0].cells)
                others = (n for n in range(width) if n != table.date)
                around = [numbers.weigh(table.column(n), decorated=True) for n in others]
            mark = numbers.decimal_mark(evidence, around)
        if mark is None:
            text = evidence.open_text or ""
            line = table.rows[table.column(number).index(text)].line
            problems.append(Problem(Place(table.label, line), numbers.open_mark(text)))
        else:
            marks[number] = mark
    if problems:
        raise UnrecognisedFileError(problems)
    return dict.fromkeys(besides, next(iter(marks.values()))) | marks


def _read_column(
    sheet: ReadSheet, number: int, names: list[str]
) -> tuple[Closes, list[Fault], list[tuple[str, dt.date]]]:
    """The closes of one column with what stands beside them, the cells that are none, the blank."""
    table, mark = sheet.table, sheet.marks[number]
    texts = table.column(number)
    if _zero_is_none(sheet, texts):
        texts = ["" if _ZERO.fullmatch(text) else text for text in texts]
    values = numbers.read_all(texts, mark)
    lines = [row.line for row in table.rows]
    rows: Sequence[int] = range(len(values))
    faults: list[Fault] = []
    blank: list[tuple[str, dt.date]] = []
    if not (all(type(v) is float for v in values) and all(names) and all(sheet.sessions)):
        faults = list(bad_rows.unusable(sheet, values, names, lines))
        rated = zip(values, names, sheet.sessions, strict=True)
        blank = [(name, day) for value, name, day in rated if value is None and name and day]
        rows = [n for n in rows if type(values[n]) is float and names[n] and sheet.sessions[n]]
    beside = {
        c.role.kind: numbers.read_all_signed([table.rows[n].cells[c.number] for n in rows], mark)
        for c in sheet.layout.beside
        if c.role
    }
    if sheet.early:
        beside["early"] = [sheet.early.get(lines[n], math.nan) for n in rows]
    columns: Any = (
        column if len(rows) == len(column) else [column[n] for n in rows]
        for column in (names, sheet.sessions, lines, values)
    )
    symbols, sessions, kept_lines, closes = columns
    return Closes.of(symbols, sessions, closes, kept_lines, beside), faults, blank


def _with_percents(sheet: ReadSheet, closes: Closes) -> tuple[Closes, list[Problem]]:
    """Closes with stated changes in percent; and a note, if the column has fractions."""
    stated = next((c for c in sheet.layout.beside if c.role and c.role.kind == "change_pct"), None)
    if stated is None or any("%" in cell for cell in sheet.table.column(stated.number)):
        return closes, []
    if (scaled := in_percent(closes)) is None:
        return closes, []
    text = f"{stated.header} is stated in fractions, 0.01 for 1%"
    return scaled, [Problem(Place(sheet.table.label), text)]


def stated_in_fractions(sheet: ReadSheet) -> list[Problem]:
    """Note stated changes that are fractions, as those of the rows show it."""
    names = _names(sheet)
    columns = (_read_column(sheet, number, names[number]) for number in sheet.layout.closes)
    return _with_percents(sheet, Closes.joined(found for found, _, _ in columns))[1]


def _zero_is_none(sheet: ReadSheet, texts: Sequence[str]) -> bool:
    """Whether 0 stands for no close: on every Saturday and Sunday, some of which there are."""
    if not any(map(is_zero, texts)):
        return False
    off = [t for t, day in zip(texts, sheet.sessions, strict=True) if day and day.weekday() > 4]
    return len(off) >= FEWEST_WEEKENDS and all(map(_ZERO.fullmatch, off))


def is_zero(text: str) -> bool:
    """Tell a cell with a 0, which is no level."""
    return text[:1] == "0" and _ZERO.fullmatch(text) is not None


def with_short_rows(
    sheet: ReadSheet, day_of: Callable[[str], dt.date | None] | None = None
) -> ReadSheet:
    """Take in rows that lack only cells at their end, where low and high prove the close.

    ``day_of`` gives the date of a text; else the rows that lack nothing do, or the text itself.
    """
    table, layout = sheet.table, sheet.layout
    beside = {c.role.kind: c.number for c in layout.beside if c.role}
    if layout.kind == "wide" or not table.ragged or not {"low", "high"} <= beside.keys():
        return sheet
    known = dict(zip(table.column(table.date), sheet.sessions, strict=True))
    day_of = day_of or (lambda text: known.get(text) or dates.read_date(text))
    close = next(iter(layout.closes))
    needed = max(close, beside["low"], beside["high"], layout.symbol or 0, table.date)
    taken: dict[int, tuple[GridRow, dt.date]] = {}
    for row in table.ragged:
        if needed < len(row.cells) < len(table.heads):
            low, level, high = (
                numbers.read_signed(row.cells[n], sheet.marks[close])
                for n in (beside["low"], close, beside["high"])
            )
            proven = low and level and high and low <= level <= high
            if proven and (session := day_of(row.cells[table.date])):
                padding = [""] * (len(table.heads) - len(row.cells))
                taken[row.line] = (row._replace(cells=row.cells + padding), session)
    rows = [*zip(table.rows, sheet.sessions, strict=True), *taken.values()]
    rows.sort(key=lambda pair: pair[0].line)
    ragged = [row for row in table.ragged if row.line not in taken]
    table = table._replace(rows=[row for row, _ in rows], ragged=ragged)
    return sheet._replace(table=table, sessions=[session for _, session in rows])


def _clashing(sheet: ReadSheet) -> Iterator[Fault]:
    """Columns of a wide table that have one name and different figures."""
    if sheet.layout.kind != "wide":
        return
    first: dict[str, int] = {}
    for number, name in sheet.layout.closes.items():
        other = first.setdefault(name, number)
        if other != number and sheet.table.column(other) != sheet.table.column(number):
            text = f"columns {other + 1} and {number + 1} are both called {name}, and differ"
            place = Place(sheet.table.label, sheet.table.header_line)
            yield Fault(name, None, Problem(place, text))


def _warnings(sheet: ReadSheet, block: Block) -> Iterator[Problem]:
    for text in sheet.layout.warnings:
        yield Problem(Place(block.label), text)
    yield from far_apart(block.label, distinct(block.frame["session"]))


def _notes(sheet: ReadSheet, options: ReadOptions, context: Context) -> list[Problem]:
    table = sheet.table
    unknown = sheet.single if context.registry.find(sheet.single) is None else ""
    named = [f"{unknown} is not a known index; --symbol names it"]
    named = named if unknown and not options.symbol and not quote_of(unknown) else []
    if any(_zero_is_none(sheet, table.column(number)) for number in sheet.layout.closes):
        named.append(ZERO_IS_NONE)
    found = [Problem(Place(table.label), text) for text in named]
    found += [Problem(Place(table.label), text) for text in sheet.layout.notes]
    found += left_out(table.label, table.preamble, "above the header")
    found += left_out(table.label, table.footers, "below the table")
    return found
