"""What there is to say of the closes of a session, beside the figures: warnings and notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from marketmove.closes.read import ChosenCloses
from marketmove.errors import Place, Remark
from marketmove.market.calendars import Calendar
from marketmove.market.clocks import ended
from marketmove.market.indices import Registry
from marketmove.market.periods import first_day
from marketmove.moves.move import Move
from marketmove.rarity.session import some
from marketmove.wording import numbers

if TYPE_CHECKING:
    import pandas as pd

_SAME_HOURS = dt.timedelta(hours=1)
PERIOD_NAMES = {"week": "week", "month": "month", "ytd": "year"}
_RETURNS = {
    "price": "without dividends",
    "gross": "with dividends",
    "net": "with dividends after tax",
}


def warnings_of(moves: Sequence[Move], known: ChosenCloses) -> list[Remark]:
    """Warn of what makes figures other than they seem: shut days, gaps, unknown calendars."""
    return [
        *_shut_days(moves, known.shut, known.calendars),
        *_gaps(moves),
        *_period_gaps(moves, known.calendars),
        *_uncovered([move for move in moves if move.status == "unknown"], known.calendars),
    ]


def _shut_days(
    moves: Sequence[Move], shut: pd.DataFrame, calendars: Mapping[str, Calendar]
) -> Iterator[Remark]:
    """Closes of shut days from the prior session on: the ghosts in one sentence, others each."""
    since = {move.symbol: move.prior_session for move in moves}
    rows = shut_between(shut, since, {move.symbol: move.session for move in moves})
    yield from of_ghosts(rows, calendars)
    counted: list[Any] = list(rows[~rows["ghost"]].itertuples())
    for row in counted:
        text = f"{shut_day(row, calendars)}, yet this close does not repeat the one before: used"
        yield Remark("shut_day", text, str(row.symbol), Place(str(row.file), int(row.line)))


def shut_between(
    shut: pd.DataFrame,
    since: Mapping[str, dt.date | None],
    until: Mapping[str, dt.date | None],
) -> pd.DataFrame:
    """Give the closes of shut days between two dates of each index, both included."""
    from marketmove.closes.levels import of_each_row

    early = (shut["session"] < of_each_row(shut, since)).to_numpy()
    return shut[~early & (shut["session"] <= of_each_row(shut, until)).to_numpy()]


def of_ghosts(rows: pd.DataFrame, calendars: Mapping[str, Calendar]) -> Iterator[Remark]:
    """Say in one sentence which closes of shut days are the one before, and so left out."""
    ghosts: list[Any] = list(rows[rows["ghost"]].itertuples())
    if ghosts:
        first = ghosts[0]
        rows_are = "a row repeats" if len(ghosts) == 1 else f"{len(ghosts):,} rows repeat"
        left_out = "it is" if len(ghosts) == 1 else "they are"
        text = (
            f"{rows_are} the close before on a date without a session, and {left_out} left out:"
            f" {shut_day(first, calendars)}"
        )
        yield Remark("ghost", text, str(first.symbol), Place(str(first.file), int(first.line)))


def shut_day(row: Any, calendars: Mapping[str, Calendar]) -> str:
    """Say which exchange was shut on the date of a close, and why."""
    day, calendar = row.session.date(), calendars[str(row.symbol)]
    why = calendar.why_shut(day)
    return f"{row.symbol} {day}, when {calendar.exchange} was shut{f' ({why})' if why else ''}"


def _gaps(moves: Iterable[Move]) -> Iterator[Remark]:
    for move in moves:
        if move.status == "ok" and move.gap_sessions:
            lacking = "a session" if move.gap_sessions == 1 else f"{move.gap_sessions} sessions"
            text = (
                f"{move.symbol}: {lacking} between {move.prior_session} and {move.session}"
                f" not in the data; the change is of {move.gap_sessions + 1} sessions, not of one"
            )
            yield Remark("gap", text, move.symbol)


def _period_gaps(moves: Iterable[Move], calendars: Mapping[str, Calendar]) -> Iterator[Remark]:
    for move in moves:
        for period, of in move.periods.items():
            calendar = calendars.get(move.symbol)
            if calendar is None or of.session is None or of.prior_session is None:
                continue
            start = first_day(of.session, period)
            if of.status == "ok" and (lacking := calendar.between(of.prior_session, start)):
                sessions = "a session" if lacking == 1 else f"{lacking} sessions"
                text = (
                    f"{move.symbol}: {sessions} between {of.prior_session} and the first day of"
                    f" the {PERIOD_NAMES[period]} not in the data; measured from that close"
                )
                yield Remark("period_gap", text, move.symbol)


def _uncovered(moves: Iterable[Move], calendars: Mapping[str, Calendar]) -> Iterator[Remark]:
    """One sentence on the exchanges whose calendar does not reach the session."""
    lacking = {
        calendar.exchange: calendar
        for move in moves
        if (calendar := calendars.get(move.symbol))
        and move.session
        and not calendar.covers(move.session)
    }
    yield from of_calendars(lacking, "there")


def of_calendars(lacking: Mapping[str, Calendar], where: str) -> Iterator[Remark]:
    """Say in one sentence which calendars do not reach what was asked for, if there are any."""
    if lacking:
        first, others = next(iter(lacking.values())), len(lacking) - 1
        exchanges = numbers.count(others, "more exchange", "more exchanges")
        more = f" (and of {exchanges} not for long enough)" if others else ""
        text = (
            f"the calendar of {first.exchange} is known from {first.first} to {first.last} only"
            f"{more}; whether a close is lacking {where} cannot be told"
        )
        yield Remark("no_calendar", text)


def notes_of(
    moves: Sequence[Move], known: ChosenCloses, registry: Registry, *, same_date: bool
) -> list[Remark]:
    """Note what to bear in mind: other hours, dividends counted or not, gaps that none can tell.

    ``same_date`` tells that the moves are of one date; else each shows its own anyway.
    """
    moved = [move for move in moves if move.status == "ok"]
    return [
        *(hours_apart(moved, known) if same_date else _last_in_data(moved, known)),
        *kinds([move.symbol for move in moved], registry),
        *_uncovered(moved, known.calendars),
    ]


def _last_in_data(moves: Iterable[Move], known: ChosenCloses) -> Iterator[Remark]:
    """One line on the indices whose last session no calendar tells."""
    names = [move.symbol for move in moves if move.symbol not in known.calendars]
    if names:
        text = f"no calendar tells the last session of {', '.join(names)}: the last close is shown"
        yield Remark("no_calendar", text)


def hours_apart(moves: Sequence[Move], known: ChosenCloses) -> Iterator[Remark]:
    """Say in one line where the closes of one date are more than an hour apart."""
    ends = [
        (ended(move.session, clock, known.calendars.get(move.symbol)), move)
        for move in moves
        if (clock := known.clocks.get(move.symbol)) and move.session
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


def kinds(symbols: Iterable[str], registry: Registry) -> Iterator[Remark]:
    """Say in one line where price indices stand beside such as count dividends in."""
    names: dict[str, list[str]] = {}
    unknown = []
    for index in map(registry.resolve, symbols):
        if index.returns:
            names.setdefault(index.returns, []).append(index.name)
        else:
            unknown.append(index.name)
    if len(names) > 1:
        *fewest, most = sorted(names, key=lambda kind: len(names[kind]))
        parts = [f"{', '.join(names[kind])} {_RETURNS[kind]}" for kind in fewest]
        others = names[most][0] if len(names[most]) == 1 else "the others"
        text = f"{'; '.join(parts)}, {others} {_RETURNS[most]}"
        if unknown:
            text += f"; of {some(unknown)} it is not known"
        yield Remark("mixed_returns", text)
