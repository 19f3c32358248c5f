"""Every sentence of many sessions is read again, and held against the closes themselves."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import sentences
from plain_closes import Closes, folder, tidy
from program import SAMPLE_CLOSES, RunCli

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = Closes(tidy(SAMPLE_CLOSES))
DATES = sorted({day for days in SAMPLES.days.values() for day in days})[-210:]
# Rows of shut days that repeat the close before, known from the exchanges' own calendars.
GHOSTS = frozenset(
    [
        *(("N225", "2018-07-16"), ("TWII", "2001-09-18")),
        *(("TWII", "2014-07-23"), ("TWII", "2016-07-08")),
    ]
)


def test_each_sentence_of_the_samples_is_true(run_cli: RunCli) -> None:
    """And every kind of sentence is met, so that the check is worth what it says."""
    read, kinds = 0, set()
    for day in DATES:
        ran = run_cli("summary", str(day), "-l", SAMPLE_CLOSES, "-f", "json")
        assert ran.status == 0
        reader = sentences.read(ran.document, SAMPLES)
        read += reader.figures
        kinds |= reader.kinds
    assert read > 15 * len(DATES)
    assert kinds >= {
        *("rose", "fell", "gained", "lost", "jumped", "slumped", "edged up", "edged down"),
        *("best since", "worst since", "a record close in data", "streak", "wider than"),
        *("its highest close since", "its lowest close since", "widest since", "both ways"),
    }


def test_each_sentence_is_true_where_each_index_has_its_own_session(run_cli: RunCli) -> None:
    for day in DATES[-60::6]:
        for time in ("T08:30Z", "T15:00Z"):
            asked = ("summary", "--as-of", f"{day}{time}", "-l", SAMPLE_CLOSES, "-f", "json")
            assert sentences.read(run_cli(*asked).document, SAMPLES).figures > 5


def test_each_sentence_of_long_series_is_true(run_cli: RunCli, market_data: Path) -> None:
    path = market_data / "closes-long"
    closes = Closes(folder(path), GHOSTS)
    days = [day for day in closes.days["SPX"] if day.year >= 2000][61::167]
    kinds: set[str] = set()
    for day in [*days, dt.date(2025, 4, 7), dt.date(2008, 10, 13), dt.date(2009, 9, 1)]:
        ran = run_cli("summary", str(day), "-l", path, "-f", "json", "-q")
        assert ran.status == 0, ran.stderr
        kinds |= sentences.read(ran.document, closes).kinds
    assert {"worst in data", "best since", "jumped", "slumped"} <= kinds
