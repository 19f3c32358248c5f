"""Large tidy files are read by blocks, and say the same as when they are read cell by cell."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanes import CONFIG, CONTEXT, NAMES_LIKE_OTHERS, ODD_CLOSES, ODD_DATES, ODD_NAMES, outcome
from marketmove.closes.levels import Levels, fold, rows_needed
from marketmove.moves.measure import moves_at
from marketmove.moves.rows import read_moves
from marketmove.sources import (
    Block,
    ReadOptions,
    Source,
    by_lines,
    large,
    opening,
)
from marketmove.sources.large import read_large
from marketmove.sources.parts import Form
from marketmove.sources.plain_rows import part_of
from profiles import tried

if TYPE_CHECKING:
    from pathlib import Path

    from program import RunCli

HEADER = "date,symbol,close\n"
DAY = dt.date(2025, 2, 14)


def _tidy(days: int, indices: int) -> list[str]:
    """Rows of weekdays and indices, each close different."""
    start = dt.date(2020, 1, 1)
    dates = (start + dt.timedelta(days=n) for n in range(2 * days))
    weekdays = [date for date in dates if date.weekday() < 5][:days]
    return [
        f"{date},IX{i:04d},{1000 + n + i * 7}.{(n * i) % 100:02d}\n"
        for n, date in enumerate(weekdays)
        for i in range(indices)
    ]


def _by_blocks(path: Path, text: str, keep: Any = None) -> Block | None:
    path.write_bytes(data := text.encode())
    source = Source("closes.csv", "closes", data, path, stamp=opening._stamp(path))
    return read_large(source, ReadOptions(), CONTEXT, keep)


def _levels(path: Path, text: str, keep: Any = None) -> Levels:
    block = _by_blocks(path, text, keep)
    assert block is not None
    return fold([block], CONFIG.registry)


# Sound rows at the beginning settle the form; what follows may be anything.
START = "".join(f"2025-01-{day:02d},SURE,1{day}.5\n" for day in range(1, 21))
ROW = st.tuples(
    st.dates(dt.date(2025, 2, 10), dt.date(2025, 2, 21)).map(str),
    st.sampled_from(["HSI", "N225", "AAA", *NAMES_LIKE_OTHERS]),
    st.one_of(
        st.sampled_from(["1.5", "22620.33", "7", "", "N/A", "1e3", "0.000012", "123456.789"]),
        st.from_regex(r"[0-9]{1,17}(\.[0-9]{1,12})?", fullmatch=True, alphabet="0123456789."),
    ),
).map(lambda cells: ",".join(cells) + "\n")
ODD_ROWS = [
    *("2025-02-14,HSI\n", "2025-02-14\n", ",,\n", "\n", " \n", "\r", "x\n", "# remark\n"),
    *("date,symbol,close\n", "Source: an exchange\n", "2025-02-14;HSI;1.5\n"),
    *(f"{date},HSI,1.5\n" for date in ODD_DATES),
    *(f"2025-02-14,{name},1.5\n" for name in ODD_NAMES),
    *(f"2025-02-14,HSI,{close}\n" for close in ODD_CLOSES),
]


@pytest.mark.parametrize("row", ODD_ROWS, ids=lambda row: ascii(row)[:50])
@pytest.mark.parametrize("after", ["", "2025-02-15,HSI,2.5\n"], ids=["last", "within"])
def test_an_odd_row_by_blocks_as_cell_by_cell(
    row: str, after: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "_SAMPLE_BYTES", len(HEADER + START))
    text = HEADER + START + row + after
    path = tmp_path / "closes.csv"
    whole = outcome(path, text, "cells")
    assert outcome(path, text, "blocks") == whole
    assert outcome(path, text, "vast") == whole


@pytest.mark.parametrize("row", ["x,HSI,1.5\n", "2025-02-14,HSI\n", "2025-02-30,HSI,1.5\n"])
@pytest.mark.parametrize("at", [0, 1], ids=["first of a block", "last of a block"])
def test_a_bad_row_at_the_edge_of_a_block_is_not_lost(
    row: str, at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "_SAMPLE_BYTES", len(HEADER + START))
    monkeypatch.setattr(by_lines, "_BLOCK_BYTES", len(START) + at)
    text = HEADER + START + row + 3 * START.replace("SURE", "LATER").replace("2025", "2024")
    levels = _levels(tmp_path / "closes.csv", text)
    assert [f.problem.place and f.problem.place.line for f in levels.faults] == [22]
    assert len(levels.frame) == 40


def test_zero_bytes_are_named_with_their_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "_SAMPLE_BYTES", len(HEADER + START))
    levels = _levels(tmp_path / "c.csv", HEADER + START + "2025-02-14,HSI,1\0\n")
    assert [str(fault.problem) for fault in levels.faults] == [
        "closes.csv:22: HSI: 1\0 is not a number; expected a close such as 22620.33"
    ]


def test_bytes_that_are_not_utf_8_leave_the_file_to_be_read_whole() -> None:
    data = (HEADER + START).encode() + b"2025-02-14,\xe9,1.5\n"
    assert read_large(Source("c.csv", "c", data), ReadOptions(), CONTEXT, None) is None


NAMES = st.sampled_from(["HSI", "N225", *NAMES_LIKE_OTHERS])


@given(names=st.lists(NAMES, min_size=1, max_size=8))
def test_names_stay_as_they_are_written(names: list[str]) -> None:
    block = "".join(f"2025-02-14,{name},1.5\n" for name in names)
    part = part_of(block.encode(), 2, Form(",", 3, 0, 1, 2))
    assert part is not None
    assert [part.symbols[n] for n in part.rows.symbol.tolist()] == names
    assert sorted(part.symbols) == sorted(set(names))


@given(
    order=st.permutations(["date", "symbol", "close", "note", "remark"]),
    delimiter=st.sampled_from(";\t|,"),
    closes=st.lists(st.sampled_from(["1.5", "7", "", "N/A", "+1", "1.", "x"]), min_size=1),
)
def test_columns_in_any_order(order: list[str], delimiter: str, closes: list[str]) -> None:
    rows = [
        {"date": "2025-02-14", "symbol": f"IX{n}.", "close": close, "note": "1.", "remark": "+e"}
        for n, close in enumerate(closes)
    ]
    block = "".join(delimiter.join(row[name] for name in order) + "\n" for row in rows)
    date, symbol, close = map(order.index, ("date", "symbol", "close"))
    part = part_of(block.encode(), 2, Form(delimiter, 5, date, symbol, close))
    if not {"+1", "1.", "x"}.isdisjoint(closes):
        assert part is None
        return
    assert part is not None
    assert [part.symbols[n] for n in part.rows.symbol.tolist()] == [
        f"IX{n}." for n in range(len(closes))
    ]
    assert part.rows.line.tolist() == [n + 2 for n in range(len(closes))]
    levels = [float(close) if close[:1].isdigit() else None for close in closes]
    assert [None if np.isnan(close) else close for close in part.rows.close] == levels
    assert part.blank.tolist() == [level is None for level in levels]


@settings(max_examples=tried(30, 100), deadline=None)
@given(
    rows=st.lists(st.one_of(ROW, ROW, st.sampled_from(ODD_ROWS)), min_size=1, max_size=30),
    block_bytes=st.sampled_from([200, 1 << 20, 1 << 20]),
    end=st.sampled_from(["", "\n"]),
)
def test_by_blocks_as_cell_by_cell(
    rows: list[str], block_bytes: int, end: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = HEADER + START + "".join(rows).removesuffix("\n") + end
    path = tmp_path_factory.mktemp("large") / "closes.csv"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large, "_SAMPLE_BYTES", len(HEADER + START))
        patch.setattr(by_lines, "_BLOCK_BYTES", block_bytes)
        patch.setattr(by_lines, "_ODD_BYTES", 150)
        lanes = (("blocks", None), ("vast", None), ("vast", _all))
        outcomes = [outcome(path, text, lane, keep) for lane, keep in lanes]
    whole = outcome(path, text, "cells")
    assert outcomes == 3 * [whole]


def _all(symbols: Any, _sessions: Any) -> Any:
    """A filter that keeps all rows, but has dates that come twice looked for."""
    return np.arange(len(symbols))


LEVEL = st.from_regex(r"[1-9][0-9]{0,14}(\.[0-9]{1,24})?", fullmatch=True, alphabet="0123456789.")


@given(levels=st.lists(LEVEL, min_size=1, max_size=20))
def test_the_nearest_float_of_the_digits_written(levels: list[str]) -> None:
    block = "".join(f"2025-02-14,IX{n},{level}\n" for n, level in enumerate(levels))
    part = part_of(block.encode(), 2, Form(",", 3, 0, 1, 2))
    assert part is not None
    assert part.rows.close.tolist() == [float(level) for level in levels]


def test_a_bad_row_in_a_later_block_has_its_physical_line(tmp_path: Path) -> None:
    rows = _tidy(500, 1000)
    rows[499_000] = rows[499_000].rsplit(",", 1)[0] + ",12x\n"
    levels = _levels(tmp_path / "closes.csv", HEADER + "".join(rows))
    assert [str(fault.problem) for fault in levels.faults] == [
        "closes.csv:499002: IX0000: 12x is not a number; expected a close such as 22620.33"
    ]
    assert len(levels.frame) == len(rows) - 1


def test_what_is_kept_is_enough_for_a_session(tmp_path: Path) -> None:
    rows = _tidy(400, 900)
    text = HEADER + "".join(rows)
    day = dt.date.fromisoformat(rows[200 * 900][:10])
    kept = _levels(
        tmp_path / "closes.csv",
        text,
        keep=lambda symbols, sessions: rows_needed(symbols, sessions, [day]),
    )
    assert len(kept.frame) < 900 * 3 * 3
    moves = read_moves(moves_at(kept, dict.fromkeys(kept.symbols, day)))
    for move, (before, now) in zip(
        moves, zip(rows[199 * 900 :], rows[200 * 900 : 201 * 900], strict=False), strict=True
    ):
        assert (move.symbol, move.close) == (now.split(",")[1], float(now.split(",")[2]))
        assert (str(move.prior_session), move.prior_close) == (
            before.split(",")[0],
            float(before.split(",")[2]),
        )


def test_the_row_behind_a_day_is_kept_for_it_tells_missing_from_pending() -> None:
    """Of rows on 1, 2, 3, 6 and 7 May the 5th needs the last two before it and the next."""
    sessions = np.array([f"2024-05-{day:02}" for day in (1, 2, 3, 6, 7)], dtype="datetime64[s]")
    kept = rows_needed(np.zeros(5, dtype=int), sessions, [dt.date(2024, 5, 5)])
    assert kept.tolist() == [1, 2, 3]


def test_a_date_twice_in_blocks_far_apart_is_a_conflict(tmp_path: Path) -> None:
    rows = _tidy(500, 1000)
    twice = rows[5].rsplit(",", 1)[0] + ",1.25\n"
    text = HEADER + "".join([*rows, twice])
    levels = _levels(
        tmp_path / "closes.csv",
        text,
        keep=lambda symbols, sessions: rows_needed(symbols, sessions, [DAY]),
    )
    assert [str(fault.problem) for fault in levels.faults] == [
        (
            "closes.csv:500002: IX0005 has two closes for 2020-01-01: 1.25 here and 1,035.00 at"
            " closes.csv:7; remove the wrong one"
        )
    ]


def test_a_file_beyond_the_limit_through_the_program(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "closes.csv"
    rows = _tidy(900, 1600)
    path.write_text(HEADER + "".join(rows))
    assert path.stat().st_size > 32 << 20
    now, before = rows[800 * 1600 + 3], rows[799 * 1600 + 3]
    ran = run_cli("session", now[:10], "--levels", path, "--format", "csv", "-i", "IX0003")
    assert (ran.status, ran.stderr) == (0, "")
    (row,) = ran.rows
    assert (row["close"], row["prior_close"]) == (
        str(float(now.split(",")[2])),
        str(float(before.split(",")[2])),
    )
    assert row["source"] == f"{path}:{800 * 1600 + 3 + 2}"
    days = [rows[n * 1600 + 3].split(",") for n in range(798, 803)]
    asked = ("--levels", path, "--format", "csv", "-i", "IX0003", "--period", "ytd")
    ran = run_cli("history", days[1][0], days[-1][0], *asked)
    assert (ran.status, ran.stderr) == (0, "")
    assert [(row["session"], float(row["close"])) for row in ran.rows] == [
        (day, float(close)) for day, _, close in days[1:]
    ]
    assert [row["prior_session"] for row in ran.rows] == [day for day, *_ in days[:-1]]
    year = days[0][0][:4]
    last = max(rows[n * 1600][:10] for n in range(900) if rows[n * 1600][:4] < year)
    assert {row["ytd_prior_session"] for row in ran.rows} == {last}
