"""Every sentence of many sessions is read again, and held against the closes themselves."""

from __future__ import annotations

import datetime as dt

import sentences
from plain_closes import Closes, tidy
from plain_days import Asked
from profiles import chosen
from program import SAMPLE_CLOSES, RunCli

SAMPLES = Closes(tidy(SAMPLE_CLOSES))
DATES = sorted({day for days in SAMPLES.days.values() for day in days})[-200:]
KINDS = {
    *("rose", "fell", "gained", "lost", "jumped", "slumped", "edged up", "edged down"),
    *("up", "down", "most:", "rose most", "fell most", "only rose", "only fell"),
    *("its best session", "its worst session", "to its highest close in data"),
    *("to its highest close", "to its lowest close", "widest", "widest gap", "wider"),
    *("both ways", "most", "apart", "one with many", "shut", "so early", "measured from"),
    *("hours apart", "dividends", "few", "none diverge", "tally closed", "tally missing"),
}


def test_each_sentence_of_the_samples_is_true(run_cli: RunCli) -> None:
    """And every kind of sentence is met, so that the check is worth what it says."""
    figures, told, kinds = 0, 0, set()
    days = chosen(DATES, 24)
    for day in days:
        ran = run_cli("summary", str(day), "-l", SAMPLE_CLOSES, "-f", "json")
        assert ran.status == 0
        reader = sentences.read(ran.document, Asked(SAMPLES, day, source=str(SAMPLE_CLOSES)))
        figures += reader.figures
        told += reader.sentences
        kinds |= reader.kinds
    assert kinds >= KINDS, KINDS - kinds
    assert told > 10 * len(days)
    assert figures > 20 * len(days)


def test_each_sentence_is_true_where_each_index_has_its_own_session(run_cli: RunCli) -> None:
    kinds = set()
    for day in chosen(DATES[-60::10], 3):
        for time in ("08:30+00:00", "15:00+09:00"):
            moment = f"{day}T{time}"
            asked = ("summary", "--as-of", moment, "-l", SAMPLE_CLOSES, "-f", "json")
            read = sentences.read(
                run_cli(*asked).document,
                Asked(SAMPLES, as_of=dt.datetime.fromisoformat(moment), source=str(SAMPLE_CLOSES)),
            )
            assert read.figures > 5
            kinds |= read.kinds
    assert kinds >= {"both ways", "apart"}
