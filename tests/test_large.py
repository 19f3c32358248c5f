"""Large tidy files are read by blocks, and say the same as when they are read cell by cell."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from marketmove.closes.levels import Levels, around, fold
from marketmove.config import load
from marketmove.errors import MarketMoveError
from marketmove.moves.measure import moves_at, read_moves
from marketmove.sources import Context, ReadOptions, Source, read_blocks
from marketmove.sources.large import read_large
from marketmove.sources.plain import Form, cells_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from program import RunCli

CONFIG = load(None)
CONTEXT = Context(CONFIG.registry, CONFIG.words, CONFIG.exchanges)
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


def _read(path: Path, text: str, *, by_blocks: bool, keep: Any = None) -> Levels | None:
    data = text.encode()
    path.write_bytes(data)
    source = Source("closes.csv", "closes", data)
    if by_blocks:
        block = read_large(source, path, ReadOptions(), CONTEXT, keep)
        return None if block is None else fold([block], CONFIG.registry)
    return fold(read_blocks([source], ReadOptions(), CONTEXT), CONFIG.registry)


def _said(levels: Levels) -> tuple[Any, ...]:
    frame = levels.frame
    rows = zip(frame["symbol"], frame["session"], frame["close"], frame["line"], strict=True)
    return (
        [(str(symbol), when.date(), close, line) for symbol, when, close, line in rows],
        sorted((f.symbol or "", str(f.session), str(f.problem)) for f in levels.faults),
        [str(note) for note in levels.repeats],
    )


ROW = st.tuples(
    st.dates(dt.date(2025, 2, 10), dt.date(2025, 2, 21)).map(str),
    st.sampled_from(["HSI", "N225", "AAA", "NA", "[x]", "日経", "Hang Seng Index", "x" * 33]),
    st.one_of(
        st.sampled_from(["1.5", "22620.33", "7", "", "N/A", "1e3", "0.000012", "123456.789"]),
        st.from_regex(r"[0-9]{1,17}(\.[0-9]{1,12})?", fullmatch=True, alphabet="0123456789."),
    ),
).map(lambda cells: ",".join(cells) + "\n")
ODD_ROW = st.sampled_from(
    [
        *("2025-02-14,HSI\n", "2025-02-14,HSI,1.5,\n", "2025-02-14,HSI,22,620.33\n", "\n"),
        *("2025-13-45,HSI,1.5\n", "2025-02-14,,1.5\n", '2025-02-14,"HSI",1.5\n', "x\n"),
        *("2025-02-14,HSI,inf\n", "2025-02-14,HSI,-5\n", "2025-02-14,HSI,0\n", ",,\n"),
        *("2025-02-14, HSI ,1.5\n", "2025-02-14,HSI,1_000\n", "2025-02-14,HSI,0x10\n"),
        *("2025-02-14,HSI,+1.5\n", "2025-02-14,HSI,nan\n", "2025-02-14,HSI,1.5\r\n"),
        *(
            "2025-02-14,HSI,.\n",
            "2025-02-14,HSI,1.\n",
            "2025-02-14,HSI,-nan\n",
            "2025-2-14,HSI,1.5\n",
            "2025-02-14,HSI, 1.5\n",
        ),
    ]
)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.one_of(ROW, ROW, ODD_ROW), min_size=1, max_size=30))
def test_by_blocks_as_cell_by_cell(
    rows: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    # Sound rows at the beginning settle the form; what follows may be anything.
    start = [f"2025-01-{day:02d},SURE,1{day}.5\n" for day in range(1, 21)]
    text = HEADER + "".join(start) + "".join(rows)
    path = tmp_path_factory.mktemp("large") / "closes.csv"
    assert _outcome(path, text, by_blocks=True) in (None, _outcome(path, text, by_blocks=False))


LEVEL = st.from_regex(r"[1-9][0-9]{0,9}(\.[0-9]{1,11})?", fullmatch=True, alphabet="0123456789.")


@given(levels=st.lists(LEVEL, min_size=1, max_size=20))
def test_the_nearest_float_of_the_digits_written(levels: list[str]) -> None:
    block = "".join(f"2025-02-14,IX{n},{level}\n" for n, level in enumerate(levels))
    cells = cells_of(block.encode(), Form(",", 3, 0, 1, 2))
    assert cells is not None
    assert cells.closes.values(cells.row).tolist() == [float(level) for level in levels]


def _outcome(path: Path, text: str, *, by_blocks: bool) -> tuple[Any, ...] | None:
    """What is read, or the problems; None where blocks leave a file to be read whole."""
    try:
        levels = _read(path, text, by_blocks=by_blocks)
    except MarketMoveError as error:
        return tuple(str(problem) for problem in error.problems)
    return None if levels is None else _said(levels)


def test_a_bad_row_in_a_later_block_has_its_physical_line(tmp_path: Path) -> None:
    rows = _tidy(500, 1000)
    rows[499_000] = rows[499_000].rsplit(",", 1)[0] + ",12x\n"
    levels = _read(tmp_path / "closes.csv", HEADER + "".join(rows), by_blocks=True)
    assert levels is not None
    assert [str(fault.problem) for fault in levels.faults] == [
        "closes.csv:499002: IX0000: 12x is not a number; expected a close such as 22620.33"
    ]
    assert len(levels.frame) == len(rows) - 1


def test_what_is_kept_is_enough_for_a_session(tmp_path: Path) -> None:
    rows = _tidy(400, 900)
    text = HEADER + "".join(rows)
    day = dt.date.fromisoformat(rows[200 * 900][:10])
    kept = _read(
        tmp_path / "closes.csv",
        text,
        by_blocks=True,
        keep=lambda symbols, sessions: around(symbols, sessions, [day]),
    )
    assert kept is not None
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


def test_a_date_twice_in_blocks_far_apart_is_a_conflict(tmp_path: Path) -> None:
    rows = _tidy(500, 1000)
    twice = rows[5].rsplit(",", 1)[0] + ",1.25\n"
    text = HEADER + "".join([*rows, twice])
    levels = _read(
        tmp_path / "closes.csv",
        text,
        by_blocks=True,
        keep=lambda symbols, sessions: around(symbols, sessions, [DAY]),
    )
    assert levels is not None
    assert [str(fault.problem) for fault in levels.faults] == [
        (
            "closes.csv:500002: IX0005 has two closes for 2020-01-01: 1.25 here and 1,035 at"
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
