"""Sentences on long series: years of closes, with the ghosts and holes that feeds have."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

import sentences
from plain_closes import Closes, folder
from plain_days import Asked

if TYPE_CHECKING:
    from pathlib import Path

    from program import RunCli, Write

# Sessions at and after the ghosts and holes that are known, and such as broke records.
KNOWN = {
    2001: ("09-17", "09-18", "09-19"),
    2008: ("09-29", "10-08", "10-13"),
    2009: ("09-01", "09-02"),
    2010: ("07-20", "07-21", "09-15", "09-16"),
    2014: ("07-23", "07-24"),
    2016: ("06-24", "07-08", "07-11"),
    2018: ("07-16", "07-17", "12-26"),
    2020: ("03-12", "03-16", "03-24"),
    2025: ("02-01", "02-03", "04-09"),
}


# Closes that repeat the one before, as some indices truly did: doubted, of which the reader
# of sentences knows nothing.
REPEATED = {
    (symbol, dt.date.fromisoformat(day))
    for symbol, day in (
        *(("CSI300", "2010-05-26"), ("DJI", "2001-12-24"), ("DJI", "2014-04-24")),
        *(("DJI", "2015-11-27"), ("DJI", "2019-11-12"), ("NDX", "2000-12-18")),
        *(("NDX", "2001-07-02"), ("NDX", "2002-04-25"), ("NDX", "2012-03-12")),
        *(("NSEI", "2024-05-08"), ("SPX", "2003-01-10"), ("SPX", "2008-01-03")),
        ("SPX", "2017-01-10"),
    )
}


@pytest.mark.usefixtures("_after_the_long_series")
def test_each_sentence_of_whole_series_is_true(run_cli: RunCli, market_data: Path) -> None:
    path, day = market_data / "closes-long", dt.date(2025, 4, 7)
    files = sorted(path.glob("*.csv"))
    ran = run_cli("summary", str(day), "-l", path, "-f", "json", "-q")
    assert ran.status == 0, ran.stderr
    asked = Asked(Closes(folder(path)), day, source=f"{len(files)} files")
    assert "its worst session" in sentences.read(ran.document, asked).kinds


@pytest.mark.usefixtures("_after_the_long_series")
def test_each_sentence_of_long_series_is_true(
    run_cli: RunCli, market_data: Path, write: Write
) -> None:
    """Of a year and a half each, so that the program reads fewer rows."""
    rows = folder(market_data / "closes-long")
    every = sorted(
        (row for row in rows if (row.symbol, row.day) not in REPEATED), key=lambda row: row.day
    )
    kinds: set[str] = set()
    for year, known in KNOWN.items():
        first, last = dt.date(year - 1, 7, 1), dt.date(year, 12, 31)
        kept = [row for row in every if first <= row.day <= last]
        text = "".join(f"{row.day},{row.symbol},{row.close}\n" for row in kept)
        path = write(f"{year}.csv", f"date,symbol,close\n{text}")
        closes = Closes(row._replace(place=f"{path}:{n}") for n, row in enumerate(kept, start=2))
        days = [day for day in closes.days["SPX"] if day.year == year][::249]
        for day in (*days, *(dt.date.fromisoformat(f"{year}-{day}") for day in known)):
            ran = run_cli("summary", str(day), "-l", path, "-f", "json", "-q")
            assert ran.status == 0, ran.stderr
            kinds |= sentences.read(ran.document, Asked(closes, day, source=str(path))).kinds
    assert kinds >= {
        *("a ghost", "gap", "over sessions", "to its lowest close in data", "widest in data"),
        *("jumped", "slumped", "its best session in data"),
        "the close is missing, though later ones are there",
    }, kinds
