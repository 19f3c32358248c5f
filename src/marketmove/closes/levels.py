"""Closing levels with a meaning: one series an index, each close once, with its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from marketmove.closes.duplicates import KEY, without_duplicates
from marketmove.errors import BadFiguresError, Place, Problem
from marketmove.market.indices import Index, Registry
from marketmove.sources import Block, Closes, Fault, Reading

# In the years before ``since`` levels were not less than this part of the lowest.
_ABOUT_SINCE, _EARLIER_WAS = "2005-01-01", 3
# A 32-bit float is written with six or more decimals, or with five by some.
_FLOAT_NOISE = 6e-6
# Units of a point that the finest published levels have: four decimals.
_PUBLISHED = 1e4


@dataclass(frozen=True, slots=True)
class Levels:
    """Closes of several indices, in one tidy table.

    ``frame`` has a row a close, ordered by symbol and session, both together unique: ``symbol``
    (categorical), ``session`` (datetime64, an exchange-local date), ``close`` (float64, index
    points, above zero), ``file`` (categorical) and ``line`` (physical, from 1). ``symbols`` are
    the indices in the order of the files. What could not be used is in ``faults``.
    """

    frame: pd.DataFrame
    symbols: tuple[str, ...]
    registry: Registry
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    repeats: tuple[Problem, ...] = ()
    readings: tuple[tuple[str, Reading], ...] = ()

    def sessions(self, symbols: Iterable[str]) -> list[dt.date]:
        """Give the dates on which any of the indices has a close, in order."""
        chosen = self.frame.loc[self.frame["symbol"].isin(list(symbols)), "session"]
        return [when.date() for when in sorted(chosen.unique())]

    def latest(self, symbols: Iterable[str], until: dt.date = dt.date.max) -> dt.date | None:
        """Give the last date on which any of the indices has a close, or a row that is unusable.

        A last row that cannot be read is not passed over for the one before it. None if there is
        none on or before ``until``.
        """
        wanted = set(symbols)
        unusable = [
            f.session for f in self.faults if f.session and (f.symbol is None or f.symbol in wanted)
        ]
        dates = [*self.sessions(wanted), *unusable]
        return max((date for date in dates if date <= until), default=None)


def fold(blocks: Iterable[Block], registry: Registry, later_wins: bool = False) -> Levels:
    """Bring the closes of all files together, under the registry's symbols.

    Two different closes for one index and date are a fault, and neither is kept; equal ones count
    once, with a note.

    A symbol that the registry does not know stays as the file writes it. Raises ``BadFiguresError``
    if a file has not one usable close.
    """
    blocks = list(blocks)
    for block in blocks:
        if block.frame.empty:
            nothing = Problem(Place(block.label), "not one close in it")
            raise BadFiguresError([f.problem for f in block.faults] or [nothing])
    symbols_of = [_symbols(block, registry) for block in blocks]
    frames = [
        block.frame.assign(file=block.label, symbol=block.frame["symbol"].map(symbols))
        for block, symbols in zip(blocks, symbols_of, strict=True)
    ]
    frame = pd.concat(frames, ignore_index=True)
    frame["symbol"] = frame["symbol"].astype("category")
    frame, noise = _without_noise(frame, registry)
    frame["file"] = frame["file"].astype("category")
    frame = frame.sort_values(KEY, kind="stable", ignore_index=True)
    frame, conflicts, repeats = without_duplicates(frame, later_wins)
    unusable = [
        fault
        for block, symbols in zip(blocks, symbols_of, strict=True)
        for fault in _resolved(block.faults, symbols)
    ]
    strangers = [note for block in blocks for note in _strangers(block, registry)]
    return Levels(
        frame=frame,
        symbols=tuple(dict.fromkeys(s for symbols in symbols_of for s in symbols.values())),
        registry=registry,
        faults=(*unusable, *conflicts),
        warnings=(*(w for block in blocks for w in block.warnings), *_on_one_session(frame)),
        notes=(*(note for block in blocks for note in block.notes), *strangers, *noise),
        repeats=repeats,
        readings=tuple((block.label, block.reading) for block in blocks),
    )


def _on_one_session(frame: pd.DataFrame) -> Iterable[Problem]:
    """A warning where several indices have one session only, as in a snapshot of a page."""
    if frame["session"].nunique() == 1 and len(frame) > 1:
        yield Problem(Place(str(frame["file"].iat[0])), "one session only: no prior close")


def _symbols(block: Block, registry: Registry) -> dict[str, str]:
    """The symbol of each name in a block, which is its own where it cannot be that index."""
    found = {}
    for text in block.symbols:
        index = registry.resolve(text)
        other = index.shares(text) and _is_of_something_else(block, text, index)
        found[text] = f"{text} (not {index.symbol})" if other else index.symbol
    return found


def _is_of_something_else(block: Block, name: str, index: Index) -> bool:
    """Whether the levels of a series are those of the share or fund with the index's name."""
    low, high = index.levels or (0.0, float("inf"))
    rows = block.frame[block.frame["symbol"] == name]
    recent = rows.loc[rows["session"] >= index.since, "close"].median()
    earlier = rows.loc[rows["session"] >= _ABOUT_SINCE, "close"].median()
    return bool(recent < low or recent > high or earlier < low / _EARLIER_WAS or earlier > high)


