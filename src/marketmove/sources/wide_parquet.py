"""Parquet with a column an index that is too large to read as text: its rows as numbers.

As of every file too large to hold, the beginning tells what the columns are: the first rows, and of
an index that starts later the first that it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from marketmove.errors import Place, Problem
from marketmove.sources import numbers
from marketmove.sources.arrow_columns import (
    NotTypedError,
    dated_head,
    days_of,
    flat_names,
    floats_of,
    is_date,
    is_number,
    text_of,
    values_of,
)
from marketmove.sources.block import Block, Context, Fault, ReadOptions
from marketmove.sources.by_parts import PartsReader, Plan
from marketmove.sources.dates import EXPECTED
from marketmove.sources.grid import Grid
from marketmove.sources.opening import Source
from marketmove.sources.parts import (
    Bools,
    Days,
    Floats,
    Ints,
    Part,
    RowFilter,
    Rows,
    is_iso,
    nothing_beside,
)
from marketmove.sources.sheet import ReadSheet
from marketmove.sources.table import understand
from marketmove.sources.typed import cell_text

# First rows that tell what a column is, and how many values are read at once.
_HEAD_ROWS, _VALUES_AT_ONCE = 150, 1 << 19


class _Wide(NamedTuple):
    """Which column has the dates, by its name, and which of them have which index."""

    date: str
    columns: Sequence[str]
    indices: Sequence[str]


class _Rows(NamedTuple):
    """Some rows, a column of closes an index; ``undated`` are the texts of dates that are none."""

    lines: Ints
    days: Days
    dated: Bools
    closes: Floats
    undated: Sequence[str]


def read_wide(
    file: Any,
    source: Source,
    options: ReadOptions,
    context: Context,
    keep: RowFilter | None,
) -> Block:
    """Read a file with a column an index; ``keep`` is as ``read_large`` has it.

    Raises ``NotTypedError`` where that takes more than numbers by dates.
    """
    grid = _beginning(file, source.label, options.decimal or ".")
    sheet = understand(grid, source.stem, options, context)
    wide = _columns(file, sheet)
    plan = Plan(sheet, sheet.reading(grid, options), "", vast=True, certain=True)
    reader = PartsReader(plan, options, context, keep)
    faults: list[Fault] = []
    first = 2
    size = max(1, _VALUES_AT_ONCE // len(wide.columns))
    for batch in file.iter_batches(size, columns=[wide.date, *wide.columns], use_threads=False):
        rows = _rows_of(batch, wide, first)
        faults += _faults(rows, wide, source.label)
        reader.add_plain(_part(rows, wide))
        first += batch.num_rows
        if context.progress is not None:
            context.progress(reader.rows, (first - 2) / file.metadata.num_rows)
        if reader.wants_all:
            return read_wide(file, source, options, context, None)
    source.refuse_changed()
    # In the order in which a table names them: no dates, then bad closes column by column.
    number = {name: n for n, name in enumerate(wide.indices)}
    faults.sort(key=lambda fault: number.get(fault.symbol or "", -1))
    block = reader.block()
    return block._replace(faults=(*block.faults, *faults))


def _beginning(file: Any, label: str, mark: str) -> Grid:
    """The first rows as text, and below them the first of the indices that have nothing there."""
    names = flat_names(file) or file.schema_arrow.names
    batch = dated_head(file, _HEAD_ROWS)
    grid = text_of(names, batch.columns, label, mark)
    late = [n for n, column in enumerate(batch.columns) if _is_empty(column)]
    dates = next((n for n, column in enumerate(batch.columns) if _has_dates(column)), None)
    if not late or dates is None:
        return grid
    found = np.zeros(len(late), dtype=np.int64)
    rows = [*grid.rows]
    wanted = [names[dates], *(names[n] for n in late)]
    for more in file.iter_batches(
        _VALUES_AT_ONCE // len(wanted), columns=wanted, use_threads=False
    ):
        values = [floats_of(more.column(name)) for name in wanted[1:]]
        has = ~np.isnan(np.column_stack(values))
        tells = has & (found + np.cumsum(has, axis=0) <= _HEAD_ROWS)
        found += has.sum(axis=0)
        days = more.column(wanted[0])
        for row in np.flatnonzero(tells.any(axis=1)).tolist():
            cells = [""] * len(names)
            cells[dates] = cell_text(days[row].as_py(), mark)
            for n, column in zip(late, values, strict=True):
                cells[n] = cell_text(float(column[row]), mark)
            rows.append(rows[-1]._replace(line=rows[-1].line + 1, cells=cells))
    return grid._replace(rows=rows)


def _has_dates(column: Any) -> bool:
    """Whether a column has dates, typed or as texts such as 2025-02-14."""
    texts = text_of(["date"], [column[:1]], "", ".").rows[1:]
    return is_date(values_of(column.type)) or any(is_iso(row.cells[0]) for row in texts)


def _is_empty(column: Any) -> bool:
    """Whether a column of numbers has none."""
    return is_number(values_of(column.type)) and bool(np.isnan(floats_of(column)).all())


def _columns(file: Any, sheet: ReadSheet) -> _Wide:
    """The columns that are read; refuses what is no number, no date, or there twice."""
    names, fields = flat_names(file) or file.schema_arrow.names, file.schema_arrow
    if len(set(names)) < len(names):
        raise NotTypedError("two columns have the same name")
    table, closes = sheet.table, sheet.layout.closes
    date = fields.field(names[table.date])
    kind = values_of(date.type)
    plain = is_date(kind) and not getattr(kind, "tz", None)
    if not plain and not all(map(is_iso, table.column(table.date))):
        raise NotTypedError(f"{date.name} is of type {kind}; write it as a date")
    for number in closes:
        kind = values_of(fields.field(names[number]).type)
        if not is_number(kind):
            raise NotTypedError(f"{names[number]} is of type {kind}; write it as a number")
    indices = [name or sheet.single for name in closes.values()]
    if len(set(indices)) < len(indices):
        twice = next(name for name in indices if indices.count(name) > 1)
        raise NotTypedError(f"two columns are of {twice}")
    return _Wide(date.name, [names[n] for n in closes], indices)


def _rows_of(batch: Any, wide: _Wide, first: int) -> _Rows:
    dates = batch.column(wide.date)
    days, dated = days_of(dates, wide.date)
    closes = np.column_stack([floats_of(batch.column(name)) for name in wide.columns])
    undated = [cell_text(dates[row].as_py()) for row in np.flatnonzero(~dated).tolist()]
    return _Rows(first + np.arange(len(days)), days, dated, closes, undated)


def _faults(rows: _Rows, wide: _Wide, label: str) -> Iterator[Fault]:
    """Give the rows without a date, and what is filled and no level."""
    for row, text in zip(np.flatnonzero(~rows.dated).tolist(), rows.undated, strict=True):
        if not np.isnan(rows.closes[row]).all():
            said = f"{text or 'an empty cell'} is not a date; expected {EXPECTED}"
            yield Fault(None, None, Problem(Place(label, int(rows.lines[row])), said))
    bad = ~(np.isnan(rows.closes) | _are_levels(rows.closes)) & rows.dated[:, None]
    for row, column in np.argwhere(bad).tolist():
        said = str(numbers.read_all([cell_text(float(rows.closes[row, column]))], ".")[0])
        name, place = wide.indices[column], Place(label, int(rows.lines[row]))
        yield Fault(name, rows.days[row].item(), Problem(place, f"{name}: {said}"))


def _are_levels(closes: Floats) -> Bools:
    found: Bools = (closes >= numbers.SMALLEST) & (closes < numbers.LARGEST)
    return found


def _part(rows: _Rows, wide: _Wide) -> Part:
    """The dated rows, one index beside the other."""
    count = len(wide.indices)
    lines, days, closes = rows.lines[rows.dated], rows.days[rows.dated], rows.closes[rows.dated]
    long = Rows(
        np.tile(np.arange(count, dtype=np.int32), len(lines)),
        np.repeat(days, count),
        np.where(_are_levels(closes), closes, np.nan).ravel(),
        np.repeat(lines, count),
        nothing_beside(len(lines) * count),
    )
    return Part([*wide.indices], long, np.isnan(long.close))
