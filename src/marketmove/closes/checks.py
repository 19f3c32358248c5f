"""What a careful person would doubt in closes: jumps, repeats, gaps, figures that disagree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from marketmove.closes.levels import Levels
from marketmove.errors import Place, Problem, by_place
from marketmove.market.calendars import Calendar
from marketmove.sources import Fault

Days = npt.NDArray[np.datetime64]
Severity = Literal["error", "suspicion"]

# A move beyond this is looked at; one that is undone the next day is a stray row.
JUMP_PCT = 35.0
_BACK_PCT = 10.0
_LONG_GAP_DAYS = 12
_USUAL_GAPS = 0.5
_USUAL_WEEKENDS = 0.05
# A stated percent has two digits at least, and may be of a prior close before it was revised.
_PERCENT_TOLERANCE = 0.0151
_LEVEL_TOLERANCE = 0.0051


class Finding(NamedTuple):
    """One thing that is wrong or doubtful: the index and session it concerns, and its place."""

    severity: Severity
    code: str
    text: str
    symbol: str | None = None
    session: dt.date | None = None
    place: Place | None = None


def find(
    levels: Levels,
    moves: pd.DataFrame,
    today: dt.date,
    calendars: Mapping[str, Calendar],
    shut: pd.DataFrame,
) -> list[Finding]:
    """Everything in closes that is wrong or doubtful, errors first, then by place.

    Parameters
    ----------
    levels
        The closes, as ``levels.fold`` makes them.
    moves
        The move to each of them, as ``measure.moves_to_each`` makes it.
    today
        After which a session is in the future.
    calendars
        The calendars by symbol of the index, which tell holes and ghosts from holidays; for other
        indices only long gaps and weekends are found.
    shut
        The closes of dates without a session, as ``shut_days.on_shut_days`` gives them.

    Returns
    -------
    list of Finding
        ``error`` for what cannot be right: cells that cannot be read, conflicts, rows with too
        many or too few cells, closes outside their own low and high. ``suspicion`` for what may
        be: repeats, disorder, gaps, closes carried forward, jumps, weekends, stated changes that
        differ.

    Examples
    --------
    >>> import datetime as dt
    >>> from marketmove.closes.levels import levels_of
    >>> from marketmove.closes.shut_days import on_shut_days
    >>> from marketmove.moves.measure import moves_to_each
    >>> levels = levels_of([("AAA", "2025-02-13", 200.0), ("AAA", "2025-02-14", 2030.0)])
    >>> moves, shut = moves_to_each(levels), on_shut_days(levels, {})
    >>> [finding.code for finding in find(levels, moves, dt.date(2025, 3, 1), {}, shut)]
    ['jump']
    """
    found = [
        Finding("error", "unusable", f.problem.text, f.symbol, f.session, f.problem.place)
        for f in levels.faults
    ]
    found += [Finding("suspicion", "repeat", p.text, place=p.place) for p in levels.repeats]
    found += [Finding("suspicion", "reading", p.text, place=p.place) for p in levels.warnings]
    rows = _judged(_beside(moves, levels.frame), calendars, levels.faults)
    rows["ghost"] = rows.index.isin(shut.index[shut["ghost"]])
    for check in _CHECKS:
        found += check(rows)
    found += _on_shut_days(rows[rows["ghost"] | (rows["shut"] == 1)], calendars)
    found += _future(rows, today)
    return sorted(found, key=_worst_first)


def _worst_first(finding: Finding) -> tuple[bool, str, int]:
    place = finding.place or Place("")
    return finding.severity != "error", place.path, place.line or 0


def _beside(moves: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """The moves with the close after each, and what the files have beside it."""
    after = frame.groupby("symbol", observed=True)["close"].shift(-1)
    return moves.assign(after=after, low=frame["low"], high=frame["high"])


def _judged(
    rows: pd.DataFrame, calendars: Mapping[str, Calendar], faults: Sequence[Fault]
) -> pd.DataFrame:
    """The closes with ``shut``, and ``lacking``, the sessions since the one before; nan if unknown.

    An index that has fewer than half of its sessions is not daily, and is not judged. A row that
    cannot be used is found as such, and does not leave a gap.
    """
    shut, lacking = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    days = rows["session"].to_numpy().astype("datetime64[D]")
    before = rows["prior_session"].to_numpy().astype("datetime64[D]")
    for symbol, own in rows.groupby("symbol", observed=True).indices.items():
        if calendar := calendars.get(str(symbol)):
            counted = calendar.lacking(before[own], days[own])
            if not (counted > 0).mean() > _USUAL_GAPS:
                unusable = _dates_of(str(symbol), faults)
                unusable = unusable[~calendar.shut(unusable)]
                known = np.searchsorted(unusable, days[own])
                known -= np.searchsorted(unusable, before[own], side="right")
                lacking[own] = counted - known
                covered = calendar.covered(days[own])
                shut[own] = np.where(covered, calendar.shut(days[own]), np.nan)
    return rows.assign(shut=shut, lacking=lacking)


def _dates_of(symbol: str, faults: Sequence[Fault]) -> Days:
    dates = {fault.session for fault in faults if fault.symbol == symbol and fault.session}
    return np.array(sorted(dates), dtype="datetime64[D]")


def _findings(rows: pd.DataFrame, severity: Severity, code: str, text: str) -> Iterator[Finding]:
    """A finding a row; the text is filled in from the row's own columns."""
    for row in rows.itertuples():
        entry: Any = row
        sentence = text.format(row=entry, session=entry.session.date())
        place = Place(str(entry.file), int(entry.line))
        yield Finding(severity, code, sentence, str(entry.symbol), entry.session.date(), place)


