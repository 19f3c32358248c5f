"""Whole lines of a table with a column an index, taken apart at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np

from marketmove.market.indices import Registry
from marketmove.sources.cell_values import coded, gaps_only, numbers_of, parts_thousands, words_of
from marketmove.sources.cells import cells_of
from marketmove.sources.header import Table
from marketmove.sources.numbers import LARGEST, SMALLEST
from marketmove.sources.parts import Form, Part, ReadWholeError, Rows, nothing_beside
from marketmove.sources.sheet import ReadSheet

# So many values of an index tell what its column is.
TELLING = 120


class WideRows:
    """Reads lines of which every cell is of the plainest form; the file is read whole else.

    ``names`` are those of the indices in the order of their columns.
    """

    def __init__(
        self, form: Form, names: list[str], day_of: Callable[[str], dt.date | None], *, told: bool
    ) -> None:
        self._form, self._names, self._day_of = form, names, day_of
        self._certain = np.full(len(names), told)

    def read(self, block: bytes, first_line: int) -> Part:
        """Take whole lines apart; raises ``ReadWholeError`` if a cell may be something else."""
        form, width = self._form, len(self._names)
        cells = None if b'"' in block or b"\r" in block or b"\0" in block else cells_of(block, form)
        if cells is None or not block.isascii():
            raise ReadWholeError
        dates = coded(cells, words_of(cells.block), form.date)
        days = [self._day_of(text) for text in dates.values] if dates else [None]
        spans = np.array([cells.of(column) for column in form.numbers])
        starts, ends = spans[:, 0].T.ravel(), spans[:, 1].T.ravel()
        close = numbers_of(cells, starts, ends, form.mark)
        inside = (close.values >= SMALLEST) & (close.values < LARGEST)
        # Of 07 it would have to be asked whether it is torn off a number with a decimal comma.
        torn = (cells.signs[starts] == ord("0")) & (ends - starts > 1) & (close.decimals == 0)
        sound = (inside & ~torn) | ~close.plain
        if dates is None or None in days or not sound.all():
            raise ReadWholeError
        if [*map(str.strip, dates.values)] != dates.values:
            raise ReadWholeError
        if not gaps_only(cells, starts, ends, close):
            raise ReadWholeError
        certain = (close.decimals > 0) & ~parts_thousands(cells, starts, ends, close)
        self._certain |= certain.reshape(-1, width).any(axis=0)
        lines = np.arange(first_line, first_line + len(dates.codes))
        rows = Rows(
            np.tile(np.arange(width, dtype=np.int32), len(lines)),
            np.repeat(np.array(days, "datetime64[D]")[dates.codes], width),
            close.values,
            np.repeat(lines, width),
            nothing_beside(len(close.values)),
        )
        firsts = dict(zip(dates.values, lines[dates.first_rows()].tolist(), strict=True))
        return Part([*self._names], rows, ~close.plain, dates=firsts)

    def end(self) -> None:
        """End the file: what leaves the decimal mark of an index open has the whole file decide."""
        if not self._certain.all():
            raise ReadWholeError


def late_columns(table: Table) -> list[int]:
    """Give the columns of which the rows have too few values to tell what they are."""
    numbers = {*range(len(table.heads))} - {table.date}
    few = (n for n in sorted(numbers) if len(table.filled(n)) < TELLING)
    return [*few] if len(table.rows) >= TELLING else []


def is_sure_of_all(sheet: ReadSheet, registry: Registry) -> bool:
    """Tell whether all columns are indices by their first values, whatever numbers stand below."""
    table, closes, names = sheet.table, sheet.layout.closes, [*sheet.layout.closes.values()]
    found = {registry.resolve(name).symbol for name in names if name}
    return (
        {table.date, *closes} == {*range(len(table.heads))}
        and len(found) == len({*names}) == len(names)
        and len(table.rows) >= TELLING
        # Whole numbers could count the rows.
        and all(
            any(cell.partition(sheet.marks[n])[2].strip("0") for cell in table.filled(n))
            for n in closes
        )
    )
