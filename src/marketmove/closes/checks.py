"""What a careful person would doubt in closes: jumps, repeats, gaps, figures that disagree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.closes.doubts import Doubts
from marketmove.closes.read import ChosenCloses
from marketmove.errors import Place
from marketmove.frame import Days, Frame, days_between
from marketmove.market.calendars import Calendar
from marketmove.market.clocks import end_of
from marketmove.sources import Fault

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


def find(known: ChosenCloses, moves: Frame, doubts: Doubts) -> list[Finding]:
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
    found += _ghosts(known.shut.take(known.shut["ghost"]), moves, calendars)
    found += early_rows(known.early)
    found += doubtful_rows(doubts, np.flatnonzero(doubts.code.codes >= 0), known)
    return sorted(found, key=_worst_first)


def _worst_first(finding: Finding) -> tuple[bool, str, int]:
    place = finding.place or Place("")
    return finding.severity != "error", place.path, place.line or 0


def _judged(rows: Frame, calendars: Mapping[str, Calendar], faults: Sequence[Fault]) -> Frame:
    """The moves with ``lacking``, the sessions between the two closes of each; nan if unknown.

    An index that has fewer than half of its sessions is not daily, and is not judged. A row that
    cannot be used is found as such, and does not leave a gap.
    """
    lacking = np.full(len(rows), np.nan)
    days, before = rows["session"], rows["prior_session"]
    for symbol, own in rows.labels("symbol").each():
        if calendar := calendars.get(symbol):
            counted = calendar.lacking(before[own], days[own])
            if not (counted > 0).mean() > _USUAL_GAPS:
                unusable = _dates_of(symbol, faults)
                unusable = unusable[~calendar.shut(unusable)]
                known = np.searchsorted(unusable, days[own])
                known -= np.searchsorted(unusable, before[own], side="right")
                lacking[own] = counted - known
    return rows.assign(lacking=lacking)


def _dates_of(symbol: str, faults: Sequence[Fault]) -> Days:
    dates = {fault.session for fault in faults if fault.symbol == symbol and fault.session}
    return np.array(sorted(dates), dtype="datetime64[D]")


def _findings(rows: Frame, severity: Severity, code: str, text: str) -> Iterator[Finding]:
    """A finding a row; the text is filled in from the row's own columns."""
    for row in rows.rows():
        yield _of_row(code, text.format(row=row), row, severity)


def _disorder(rows: Frame) -> Iterator[Finding]:
    """Rows against the order of their file: where an index runs neither up nor down its dates."""
    files, symbols, days = rows.labels("file").codes, rows.labels("symbol").codes, rows["session"]
    order = np.lexsort((rows["line"], symbols, files))
    begins = np.diff(files[order]).astype(bool) | np.diff(symbols[order]).astype(bool)
    for part in np.split(order, np.flatnonzero(begins) + 1):
        steps = np.diff(days[part]).astype(np.int64)
        up, down = steps > 0, steps < 0
        if up.any() and down.any():
            odd = part[1:][down if up.sum() >= down.sum() else up]
            text = "{row.symbol}: {row.session} is out of order"
            yield from _findings(rows.take(odd), "suspicion", "out_of_order", text)


def _holes(rows: Frame) -> Iterator[Finding]:
    """Sessions of the exchange, by its calendar, without a close."""
    for row in rows.take(rows["lacking"] > 0).rows():
        sessions = "a session" if row.lacking == 1 else f"{row.lacking:.0f} sessions"
        text = f"no close for {sessions} between {row.prior_session} and {row.session}"
        yield _of_row("gap", f"{row.symbol}: {text}", row)


def _ghosts(ghosts: Frame, moves: Frame, calendars: Mapping[str, Calendar]) -> Iterator[Finding]:
    """Rows of dates without a session that repeat the close before, and are none."""
    own = moves.take(moves.labels("symbol").are(ghosts.labels("symbol").texts().tolist()))
    closes = set(zip(own["symbol"].tolist(), own["close"].tolist(), strict=True))
    for row in ghosts.rows():
        what = "may repeat the close before, which cannot be used, and does not count"
        if (row.symbol, row.close) in closes:
            what = "repeats the close before, and does not count"
        yield _of_row("ghost", f"{_shut(row, calendars)}; the row {what}", row)


