"""`marketmove pair`: one spread through time, and how rare the latest is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from marketmove.closes.find import Spec, When, bad_rows_elsewhere, find_closes_of, named
from marketmove.config import Config
from marketmove.errors import (
    BadFiguresError,
    MarketMoveError,
    NoSessionError,
    Problem,
    Remark,
    WrongUsageError,
)
from marketmove.rarity.index_history import LEAST, WINDOW, Series
from marketmove.reports.records import PairReport
from marketmove.sources import ReadOptions

if TYPE_CHECKING:
    import pandas as pd

    from marketmove.closes.read import ChosenCloses
    from marketmove.rarity.pair import PairSummary


class PairRequest(NamedTuple):
    """What was asked: two indices as typed, the range, the files.

    ``since`` and ``until`` are None for as far as the data goes. ``levels`` are paths or an open
    standard input; empty for those of the configuration or, for dates that they hold, the bundled
    samples.
    """

    one: str
    other: str
    since: dt.date | None
    until: When | None
    levels: tuple[Spec, ...]
    reading: ReadOptions
    config: Config
    window: int = WINDOW
    strict: bool = False

    @property
    def last(self) -> dt.date | None:
        """The last date that counts; None for the last there is."""
        return None if self.until == "latest" else self.until


def pair(request: PairRequest) -> PairReport:
    """Work out one pair: find the closes, read them, compare the moves, say what is odd.

    Raises
    ------
    MarketMoveError
        Of the class that says what the user can mend.
    """
    dates: list[When] = [date for date in (request.since, request.until) if date] or ["latest"]
    sources, bundled = find_closes_of(request.levels, request.config, *dates)

    # These load pandas, which is not wanted before the files are known to be there.
    from marketmove.closes.read import read_closes
    from marketmove.rarity.index_history import series
    from marketmove.rarity.pair import between, common, pair_summary

    config, window = request.config, request.window
    known = read_closes(sources, request.reading, config, (request.one, request.other))
    _refuse_same(request, known)
    elsewhere = _sound(request, known)
    own = series(known.levels, known.symbols)
    if known.absent:
        raise NoSessionError([Problem(None, remark.text) for remark in known.absent])
    one, other = known.symbols
    sessions = common(own[one], own[other], config.floor_pct, window)
    shown = between(sessions, request.since, request.last)
    if shown.empty:
        raise _no_common(request, own, sessions)
    told = pair_summary(sessions, shown, window)
    rested_on = _rested_on(sessions, shown, window)
    levels = known.levels
    return PairReport(
        one=config.registry.resolve(one),
        other=config.registry.resolve(other),
        first=told.span.first,
        last=told.span.last,
        source=named([source.label for source in sources]),
        bundled=bundled,
        frame=shown,
        summary=told,
        window=window,
        floor_pct=config.floor_pct,
        warnings=(
            *bad_rows_elsewhere(elsewhere, "this pair does"),
            *(Remark("reading", w.text, place=w.place) for w in levels.warnings),
            *_warnings(rested_on, known),
        ),
        notes=(
            *(Remark("repeated_rows", r.text, place=r.place) for r in levels.repeats),
            *(Remark("reading", n.text, place=n.place) for n in levels.notes),
            *_few(told),
            *_notes(told, known, config),
        ),
    )


def _refuse_same(request: PairRequest, known: ChosenCloses) -> None:
    if len(known.symbols) == 1:
        text = f"{request.one} and {request.other} are the same index; name two"
        raise WrongUsageError.at(None, text)


def _sound(request: PairRequest, known: ChosenCloses) -> list[Problem]:
    """Refuse bad rows that the figures may rest on: all of the two indices up to the last date."""
    from marketmove.closes.levels import part_faults

    whole = (None, request.last or dt.date.max)
    touching, elsewhere = part_faults(known.levels, {symbol: [whole] for symbol in known.symbols})
    if touching or (request.strict and elsewhere):
        raise BadFiguresError(touching + (elsewhere if request.strict else []))
    return elsewhere


def _no_common(
    request: PairRequest, own: Mapping[str, Series], sessions: pd.DataFrame
) -> MarketMoveError:
    """Make the error for a pair without a common session in the range: what there is instead."""
    names = " and ".join(own)
    one, other = own.values()
    have = ", ".join(f"{name} from {o.days[0]} to {o.days[-1]}" for name, o in own.items())
    if sessions.empty:
        why = (
            f"{names} have no common session: no date on which both have a close and one before it"
            if set(one.days.tolist()) & set(other.days.tolist())
            else f"{names} never trade on the same date"
        )
        return NoSessionError.at(None, f"{why}; the data has {have}")
    days = [when.date() for when in sessions["session"]]
    since, last = request.since, request.last
    before = [day for day in days if since is not None and day < since][-1:]
    after = [day for day in days if last is not None and day > last][:1]
    near = " and ".join(map(str, before + after))
    where = " ".join(
        [f"from {since}"] * (since is not None) + [f"up to {last}"] * (last is not None)
    )
    text = f"{names} have no common session {where}; the nearest: {near}; the data has {have}"
    return NoSessionError.at(None, text)


def _rested_on(sessions: pd.DataFrame, shown: pd.DataFrame, window: int) -> pd.DataFrame:
    """The common sessions shown, and those that the first of them is held against."""
    start = int(sessions["session"].searchsorted(shown["session"].iloc[0]))
    return sessions.iloc[max(0, start - window) : start + len(shown)]


def _warnings(rested_on: pd.DataFrame, known: ChosenCloses) -> list[Remark]:
    """Warn of what makes figures other than they seem: those shown, and their baselines."""
    from marketmove.moves.measure import Range, history
    from marketmove.wording.grouped_remarks import warnings_of

    days = rested_on["session"]
    within = Range(days.iloc[0].date(), days.iloc[-1].date())
    moves = history(known.levels, known.symbols, known.calendars, within)
    return warnings_of(moves[moves["session"].isin(days)], known, within)


def _few(told: PairSummary) -> Iterator[Remark]:
    """One line where there are too few common sessions to say how rare a spread is."""
    if told.latest.n < LEAST:
        alike = ", nor a correlation" if told.correlation.lacking == "few" else ""
        sessions = "common session" if told.latest.n == 1 else "common sessions"
        text = (
            f"the latest spread has {told.latest.n} {sessions} before it, fewer than {LEAST}:"
            f" no percentile and no z{alike}"
        )
        yield Remark("few_sessions", text)


def _notes(told: PairSummary, known: ChosenCloses, config: Config) -> Sequence[Remark]:
    from marketmove.moves.measure import session_moves
    from marketmove.wording.remarks import hours_apart, kinds

    moves = session_moves(known.levels, dict.fromkeys(known.symbols, told.span.last))
    return [*hours_apart(moves, known), *kinds(known.symbols, config.registry)]
