"""Rows of the machine form as DataFrames: the columns of CSV, with the types that pandas has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

# What a column holds, by its name: suffixes are units. All else is text.
_TYPES = {
    r"(^|_)session$|_since$|^date$|^reopens$": "datetime64[s]",
    r"^(gap_sessions|sessions_behind|streak|size_n|n)$": "Int64",
    r"^(streak_is_least|split)$": "boolean",
    r"(^|_)(close|pts|pct|pp|over|under|low|high|percentile|z|fx_rate)$|^relative_": "float64",
}


def typed_frame(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Make a frame of rows of plain values, missing as None, which becomes NaT, NA, nan or None.

    The names are those of CSV, and say what the columns hold; dates are ISO text or dates.
    """
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pd.DataFrame({n: _typed(n, cells) for n, cells in zip(names, columns, strict=True)})


def _typed(name: str, values: Sequence[Any]) -> pd.Series[Any]:
    kind = next((kind for pattern, kind in _TYPES.items() if re.search(pattern, name)), "object")
    column: Any = pd.Series(list(values), dtype="object")
    typed: pd.Series[Any] = column.astype(kind)
    return typed
