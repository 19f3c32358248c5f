"""How rare the moves of many sessions were: of each the same as of that session alone."""

from __future__ import annotations

import csv
import datetime as dt
import random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from marketmove.market import calendars
from marketmove.moves.measure import Series
from marketmove.rarity.index_history import MoveContext, move_context
from marketmove.rarity.many_sessions import _contexts
from profiles import THOROUGH, tried
from program import SAMPLE_CLOSES
from test_periods import LONG

if TYPE_CHECKING:
    from program import RunCli, Write

FIELDS = MoveContext._fields


def _rows(text: str) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["session"], row["symbol"]): row for row in csv.DictReader(text.splitlines())}


def test_a_session_of_many_is_as_rare_as_alone(run_cli: RunCli) -> None:
    asked = ("history", "2023-12-28", "2025-02-28", "-l", SAMPLE_CLOSES)
    table = _rows(run_cli(*asked, "--context", "-f", "csv").stdout)
    days = sorted({session for session, _ in table})
    told = 0
    for day in random.Random(3).sample(days, tried(8, 60)):  # noqa: S311
        alone = run_cli("session", day, "-l", SAMPLE_CLOSES, "--context", "-f", "csv").stdout
        for row in csv.DictReader(alone.splitlines()):
            if row["status"] == "ok":
                many = table[day, row["symbol"]]
                assert {name: many[name] for name in FIELDS} == {name: row[name] for name in FIELDS}
                told += bool(row["size_percentile"])
    assert told


def _series(seed: int, number: int) -> Series:
    """Closes in round figures, so that many are equal, on weekdays with holes."""
    chance = random.Random(seed)  # noqa: S311
    days, closes = list[dt.date](), list[float]()
    day, close = dt.date(2020, 1, 2), 100.0
    while len(days) < number:
        if day.weekday() < 5 and chance.random() > 0.05:
            close = max(50.0, close + chance.choice([-2.0, -1.0, 0.0, 1.0, 2.0]))
            days.append(day)
            closes.append(close)
        day += dt.timedelta(1)
    level = np.array(closes)
    pct = np.append(np.nan, 100 * (level[1:] / level[:-1] - 1))
    return Series(np.array(days, dtype="datetime64[D]"), level, pct)


@pytest.mark.parametrize("seed", range(tried(3, 20)))
@pytest.mark.parametrize("exchange", [None, "XNYS"])
def test_ties_and_gaps_are_told_as_for_one_session(seed: int, exchange: str | None) -> None:
    own = _series(seed, 420)
    calendar = calendars.load([exchange], None)[exchange] if exchange else None
    found = _contexts(own, calendar)
    for at in range(1, len(own.days)):
        one = move_context(own, own.days[at].item(), calendar)
        assert one is not None
        assert {name: found[name][at] for name in FIELDS} == one._asdict(), own.days[at]


@pytest.mark.skipif(not THOROUGH or not LONG.is_dir(), reason="thorough")
def test_the_long_series(run_cli: RunCli) -> None:
    asked = ("history", "2000-01-01", "2026-06-30", "-l", LONG)
    table = _rows(run_cli(*asked, "--context", "-f", "csv", "-q").stdout)
    days = sorted({session for session, _ in table})
    for day in random.Random(4).sample(days, 40):  # noqa: S311
        alone = run_cli("session", day, "-l", LONG, "--context", "-f", "csv", "-q").stdout
        for row in csv.DictReader(alone.splitlines()):
            if row["status"] == "ok" and not row["doubt"]:
                many = table[day, row["symbol"]]
                assert {name: many[name] for name in FIELDS} == {name: row[name] for name in FIELDS}


def test_people_read_what_was_rare(run_cli: RunCli) -> None:
    asked = ("history", "2025-02-13", "2025-02-14", "-l", SAMPLE_CLOSES, "-i", "HSI")
    text = run_cli(*asked, "--context").stdout
    assert "Rare" in text.splitlines()[2]
    assert "+3.69%   largest rise since 2024-10-02, highest since 2024-10-07" in text
    assert "Rare" not in run_cli(*asked).stdout
    chosen = run_cli(*asked, "--columns", "session,streak,record,change_pct", "-f", "csv").stdout
    assert chosen.splitlines()[-1].startswith("2025-02-14,1,,3.69")
    ran = run_cli(*asked, "--context", "--in", "HKD")
    assert (ran.status, ran.stdout) == (2, "")
    assert "leave out --in" in ran.stderr
    (last,) = (m for m in run_cli(*asked, "--context", "-f", "json").document["moves"][-1:])
    assert last["streak_is_least"] is False
    assert last["size_percentile"] == 98.0


def test_a_row_that_cannot_be_used_ends_what_is_told(run_cli: RunCli, write: Write) -> None:
    lines = [line for line in SAMPLE_CLOSES.read_text().splitlines() if ",HSI," in line]
    bad = [
        line.replace("20,HSI,", "20,HSI,x") if line.startswith("2024-05-20") else line
        for line in lines
    ]
    path = write("closes.csv", "date,symbol,close\n" + "\n".join(bad) + "\n")
    asked = ("history", "2024-05-16", "2024-05-23", "-l", path, "--context", "-f", "csv")
    rows = _rows(run_cli(*asked).stdout)
    assert rows["2024-05-17", "HSI"]["streak"]
    assert rows["2024-05-22", "HSI"]["status"] == "ok"
    assert rows["2024-05-22", "HSI"]["streak"] == ""
