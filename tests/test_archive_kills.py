"""The archive under two fetchers that are killed: no close is lost or doubled, and no revision."""

from __future__ import annotations

import csv
import itertools
import json
import os
import random
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from marketmove.feeds.archive import ArchivedClose, read_revisions, read_rows
from profiles import tried
from program import run_process, start_process

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs Unix signals")

SYMBOLS = ("N225", "HSI")
DAYS = [f"2025-{month:02}-{day:02}" for month, day in [(2, n) for n in (3, 4, 5, 6, 7, 10)]]
DAYS += ["2025-02-13", "2025-02-14", "2025-02-17", "2025-02-18", "2025-02-19", "2025-02-20"]
MOMENT = "2025-02-21T23:00+09:00"


class Served(NamedTuple):
    """What the feed has given: the last closes by index, and all that a date ever had."""

    now: dict[str, dict[str, str]]
    ever: dict[tuple[str, str], list[str]]


def _serve(folder: Path, served: Served, random_: random.Random) -> None:
    """Let one more session come, and two closes be revised."""
    for symbol in SYMBOLS:
        closes = served.now[symbol]
        days = DAYS[: min(len(closes) + 1, len(DAYS))]
        for day in [*days[len(closes) :], *random_.sample(days, 2 if closes else 0)]:
            closes[day] = f"{20000 + random_.randrange(100_000) / 100:.2f}"
            served.ever.setdefault((symbol, day), []).append(closes[day])
        text = "Date,Close\n" + "".join(f"{day},{closes[day]}\n" for day in sorted(closes))
        (folder / f"new-{symbol}").write_text(text, encoding="utf-8")
        (folder / f"new-{symbol}").replace(folder / f"{symbol}.txt")


def _config(folder: Path) -> Path:
    feeds = "".join(f"  {s}: {{command: [cat, {folder}/{s}.txt], name: cat}}\n" for s in SYMBOLS)
    path = folder / "own.yaml"
    path.write_text(f"archive: closes\nfeeds:\n{feeds}", encoding="utf-8")
    return path


def _rows(folder: Path) -> dict[str, tuple[ArchivedClose, ...]]:
    return {s: read_rows(folder / "closes" / f"{s}.csv") for s in SYMBOLS}


def _check(folder: Path, served: Served, before: dict[str, tuple[ArchivedClose, ...]]) -> None:
    """What was there is there, or its revision is; and nothing is that was never given."""
    for symbol, rows in _rows(folder).items():
        days = [row.session for row in rows]
        assert days == sorted(set(days))
        for row in rows:
            given = served.ever[symbol, str(row.session)]
            assert float(row.close) in set(map(float, given))
        there = {row.session: row for row in rows}
        recorded = read_revisions(folder / "closes", symbol)
        for row in before.get(symbol, ()):
            if there[row.session] != row:
                assert any(one.before == row for one in recorded), "a revision is lost"
        for one, following in itertools.pairwise(recorded):
            assert (one.before, one.after[:3]) != (following.before, following.after[:3])


def test_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    random_ = random.Random(20250214)  # noqa: S311 - of times, not of secrets
    config = _config(tmp_path)
    served = Served({symbol: {} for symbol in SYMBOLS}, {})
    fetch = ("fetch", "--as-of", MOMENT, "--config", config, "-f", "json")
    kills = 0
    rounds = 0
    while kills < tried(6, 200):
        rounds += 1
        _serve(tmp_path, served, random_)
        before = _rows(tmp_path) if rounds > 1 else {}
        running = [start_process(*fetch) for _ in range(2)]
        ends = sorted(time.monotonic() + random_.uniform(0.02, 1.2) for _ in running)
        for process, end in zip(running, ends, strict=True):
            while process.poll() is None and time.monotonic() < end:
                time.sleep(0.005)
            if process.poll() is None:
                process.kill()
                kills += 1
            out, _ = process.communicate(timeout=60)
            if process.returncode in {0, 3, 6}:
                _acknowledged(tmp_path, out)
        _check(tmp_path, served, before)
    assert run_process(*fetch).status in {0, 3, 6}
    _check(tmp_path, served, {})
    for symbol, rows in _rows(tmp_path).items():
        assert {str(r.session): float(r.close) for r in rows} == {
            day: float(close) for day, close in served.now[symbol].items()
        }
        _chained(tmp_path, symbol, rows)
    assert not list((tmp_path / "closes").glob(".*.csv.*")), "leftovers of killed runs"


def _acknowledged(folder: Path, out: bytes) -> None:
    """What a run that ended said to be stored is in the archive, or was revised since."""
    for index in json.loads(out)["indices"]:
        rows = {str(row.session): row.value for row in _rows(folder)[index["symbol"]]}
        were = {
            (str(one.before.session), one.before.value)
            for one in read_revisions(folder / "closes", index["symbol"])
        }
        for row in index["added"]:
            day, close = row["session"], row["close"]
            assert rows[day] == close or (day, close) in were


def _chained(folder: Path, symbol: str, rows: tuple[ArchivedClose, ...]) -> None:
    """Each revision begins with what the one before it left, and the last with what is there."""
    last: dict[str, str] = {}
    path = folder / "closes" / "revisions" / f"{symbol}.csv"
    if not path.exists():
        return
    with path.open(encoding="utf-8", newline="") as file:
        for one in csv.DictReader(file):
            assert last.get(one["date"], one["close"]) == one["close"]
            last[one["date"]] = one["new_close"]
    for row in rows:
        assert last.get(str(row.session), row.close) == row.close