def _outside_range(rows: pd.DataFrame) -> Iterator[Finding]:
    low, high = rows["low"] - _LEVEL_TOLERANCE, rows["high"] + _LEVEL_TOLERANCE
    outside = (rows["close"] < low) | (rows["close"] > high)
    text = "{row.symbol}: close {row.close:,} outside its low {row.low:,} and high {row.high:,}"
    return _findings(rows[outside], "error", "outside_range", text)


def _disorder(rows: pd.DataFrame) -> Iterator[Finding]:
    """Rows against the order of their file: where an index runs neither up nor down its dates."""
    for _, part in rows.sort_values("line").groupby(["file", "symbol"], observed=True):
        steps = part["session"].diff().dropna().dt.days
        if (steps > 0).any() and (steps < 0).any():
            against = (steps < 0) if (steps > 0).sum() >= (steps < 0).sum() else (steps > 0)
            odd = part.loc[against[against].index]
            text = "{row.symbol}: {session} stands out of order"
            yield from _findings(odd, "suspicion", "out_of_order", text)


def _holes(rows: pd.DataFrame) -> Iterator[Finding]:
    """Sessions of the exchange, by its calendar, without a close."""
    text = "{row.symbol}: no close for {row.sessions} between {row.prior_session:%Y-%m-%d}"
    one = rows["lacking"] == 1
    sessions = rows["lacking"].map("{:.0f} sessions".format).mask(one, "a session")
    of_holes = rows.assign(sessions=sessions)[rows["lacking"] > 0]
    return _findings(of_holes, "suspicion", "gap", text + " and {session}")


def _on_shut_days(rows: pd.DataFrame, calendars: Mapping[str, Calendar]) -> Iterator[Finding]:
    """Closes of dates without a session: the close before once more, or another one."""
    for row in rows.itertuples():
        entry: Any = row
        day, symbol = entry.session.date(), str(entry.symbol)
        calendar = calendars[symbol]
        why = f" ({reason})" if (reason := calendar.why_shut(day)) else ""
        what = "counts, as it repeats none"
        if entry.ghost:
            what = "may repeat the close before, which cannot be used, and does not count"
            if entry.close == entry.prior_close:
                what = "repeats the close before, and does not count"
        text = f"{symbol}: {calendar.exchange} was shut on {day}{why}; the row {what}"
        place = Place(str(entry.file), int(entry.line))
        code = "ghost" if entry.ghost else "shut_day"
        yield Finding("suspicion", code, text, symbol, day, place)


def _gaps(rows: pd.DataFrame) -> Iterator[Finding]:
    """Stretches without a close that are long for the index, where no calendar can tell."""
    days = (rows["session"] - rows["prior_session"]).dt.days
    usual = days.groupby(rows["symbol"], observed=True).transform("median")
    long = (days > _LONG_GAP_DAYS) & (days > 4 * usual) & rows["lacking"].isna()
    text = "{row.symbol}: no close for {row.days:.0f} days before {session}"
    return _findings(rows.assign(days=days)[long], "suspicion", "gap", text)


def _unchanged(rows: pd.DataFrame) -> Iterator[Finding]:
    same = (rows["close"] == rows["prior_close"]) & ~rows["ghost"]
    text = "{row.symbol}: {row.close:,} is the close of the session before, to the last digit"
    return _findings(rows[same], "suspicion", "carried_forward", text)


def _jumps(rows: pd.DataFrame) -> Iterator[Finding]:
    far = rows["change_pct"].abs() > JUMP_PCT
    undone = (rows["after"] / rows["prior_close"] - 1).abs() * 100 < _BACK_PCT
    ratio = rows["close"] / rows["prior_close"]
    slipped = ratio.map(lambda r: any(abs(r / factor - 1) * 100 < _BACK_PCT for factor in _SLIPS))
    reason = (
        undone.map({True: ", and is undone by the next: a stray row?", False: ""})
        + slipped.map({True: ": a slipped decimal point?", False: ""})
    ).where(far, "")
    text = "{row.symbol}: {row.close:,} is {row.change_pct:+,.1f}% from {row.prior_close:,}"
    text += "{row.reason}"
    return _findings(rows.assign(reason=reason)[far], "suspicion", "jump", text)


