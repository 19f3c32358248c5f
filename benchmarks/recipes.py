"""What usual recipes get wrong on real closes of markets with different holidays.

    MARKETMOVE_TEST_DATA=FOLDER python benchmarks/recipes.py

Each pair of indices is put into one table of dates, as spreadsheets and pandas have it, and the
daily changes are taken from it by three recipes. They are held against the moves of `marketmove
history`, each index from its own prior close, which a test holds against exact fractions.
A recipe can give another figure for a session (wrong), give none (lost), or give one for a day on
which the exchange was shut or the close is lacking (made up).
"""

import datetime as dt
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from marketmove.commands.history import HistoryRequest, history
from marketmove.config import load
from marketmove.sources import ReadOptions

FIRST, LAST = dt.date(2000, 1, 1), dt.date(2026, 12, 31)
# One index a market; the others of the same exchange would count its holidays twice.
INDICES = ("HSI", "N225", "SSEC", "TWII", "NSEI", "FTSE", "GDAXI", "SPX")
# Far below the last digit that anyone prints, far above the rounding of a float, in percent.
TOLERANCE = 1e-6


def common_dates(wide: pd.DataFrame) -> pd.DataFrame:
    kept = wide.dropna()
    return (kept / kept.shift() - 1) * 100


def row_above(wide: pd.DataFrame) -> pd.DataFrame:
    return (wide / wide.shift() - 1) * 100


def forward_fill(wide: pd.DataFrame) -> pd.DataFrame:
    filled = wide.ffill()
    return (filled / filled.shift() - 1) * 100


RECIPES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "common dates": common_dates,
    "the row above": row_above,
    "forward fill": forward_fill,
}


class Score(NamedTuple):
    """How many moves there are, and what a recipe makes of them."""

    moves: int
    wrong: int
    lost: int
    made_up: int

    def __str__(self) -> str:
        each = (self.wrong, self.lost, self.made_up)
        return "".join(f"{n:>8,} {100 * n / self.moves:5.2f}%" for n in each)


def score(given: pd.DataFrame, true: pd.DataFrame) -> Score:
    given = given.reindex(true.index)[list(true.columns)]
    ours, theirs = true.notna().to_numpy(), given.notna().to_numpy()
    differ = np.abs(given.to_numpy() - true.to_numpy()) > TOLERANCE
    return Score(
        moves=int(ours.sum()),
        wrong=int((ours & theirs & differ).sum()),
        lost=int((ours & ~theirs).sum()),
        made_up=int((theirs & ~ours).sum()),
    )


def our_moves(folder: Path) -> pd.DataFrame:
    """The moves of every index, a column an index."""
    request = HistoryRequest(FIRST, LAST, (folder,), INDICES, ReadOptions(), load(None))
    frame = history(request).frame
    names = ("session", "symbol", "change_pct")
    moves = pd.DataFrame({name: frame[name] for name in names})
    return moves.pivot(index="session", columns="symbol", values="change_pct")


def closes(folder: Path) -> pd.DataFrame:
    """The files as they are, side by side, a column an index."""
    columns = [
        pd.read_csv(folder / f"{name}.csv", parse_dates=["date"], index_col="date")["close"]
        for name in INDICES
    ]
    return pd.concat(columns, axis=1, keys=INDICES, sort=True)


def main() -> None:
    folder = Path(os.environ["MARKETMOVE_TEST_DATA"]) / "closes-long"
    true, wide = our_moves(folder), closes(folder)
    scores: dict[str, list[Score]] = {name: [] for name in RECIPES}
    print(f"{'':<14} {'moves':>7}  {'recipe':<14}{'wrong':>15}{'lost':>15}{'made up':>15}")
    for pair in itertools.combinations(INDICES, 2):
        both = wide[list(pair)].dropna(how="all")
        start = both.dropna().index[0]
        table = both[both.index >= start]
        ours = true.loc[true.index > start, list(pair)]
        for name, recipe in RECIPES.items():
            found = score(recipe(table), ours.reindex(ours.index.union(table.index[1:])))
            scores[name].append(found)
            print(f"{' '.join(pair):<14} {found.moves:>7,}  {name:<14}{found}")
    for name, of_pairs in scores.items():
        total = Score(*(sum(column) for column in zip(*of_pairs, strict=True)))
        print(f"{'all pairs':<14} {total.moves:>7,}  {name:<14}{total}")


if __name__ == "__main__":
    main()
