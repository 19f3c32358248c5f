"""What there is to say of closes beside the figures of one session: warnings and notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from marketmove.closes.checks import stated_otherwise
from marketmove.closes.doubts import Doubts
from marketmove.closes.levels import Levels
from marketmove.closes.read import ChosenCloses, lookalikes
from marketmove.closes.shut_days import shut_between
from marketmove.errors import Place, Problem, Remark, listed
from marketmove.frame import Frame
from marketmove.market.calendars import Calendar
from marketmove.market.clocks import ended
from marketmove.market.indices import Index, Registry
from marketmove.market.periods import span
from marketmove.moves.move import Move
from marketmove.moves.table import are, chosen, doubtful, of_symbols, symbols
from marketmove.wording import calendar_notes, numbers
from marketmove.wording import periods as periods_wording
from marketmove.wording.doubts import dates_of, doubted, without_base

_SAME_HOURS = dt.timedelta(hours=1)
_RETURNS = {
    "price": "without dividends",
    "gross": "with dividends",
    "net": "with dividends after tax",
}
_NAMED = 3


def warnings_of(
    rows: Frame,
    known: ChosenCloses,
    elsewhere: Sequence[Problem],
    doubts: Doubts | None = None,
    periods: Sequence[str] = (),
) -> list[Remark]:
    """Warn of what makes figures of one session other than they seem: bad rows, shut days, gaps."""
    stated = sorted(
        stated_otherwise(rows), key=lambda finding: (finding.code, finding.symbol or "")
    )
    return [
        *of_reading(known, elsewhere, "this session does"),
        *(Remark("stated_otherwise", finding.text, place=finding.place) for finding in stated),
        *(_ghosts_of(rows, known) if known.shut["ghost"].any() else ()),
        *(doubted(rows, known, doubts, periods) if doubts else ()),
        *_gaps(rows),
        *_period_gaps(rows, periods),
        *without_base(rows, periods),
        *_uncovered(rows, known),
    ]


def _ghosts_of(rows: Frame, known: ChosenCloses) -> Iterator[Remark]:
    return ghosts(known, dates_of(rows, "prior_session"), dates_of(rows, "session"))


def of_reading(known: ChosenCloses, elsewhere: Sequence[Problem], what: str) -> Iterator[Remark]:
    """Warn of indices that the data lacks, of bad rows, and of what was read.

    ``what`` is what the bad rows do not touch.
    """
    yield from known.absent
    yield from _elsewhere(elsewhere, what)
    yield from (Remark("reading", w.text, place=w.place) for w in known.levels.warnings)


def _elsewhere(problems: Sequence[Problem], what: str) -> Iterator[Remark]:
    """Rows that cannot be used but do not touch the figures asked for."""
    if problems:
        first = problems[0]
        some_rows = "a row" if len(problems) == 1 else f"{len(problems):,} rows"
        text = f"{some_rows} that {what} not touch cannot be used; the first: {first.text}"
        yield Remark("bad_rows_elsewhere", text, place=first.place)


def ghosts(
    known: ChosenCloses,
    begins: Mapping[str, dt.date | None],
    until: Mapping[str, dt.date | None],
) -> Iterator[Remark]:
    """Rows of shut days from the first prior session on that repeat the close before: no closes."""
    if not known.shut["ghost"].any():
        return
    shut = shut_between(known.shut, begins, until)
    found = shut.take(shut["ghost"])
    if len(found):
        rows_are = "a row repeats" if len(found) == 1 else f"{len(found):,} rows repeat"
        left_out = "it is" if len(found) == 1 else "they are"
        text = f"{rows_are} the close before on a date without a session, and {left_out} left out:"
        row = found.row(0)
        yield of_row(row, "ghost", f"{text} {_shut_day(row, known.calendars)}")


def _shut_day(row: Any, calendars: Mapping[str, Calendar]) -> str:
    """Which exchange was shut on the date of a close, and why."""
    day, calendar = row.session, calendars[row.symbol]
    why = calendar.why_shut(day)
    return f"{row.symbol} {day}, when {calendar.exchange} was shut{f' ({why})' if why else ''}"


def of_row(row: Any, code: str, text: str) -> Remark:
    """Make a remark on a row of closes or moves, at its place."""
    return Remark(code, text, row.symbol, Place(row.file, row.line))


def _sessions(count: float) -> str:
    return "a session" if count == 1 else f"{count:.0f} sessions"


def _gaps(rows: Frame) -> Iterator[Remark]:
    for row in rows.take(rows.labels("status").are(["ok"]) & (rows["gap_sessions"] > 0)).rows():
        text = (
            f"{row.symbol}: {_sessions(row.gap_sessions)} between"
            f" {row.prior_session} and {row.session} not in the data;"
            f" the change is of {row.gap_sessions + 1:.0f} sessions, not of one"
        )
        yield Remark("gap", text, row.symbol)


def _period_gaps(rows: Frame, periods: Sequence[str]) -> Iterator[Remark]:
    """Changes of a period that start from a close with sessions between it and the period."""
    late = {
        period: (rows[f"{period}_gap_sessions"] > 0) & ~np.isnan(rows[f"{period}_change_pct"])
        for period in periods
    }
    for n in np.flatnonzero(sum(late.values())).tolist() if periods else ():
        row = rows.row(n)
        for period, are_late in late.items():
            if are_late[n]:
                yield Remark("period_gap", _period_gap(row, period), row.symbol)


def _period_gap(row: Any, period: str) -> str:
    lacking = getattr(row, f"{period}_gap_sessions")
    prior = getattr(row, f"{period}_prior_session")
    words, of = periods_wording.words(period), span(period)
    if of.kind == "d":
        return (
            f"{row.symbol}: {_sessions(lacking)} between {prior} and"
            f" {row.session} not in the data; {words} are the last {of.number:,} closes"
        )
    return (
        f"{row.symbol}: {_sessions(lacking)} between {prior} and the first day of"
        f" {words} not in the data; measured from that close"
    )


def _uncovered(rows: Frame, known: ChosenCloses) -> Iterator[Remark]:
    """The calendars that do not reach over the sessions of which it is not known what they are."""
    unknown = rows.take(rows["status"] == "unknown")
    dates = dates_of(unknown, "session")
    spans = {symbol: (day, day) for symbol, day in dates.items() if day}
    return of_calendars(not_reaching(spans, known), "there")


def not_reaching(
    spans: Mapping[str, tuple[dt.date, dt.date]], known: ChosenCloses
) -> list[Calendar]:
    """Give the calendars that do not reach over some spans of their indices."""
    lacking = {
        calendar.exchange: calendar
        for symbol, span in spans.items()
        if (calendar := known.calendars.get(symbol))
        and not calendar.is_by_rule_only
        and not all(map(calendar.covers, span))
    }
    return list(lacking.values())


def of_calendars(lacking: Sequence[Calendar], where: str) -> Iterator[Remark]:
    """Say in one sentence which calendars do not reach what was asked for, if there are any."""
    if lacking:
        first, others = lacking[0], len(lacking) - 1
        exchanges = numbers.count(others, "more exchange", "more exchanges")
        more = f" (and of {exchanges} not for long enough)" if others else ""
        text = (
            f"the calendar of {first.exchange} is known from {first.first} to {first.last} only"
            f"{more}; whether a close is lacking {where} cannot be told"
        )
        yield Remark("no_calendar", text)


def reading_notes(levels: Levels) -> Iterator[Remark]:
    """Note how closes were read: rows that repeat others, and what was taken for what."""
    yield from (Remark("repeated_rows", r.text, place=r.place) for r in levels.repeats)
    yield from (Remark("reading", n.text, place=n.place) for n in levels.notes)


def explanations(levels: Levels) -> Iterator[Remark]:
    """Note of each file what was taken for what, and why."""
    for label, how in levels.readings:
        text = "; ".join(f"{aspect}: {taken}" for aspect, taken in how.explained().items())
        yield Remark("explained", text, place=Place(label))


def notes_of(
    moves: Sequence[Move], known: ChosenCloses, registry: Registry, *, same_date: bool
) -> list[Remark]:
    """Note what to bear in mind: other hours, dividends counted or not, gaps that none can tell.

    ``same_date`` tells that the moves are of one date; else each shows its own anyway.
    """
    moved = chosen(moves, are(moves, "ok") & ~doubtful(moves))
    timed = _with_calendar(moved, known)
    spans = {move.symbol: (move.session, move.session) for move in timed if move.session}
    sessions = ((move.symbol, move.session) for move in _with_calendar(moves, known))
    return [
        *(hours_apart(moved, known) if same_date else _last_in_data(moved, known)),
        *kinds(symbols(moved), registry),
        *of_calendars(not_reaching(spans, known), "there"),
        *calendar_notes.provisional(
            sessions, known.calendars, "" if same_date else "; the last close is shown"
        ),
        *_lookalikes(known),
    ]


def _with_calendar(moves: Sequence[Move], known: ChosenCloses) -> Sequence[Move]:
    return chosen(moves, of_symbols(moves, known.calendars))


def _lookalikes(known: ChosenCloses) -> Iterator[Remark]:
    """Say which indices look like known ones, and are not taken for them."""
    for symbol, name in lookalikes(known):
        text = (
            f"{symbol} is not a known index, though it looks like {name}; if it is, say so with"
            f" aliases: [{symbol}] under indices: in the configuration"
        )
        yield Remark("not_known", text, symbol)


def _last_in_data(moves: Iterable[Move], known: ChosenCloses) -> Iterator[Remark]:
    """One line on the indices whose last session no calendar tells."""
    names = [
        move.symbol
        for move in moves
        if not ((calendar := known.calendars.get(move.symbol)) and move.session)
        or not calendar.covers(move.session)
    ]
    if names:
        text = f"no calendar tells the last session of {', '.join(names)}: the last close is shown"
        yield Remark("no_calendar", text)


def hours_apart(moves: Sequence[Move], known: ChosenCloses) -> Iterator[Remark]:
    """Say in one line where the closes of one date are more than an hour apart."""
    timed = chosen(moves, of_symbols(moves, known.clocks))
    ends = [
        (ended(move.session, known.clocks[move.symbol], known.calendars.get(move.symbol)), move)
        for move in timed
        if move.session
    ]
    if not ends:
        return
    (first, earliest), (last, latest) = min(ends, key=_moment), max(ends, key=_moment)
    if last - first > _SAME_HOURS:
        text = (
            "the closes are hours apart:"
            f" {earliest.symbol} {_utc(first)}, {latest.symbol} {_utc(last)}"
        )
        yield Remark("hours_apart", text)


def _moment(end: tuple[dt.datetime, Move]) -> dt.datetime:
    return end[0]


def _utc(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%H:%M} UTC"


def kinds(indices: Iterable[str], registry: Registry) -> Iterator[Remark]:
    """Say in one line where price indices stand beside such as count dividends in."""
    names: dict[str, list[str]] = {}
    indices = list(indices)
    known = registry.among(indices)
    if not known:
        return
    unknown = [known[s].name if s in known else s for s in indices if not _has_kind(s, known)]
    for symbol in indices:
        if _has_kind(symbol, known):
            names.setdefault(known[symbol].returns, []).append(known[symbol].name)
    if len(names) > 1:
        *fewest, most = sorted(names, key=lambda kind: len(names[kind]))
        parts = [f"{', '.join(names[kind])} {_RETURNS[kind]}" for kind in fewest]
        others = names[most][0] if len(names[most]) == 1 else "the others"
        text = f"{'; '.join(parts)}, {others} {_RETURNS[most]}"
        if unknown:
            text += f"; of {some(unknown)} it is not known"
        yield Remark("mixed_returns", text)


def _has_kind(symbol: str, known: Mapping[str, Index]) -> bool:
    return symbol in known and bool(known[symbol].returns)


def some(names: Sequence[str]) -> str:
    """Name the first of several, and count the others.

    >>> some(["HSI", "SPX"]), some(["HSI", "SPX", "DJI", "DAX", "PX"])
    ('HSI, SPX', 'HSI, SPX, DJI and 2 more')
    """
    return listed(names, _NAMED, ", ")
