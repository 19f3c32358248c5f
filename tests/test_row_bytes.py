"""Rows written a column at a time are those written cell by cell."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marketmove.frame import Frame, Labels
from marketmove.render.machine import write_csv, write_json, write_ndjson
from marketmove.render.row_bytes import CSV, JSON, NDJSON, RowWriter
from marketmove.reports.documents import csv_rows
from profiles import tried

NAMES = [
    "session", "symbol", "name", "basis", "close", "prior_session", "change_pts", "change_pct",
    "source", "change_pct_over", "gap_sessions", "closed_for", "doubt",
]  # fmt: skip

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=[]), max_size=8)
names = texts | st.sampled_from(['a,"b"', "=1", "x\ny", "x\ry", "港股", "\x9b", "\ud800", " "])
few = st.integers(-(10**9), 10**9).flatmap(
    lambda units: st.sampled_from([units / 100, units / 10_000, units * 1.0])
)
floats = (
    few
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([math.nan, -0.0, 0.01, 1e15, 1e16, 9999999999999.99, 1e-300, 0.1 + 0.2])
)
days = st.dates() | st.none()
rows = st.lists(
    st.tuples(days, names, names | st.none(), floats, floats, floats, names | st.none(),
              st.integers(0, 10**7), st.integers(0, 300) | st.none(), names | st.none()),
    min_size=1, max_size=30,
)  # fmt: skip
ROW = (dt.date(2025, 2, 14), "HSI", None, 22620.33, 805.96, 3.694629, "a.csv", 2, None, None)


def _days(values: list[Any]) -> Any:
    return np.array([value or "NaT" for value in values], dtype="datetime64[D]")


def _labels(values: list[Any]) -> Labels:
    known = sorted({value for value in values if value is not None})
    codes = [-1 if value is None else known.index(value) for value in values]
    return Labels(tuple(known), np.array(codes))


def _objects(values: list[Any]) -> Any:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def _frame(cells: list[Any]) -> Frame:
    day, symbol, name, close, pts, pct, file, line, gap, why = map(list, zip(*cells, strict=True))
    return Frame({
        "session": _days(day), "prior_session": _days(day[::-1]), "symbol": _labels(symbol),
        "name": _labels(name), "close": np.array(close), "change_pts": np.array(pts),
        "change_pct": np.array(pct), "file": _labels(file), "line": np.array(line),
        "gap_sessions": np.array([math.nan if n is None else n for n in gap]),
        "closed_for": _objects(why), "doubt": _labels(why[::-1]),
    })  # fmt: skip


@given(cells=rows)
@example(cells=[ROW])
@example(cells=[ROW, (None, "", "", math.nan, -0.0, 1e22, None, 0, 3, "Lunar New Year")])
@settings(max_examples=tried(50, 2_000), deadline=None)
def test_the_same_text(cells: list[Any]) -> None:
    frame = _frame(cells)
    one_by_one = [*csv_rows(frame, NAMES)]
    written = [dict(zip(NAMES, row, strict=True)) for row in one_by_one]
    assert RowWriter(NAMES, CSV).text(frame) == write_csv(one_by_one)
    assert RowWriter(NAMES, NDJSON).text(frame) == write_ndjson(written)
    moves = RowWriter(NAMES, JSON).text(frame)
    assert moves is not None
    document = '{\n  "moves": [\n' + moves.removesuffix(",\n") + "\n  ]\n}\n"
    assert document == write_json({"moves": written})
    assert json.loads(document)["moves"] == written


def test_blocks_of_the_same_labels_and_of_others() -> None:
    other = (dt.date(2025, 2, 14), "N225", None, 1.5, 0.5, 1.0, "b,c.csv", 3, None, None)
    writer = RowWriter(NAMES, CSV)
    for frame in (_frame([ROW, other]), _frame([other]), _frame([ROW])):
        assert writer.text(frame) == write_csv(csv_rows(frame, NAMES))


@pytest.mark.parametrize("text", ["a\0b", "x" * 300])
def test_what_is_left_to_the_slow_way(text: str) -> None:
    frame = _frame([(dt.date(2025, 2, 14), text, None, 1.0, 1.0, 1.0, "a.csv", 2, None, None)])
    assert RowWriter(NAMES, CSV).text(frame) is None
    assert RowWriter(["close"], CSV).text(frame) is None
