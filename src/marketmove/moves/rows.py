"""Rows of moves read: as records, and for the dates that their figures rest on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.errors import Place, Problem, by_place
from marketmove.frame import Bools, Column, Days, Frame, Labels
from marketmove.market.calendars import ONE_DAY
from marketmove.moves.line import row_keys
from marketmove.moves.move import Move, PeriodMove, plain_column
from marketmove.sources import Fault

Ints = npt.NDArray[np.int64]

_FIGURES = ("prior_session", "prior_close", "change_pts", "change_pct", "gap_sessions", "doubt")


def read_moves(rows: Frame, periods: Sequence[str] = ()) -> list[Move]:
    """Read the records of moves off the rows of ``moves_at`` or ``history``.

    Examples
    --------
    >>> import datetime as dt
    >>> from marketmove.closes.levels import levels_of
    >>> from marketmove.moves.measure import moves_at
    >>> levels = levels_of([("AAA", "2024-05-02", 200), ("AAA", "2024-05-03", 203)])
    >>> (move,) = read_moves(moves_at(levels, {"AAA": dt.date(2024, 5, 3)}))
    >>> move.status, move.change_pct, move.source, str(move.prior_session)
    ('ok', 1.5, 'closes.csv:3', '2024-05-02')
    """
    names = [name for name in rows.columns if name in Move._fields]
    cells = zip(*(plain_column(rows, name) for name in names), strict=True)
    places = zip(rows["file"].tolist(), rows["line"].tolist(), strict=True)
    spans = [
        [*map(PeriodMove, *(plain_column(rows, f"{period}_{name}") for name in PeriodMove._fields))]
        for period in periods
    ]
    by_row = zip(*spans, strict=True) if spans else [()] * len(rows)
    return [
        Move(
            basis="closes",
            source=f"{file}:{line}" if file else "",
            periods=dict(zip(periods, span, strict=True)),
            **dict(zip(names, row, strict=True)),
        )
        for row, (file, line), span in zip(cells, places, by_row, strict=True)
    ]


def has_closes(rows: Frame) -> bool:
    """Tell whether any of some rows has a close."""
    return not bool(np.isnan(rows["close"]).all())


def of_days_or_doubtful(rows: Frame, days: Days) -> Frame:
    """Give the rows of some dates, and all that are doubtful."""
    return rows.take(np.isin(rows["session"], days) | rows.has("doubt"))


class Usable(NamedTuple):
    """Rows of moves without what rests on rows that cannot be used, and what these are.

    ``touching`` are the problems that cost a figure, ``elsewhere`` the others. ``undated`` tells
    that one of the former may be of any session, so that it is no matter of a single cell.
    """

    rows: Frame
    touching: list[Problem]
    elsewhere: list[Problem]
    undated: bool = False


def usable(rows: Frame, faults: Sequence[Fault], periods: Sequence[str] = ()) -> Usable:
    """Take out the figures that rest on rows that cannot be used; these moves are ``unusable``.

    A fault touches a change if it may be of its index, on the date of the close or after that of
    the prior close that was found without it: it might have been the prior close.

    Parameters
    ----------
    rows
        As ``measure.moves_at`` or ``history`` makes them.
    faults
        What cannot be used of the closes.
    periods
        Those measured beside the sessions.
    """
    bad = BadRows(faults, rows.labels("symbol").values, periods)
    return Usable(bad.without(rows), *bad.sorted())


class BadRows:
    """What cannot be used of the closes of some indices, and which of it has cost a figure so far.

    What is in a range, whose first and last date ``within`` has, does so anyway.
    """

    def __init__(
        self,
        faults: Sequence[Fault],
        symbols: Sequence[str],
        periods: Sequence[str] = (),
        within: tuple[dt.date, dt.date] | None = None,
    ) -> None:
        self._faults, self._periods = faults, periods
        self._touching = np.zeros(len(faults), dtype=bool)
        code_of = {symbol: code for code, symbol in enumerate(symbols)}
        # -1 is of no index here; what may be of any is of the first of them as well.
        self._codes = np.array(
            [0 if f.symbol is None else code_of.get(f.symbol, -1) for f in faults], dtype=np.int64
        )
        of_any = np.array([fault.symbol is None for fault in faults], dtype=bool)
        self._own = _ByKey.of(faults, self._codes, ~of_any & (self._codes >= 0))
        self._of_any = _ByKey.of(faults, self._codes, of_any)
        days = [fault.session for fault in faults]
        inside = [bool(within and day and within[0] <= day <= within[1]) for day in days]
        self._within, self._is_of_any = np.array(inside, dtype=bool), of_any

    def without(self, rows: Frame) -> Frame:
        """Give rows without the figures that rest on them."""
        if not self._faults or not len(rows):
            return rows
        days, codes = rows["session"], rows.labels("symbol").codes.astype(np.int64)
        has_rows = np.bincount(codes, minlength=int(self._codes.max()) + 1)[self._codes] > 0
        self._touching |= self._within & (self._is_of_any | (has_rows & (self._codes >= 0)))
        spans = {"": (rows["prior_session"], days)}
        for period in self._periods:
            last = rows[f"{period}_first_day"] - ONE_DAY
            spans[period] = (rows[f"{period}_base"], last)
        lost = {name: self._lost(codes, *span) for name, span in spans.items()}
        return _without(rows, lost, self._faults)

    def _lost(self, codes: Ints, since: Days, until: Days) -> Ints:
        """The last fault after one date and up to another of each row; -1 where there is none."""
        own, found = self._own.last(codes, since, until)
        of_any, more = self._of_any.last(np.zeros_like(codes), since, until)
        self._touching[[*found, *more]] = True
        return np.where(of_any >= 0, of_any, own)

    def sorted(self) -> tuple[list[Problem], list[Problem], bool]:
        """Give what has cost a figure, the others, and whether one of the first has no date."""
        touching = np.flatnonzero(self._touching)
        by_index = touching[np.argsort(self._codes[touching], kind="stable")].tolist()
        elsewhere = np.flatnonzero(~self._touching).tolist()
        return (
            sorted((self._faults[n].problem for n in by_index), key=by_place),
            sorted((self._faults[n].problem for n in elsewhere), key=by_place),
            any(self._faults[n].session is None for n in by_index),
        )


class _ByKey(NamedTuple):
    """Numbers of faults by the keys of their index and date; and by index of those without date."""

    keys: Ints
    numbers: Ints
    undated: Mapping[int, list[int]]

    @classmethod
    def of(cls, faults: Sequence[Fault], codes: Ints, which: Bools) -> _ByKey:
        """Put some of the faults in order."""
        days = np.array([fault.session or "NaT" for fault in faults], dtype="datetime64[D]")
        undated: dict[int, list[int]] = {}
        for number in np.flatnonzero(which & np.isnat(days)).tolist():
            undated.setdefault(int(codes[number]), []).append(number)
        numbers = np.flatnonzero(which & ~np.isnat(days))
        keys = row_keys(codes[numbers], days[numbers])
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], numbers[order], undated)

    def last(self, codes: Ints, since: Days, until: Days) -> tuple[Ints, set[int]]:
        """Give the last fault after one date and up to another of each row, and every such one."""
        start, end = (
            np.searchsorted(self.keys, row_keys(codes, days), side="right")
            for days in (since, until)
        )
        last, found = np.full(len(codes), -1), set[int]()
        touched = np.flatnonzero(end > start)
        room = len(self.keys) + 1
        spans, of_row = np.unique((start * room + end)[touched], return_inverse=True)
        of_spans = [self.numbers[span // room : span % room] for span in spans.tolist()]
        last[touched] = np.array([numbers.max() for numbers in of_spans], dtype=np.int64)[of_row]
        for numbers in of_spans:
            found.update(numbers.tolist())
        for code, of_index in self.undated.items():
            rows = (codes == code) & ~np.isnat(until)
            if rows.any():
                last[rows] = np.maximum(last[rows], max(of_index))
                found.update(of_index)
        return last, found


def _without(rows: Frame, lost: Mapping[str, Ints], faults: Sequence[Fault]) -> Frame:
    changed: dict[str, Column] = {}
    for name, number in lost.items():
        gone = number >= 0
        if not gone.any():
            continue
        prefix = f"{name}_" if name else ""
        for column in (*_FIGURES, *(() if name else ("close",))):
            changed[f"{prefix}{column}"] = _replaced(rows.columns[f"{prefix}{column}"], gone, None)
        if name:
            reason = rows.columns[f"{prefix}reason"]
            changed[f"{prefix}reason"] = _replaced(reason, gone, "unusable")
        else:
            places = [faults[n].problem.place or Place("") for n in number[gone].tolist()]
            lines = [place.line or 0 for place in places]
            changed |= {
                "status": _replaced(rows.columns["status"], gone, "unusable"),
                "file": _of_files(rows.labels("file"), gone, [place.path for place in places]),
                "line": _replaced(rows.columns["line"], gone, lines),
            }
    return rows.assign(**changed)


def _replaced(column: Column, rows: Bools, by: Any) -> Column:
    """A column with something else, or nothing, in some rows; a text is one of its labels."""
    if isinstance(column, Labels):
        code = -1 if by is None else column.number(by)
        return Labels(column.values, np.where(rows, np.int8(code), column.codes))
    replaced = column.copy()
    replaced[rows] = by
    return replaced


def _of_files(files: Labels, rows: Bools, paths: Sequence[str]) -> Labels:
    """The files with others, which need not be among them, in some rows."""
    values = tuple(dict.fromkeys([*files.values, *paths]))
    codes = files.codes.astype(np.int64)
    codes[rows] = [values.index(path) for path in paths]
    return Labels(values, codes)
