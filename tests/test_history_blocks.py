"""A history worked out a few rows at a time is the one worked out at once, to the last letter."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import signal
from typing import TYPE_CHECKING, Any

import pytest

from kept import needs_unix
from marketmove import cli
from marketmove.cli import progress
from marketmove.commands.history import HistoryRequest, history
from marketmove.config import load
from marketmove.errors import MarketMoveError
from marketmove.market.periods import chosen_periods
from marketmove.render import RenderOptions
from marketmove.render.history import FORMATS, WIDE_FORMATS
from marketmove.sources import ReadOptions
from profiles import tried
from program import SAMPLE_CLOSES

if TYPE_CHECKING:
    from pathlib import Path

    from program import RunCli, Write

HEADER = "date,symbol,close,change %\n"
LEVELS = {
    "HSI": 20_000.0, "N225": 39_000.0, "SPX": 5_800.0, "AXJO": 8_200.0, "TA35": 2_200.0,
    "VIX": 16.0, "Own": 120.5, "USDJPY": 150.0, "HKD=X": 7.78,
}  # fmt: skip
NOW = dt.datetime(2025, 3, 1, 12, tzinfo=dt.UTC)
CONFIG = load(None)


def _table(seed: int) -> str:
    """Closes with all that there is in files: holes, ghosts, jumps, bad rows, rows twice."""
    chance = random.Random(seed)  # noqa: S311
    begins = dt.date(2024, 11, 1) + dt.timedelta(chance.randrange(40))
    bad, holes = chance.choice([0.0, 0.0, 0.02]), chance.choice([0.0, 0.05, 0.3])
    rows = []
    for name in chance.sample(sorted(LEVELS), 6):
        level, last = LEVELS[name], chance.choice([dt.date(2025, 2, 28), dt.date(2025, 2, 21)])
        day = begins + dt.timedelta(chance.choice([0, 0, 20]))
        while (day := day + dt.timedelta(1)) <= last:
            if (day.weekday() > 4 and chance.random() < 0.98) or chance.random() < holes:
                continue
            if chance.random() < holes / 10:
                day += dt.timedelta(30)
            step = chance.choices([chance.gauss(0, 0.01), 0.0, 0.6], [95, 4, 1])[0]
            level = round(level * (1 + step), chance.choice([2, 2, 4]))
            close = chance.choice(["x", "-5", ""]) if chance.random() < bad else repr(level)
            symbol = "" if bad and chance.random() < 0.005 else name
            stated = step * 100 if chance.random() < 0.98 else 3.33
            rows += [f"{day},{symbol},{close},{stated:.2f}\n"] * chance.choice([1] * 60 + [2])
    if chance.random() < 0.5:
        rows.sort()
    return HEADER + "".join(rows)


def _all_that_is_said(path: Path, block_rows: int, **asked: Any) -> Any:
    request = HistoryRequest(
        dt.date(2024, 12, 2), dt.date(2025, 2, 28), (path,), (), ReadOptions(), CONFIG,
        now=NOW, block_rows=block_rows, **asked,
    )  # fmt: skip
    try:
        report = history(request)
    except MarketMoveError as error:
        return type(error), error.problems
    options = RenderOptions(width=200, everything=bool(asked.get("shut_days")))
    formats = [FORMATS[name] for name in ("csv", "json", "table")] + [WIDE_FORMATS["csv"]]
    texts = ["".join(write(report, options)) for write in formats]
    lengths = [len(block) for block in report.blocks()]
    assert sum(lengths) == report.rows
    assert all(length < block_rows + len(report.symbols) for length in lengths)
    assert (len(lengths) > 3) == (block_rows < 100)
    return texts, report.warnings, report.notes, report.unusable, report.statuses


ASKED: list[dict[str, Any]] = [
    {},
    {"shut_days": True, "context": True},
    {"periods": chosen_periods(["week", "ytd", "5d", "since:2025-01-06"])},
    {"in_currency": "USD", "periods": chosen_periods(["month"])},
    {"strict": True},
]


def test_a_few_rows_at_a_time_say_the_same_as_all_at_once(write: Write) -> None:
    statuses, codes = set[str](), set[str]()
    for seed in range(tried(6, 20)):
        path = write("closes.csv", _table(seed))
        for asked in (ASKED[seed % len(ASKED)], ASKED[(seed // 2 + 1) % len(ASKED)]):
            whole = _all_that_is_said(path, 10**6, **asked)
            assert _all_that_is_said(path, 40, **asked) == whole, (seed, asked)
            if len(whole) > 2:
                statuses |= {status for status, number in whole[4].items() if number}
                codes |= {remark.code for remark in (*whole[1], *whole[2])}
    assert statuses >= {"ok", "no_prior", "missing", "stale", "pending", "closed", "unusable"}
    assert codes >= {"ghost", "gap", "period_gap", "no_base", "jump", "stated_otherwise"}


def test_an_empty_middle_is_no_block_too_many(write: Write) -> None:
    """Sessions far apart, of indices without a calendar: as many rows as closes."""
    days = [dt.date(1896, 5, 26), dt.date(1950, 1, 2), *(dt.date(2024, 1, n) for n in range(1, 30))]
    text = "".join(f"{day.isoformat()},{name},100.5,\n" for day in days for name in "ABCDE")
    said = _all_that_is_said_of_all(write("closes.csv", HEADER + text), 7)
    assert said == _all_that_is_said_of_all(write("closes.csv", HEADER + text), 10**6)
    assert len(said.splitlines()) == 1 + 5 * len(days)


def _all_that_is_said_of_all(path: Path, block_rows: int) -> str:
    request = HistoryRequest(
        dt.date(1896, 1, 1), "latest", (path,), (), ReadOptions(), CONFIG, block_rows=block_rows
    )
    return "".join(FORMATS["csv"](history(request), RenderOptions()))


def test_a_bad_row_before_the_close_that_is_too_old_costs_no_period(
    write: Write, run_cli: RunCli
) -> None:
    """It could not have been the base either: the close after it is too old already."""
    path = write(
        "closes.csv",
        "date,symbol,close\n2024-08-01,Own,x\n2024-08-02,Own,100\n2024-08-05,Own,101\n"
        "2025-01-21,Own,103\n2025-01-22,Own,104\n",
    )
    asked = ("-l", path, "--period", "month", "-f", "csv")
    many = run_cli("history", "2024-08-05", "2025-01-22", *asked)
    one = run_cli("session", "2025-01-22", *asked)
    for ran in (many, one):
        assert ran.status == 0
        assert "a row that" in ran.stderr
        assert "no change of the month" in ran.stderr
    asked = (*asked[:-2], "-f", "table")
    assert run_cli("history", "2024-08-05", "2025-01-22", *asked).status == 0
    # What stands after that close might have been the base.
    late = path.read_text(encoding="utf-8").replace("2025-01-21,Own,103", "2024-12-30,Own,y")
    assert run_cli("history", "2025-01-22", "2025-01-22", "-l", write("late.csv", late),
                   "--period", "month", "-f", "csv").status == 3  # fmt: skip


def test_what_is_rare_is_told_in_the_table(run_cli: RunCli) -> None:
    asked = ("history", "2025-01-02", "2025-02-28", "-l", SAMPLE_CLOSES, "--context", "--all")
    rare = [row for row in run_cli(*asked, "-f", "csv").rows if abs(int(row["streak"] or 0)) > 5]
    assert rare
    assert "session" in run_cli(*asked).stdout


def test_progress_of_what_is_worked_out_and_written(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, float]] = []
    monkeypatch.setattr(progress, "line", lambda: lambda *how_far: told.append(how_far))
    days = [dt.date(2000, 1, 1) + dt.timedelta(n) for n in range(1_100)]
    text = "".join(f"{day},I{name},100.5,\n" for day in days for name in range(100))
    path, output = write("closes.csv", HEADER + text), tmp_path / "out.csv"
    asked = ["history", "2000", "latest", "-l", str(path), "-f", "csv", "-o", str(output)]
    assert cli.run(asked) == 0
    rows = 100 * len(days)
    # Read in one go, worked out and written in several: each ends at one.
    ends = [n for n, (done, share) in enumerate(told) if share == 1.0 and done == rows]
    assert len(ends) == 3
    for start, end in itertools.pairwise(ends):
        stage = told[start + 1 : end + 1]
        assert len(stage) > 2
        assert stage == sorted(stage)
    assert output.read_text(encoding="utf-8").count("\n") == rows + 1


@needs_unix
@pytest.mark.parametrize("stage", [2, 3], ids=["worked out", "written"])
def test_an_interrupt_leaves_nothing_half_written(
    stage: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    path, output = write("closes.csv", _table(3)), tmp_path / "out.json"
    output.write_text("before", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    ends = itertools.count(1)

    def interrupt(_rows: int, share: float) -> None:
        if share == 1.0 and next(ends) == stage:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(progress, "line", lambda: interrupt)
    asked = ["history", "2024-12-02", "2025-02-28", "-l", str(path), "-f", "json"]
    assert cli.run([*asked, "-o", str(output)]) == 130
    assert sorted(tmp_path.iterdir()) == before
    assert output.read_text(encoding="utf-8") == "before"
