"""Columns as Arrow has them: which are dates, texts and numbers, and what they say as such."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as arrow
from pyarrow import compute, types

from marketmove.sources.grid import Grid
from marketmove.sources.parts import Coded, iso_day
from marketmove.sources.typed import cell_text
from marketmove.sources.workbooks import typed_grid

_LONGEST = 1_000
# The days that a date may be of, as those of text may.
_FIRST, _LAST = np.datetime64("1800-01-01"), np.datetime64("2200-12-31")


class NotTypedError(Exception):
    """Says which column cannot go straight to numbers, and why."""


def values_of(kind: Any) -> Any:
    """Give the type of the values of a column, each of which may be held once."""
    return kind.value_type if types.is_dictionary(kind) else kind


def is_text(kind: Any) -> bool:
    """Tell a type of texts."""
    kind = values_of(kind)
    # Of bytes that nobody said are text some programs make texts.
    found = (types.is_string, types.is_large_string, types.is_string_view, types.is_binary)
    return any(is_kind(kind) for is_kind in (*found, types.is_large_binary))


def is_date(kind: Any) -> bool:
    """Tell a type of dates, with or without a time of day."""
    return bool(types.is_date(kind) or types.is_timestamp(kind))


def is_number(kind: Any) -> bool:
    """Tell a type of numbers."""
    return bool(types.is_floating(kind) or types.is_integer(kind) or types.is_decimal(kind))


def text_of(names: Sequence[str], columns: Sequence[Any], label: str, mark: str) -> Grid:
    """Give columns as a table of text, with a decimal mark."""
    rows = zip(*(cells_as_values(column, mark) for column in columns), strict=True)
    return typed_grid(label, [list(names), *rows], "Parquet", mark)


def cells_as_values(column: Any, mark: str) -> list[Any]:
    """Give the values of a column; texts of which many are the same once."""
    if not is_text(column.type):
        return [*column.to_pylist()]
    coded = texts_of(column, mark)
    return [coded.values[code] for code in coded.codes.tolist()]


def days_of(column: Any, name: str) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.bool_]]:
    """Give the days of dates, and which rows have one that an index may have."""
    kind = column.type
    if not is_date(kind):
        texts = texts_of(column)
        found = [iso_day(text) for text in texts.values]
        known = np.array([day or dt.date(1970, 1, 1) for day in found], dtype="datetime64[D]")
        return known[texts.codes], np.array([day is not None for day in found])[texts.codes]
    given = column.is_valid().to_numpy(zero_copy_only=False)
    if types.is_date32(kind):
        days = column.cast(arrow.int32()).fill_null(0).to_numpy(zero_copy_only=False)
        days = days.astype(np.int64)
    else:
        unit = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[getattr(kind, "unit", "ms")]
        ticks = column.cast(arrow.int64()).fill_null(0).to_numpy(zero_copy_only=False)
        days, rest = np.divmod(ticks, 86_400 * unit)
        if rest.any():
            raise NotTypedError(f"{name} has times of the day; write it as a date")
    found = days.astype("datetime64[D]")
    return found, given & (found >= _FIRST) & (found <= _LAST)


def texts_of(column: Any, mark: str = ".") -> Coded:
    """Give the texts of a column, "" for none; numbers and dates as texts that read one way."""
    encoded = column if types.is_dictionary(column.type) else column.dictionary_encode()
    values = encoded.dictionary
    if not types.is_string(values.type) and is_text(values.type):
        values = values.cast(arrow.string())
    texts = [_short(cell_text(value, mark), n) for n, value in enumerate(values.to_pylist())]
    codes = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    return Coded([*texts, ""], codes)


def _short(text: str, number: int) -> str:
    """A text, cut where it is absurdly long; by its number it stays another than all others."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({number})"


def floats_of(column: Any) -> npt.NDArray[np.float64]:
    """Give the nearest float of each number, nan for none."""
    if hasattr(column, "dictionary"):
        column = column.dictionary_decode()
    if types.is_decimal(column.type):
        # Of decimals themselves arrow makes floats that are one off in the last digit.
        column = column.cast(arrow.string())
    floats = column.cast(arrow.float64(), safe=False)
    values: npt.NDArray[np.float64] = floats.to_numpy(zero_copy_only=False)
    return values


def flat_names(file: Any) -> list[str] | None:
    """Give the names of columns that have a value a row; None where all have."""
    schema = file.schema_arrow
    nested = [field for field in schema if types.is_nested(field.type)]
    return [field.name for field in schema if field not in nested] if nested else None


def dated_head(file: Any, rows: int) -> Any:
    """Give the first rows of a file, of those the ones with a date if there are typed dates."""
    batch = next(file.iter_batches(rows, columns=flat_names(file), use_threads=False))
    dated = [column.is_valid() for column in batch.columns if is_date(values_of(column.type))]
    # A row without a date is none of the header, though one of text would be.
    return batch.filter(functools.reduce(compute.or_, dated)) if dated else batch
