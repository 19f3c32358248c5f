"""What tests of the API share: calls without their warnings, and frames as CSV writes them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

import marketmove


def quietly(function: Any, *arguments: Any, **options: Any) -> Any:
    """Call a function, whatever it warns of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", marketmove.MarketMoveWarning)
        return function(*arguments, **options)


def in_csv(frame: pd.DataFrame) -> list[dict[str, str]]:
    """The rows of a frame as the command line writes them."""
    return [
        {str(name): csv_cell(cell) for name, cell in row.items()}
        for row in frame.to_dict("records")
    ]


def csv_cell(value: Any) -> str:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, pd.Timestamp):
        assert value == value.normalize()
        return value.date().isoformat()
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value)


def hsi(*cells: Any) -> pd.DataFrame:
    """Closes of one index on weekdays in February 2025, one a cell."""
    return pd.DataFrame({"HSI": cells}, index=pd.bdate_range("2025-02-03", periods=len(cells)))
