"""DataFrames as tables of text, so that they are read by the same rules as files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

import pandas as pd

from marketmove.errors import MarketMoveError, Place, Problem, UnrecognisedFileError
from marketmove.sources.block import Block, Context, ReadOptions
from marketmove.sources.grid import Grid, GridRow
from marketmove.sources.opening import Source
from marketmove.sources.table import read_table

FRAME_LABEL = "DataFrame"
# Digits after the mark that thousands have too: 1.234.
_THOUSANDS = 3


def frame_source(
    frame: pd.DataFrame, decimal: str | None = None, label: str = FRAME_LABEL
) -> Source:
    """Take a copy of a frame's cells as a source: numbers as they are, missing as gaps.

    The line of a row is its position, as ``iloc`` counts. An index of dates is the first column,
    and so is any other that has a name.

    Parameters
    ----------
    frame
        Tidy (``date``, ``symbol``, ``close``) or wide (a date, and one column an index).
    decimal
        The decimal mark of cells that are text, where it is known.
    label
        What to call it in messages and output.

    Raises
    ------
    UnrecognisedFileError
        If it has no row, or two columns have one name.

    Examples
    --------
    >>> wide = pd.DataFrame({"HSI": [22620.33, None]}, pd.to_datetime(["2025-02-14", "2025-02-17"]))
    >>> [row.cells for row in frame_source(wide).grid.rows]
    [['date', 'HSI'], ['2025-02-14', '22620.33'], ['2025-02-17', '']]
    """
    table = _with_index(frame)
    if table.empty:
        raise UnrecognisedFileError.at(Place(label), "a frame without rows")
    if not table.columns.is_unique:
        name = " ".join(_levels(table.columns[table.columns.duplicated()][0]))
        raise UnrecognisedFileError.at(Place(label), f"two columns are called {name}")
    mark = decimal or "."
    columns = [
        [_text(cell, mark) for cell in _cells(table.iloc[:, n])] for n in range(table.shape[1])
    ]
    body = [GridRow(n, list(cells)) for n, cells in enumerate(zip(*columns, strict=True))]
    rows = [*_header(table.columns), *(row for row in body if any(row.cells))]
    return Source(label, None, b"", grid=Grid(label, rows, "DataFrame"))


def read_frame(grid: Grid, options: ReadOptions, context: Context) -> Block:
    """Read the closes of a frame, as ``table.read_table`` reads those of a file."""
    try:
        return read_table(grid, None, options, context)
    except MarketMoveError as error:
        raise type(error)(map(_without_header_line, error.problems)) from None


def _without_header_line(problem: Problem) -> Problem:
    """A problem with its place; the header of a frame has no position."""
    place = problem.place
    if place is None or place.line is None or place.line >= 0:
        return problem
    return problem._replace(place=Place(place.path))


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its index as columns, where that is more than a number of the row."""
    names = list(frame.index.names)
    if isinstance(frame.index, pd.DatetimeIndex | pd.PeriodIndex) and names == [None]:
        names = ["date"]
    if names == [None] and _holds_dates(frame.index):
        names = ["date"]
    if None in names:
        return frame
    levels = [frame.index.get_level_values(n) for n in range(frame.index.nlevels)]
    table = frame.reset_index(drop=True)
    for n, (name, level) in enumerate(zip(names, levels, strict=True)):
        depth = table.columns.nlevels
        head = name if depth == 1 else (*[""] * (depth - 1), name)
        table.insert(n, head, pd.Series(list(level), dtype=object), allow_duplicates=True)
    return table


def _holds_dates(index: pd.Index[Any]) -> bool:
    return len(index) > 0 and all(isinstance(value, dt.date) for value in index)


def _header(columns: pd.Index[Any]) -> Iterator[GridRow]:
    """The names of columns, a row a level, above the first row."""
    names = [_levels(column) for column in columns]
    for n in range(columns.nlevels):
        yield GridRow(n - columns.nlevels, [parts[n] for parts in names])


def _levels(name: Any) -> Sequence[str]:
    parts = name if isinstance(name, tuple) else (name,)
    return ["" if part is None else str(part).strip() for part in parts]


def _cells(column: pd.Series[Any]) -> list[Any]:
    """The cells of a column as Python has them; missing as None."""
    cells: list[Any] = column.astype(object).tolist()
    return [None if gone else cell for cell, gone in zip(cells, column.isna(), strict=True)]


def _text(cell: Any, mark: str) -> str:
    """A cell as text that can be read in one way only."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return str(cell) if cell.tzinfo or cell.time() != dt.time() else cell.date().isoformat()
    if isinstance(cell, bool) or not isinstance(cell, Real | Decimal):
        return str(cell).strip()
    if isinstance(cell, Integral):
        return str(int(cell))
    number = cell if isinstance(cell, Decimal) else Decimal(repr(float(cell)))
    if not number.is_finite():
        return str(cell)
    whole, point, digits = f"{number:f}".partition(".")
    if not digits.strip("0"):
        return whole
    # 1.234 might have a mark of thousands, 1.2340 has not.
    return f"{whole}{mark if point else ''}{digits}{'0' * (len(digits) == _THOUSANDS)}"
