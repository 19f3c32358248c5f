"""Closing levels with a meaning: one series an index, each close once, with its place."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from marketmove.closes.duplicates import without_duplicates
from marketmove.errors import BadFiguresError, Place, Problem
from marketmove.frame import Days, Frame, Ints, Labels, distinct, taken, throughout
from marketmove.market.indices import Index, Registry
from marketmove.sources import Block, Closes, Fault, Reading

# In the years before ``since`` levels were not less than this part of the lowest.
_ABOUT_SINCE, _EARLIER_WAS = "2005-01-01", 3
# A 32-bit float is written with six or more decimals, or with five by some.
_FLOAT_NOISE = 6e-6
# Units of a point that the finest published levels have: four decimals.
_PUBLISHED = 1e4
_COARSE_FROM = 1e9


@dataclass(frozen=True, slots=True)
class Levels:
    """Closes of several indices, in one tidy table.

    ``frame`` has a row a close, ordered by symbol and session, both together unique: ``symbol``
    (labels), ``session`` (datetime64[D], an exchange-local date), ``close`` (float64, index
    points, above zero), ``file`` (labels) and ``line`` (physical, from 1). ``symbols`` are
    the indices in the order of the files. What could not be used is in ``faults``.
    """

    frame: Frame
    symbols: tuple[str, ...]
    registry: Registry
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    repeats: tuple[Problem, ...] = ()
    readings: tuple[tuple[str, Reading], ...] = ()

    def sessions(self, symbols: Iterable[str]) -> list[dt.date]:
        """Give the dates on which any of the indices has a close, in order."""
        chosen = self.frame["session"][self.frame.labels("symbol").are(symbols)]
        dates: list[dt.date] = distinct(chosen).tolist()
        return dates

    def latest(self, symbols: Iterable[str], until: dt.date = dt.date.max) -> dt.date | None:
        """Give the last date on which any of the indices has a close, or a row that is unusable.

        A last row that cannot be read is not passed over for the one before it. None if there is
        none on or before ``until``.
        """
        wanted = set(symbols)
        unusable = [
            f.session for f in self.faults if f.session and (f.symbol is None or f.symbol in wanted)
        ]
        days = self.frame["session"]
        chosen = days[self.frame.labels("symbol").are(wanted) & (days <= np.datetime64(until))]
        last = chosen.max().item() if len(chosen) else None
        return max((date for date in (*unusable, last) if date and date <= until), default=None)


def fold(blocks: Iterable[Block], registry: Registry, later_wins: bool = False) -> Levels:
    """Bring the closes of all files together, under the registry's symbols.

    Two different closes for one index and date are a fault, and neither is kept; equal ones count
    once, with a note.

    A symbol that the registry does not know stays as the file writes it. Raises ``BadFiguresError``
    if a file has not one usable close.
    """
    blocks = list(blocks)
    for block in blocks:
        if not len(block.frame):
            nothing = Problem(Place(block.label), "no close in it")
            raise BadFiguresError([f.problem for f in block.faults] or [nothing])
    symbols_of = [_symbols(block, registry) for block in blocks]
    unusable = [
        fault
        for block, symbols in zip(blocks, symbols_of, strict=True)
        for fault in _resolved(block.faults, symbols)
    ]
    strangers = [note for block in blocks for note in _strangers(block, registry)]
    frame = Frame.joined([_named(*each) for each in zip(blocks, symbols_of, strict=True)])
    said = [block._replace(frame=Frame({})) for block in blocks]
    frame, noise = _without_noise(frame, registry)
    order, columns = _order(frame), dict(frame.columns)
    # Each column gives way to the ordered one, so that the rows of large files are held once.
    del blocks, block, frame
    frame = Frame({name: taken(columns.pop(name), order) for name in [*columns]})
    frame, conflicts, repeats = without_duplicates(frame, later_wins)
    return Levels(
        frame=frame,
        symbols=tuple(dict.fromkeys(s for symbols in symbols_of for s in symbols.values())),
        registry=registry,
        faults=(*unusable, *conflicts),
        warnings=(*(w for block in said for w in block.warnings), *_on_one_session(frame)),
        notes=(*(note for block in said for note in block.notes), *strangers, *noise),
        repeats=repeats,
        readings=tuple((block.label, block.reading) for block in said),
    )


def _named(block: Block, symbols: Mapping[str, str]) -> Frame:
    """The rows of a block under the registry's symbols, with their file."""
    names = block.frame.labels("symbol")
    # Several names of a file may be of one index.
    found, codes = [symbols[name] for name in names.values], names.codes
    number = {symbol: n for n, symbol in enumerate(dict.fromkeys(found))}
    if len(number) < len(found):
        codes = np.array([number[symbol] for symbol in found], dtype=np.int32)[codes]
    file = Labels((block.label,), throughout(np.int32(0), len(codes)))
    return block.frame.assign(symbol=Labels(tuple(number), codes), file=file)


