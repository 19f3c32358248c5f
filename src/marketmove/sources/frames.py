"""DataFrames as tables of text, so that they are read by the same rules as files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from marketmove.errors import Place, UnrecognisedFileError
from marketmove.sources.grid import Grid, GridRow
from marketmove.sources.opening import Source
from marketmove.sources.typed import cell_text

FRAME_LABEL = "DataFrame"


def frame_source(
    frame: pd.DataFrame, decimal: str | None = None, label: str = FRAME_LABEL
) -> Source:
    """Take a copy of a frame's cells, tidy or wide, as a source: numbers as they are.

    The line of a row is its position, as ``iloc`` counts. An index of dates is the first column,
    and so is any other that has a name. ``decimal`` is the mark of cells that are text.

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
    cells = table.astype(object).where(table.notna(), None).to_numpy().tolist()
    body = [GridRow(n, [cell_text(cell, mark) for cell in row]) for n, row in enumerate(cells)]
    rows = [*_header(table.columns), *(row for row in body if any(row.cells))]
    return Source(label, None, b"", grid=Grid(label, rows, "DataFrame"))


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its index as columns, where that is more than a number of the row."""
    index, names = frame.index, list(frame.index.names)
    if names == [None] and (
        isinstance(index, pd.PeriodIndex) or all(isinstance(value, dt.date) for value in index)
    ):
        names = ["date"]
    if None in names:
        return frame
    return frame.reset_index(names=names, col_level=-1, allow_duplicates=True)


def _header(columns: pd.Index[Any]) -> Iterator[GridRow]:
    """The names of columns, a row a level, above the first row."""
    names = [_levels(column) for column in columns]
    for n in range(columns.nlevels):
        yield GridRow(n - columns.nlevels, [parts[n] for parts in names])


def _levels(name: Any) -> Sequence[str]:
    parts = name if isinstance(name, tuple) else (name,)
    return ["" if part is None else str(part).strip() for part in parts]
