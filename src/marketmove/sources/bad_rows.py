"""Rows of a table that cannot be used, in words: a bad date, none, too many cells, a bad close."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from marketmove.errors import Place, Problem
from marketmove.sources import dates
from marketmove.sources.block import Fault, ReadOptions
from marketmove.sources.grid import GridRow
from marketmove.sources.sheet import ReadSheet


def unread(sheet: ReadSheet) -> Iterator[Fault]:
    """Give the rows whose date cannot be read: they may be of any session."""
    rows = zip(sheet.table.rows, sheet.sessions, strict=True)
    return _without_date(sheet, (row for row, session in rows if session is None))


def undated(sheet: ReadSheet) -> Iterator[Fault]:
    """Give the rows that have no date."""
    return _without_date(sheet, sheet.table.undated)


def _without_date(sheet: ReadSheet, rows: Iterable[GridRow]) -> Iterator[Fault]:
    table, symbol = sheet.table, sheet.layout.symbol
    for row in rows:
        found = row.cells[table.date] or "an empty cell"
        text = f"{found} is not a date; expected {dates.EXPECTED}"
        name = row.cells[symbol] if symbol is not None else None
        yield Fault(name, None, Problem(Place(table.label, row.line), text))


def ragged(
    sheet: ReadSheet, options: ReadOptions, days: Mapping[str, dt.date | None] | None = None
) -> Iterator[Fault]:
    """Give the rows with too many or too few cells: only a date in its place is trusted.

    ``days`` are the dates of the column by their texts, where the sheet has not all its rows.
    """
    table = sheet.table
    width = len(table.heads) or len(table.rows[0].cells)
    known = days or dict(zip(table.column(table.date), sheet.sessions, strict=True))
    for row in table.ragged:
        text = f"{len(row.cells)} cells where the header has {width}; mend the row or remove it"
        first = row.cells[table.date] if table.date < len(row.cells) else ""
        session = known.get(first) or dates.read_date(first, options.date_format)
        yield Fault(None, session, Problem(Place(table.label, row.line), text))


def unusable(
    sheet: ReadSheet,
    values: Sequence[float | str | None],
    names: Sequence[str],
    lines: Sequence[int],
) -> Iterator[Fault]:
    """Give the cells of rows with a date that are neither a close nor a gap, or of no index."""
    for value, name, session, line in zip(values, names, sheet.sessions, lines, strict=True):
        if session is None or value is None or (type(value) is float and name):
            continue
        text = f"{name}: {value}" if name else "a close without the name of its index"
        place = Place(sheet.table.label, line)
        yield Fault(name or None, session, Problem(place, text))
