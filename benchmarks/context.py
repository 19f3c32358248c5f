"""How rare the spreads of all pairs are, against plain numpy loops that find the same.

    python benchmarks/context.py [RUNS] [INDICES] [SESSIONS]

Makes up closes of 1,000 indices whose last session has 250 before it: once with all indices on
each date, once with each of them away on a few dates of its own. Both then find n, percentile, z
and the date since when it is the widest of every pair, in turn, A B A B …; the loop for the closes
without gaps knows nothing of gaps. What is printed is the median of the ratios of the processor
times, with the lowest and the highest: of the same rows from both, and of what wide_pairs takes to
a loop that leaves all of these figures in arrays.
"""

import datetime as dt
import itertools
import math
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from marketmove.closes.levels import levels_of
from marketmove.moves.measure import series
from marketmove.rarity.spread_history import (
    MoveMatrix,
    PairContext,
    move_matrix,
    pair_contexts,
    wide_pairs,
)

MOST = 1.5
# Sizes this near to each other are the same.
SAME = 1e-9
Found = list[tuple[Any, ...]]  # n, percentile, z and the date, an array each, for each first index


class Case(NamedTuple):
    """Moves, and the plain loop for them."""

    name: str
    away: int
    plain: Callable[[MoveMatrix], Found]


def made_up(indices: int, sessions: int, away: int) -> MoveMatrix:
    """Moves of random closes, each index away on some dates before the last."""
    rng = np.random.default_rng(7)
    first, dates = dt.date(2024, 1, 1), sessions + 2
    days = [str(first + dt.timedelta(days=n)) for n in range(dates)]
    levels = 1_000 * np.exp(rng.normal(0, 0.01, (indices, dates)).cumsum(axis=1))
    rows = []
    for n, closes in enumerate(levels):
        missed = set(rng.choice(np.arange(1, dates - 1), away, replace=False).tolist())
        rows += [
            (f"IX{n:04d}", day, f"{close:.2f}")
            for date, (day, close) in enumerate(zip(days, closes, strict=True))
            if date not in missed
        ]
    levels_read = levels_of(rows)
    past = move_matrix(series(levels_read, levels_read.symbols))
    return MoveMatrix(past.days[1:], past.columns, past.pct[1:])


def without_gaps(past: MoveMatrix) -> Found:
    """A Python loop over the first index of each pair, numpy over all the others."""
    found = []
    for one in range(len(past.columns) - 1):
        spread = past.pct[:, [one]] - past.pct[:, one + 1 :]
        before, today = spread[:-1], spread[-1]
        sizes, size = np.abs(before), np.abs(today)
        percentile = (sizes < size - SAME).sum(axis=0) * 100 / len(before)
        z = (today - before.mean(axis=0)) / before.std(axis=0)
        found.append((np.full(len(today), len(before)), percentile, z, since(past, sizes, size)))
    return found


def with_gaps(past: MoveMatrix) -> Found:
    """The same where some moves are nan."""
    found = []
    for one in range(len(past.columns) - 1):
        spread = past.pct[:, [one]] - past.pct[:, one + 1 :]
        before, today = spread[:-1], spread[-1]
        sizes, size = np.abs(before), np.abs(today)
        common = ~np.isnan(before)
        n = common.sum(axis=0)
        percentile = (sizes < size - SAME).sum(axis=0) * 100 / n
        mean = np.where(common, before, 0.0).sum(axis=0) / n
        deviation = np.sqrt((np.where(common, before - mean, 0.0) ** 2).sum(axis=0) / n)
        found.append((n, percentile, (today - mean) / deviation, since(past, sizes, size)))
    return found


def since(past: MoveMatrix, sizes: Any, size: Any) -> Any:
    """The last date with a size at least as large."""
    as_wide = sizes >= size - SAME
    last = past.days[len(sizes) - 1 - as_wide[::-1].argmax(axis=0)]
    return np.where(as_wide.any(axis=0), last, np.datetime64("NaT", "D"))


def rows(past: MoveMatrix, found: Found) -> list[PairContext]:
    """The same, a row a pair."""
    since = past.days[0].item()
    told: list[PairContext] = []
    for n, percentile, z, widest in found:
        columns = (percentile.tolist(), z.tolist(), n.tolist(), widest.tolist())
        told += map(PairContext, *columns, itertools.repeat(since))
    return told


def agree(told: list[PairContext], expected: list[PairContext]) -> bool:
    """Whether both found the same of all pairs; since when there are data is not compared."""
    return len(told) == len(expected) and all(
        (a.n, a.percentile, a.widest_since) == (b.n, b.percentile, b.widest_since)
        and math.isclose(a.z or math.nan, b.z or math.nan, rel_tol=1e-9, abs_tol=1e-9)
        for a, b in zip(told, expected, strict=True)
    )


def compare(name: str, runs: int, ours: Callable[[], Any], plain: Callable[[], Any]) -> None:
    ratios = [seconds(ours) / seconds(plain) for _ in range(runs)]
    print(
        f"{name:<48} {statistics.median(ratios):.2f}"
        f" ({min(ratios):.2f} to {max(ratios):.2f}), at most {MOST}"
    )


def seconds(work: Callable[[], Any]) -> float:
    """The processor time of some work, of which the result is thrown away."""
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(case: Case, runs: int, indices: int, sessions: int) -> None:
    past = made_up(indices, sessions, case.away)
    # Each has the moves as they suit it best.
    by_date = past._replace(pct=np.ascontiguousarray(past.pct))
    day, symbols = past.days[-1].item(), list(past.columns)
    pairs = list(itertools.combinations(symbols, 2))

    def ours() -> list[PairContext]:
        return pair_contexts(past, pairs, day)

    def plain() -> list[PairContext]:
        return rows(past, case.plain(by_date))

    if not agree(ours(), plain()):
        raise SystemExit(f"{case.name}: not the same figures")
    compare(f"of_pairs, to the same rows, {case.name}", runs, ours, plain)
    compare(
        f"wide_pairs, to all figures, {case.name}",
        runs,
        lambda: wide_pairs(past, day, symbols),
        lambda: case.plain(by_date),
    )


def main() -> None:
    runs, indices, sessions = (
        int(sys.argv[n]) if len(sys.argv) > n else default
        for n, default in ((1, 7), (2, 1_000), (3, 250))
    )
    print(f"{indices:,} indices, {sessions} sessions, {runs} pairs of runs each: median of ratios")
    for case in (Case("without gaps", 0, without_gaps), Case("with gaps", 5, with_gaps)):
        measure(case, runs, indices, sessions)


if __name__ == "__main__":
    main()