def _order(frame: Frame) -> Ints:
    """The order by symbol and session; of one close after the other, the first stays the first."""
    codes, days = frame.labels("symbol").codes, frame["session"]
    if (days[1:] >= days[:-1]).all():
        # Sorted by date already: numbers of two bytes are put in order at once.
        narrow = np.uint16 if codes.max(initial=0) <= np.iinfo(np.uint16).max else codes.dtype
        return np.argsort(codes.astype(narrow), kind="stable")
    return np.lexsort((days, codes))


def _on_one_session(frame: Frame) -> Iterable[Problem]:
    """A warning where several indices have one session only, as in a snapshot of a page."""
    days = frame["session"]
    if len(days) > 1 and (days == days[0]).all():
        yield Problem(Place(str(frame.row(0).file)), "one session only: no prior close")


def _symbols(block: Block, registry: Registry) -> dict[str, str]:
    """The symbol of each name in a block, which is its own where it cannot be that index."""
    found = {text: text.strip() for text in block.symbols}
    for text, index in registry.among(block.symbols).items():
        other = index.shares(text) and _is_of_something_else(block, text, index)
        found[text] = f"{text} (not {index.symbol})" if other else index.symbol
    return found


def _is_of_something_else(block: Block, name: str, index: Index) -> bool:
    names = block.frame.labels("symbol")
    own = names.codes == names.number(name)
    return is_of_something_else(block.frame["session"][own], block.frame["close"][own], index)


def is_of_something_else(
    days: npt.NDArray[np.datetime64], close: npt.NDArray[np.float64], index: Index
) -> bool:
    """Tell whether levels are those of the share or fund that has the index's name too."""
    low, high = index.levels or (0.0, float("inf"))
    recent = _median(close[days >= np.datetime64(index.since)])
    earlier = _median(close[days >= np.datetime64(_ABOUT_SINCE)])
    return recent < low or recent > high or earlier < low / _EARLIER_WAS or earlier > high


def _median(values: npt.NDArray[np.float64]) -> float:
    return statistics.median(values.tolist()) if len(values) else math.nan


def _strangers(block: Block, registry: Registry) -> Iterable[Problem]:
    """Notes on series that are not of the index whose name they have, or of none that is known."""
    for text, index in registry.among(block.symbols).items():
        if index.shares(text) and _is_of_something_else(block, text, index):
            names = block.frame.labels("symbol")
            usual = block.frame["close"][names.codes == names.number(text)][-1]
            yield Problem(
                Place(block.label),
                f"{usual:,.15g} is not a level of {index.name}: this {text} is something else, and"
                f" is called {text} (not {index.symbol}) here",
            )


def rows_needed(
    symbols: npt.NDArray[Any], sessions: npt.NDArray[Any], days: Sequence[dt.date] | None
) -> npt.NDArray[np.intp]:
    """Tell which rows some days need: the last two of each index until each, and its next.

    ``symbols`` (as numbers) and ``sessions`` (datetime64) are of each row, in any order; a day is
    None for the last there is.
    """
    order = None
    if not (sessions[1:] >= sessions[:-1]).all():
        order = np.argsort(sessions, kind="stable")
        symbols, sessions = symbols[order], sessions[order]
    wanted = np.zeros(len(sessions), dtype=bool)
    for day in [None] if days is None else days:
        end = len(sessions)
        if day is not None:
            end = int(np.searchsorted(sessions, np.datetime64(day), side="right"))
        last = _last_of_each(symbols[:end])
        rest = np.ones(end, dtype=bool)
        rest[last] = False
        before = np.flatnonzero(rest)
        wanted[before[_last_of_each(symbols[:end][rest])]] = True
        wanted[last] = True
        wanted[len(sessions) - 1 - _last_of_each(symbols[end:][::-1])] = True
    kept = np.flatnonzero(wanted)
    return kept if order is None else order[kept]


