"""Where a close stands beside those of a year, and of all the data: highs, lows, the way down.

Nothing here looks ahead: what later sessions bring changes nothing said of an earlier one.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.market.calendars import Calendar
from marketmove.market.periods import days_before
from marketmove.moves.changes import changes
from marketmove.moves.measure import Series
from marketmove.rarity.index_history import LEAST

Floats = npt.NDArray[np.float64]
YearExtreme = Literal["high", "low", "equals high", "equals low"]

# Of so many sessions it is told how many rose and fell; and of the most telling number of these.
RUN = 10
_FEWEST, _MOST = 6, 15


class Extremes(NamedTuple):
    """Where a close stands beside the earlier ones of its index; ``_pct`` are percent.

    ``year_high`` and ``year_low`` are the highest and lowest close of 52 weeks: of the dates after
    the same one a year before, this session included; None where the data does not reach back so
    far, or lacks sessions within (``year_gap_sessions``). ``year_extreme`` tells that it is this
    close, or that this one equals it. ``high_close`` is the highest of all the data, and
    ``drawdown_pct`` how far this one is below; ``record_close`` is the same where the data has five
    years of closes, and else None. Of closes that are equal, the date is that of the last.
    ``up_of_10`` and ``down_of_10`` are how many of the last 10 moves were up and down; ``run_n`` is
    the number of last sessions of which most went one way, ``run_up`` up and ``run_down`` down,
    where that is rare.
    """

    year_high: float | None = None
    year_high_session: dt.date | None = None
    from_year_high_pct: float | None = None
    year_low: float | None = None
    year_low_session: dt.date | None = None
    from_year_low_pct: float | None = None
    year_extreme: YearExtreme | None = None
    year_gap_sessions: int | None = None
    high_close: float | None = None
    high_session: dt.date | None = None
    drawdown_pct: float | None = None
    prior_drawdown_pct: float | None = None
    record_close: float | None = None
    record_session: dt.date | None = None
    from_record_pct: float | None = None
    up_of_10: int | None = None
    down_of_10: int | None = None
    run_n: int | None = None
    run_up: int | None = None
    run_down: int | None = None


def extremes(own: Series, session: dt.date, calendar: Calendar | None = None) -> Extremes | None:
    """Hold the close of a session against the earlier ones of its index.

    Without a ``calendar``, what the data lacks is not known. None where there is no move; with
    fewer than 60 moves before it, nothing is told but how the last sessions went.
    """
    at = int(np.searchsorted(own.days, np.datetime64(session)))
    if at == 0 or at == len(own.days) or own.days[at] != np.datetime64(session):
        return None
    found = _runs(own, at, calendar)
    if at - 1 < LEAST:
        return found
    return _of_all(_of_year(found, own, at, calendar), own, at)


def has_record(since: dt.date, session: dt.date) -> bool:
    """Tell whether closes since a date are enough to speak of a record: five years of them."""
    return since <= _years_before(session, 5)


def _years_before(session: dt.date, years: int) -> dt.date:
    (day,) = days_before(session, f"y{years}") or [session]
    return day


def _of_year(found: Extremes, own: Series, at: int, calendar: Calendar | None) -> Extremes:
    begins = np.datetime64(_years_before(own.days[at].item(), 1))
    first = int(np.searchsorted(own.days, begins, side="right"))
    if first == 0:
        return found
    lacking = 0
    if calendar is not None:
        counts = calendar.lacking(own.days[first - 1 : at], own.days[first : at + 1])
        lacking = int(np.nansum(counts))
    found = found._replace(year_gap_sessions=lacking)
    if lacking:
        return found
    closes, today = own.close[first : at + 1], own.close[at]
    highest, lowest = closes.max(), closes.min()
    extreme: YearExtreme | None = None
    if highest > lowest and today in (highest, lowest):
        extreme = "high" if today == highest else "low"
        if (closes == today).sum() > 1:
            extreme = "equals high" if today == highest else "equals low"
    high_pct, low_pct = _pcts([today, today], [highest, lowest])
    return found._replace(
        year_high=float(highest),
        year_high_session=_last(own, first, at, highest),
        from_year_high_pct=high_pct,
        year_low=float(lowest),
        year_low_session=_last(own, first, at, lowest),
        from_year_low_pct=low_pct,
        year_extreme=extreme,
    )


def _of_all(found: Extremes, own: Series, at: int) -> Extremes:
    highest = own.close[: at + 1].max()
    before = own.close[:at].max()
    when = _last(own, 0, at, highest)
    below, prior = _pcts([own.close[at], own.close[at - 1]], [highest, before])
    found = found._replace(
        high_close=float(highest),
        high_session=when,
        drawdown_pct=below,
        prior_drawdown_pct=prior,
    )
    if not has_record(own.days[0].item(), own.days[at].item()):
        return found
    return found._replace(record_close=float(highest), record_session=when, from_record_pct=below)


def _runs(own: Series, at: int, calendar: Calendar | None) -> Extremes:
    """How many of the last sessions rose and fell; nothing over sessions that the data lacks."""
    signs = np.sign(own.pct[max(1, at - _MOST + 1) : at + 1])[::-1]
    if calendar is not None:
        first = at - len(signs)
        lacking = calendar.lacking(own.days[first:at], own.days[first + 1 : at + 1])[::-1]
        gaps = np.flatnonzero(lacking > 0)
        signs = signs[: int(gaps[0])] if len(gaps) else signs
    ups, downs = np.cumsum(signs > 0).tolist(), np.cumsum(signs < 0).tolist()
    found = Extremes()
    if len(signs) >= RUN:
        found = found._replace(up_of_10=ups[RUN - 1], down_of_10=downs[RUN - 1])
    rarest, least = None, _RARE
    for n in range(_FEWEST, len(signs) + 1):
        most = max(ups[n - 1], downs[n - 1])
        # All of them is a streak; one that is over began with the other way.
        if most < n and signs[n - 1] == signs[0] and signs[0] == np.sign(ups[n - 1] - downs[n - 1]):
            chance = _CHANCES[n][most]
            if chance < least:
                rarest, least = n, chance
    if rarest is None:
        return found
    return found._replace(run_n=rarest, run_up=ups[rarest - 1], run_down=downs[rarest - 1])


def _chances(n: int) -> list[float]:
    """How likely so many of n tosses, or more, fall one way, for each number."""
    ways = [math.comb(n, k) for k in range(n + 1)]
    return [sum(ways[k:]) / 2.0**n for k in range(n + 1)]


# Nine of eleven falls are news; they happen about once in thirty sessions.
_RARE = 0.04
_CHANCES = {n: _chances(n) for n in range(_FEWEST, _MOST + 1)}


def _pcts(closes: list[float], others: list[float]) -> list[float]:
    pcts: list[float] = changes(np.array(closes), np.array(others))[1].tolist()
    return pcts


def _last(own: Series, first: int, at: int, close: float) -> dt.date:
    row = first + int(np.flatnonzero(own.close[first : at + 1] == close)[-1])
    day: dt.date = own.days[row].item()
    return day