def _strangers(block: Block, registry: Registry) -> Iterable[Problem]:
    """Notes on series that are not of the index whose name they have, or of none that is known."""
    for text in block.symbols:
        index = registry.resolve(text)
        if index.shares(text) and _is_of_something_else(block, text, index):
            usual = block.frame.loc[block.frame["symbol"] == text, "close"].iloc[-1]
            yield Problem(
                Place(block.label),
                f"{usual:,.15g} is no level of {index.name}: this {text} is something else, and is"
                f" called {text} (not {index.symbol}) here",
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


def of_each_row(
    frame: pd.DataFrame, dates: Mapping[str, dt.date | None]
) -> npt.NDArray[np.datetime64]:
    """Give the date that the index of each row has; NaT where it has none."""
    symbols = frame["symbol"].cat
    by_symbol = [dates.get(str(symbol)) or np.datetime64("NaT") for symbol in symbols.categories]
    return np.array(by_symbol, dtype="datetime64[s]")[symbols.codes.to_numpy()]


def _without_noise(frame: pd.DataFrame, registry: Registry) -> tuple[pd.DataFrame, list[Problem]]:
    """Levels without the noise of 32-bit floats: 20225.109375 was 20,225.11 before a feed had it.

    That is certain where most of the levels of an index that have more decimals than anyone
    publishes are, to the index's decimals, the very 32-bit floats written. A level of it that is
    not is left as it is, and says nothing of the others.
    """
    decimals = frame["symbol"].map(lambda symbol: registry.resolve(str(symbol)).decimals)
    scale = np.power(10.0, decimals.astype(np.int64).to_numpy())
    written = frame["close"].to_numpy()
    rounded = np.rint(written * scale) / scale
    as_feed = rounded.astype(np.float32).astype(np.float64)
    noisy = (rounded != written) & (np.abs(as_feed - written) <= _FLOAT_NOISE) & (rounded > 0)
    if not noisy.any():
        return frame, []
    long = np.rint(written * _PUBLISHED) / _PUBLISHED != written
    cells = pd.DataFrame({"long": long, "fed": long & noisy})
    by_index = cells.groupby(frame["symbol"].to_numpy(), observed=True)
    fed, of = (by_index[name].transform("sum").to_numpy() for name in ("fed", "long"))
    noisy &= (fed > 0) & (2 * fed > of)
    if not noisy.any():
        return frame, []
    first: Any = next(frame[noisy].itertuples())
    text = (
        f"levels with the noise of 32-bit floats, such as {first.close!r}, are read to the index's"
        f" decimals: {rounded[noisy][0]:,.{int(decimals[noisy].iloc[0])}f}"
    )
    note = Problem(Place(str(first.file), int(first.line)), text)
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
