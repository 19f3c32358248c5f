"""`marketmove pair`: one spread through time, and how rare the latest is."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from marketmove.closes.find import Spec, When, find_closes_of
from marketmove.config import Config
from marketmove.errors import BadFiguresError, NoSessionError, Problem, WrongUsageError
from marketmove.reports.records import PairReport
from marketmove.sources import ReadOptions


class PairRequest(NamedTuple):
    """What was asked: two indices as typed, the range, the files.

    ``since`` and ``until`` are None for as far as the data goes, ``window`` for the usual one.
    ``levels`` are paths or an open standard input; empty for those of the configuration or, for
    dates that they hold, the bundled samples.
    """

    one: str
    other: str
    since: dt.date | None
    until: When | None
    levels: tuple[Spec, ...]
    reading: ReadOptions
    config: Config
    window: int | None = None
    strict: bool = False

    @property
    def last(self) -> dt.date | None:
        """The last date that counts; None for the last there is."""
        return None if self.until == "latest" else self.until


def pair(request: PairRequest) -> PairReport:
    """Work out one pair: find the closes, read them, compare the moves, say what is odd.

    Raises ``WrongUsageError`` if no closes are named, an index is not known, or the two are the
    same; ``UnreadableFileError`` or ``UnrecognisedFileError`` or ``BadFiguresError`` if files
    cannot be read, or rows that the figures may rest on cannot be used; ``NoSessionError`` if the
    two have no common session in the range.
    """
    config, last = request.config, request.last
    dates: list[When] = [date for date in (request.since, request.until) if date] or ["latest"]
    files = find_closes_of(request.levels, config.closes, *dates)

    # These load pandas, which is not wanted before the files are known to be there.
    from marketmove.closes.checks import LookBack, part_faults
    from marketmove.closes.read import read_closes
    from marketmove.moves import measure
    from marketmove.rarity.index_history import WINDOW
    from marketmove.rarity.pair import between, common, pair_summary, rested_on
    from marketmove.wording import remarks
    from marketmove.wording.comparisons import few_common_sessions
    from marketmove.wording.no_sessions import no_common_session

    window = request.window or WINDOW
    known = read_closes(files.sources, request.reading, config.closes, (request.one, request.other))
    levels, symbols = known.levels, known.symbols
    if len(symbols) == 1:
        text = f"{request.one} and {request.other} are the same index; name two"
        raise WrongUsageError.at(None, text)
    whole = [LookBack.whole(last or dt.date.max)]
    faults = part_faults(levels.faults, dict.fromkeys(symbols, whole))
    if faults.touching or (request.strict and faults.elsewhere):
        raise BadFiguresError(faults.touching + (faults.elsewhere if request.strict else []))
    if known.absent:
        raise NoSessionError([Problem(None, remark.text) for remark in known.absent])
    own = measure.series(levels, symbols)
    one, other = symbols
    sessions = common(own[one], own[other], config.floor_pct, window)
    shown = between(sessions, request.since, last)
    if shown.empty:
        common_days = [when.date() for when in sessions["session"]]
        raise no_common_session(own, common_days, request.since, last)
    summary = pair_summary(sessions, shown, window)
    days = rested_on(sessions, shown, window)["session"]
    within = measure.Range(days.iloc[0].date(), days.iloc[-1].date())
    rows = measure.history(levels, symbols, known.calendars, within)
    rows = rows[rows["session"].isin(days)]
    latest = measure.read_moves(measure.moves_at(levels, dict.fromkeys(symbols, summary.span.last)))
    return PairReport(
        one=config.registry.resolve(one),
        other=config.registry.resolve(other),
        first=summary.span.first,
        last=summary.span.last,
        source=files.name,
        bundled=files.bundled,
        frame=shown,
        summary=summary,
        window=window,
        floor_pct=config.floor_pct,
        warnings=(
            *files.warnings,
            *remarks.warnings_of(rows, known, faults, within, what="this pair does"),
        ),
        notes=(
            *remarks.reading_notes(levels),
            *few_common_sessions(summary),
            *remarks.hours_apart(latest, known),
            *remarks.kinds(symbols, config.registry),
        ),
    )
