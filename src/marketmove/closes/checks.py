"""What a careful person would doubt in closes: jumps, repeats, gaps, figures that disagree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from marketmove.closes.doubts import Doubts
from marketmove.closes.read import ChosenCloses
from marketmove.errors import Place
from marketmove.market.calendars import Calendar
from marketmove.market.clocks import end_of
from marketmove.sources import Fault

Days = npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int64]
Severity = Literal["error", "suspicion"]

_BACK_PCT = 10.0
_LONG_GAP_DAYS = 12
_USUAL_GAPS = 0.5
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


def find(known: ChosenCloses, moves: pd.DataFrame, doubts: Doubts) -> list[Finding]:
    """Everything in closes that is wrong or doubtful, errors first, then by place.

    Parameters
    ----------
    known
        The closes, with what the calendars say of them; for indices without a calendar only long
        gaps and weekends are found.
    moves
        The move to each of them, as ``measure.moves_to_each`` makes it.
    doubts
        Which of them are doubtful, as ``find_doubts`` gives it.

    Returns
    -------
    list of Finding
        ``error`` for what cannot be right: cells that cannot be read, conflicts, rows with too
        many or too few cells, closes outside their own low and high. ``suspicion`` for what may
        be: repeats, disorder, gaps, closes carried forward, jumps, weekends, stated changes that
        differ.
    """
    levels, calendars = known.levels, known.calendars
    found = [
        Finding("error", "unusable", f.problem.text, f.symbol, f.session, f.problem.place)
        for f in levels.faults
    ]
    found += [Finding("suspicion", "repeat", p.text, place=p.place) for p in levels.repeats]
    found += [Finding("suspicion", "reading", p.text, place=p.place) for p in levels.warnings]
    rows = _judged(moves, calendars, levels.faults)
    for check in (_disorder, _holes, _gaps, stated_otherwise):
        found += check(rows)
    found += _ghosts(known.shut[known.shut["ghost"]], moves, calendars)
    found += early_rows(known.early)
    found += doubtful_rows(doubts, np.flatnonzero(doubts.code != ""), known)
    return sorted(found, key=_worst_first)


def _worst_first(finding: Finding) -> tuple[bool, str, int]:
    place = finding.place or Place("")
    return finding.severity != "error", place.path, place.line or 0


def _judged(
    rows: pd.DataFrame, calendars: Mapping[str, Calendar], faults: Sequence[Fault]
) -> pd.DataFrame:
    """The moves with ``lacking``, the sessions between the two closes of each; nan if unknown.

    An index that has fewer than half of its sessions is not daily, and is not judged. A row that
    cannot be used is found as such, and does not leave a gap.
    """
    lacking = np.full(len(rows), np.nan)
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
    return rows.assign(lacking=lacking)


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


def _ghosts(
    ghosts: pd.DataFrame, moves: pd.DataFrame, calendars: Mapping[str, Calendar]
) -> Iterator[Finding]:
    """Rows of dates without a session that repeat the close before, and are none."""
    closes = set(zip(moves["symbol"].astype(str), moves["close"], strict=True))
    for row in ghosts.itertuples():
        entry: Any = row
        what = "may repeat the close before, which cannot be used, and does not count"
        if (str(entry.symbol), entry.close) in closes:
            what = "repeats the close before, and does not count"
        yield _of_row("ghost", f"{_shut(entry, calendars)}; the row {what}", entry)


def _shut(row: Any, calendars: Mapping[str, Calendar]) -> str:
    """Which exchange was shut on the date of a row, and why."""
    day, calendar = row.session.date(), calendars[str(row.symbol)]
    why = f" ({reason})" if (reason := calendar.why_shut(day)) else ""
    return f"{row.symbol}: {calendar.exchange} was shut on {day}{why}"


def _of_row(code: str, text: str, row: Any, severity: Severity = "suspicion") -> Finding:
    place = Place(str(row.file), int(row.line))
    return Finding(severity, code, text, str(row.symbol), row.session.date(), place)


def early_rows(early: pd.DataFrame) -> Iterator[Finding]:
    """Rows that are stamped before the close of their session, and are no close."""
    for row in early.itertuples():
        entry: Any = row
        stamp = f"{int(entry.early) // 60:02d}:{int(entry.early) % 60:02d}"
        text = (
            f"{entry.symbol}: the row of {entry.session.date()} is stamped {stamp}, before the"
            f" close at {entry.ended:%H:%M}; it is no close, and left out"
        )
        yield _of_row("unfinished", text, entry)


def _gaps(rows: pd.DataFrame) -> Iterator[Finding]:
    """Stretches without a close that are long for the index, where no calendar can tell."""
    days = (rows["session"] - rows["prior_session"]).dt.days
    usual = days.groupby(rows["symbol"], observed=True).transform("median")
    long = (days > _LONG_GAP_DAYS) & (days > 4 * usual) & rows["lacking"].isna()
    text = "{row.symbol}: no close for {row.days:.0f} days before {session}"
    return _findings(rows.assign(days=days)[long], "suspicion", "gap", text)


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


def doubtful_rows(doubts: Doubts, rows: Ints, known: ChosenCloses) -> Iterator[Finding]:
    """Say of each of some rows of the levels what is doubtful of its close, of a file once."""
    frame, code = doubts.levels.frame, doubts.code
    shifted: set[str] = set()
    for row in rows.tolist():
        entry: Any = next(frame.iloc[[row]].itertuples())
        doubt = str(code[row])
        if doubt == "shifted":
            if str(entry.symbol) in shifted:
                continue
            shifted.add(str(entry.symbol))
        text = f"{entry.symbol}: {_why(doubt, row, entry, doubts, known)}"
        severity: Severity = "error" if doubt == "outside_range" else "suspicion"
        yield _of_row("jump" if doubt == "stray" else doubt, text, entry, severity)


def _why(doubt: str, row: int, entry: Any, doubts: Doubts, known: ChosenCloses) -> str:
    """What is doubtful of a close, in words."""
    day, close, symbol = entry.session.date(), f"{entry.close:,}", str(entry.symbol)
    if doubt in {"jump", "stray"}:
        return _jump(row, doubts, undone=doubt == "stray")
    if doubt == "shut_day":
        shut = _shut(entry, known.calendars).partition(": ")[2]
        return f"{shut}; the row counts, as it repeats none"
    if doubt == "shifted":
        exchange = known.calendars[symbol].exchange
        return f"its dates fit the sessions of {exchange} only when they are moved by a day"
    if doubt == "unfinished":
        calendar, clock = known.calendars.get(symbol), known.clocks[symbol]
        end = end_of(day, clock, calendar)
        return f"the session of {day} is not over before {end:%H:%M} ({clock.zone})"
    return {
        "future": f"{day} is in the future",
        "weekend": f"{day} is a {day:%A}",
        "carried_forward": f"{close} is the close of the session before, to the last digit",
        "other_index": f"{close} is the close of another index on {day}, to the last digit",
        "outside_range": f"close {close} outside its low {entry.low:,} and high {entry.high:,}",
    }[doubt]


def _jump(row: int, doubts: Doubts, undone: bool) -> str:
    close = doubts.levels.frame["close"].to_numpy()
    now, before = float(close[row]), float(close[row - 1])
    text = f"{now:,} is {(now / before - 1) * 100:+,.1f}% from {before:,}"
    factors = [f for f in _SLIPS if abs(now / before / f - 1) * 100 < _BACK_PCT]
    times = [f"{f:g} times" if f > 1 else f"a {1 / f:g}th" for f in factors]
    if undone:
        slipped = f", about {times[0]}: a slipped decimal point?" if times else ": a stray row?"
        return f"{text}, and is undone by the next{slipped}"
    if not times:
        return f"{text}: another scale, or another index?"
    return f"{text}, about {times[0]}: a slipped decimal point, or an index that was rebased?"


_SLIPS = (10.0, 100.0, 1000.0, 10_000.0, 0.1, 0.01, 0.001, 0.0001)