def _shut(row: Any, calendars: Mapping[str, Calendar]) -> str:
    """Which exchange was shut on the date of a row, and why."""
    day, calendar = row.session, calendars[row.symbol]
    why = f" ({reason})" if (reason := calendar.why_shut(day)) else ""
    return f"{row.symbol}: {calendar.exchange} was shut on {day}{why}"


def _of_row(code: str, text: str, row: Any, severity: Severity = "suspicion") -> Finding:
    return Finding(severity, code, text, row.symbol, row.session, Place(row.file, row.line))


def early_rows(early: Frame) -> Iterator[Finding]:
    """Rows that are stamped before the close of their session, and are no close."""
    for row in early.rows():
        stamp = f"{int(row.early) // 60:02d}:{int(row.early) % 60:02d}"
        text = (
            f"{row.symbol}: the row of {row.session} is stamped {stamp}, before the"
            f" close at {row.ended:%H:%M}; it is not a close, and is left out"
        )
        yield _of_row("unfinished", text, row)


def _gaps(rows: Frame) -> Iterator[Finding]:
    """Stretches without a close that are long for the index, where no calendar can tell."""
    days = days_between(rows["prior_session"], rows["session"])
    long = (days > _LONG_GAP_DAYS) & np.isnan(rows["lacking"])
    for _, own in rows.labels("symbol").each() if long.any() else ():
        if long[own].any():
            long[own] &= days[own] > 4 * np.nanmedian(days[own])
    text = "{row.symbol}: no close for {row.days:.0f} days before {row.session}"
    return _findings(rows.assign(days=days).take(long), "suspicion", "gap", text)


def stated_otherwise(rows: Frame) -> list[Finding]:
    """Give the changes and prior closes that a file states and its own closes do not give.

    ``rows`` are moves, as ``measure.moves_at``, ``history`` or ``moves_to_each`` makes them.
    """
    differs = np.abs(rows["stated_change_pct"] - rows["change_pct"]) > _PERCENT_TOLERANCE
    text = (
        "{row.symbol}: {row.session} is stated as {row.stated_change_pct:+.2f}%; the closes give"
        " {row.change_pct:+.2f}%"
    )
    changes = _findings(rows.take(differs), "suspicion", "stated_change", text)
    differs = np.abs(rows["stated_prior_close"] - rows["prior_close"]) > _LEVEL_TOLERANCE
    text = (
        "{row.symbol}: the prior close of {row.session} is stated as {row.stated_prior_close:,};"
        " the row before has {row.prior_close:,}"
    )
    return [*changes, *_findings(rows.take(differs), "suspicion", "stated_prior", text)]


def doubtful_rows(doubts: Doubts, rows: Ints, known: ChosenCloses) -> Iterator[Finding]:
    """Say of each of some rows of the levels what is doubtful of its close, of a file once."""
    frame, code = doubts.levels.frame, doubts.code
    shifted: set[str] = set()
    for row in rows.tolist():
        entry, doubt = frame.row(row), code.values[code.codes[row]]
        if doubt == "shifted":
            if entry.symbol in shifted:
                continue
            shifted.add(entry.symbol)
        text = f"{entry.symbol}: {_why(doubt, row, entry, doubts, known)}"
        severity: Severity = "error" if doubt == "outside_range" else "suspicion"
        yield _of_row("jump" if doubt == "stray" else doubt, text, entry, severity)


def _why(doubt: str, row: int, entry: Any, doubts: Doubts, known: ChosenCloses) -> str:
    """What is doubtful of a close, in words."""
    day, close, symbol = entry.session, f"{entry.close:,}", entry.symbol
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
    close = doubts.levels.frame["close"]
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