_SLIPS = (10.0, 100.0, 1000.0, 0.1, 0.01, 0.001)


def _weekends(rows: pd.DataFrame) -> Iterator[Finding]:
    """Saturdays and Sundays, where the index does not trade on them as a rule."""
    weekend = (rows["session"].dt.day_of_week >= 5) & rows["shut"].isna()
    share = weekend.groupby(rows["symbol"], observed=True).transform("mean")
    text = "{row.symbol}: {session} is a {row.session:%A}"
    return _findings(rows[weekend & (share < _USUAL_WEEKENDS)], "suspicion", "weekend", text)


def stated_otherwise(rows: pd.DataFrame) -> list[Finding]:
    """Give the changes and prior closes that a file states and its own closes do not give.

    ``rows`` are moves, as ``measure.moves_at``, ``history`` or ``moves_to_each`` makes them.
    """
    states = rows["stated_change_pct"].notna() | rows["stated_prior_close"].notna()
    if not states.any():
        return []
    differs = (rows["stated_change_pct"] - rows["change_pct"]).abs() > _PERCENT_TOLERANCE
    text = (
        "{row.symbol}: {session} is stated as {row.stated_change_pct:+.2f}%; the closes give"
        " {row.change_pct:+.2f}%"
    )
    changes = _findings(rows[differs], "suspicion", "stated_change", text)
    differs = (rows["stated_prior_close"] - rows["prior_close"]).abs() > _LEVEL_TOLERANCE
    text = (
        "{row.symbol}: the prior close of {session} is stated as {row.stated_prior_close:,};"
        " the row before has {row.prior_close:,}"
    )
    return [*changes, *_findings(rows[differs], "suspicion", "stated_prior", text)]


def _future(rows: pd.DataFrame, today: dt.date) -> Iterator[Finding]:
    text = f"{{row.symbol}}: {{session}} is in the future (today is {today})"
    later = rows["session"].dt.date > today
    return _findings(rows[later], "suspicion", "future", text)


_CHECKS: tuple[Callable[[pd.DataFrame], Iterable[Finding]], ...] = (
    _outside_range,
    _disorder,
    _holes,
    _gaps,
    _unchanged,
    _jumps,
    _weekends,
    stated_otherwise,
)


class LookBack(NamedTuple):
    """The sessions of an index; from when to when each rests on its closes, both included.

    Neither ``since`` nor ``until`` goes back from one session to the next; NaT is the beginning.
    """

    sessions: Days
    since: Days
    until: Days

    @classmethod
    def whole(cls, last: dt.date) -> LookBack:
        """Make one that rests on all closes until a date."""
        until = np.array([last], dtype="datetime64[D]")
        return cls(until, np.array(["NaT"], dtype="datetime64[D]"), until)


class PartedFaults(NamedTuple):
    """What cannot be used: what may touch the figures asked for, from ``first`` on, and what not.

    ``first`` is None where nothing touches them.
    """

    touching: list[Problem]
    elsewhere: list[Problem]
    first: dt.date | None


def part_faults(
    faults: Iterable[Fault],
    look_backs: Mapping[str, Sequence[LookBack]],
    within: tuple[dt.date, dt.date] | None = None,
) -> PartedFaults:
    """Part the faults of closes into those that may touch the figures asked for, and the others.

    A fault touches a move where it may be of its index, in the session, or after the prior session
    that was found without it: it might have been the prior close.

    Parameters
    ----------
    faults
        What cannot be used.
    look_backs
        The chosen indices, each with what its figures rest on.
    within
        The range that was asked for, if it was one: what is in it touches it.
    """
    touching: list[Problem] = []
    firsts: list[dt.date] = []
    elsewhere: list[Problem] = []
    for fault in faults:
        spans = look_backs.values() if fault.symbol is None else [look_backs.get(fault.symbol, ())]
        when = fault.session
        dates = [day for each in spans for span in each if (day := _touched(span, when))]
        if when and within and any(spans) and within[0] <= when <= within[1]:
            dates = [when]
        if dates:
            touching.append(fault.problem)
            firsts.append(min(dates))
        else:
            elsewhere.append(fault.problem)
    first = min(firsts, default=None)
    return PartedFaults(sorted(touching, key=by_place), sorted(elsewhere, key=by_place), first)


def _touched(span: LookBack, when: dt.date | None) -> dt.date | None:
    """The first session that rests on a date; None for the date if it may be any."""
    at = 0 if when is None else int(np.searchsorted(span.until, np.datetime64(when)))
    if at == len(span.sessions) or (when and span.since[at] > np.datetime64(when)):
        return None
    session: dt.date = span.sessions[at].item()
    return session
