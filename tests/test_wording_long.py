"""Sentences on long series: years of closes, with the ghosts and holes that feeds have."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import sentences
from plain_closes import Closes, folder
from plain_days import Asked

if TYPE_CHECKING:
    from pathlib import Path

    from program import RunCli, Write

LONGEST = (dt.date(2025, 4, 7), dt.date(2008, 10, 13))
# Sessions around ghosts and holes that are known; and the first of weeks and years after one.
KNOWN = (
    *((2018, 7, 16), (2018, 7, 17), (2014, 7, 23), (2014, 7, 24), (2016, 7, 8), (2016, 7, 11)),
    *((2009, 9, 1), (2009, 9, 2), (2010, 7, 20), (2010, 7, 21), (2010, 9, 15), (2010, 9, 16)),
    *((2025, 2, 1), (2025, 2, 3), (2025, 2, 4), (2001, 9, 18), (2011, 3, 15), (2020, 3, 16)),
)


def test_each_sentence_of_whole_series_is_true(run_cli: RunCli, market_data: Path) -> None:
    path = market_data / "closes-long"
    closes = Closes(folder(path))
    files = len(list(path.glob("*.csv")))
    kinds: set[str] = set()
    for day in LONGEST:
        ran = run_cli("summary", str(day), "-l", path, "-f", "json", "-q")
        assert ran.status == 0, ran.stderr
        source = f"{min(path.glob('*.csv'))} and {files - 1} more"
        kinds |= sentences.read(ran.document, Asked(closes, day, source=source)).kinds
    assert {"its worst session in data", "its best session in data"} & kinds


def test_each_sentence_of_long_series_is_true(
    run_cli: RunCli, market_data: Path, write: Write
) -> None:
    """Of three years each, so that the program reads fewer rows."""
    every = folder(market_data / "closes-long")
    kinds: set[str] = set()
    for year in range(2001, 2026, 3):
        first, last = dt.date(year - 1, 9, 1), dt.date(year + 2, 12, 31)
        kept = sorted((row for row in every if first <= row.day <= last), key=lambda r: r.day)
        text = "".join(f"{row.day},{row.symbol},{row.close}\n" for row in kept)
        path = write(f"{year}.csv", f"date,symbol,close\n{text}")
        own = [row._replace(place=f"{path}:{line}") for line, row in enumerate(kept, start=2)]
        closes = Closes(own)
        days = [day for day in closes.days["SPX"] if day.year >= year][
            :: 167 if year < 2026 else 90
        ]
        known = [day for ymd in KNOWN if dt.date(year, 1, 1) <= (day := dt.date(*ymd)) <= last]
        for day in sorted({*days, *known}):
            ran = run_cli("summary", str(day), "-l", path, "-f", "json", "-q")
            assert ran.status == 0, ran.stderr
            kinds |= sentences.read(ran.document, Asked(closes, day, source=str(path))).kinds
    assert kinds >= {
        *("a ghost", "gap", "over sessions", "missing", "to its lowest close in data"),
        *("jumped", "slumped", "its best session", "widest in data"),
    }, kinds
