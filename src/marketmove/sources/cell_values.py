"""What the cells of lines say, taken all at once: their different texts, and the numbers."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.sources.cells import Cells
from marketmove.sources.numbers import is_gap
from marketmove.sources.parts import Bools, Coded, Floats, Ints

Words = npt.NDArray[np.uint64]

_WORD = 8
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_WORD + 1)], dtype=np.uint64)
# An odd number of many digits, to tell texts of several words apart.
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_SAMPLE_ROWS, _ROWS_A_RUN = 4096, 4
# Up to here the digits are a whole number that a float has exactly, and so is the power of ten that
# it is divided by: the quotient is the nearest float of what is written.
_MOST_SIGNS, _EXACT = 16, 1 << 53
_POWERS = np.array([10.0**digits for digits in range(_MOST_SIGNS + 1)])
# Of longer numbers the marks of thousands that were taken away count.
_LONGEST = 30
# Digits behind the mark that thousands have too, and how long what may be thousands is: 123.456.
_THOUSANDS, _LONGEST_OPEN = 3, 7
_LONG = re.compile(rb"[0-9]*(?:[.,]([0-9]+))?")


class Numbers(NamedTuple):
    """The numbers of a column, and how many digits each has behind its mark.

    ``plain`` tells the cells of digits with a decimal mark at most; all others are nan.
    """

    values: Floats
    decimals: npt.NDArray[np.int8]
    plain: Bools


def words_of(block: bytes) -> Words:
    """Give the eight bytes from each byte on as a number; there are zeros behind the last."""
    padded = block + bytes(_WORD)
    return np.ndarray((len(block) + 1,), "<u8", buffer=padded, strides=(1,))


def coded(cells: Cells, words: Words, column: int) -> Coded | None:
    r"""Number the different texts of a column; None if two of them could not be told apart.

    >>> from marketmove.sources.parts import Form
    >>> from marketmove.sources.cells import cells_of
    >>> cells = cells_of(b"HSI,1\nN225,2\nHSI,3\n", Form(",", 2, 0, 0, 1))
    >>> found = coded(cells, words_of(cells.block), 0)
    >>> found.values, found.codes.tolist()
    (['HSI', 'N225'], [0, 1, 0])
    """
    starts, ends = cells.of(column)
    sizes = ends - starts
    keys, parts = sizes.astype(np.uint64), [sizes.astype(np.uint64)]
    for past in range(0, int(sizes.max(initial=0)), _WORD):
        at = np.minimum(starts + past, len(words) - 1)
        parts.append(words[at] & _MASKS[np.clip(sizes - past, 0, _WORD)])
        keys = (keys ^ parts[-1]) * _SPREAD
    codes = _numbered(keys)
    firsts = Coded([""] * (int(codes.max(initial=-1)) + 1), codes).first_rows()
    if any((part != part[firsts][codes]).any() for part in parts):
        return None
    edges = zip(starts[firsts].tolist(), ends[firsts].tolist(), strict=True)
    return Coded([cells.block[start:end].decode() for start, end in edges], codes).in_order()


def _numbered(keys: Words) -> Ints:
    """The number of each key among the different ones; rows of the same come together or again."""
    runs = np.append(0, np.flatnonzero(keys[1:] != keys[:-1]) + 1)
    if len(runs) * _ROWS_A_RUN < len(keys):
        _, codes = np.unique(keys[runs], return_inverse=True)
        return np.repeat(codes, np.diff(np.append(runs, len(keys))))
    known = np.unique(keys[:_SAMPLE_ROWS])
    codes = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    others = keys[known[codes] != keys]
    if len(others):
        codes = np.searchsorted(np.unique(np.append(known, others)), keys)
    return codes


def numbers_of(cells: Cells, starts: Ints, ends: Ints, mark: str) -> Numbers:
    r"""Read cells of digits with a decimal mark at most, each as the nearest float.

    >>> from marketmove.sources.parts import Form
    >>> from marketmove.sources.cells import cells_of
    >>> cells = cells_of(b"HSI;22620,33\nN225;x\n", Form(";", 2, 0, 0, 1, ","))
    >>> numbers_of(cells, *cells.of(1), ",").values.tolist()
    [22620.33, nan]
    """
    sizes = ends - starts
    whole = np.zeros(len(sizes), dtype=np.int64)
    decimals = np.zeros(len(sizes), dtype=np.int8)
    plain, behind = sizes > 0, np.zeros(len(sizes), dtype=bool)
    for place in range(min(int(sizes.max(initial=0)), _MOST_SIGNS)):
        within = sizes > place
        sign = cells.signs[np.minimum(starts + place, len(cells.signs) - 1)]
        digit = sign - np.uint8(ord("0"))
        is_digit, is_mark = within & (digit < 10), within & (sign == ord(mark))
        whole = np.where(is_digit, whole * 10 + digit, whole)
        decimals += is_digit & behind
        plain &= is_digit | (is_mark & ~behind) | ~within
        behind |= is_mark
    plain &= (decimals > 0) | ~behind
    values = np.where(plain, whole / _POWERS[decimals], np.nan)
    for row in np.flatnonzero((sizes > _MOST_SIGNS) | (whole >= _EXACT)).tolist():
        text = cells.block[starts[row] : ends[row]]
        match = _LONG.fullmatch(text) if len(text) <= _LONGEST else None
        plain[row] = match is not None and (match[1] is None or mark.encode() in text)
        values[row] = float(text.replace(b",", b".")) if plain[row] else np.nan
        decimals[row] = len(match[1] or b"") if match else 0
    return Numbers(values, decimals, plain)


def texts_of(cells: Cells, starts: Ints, ends: Ints, found: Numbers) -> list[str]:
    """Give the texts of cells that are no plain numbers, but of empty ones."""
    at = np.flatnonzero(~found.plain & (ends > starts))
    places = zip(starts[at].tolist(), ends[at].tolist(), strict=True)
    return [cells.block[start:end].decode() for start, end in places]


def gaps_only(cells: Cells, starts: Ints, ends: Ints, found: Numbers) -> bool:
    """Tell whether all cells that are no plain numbers say that there is none."""
    return all(is_gap(text) for text in {*texts_of(cells, starts, ends, found)})


def parts_thousands(cells: Cells, starts: Ints, ends: Ints, found: Numbers) -> Bools:
    """Tell the numbers whose mark may be one of thousands, as that of 1.234."""
    sizes = ends - starts
    may: Bools = (found.decimals == _THOUSANDS) & found.plain
    may &= (sizes > _THOUSANDS + 1) & (sizes <= _LONGEST_OPEN)
    may &= cells.signs[starts] != ord("0")
    return may
