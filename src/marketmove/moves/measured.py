"""The figures of rows of indices and dates: what closes and calendars say of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.closes.levels import Levels
from marketmove.frame import Frame, Labels
from marketmove.market.calendars import ONE_DAY, Calendar
from marketmove.market.indices import Registry
from marketmove.moves.line import NONE, CloseLine, Places, at_places, find_places, row_keys
from marketmove.moves.since import Days, Ints, changes_between, changes_since
from marketmove.moves.status import (
    CalendarFacts,
    by_calendar,
    calendar_facts,
    closures,
    rows_of_each,
    sessions_lacking,
)

Floats = npt.NDArray[np.float64]

_STATUSES = (
    "ok", "no_prior", "missing", "stale", "pending", "closed", "unknown", "unusable"
)  # fmt: skip
# From so many sessions on that are over since the last close, the data is stale.
STALE = 2
# More digits than these come out of a calculation. A file of thousands of prices is left at two.
_MOST_DECIMALS, _MOST_STRANGERS = 4, 1_000


class Measure(NamedTuple):
    """What the rows of some indices are measured by, made once for all of them.

    ``groups`` has each calendar with its indices. Of each index ``names`` is what it is called,
    ``decimals`` the digits shown, ``over`` the last session that is over.
    """

    line: CloseLine
    groups: Sequence[tuple[Calendar, Ints]]
    names: Labels
    decimals: Ints
    over: Days

    @classmethod
    def of(
        cls,
        levels: Levels,
        line: CloseLine,
        calendars: Mapping[str, Calendar],
        completed: Mapping[str, dt.date],
    ) -> Measure:
        """Bring together what is known of the indices of a line."""
        over: Days = np.full(len(line.names), np.datetime64(dt.date.max))
        for code, name in enumerate(line.names):
            if name in completed:
                over[code] = completed[name]
        groups = by_calendar(line.names, calendars)
        names = _names(line.names, levels.registry)
        return cls(line, groups, names, _decimals(line, levels.registry), over)

    def rows(self, codes: Ints, days: Days, periods: Sequence[str] = ()) -> Frame:
        """Measure some indices on some dates, in the order of these."""
        line, closes = self.line, self.line.rows.columns
        places = find_places(line, row_keys(codes, days))
        at, before = places.at, places.before
        groups = rows_of_each(codes, self.groups)
        prior = at_places(closes["session"], before)
        judged = calendar_facts(days, prior, groups)
        # How many sessions are over by a date since the last close before it; nan if unknown.
        until: Days = (np.minimum(days, self.over[codes]) + ONE_DAY).astype("datetime64[D]")
        behind = sessions_lacking(until, prior, groups)
        place = np.where(at == NONE, before, at)
        columns: dict[str, npt.NDArray[Any] | Labels] = {
            "session": days,
            "symbol": Labels(line.names, codes),
            "name": Labels(self.names.values, self.names.codes[codes]),
            "decimals": self.decimals[codes],
            "status": _status(places, judged, behind),
            "close": at_places(closes["close"], at),
            **changes_between(line, at, before),
            "file": at_places(closes["file"], place),
            "line": at_places(closes["line"], place),
            "gap_sessions": judged.gap_sessions,
            **closures(judged, at == NONE),
            "sessions_behind": np.where((at == NONE) & (behind > 0), behind, np.nan),
            "weekday_before": judged.weekday_before,
            "stated_change_pct": at_places(closes["change_pct"], at),
            "stated_prior_close": at_places(closes["prior_close"], at),
        }
        for period in periods:
            found = changes_since(line, codes, days, at, period, judged.week_starts, groups)
            columns |= {f"{period}_{name}": values for name, values in found.items()}
        return Frame(columns)


def _names(symbols: Sequence[str], registry: Registry) -> Labels:
    """The name of each index; two of one name have it both."""
    known = registry.among(symbols)
    names = [known[symbol].name if symbol in known else symbol.strip() for symbol in symbols]
    number = {name: n for n, name in enumerate(dict.fromkeys(names))}
    return Labels(tuple(number), np.array([number[name] for name in names], dtype=np.int32))


def _decimals(line: CloseLine, registry: Registry) -> Ints:
    """The digits after the point that people are shown: of a stranger, those it is written with."""
    decimals, known = registry.decimals(line.names), registry.among(line.names)
    strangers = [n for n, name in enumerate(line.names) if name not in known]
    starts, close = line.starts(), line.rows["close"]
    for n in strangers[:_MOST_STRANGERS]:
        own = close[starts[n] : starts[n + 1]]
        for digits in range(decimals[n], _MOST_DECIMALS + 1):
            if (np.rint(own * 10.0**digits) / 10.0**digits == own).all():
                decimals[n] = digits
                break
    return np.array(decimals, dtype=np.int64)


def _status(places: Places, judged: CalendarFacts, behind: Floats) -> Labels:
    closed = places.at != NONE
    kinds = {
        "ok": closed & (places.before != NONE),
        "no_prior": closed,
        "stale": ~places.later & (behind >= STALE),
        "closed": judged.shut,
        "unknown": ~judged.covered,
        "missing": places.later,
    }
    numbers = np.array([_STATUSES.index(kind) for kind in kinds], dtype=np.int8)
    pending = np.int8(_STATUSES.index("pending"))
    return Labels(_STATUSES, np.select([*kinds.values()], [*numbers], pending))
