"""What a careful person would doubt in closes: jumps, repeats, gaps, figures that disagree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from marketmove.closes.levels import Levels, of_each_row
from marketmove.errors import Place, Problem
from marketmove.sources import Fault

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from marketmove.market.calendars import Calendar

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
    levels: Levels, today: dt.date, calendars: Mapping[str, Calendar] | None = None
) -> list[Finding]:
    """Everything in closes that is wrong or doubtful, errors first, then by place.

    Parameters
    ----------
    levels
        The closes, as ``levels.fold`` makes them.
    today
        After which a session is in the future.
    calendars
        The calendars by symbol of the index, which tell holes and ghosts from holidays; for other
        indices only long gaps and weekends are found.

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
    >>> closes = [("AAA", "2025-02-13", 200.0), ("AAA", "2025-02-14", 2030.0)]
    >>> [finding.code for finding in find(levels_of(closes), dt.date(2025, 3, 1))]
    ['jump']
    """
    found = [
        Finding("error", "unusable", f.problem.text, f.symbol, f.session, f.problem.place)
        for f in levels.faults
    ]
    found += [Finding("suspicion", "repeat", p.text, place=p.place) for p in levels.repeats]
    found += [Finding("suspicion", "reading", p.text, place=p.place) for p in levels.warnings]
    rows = _judged(_with_neighbours(levels.frame), calendars or {}, levels.faults)
    for check in (_outside_range, _disorder, _holes, _gaps, _unchanged, _jumps, _weekends, _stated):
        found += check(rows)
    found += _on_shut_days(rows, calendars or {})
    found += _future(rows, today)
    return sorted(found, key=_worst_first)


def _worst_first(finding: Finding) -> tuple[bool, str, int]:
    place = finding.place or Place("")
    return finding.severity != "error", place.path, place.line or 0


def _with_neighbours(frame: pd.DataFrame) -> pd.DataFrame:
    """The closes with those before and after them of the same index, and the change in percent."""
    by_index = frame.groupby("symbol", observed=True)
    before, after = by_index["close"].shift(), by_index["close"].shift(-1)
    return frame.assign(
        before=before,
        after=after,
        before_session=by_index["session"].shift(),
        move_pct=(frame["close"] / before - 1) * 100,
    )


def _judged(
    rows: pd.DataFrame, calendars: Mapping[str, Calendar], faults: Sequence[Fault]
) -> pd.DataFrame:
    """The closes with ``shut``, and ``lacking``, the sessions since the one before; nan if unknown.

    An index that has fewer than half of its sessions is not daily, and is not judged. A row that
    cannot be used is found as such, and does not leave a gap.
    """
    import numpy as np

    shut, lacking = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    days = rows["session"].to_numpy().astype("datetime64[D]")
    before = rows["before_session"].to_numpy().astype("datetime64[D]")
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


def _dates_of(symbol: str, faults: Sequence[Fault]) -> npt.NDArray[np.datetime64]:
    import numpy as np

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
    text = "{row.symbol}: no close for {row.sessions} between {row.before_session:%Y-%m-%d}"
    one = rows["lacking"] == 1
    sessions = rows["lacking"].map("{:.0f} sessions".format).mask(one, "a session")
    of_holes = rows.assign(sessions=sessions)[rows["lacking"] > 0]
    return _findings(of_holes, "suspicion", "gap", text + " and {session}")


def _on_shut_days(rows: pd.DataFrame, calendars: Mapping[str, Calendar]) -> Iterator[Finding]:
    """Closes of dates without a session: the close before once more, or another one."""
    for row in rows[rows["shut"] == 1].itertuples():
        entry: Any = row
        day, symbol = entry.session.date(), str(entry.symbol)
        calendar = calendars[symbol]
        why = f" ({reason})" if (reason := calendar.why_shut(day)) else ""
        ghost = entry.close == entry.before
        text = f"{symbol}: {calendar.exchange} was shut on {day}{why}; the row " + (
            "repeats the close before, and does not count"
            if ghost
            else "counts, as it repeats none"
        )
        place = Place(str(entry.file), int(entry.line))
        code = "ghost" if ghost else "shut_day"
        yield Finding("suspicion", code, text, symbol, day, place)


def _gaps(rows: pd.DataFrame) -> Iterator[Finding]:
    """Stretches without a close that are long for the index, where no calendar can tell."""
    days = (rows["session"] - rows["before_session"]).dt.days
    usual = days.groupby(rows["symbol"], observed=True).transform("median")
    long = (days > _LONG_GAP_DAYS) & (days > 4 * usual) & rows["lacking"].isna()
    text = "{row.symbol}: no close for {row.days:.0f} days before {session}"
    return _findings(rows.assign(days=days)[long], "suspicion", "gap", text)


def _unchanged(rows: pd.DataFrame) -> Iterator[Finding]:
    same = (rows["close"] == rows["before"]) & (rows["shut"] != 1)
    text = "{row.symbol}: {row.close:,} is the close of the session before, to the last digit"
    return _findings(rows[same], "suspicion", "carried_forward", text)


def _jumps(rows: pd.DataFrame) -> Iterator[Finding]:
    far = rows["move_pct"].abs() > JUMP_PCT
    undone = (rows["after"] / rows["before"] - 1).abs() * 100 < _BACK_PCT
    ratio = rows["close"] / rows["before"]
    slipped = ratio.map(lambda r: any(abs(r / factor - 1) * 100 < _BACK_PCT for factor in _SLIPS))
    reason = (
        undone.map({True: ", and is undone by the next: a stray row?", False: ""})
        + slipped.map({True: ": a slipped decimal point?", False: ""})
    ).where(far, "")
    text = "{row.symbol}: {row.close:,} is {row.move_pct:+,.1f}% from {row.before:,}{row.reason}"
    return _findings(rows.assign(reason=reason)[far], "suspicion", "jump", text)


_SLIPS = (10.0, 100.0, 1000.0, 0.1, 0.01, 0.001)


def _weekends(rows: pd.DataFrame) -> Iterator[Finding]:
    """Saturdays and Sundays, where the index does not trade on them as a rule."""
    weekend = (rows["session"].dt.day_of_week >= 5) & rows["shut"].isna()
    share = weekend.groupby(rows["symbol"], observed=True).transform("mean")
    text = "{row.symbol}: {session} is a {row.session:%A}"
    return _findings(rows[weekend & (share < _USUAL_WEEKENDS)], "suspicion", "weekend", text)


def _stated(rows: pd.DataFrame) -> Iterator[Finding]:
    """Changes and prior closes that the file states, and that its own closes do not give."""
    differs = (rows["change_pct"] - rows["move_pct"]).abs() > _PERCENT_TOLERANCE
    text = "{row.symbol}: {session} is stated as {row.change_pct:+.2f}%; the closes give"
    yield from _findings(
        rows[differs], "suspicion", "stated_change", text + " {row.move_pct:+.2f}%"
    )
    differs = (rows["prior_close"] - rows["before"]).abs() > _LEVEL_TOLERANCE
    text = "{row.symbol}: the prior close of {session} is stated as {row.prior_close:,};"
    yield from _findings(
        rows[differs], "suspicion", "stated_prior", text + " the row before has {row.before:,}"
    )


def _future(rows: pd.DataFrame, today: dt.date) -> Iterator[Finding]:
    text = f"{{row.symbol}}: {{session}} is in the future (today is {today})"
    later = rows["session"].dt.date > today
    return _findings(rows[later], "suspicion", "future", text)


def stated_otherwise(levels: Levels, sessions: Mapping[str, dt.date | None]) -> list[Problem]:
    """Say where a file states another change for a session than its closes give.

    Parameters
    ----------
    levels
        The closes with what stands beside them.
    sessions
        The chosen indices, each with its session.
    """
    frame = levels.frame
    if frame["change_pct"].isna().all() and frame["prior_close"].isna().all():
        return []
    asked = of_each_row(frame, sessions)
    last_two = frame[(frame["session"] <= asked).to_numpy()].groupby("symbol", observed=True)
    rows = _with_neighbours(last_two.tail(2))
    of_session = rows[(rows["session"] == of_each_row(rows, sessions)).to_numpy()]
    return [Problem(finding.place, finding.text) for finding in _stated(of_session)]


def stated_within(
    levels: Levels, symbols: Iterable[str], first: dt.date, last: dt.date
) -> list[Problem]:
    """Say the same of every session from ``first`` to ``last``, both included, in their order."""
    import pandas as pd

    frame = levels.frame
    if frame["change_pct"].isna().all() and frame["prior_close"].isna().all():
        return []
    rows = _with_neighbours(frame[frame["symbol"].isin(list(symbols))])
    rows = rows[rows["session"].between(pd.Timestamp(first), pd.Timestamp(last))]
    found = sorted(_stated(rows), key=lambda finding: str(finding.session))
    return [Problem(finding.place, finding.text) for finding in found]