def _last_of_each(symbols: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """The last row of each symbol."""
    last = np.full(int(symbols.max(initial=-1)) + 1, -1, dtype=np.intp)
    last[symbols] = np.arange(len(symbols))  # of several rows of a symbol, the last stays
    return last[last >= 0]


def first_sessions(levels: Levels) -> dict[str, dt.date]:
    """Give by symbol the date of its first close."""
    symbols, days = levels.frame.labels("symbol"), levels.frame["session"]
    starts = np.flatnonzero(np.diff(symbols.codes, prepend=-1))
    firsts = zip(symbols.codes[starts].tolist(), days[starts].tolist(), strict=True)
    return {symbols.values[code]: day for code, day in firsts}


def of_each_row(frame: Frame, dates: Mapping[str, dt.date | None]) -> Days:
    """Give the date that the index of each row has; NaT where it has none."""
    symbols = frame.labels("symbol")
    by_symbol = [dates.get(symbol) or np.datetime64("NaT", "D") for symbol in symbols.values]
    return np.array(by_symbol, dtype="datetime64[D]")[symbols.codes]


def _without_noise(frame: Frame, registry: Registry) -> tuple[Frame, list[Problem]]:
    """Levels without the noise of 32-bit floats: 20225.109375 was 20,225.11 before a feed had it.

    That is certain where most of the levels of an index that have more decimals than anyone
    publishes are, to the index's decimals, the very 32-bit floats written. A level of it that is
    not is left as it is, and says nothing of the others.
    """
    symbols = frame.labels("symbol")
    decimals = np.array(registry.decimals(symbols.values))
    scale = np.power(10.0, decimals)[symbols.codes]
    written = frame["close"]
    rounded = np.rint(written * scale) / scale
    if (rounded == written).all():
        return frame, []
    as_feed = rounded.astype(np.float32).astype(np.float64)
    noisy = (rounded != written) & (np.abs(as_feed - written) <= _FLOAT_NOISE) & (rounded > 0)
    if not noisy.any():
        return frame, []
    # From a billion on floats are too coarse to tell a decimal that nobody publishes.
    long = (np.rint(written * _PUBLISHED) / _PUBLISHED != written) & (written < _COARSE_FROM)
    fed, of = (
        np.bincount(symbols.codes[rows], minlength=len(symbols.values))[symbols.codes]
        for rows in (long & noisy, long)
    )
    noisy &= (fed > 0) & (2 * fed > of)
    if not noisy.any():
        return frame, []
    at = int(noisy.argmax())
    first = frame.row(at)
    text = (
        f"levels with the noise of 32-bit floats, such as {first.close!r}, are read to the index's"
        f" decimals: {rounded[at]:,.{int(decimals[symbols.codes[at]])}f}"
    )
    note = Problem(Place(first.file, first.line), text)
    return frame.assign(close=np.where(noisy, rounded, written)), [note]


def _resolved(faults: Iterable[Fault], symbol_of: Mapping[str, str]) -> Iterable[Fault]:
    for fault in faults:
        symbol = None if fault.symbol is None else symbol_of.get(fault.symbol, fault.symbol)
        yield Fault(symbol, fault.session, fault.problem)


def levels_of(rows: Iterable[tuple[str, str, str | float]]) -> Levels:
    """Make levels from rows of symbol, ISO date and close, for examples and tests.

    >>> levels_of([("HSI", "2025-02-14", 22620.33)]).symbols
    ('HSI',)
    """
    symbols, dates, closes = ([*column] for column in zip(*rows, strict=True))
    block = Block.of(
        "closes.csv",
        Closes.of(
            symbols,
            [dt.date.fromisoformat(date) for date in dates],
            [float(close) for close in closes],
            list(range(2, len(symbols) + 2)),
            {},
        ),
        dict.fromkeys(symbols),
    )
    return fold([block], Registry.of([]))
