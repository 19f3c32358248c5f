"""The moves of many sessions at once: the same arithmetic as for one, over whole columns.

Each index and date is one whole number, so that the closes of all indices stand in one sorted
line, and "its own last close before" is one search in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from marketmove.closes.levels import Levels, of_each_row
from marketmove.market.calendars import Calendar
from marketmove.market.indices import Index
from marketmove.market.periods import first_day, first_days
from marketmove.moves.move import Move, changes
from marketmove.sources import Fault

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
Bools = npt.NDArray[np.bool_]

STATUSES = ("ok", "no_prior", "missing", "pending", "closed")
# Room for every date of the calendar, counted from 1970, for each index.
_ROOM, _DAY_0 = 1 << 23, 1 << 22
_NONE = -1


class Range(NamedTuple):
    """The dates asked for, both included, and the periods measured beside each session.

    ``shut_days`` also wants the dates on which an index had no session and another one had.
    """

    first: dt.date
    last: dt.date
    periods: tuple[str, ...] = ()
    shut_days: bool = False


class _CloseLine(NamedTuple):
    """The closes of the chosen indices by key; one more entry, at the end, stands for none."""

    keys: Ints
    session: Days
    close: npt.NDArray[np.float64]
    file: npt.NDArray[np.integer[Any]]
    line: Ints


def history(
    levels: Levels, symbols: Iterable[str], calendars: Mapping[str, Calendar], within: Range
) -> pd.DataFrame:
    """Moves of the chosen indices in every session of a range, each from its own prior close.

    Parameters
    ----------
    levels
        The closes, without ghosts.
    symbols
        The indices wanted; one that ``levels`` does not have gets rows too, if it has a calendar.
    calendars
        By symbol. Without one, or outside what it covers, only dates with a close are rows.
    within
        The range.

    Returns
    -------
    DataFrame
        A row for every index and session, ordered by session and symbol, with the columns of
        ``moves.Move`` and ``{period}_prior_session``, ``{period}_prior_close``,
        ``{period}_change_pts``, ``{period}_change_pct``; instead of ``source``, ``file`` and
        ``line``. Missing is nan, NaT or None. Levels and ``_pts`` are index points, ``_pct``
        percent.

    Examples
    --------
    >>> import datetime as dt
    >>> from marketmove.closes.levels import levels_of
    >>> levels = levels_of([("AAA", "2024-05-02", 200), ("AAA", "2024-05-03", 203),
    ...                     ("BBB", "2024-05-03", 50)])
    >>> moves = history(levels, ["AAA", "BBB"], {}, Range(dt.date(2024, 5, 3), dt.date(2024, 5, 3)))
    >>> moves[["symbol", "status", "change_pct"]].values.tolist()
    [['AAA', 'ok', 1.5], ['BBB', 'no_prior', nan]]
    """
    names = sorted(symbols)
    line = _line(levels, names)
    groups = _by_calendar(names, calendars)
    rows = _rows(line, groups, within)
    codes, days = _split_keys(rows)
    at, before = _found(line, rows), _before(line, rows)
    judged = _judged(codes, days, line.session[before], groups)
    known = [levels.registry.resolve(name) for name in names]
    place = np.where(at == _NONE, before, at)
    columns = {
        "session": days.astype("datetime64[s]"),
        "symbol": _labelled(codes, names),
        "name": np.array([index.name for index in known], dtype=object)[codes],
        "decimals": np.array([index.decimals for index in known], dtype=np.int64)[codes],
        "status": _status(line, rows, at, before, judged.shut),
        "close": line.close[at],
        **_measured(line, at, before),
        "file": _labelled(line.file[place], levels.frame["file"].cat.categories),
        "line": line.line[place],
        "gap_sessions": judged.gap_sessions,
        **_shut_for(judged, at == _NONE),
    }
    for period in within.periods:
        limits = _keys(codes, first_days(days, period))
        of = _measured(line, at, _before(line, limits))
        columns |= {f"{period}_{name}": values for name, values in of.items()}
    order = np.argsort(days, kind="stable")
    return pd.DataFrame(columns).iloc[order].reset_index(drop=True)


def _keys(codes: Ints, days: Days) -> Ints:
    """One number for each index and date, in the order of indices and then of dates."""
    return codes * _ROOM + days.astype("datetime64[D]").astype(np.int64) + _DAY_0


def _split_keys(keys: Ints) -> tuple[Ints, Days]:
    """The index and the date that each number stands for."""
    return keys // _ROOM, (keys % _ROOM - _DAY_0).astype("datetime64[D]")


def _line(levels: Levels, names: Sequence[str]) -> _CloseLine:
    frame, code_of = levels.frame, {name: code for code, name in enumerate(names)}
    symbols = frame["symbol"].cat
    codes = np.array([code_of.get(str(name), _NONE) for name in symbols.categories], dtype=np.int64)
    own = codes[symbols.codes.to_numpy()]
    keys = _keys(own, frame["session"].to_numpy())
    order = np.argsort(keys, kind="stable")
    order = order[own[order] != _NONE]
    sorted_keys = keys[order]
    return _CloseLine(
        keys=sorted_keys,
        session=np.append(_split_keys(sorted_keys)[1], np.datetime64("NaT")),
        close=np.append(frame["close"].to_numpy()[order], np.nan),
        file=np.append(frame["file"].cat.codes.to_numpy()[order], _NONE),
        line=np.append(frame["line"].to_numpy()[order], 0),
    )


def _by_calendar(
    names: Sequence[str], calendars: Mapping[str, Calendar]
) -> list[tuple[Calendar, Ints]]:
    """Each calendar with the indices that follow it."""
    groups: dict[str, tuple[Calendar, list[int]]] = {}
    for code, name in enumerate(names):
        if calendar := calendars.get(name):
            groups.setdefault(calendar.exchange, (calendar, []))[1].append(code)
    return [(calendar, np.array(codes, dtype=np.int64)) for calendar, codes in groups.values()]


def _rows(line: _CloseLine, groups: Sequence[tuple[Calendar, Ints]], within: Range) -> Ints:
    """Every index and date that is a row, once."""
    first, last = np.datetime64(within.first), np.datetime64(within.last)
    days = line.session[:-1]
    keys = [line.keys[(days >= first) & (days <= last)]]
    for calendar, codes in groups:
        sessions = calendar.sessions
        keys.append(_all_of(codes, sessions[(sessions >= first) & (sessions <= last)]))
    if within.shut_days:
        dates = np.unique(_split_keys(np.concatenate(keys))[1])
        keys += [_all_of(codes, dates[calendar.shut(dates)]) for calendar, codes in groups]
    return np.unique(np.concatenate(keys))


def _all_of(codes: Ints, days: Days) -> Ints:
    return _keys(np.repeat(codes, len(days)), np.tile(days, len(codes)))


def _found(line: _CloseLine, keys: Ints) -> Ints:
    """Where the close of each index and date is."""
    at = np.searchsorted(line.keys, keys)
    return np.where(np.append(line.keys, _NONE)[at] == keys, at, _NONE)


def _before(line: _CloseLine, keys: Ints) -> Ints:
    """Where the last close of each index strictly before a date is."""
    at = np.searchsorted(line.keys, keys) - 1
    own = np.append(line.keys, _NONE)[at] // _ROOM == keys // _ROOM
    return np.where(own, at, _NONE)


def _measured(line: _CloseLine, at: Ints, before: Ints) -> dict[str, npt.NDArray[Any]]:
    """The prior closes, and the changes where both closes are known."""
    both = (at != _NONE) & (before != _NONE)
    points, percents = np.full(len(at), np.nan), np.full(len(at), np.nan)
    points[both], percents[both] = changes(line.close[at[both]], line.close[before[both]])
    return {
        "prior_session": line.session[before].astype("datetime64[s]"),
        "prior_close": line.close[before],
        "change_pts": points,
        "change_pct": percents,
    }


def _status(
    line: _CloseLine, rows: Ints, at: Ints, before: Ints, shut: Bools
) -> pd.Categorical[Any]:
    closed, later = at != _NONE, np.append(line.keys, _NONE)[np.searchsorted(line.keys, rows)]
    kinds = {
        "ok": closed & (before != _NONE),
        "no_prior": closed,
        "closed": shut,
        "missing": later // _ROOM == rows // _ROOM,
    }
    codes = np.select([*kinds.values()], [*map(STATUSES.index, kinds)], STATUSES.index("pending"))
    return _labelled(codes, STATUSES)


def _labelled(codes: npt.NDArray[Any], labels: Iterable[Any]) -> pd.Categorical[Any]:
    """A column of labels by their numbers; -1 stands for none."""
    return pd.Categorical.from_codes(codes, pd.Index([*labels], dtype=object))


class _CalendarFacts(NamedTuple):
    """What the calendars say of each row."""

    shut: Bools
    gap_sessions: npt.NDArray[np.float64]
    closed_for: npt.NDArray[Any]
    reopens: Days


def _judged(
    codes: Ints, days: Days, prior: Days, groups: Sequence[tuple[Calendar, Ints]]
) -> _CalendarFacts:
    judged = _CalendarFacts(
        np.zeros(len(days), dtype=bool),
        np.full(len(days), np.nan),
        np.full(len(days), None, dtype=object),
        np.full(len(days), np.datetime64("NaT"), dtype="datetime64[D]"),
    )
    for calendar, own in groups:
        rows = np.flatnonzero(np.isin(codes, own))
        judged.gap_sessions[rows] = calendar.lacking(prior[rows], days[rows])
        shut = rows[calendar.shut(days[rows])]
        judged.shut[shut] = True
        dates, of_row = np.unique(days[shut], return_inverse=True)
        reasons = [calendar.why_shut(date) or None for date in dates.tolist()]
        nexts = [calendar.following(date) for date in dates.tolist()]
        judged.closed_for[shut] = np.array([*reasons, None], dtype=object)[of_row]
        judged.reopens[shut] = np.array([*nexts, None], dtype="datetime64[D]")[of_row]
    return judged


def _shut_for(judged: _CalendarFacts, without_close: Bools) -> dict[str, npt.NDArray[Any]]:
    """Why an exchange was shut and when it opened again, where there is no close to tell else."""
    judged.closed_for[~without_close] = None
    judged.reopens[~without_close] = np.datetime64("NaT")
    return {"closed_for": judged.closed_for, "reopens": judged.reopens.astype("datetime64[s]")}


def touched_from(
    frame: pd.DataFrame, faults: Iterable[Fault], within: Range
) -> Iterator[dt.date | None]:
    """Tell from which date on each fault may touch the moves; None where it touches none of them.

    A fault may be the close of its date, or the prior close of the next session, or of a period.

    Parameters
    ----------
    frame
        As ``history`` makes it.
    faults
        What could not be used.
    within
        The range that the moves are of.
    """
    own = {
        str(symbol): _spans(rows, within.periods)
        for symbol, rows in frame.groupby("symbol", observed=False)
    }
    for fault in faults:
        spans = own.values() if fault.symbol is None else [own.get(fault.symbol, [])]
        if fault.session and any(spans) and within.first <= fault.session <= within.last:
            yield fault.session
        else:
            dates = [
                when for each in spans for span in each if (when := _touched(span, fault.session))
            ]
            yield min(dates, default=None)


class _LookBack(NamedTuple):
    """The sessions of an index; from when to when each looks at its closes, both included."""

    sessions: Days
    since: Days
    until: Days


def _spans(rows: pd.DataFrame, periods: Iterable[str]) -> list[_LookBack]:
    days = rows["session"].to_numpy().astype("datetime64[D]")
    spans = [_LookBack(days, rows["prior_session"].to_numpy().astype("datetime64[D]"), days)]
    for period in periods:
        since = rows[f"{period}_prior_session"].to_numpy().astype("datetime64[D]")
        spans.append(_LookBack(days, since, first_days(days, period) - np.timedelta64(1, "D")))
    return spans


def _touched(span: _LookBack, when: dt.date | None) -> dt.date | None:
    """The first session that looks at a date; ``since`` and ``until`` never go back."""
    at = 0 if when is None else int(np.searchsorted(span.until, np.datetime64(when)))
    if at == len(span.sessions) or (when and span.since[at] > np.datetime64(when)):
        return None
    session: dt.date = span.sessions[at].item()
    return session


def with_periods(
    moves: Sequence[Move],
    levels: Levels,
    sessions: Mapping[str, dt.date | None],
    periods: Sequence[str],
) -> list[Move]:
    """Give moves with the same figures of longer periods.

    The convention of the wires: a Tuesday's week to date spans two sessions, and the year to date
    starts from the last close of the year before, not from the first close of the year (AP, "For
    the week", 2021-12-21).

    Parameters
    ----------
    moves
        As ``moves.session_moves`` makes them of ``levels`` and ``sessions``.
    periods
        Of ``PERIODS``.

    Examples
    --------
    >>> from marketmove.closes.levels import levels_of

    >>> closes = [("AAA", "2024-12-31", 200.0), ("AAA", "2025-01-02", 202.0),
    ...           ("AAA", "2025-02-04", 203.0)]
    >>> levels, sessions = levels_of(closes), {"AAA": dt.date(2025, 2, 4)}
    >>> (move,) = with_periods(session_moves(levels, sessions), levels, sessions, ["ytd"])
    >>> move.periods["ytd"].change_pct, str(move.periods["ytd"].prior_session)
    (1.5, '2024-12-31')
    """
    measured = {}
    for period in periods:
        since = {
            symbol: None if session is None else first_day(session, period)
            for symbol, session in sessions.items()
        }
        measured[period] = session_moves(levels, sessions, since)
    return [
        move._replace(periods={period: of[row] for period, of in measured.items()})
        for row, move in enumerate(moves)
    ]


def session_moves(
    levels: Levels,
    sessions: Mapping[str, dt.date | None],
    since: Mapping[str, dt.date | None] | None = None,
) -> list[Move]:
    """Move of every chosen index from its prior close to its close in one session.

    An index's prior close is its own latest close strictly before its session, so two indices
    with different holidays can have different prior sessions. Missing is never zero: without a
    close the change is None and the last own close stays as the prior one.

    Parameters
    ----------
    levels
        Closing levels, as ``levels.fold`` makes them.
    sessions
        The indices wanted, each with its session: an exchange-local calendar date, not a
        timestamp; None where it is not known. One that ``levels`` does not have gets a row too.
    since
        Where a period is measured instead of a session: the first date of it, before which the
        prior close has to be.

    Returns
    -------
    list of Move
        One an index, in the order of ``sessions``. ``status`` is ``ok``, ``no_prior`` (a close,
        but none before it) or ``unknown`` (no close in the session). ``source`` is the
        ``file:line`` of the close.

    Examples
    --------
    >>> import datetime as dt
    >>> from marketmove.closes.levels import levels_of
    >>> levels = levels_of([("AAA", "2024-05-02", "200"), ("AAA", "2024-05-03", "203"),
    ...                     ("BBB", "2024-05-02", "50")])
    >>> for move in session_moves(levels, dict.fromkeys(["AAA", "BBB"], dt.date(2024, 5, 3))):
    ...     print(move.symbol, move.status, move.change_pts, move.change_pct)
    AAA ok 3.0 1.5
    BBB unknown None None
    """
    frame, symbols = levels.frame, list(sessions)
    asked = of_each_row(frame, sessions)
    limit = asked if since is None else of_each_row(frame, since)
    now = _latest(frame[(frame["session"] == asked).to_numpy()], symbols)
    before = _latest(frame[(frame["session"] < limit).to_numpy()], symbols)
    both = (now["close"].notna() & before["close"].notna()).to_numpy()
    pts, pct = changes(now["close"].to_numpy()[both], before["close"].to_numpy()[both])
    points, percents = iter(pts.tolist()), iter(pct.tolist())
    return [
        _move(levels.registry.resolve(symbol), close, prior, moved, points, percents)._replace(
            session=sessions[symbol]
        )
        for symbol, close, prior, moved in zip(
            symbols, now.itertuples(), before.itertuples(), both.tolist(), strict=True
        )
    ]


def _latest(rows: pd.DataFrame, symbols: list[str]) -> pd.DataFrame:
    """The last row of each wanted index; all missing where it has none."""
    last = rows.drop_duplicates("symbol", keep="last")
    return last.set_index(last["symbol"].astype(object)).reindex(symbols)


def _move(
    index: Index,
    now: Any,
    before: Any,
    moved: bool,
    points: Iterator[float],
    percents: Iterator[float],
) -> Move:
    closed, known = now.close > 0, before.close > 0
    place = now if closed else before
    return Move(
        symbol=index.symbol,
        name=index.name,
        status="ok" if moved else "no_prior" if closed else "unknown",
        basis="closes",
        close=now.close if closed else None,
        prior_session=before.session.date() if known else None,
        prior_close=before.close if known else None,
        change_pts=next(points) if moved else None,
        change_pct=next(percents) if moved else None,
        source=f"{place.file}:{int(place.line)}" if closed or known else "",
        decimals=index.decimals,
    )
