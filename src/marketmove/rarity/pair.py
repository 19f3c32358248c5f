"""One pair of indices through time: the spread of their moves, how rare it is, what it came to.

Moves of one session are subtracted (percentage points); longer spans compound (percent).
"""

from __future__ import annotations

import datetime as dt
import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from marketmove.frame import Frame
from marketmove.moves.changes import changes
from marketmove.moves.measure import Series
from marketmove.rarity.index_history import LEAST, SAME, WINDOW
from marketmove.rarity.spread_history import first_and_widest, rarity

Floats = npt.NDArray[np.float64]

_WIDEST = 10
# Cells of baselines that are worked on at a time.
_CELLS = 1 << 20
# Which moves do not vary: the first, the second.
_STILL: dict[tuple[bool, ...], str] = {
    (True, False): "first",
    (False, True): "versus",
    (True, True): "both",
}


class Latest(NamedTuple):
    """The last session of a pair: both moves, their spread, and how rare it is.

    Moves are in percent, the spread in percentage points; the rest is as in
    ``spread_history.PairContext``.
    """

    session: dt.date
    change_pct: float
    versus_change_pct: float
    spread_pp: float
    percentile: float | None
    z: float | None
    n: int
    widest_since: dt.date | None
    data_since: dt.date | None


class Correlation(NamedTuple):
    """How alike two indices move: Pearson's coefficient of the moves of ``n`` common sessions.

    Without a ``value``, ``lacking`` tells why: ``few`` sessions, or the one (``first``,
    ``versus``, ``both``) whose moves do not vary.
    """

    value: float | None
    n: int
    lacking: str | None = None


class PairSpan(NamedTuple):
    """What two indices came to from the close of the first session to that of the last, in percent.

    ``excess_pct`` is the geometric excess, (1 + a) / (1 + b) - 1: the relative strength less 100.
    All are None where there is one session only, and so no span.
    """

    first: dt.date
    last: dt.date
    change_pct: float | None
    versus_change_pct: float | None
    excess_pct: float | None


class Counts(NamedTuple):
    """In how many sessions the moves had opposite signs, and split; shares in percent."""

    sessions: int
    opposite: int
    opposite_pct: float
    split: int
    split_pct: float


class WideDay(NamedTuple):
    """A session with a wide spread; moves in percent, the spread in percentage points."""

    session: dt.date
    change_pct: float
    versus_change_pct: float
    spread_pp: float
    percentile: float | None


class PairSummary(NamedTuple):
    """What there is to tell of a pair over a range of sessions."""

    latest: Latest
    correlation: Correlation
    span: PairSpan
    counts: Counts
    widest: tuple[WideDay, ...]


def common(one: Series, other: Series, floor_pct: float, window: int = WINDOW) -> Frame:
    """Give all common sessions of two indices: dates on which both have a move.

    A row a session, in order: ``session`` (datetime64[D]), ``close`` and ``versus_close`` (index
    points), ``change_pct`` and ``versus_change_pct`` (percent), ``spread_pp`` (the first less the
    second, percentage points), ``split`` (bool), ``n`` (sessions of the baseline, ``window`` at
    most), ``percentile`` and ``z`` (nan where there are fewer than 60, or z where they do not
    vary), ``prior_session`` and ``versus_prior_session`` (datetime64[D]).
    """
    _, here, there = np.intersect1d(
        one.days[1:], other.days[1:], assume_unique=True, return_indices=True
    )
    here, there = here + 1, there + 1
    known = ~(np.isnan(one.pct[here]) | np.isnan(other.pct[there]))  # as they are without a rate
    here, there = here[known], there[known]
    own, versus = one.pct[here], other.pct[there]
    n, percentile, z = _baselines(own - versus, window)
    opposite = np.sign(own) * np.sign(versus) < 0
    return Frame(
        {
            "session": one.days[here],
            "close": one.close[here],
            "versus_close": other.close[there],
            "change_pct": own,
            "versus_change_pct": versus,
            "spread_pp": own - versus,
            "split": opposite & (np.abs(own) >= floor_pct) & (np.abs(versus) >= floor_pct),
            "n": n,
            "percentile": percentile,
            "z": z,
            "prior_session": one.days[here - 1],
            "versus_prior_session": other.days[there - 1],
        }
    )


