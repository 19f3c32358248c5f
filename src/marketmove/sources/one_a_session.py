"""Tables whose rows are not one a session: hours of a day, or the same dates again in months."""

from __future__ import annotations

import datetime as dt
import itertools
import statistics
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from marketmove.errors import Place, Problem, UnrecognisedFileError
from marketmove.sources.block import Block

# Days from one row to the next of a table of weeks, and rows that tell.
_WEEK, _MONTH = 5, 25
_FEWEST_SESSIONS = 3
_MOST_TURNS, _OTHER_STEP = 2, 3


def refuse_stacked(
    label: str, names: Sequence[str], sessions: Sequence[dt.date | None], lines: Sequence[int]
) -> None:
    """Refuse a table of days below which the same dates come again in weeks or months."""
    days = [session for session in sessions if session is not None]
    if days in (in_order := sorted(days), in_order[::-1]):
        return
    series: dict[str, list[tuple[dt.date, int]]] = {}
    for name, session, line in zip(names, sessions, lines, strict=True):
        if session is not None:
            series.setdefault(name, []).append((session, line))
    for rows in series.values():
        days = [session for session, _ in rows]
        for start in _turns(days):
            before, behind = days[:start], days[start:]
            covered = min(before) <= max(behind) and min(behind) <= max(before)
            finer, coarser = sorted((_steps(before), _steps(behind)), key=_usual)
            other = _usual(coarser) >= _OTHER_STEP * max(_usual(finer), 1)
            if covered and other and coarser[len(coarser) // 10] >= _WEEK:
                text = "the dates start again here, with other steps: two tables in one"
                place = Place(label, rows[start][1])
                raise UnrecognisedFileError.at(
                    place, f"{text}, such as of days and of months; keep one of them"
                )


def _turns(days: Sequence[dt.date]) -> Iterator[int]:
    """Where dates in order begin anew, if they do so only once or twice."""
    ups = [n for n in range(1, len(days)) if days[n] > days[n - 1]]
    downs = [n for n in range(1, len(days)) if days[n] < days[n - 1]]
    turns = min(ups, downs, key=len)
    if len(turns) > _MOST_TURNS:
        # The second table runs the other way.
        turns = [max(ups[0], downs[0])]
        longest = ups if ups[0] < downs[0] else downs
        turns = turns if longest[-1] < turns[0] else []
    for start in turns:
        if min(start, len(days) - start) >= _FEWEST_SESSIONS:
            yield start


def _steps(days: Sequence[dt.date]) -> list[int]:
    return sorted(abs((b - a).days) for a, b in itertools.pairwise(days))


def _usual(steps: Sequence[int]) -> int:
    return steps[len(steps) // 2]


def refuse_several_a_session(block: Block) -> None:
    """Refuse rows that are not one a session: minutes, hours, mornings and afternoons."""
    frame = block.frame
    symbols, days, closes = frame.labels("symbol").codes, frame["session"], frame["close"]
    order = np.lexsort((closes, days, symbols))
    again = np.diff(symbols[order]) == 0
    again &= days[order][1:] == days[order][:-1]
    # A close beside another of the same index and date; the first of them all stands for a session.
    differing = int(np.count_nonzero(again & (np.diff(closes[order]) != 0)))
    sessions = len(frame) - int(np.count_nonzero(again))
    if differing >= _FEWEST_SESSIONS and differing * 3 > sessions:
        repeated = np.concatenate([order[1:][again], order[:-1][again]])
        first = frame.row(int(repeated.min()))
        raise UnrecognisedFileError.at(
            Place(block.label, first.line),
            f"{first.symbol} has several closes for {first.session} and for most dates;"
            " marketmove needs one close a session, not minutes, hours or half days",
        )


def far_apart(label: str, sessions: npt.NDArray[np.datetime64]) -> Iterator[Problem]:
    """Warn of rows of weeks or months, by the different dates in their order."""
    days = np.diff(sessions.astype("datetime64[D]").astype(np.int64)).tolist()
    if len(sessions) >= _FEWEST_SESSIONS and (gap := statistics.median(days)) >= _WEEK:
        span = "month" if gap >= _MONTH else "week"
        text = f"the rows are about a {span} apart; their changes are not those of a day"
        yield Problem(Place(label), text)
