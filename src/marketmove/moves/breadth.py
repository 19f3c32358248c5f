"""How the moves of a session, or of a group, lie together: who rose, how far apart, the middle."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from marketmove.market.groups import Group
from marketmove.moves.move import Move
from marketmove.moves.table import (
    are,
    by_symbol,
    chosen,
    doubtful,
    figures,
    least_and_most,
    of_symbols,
)

_WITHOUT_MOVE = (
    "closed", "missing", "pending", "no_prior", "unknown", "stale", "unusable", "no_rate"
)  # fmt: skip
# How many moves a range and a dispersion take.
FEWEST_APART, FEWEST_DISPERSED = 2, 3
# Sums of more moves than this take long as fractions.
_MOST_EXACT = 1_000


class Breadth(NamedTuple):
    """How many of the chosen indices rose, fell, stayed, or have no move, and why.

    Those whose move is ``doubtful`` are neither.
    """

    up: int
    down: int
    unchanged: int
    closed: int = 0
    missing: int = 0
    pending: int = 0
    no_prior: int = 0
    unknown: int = 0
    stale: int = 0
    unusable: int = 0
    doubtful: int = 0
    no_rate: int = 0


class Dispersion(NamedTuple):
    """How far apart ``n`` moves are, in percentage points, for one session, each weighing the same.

    ``range_pp`` is the highest less the lowest, of two or more; ``dispersion_pp`` the population
    standard deviation, of three or more, not annualised. Both are None where one of the moves is
    only a bound.
    """

    n: int
    range_pp: float | None = None
    dispersion_pp: float | None = None


class GroupMoves(NamedTuple):
    """The moves of one group in a session: the middle, the ends, who went which way.

    ``symbols`` are those of the group that the data has, ``n`` of which have a move or a bound for
    one. ``_pct`` are percent, the mean weighs each index the same; None where bounds leave open
    what it is. ``best`` and ``worst`` are the symbols of the highest and lowest move, of equal
    ones the first by symbol; their ``_pct`` is None where that move is only a bound.
    """

    name: str
    symbols: tuple[str, ...]
    n: int
    median_pct: float | None
    mean_pct: float | None
    best: str | None
    best_pct: float | None
    worst: str | None
    worst_pct: float | None
    breadth: Breadth
    dispersion: Dispersion


class GroupSpread(NamedTuple):
    """Two groups held against each other: ``up`` has the higher median, ``down`` the lower.

    Spreads are ``up`` less ``down`` in percentage points, from unrounded figures; that of the means
    may be negative, and is None where a bound leaves a mean open.
    """

    up: str
    down: str
    up_median_pct: float
    down_median_pct: float
    median_spread_pp: float
    up_mean_pct: float | None
    down_mean_pct: float | None
    mean_spread_pp: float | None


def share_moves(moves: Sequence[Move], excluded: Collection[str]) -> Sequence[Move]:
    """Give the moves that a session counts: those not excluded; all where none of these moved.

    Volatility falls where shares rise, so that its indices say nothing of how markets went.
    """
    shares = chosen(moves, ~of_symbols(moves, excluded))
    return shares if are(shares, "ok", "bound").any() else moves


def breadth(moves: Sequence[Move]) -> Breadth:
    """Count the moves by direction; a bound counts where it leaves the direction in no doubt.

    Examples
    --------
    >>> from marketmove.moves.move import Move
    >>> breadth([Move("A", "A", "ok", "closes", change_pct=0.0)])[:4]
    (0, 0, 1, 0)
    """
    doubts = doubtful(moves)
    pct, over, under = (
        figures(moves, name)[~doubts]
        for name in ("change_pct", "change_pct_over", "change_pct_under")
    )
    return Breadth(
        up=int(((pct > 0) | (over >= 0)).sum()),
        down=int(((pct < 0) | (under <= 0)).sum()),
        unchanged=int((pct == 0).sum()),
        **{status: int(are(moves, status).sum()) for status in _WITHOUT_MOVE},
        doubtful=int(doubts.sum()),
    )


def dispersion(moves: Sequence[Move]) -> Dispersion:
    """Give how far apart the moves are; those of indices without a move do not count.

    S&P's and Cboe's dispersion weighs each squared gap by the weight of its index, and weights sum
    to 1: with equal weights that is the population standard deviation.

    >>> from marketmove.moves.move import Move
    >>> moves = [Move(s, s, "ok", "closes", change_pct=p) for s, p in zip("ABC", (2.0, 0.5, -1.0))]
    >>> dispersion(moves[:2]), round(dispersion(moves).dispersion_pp, 4)
    (Dispersion(n=2, range_pp=1.5, dispersion_pp=None), 1.2247)
    """
    moved = _moved(moves)
    if len(moved) > _MOST_EXACT:
        return _nearly_exact_dispersion(moved)
    exact = _exact(moved)
    if exact is None or len(exact) < FEWEST_APART:
        return Dispersion(len(moved))
    range_pp = float(max(exact) - min(exact))
    enough = len(exact) >= FEWEST_DISPERSED
    return Dispersion(len(exact), range_pp, float(statistics.pstdev(exact)) if enough else None)


def _nearly_exact_dispersion(moved: Sequence[Move]) -> Dispersion:
    """The same of many moves: rounded once a move, not once in all, which no digit shown tells."""
    pcts: list[float] = figures(moved, "change_pct").tolist()
    if any(map(math.isnan, pcts)):
        return Dispersion(len(pcts))
    range_pp = float(_fraction(max(pcts)) - _fraction(min(pcts)))
    mean = math.fsum(pcts) / len(pcts)
    square = math.fsum((pct - mean) ** 2 for pct in pcts) / len(pcts)
    return Dispersion(len(pcts), range_pp, math.sqrt(square))


def group_moves(name: str, moves: Sequence[Move]) -> GroupMoves:
    """Sum up the moves of one group, exactly, from the decimals that the moves are.

    Without figures if no index has a move.
    """
    moved = _moved(moves)
    exact = _exact(moved)
    best, worst = _highest(moved), _lowest(moved)
    return GroupMoves(
        name=name,
        symbols=tuple(move.symbol for move in moves),
        n=len(moved),
        median_pct=_median(moved),
        mean_pct=float(statistics.mean(exact)) if exact else None,
        best=best and best.symbol,
        best_pct=best and best.change_pct,
        worst=worst and worst.symbol,
        worst_pct=worst and worst.change_pct,
        breadth=breadth(moves),
        dispersion=dispersion(moves),
    )


def moves_by_group(groups: Iterable[Group], moves: Sequence[Move]) -> tuple[GroupMoves, ...]:
    """Sum up the moves of each group, of those of its indices that the data has."""
    known = by_symbol(moves)
    return tuple(
        group_moves(group.name, [known[symbol] for symbol in group.within(known)])
        for group in groups
    )


def group_spreads(groups: Sequence[GroupMoves]) -> list[GroupSpread]:
    """Hold every two groups against each other, those with the widest spread of medians first.

    Groups whose median is not known are left out; equal medians stand in the order of the groups.
    """
    known = [(group.median_pct, group) for group in groups if group.median_pct is not None]
    known.sort(key=lambda pair: -pair[0])
    pairs = itertools.combinations(known, 2)
    spreads = [_group_spread(up, high, down, low) for (high, up), (low, down) in pairs]
    return sorted(spreads, key=lambda spread: -spread.median_spread_pp)


def _group_spread(up: GroupMoves, high: float, down: GroupMoves, low: float) -> GroupSpread:
    return GroupSpread(
        up=up.name,
        down=down.name,
        up_median_pct=high,
        down_median_pct=low,
        median_spread_pp=float(_fraction(high) - _fraction(low)),
        up_mean_pct=up.mean_pct,
        down_mean_pct=down.mean_pct,
        mean_spread_pp=_difference(up.mean_pct, down.mean_pct),
    )


def _difference(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else float(_fraction(one) - _fraction(other))


def _moved(moves: Sequence[Move]) -> Sequence[Move]:
    """The moves that are known, or bounded on one side, and not doubtful."""
    least, most = least_and_most(moves)
    return chosen(moves, ~(np.isnan(least) & np.isnan(most)) & ~doubtful(moves))


def _exact(moved: Sequence[Move]) -> list[Fraction] | None:
    """The moves as the decimals they are; None where one is only a bound."""
    figures = [_fraction(move.change_pct) for move in moved if move.change_pct is not None]
    return figures if len(figures) == len(moved) else None


def _fraction(value: float) -> Fraction:
    return Fraction(repr(value))


def _least(move: Move) -> float:
    return -math.inf if move.up_by_pct is None else move.up_by_pct


def _most(move: Move) -> float:
    return math.inf if move.down_by_pct is None else move.down_by_pct


def _median(moved: Sequence[Move]) -> float | None:
    """The median, where it is the same whatever the moves are that have only a bound."""
    if not moved:
        return None
    middle = _middle(map(_least, moved))
    if middle != _middle(map(_most, moved)):
        return None
    return float(sum(map(_fraction, middle)) / 2)


def _middle(values: Iterable[float]) -> tuple[float, float]:
    """The two values in the middle: of an odd number twice the same."""
    ranked = sorted(values)
    return ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]


def _highest(moved: Sequence[Move]) -> Move | None:
    """The move that no other can exceed; None where bounds leave open which it is."""
    if not moved:
        return None
    first = min(moved, key=lambda move: (-_least(move), -_most(move), move.symbol))
    others = (_most(move) for move in moved if move is not first)
    return first if max(others, default=-math.inf) <= _least(first) else None


def _lowest(moved: Sequence[Move]) -> Move | None:
    """The move that no other can fall below; None where bounds leave open which it is."""
    if not moved:
        return None
    last = min(moved, key=lambda move: (_most(move), _least(move), move.symbol))
    others = (_least(move) for move in moved if move is not last)
    return last if min(others, default=math.inf) >= _most(last) else None
