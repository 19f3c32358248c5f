"""`marketmove history`: the moves of many sessions, tidy, for scripts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from marketmove.config import Config
from marketmove.errors import MarketMoveError, NoSessionError, Problem, Remark
from marketmove.market.groups import Group

if TYPE_CHECKING:
    pass

from typing import TYPE_CHECKING, Any, NamedTuple

from marketmove.closes.find import Spec, When, bad_rows_elsewhere, find_closes_of, named
from marketmove.errors import BadFiguresError
from marketmove.reports.records import HistoryReport
from marketmove.sources import ReadOptions

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from marketmove.closes.read import ChosenCloses
    from marketmove.moves.measure import Range
    from marketmove.sources.large import RowFilter


class HistoryRequest(NamedTuple):
    """What was asked: the sessions from ``first`` to ``last``, the files, the indices.

    ``levels`` are paths or an open standard input; empty for those of the configuration or, for
    dates that they hold, the bundled samples. With ``shut_days``, dates on which an index had no
    session and another one had are rows too.
    """

    first: dt.date
    last: When
    levels: tuple[Spec, ...]
    chosen: tuple[str, ...]
    reading: ReadOptions
    config: Config
    strict: bool = False
    shut_days: bool = False
    periods: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()


class _Sound(NamedTuple):
    """The moves before the first that a bad row touches; what touches the others, and none."""

    frame: pd.DataFrame
    touching: list[Problem]
    elsewhere: list[Problem]


def history(request: HistoryRequest) -> HistoryReport:
    """Work out the moves of a range: find the closes, read them, compute, say what is odd.

    Raises
    ------
    MarketMoveError
        Of the class that says what the user can mend.
    """
    sources, bundled = find_closes_of(request.levels, request.config, request.first, request.last)

    # These load pandas, which is not wanted before the files are known to be there.
    from marketmove.closes.read import read_closes
    from marketmove.moves.measure import history as moves_of
    from marketmove.wording.grouped_remarks import warnings_of
    from marketmove.wording.remarks import kinds

    config = request.config
    known = read_closes(
        sources, request.reading, config, request.chosen, _keep(request), request.groups
    )
    within = _range(request, known)
    sound = _sound(moves_of(known.levels, known.symbols, known.calendars, within), known, within)
    if request.strict and known.levels.faults:
        raise BadFiguresError(sound.touching + sound.elsewhere)
    if not sound.touching and sound.frame["close"].isna().all():
        raise no_close_within(within.first, within.last, known.levels.sessions(known.symbols))
    levels = known.levels
    moved = sound.frame.loc[sound.frame["status"] == "ok", "symbol"].unique()
    return HistoryReport(
        first=within.first,
        last=within.last,
        source=named([source.label for source in sources]),
        bundled=bundled,
        frame=sound.frame,
        periods=request.periods,
        unusable=tuple(sound.touching),
        warnings=(
            *known.absent,
            *bad_rows_elsewhere(sound.elsewhere, "these sessions do"),
            *(Remark("reading", w.text, place=w.place) for w in levels.warnings),
            *warnings_of(sound.frame, known, within),
        ),
        notes=(
            *(Remark("repeated_rows", r.text, place=r.place) for r in levels.repeats),
            *(Remark("reading", n.text, place=n.place) for n in levels.notes),
            *kinds([symbol for symbol in known.symbols if symbol in moved], config.registry),
        ),
    )


def _keep(request: HistoryRequest) -> RowFilter | None:
    """Which rows of a large file matter: those of the range, and the closes around it."""
    import numpy as np

    from marketmove.closes.levels import rows_needed
    from marketmove.market.periods import first_day

    first, last = request.first, request.last
    starts = [first, *(first_day(first, period) for period in request.periods)]
    days = [start - dt.timedelta(days=1) for start in starts]
    days += [] if last == "latest" else [last]

    def keep(symbols: npt.NDArray[Any], sessions: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
        inside = sessions >= np.datetime64(first)
        if last != "latest":
            inside &= sessions <= np.datetime64(last)
        return np.union1d(rows_needed(symbols, sessions, days), np.flatnonzero(inside))

    return keep


def _range(request: HistoryRequest, known: ChosenCloses) -> Range:
    from marketmove.moves.measure import Range

    first, to = request.first, request.last
    last = max(first, known.levels.latest(known.symbols)) if to == "latest" else to
    return Range(first, last, request.periods, request.shut_days)


def _sound(frame: pd.DataFrame, known: ChosenCloses, within: Range) -> _Sound:
    """Part the moves at the first session that a fault may touch."""
    import pandas as pd

    from marketmove.errors import by_place
    from marketmove.moves.measure import touched_from

    faults = known.levels.faults
    dates = list(touched_from(frame, faults, within))
    touching = [f.problem for f, when in zip(faults, dates, strict=True) if when]
    elsewhere = [f.problem for f, when in zip(faults, dates, strict=True) if not when]
    if touching:
        frame = frame[frame["session"] < pd.Timestamp(min(filter(None, dates)))]
    return _Sound(frame, sorted(touching, key=by_place), sorted(elsewhere, key=by_place))


def no_close_within(first: dt.date, last: dt.date, sessions: Sequence[dt.date]) -> MarketMoveError:
    """Make the error for a range without a close, which names the dates that have some."""
    have = f"closes from {sessions[0]} to {sessions[-1]}" if sessions else "none of them"
    text = f"no chosen index has a close from {first} to {last}; the data has {have}"
    return NoSessionError.at(None, text)
