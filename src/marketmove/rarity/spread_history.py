"""How rare the spread of a pair is, held against its own past; the present is no part of it.

As with moves, nothing here looks ahead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.frame import distinct
from marketmove.moves.measure import Series
from marketmove.rarity.index_history import LEAST, SAME, WINDOW, last_days

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Days = npt.NDArray[np.datetime64]

# From which percentile of its own past on a spread is wide.
WIDE = 95.0
# Cells of spreads that are worked on at a time.
_CELLS = 1 << 20


class PairContext(NamedTuple):
    """How wide a spread is beside those of the pair's earlier common sessions.

    ``percentile`` is the share, in percent, of the last ``n`` common sessions with a smaller
    spread; ``z`` is the signed spread less their mean, over their population standard deviation,
    and None where that is zero. ``widest_since`` is the last common session with a spread at
    least as large, None where there is none since ``data_since``, the first. With fewer than 60
    common sessions only ``n`` and ``data_since`` are given.
    """

    percentile: float | None
    z: float | None
    n: int
    widest_since: dt.date | None
    data_since: dt.date | None


class MoveMatrix(NamedTuple):
    """The moves of several indices side by side: a row a date, a column an index, in percent.

    ``pct`` is nan where an index has no move on a date.
    """

    days: Days
    columns: dict[str, int]
    pct: Floats


def move_matrix(known: Mapping[str, Series]) -> MoveMatrix:
    """Lay the moves of several indices side by side."""
    empty = np.array([], dtype="datetime64[D]")
    days = distinct(np.concatenate([empty, *(own.days for own in known.values())]))
    pct = np.full((len(days), len(known)), np.nan, order="F")
    for column, own in enumerate(known.values()):
        pct[np.searchsorted(days, own.days), column] = own.pct
    return MoveMatrix(days, {symbol: column for column, symbol in enumerate(known)}, pct)


def pair_contexts(
    matrix: MoveMatrix, pairs: Sequence[tuple[str, str]], session: dt.date
) -> list[PairContext]:
    """Hold the spreads of a session against those of the earlier common sessions.

    The higher move of a pair is first. Where one has none, only ``n`` and ``data_since`` are known.
    """
    symbols = (symbol for pair in pairs for symbol in pair)
    columns = np.fromiter(map(matrix.columns.__getitem__, symbols), np.intp, 2 * len(pairs))
    one, other = columns.reshape(-1, 2).T
    order = np.argsort(one, kind="stable")
    found: list[PairContext] = []
    for rows in np.split(order, np.flatnonzero(np.diff(one[order])) + 1):
        for others in _blocks(matrix, other[rows]):
            found += _of_pairs(matrix, one[rows[0]], others, session)
    return [found[row] for row in np.argsort(order).tolist()]


def _of_pairs(
    matrix: MoveMatrix, one: int, others: Ints, session: dt.date
) -> Iterator[PairContext]:
    before, today = _spreads(matrix, one, others, session)
    sizes = np.abs(before)
    n, percentile, z = _held(before, sizes, today, WINDOW)
    days = matrix.days[: len(before)]
    since, as_wide = first_and_widest(days, sizes, today)
    widest = [None if few else day for few, day in zip(np.isnan(percentile), as_wide, strict=True)]
    return map(PairContext, _or_none(percentile), _or_none(z), n.tolist(), widest, since)


def pair_rarities(
    matrix: MoveMatrix, pairs: Sequence[tuple[str, str]], session: dt.date
) -> list[tuple[float, float]]:
    """Give percentile and z of the spreads of a session: -1 and 0 where they are not known.

    As in ``pair_contexts``, without what needs all of the past.
    """
    at = int(np.searchsorted(matrix.days, np.datetime64(session)))
    start = max(0, at - 2 * WINDOW)
    recent = MoveMatrix(matrix.days[start : at + 1], matrix.columns, matrix.pct[start : at + 1])
    symbols = (symbol for pair in pairs for symbol in pair)
    columns = np.fromiter(map(matrix.columns.__getitem__, symbols), np.intp, 2 * len(pairs))
    one, other = columns.reshape(-1, 2).T
    found = np.tile([-1.0, 0.0], (len(pairs), 1))
    for column in np.unique(one):
        (rows,) = np.nonzero(one == column)
        for some in np.array_split(rows, -(-len(rows) * (at - start + 1) // _CELLS) or 1):
            n, *known = rarity(*_spreads(recent, column, other[some], session))
            short = np.flatnonzero(n < WINDOW) if start else some[:0]
            if len(short):
                again = rarity(*_spreads(matrix, column, other[some[short]], session))
                for values, more in zip(known, again[1:], strict=True):
                    values[short] = more
            for n_th, values in enumerate(known):
                found[some, n_th] = np.where(np.isnan(values), found[some, n_th], values)
    return [(percentile, z) for percentile, z in found.tolist()]


def first_and_widest(
    days: Days, sizes: Floats, today: Floats
) -> tuple[list[dt.date | None], list[dt.date | None]]:
    """Give the first common session of each pair, and the last whose spread was as wide as today's.

    ``sizes`` has a row a date, a column a pair, nan where it is no common session.
    """
    common = sizes >= 0
    first = last_days(days[:1], common[:1])
    if None in first:
        first = last_days(days[::-1], common[::-1])
    return first, last_days(days, sizes >= np.abs(today) - SAME)


def _or_none(values: Floats) -> list[float | None]:
    found = values.astype(object)
    found[np.isnan(values)] = None
    listed: list[float | None] = found.tolist()
    return listed


def wide_pairs(
    matrix: MoveMatrix, session: dt.date, symbols: Sequence[str], least: float = WIDE
) -> list[tuple[str, str]]:
    """Give the pairs whose spread is in the top tail of their own past, the higher move first.

    ``least`` is the percentile from which on.
    """
    columns = np.array([matrix.columns[symbol] for symbol in symbols], dtype=np.intp)
    wide = []
    for nth, one in enumerate(columns):
        for others in _blocks(matrix, columns[nth + 1 :]):
            before, today = _spreads(matrix, one, others, session)
            _, percentile, _ = rarity(before, today)
            hits = np.flatnonzero(percentile >= least - SAME)
            wide += [(one, others[hit], today[hit] >= 0) for hit in hits]
    names = list(matrix.columns)
    return [(names[a], names[b]) if first else (names[b], names[a]) for a, b, first in wide]


def _blocks(matrix: MoveMatrix, columns: Ints) -> Iterator[Ints]:
    """The columns in parts, so that not all spreads are in memory at once."""
    size = max(1, _CELLS // max(1, len(matrix.days)))
    return (columns[start : start + size] for start in range(0, len(columns), size))


def _spreads(matrix: MoveMatrix, one: int, others: Ints, session: dt.date) -> tuple[Floats, Floats]:
    """The spreads of one index to others before a session, and in it; nan where not common."""
    at = int(np.searchsorted(matrix.days, np.datetime64(session)))
    # By column, as the moves lie: what is added up then stands together.
    by_column = matrix.pct.T[:, : at + 1]
    spreads: Floats = (by_column[one] - by_column[others]).T
    if at == len(matrix.days) or matrix.days[at] != np.datetime64(session):
        return spreads[:at], np.full(len(others), np.nan)
    return spreads[:-1], spreads[-1]


def rarity(before: Floats, today: Floats, window: int = WINDOW) -> tuple[Ints, Floats, Floats]:
    """Hold spreads against earlier ones, each against the last of its own column.

    ``before`` has a row a date, a column a pair, nan where it is no common session. Gives how many
    common sessions counted; the share with a smaller spread, in percent; and z, with the population
    standard deviation. The last two are nan where fewer than 60 counted, z also where they do not
    vary.

    >>> import numpy as np
    >>> n, percentile, z = rarity(np.tile([[1.0], [-1.0]], (40, 1)), np.array([2.0]))
    >>> n.tolist(), percentile.tolist(), z.tolist()
    ([80], [100.0], [2.0])
    """
    return _held(before, np.abs(before), today, window)


def _held(before: Floats, sizes: Floats, today: Floats, window: int) -> tuple[Ints, Floats, Floats]:
    rows = len(before)
    n, percentile, z = _rarity(before[-window:], sizes[-window:], today)
    # Columns with gaps reach further back for as many sessions; most of them not by far.
    for reach in sorted({min(2 * window, rows), rows} - {*range(window + 1)}):
        short = np.flatnonzero(n < window)
        if len(short):
            trailing = before[-reach:, short]
            common = ~np.isnan(trailing)
            counted = common & (common[::-1].cumsum(axis=0)[::-1] <= window)
            trailing = np.where(counted, trailing, np.nan)
            again = _rarity(trailing, np.abs(trailing), today[short])
            n[short], percentile[short], z[short] = again
    return n, percentile, z


def _rarity(before: Floats, sizes: Floats, today: Floats) -> tuple[Ints, Floats, Floats]:
    gaps = np.isnan(before)
    n = len(before) - np.count_nonzero(gaps, axis=0)
    counted = np.maximum(n, 1)
    smaller = np.count_nonzero(sizes < np.abs(today) - SAME, axis=0)
    enough = (n >= LEAST) & ~np.isnan(today)
    percentile = np.where(enough, smaller * 100.0 / counted, np.nan)
    mean = _filled(before, gaps).sum(axis=0) / counted
    off = _filled(before - mean, gaps)
    deviation = np.sqrt(np.einsum("ij,ij->j", off, off) / counted)
    varies = enough & (deviation > SAME)
    z = np.where(varies, (today - mean) / np.where(varies, deviation, 1.0), np.nan)
    return n, percentile, z


def _filled(values: Floats, gaps: npt.NDArray[np.bool_]) -> Floats:
    """Values to add up, of which gaps are no part."""
    return np.where(gaps, 0.0, values) if gaps.any() else values
