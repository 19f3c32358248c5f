"""Rows of moves read: as records, and for the dates that their figures rest on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.errors import Place, Problem, by_place
from marketmove.frame import Days, Frame, Labels
from marketmove.market.calendars import ONE_DAY
from marketmove.moves.move import Move, PeriodMove, plain_column
from marketmove.sources import Fault

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


def usable(
    rows: Frame,
    faults: Sequence[Fault],
    periods: Sequence[str] = (),
    within: tuple[dt.date, dt.date] | None = None,
) -> Usable:
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
    within
        The range that was asked for, if it was one: what is in it touches it.
    """
    if not faults:
        return Usable(rows, [], [])
    days = rows["session"]
    spans = {"": (rows["prior_session"], days)}
    for period in periods:
        last = rows[f"{period}_first_day"] - ONE_DAY
        spans[period] = (rows[f"{period}_prior_session"], last)
    lost = {name: np.full(len(rows), -1) for name in spans}
    touching: dict[int, Problem] = {}
    by_symbol: dict[str | None, list[int]] = {}
    for number, fault in enumerate(faults):
        by_symbol.setdefault(fault.symbol, []).append(number)
    for symbol, of_symbol in rows.labels("symbol").each():
        own = of_symbol[~np.isnat(days[of_symbol])]
        own = own[np.argsort(days[own], kind="stable")]
        for number in (*by_symbol.get(symbol, ()), *by_symbol.get(None, ())):
            fault = faults[number]
            for name, (since, until) in spans.items():
                for row in _touched(since[own], until[own], fault.session):
                    lost[name][own[row]] = number
                    touching[number] = fault.problem
            if within and fault.session and within[0] <= fault.session <= within[1]:
                touching[number] = fault.problem
    elsewhere = [fault.problem for n, fault in enumerate(faults) if n not in touching]
    return Usable(
        _without(rows, lost, faults),
        sorted(touching.values(), key=by_place),
        sorted(elsewhere, key=by_place),
        any(faults[n].session is None for n in touching),
    )


def _touched(since: Days, until: Days, when: dt.date | None) -> Sequence[int]:
    """The rows whose span, from after one date to another, has a date in it; all if it is open."""
    if when is None:
        return range(len(until))
    date = np.datetime64(when)
    start = int(np.searchsorted(until, date))
    within = np.isnat(since[start:]) | (since[start:] < date)
    # Where a close follows, it begins the spans of all later rows.
    return range(start, start + (len(within) if within.all() else int(within.argmin())))


def _without(
    rows: Frame, lost: Mapping[str, npt.NDArray[np.int64]], faults: Sequence[Fault]
) -> Frame:
    changed: dict[str, Any] = {}
    for name, number in lost.items():
        gone = number >= 0
        if not gone.any():
            continue
        prefix = f"{name}_" if name else ""
        for column in (*_FIGURES, *(() if name else ("close",))):
            changed[f"{prefix}{column}"] = _replaced(rows[f"{prefix}{column}"], gone, None)
        if name:
            changed[f"{prefix}reason"] = _replaced(rows[f"{prefix}reason"], gone, "unusable")
        else:
            status = rows.labels("status")
            unusable_too = np.where(gone, status.number("unusable"), status.codes)
            places = [faults[n].problem.place or Place("") for n in number[gone].tolist()]
            changed |= {
                "status": Labels(status.values, unusable_too),
                "file": _replaced(rows["file"], gone, [place.path for place in places]),
                "line": _replaced(rows["line"], gone, [place.line or 0 for place in places]),
            }
    return rows.assign(**changed)


def _replaced(column: npt.NDArray[Any], rows: npt.NDArray[np.bool_], by: Any) -> npt.NDArray[Any]:
    replaced = column.copy()
    replaced[rows] = by
    return replaced
