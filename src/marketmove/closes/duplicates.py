"""Closes that stand several times: repeated, rounded, revised by a later file, or contradictory."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from marketmove.errors import Place, Problem
from marketmove.frame import Frame, Ints
from marketmove.sources import Fault

# How many closes of a file tell how many digits it writes.
_SAMPLE = 50


def without_duplicates(
    frame: Frame, later_wins: bool
) -> tuple[Frame, list[Fault], tuple[Problem, ...]]:
    """Give the closes that stand alone or agree, those that contradict each other, and notes.

    ``frame`` is ordered by symbol and session. A close and the same one rounded agree, and the
    finer counts. Where ``later_wins``, a later file revises the closes of an earlier one.
    """
    codes, days, closes = frame.labels("symbol").codes, frame["session"], frame["close"]
    again = np.append(False, (codes[1:] == codes[:-1]) & (days[1:] == days[:-1]))
    if not again.any():
        return frame, [], ()
    starts = np.flatnonzero(~again)
    of = np.cumsum(~again) - 1
    differ = np.zeros(len(starts), dtype=bool)
    differ[of[closes != closes[starts][of]]] = True
    same = again & ~differ[of]
    keep, notes = ~same, list(_note_on(frame.take(same)))
    conflicts: list[Fault] = []
    rounded: list[_Kept] = []
    ends = np.append(starts[1:], len(frame))
    for start, end in zip(starts[differ].tolist(), ends[differ].tolist(), strict=True):
        rows = np.arange(start, end)
        files = frame.labels("file").codes[rows]
        latest = rows[files == files[-1]]
        if later_wins and len(latest) < len(rows) and len({*closes[latest].tolist()}) == 1:
            kept = int(latest[-1])
            notes.append(_revised(frame, _Kept(rows, kept)))
        else:
            apart = len({*files.tolist()}) == len(rows)
            finest = _finest(closes[rows].tolist()) if apart else None
            kept = -1 if finest is None else start + finest
            if finest is None:
                conflicts.append(_conflict(frame, rows))
            else:
                rounded.append(_Kept(rows, kept))
        keep[rows] = rows == kept
    notes += _note_on_rounded(frame, rounded)
    return frame.take(keep), conflicts, tuple(notes)


class _Kept(NamedTuple):
    """The rows of one index and session, by number, and the number of the one that counts."""

    rows: Ints
    number: int

    def both(self, frame: Frame) -> tuple[Any, Any]:
        """Give the row that counts, and the first that differs from it."""
        kept = frame.row(self.number)
        return kept, next(row for row in frame.take(self.rows).rows() if row.close != kept.close)


def _finest(closes: Sequence[float]) -> int | None:
    """Which close has the most digits, if the others are that one rounded."""
    exact = [Decimal(repr(close)) for close in closes]
    digits = [*map(_digits, closes)]
    finest = digits.index(max(digits))
    for n, close in enumerate(exact):
        half = Decimal(5).scaleb(-digits[n] - 1)
        coarser = digits[n] < digits[finest] and abs(close - exact[finest]) <= half
        if not (coarser or close == exact[finest]):
            return None
    return finest


def _digits(close: float) -> int:
    """How many digits a close has behind the point."""
    return max(0, -int(Decimal(repr(close)).normalize().as_tuple().exponent))


def _written(frame: Frame, row: Any) -> str:
    """A close with as many digits as its file gives the others of the index."""
    files, symbols = frame.labels("file"), frame.labels("symbol")
    start, end = np.searchsorted(symbols.codes, symbols.number(row.symbol) + np.arange(2))
    own = files.codes[start:end] == files.number(row.file)
    beside = frame["close"][start:end][own][-_SAMPLE:].tolist()
    return f"{row.close:,.{max(map(_digits, (row.close, *beside)))}f}"


def _revised(frame: Frame, kept: _Kept) -> Problem:
    last, first = kept.both(frame)
    text = (
        f"{last.symbol} {last.session} is revised to {_written(frame, last)} here, from"
        f" {_written(frame, first)} at {first.file}:{first.line}"
    )
    return Problem(Place(last.file, last.line), text)


def _note_on_rounded(frame: Frame, rounded: Sequence[_Kept]) -> list[Problem]:
    if not rounded:
        return []
    fine, coarse = rounded[0].both(frame)
    closes = "1 close stands" if len(rounded) == 1 else f"{len(rounded)} closes stand"
    text = (
        f"{closes} with fewer digits elsewhere, and the finer one counts: {coarse.symbol}"
        f" {coarse.session} is {_written(frame, fine)} here and"
        f" {_written(frame, coarse)} at {coarse.file}:{coarse.line}"
    )
    return [Problem(Place(fine.file, fine.line), text)]


def _conflict(frame: Frame, rows: Ints) -> Fault:
    first, *others = frame.take(rows).rows()
    other = next(entry for entry in others if entry.close != first.close)
    here, there = _written(frame, other), _written(frame, first)
    or_else = "" if other.file == first.file else ", or say --later-wins"
    text = (
        f"{first.symbol} has two closes for {first.session}: {here} here and {there} at"
        f" {first.file}:{first.line}; remove the wrong one{or_else}"
    )
    return Fault(first.symbol, first.session, Problem(Place(other.file, other.line), text))


def _note_on(same: Frame) -> tuple[Problem, ...]:
    if not len(same):
        return ()
    first = same.row(int(same["line"].argmin()))
    rows = "1 row repeats" if len(same) == 1 else f"{len(same)} rows repeat"
    text = f"{rows} a close that stands already, with the same figure; the first is here"
    return (Problem(Place(first.file, first.line), text),)
