"""Closes as the typed table that engines read: Parquet, a folder for each year."""

from __future__ import annotations

from pathlib import Path

import numpy as np

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
    frame = levels.frame
    symbols, days = frame.labels("symbol"), frame["session"]
    years = days.astype("datetime64[Y]")
    names = pa.array(symbols.values, pa.string())
    with whole_folder(folder) as whole:
        for year in np.unique(years):
            rows = years == year
            columns = [
                pa.array(days[rows]),
                names.take(pa.array(symbols.codes[rows])),
                pa.array(frame["close"][rows]),
            ]
            path = whole / f"year={year}" / FILE
            path.parent.mkdir(parents=True)
            pq.write_table(pa.table(columns, kinds), path, compression="zstd")
