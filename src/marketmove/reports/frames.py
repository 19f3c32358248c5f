"""Rows of the machine form as DataFrames: the columns of CSV, with the types that pandas has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

# What a column holds, by its name: suffixes are units. All else is text.
_TYPES = (
    (re.compile(r"(^|_)session$|_since$|^date$|^reopens$"), "datetime64[s]"),
    (re.compile(r"^(gap_sessions|streak|size_n|n)$"), "Int64"),
    (re.compile(r"^(streak_is_least|split)$"), "boolean"),
    (
        re.compile(r"(^|_)(close|pts|pct|pp|over|under|low|high|percentile|z)$|^relative_"),
        "float64",
    ),
)


def typed_frame(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Make a frame of rows of plain values, missing as None.

    Parameters
    ----------
    names
        The columns, as in CSV; their names say what they hold.
    rows
        A cell a column; dates are ISO text or dates.

    Returns
    -------
    DataFrame
        Dates as ``datetime64[s]``, counts ``Int64``, yes and no ``boolean``, other figures
        ``float64``, text as Python strings; missing is NaT, NA, nan or None.

    Examples
    --------
    >>> frame = typed_frame(["session", "close", "name"], [("2025-02-14", 22620.33, None)])
    >>> [str(dtype) for dtype in frame.dtypes]
    ['datetime64[s]', 'float64', 'object']
    """
    cells = list(zip(*rows, strict=True)) or [()] * len(names)
    columns = zip(names, cells, strict=True)
    return pd.DataFrame({name: _typed(name, values) for name, values in columns})


def _typed(name: str, values: Sequence[Any]) -> pd.Series[Any]:
    kind = next((kind for pattern, kind in _TYPES if pattern.search(name)), "object")
    column: Any = pd.Series(list(values), dtype="object")
    typed: pd.Series[Any] = column.astype(kind)
    return typed
