"""The cells of plain lines as columns of numbers, taken from the bytes without a text a cell.

Eight neighbouring bytes are read as one 64-bit number: a date is two such words, a symbol one or
a few, the digits on each side of a decimal point one each. What is not of the plainest form makes
the whole block one that has to be read cell by cell.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from marketmove.sources import date_texts as stamps
from marketmove.sources.numbers import LARGEST, SMALLEST, is_gap

Ints = npt.NDArray[np.integer[Any]]
Words = npt.NDArray[np.uint64]

ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Signs that could make a line end or a cell mean something else than it seems to.
_UNSURE = (b'"', b"\r", b"\0")
_WORD = 8
_LONGEST = 32
# Words beyond the last byte that may be asked for, so that none has to be looked for twice.
_ROOM = b"\0" * (2 * _LONGEST)
# Digits of which a float64 holds every number exactly.
_EXACT = 15
_POINT = ord(".")
# How many signs after a point are looked for: first what most levels have.
_DECIMALS = (2, 1, 3, 4, 5, 6, 7, 8)


class Form(NamedTuple):
    """What the lines are like: the delimiter, the number of cells, and which cells count."""

    delimiter: str
    width: int
    date: int
    symbol: int
    close: int


class Closes(NamedTuple):
    """Closes as they are written: the digits on each side of the point, in words.

    ``odd`` is the close of rows that do not fit that form (nan for a gap), and 0 in all others.
    """

    whole: Words
    part: Words
    decimals: Ints
    odd: npt.NDArray[np.float64]

    def only(self, rows: Ints) -> Closes:
        """Give the closes of some rows."""
        return Closes(self.whole[rows], self.part[rows], self.decimals[rows], self.odd[rows])

    def values(self, rows: Ints) -> npt.NDArray[np.float64]:
        """Give the nearest float64 to the closes of some rows."""
        scale = (10.0 ** np.arange(_WORD + 1))[self.decimals[rows]]
        # One division of two whole numbers that a float64 holds exactly gives the nearest one.
        close = (_number(self.whole[rows]) * scale + _number(self.part[rows])) / scale
        return np.where(self.odd[rows] == 0, close, self.odd[rows])


class Cells(NamedTuple):
    """The cells of the rows that have a close; ``row`` counts the lines of the block from 0."""

    row: Ints
    days: list[dt.date]
    day_codes: Ints
    symbols: list[str]
    symbol_codes: Ints
    closes: Closes


class _Bytes(NamedTuple):
    """A block between two empty margins, by bytes and by the word that begins at each byte."""

    raw: bytes
    signs: npt.NDArray[np.uint8]
    words: Words

    @classmethod
    def of(cls, block: bytes) -> _Bytes:
        raw = b"".join((_ROOM, block, _ROOM))
        words = np.ndarray((len(raw) - _WORD + 1,), "<u8", raw, strides=(1,))
        return cls(raw, np.frombuffer(raw, np.uint8), words)


class _Column(NamedTuple):
    """Where the cells of a column begin and end."""

    starts: Ints
    ends: Ints


def cells_of(block: bytes, form: Form) -> Cells | None:
    r"""Take whole lines apart; None if a cell is not of the plainest form.

    Examples
    --------
    >>> cells = cells_of(b"2025-02-14,HSI,22620.33\n", Form(",", 3, 0, 1, 2))
    >>> cells.days, cells.symbols, cells.closes.values(cells.row).tolist()
    ([datetime.date(2025, 2, 14)], ['HSI'], [22620.33])
    >>> cells_of(b"2025-02-14,HSI,22620.33 \n", Form(",", 3, 0, 1, 2)) is None
    True
    """
    if any(sign in block for sign in _UNSURE):
        return None
    text = _Bytes.of(block)
    columns = _columns(text.signs, form)
    if columns is None:
        return None
    closes = _closes(text, columns[form.close])
    if closes is None:
        return None
    dates = _values(text, columns[form.date])
    symbols = _values(text, columns[form.symbol])
    if dates is None or symbols is None:
        return None
    days = [day for name in dates[0] if (day := _day(name)) is not None]
    if len(days) < len(dates[0]) or any(not name or name != name.strip() for name in symbols[0]):
        return None
    row = np.flatnonzero(~np.isnan(closes.odd))
    day_codes, symbol_codes = dates[1], symbols[1]
    if len(row) < len(closes.odd):
        day_codes, symbol_codes = day_codes[row], symbol_codes[row]
        closes = closes.only(row)
    return Cells(row, days, day_codes, symbols[0], symbol_codes, closes)


def _columns(signs: npt.NDArray[np.uint8], form: Form) -> list[_Column] | None:
    """Where the cells are, if every line has as many as the form."""
    is_end = signs == ord("\n")
    edges = np.flatnonzero(is_end | (signs == ord(form.delimiter)))
    if len(edges) != form.width * np.count_nonzero(is_end):
        return None
    ends = np.ascontiguousarray(edges.reshape(-1, form.width).T)
    if not is_end[ends[-1]].all():
        return None
    first = np.concatenate([[len(_ROOM)], ends[-1][:-1] + 1])
    return [_Column(first if n == 0 else ends[n - 1] + 1, ends[n]) for n in range(form.width)]


def _values(text: _Bytes, column: _Column) -> tuple[list[str], Ints] | None:
    """The different cells of a column, and which of them each row has."""
    lengths = column.ends - column.starts
    longest = int(lengths.max(initial=0))
    if longest > _LONGEST:
        return None
    keys = [
        text.words[column.starts + at] & _first_bytes(lengths - at)
        for at in range(0, max(longest, 1), _WORD)
    ]
    period = _period(keys)
    codes, firsts = _coded([key[:period] for key in keys])
    places = zip(column.starts[firsts].tolist(), column.ends[firsts].tolist(), strict=True)
    try:
        names = [text.raw[start:end].decode() for start, end in places]
    except UnicodeDecodeError:
        return None
    return names, np.resize(codes, len(lengths))


def _period(keys: list[Words]) -> int:
    """After how many rows all cells come again in the same order, as the indices of a day do."""
    rows = len(keys[0])
    again = np.flatnonzero(np.logical_and.reduce([key[1:] == key[0] for key in keys]))
    period = int(again[0]) + 1 if len(again) else rows
    return period if all((key[period:] == key[:-period]).all() for key in keys) else rows


def _coded(keys: list[Words]) -> tuple[Ints, Ints]:
    """A number for each different key, in each row, and the first row of each number."""
    changed = np.ones(len(keys[0]), dtype=bool)
    changed[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    runs = np.flatnonzero(changed)  # a date has many rows, one after the other
    codes = pd.factorize(keys[0][runs])[0]
    for key in keys[1:]:
        more, values = pd.factorize(key[runs])
        codes = pd.factorize(codes * len(values) + more)[0]
    firsts = np.empty(int(codes.max(initial=-1)) + 1, dtype=np.intp)
    firsts[codes[::-1]] = runs[::-1]
    return np.repeat(codes, np.diff(runs, append=len(changed))), firsts


def _day(text: str) -> dt.date | None:
    if not ISO.fullmatch(text):
        return None
    return stamps.day_of(int(text[:4]), int(text[5:7]), int(text[8:]))


def _closes(text: _Bytes, column: _Column) -> Closes | None:
    """The closes of a column; None if a cell is neither a gap nor a level."""
    lengths = column.ends - column.starts
    decimals = _decimals(text.signs, column.ends, lengths)
    pointed = decimals > 0
    integers = lengths - decimals - pointed
    whole = _digits(text.words, column.ends - decimals - pointed, integers)
    part = _digits(text.words, column.ends, decimals)
    plain = _are_digits(whole) & _are_digits(part) & (whole != 0)
    plain &= (integers <= _WORD) & (integers + decimals <= _EXACT)
    odd = np.zeros(len(lengths))
    for row in np.flatnonzero(~plain).tolist():
        value = _odd_close(text.raw[column.starts[row] : column.ends[row]])
        if value is None:
            return None
        odd[row] = value
    return Closes(whole, part, decimals, odd)


def _decimals(signs: npt.NDArray[np.uint8], ends: Ints, lengths: Ints) -> Ints:
    """How many signs stand after the point of each number; 0 if there is none near its end."""
    decimals = np.zeros(len(ends), dtype=np.intp)
    left = np.arange(len(ends))
    for count in _DECIMALS:
        found = signs[ends[left] - 1 - count] == _POINT
        found &= lengths[left] > count
        decimals[left[found]] = count
        left = left[~found]
        if not len(left):
            break
    return decimals


def _digits(words: Words, ends: Ints, counts: Ints) -> Words:
    """The values of the last digits before an end, a byte each, zeros before them."""
    # Under the first byte of a word stand its lowest bits: the digits end in the highest.
    return (words[ends - _WORD] ^ np.uint64(0x3030303030303030)) & ~_first_bytes(_WORD - counts)


def _are_digits(digits: Words) -> npt.NDArray[np.bool_]:
    """Whether no byte is above 9."""
    above_nine = (digits + np.uint64(0x7676767676767676)) | digits
    sure: npt.NDArray[np.bool_] = (above_nine & np.uint64(0x8080808080808080)) == 0
    return sure


def _number(digits: Words) -> Words:
    """The number that eight digits are: joined to four of two, to two of four, to one of eight."""
    for bits, ten, mask in (
        (8, 10, 0x00FF00FF00FF00FF),
        (16, 100, 0x0000FFFF0000FFFF),
        (32, 10_000, 0x00000000FFFFFFFF),
    ):
        digits = (digits * np.uint64(ten) + (digits >> np.uint64(bits))) & np.uint64(mask)
    return digits


def _first_bytes(counts: Ints) -> Words | np.uint64:
    """Masks of the first bytes of a word: none for a count below 1, all from 8 on."""
    masks = np.array([(1 << 8 * count) - 1 for count in range(_WORD + 1)], dtype=np.uint64)
    if len(counts) and counts.min() == counts.max():  # one mask for all is much quicker
        return np.uint64(masks[min(max(int(counts[0]), 0), _WORD)])
    return masks[np.clip(counts, 0, _WORD)]


def _odd_close(text: bytes) -> float | None:
    """A gap, a number of more digits than a word or a float64 holds; None for all else."""
    head, point, tail = text.partition(b".")
    if head.isdigit() and (tail.isdigit() if point else True) and len(text) <= _LONGEST:
        close = float(text)
        return close if SMALLEST <= close < LARGEST else None
    return float("nan") if text.isascii() and is_gap(text.decode()) else None
