"""Floats as bytes of text, many at once: the shortest decimals that read as the same floats.

That is what ``repr`` gives. A float has 17 digits at most, so it is multiplied by the power of ten
that leaves 17 before the point, with nothing lost; of those the fewest are kept that still lie less
than half a step of the float away. Where that is a near thing, ``repr`` itself is asked.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Cells = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# No float is longer when written.
WIDTH = 25
# Python writes floats from 0.0001 to below 10**16 without an exponent.
_LEAST, _MOST = -4, 15
_DIGITS = 17
_SCALES = np.array([float(10 ** (_DIGITS - 1 - n)) for n in range(_LEAST, _MOST + 1)])
_BEGINS = np.array([float(f"1e{n}") for n in range(_LEAST, _MOST + 2)])
# Splits a float into two of half as many bits, whose products are exact.
_SPLITTER = 134217729.0
_NEAR = 1e-6
_ZERO, _POINT, _MINUS = (np.uint8(ord(sign)) for sign in "0.-")


def float_cells(values: Floats) -> Cells:
    """Write floats under each other, what is not filled nought.

    >>> [bytes(cell).replace(bytes(1), b"") for cell in float_cells(np.array([0.1, -2.0, 1e-7]))]
    [b'0.1', b'-2.0', b'1e-07']
    """
    cells = np.zeros((len(values), WIDTH), dtype=np.uint8)
    size = np.abs(values)
    power = np.searchsorted(_BEGINS, size, side="right") - 1 + _LEAST
    # The floats next to a power of two are not equally far from it.
    usual = (power >= _LEAST) & (power <= _MOST) & (np.frexp(size)[0] != 0.5)
    rows = np.flatnonzero(usual)
    digits, sure = _shortest(size[rows], power[rows])
    rows, digits = rows[sure], digits[sure]
    cells[rows, 0] = np.where(values[rows] < 0, _MINUS, 0)
    _lay_out(cells, rows, digits, power[rows])
    usual[:] = False
    usual[rows] = True
    rest = [repr(value).encode() for value in values[~usual].tolist()]
    cells[~usual] = np.array(rest, dtype=f"S{WIDTH}").view(np.uint8).reshape(-1, WIDTH)
    return cells


def _shortest(size: Floats, power: Ints) -> tuple[Ints, Bools]:
    """The digits of each float as a whole number of 17, and where they are certain."""
    scale = _SCALES[power - _LEAST]
    product, rest = _product(size, scale)
    whole = product.astype(np.int64)
    half_step = np.spacing(size) / 2 * scale
    found = whole + np.rint(rest).astype(np.int64)
    sure = np.abs(np.abs(rest - np.rint(rest)) - 0.5) > _NEAR
    for unit in (10, 100):
        tens = whole // unit
        over = (whole - tens * unit) + rest
        rounded = np.rint(over / unit)
        off = np.abs(over - rounded * unit)
        fits = off < half_step
        sure &= (np.abs(off - half_step) > _NEAR) & ((off < unit / 2 - _NEAR) | ~fits)
        found = np.where(fits, (tens + rounded.astype(np.int64)) * unit, found)
    least = 10 ** (_DIGITS - 1)
    return found, sure & (found >= least) & (found < 10 * least) & (product >= least)


def _product(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """The product of two floats, and what it lacks: together they are exact (Dekker 1971)."""
    product = one * other
    (one_high, one_low), (high, low) = _halves(one), _halves(other)
    rest = ((one_high * high - product) + one_high * low + one_low * high) + one_low * low
    return product, rest


def _halves(value: Floats) -> tuple[Floats, Floats]:
    shifted = value * _SPLITTER
    high = shifted - (shifted - value)
    return high, value - high


def _lay_out(cells: Cells, rows: Ints, numbers: Ints, power: Ints) -> None:
    """Put digits into cells, with a point and at least one digit on either side of it."""
    digits = np.empty((len(numbers), _DIGITS), dtype=np.uint8)
    rest, ended = numbers, np.ones(len(numbers), dtype=bool)
    for place in range(_DIGITS - 1, -1, -1):
        tens = rest // 10
        digit = (rest - tens * 10).astype(np.uint8)
        ended &= (digit == 0) & (place > power + 1)
        digits[:, place] = np.where(ended, 0, digit + _ZERO)
        rest = tens
    for number in range(_LEAST, _MOST + 1):
        own = np.flatnonzero(power == number)
        if not len(own):
            continue
        before = max(number + 1, 0)
        point = 1 + max(before, 1)
        begins = point + 1 + max(-1 - number, 0)
        lines = np.zeros((len(own), WIDTH - 1), dtype=np.uint8)
        lines[:, : begins - 1] = _ZERO
        lines[:, point - 1] = _POINT
        lines[:, :before] = digits[own, :before]
        lines[:, begins - 1 : begins - 1 + _DIGITS - before] = digits[own, before:]
        cells[rows[own], 1:] = lines
