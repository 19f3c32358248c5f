"""What there is to say of the closes of many sessions: each kind in one sentence, with a count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from marketmove.closes.read import ChosenCloses
from marketmove.errors import Place, Problem, Remark
from marketmove.market.calendars import Calendar
from marketmove.market.periods import first_days
from marketmove.moves.measure import Range
from marketmove.wording.remarks import (
    PERIOD_NAMES,
    of_calendars,
    of_ghosts,
    shut_between,
    shut_day,
)


def warnings_of(frame: pd.DataFrame, known: ChosenCloses, within: Range) -> list[Remark]:
    """Warn of what makes figures other than they seem: shut days, gaps, calendars that end.

    Parameters
    ----------
    frame
        The moves, as ``history.history`` makes them.
    known
        The closes that they are of.
    within
        The range that they are of.
    """
    from marketmove.closes.checks import stated_within

    stated = stated_within(known.levels, known.symbols, within.first, within.last)
    return [
        *_stated(stated),
        *_shut_days(frame, known, within),
        *_gaps(frame),
        *_period_gaps(frame, known.calendars, within.periods),
        *_uncovered(known, within),
    ]


def _stated(problems: Sequence[Problem]) -> Iterator[Remark]:
    if problems:
        first, others = problems[0], len(problems) - 1
        more = f"; and {others:,} more that the closes do not give" if others else ""
        yield Remark("stated_otherwise", f"{first.text}{more}", place=first.place)


def _shut_days(frame: pd.DataFrame, known: ChosenCloses, within: Range) -> Iterator[Remark]:
    """Closes of shut days from the first prior session on: ghosts, and such as count."""
    priors = frame.drop_duplicates("symbol").set_index("symbol")["prior_session"].dropna()
    since = {str(symbol): when.date() for symbol, when in priors.items()}
    rows = shut_between(known.shut, since, dict.fromkeys(known.symbols, within.last))
    yield from of_ghosts(rows, known.calendars)
    counted = rows[~rows["ghost"]].sort_values("session", kind="stable")
    if len(counted):
        first: Any = next(counted.itertuples())
        closes = "a close differs" if len(counted) == 1 else f"{len(counted):,} closes differ"
        text = (
            f"{closes} from the one before on a date without a session, and {_used(counted)}:"
            f" {shut_day(first, known.calendars)}"
        )
        yield Remark("shut_day", text, str(first.symbol), Place(str(first.file), int(first.line)))


def _used(rows: pd.DataFrame) -> str:
    return "is used" if len(rows) == 1 else "are used; the first"


def _gaps(frame: pd.DataFrame) -> Iterator[Remark]:
    rows = frame[(frame["status"] == "ok") & (frame["gap_sessions"] > 0)]
    if len(rows):
        first: Any = next(rows.itertuples())
        moves = "a move spans" if len(rows) == 1 else f"{len(rows):,} moves span"
        text = (
            f"{moves} more than one session, as the data lacks what lies between"
            f" ({_first(rows)}{first.symbol} from {first.prior_session:%Y-%m-%d} to"
            f" {first.session:%Y-%m-%d})"
        )
        yield Remark("gap", text, str(first.symbol), Place(str(first.file), int(first.line)))


def _period_gaps(
    frame: pd.DataFrame, calendars: Mapping[str, Calendar], periods: Sequence[str]
) -> Iterator[Remark]:
    for period in periods:
        rows = frame[_starts_late(frame, calendars, period)]
        if rows.empty:
            continue
        first: Any = next(rows.itertuples())
        prior = getattr(first, f"{period}_prior_session")
        changes = "a change" if len(rows) == 1 else f"{len(rows):,} changes"
        text = (
            f"{changes} of the {PERIOD_NAMES[period]} measured from an earlier close, as the data"
            f" lacks the last before it ({_first(rows)}{first.symbol} in"
            f" {first.session:%Y-%m-%d}, from {prior:%Y-%m-%d})"
        )
        yield Remark("period_gap", text, str(first.symbol), Place(str(first.file), int(first.line)))


def _starts_late(frame: pd.DataFrame, calendars: Mapping[str, Calendar], period: str) -> Any:
    """Which moves are measured from a close with sessions between it and the period."""
    days = frame["session"].to_numpy().astype("datetime64[D]")
    priors = frame[f"{period}_prior_session"].to_numpy().astype("datetime64[D]")
    lacking = np.zeros(len(frame))
    for symbol, rows in frame.groupby("symbol", observed=True).indices.items():
        if calendar := calendars.get(str(symbol)):
            lacking[rows] = calendar.lacking(priors[rows], first_days(days[rows], period))
    return (lacking > 0) & frame[f"{period}_change_pct"].notna().to_numpy()


def _uncovered(known: ChosenCloses, within: Range) -> Iterator[Remark]:
    """One sentence on the exchanges whose calendar does not reach over the range.

    Outside it only dates with a close are rows, so that one that is lacking does not show.
    """
    firsts = known.levels.frame.groupby("symbol", observed=True)["session"].min()
    begins = {str(symbol): max(when.date(), within.first) for symbol, when in firsts.items()}
    lacking = {
        calendar.exchange: calendar
        for symbol in known.symbols
        if (calendar := known.calendars.get(symbol))
        and not (calendar.covers(begins.get(symbol, within.first)) and calendar.covers(within.last))
    }
    yield from of_calendars(lacking, "outside")


def _first(rows: pd.DataFrame) -> str:
    return "" if len(rows) == 1 else "the first: "
