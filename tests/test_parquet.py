"""Parquet files say the same as typed columns and as text, and what cannot be typed is named."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketmove.config import load
from marketmove.errors import MarketMoveError
from marketmove.sources import Context, ReadOptions, open_source, read_blocks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from marketmove.sources import Block
    from program import RunCli

arrow = pytest.importorskip("pyarrow")
files = pytest.importorskip("pyarrow.parquet")
typed = pytest.importorskip("marketmove.sources.parquet")
columns = pytest.importorskip("marketmove.sources.arrow_columns")
wide_parquet = pytest.importorskip("marketmove.sources.wide_parquet")

CONFIG = load(None)
CONTEXT = Context(CONFIG.registry, CONFIG.words, CONFIG.exchanges)
NAMES = ["HSI", "N225", "ACME"]
ROWS = 120
DATES = [dt.date(2024, 1, 1) + dt.timedelta(days=n // 15 * 7 + n // 3 % 5) for n in range(ROWS)]
SYMBOLS = [NAMES[n % 3] for n in range(ROWS)]
CLOSES = [round(1000 + n * 37 % 401 / 7 + n % 3 * 400, 2) for n in range(ROWS)]
AT = 60


def _with(column: list[Any], value: Any, at: int = AT) -> list[Any]:
    return [*column[:at], value, *column[at + 1 :]]


def _moments(hour: int, zone: str | None = None) -> Any:
    stamps = [dt.datetime(d.year, d.month, d.day, hour) for d in DATES]  # noqa: DTZ001 - local
    return arrow.array(stamps, arrow.timestamp("us", zone))


def _table(date: Any = DATES, symbol: Any = SYMBOLS, close: Any = CLOSES, **more: Any) -> Any:
    return arrow.table({"date": date, "symbol": symbol, "close": close, **more})


def _decimals(kind: Any) -> Any:
    return arrow.array([Decimal(str(close)) for close in CLOSES], kind)


# Tables, and whether they go straight to numbers.
TYPED: dict[str, Callable[[], Any]] = {
    "plain": _table,
    "dictionaries": lambda: _table(*(arrow.array(c).dictionary_encode() for c in
                                     (DATES, SYMBOLS, CLOSES))),
    "nanoseconds": lambda: _table(arrow.array(DATES).cast(arrow.timestamp("ns"))),
    "seconds": lambda: _table(arrow.array(DATES).cast(arrow.timestamp("s"))),
    "milliseconds of days": lambda: _table(arrow.array(DATES, arrow.date64())),
    "dates as text": lambda: _table([str(day) for day in DATES]),
    "large text": lambda: _table(symbol=arrow.array(SYMBOLS, arrow.large_string())),
    "bytes": lambda: _table(symbol=arrow.array([name.encode() for name in SYMBOLS])),
    "float32": lambda: _table(close=arrow.array(CLOSES, arrow.float32())),
    "decimal128": lambda: _table(close=_decimals(arrow.decimal128(18, 4))),
    "decimal256": lambda: _table(close=_decimals(arrow.decimal256(50, 20))),
    "whole numbers": lambda: _table(close=[int(close) for close in CLOSES]),
    "newest first": lambda: _table(DATES[::-1], SYMBOLS[::-1], CLOSES[::-1]),
    "null": lambda: _table(close=_with(CLOSES, None)),
    "nan": lambda: _table(close=_with(CLOSES, float("nan"))),
    "infinite": lambda: _table(close=_with(CLOSES, float("inf"))),
    "below zero": lambda: _table(close=_with(CLOSES, -5.0)),
    "zero": lambda: _table(close=_with(CLOSES, 0.0)),
    "too large": lambda: _table(close=_with(CLOSES, 1e15)),
    "no date": lambda: _table(_with(DATES, None)),
    "no date at the beginning": lambda: _table([None, None, *DATES[2:]]),
    "no date at the end": lambda: _table(_with(DATES, None, ROWS - 1)),
    "a line of text at the end": lambda: _table(
        _with(DATES, None, ROWS - 1), _with(SYMBOLS, "an exchange", ROWS - 1),
        _with(CLOSES, None, ROWS - 1)),
    "nothing in a row": lambda: _table(*(_with(c, None) for c in (DATES, SYMBOLS, CLOSES))),
    "a year without indices": lambda: _table(_with(DATES, dt.date(1700, 1, 1))),
    "no symbol": lambda: _table(symbol=_with(SYMBOLS, None)),
    "a blank symbol": lambda: _table(symbol=_with(SYMBOLS, " ")),
    "a space behind a symbol": lambda: _table(symbol=_with(SYMBOLS, "HSI ")),
    "a date twice": lambda: _table(_with(DATES, DATES[AT + 3])),
    "minutes": lambda: _table([DATES[n // 40] for n in range(ROWS)]),
    "months": lambda: _table([dt.date(2000 + n // 36, n // 3 % 12 + 1, 1) for n in range(ROWS)]),
    "low and high": lambda: _table(
        high=[c + 1 for c in CLOSES], low=[c - 1 for c in CLOSES], volume=[*range(ROWS)]),
    "adjusted": lambda: _table(**{"adj close": [c / 2 for c in CLOSES]}),
    "stated changes": lambda: _table(change_pct=_with([0.5] * ROWS, None)),
    "stated fractions": lambda: _table(change_pct=[
        None if n < 3 else CLOSES[n] / CLOSES[n - 3] - 1 for n in range(ROWS)]),
    "lists beside": lambda: _table(meta=[[1, 2]] * ROWS),
    "names by their types": lambda: arrow.table({"val": CLOSES, "key": SYMBOLS, "zzz": DATES}),
}  # fmt: skip
AS_TEXT: dict[str, Callable[[], Any]] = {
    "with a time zone": lambda: _table(_moments(0, "UTC")),
    "times of the day": lambda: _table(_moments(16)),
    "the day first": lambda: _table([day.strftime("%d.%m.%Y") for day in DATES]),
    "closes as text": lambda: _table(close=[f"{close:,.2f}" for close in CLOSES]),
    "digits of dates": lambda: _table([int(day.strftime("%Y%m%d")) for day in DATES]),
    "numbers as names": lambda: _table(symbol=[n % 3 + 1 for n in range(ROWS)]),
    "a column an index": lambda: arrow.table(
        {"date": DATES[::3], **{name: CLOSES[n::3] for n, name in enumerate(NAMES)}}
    ),
}


def _said(block: Block) -> tuple[Any, ...]:
    rows = [tuple(map(str, vars(row).items())) for row in block.frame.rows()]
    faults = [(f.symbol, f.session, str(f.problem)) for f in block.faults]
    said = [str(said) for said in (*block.warnings, *block.notes)]
    return sorted(rows), block.symbols, faults, said, block.reading, sorted(block.blank)


def _outcome(path: Path) -> tuple[Any, ...]:
    try:
        return tuple(map(_said, read_blocks([open_source(path)], ReadOptions(), CONTEXT)))
    except MarketMoveError as error:
        return tuple(map(str, error.problems))


@pytest.mark.parametrize("name", [*TYPED, *AS_TEXT])
def test_typed_as_by_its_text(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "closes.parquet"
    files.write_table((TYPED | AS_TEXT)[name](), path)
    as_text = _outcome(path)
    monkeypatch.setattr(typed, "_FEW_CELLS", 0)
    monkeypatch.setattr(typed, "_HEAD_ROWS", 30)
    for odd_rows in (7, 1 << 12):
        monkeypatch.setattr(typed, "_ODD_ROWS", odd_rows)
        assert _outcome(path) == as_text
    assert as_text


@pytest.mark.parametrize("name", TYPED)
def test_columns_of_their_types_need_no_text(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "closes.parquet"
    files.write_table(TYPED[name](), path)
    as_text = _outcome(path)
    for limit in ("_FEW_CELLS", "_MOST_CELLS"):
        monkeypatch.setattr(typed, limit, 0)
    vast = _outcome(path)
    # What is left empty is not kept of a vast file.
    assert [said[:-1] for said in vast] == [said[:-1] for said in as_text]


REFUSED = {
    "with a time zone": "date is of type timestamp[us, tz=UTC]; write it as a date",
    "times of the day": "date is not a plain date, such as 2024-01-01 16:00:00",
    "the day first": "date is not a plain date, such as 01.01.2024",
    "closes as text": "close is of type string; write it as a number",
    "digits of dates": "date is of type int64; write it as a date",
    "numbers as names": "symbol is of type int64; write it as text",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_large_file_of_other_types_is_refused_by_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "closes.parquet"
    files.write_table(AS_TEXT[name](), path)
    for limit in ("_FEW_CELLS", "_MOST_CELLS"):
        monkeypatch.setattr(typed, limit, 0)
    assert _outcome(path) == (
        f"{path}: a Parquet file too large to read whole, and {REFUSED[name]}",
    )


def test_times_of_the_day_far_below_are_refused_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = _with(_moments(0).to_pylist(), dt.datetime(2024, 5, 1, 16))  # noqa: DTZ001 - local
    path = tmp_path / "closes.parquet"
    files.write_table(_table(moments), path)
    for limit, size in (("_FEW_CELLS", 0), ("_MOST_CELLS", 0), ("_HEAD_ROWS", 30)):
        monkeypatch.setattr(typed, limit, size)
    (said,) = _outcome(path)
    assert "date has times of the day; write it as a date" in said


LONG = 400
DAYS = [dt.date(2022, 1, 3) + dt.timedelta(days=n // 5 * 7 + n % 5) for n in range(LONG)]
LEVELS: dict[str, list[Any]] = {
    name: [round(1000 + n + n * k % 7 / 9, 2) for n in range(LONG)]
    for k, name in enumerate(["HSI", "N225", "ACME", "Dow Jones"], 3)
}


def _wide(date: Any = DAYS, **more: Any) -> Any:
    return arrow.table({"date": date, **LEVELS, **more})


def _hsi(value: Any) -> Any:
    return _wide(HSI=_with(LEVELS["HSI"], value))


WIDE: dict[str, Callable[[], Any]] = {
    "plain": _wide,
    "newest first": lambda: _wide(DAYS[::-1]),
    "gaps": lambda: _wide(HSI=[None if n % 5 else 900.5 for n in range(LONG)]),
    "nan": lambda: _hsi(float("nan")),
    "infinite": lambda: _hsi(float("inf")),
    "zero": lambda: _hsi(0.0),
    "below zero": lambda: _hsi(-5.5),
    "too large": lambda: _hsi(1e15),
    "no date": lambda: _wide(_with(DAYS, None)),
    "nothing in a row": lambda: arrow.table(
        {"date": _with(DAYS, None), **{n: _with(c, None) for n, c in LEVELS.items()}}),
    "a year without indices": lambda: _wide(_with(DAYS, dt.date(1700, 1, 1))),
    "a date twice": lambda: _wide(_with(DAYS, DAYS[AT + 3])),
    "an index that starts later": lambda: _wide(STOXX50E=[*[None] * 300, *LEVELS["HSI"][300:]]),
    "an index without closes": lambda: _wide(STOXX50E=arrow.array([None] * LONG, arrow.float64())),
    "other columns": lambda: _wide(volume=[n * n % 97 for n in range(LONG)], note=["x"] * LONG),
    "lists beside": lambda: _wide(meta=[[1, 2]] * LONG),
    "float32": lambda: _wide(HSI=arrow.array(LEVELS["HSI"], arrow.float32())),
    "decimals": lambda: _wide(
        HSI=arrow.array([Decimal(str(c)) for c in LEVELS["HSI"]], arrow.decimal128(18, 4))),
    "dates as text": lambda: _wide(
        [str(day) for day in DAYS], STOXX50E=[*[None] * 300, *LEVELS["HSI"][300:]]),
    "moments": lambda: _wide(arrow.array(DAYS).cast(arrow.timestamp("ns"))),
    "months": lambda: _wide([dt.date(1980 + n // 12, n % 12 + 1, 1) for n in range(LONG)]),
}  # fmt: skip


@pytest.mark.parametrize("name", WIDE)
def test_a_column_an_index_by_rows_as_by_its_text(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "closes.parquet"
    files.write_table(WIDE[name](), path, row_group_size=70)
    as_text = _outcome(path)
    for limit in ("_FEW_CELLS", "_MOST_CELLS"):
        monkeypatch.setattr(typed, limit, 0)
    monkeypatch.setattr(typed, "_HEAD_CELLS", 0)
    monkeypatch.setattr(wide_parquet, "_VALUES_AT_ONCE", 300)
    by_rows = _outcome(path)
    # Of a table too large to hold, gaps are not listed.
    assert [said[:-1] for said in by_rows] == [said[:-1] for said in as_text]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (
            {"HSI": [f"{c:,.2f}" for c in LEVELS["HSI"]]},
            "HSI is of type string; write it as a number",
        ),
        ({"date": [f"{d:%d.%m.%Y}" for d in DAYS]}, "date is of type string; write it as a date"),
    ],
)
def test_a_large_table_of_text_is_refused_by_name(
    more: dict[str, Any], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "closes.parquet"
    files.write_table(arrow.table({"date": DAYS, **LEVELS, **more}), path)
    for limit in ("_FEW_CELLS", "_MOST_CELLS"):
        monkeypatch.setattr(typed, limit, 0)
    assert _outcome(path) == (f"{path}: a Parquet file too large to read whole, and {reason}",)


DECIMAL = st.decimals(min_value=Decimal("0.000001"), max_value=10**14, places=7)


@given(levels=st.lists(st.one_of(DECIMAL, st.none()), min_size=1, max_size=40))
def test_the_nearest_float_of_every_decimal(levels: list[Decimal | None]) -> None:
    column = arrow.array(levels, arrow.decimal128(38, 7))
    found = columns.floats_of(column)
    nearest = [np.nan if level is None else float(level) for level in levels]
    assert np.array_equal(found, nearest, equal_nan=True)


def test_a_file_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "closes.parquet"
    files.write_table(_table([], [], []), path)
    assert _outcome(path) == (f"{path}: a header only; expected rows of closes below it",)


def test_long_texts_cost_nothing(tmp_path: Path, run_cli: RunCli) -> None:
    names = arrow.array(["x" * 5_000_000, "HSI"])
    codes = arrow.array(np.arange(20_000) % 2)
    days = np.repeat(np.datetime64("1970-01-01") + np.arange(10_000), 2)
    column = arrow.DictionaryArray.from_arrays(codes, names)
    path = tmp_path / "closes.parquet"
    files.write_table(_table(days, column, np.arange(20_000) + 1.5), path)
    ran = run_cli("session", "1990-02-14", "-l", path, "-i", "HSI", "-f", "csv")
    assert (ran.status, ran.stderr, [row["symbol"] for row in ran.rows]) == (0, "", ["HSI"])


def test_more_cells_than_a_file_of_its_size_can_hold(tmp_path: Path, run_cli: RunCli) -> None:
    path = tmp_path / "closes.parquet"
    size = 1 << 19
    table = _table(*(arrow.repeat(arrow.scalar(v), size) for v in (DATES[0], "HSI", 1.5)))
    files.write_table(table, path)
    ran = run_cli("session", "2024-01-01", "-l", path)
    assert (ran.stdout, ran.status) == ("", 3)
    assert "it claims to hold 524,288 rows in " in ran.stderr
