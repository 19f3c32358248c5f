"""What `history` shows: chosen columns, a column an index, a year, nothing before a first close."""

from __future__ import annotations

import csv
import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from program import SAMPLE_CLOSES

if TYPE_CHECKING:
    from program import RunCli, Write

SAMPLES = ("-l", SAMPLE_CLOSES, "-q")


def test_columns_are_chosen_in_their_order(run_cli: RunCli) -> None:
    asked = ("history", "2025-02-12", "2025-02-14", *SAMPLES, "-i", "HSI", "--columns")
    names = "symbol,session,d5_change_pct,close"
    ran = run_cli(*asked, names, "-f", "csv")
    assert ran.stdout.splitlines()[0] == names
    whole = run_cli(*asked[:-1], "--period", "5d", "-f", "csv").rows
    assert ran.rows == [{name: row[name] for name in names.split(",")} for row in whole]
    lines = run_cli(*asked, names, "-f", "ndjson").stdout.splitlines()
    assert [list(json.loads(line)) for line in lines] == [names.split(",")] * 3
    table = run_cli(*asked, "session,close,d5_change_pct").stdout
    assert "  2025-02-14   22,620.33        +7.04%\n" in table


def test_a_column_an_index(run_cli: RunCli) -> None:
    """Tokyo was shut on 11 February 2025, and Hong Kong for the Lunar New Year."""
    asked = ("history", "2025-01-28", "2025-02-14", *SAMPLES, "-i", "HSI", "-i", "N225")
    tidy = {(r["session"], r["symbol"]): r for r in run_cli(*asked, "-f", "csv").rows}
    for options, name in (((), "change_pct"), (("--columns", "close"), "close")):
        ran = run_cli(*asked, "--wide", *options, "-f", "csv")
        assert ran.stdout.splitlines()[0] == "session,HSI,N225"
        assert [row["session"] for row in ran.rows] == sorted({day for day, _ in tidy})
        for row in ran.rows:
            for symbol in ("HSI", "N225"):
                cell = tidy.get((row["session"], symbol))
                assert row[symbol] == (cell[name] if cell else "")
    shut = {row["session"]: row for row in ran.rows}["2025-02-11"]
    assert (shut["N225"], bool(shut["HSI"])) == ("", True)
    table = run_cli(*asked, "--wide").stdout
    assert "Change % of each index from Tue 28 Jan 2025 to Fri 14 Feb 2025" in table
    assert "  2025-02-14   +3.69%   −0.79%\n" in table


def test_from_a_year_and_from_that_of_the_last_session(run_cli: RunCli) -> None:
    """The first sessions of 2025, and all of 2024, as a plain reader of the file counts them."""
    with SAMPLE_CLOSES.open(newline="") as text:
        days = [r["date"] for r in csv.DictReader(text) if r["symbol"] == "FTSE"]
    options = (*SAMPLES, "-i", "FTSE", "-f", "csv")
    for typed, first in ((("ytd", "latest"), "2025"), (("2024", "2024-12-31"), "2024")):
        found = [row["session"] for row in run_cli("history", *typed, *options).rows]
        assert found == [day for day in days if day[:4] == first]
    found = [row["session"] for row in run_cli("history", "ytd", "2024-03-28", *options).rows]
    assert found == [day for day in days if "2024" <= day <= "2024-03-28"]


def test_nothing_before_a_first_close(run_cli: RunCli, write: Write) -> None:
    """Before its first close an index has no row; but one that cannot be read is no less a row."""
    rows = "2025-02-12,HSI,n.m.\n2025-02-13,HSI,21814.37\n2025-02-14,HSI,22620.33\n"
    more = "2025-02-10,SPX,6066.44\n2025-02-11,SPX,6068.50\n2025-02-14,SPX,6114.63\n"
    path = write("c.csv", f"date,symbol,close\n{rows}{more}")
    asked = ("history", "2025-01-02", "2025-02-14", "-l", path, "-f", "csv", "-q")
    ran = run_cli(*asked)
    found = {symbol: [r for r in ran.rows if r["symbol"] == symbol] for symbol in ("HSI", "SPX")}
    assert [(r["session"], r["status"]) for r in found["HSI"]] == [
        *(("2025-02-12", "unusable"), ("2025-02-13", "unusable"), ("2025-02-14", "ok")),
    ]
    assert found["SPX"][0]["session"] == "2025-02-10"
    assert [r["session"] for r in found["SPX"] if r["status"] == "missing"] == [
        *("2025-02-12", "2025-02-13"),
    ]
    every = [r for r in run_cli(*asked, "--all").rows if r["symbol"] == "SPX"]
    assert dt.date.fromisoformat(every[0]["session"]) == dt.date(2025, 1, 2)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--wide", "-f", "json"), "--wide is for a table, csv or ndjson"),
        (("--wide", "--columns", "close,change_pct"), "--columns names 2"),
        (("--columns", "drawdown_pct"), "drawdown_pct is a column of session, not of history"),
    ],
)
def test_what_cannot_be_shown(options: tuple[str, ...], said: str, run_cli: RunCli) -> None:
    ran = run_cli("history", "2025-02-12", "2025-02-14", "-l", SAMPLE_CLOSES, *options)
    assert ran.status == 2
    assert said in ran.stderr + ran.stdout


def test_a_wide_figure_is_the_exact_one(run_cli: RunCli) -> None:
    asked = ("history", "2025-02-14", "2025-02-14", *SAMPLES, "-i", "HSI", "--wide", "-f", "csv")
    exact = (Decimal("22620.33") - Decimal("21814.37")) / Decimal("21814.37") * 100
    assert abs(Decimal(run_cli(*asked).rows[0]["HSI"]) - exact) < Decimal("1e-9")


def test_a_doubtful_figure_is_marked(run_cli: RunCli, write: Write) -> None:
    """A close that stands ten times as high is of another scale, or no close."""
    rows = "2025-02-12,HSI,21857.92\n2025-02-13,HSI,218143.70\n2025-02-14,HSI,22620.33\n"
    path = write("c.csv", f"date,symbol,close\n{rows}")
    asked = ("history", "2025-02-12", "2025-02-14", "-l", path, "-q", "--wide")
    lines = run_cli(*asked).stdout.splitlines()
    (line,) = [line for line in lines if line.startswith("  2025-02-13")]
    assert line.endswith("+898.01%?")
