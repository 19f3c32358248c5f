"""Every move of the real closes of a quarter of a century, against exact fractions of the text."""

from __future__ import annotations

import csv
import itertools
import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from profiles import chosen

if TYPE_CHECKING:
    from program import RunCli

LONG = Path(os.environ.get("MARKETMOVE_TEST_DATA", "")) / "closes-long"
needs_long = pytest.mark.skipif(
    "MARKETMOVE_TEST_DATA" not in os.environ, reason="MARKETMOVE_TEST_DATA names no data"
)


@needs_long
@pytest.mark.parametrize("file", chosen(sorted(LONG.glob("*.csv")), 4), ids=lambda file: file.stem)
def test_every_move_of_a_long_series(file: Path, run_cli: RunCli) -> None:
    """Each against exact fractions of the text of the file, from the row before."""
    ran = run_cli("history", "2000-01-01", "2026-12-31", "-l", file, "-f", "csv", "-q")
    assert ran.status == 0
    found = {row["session"]: row for row in ran.rows if row["close"]}
    with file.open(newline="") as text:
        written = {row["date"]: row["close"] for row in csv.DictReader(text)}
    ghosts = sorted(written.keys() - found.keys())
    dates = sorted(written.keys() - set(ghosts))
    assert sorted(found) == dates
    for ghost in ghosts:
        assert written[ghost] == written[max(day for day in written if day < ghost)]
    for before, date in itertools.pairwise(dates):
        close, prior, row = Fraction(written[date]), Fraction(written[before]), found[date]
        assert (row["status"], row["prior_session"]) == ("ok", before)
        assert float(row["change_pts"]) == float(close - prior)
        assert float(row["change_pct"]) == float((close - prior) / prior * 100)
    assert found[dates[0]]["status"] == "no_prior"


@needs_long
def test_all_long_series_at_once_are_as_each_alone(run_cli: RunCli) -> None:
    asked = ("history", "2000-01-01", "2026-12-31", "-f", "csv", "-q")
    files = chosen(sorted(LONG.glob("*.csv")), 5)
    together = run_cli(*asked, *(word for file in files for word in ("-l", file))).rows
    alone = [row for file in files for row in run_cli(*asked, "-l", file).rows]
    assert together == sorted(alone, key=lambda row: (row["session"], row["symbol"]))
