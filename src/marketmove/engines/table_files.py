"""Closes as the typed table that engines read: Parquet, a folder for each year."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from marketmove.atomic import whole_folder
from marketmove.closes.levels import Levels
from marketmove.errors import WrongUsageError

FILE = "closes.parquet"


def write_closes(levels: Levels, folder: Path) -> None:
    """Write closes as ``folder/year=YYYY/closes.parquet``: ``date``, ``symbol``, ``close``.

    Raises ``WrongUsageError`` without the extra ``parquet``, and ``OutputError`` if the folder is
    there already or cannot be written; then there is nothing new.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        text = "Parquet needs an extra: pip install 'marketmove[parquet]'"
        raise WrongUsageError.at(None, text) from None
    kinds = pa.schema(
        [
            pa.field("date", pa.date32(), nullable=False),
            pa.field("symbol", pa.string(), nullable=False),
            pa.field("close", pa.float64(), nullable=False),
        ]
    )
    names, codes, days, close = _columns(levels)
    years = days.astype("datetime64[Y]")
    symbols = pa.array(names, pa.string())
    with whole_folder(folder) as whole:
        for year in np.unique(years):
            rows = years == year
            columns = [
                pa.array(days[rows]),
                symbols.take(pa.array(codes[rows])),
                pa.array(close[rows]),
            ]
            path = whole / f"year={year}" / FILE
            path.parent.mkdir(parents=True)
            pq.write_table(pa.table(columns, kinds), path, compression="zstd")


def _columns(
    levels: Levels,
) -> tuple[list[str], npt.NDArray[Any], npt.NDArray[np.datetime64], npt.NDArray[np.float64]]:
    """The symbols, which of them each row has, its date and its close."""
    frame = levels.frame
    symbols = frame["symbol"].cat
    days = frame["session"].to_numpy().astype("datetime64[D]")
    return (
        [*map(str, symbols.categories)],
        symbols.codes.to_numpy(),
        days,
        frame["close"].to_numpy(),
    )