def _baselines(spread: Floats, window: int) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
    """Hold each spread against those of up to ``window`` sessions before it."""
    window = max(1, min(window, len(spread)))
    padded = np.concatenate([np.full(window, np.nan), spread])
    before = np.lib.stride_tricks.sliding_window_view(padded, window)[:-1].T
    size = max(1, _CELLS // window)
    starts = range(0, max(1, len(spread)), size)
    parts = [rarity(before[:, s : s + size], spread[s : s + size], window) for s in starts]
    n, percentile, z = (np.concatenate(column) for column in zip(*parts, strict=True))
    return n, percentile, z


def between(sessions: Frame, first: dt.date | None = None, last: dt.date | None = None) -> Frame:
    """Give the common sessions of a range, both ends included, with their relative strength.

    ``relative_strength`` is the close of the first index over that of the second, 100 in the first
    session of the range.
    """
    days = sessions["session"]
    inside = np.ones(len(days), dtype=bool)
    if first is not None:
        inside &= days >= np.datetime64(first)
    if last is not None:
        inside &= days <= np.datetime64(last)
    shown = sessions.take(inside)
    one, other = shown["close"], shown["versus_close"]
    # Rounded as little as can be, so that 110 is 110.
    return shown.assign(relative_strength=100.0 * (one * other[:1]) / (other * one[:1]))


def rested_on(sessions: Frame, shown: Frame, window: int) -> Frame:
    """Give the common sessions shown, and those that the first of them is held against."""
    start = int(np.searchsorted(sessions["session"], shown["session"][0]))
    return sessions.take(slice(max(0, start - window), start + len(shown)))


def pair_summary(sessions: Frame, shown: Frame, window: int = WINDOW) -> PairSummary:
    """Tell what there is to tell of a pair; nothing after the last session shown is looked at.

    ``shown`` are those of the range, at least one; the correlation has at most ``window``.
    """
    known = sessions.take(sessions["session"] <= shown["session"][-1])
    return PairSummary(
        latest=_latest(known),
        correlation=_correlation(known.take(slice(max(0, len(known) - window), None))),
        span=_span(shown),
        counts=_counts(shown),
        widest=_widest(shown),
    )


def _latest(known: Frame) -> Latest:
    """The last of the sessions, beside those before it."""
    row = known.row(-1)
    sizes = np.abs(known["spread_pp"])[:-1, None]
    (first,), (widest,) = first_and_widest(known["session"][:-1], sizes, np.array([row.spread_pp]))
    return Latest(
        session=row.session,
        change_pct=row.change_pct,
        versus_change_pct=row.versus_change_pct,
        spread_pp=row.spread_pp,
        percentile=_known(row.percentile),
        z=_known(row.z),
        n=row.n,
        widest_since=widest if row.n >= LEAST else None,
        data_since=first,
    )


def _correlation(known: Frame) -> Correlation:
    if len(known) < LEAST:
        return Correlation(None, len(known), "few")
    own, versus = (known[name] for name in ("change_pct", "versus_change_pct"))
    own, versus = own - own.mean(), versus - versus.mean()
    sizes = [float(np.sqrt((moves**2).mean())) for moves in (own, versus)]
    still = tuple(size <= SAME for size in sizes)
    if any(still):
        return Correlation(None, len(known), _STILL[still])
    value = float((own * versus).mean()) / (sizes[0] * sizes[1])
    return Correlation(min(1.0, max(-1.0, value)), len(known))


def _span(shown: Frame) -> PairSpan:
    start, end = shown.row(0), shown.row(-1)
    first, last = start.session, end.session
    if len(shown) == 1:
        return PairSpan(first, last, None, None, None)
    closes = [np.array([row.close, row.versus_close]) for row in (start, end)]
    own, versus = changes(closes[1], closes[0])[1].tolist()
    (before, versus_before), (after, versus_after) = (
        [Fraction(repr(close)) for close in pair.tolist()] for pair in closes
    )
    ratio = (after / before) / (versus_after / versus_before)
    return PairSpan(first, last, own, versus, float((ratio - 1) * 100))


def _counts(shown: Frame) -> Counts:
    signs = [np.sign(shown[name]) for name in ("change_pct", "versus_change_pct")]
    sessions, split = len(shown), int(shown["split"].sum())
    opposite = int((signs[0] * signs[1] < 0).sum())
    return Counts(
        sessions=sessions,
        opposite=opposite,
        opposite_pct=opposite * 100.0 / sessions,
        split=split,
        split_pct=split * 100.0 / sessions,
    )


def _widest(shown: Frame) -> tuple[WideDay, ...]:
    """The sessions of the widest spreads, the later first where they are the same."""
    sizes = np.rint(np.abs(shown["spread_pp"]) / SAME)
    order = np.lexsort([-np.arange(len(shown)), -sizes])[:_WIDEST]
    return tuple(
        WideDay(
            row.session,
            row.change_pct,
            row.versus_change_pct,
            row.spread_pp,
            _known(row.percentile),
        )
        for row in shown.take(order).rows()
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
