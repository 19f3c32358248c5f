"""Whole lines of a tidy table, taken apart at once where every cell is of the plainest form.

That is: rows with the header's number of cells, dates, and closes of digits with a decimal mark at
most.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np

from marketmove.sources.cell_values import (
    Numbers,
    coded,
    gaps_only,
    numbers_of,
    parts_thousands,
    texts_of,
    words_of,
)
from marketmove.sources.cells import Cells, cells_of
from marketmove.sources.numbers import LARGEST, SMALLEST, read_signed
from marketmove.sources.parts import Floats, Form, Part, Rows, iso_day, nothing_beside

# Signs that could make a line end or a cell mean something else than it seems to.
_UNSURE = (b"\r", b"\0")


def part_of(
    block: bytes,
    first_line: int,
    form: Form,
    day_of: Callable[[str], dt.date | None] = iso_day,
) -> Part | None:
    r"""Take whole lines apart; None if a cell is not of the plainest form.

    >>> part = part_of(b"2025-02-14,HSI,22620.33\n", 2, Form(",", 3, 0, 1, 2))
    >>> part.symbols, part.rows.close.tolist(), part.rows.line.tolist()
    (['HSI'], [22620.33], [2])
    >>> part_of(b"2025-02-14,HSI,+22620.33\n", 2, Form(",", 3, 0, 1, 2)) is None
    True
    """
    if any(sign in block for sign in _UNSURE) or not _is_text(block):
        return None
    if (cells := cells_of(block, form)) is None:
        return None
    close = numbers_of(cells, *cells.of(form.close), form.mark)
    if not _are_levels(cells, close, form):
        return None
    words = words_of(cells.block)
    dates, symbols = (coded(cells, words, column) for column in (form.date, form.symbol))
    beside = [_beside(cells, column, form) for column in form.beside]
    if dates is None or symbols is None or any(said is None for said in beside):
        return None
    days = [day_of(text) for text in dates.values]
    texts = [*dates.values, *symbols.values]
    if None in days or "" in symbols.values or [*map(str.strip, texts)] != texts:
        return None
    lines = np.arange(first_line, first_line + len(close.values))
    sessions = np.array(days, "datetime64[D]")[dates.codes]
    columns: list[Any] = [nothing_beside(len(lines)), *beside]
    rows = Rows(symbols.codes, sessions, close.values, lines, np.column_stack(columns))
    certain, is_open = _evidence(cells, close, form)
    firsts = dict(zip(dates.values, lines[dates.first_rows()].tolist(), strict=True))
    blank = ~close.plain
    return Part(symbols.values, rows, blank, certain, is_open or cells.open, firsts)


def _is_text(block: bytes) -> bool:
    """Whether bytes are UTF-8, also in cells that nobody reads."""
    try:
        return block.isascii() or block.decode() is not None
    except UnicodeDecodeError:
        return False


def _are_levels(cells: Cells, close: Numbers, form: Form) -> bool:
    """Whether all closes are levels or gaps."""
    inside = (close.values >= SMALLEST) & (close.values < LARGEST)
    return bool((inside | ~close.plain).all()) and gaps_only(cells, *cells.of(form.close), close)


def _beside(cells: Cells, column: int, form: Form) -> Floats | None:
    """What stands beside the closes, as small files have it; None where that takes more.

    A percent sign tells what all changes are stated in.
    """
    starts, ends = cells.of(column)
    first = cells.signs[starts]
    below = first == ord("-")
    signed = (below | (first == ord("+"))) & (ends - starts > 1)
    found = numbers_of(cells, starts + signed, ends, form.mark)
    values = np.where(below, -found.values, found.values)
    texts = texts_of(cells, starts, ends, found)
    said = {text: read_signed(text, form.mark) for text in {*texts}}
    if any("%" in text for text in said):
        return None
    others = [np.nan if (value := said[text]) is None else value for text in texts]
    values[~found.plain & (ends > starts)] = others
    return values


def _evidence(cells: Cells, close: Numbers, form: Form) -> tuple[bool, bool]:
    """Whether some mark is none of thousands for sure, and whether some may be one."""
    thousands = parts_thousands(cells, *cells.of(form.close), close)
    certain = (close.decimals > 0) & close.plain & ~thousands
    return bool(certain.any()), bool(thousands.any())
