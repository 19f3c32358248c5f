"""Whole lines of a tidy table, taken apart by pandas where every cell is of the plainest form.

pandas takes more for a number or a row than we do. So what cannot be left to it is checked: rows
with the header's number of cells, ISO dates, closes of digits with a point at most, and no quotes
but around whole cells.
"""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from marketmove.sources.numbers import GAPS, LARGEST, LONGEST, SMALLEST, is_gap
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

Signs = npt.NDArray[np.uint8]

# Signs that could make a line end or a cell mean something else than it seems to.
_UNSURE = (b'"', b"\r", b"\0")
_NO_NUMBER = '"'
# A gap that is written otherwise is one too, but has its rows read cell by cell.
_GAPS = sorted({form for gap in GAPS for form in (gap, gap.upper(), gap.title())})
# Before pandas 3.1 its usual numbers may be one off in the last digit; from then on they never are,
# and to ask for it is deprecated.
_VERSION = tuple(int(part) for part in pd.__version__.split(".")[:2])
_NEAREST: dict[str, Any] = {} if _VERSION >= (3, 1) else {"float_precision": "round_trip"}
# Digits behind the point that thousands have too, and the longest that may be thousands: 123.456.
_THOUSANDS, _LONGEST_OPEN = 3, 7


def part_of(block: bytes, first_line: int, form: Form) -> Part | None:
    r"""Take whole lines apart; None if a cell is not of the plainest form.

    >>> part = part_of(b"2025-02-14,HSI,22620.33\n", 2, Form(",", 3, 0, 1, 2))
    >>> part.symbols, part.rows.close.tolist(), part.rows.line.tolist()
    (['HSI'], [22620.33], [2])
    >>> part_of(b"2025-02-14,HSI,+22620.33\n", 2, Form(",", 3, 0, 1, 2)) is None
    True
    """
    block = without_quotes(block, form.delimiter)
    if any(sign in block for sign in _UNSURE):
        return None
    signs = np.frombuffer(block, np.uint8)
    spans = _spans(signs, form)
    columns = None if spans is None else _columns(block, form)
    if spans is None or columns is None:
        return None
    dates, symbols, close = columns
    blank = np.isnan(close)
    if not (_are_levels(signs, *spans, close) | blank).all():
        return None
    if not all(is_gap(text) for text in _texts(block, *(edge[blank] for edge in spans))):
        return None
    days = [iso_day(text) for text in dates.values]
    if None in days or "" in symbols.values or [*map(str.strip, symbols.values)] != symbols.values:
        return None
    lines = np.arange(first_line, first_line + len(close))
    symbols = symbols.in_order()
    sessions = np.array(days, "datetime64[D]")[dates.codes]
    rows = Rows(symbols.codes, sessions, close, lines, nothing_beside(len(close)))
    return Part(symbols.values, rows, blank, *_points(signs, *(edge[~blank] for edge in spans)))


def without_quotes(block: bytes, delimiter: str) -> bytes:
    r"""Take away quotes around whole cells; where there are any others, all stay.

    >>> without_quotes(b'"2025-02-14","HSI",1.5\n', ","), without_quotes(b'"A,B",1.5\n', ",")
    (b'2025-02-14,HSI,1.5\n', b'"A,B",1.5\n')
    """
    if b'"' not in block:
        return block
    apart = re.escape(delimiter.encode())
    bare = re.sub(rb'(?<![^\n' + apart + rb'])"([^"\r\n' + apart + rb']*)"(?=[\n' + apart + rb"])",
                  rb"\1", block)  # fmt: skip
    return block if b'"' in bare else bare


def _spans(signs: Signs, form: Form) -> tuple[Ints, Ints] | None:
    """Where the closes begin and end, if every line has the header's number of cells."""
    is_end = signs == ord("\n")
    edges = np.flatnonzero(is_end | (signs == ord(form.delimiter)))
    if len(edges) != form.width * np.count_nonzero(is_end):
        return None
    if not is_end[edges[form.width - 1 :: form.width]].all():
        return None
    before = np.append(-1, edges[:-1])
    return before[form.close :: form.width] + 1, edges[form.close :: form.width]


def _columns(block: bytes, form: Form) -> tuple[Coded, Coded, Floats] | None:
    """The dates, symbols and closes; None where a close is no number even for pandas."""
    wanted: dict[Any, Any] = {form.date: "category", form.symbol: "category", form.close: "float64"}
    lines: dict[str, Any] = {"header": None, "names": range(form.width), "index_col": False}
    # Nothing but a close has gaps: an index may be called NA.
    gaps: dict[str, Any] = {"keep_default_na": False, "na_values": {form.close: _GAPS}}
    how = lines | gaps | _NEAREST | {"quoting": csv.QUOTE_NONE, "skip_blank_lines": False}
    # Where all symbols look like numbers, pandas 3.1 makes 000001 and 1 one; a row above them of a
    # sign that is in no block prevents it.
    cells = ("1" if n == form.close else _NO_NUMBER for n in range(form.width))
    file = io.BytesIO(f"{form.delimiter.join(cells)}\n".encode() + block)
    try:
        frame = pd.read_csv(
            file, sep=form.delimiter, usecols=[*wanted], dtype=wanted, low_memory=False, **how
        )
    except ValueError:  # of which a byte that is not UTF-8 is one too
        return None
    dates, symbols = (_coded(frame[n].array) for n in (form.date, form.symbol))
    return dates, symbols, frame[form.close].to_numpy()[1:]


def _coded(column: Any) -> Coded:
    """The cells of a column below the row that was put above them."""
    values = column.categories.tolist()
    first = values.index(_NO_NUMBER)
    codes = column.codes[1:]
    return Coded(values[:first] + values[first + 1 :], codes - (codes > first))


def _are_levels(signs: Signs, starts: Ints, ends: Ints, close: Floats) -> Bools:
    """Which numbers of pandas are closes as small files have them: 1.5, but not +1.5 or 1."""
    # A point, the digits, and the slash between them, which makes no number.
    in_number = (signs >= ord(".")) & (signs <= ord("9"))
    # Every second part is a cell; what stands between the cells is of no interest.
    plain = np.logical_and.reduceat(in_number, np.column_stack([starts, ends]).ravel())[::2]
    plain &= (signs[ends - 1] != ord(".")) & (ends - starts <= LONGEST)
    return plain & (close >= SMALLEST) & (close < LARGEST)


def _points(signs: Signs, starts: Ints, ends: Ints) -> tuple[bool, bool]:
    """Whether some point is no mark of thousands for sure, and whether some may be one."""
    lengths = ends - starts

    def point_before(digits: int) -> Bools:
        at = np.maximum(ends - digits - 1, starts)
        found: Bools = (signs[at] == ord(".")) & (lengths > digits)
        return found

    three = point_before(_THOUSANDS)
    thousands = three & (lengths > _THOUSANDS + 1) & (lengths <= _LONGEST_OPEN)
    thousands &= signs[starts] != ord("0")
    certain = bool((three & ~thousands).any()) or any(
        point_before(digits).any()
        for digits in range(1, int(lengths.max(initial=0)))
        if digits != _THOUSANDS
    )
    return certain, bool(thousands.any())


def _texts(block: bytes, starts: Ints, ends: Ints) -> set[str]:
    """The different cells that stand at some places."""
    places = zip(starts.tolist(), ends.tolist(), strict=True)
    return {text.decode() for text in {block[start:end] for start, end in places}}
