"""Published figures held against closes: which agree, which do not, and which date they fit."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.closes.levels import Levels
from marketmove.moves.changes import changes
from marketmove.moves.move import Move, exact
from marketmove.published import figures
from marketmove.published.report_file import Printed

# The lowest and the highest that a figure may be, both included; mostly the same.
_Interval = tuple[Fraction, Fraction]

Verdict = Literal["agrees", "disagrees", "no_session", "unchecked"]
# What is wrong with a figure that disagrees, where it can be told: a percent cut instead of
# rounded, a change the wrong way, a level from within the session, figures that do not fit each
# other, another index's level, ten times the figure, points for percent, another day's figures.
FaultCode = Literal[
    "cut", "wrong_way", "early", "misfit", "other_index", "tenfold", "points_as_percent",
    "other_session",
]  # fmt: skip

# A percent is met by chance now and then, a close hardly ever: it counts as much as three.
_CLOSE_COUNTS, _PERCENT_COUNTS = 3, 1
_ENOUGH = 3
# What floats may be off by, against a level; what they let through is then compared exactly.
_SLACK = 1e-9
# Of so many closes, one at least ends in another digit than zero, if they have it.
_A_SERIES = 20
# What is still called unchanged.
_FLAT_PCT = Fraction(1, 10)


class Fault(NamedTuple):
    """What is wrong with a figure: of which field, and whose level it is instead."""

    code: FaultCode
    field: str = ""
    symbol: str = ""


class Checked(NamedTuple):
    """A published row, what the closes give instead, and the verdict.

    ``wrong`` and ``unchecked`` name the printed figures that are not what the closes give, and
    those for which they give nothing; ``why`` is the reason: ``closed``, ``not_in_data``,
    ``missing``, ``pending``, ``unknown`` (no calendar tells), ``no_prior`` or ``gap`` (the
    session before is not in the data). ``same_prior`` tells that the close is wrong, but the
    printed percent leads from the right prior close to it: a level from within the session, say.
    ``fits_session`` is another session whose figures are the printed ones. ``faults`` say what is
    wrong, where that can be told.
    """

    printed: Printed
    move: Move
    verdict: Verdict
    wrong: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    why: str = ""
    same_prior: bool = False
    fits_session: dt.date | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def prior_close(self) -> float | None:
        """The close that the printed change is counted from, in index points."""
        if not self.printed.period:
            return self.move.prior_close
        span = self.move.periods.get(self.printed.period)
        return None if span is None else span.prior_close

    @property
    def change_pct(self) -> float | None:
        """The change, in percent, that the closes give for what was printed."""
        if not self.printed.period:
            return self.move.change_pct
        span = self.move.periods.get(self.printed.period)
        return None if span is None else span.change_pct

    @property
    def change_pts(self) -> float | None:
        """The change, in points, that the closes give for what was printed."""
        if not self.printed.period:
            return self.move.change_pts
        span = self.move.periods.get(self.printed.period)
        return None if span is None else span.change_pts


def rounded(value: Fraction, printed: Decimal) -> Fraction:
    """Round a value half away from zero to as many places as a number was printed with.

    >>> [float(rounded(Fraction(text), Decimal("0.13"))) for text in ("0.125", "-0.125", "0.1249")]
    [0.13, -0.13, 0.12]
    """
    unit = Fraction(10) ** int(printed.as_tuple().exponent)
    units = math.floor(abs(value) / unit + Fraction(1, 2))
    return (units if value >= 0 else -units) * unit


def half_unit(levels: Levels, symbol: str) -> Fraction:
    """Give what the closes of an index leave open, in points: nothing, or half of a last digit.

    They leave something open where the whole series is written with fewer decimals than its
    publisher prints: then a printed figure can only be held against the digits that are there.
    """
    symbols = levels.frame.labels("symbol")
    close = levels.frame["close"][symbols.codes == symbols.number(symbol)]
    if len(close) < _A_SERIES:
        return Fraction(0)
    for places in range(levels.registry.resolve(symbol).decimals):
        if (close.round(places) == close).all():
            return Fraction(1, 2 * 10**places)
    return Fraction(0)


def judge(printed: Printed, move: Move, levels: Levels) -> Checked:
    """Hold a published row against the move that the closes give for its session.

    A percent over a gap in the closes agrees if it is the same, and is otherwise not checked: the
    report may measure from the session that the data lacks.
    """
    row = Checked(printed, move, "agrees")
    open_by = half_unit(levels, move.symbol)
    close, prior = _interval(move.close, open_by), _interval(row.prior_close, open_by)
    held = dict(_held(printed, close, prior))
    if move.gap_sessions:
        held |= {name: held[name] or None for name in held if name != "close"}
    wrong = tuple(name for name, same in held.items() if same is False)
    unchecked = tuple(name for name, same in held.items() if same is None)
    verdict: Verdict = "disagrees" if wrong else "unchecked" if unchecked else "agrees"
    if move.status == "closed":
        verdict = "no_session"
    return row._replace(
        verdict=verdict,
        wrong=wrong,
        unchecked=unchecked,
        why=_why(move, unchecked, in_data=move.symbol in levels.symbols),
        same_prior="close" in wrong and _leads_from(printed, row.prior_close),
    )


def _leads_from(printed: Printed, prior: float | None) -> bool:
    """Whether the printed close and its change imply a prior close, within their rounding."""
    if prior is None or printed.close is None:
        return False
    if printed.change_pct is not None:
        if printed.change_pct <= -100:
            return False
        implied = figures.implied_prior_close(printed.close, printed.change_pct)
        return implied.low <= exact(prior) <= implied.high
    if printed.change_pts is None:
        return False
    open_by = figures.as_printed(printed.change_pts)
    return printed.close - open_by.high <= exact(prior) <= printed.close - open_by.low


def _why(move: Move, unchecked: Sequence[str], *, in_data: bool) -> str:
    if move.status == "closed" or not unchecked:
        return "closed" if move.status == "closed" else ""
    if move.close is None:
        return move.status if in_data else "not_in_data"
    return "no_prior" if move.prior_close is None else "gap"


def _held(
    printed: Printed, close: _Interval | None, prior: _Interval | None
) -> Iterator[tuple[str, bool | None]]:
    """Each printed figure, and whether the closes give it; None if they give nothing for it."""
    pct = None if close is None or prior is None else _change_pct(close, prior)
    if printed.close is not None:
        yield "close", _rounds_to(close, printed.close)
    if printed.change_pct is not None:
        impossible = figures.is_impossible(printed.change_pct)
        yield "change_pct", False if impossible else _rounds_to(pct, printed.change_pct)
    if printed.change_pts is not None:
        yield "change_pts", _rounds_to(_change_pts(close, prior), printed.change_pts)
    if printed.about_pct is not None:
        yield "about_pct", _is_about(pct, printed.about_pct)
    if printed.way is not None:
        yield "way", None if pct is None else _goes(pct, printed.way)
    if printed.over_pct is not None:
        yield "over_pct", None if pct is None else pct[1] > Fraction(printed.over_pct)
    if printed.under_pct is not None:
        yield "under_pct", None if pct is None else pct[0] < Fraction(printed.under_pct)


def _rounds_to(interval: _Interval | None, printed: Decimal) -> bool | None:
    if interval is None:
        return None
    low, high = interval
    return rounded(low, printed) <= Fraction(printed) <= rounded(high, printed)


def _change_pts(close: _Interval | None, prior: _Interval | None) -> _Interval | None:
    if close is None or prior is None:
        return None
    return close[0] - prior[1], close[1] - prior[0]


def _is_about(pct: _Interval | None, printed: Decimal) -> bool | None:
    """Whether a percent is what "about" allows: a whole unit of the last digit to either side."""
    if pct is None:
        return None
    unit = Fraction(10) ** int(printed.as_tuple().exponent)
    return pct[1] >= Fraction(printed) - unit and pct[0] <= Fraction(printed) + unit


def _goes(pct: _Interval, way: int) -> bool:
    """Whether a move goes the way that was told; flat is less than 0.1 percent."""
    if way == 0:
        return pct[1] > -_FLAT_PCT and pct[0] < _FLAT_PCT
    return pct[1] > 0 if way > 0 else pct[0] < 0


def _change_pct(close: _Interval, prior: _Interval) -> _Interval:
    low, high = close[0] / prior[1] - 1, close[1] / prior[0] - 1
    return low * 100, high * 100


def _interval(level: float | None, half_unit: Fraction) -> _Interval | None:
    """What the decimal that a level was written as may stand for: itself, or a unit around it."""
    if level is None:
        return None
    written = Fraction(exact(level))
    return written - half_unit, written + half_unit


def fitting_sessions(printed: Printed, levels: Levels, symbol: str) -> list[dt.date]:
    """Give the sessions in the data of which all printed figures of a row are true.

    Of a bound alone nothing is given: it is true of too many sessions to tell.
    """
    if (printed.close is None and printed.change_pct is None) or printed.period:
        return []
    symbols = levels.frame.labels("symbol")
    rows = levels.frame.take(symbols.codes == symbols.number(symbol))
    close, days = rows["close"], rows["session"]
    pct = np.full(len(close), np.nan)
    pct[1:] = changes(close[1:], close[:-1])[1]
    open_by = half_unit(levels, symbol)
    near = _near(close, printed.close, float(open_by))
    if not open_by:
        near &= _near(pct, printed.change_pct)
    fitting: list[dt.date] = []
    for n in np.flatnonzero(near).tolist():
        prior = _interval(close[n - 1], open_by) if n else None
        if all(same for _, same in _held(printed, _interval(close[n], open_by), prior)):
            fitting.append(days[n].item())
    return fitting


def _near(
    values: npt.NDArray[np.float64], printed: Decimal | None, open_by: float = 0.0
) -> npt.NDArray[np.bool_]:
    """Which values may round to a printed number, and a few more; all where none was printed."""
    if printed is None:
        return np.full(len(values), True)
    figure = figures.as_printed(printed)
    reach = float(figure.high - figure.value) + open_by + _SLACK * max(1.0, abs(float(printed)))
    near: npt.NDArray[np.bool_] = np.abs(values - float(printed)) <= reach
    return near


def shared_session(rows: Iterable[tuple[Printed, Sequence[dt.date]]]) -> dt.date | None:
    """Give the one session that the most rows fit; None if too few do, or two are level.

    A close counts as three percents; less than that is too little to name a session.
    """
    counts: Counter[dt.date] = Counter()
    for printed, sessions in rows:
        counts.update(dict.fromkeys(sessions, _weight(printed)))
    best = counts.most_common(2)
    if not best or best[0][1] < _ENOUGH or (len(best) > 1 and best[0][1] == best[1][1]):
        return None
    return best[0][0]


def _weight(printed: Printed) -> int:
    return _PERCENT_COUNTS if printed.close is None else _CLOSE_COUNTS


def with_fits(
    rows: Sequence[Checked], levels: Levels, session: dt.date
) -> tuple[list[Checked], dt.date | None]:
    """Say of each row that does not agree which other session its figures are those of.

    That is the session which the most rows of the report fit, if this one does; else, for a row
    with a close, the only one that it fits.

    ``rows`` are as ``judge`` gives them. With them comes the other session that the most rows fit;
    None if it is the report's own, or there is none.
    """
    fits = [_fits(row, levels) for row in rows]
    shared = shared_session(zip((row.printed for row in rows), fits, strict=True))
    other = None if shared == session else shared
    placed = [
        row if row.verdict == "agrees" else row._replace(fits_session=_place(row, days, other))
        for row, days in zip(rows, fits, strict=True)
    ]
    return placed, other


def _fits(row: Checked, levels: Levels) -> list[dt.date]:
    """The sessions that a row fits; those of its level and percent, if its points fit none."""
    days = fitting_sessions(row.printed, levels, row.move.symbol)
    if days or row.printed.change_pts is None or row.printed.change_pct is None:
        return days
    return fitting_sessions(row.printed._replace(change_pts=None), levels, row.move.symbol)


def _place(row: Checked, days: Sequence[dt.date], shared: dt.date | None) -> dt.date | None:
    if shared in days:
        return shared
    others = [day for day in days if day != row.move.session]
    if row.printed.way is not None or row.printed.about_pct is not None:
        return None
    return others[0] if len(others) == 1 and row.printed.close is not None else None
