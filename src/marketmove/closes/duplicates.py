"""Closes that stand several times: repeated, rounded, revised by a later file, or contradictory."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd

from marketmove.errors import Place, Problem
from marketmove.sources import Fault

KEY = ["symbol", "session"]
# How many closes of a file tell how many digits it writes.
_SAMPLE = 50


def without_duplicates(
    frame: pd.DataFrame, later_wins: bool
) -> tuple[pd.DataFrame, list[Fault], tuple[Problem, ...]]:
    """Give the closes that stand alone or agree, those that contradict each other, and notes.

    A close and the same one rounded agree, and the finer counts. Where ``later_wins``, a later
    file revises the closes of an earlier one.
    """
    repeated = frame[frame.duplicated(KEY, keep=False)]
    if repeated.empty:
        return frame, [], ()
    differ = repeated.groupby(KEY, observed=True)["close"].transform("nunique") > 1
    same = repeated[~differ & repeated.duplicated(KEY)]
    dropped, notes = list(same.index), list(_note_on(same))
    conflicts: list[Fault] = []
    rounded: list[_Kept] = []
    for _, rows in repeated[differ].groupby(KEY, observed=True):
        latest = rows[rows["file"] == rows["file"].iat[-1]]
        if later_wins and len(latest) < len(rows) and latest["close"].nunique() == 1:
            kept = latest.index[-1]
            notes.append(_revised(frame, _Kept(rows, kept)))
        else:
            apart = rows["file"].nunique() == len(rows)
            kept = _finest(rows["close"]) if apart else None
            if kept is None:
                conflicts.append(_conflict(frame, rows))
            else:
                rounded.append(_Kept(rows, kept))
        dropped += [n for n in rows.index if n != kept]
    notes += _note_on_rounded(frame, rounded)
    return frame.drop(index=dropped).reset_index(drop=True), conflicts, tuple(notes)


class _Kept(NamedTuple):
    """The rows of one index and session, and the number of the one that counts."""

    rows: pd.DataFrame
    number: Any

    def both(self) -> tuple[Any, Any]:
        """Give the row that counts, and the first that differs from it."""
        entries: list[Any] = list(self.rows.itertuples())
        kept = next(entry for entry in entries if entry.Index == self.number)
        return kept, next(entry for entry in entries if entry.close != kept.close)


def _finest(closes: pd.Series[float]) -> Any | None:
    """The row of the close with the most digits, if the others are that one rounded."""
    exact = {n: Decimal(repr(close)) for n, close in closes.items()}
    digits = {n: _digits(close) for n, close in closes.items()}
    finest = max(digits, key=lambda n: digits[n])
    for n, close in exact.items():
        half = Decimal(5).scaleb(-digits[n] - 1)
        coarser = digits[n] < digits[finest] and abs(close - exact[finest]) <= half
        if not (coarser or close == exact[finest]):
            return None
    return finest


def _digits(close: float) -> int:
    """How many digits a close has behind the point."""
    return max(0, -int(Decimal(repr(close)).normalize().as_tuple().exponent))


def _written(frame: pd.DataFrame, row: Any) -> str:
    """A close with as many digits as its file gives the others of the index."""
    beside = frame.loc[(frame["file"] == row.file) & (frame["symbol"] == row.symbol), "close"]
    digits = max(_digits(row.close), int(beside.tail(_SAMPLE).map(_digits).max()))
    return f"{row.close:,.{digits}f}"


def _revised(frame: pd.DataFrame, kept: _Kept) -> Problem:
    last, first = kept.both()
    text = (
        f"{last.symbol} {last.session.date()} is revised to {_written(frame, last)} here, from"
        f" {_written(frame, first)} at {first.file}:{first.line}"
    )
    return Problem(Place(str(last.file), int(last.line)), text)


def _note_on_rounded(frame: pd.DataFrame, rounded: Sequence[_Kept]) -> list[Problem]:
    if not rounded:
        return []
    fine, coarse = rounded[0].both()
    closes = "1 close stands" if len(rounded) == 1 else f"{len(rounded)} closes stand"
    text = (
        f"{closes} with fewer digits elsewhere, and the finer one counts: {coarse.symbol}"
        f" {coarse.session.date()} is {_written(frame, fine)} here and"
        f" {_written(frame, coarse)} at {coarse.file}:{coarse.line}"
    )
    return [Problem(Place(str(fine.file), int(fine.line)), text)]


def _conflict(frame: pd.DataFrame, rows: pd.DataFrame) -> Fault:
    entries: list[Any] = list(rows.itertuples())
    first = entries[0]
    other = next(entry for entry in entries if entry.close != first.close)
    symbol, session = first.symbol, first.session.date()
    here, there = _written(frame, other), _written(frame, first)
    others = "" if other.file == first.file else ", or say --later-wins"
    text = (
        f"{symbol} has two closes for {session}: {here} here and {there} at"
        f" {first.file}:{first.line}; remove the wrong one{others}"
    )
    return Fault(symbol, session, Problem(Place(str(other.file), int(other.line)), text))


def _note_on(same: pd.DataFrame) -> tuple[Problem, ...]:
    if same.empty:
        return ()
    first: Any = next(same.sort_values("line").itertuples())
    rows = "1 row repeats" if len(same) == 1 else f"{len(same)} rows repeat"
    text = f"{rows} a close that stands already, with the same figure; the first is here"
    return (Problem(Place(str(first.file), int(first.line)), text),)
