"""`marketmove pair`: one spread through time, and how rare the latest is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from marketmove.closes.find import Spec, When, find_closes_of
from marketmove.config import Config
from marketmove.errors import BadFiguresError, NoSessionError, Problem, WrongUsageError, by_place
from marketmove.reports.records import PairReport
from marketmove.sources import Fault, ReadOptions


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
    now: dt.datetime | None = None

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

    # These load numpy, which is not wanted before the files are known to be there.
    from marketmove.closes.doubts import find_doubts, sound_levels
    from marketmove.closes.read import read_closes
    from marketmove.market.choose import volatility_indices
    from marketmove.moves import measure
    from marketmove.moves.rows import of_days_or_doubtful, read_moves
    from marketmove.rarity.index_history import WINDOW
    from marketmove.rarity.pair import between, common, pair_summary, rested_on
    from marketmove.wording import remarks
    from marketmove.wording.calendar_notes import provisional
    from marketmove.wording.comparisons import few_common_sessions
    from marketmove.wording.no_sessions import no_common_session

    window = request.window or WINDOW
    known = read_closes(files.sources, request.reading, config.closes, (request.one, request.other))
    levels, symbols = known.levels, known.symbols
    if len(symbols) == 1:
        text = f"{request.one} and {request.other} are the same index; name two"
        raise WrongUsageError.at(None, text)
    touching, elsewhere = _parted(levels.faults, symbols, last)
    if touching or (request.strict and elsewhere):
        raise BadFiguresError(touching + (elsewhere if request.strict else []))
    if known.absent:
        raise NoSessionError([Problem(None, remark.text) for remark in known.absent])
    doubts = find_doubts(known, volatility_indices(config.groups, symbols), request.now)
    own = measure.series(sound_levels(doubts, dict.fromkeys(symbols, last)), symbols)
    one, other = symbols
    sessions = common(own[one], own[other], config.floor_pct, window)
    shown = between(sessions, request.since, last)
    if not len(shown):
        raise no_common_session(own, sessions["session"].tolist(), request.since, last)
    summary = pair_summary(sessions, shown, window)
    days = rested_on(sessions, shown, window)["session"]
    # What is doubtful may stand before and after the sessions that are left.
    first_close, *_ = levels.sessions(symbols)
    within = measure.Range(
        min(days[0].item(), request.since or first_close),
        levels.latest(symbols, last or dt.date.max) or summary.span.last,
    )
    rows = measure.history(levels, symbols, known.calendars, within, doubts)
    rows = of_days_or_doubtful(rows, days)
    latest = read_moves(measure.moves_at(levels, dict.fromkeys(symbols, summary.span.last)))
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
            *remarks.warnings_of(rows, known, elsewhere, doubts, within, what="this pair does"),
        ),
        notes=(
            *remarks.reading_notes(levels),
            *few_common_sessions(summary),
            *remarks.hours_apart(latest, known),
            *remarks.kinds(symbols, config.registry),
            *provisional(((symbol, summary.span.last) for symbol in symbols), known.calendars),
        ),
    )


def _parted(
    faults: Sequence[Fault], symbols: Sequence[str], last: dt.date | None
) -> tuple[list[Problem], list[Problem]]:
    """The rows that cannot be used: such as may be of the pair, and others."""
    touching: list[Problem] = []
    elsewhere: list[Problem] = []
    for fault in faults:
        own = fault.symbol is None or fault.symbol in symbols
        before = fault.session is None or last is None or fault.session <= last
        (touching if own and before else elsewhere).append(fault.problem)
    return sorted(touching, key=by_place), sorted(elsewhere, key=by_place)
