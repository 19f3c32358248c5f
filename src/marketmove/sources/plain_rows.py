"""Whole lines of a tidy table, taken apart by pandas where every cell is of the plainest form.

pandas takes more for a number or a row than we do. So what cannot be left to it is checked: rows
with the header's number of cells, dates, closes of digits with a decimal mark at most.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from marketmove.sources.cells import Cells, Signs, cells_of
from marketmove.sources.numbers import GAPS, LARGEST, SMALLEST, is_gap
from marketmove.sources.parts import (
    Bools,
    Coded,
    Floats,
    Form,
    Ints,
    Part,
    Rows,
    iso_day,
    nothing_beside,
)

# Signs that could make a line end or a cell mean something else than it seems to.
_UNSURE = (b"\r", b"\0")
_NO_NUMBER = '"'
# A gap that is written otherwise is one too, but has its rows read cell by cell.
_GAPS = sorted({form for gap in GAPS for form in (gap, gap.upper(), gap.title())})
# Before pandas 3.1 its usual numbers may be one off in the last digit; from then on they never are,
# and to ask for it is deprecated.
_VERSION = tuple(int(part) for part in pd.__version__.split(".")[:2])
_NEAREST: dict[str, Any] = {} if _VERSION >= (3, 1) else {"float_precision": "round_trip"}
# Digits behind the mark that thousands have too, and the longest that may be thousands: 123.456.
_THOUSANDS, _LONGEST_OPEN = 3, 7
# Of longer numbers the marks of thousands that were taken away count.
_LONGEST = 30


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
    cells = cells_of(block, form)
    columns = None if cells is None else _columns(cells, form)
    if cells is None or columns is None:
        return None
    dates, symbols, close, *beside = columns
    blank, spans = np.isnan(close), cells.of(form.close)
    if not (_are_levels(cells, spans, close, form) | blank).all():
        return None
    if not all(is_gap(text) for text in _texts(cells.block, *(edge[blank] for edge in spans))):
        return None
    said = zip(form.beside, beside, strict=True)
    if not all((_are_signed(cells, cells.of(n), form) | np.isnan(v)).all() for n, v in said):
        return None
    dates = dates.in_order()
    days = [day_of(text) for text in dates.values]
    texts = [*dates.values, *symbols.values]
    if None in days or "" in symbols.values or [*map(str.strip, texts)] != texts:
        return None
    symbols = symbols.in_order()
    lines = np.arange(first_line, first_line + len(close))
    sessions = np.array(days, "datetime64[D]")[dates.codes]
    besides = np.column_stack([nothing_beside(len(close)), *beside])
    rows = Rows(symbols.codes, sessions, close, lines, besides)
    starts, ends = (edge[~blank] for edge in spans)
    certain, is_open = _evidence(cells.signs, starts, ends, ord(form.mark))
    firsts = dict(zip(dates.values, lines[dates.first_rows()].tolist(), strict=True))
    return Part(symbols.values, rows, blank, certain, is_open or cells.open, firsts)


def _is_text(block: bytes) -> bool:
    """Whether bytes are UTF-8, also in cells that nobody reads."""
    try:
        return block.isascii() or block.decode() is not None
    except UnicodeDecodeError:
        return False


def _columns(cells: Cells, form: Form) -> tuple[Any, ...] | None:
    """The dates, symbols and numbers; None where one of these is no number even for pandas."""
    floats = dict.fromkeys(form.numbers, "float64")
    wanted: dict[Any, Any] = {form.date: "category", form.symbol: "category", **floats}
    lines: dict[str, Any] = {"header": None, "names": range(form.width), "index_col": False}
    # Nothing but a number has gaps: an index may be called NA.
    gaps: dict[str, Any] = {"keep_default_na": False, "na_values": dict.fromkeys(floats, _GAPS)}
    how = lines | gaps | _NEAREST | {"quoting": csv.QUOTE_NONE, "skip_blank_lines": False}
    # Where all symbols look like numbers, pandas 3.1 makes 000001 and 1 one; a row above them of a
    # sign that is in no block prevents it.
    above = ("1" if n in floats else _NO_NUMBER for n in range(form.width))
    file = io.BytesIO(f"{form.delimiter.join(above)}\n".encode() + cells.block)
    try:
        frame = pd.read_csv(
            file, sep=form.delimiter, decimal=form.mark, usecols=[*wanted], dtype=wanted,
            low_memory=False, **how,
        )  # fmt: skip
    except ValueError:
        return None
    dates, symbols = (_coded(frame[n].array) for n in (form.date, form.symbol))
    return dates, symbols, *(frame[n].to_numpy()[1:] for n in form.numbers)


def _coded(column: Any) -> Coded:
    """The cells of a column below the row that was put above them."""
    values = column.categories.tolist()
    first = values.index(_NO_NUMBER)
    codes = column.codes[1:]
    return Coded(values[:first] + values[first + 1 :], codes - (codes > first))


def _are_levels(cells: Cells, span: tuple[Ints, Ints], close: Floats, form: Form) -> Bools:
    """Which numbers of pandas are closes as small files have them: 1.5, but not +1.5 or 1."""
    found: Bools = _are_plain(cells.signs, *span, ord(form.mark))
    return found & (close >= SMALLEST) & (close < LARGEST)


def _are_signed(cells: Cells, span: tuple[Ints, Ints], form: Form) -> Bools:
    """Which numbers of pandas are such as may stand beside a close: 1.5, and -1.5 too."""
    starts, ends = span
    first = cells.signs[starts]
    signed = ((first == ord("-")) | (first == ord("+"))) & (ends - starts > 1)
    return _are_plain(cells.signs, starts + signed, ends, ord(form.mark))


def _are_plain(signs: Signs, starts: Ints, ends: Ints, mark: int) -> Bools:
    """Which cells are digits, with a decimal mark or without, that is not the last sign."""
    in_number = ((signs >= ord("0")) & (signs <= ord("9"))) | (signs == mark)
    # Every second part is a cell; what stands between the cells is of no interest.
    within: Bools = np.logical_and.reduceat(in_number, np.column_stack([starts, ends]).ravel())
    plain: Bools = within[::2] & (signs[ends - 1] != mark) & (ends - starts <= _LONGEST)
    return plain


def _evidence(signs: Signs, starts: Ints, ends: Ints, mark: int) -> tuple[bool, bool]:
    """Whether some mark is none of thousands for sure, and whether some may be one."""
    lengths = ends - starts

    def mark_before(digits: int) -> Bools:
        at = np.maximum(ends - digits - 1, starts)
        found: Bools = (signs[at] == mark) & (lengths > digits)
        return found

    three = mark_before(_THOUSANDS)
    thousands = three & (lengths > _THOUSANDS + 1) & (lengths <= _LONGEST_OPEN)
    thousands &= signs[starts] != ord("0")
    certain = bool((three & ~thousands).any()) or any(
        mark_before(digits).any()
        for digits in range(1, int(lengths.max(initial=0)))
        if digits != _THOUSANDS
    )
    return certain, bool(thousands.any())


def _texts(block: bytes, starts: Ints, ends: Ints) -> set[str]:
    """The different cells that stand at some places."""
    places = zip(starts.tolist(), ends.tolist(), strict=True)
    return {text.decode() for text in {block[start:end] for start, end in places}}
