"""Highs and lows of 52 weeks, drawdowns and records, against plain loops over the closes."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import os
import random
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from profiles import THOROUGH, tried
from program import SAMPLE_CLOSES

if TYPE_CHECKING:
    from program import RunCli, Write

Written = dict[dt.date, Decimal]
LONG = Path(os.environ.get("MARKETMOVE_TEST_DATA", "")) / "closes-long"


def read_written(path: Path) -> dict[str, Written]:
    found: dict[str, Written] = {}
    with path.open(newline="") as text:
        for row in csv.DictReader(text):
            own = found.setdefault(row.get("symbol") or path.stem, {})
            own[dt.date.fromisoformat(row["date"])] = Decimal(row["close"])
    return found


def day_of(row: dict[str, str]) -> dt.date:
    return dt.date.fromisoformat(row["session"])


def years_before(day: dt.date, years: int) -> dt.date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap else day.day)


def pct(close: Decimal, other: Decimal) -> Decimal:
    return (close - other) / other * 100


def plain(own: Written, session: dt.date) -> dict[str, Any]:
    """What is to be told of a close, by going through all of them; without gaps in the data."""
    days = [day for day in sorted(own) if day <= session]
    close = [own[day] for day in days]
    told: dict[str, Any] = {}
    ways = [(now > before) - (now < before) for before, now in itertools.pairwise(close)]
    if len(ways) >= 10:
        told |= {"up_of_10": ways[-10:].count(1), "down_of_10": ways[-10:].count(-1)}
    if len(ways) < 61:
        return told
    highest = max(close)
    told["high_close"] = highest
    told["high_session"] = max(day for day in days if own[day] == highest)
    told["drawdown_pct"] = pct(own[session], highest)
    if days[0] <= years_before(session, 5):
        told |= {
            "record_close": highest,
            "record_session": told["high_session"],
            "from_record_pct": told["drawdown_pct"],
        }
    start = years_before(session, 1)
    if days[0] > start:
        return told
    year = {day: own[day] for day in days if day > start}
    for side, level in (("high", max(year.values())), ("low", min(year.values()))):
        told[f"year_{side}"] = level
        told[f"year_{side}_session"] = max(day for day in year if year[day] == level)
        told[f"from_year_{side}_pct"] = pct(own[session], level)
        if own[session] == level:
            equal = sum(other == level for other in year.values()) > 1
            told["year_extreme"] = f"equals {side}" if equal else side
    return told


START = (dt.date(2023, 1, 2), dt.date(2017, 1, 2))
NAMES = (
    *("year_high", "year_high_session", "from_year_high_pct", "year_low", "year_low_session"),
    *("from_year_low_pct", "year_extreme", "high_close", "high_session", "drawdown_pct"),
    *("record_close", "record_session", "from_record_pct", "up_of_10", "down_of_10"),
)


def hold(own: Written, session: dt.date, row: dict[str, Any]) -> int:
    """Hold what is told of a close against the plain answer; give how many figures there are."""
    expected = plain(own, session)
    if row["year_gap_sessions"]:
        expected = {name: of for name, of in expected.items() if "year" not in name}
    for name in NAMES:
        value, wanted = row[name], expected.get(name)
        if name in {"up_of_10", "down_of_10"} and value is None:
            continue  # the data lacks a session within
        if isinstance(wanted, dt.date):
            assert value == wanted.isoformat(), (session, name)
        elif isinstance(wanted, Decimal):
            assert abs(Decimal(repr(value)) - wanted) < Decimal("1e-9"), (session, name)
        else:
            assert value == wanted, (session, name)
    return len(expected)


def test_every_close_of_random_sessions_of_the_samples(run_cli: RunCli) -> None:
    written = read_written(SAMPLE_CLOSES)
    days = sorted({day for own in written.values() for day in own})
    held = 0
    for session in random.Random(52).sample(days[1:], tried(6, 250)):  # noqa: S311
        asked = ("session", str(session), "-l", SAMPLE_CLOSES, "-f", "json", "-q")
        for row in run_cli(*asked).document["moves"]:
            if row["status"] == "ok" and not row["doubt"]:
                held += hold(written[row["symbol"]], session, row)
    assert held > 250


@pytest.mark.skipif("MARKETMOVE_TEST_DATA" not in os.environ, reason="no long series")
def test_every_close_of_random_sessions_of_the_long_series(run_cli: RunCli) -> None:
    files = sorted(LONG.glob("*.csv"))
    pick = random.Random(25)  # noqa: S311
    held = 0
    for file in files if THOROUGH else pick.sample(files, 2):
        ((_, own),) = read_written(file).items()
        # Rows of shut days that repeat the close before are no closes.
        every = run_cli("history", "2000-01-01", "latest", "-l", file, "-f", "csv", "-q").rows
        own = {d: own[d] for row in every if row["close"] for d in [day_of(row)]}
        for session in pick.sample(sorted(own)[300:], tried(2, 25)):
            asked = ("session", str(session), "-l", file, "-f", "json", "-q")
            (row,) = run_cli(*asked).document["moves"]
            if row["status"] == "ok" and not row["doubt"] and row["high_close"]:
                held += hold(own, session, row)
    assert held > 20


def closes_of(write: Write, closes: list[float]) -> str:
    """One close a weekday of an index without a calendar; where they are many, from 2017."""
    days = [START[len(closes) > 1000] + dt.timedelta(n) for n in range(len(closes) * 2)]
    days = [day for day in days if day.weekday() < 5]
    rows = "".join(f"{day},OWN,{close}\n" for day, close in zip(days, closes, strict=False))
    return str(write("own.csv", f"date,symbol,close\n{rows}"))


def rising(number: int) -> list[float]:
    return [1000 + n for n in range(number)]


@pytest.mark.parametrize(
    ("closes", "said"),
    [
        ([*rising(300), 1400], "Highest close of 52 weeks: OWN."),
        (
            [*rising(300), 1100],
            "OWN 15.32% below its highest close in this data, of 23 February 2024.",
        ),
        ([*rising(300), 1000.5], "Lowest close of 52 weeks: OWN."),
        (
            [*rising(300), *(1298 - n for n in range(5)), 1295, 1294, 1293, 1295, 1292, 1291],
            "OWN down nine of the past 11 sessions.",
        ),
    ],
)
def test_a_summary_tells_what_is_news(
    closes: list[float], said: str, run_cli: RunCli, write: Write
) -> None:
    document = run_cli("summary", "-l", closes_of(write, closes), "-f", "json").document
    (section,) = [s for s in document["sections"] if s["code"] == "extremes"]
    assert said in [one["text"] for one in section["sentences"]]
    assert "record" not in document["headline"]["text"]


def test_a_record_takes_five_years(run_cli: RunCli, write: Write) -> None:
    """2,001 weekdays are more than seven years; 301 little more than one."""
    for number, long in ((2001, True), (301, False)):
        # Every other session falls, so that there is no streak to tell.
        path = closes_of(write, [1000 + n - 1.5 * (n % 2) for n in range(number)])
        document = run_cli("summary", "-l", path, "-f", "json").document
        text = "".join(
            one["text"] for section in document["sections"] for one in section["sentences"]
        )
        assert ("a record close" in text + document["headline"]["text"]) is long
        assert ("record" in document["headline"]["text"]) is long
        (move,) = document["moves"]
        assert (move["record_close"] is not None) is long
        assert move["high_close"] == 999 + number


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ("OWN: 52w low", True),
        ("OWN: 52w", True),
        ("OWN: 52w high", False),
        ("OWN: drawdown 20", True),
        ("any: drawdown 23.1%", False),
    ],
)
def test_alerts_watch_where_a_close_stands(
    condition: str, met: bool, run_cli: RunCli, write: Write
) -> None:
    """From 1,299 to 999.5 are 23.06%, and below all of a year."""
    path = closes_of(write, [*rising(300), 1200, 999.5])
    ran = run_cli("session", "latest", "-l", path, "--alert", condition, "-f", "json", "-q")
    assert (ran.status, bool(ran.document["alerts"])) == ((5, True) if met else (0, False))


def test_what_cannot_be_judged_is_said(run_cli: RunCli, write: Write) -> None:
    path = closes_of(write, rising(100))
    asked = ("session", "latest", "-l", path, "-f", "json", "-q", "--alert", "OWN: 52w low")
    ran = run_cli(*asked)
    (text,) = [n["text"] for n in ran.document["notes"] if n["code"] == "alert_not_judged"]
    assert text.endswith("the data of OWN does not reach 52 weeks back")
    refused = run_cli("session", "latest", "-l", path, "--alert", "OWN: drawdown 0")
    assert (refused.status, "a drawdown is above 0" in refused.stderr) == (2, True)


def test_columns_are_chosen(run_cli: RunCli) -> None:
    asked = ("session", "2025-02-14", "-l", SAMPLE_CLOSES, "-i", "HSI", "-q", "--columns")
    names = "symbol,d5_change_pct,year_high,year_high_session,drawdown_pct,streak"
    ran = run_cli(*asked, names, "-f", "csv")
    assert ran.stdout.splitlines()[0] == names
    (row,) = ran.rows
    assert (row["year_high"], row["year_high_session"]) == ("23099.78", "2024-10-07")
    table = run_cli(*asked, "name,ytd_change_pct,drawdown_pct").stdout
    assert "Name        YTD change %   Drawdown %" in table
    assert "Hang Seng        +12.76%       −2.08%" in table
    lines = run_cli(*asked, "symbol,close", "-f", "ndjson").stdout
    assert lines == '{"symbol": "HSI", "close": 22620.33}\n'


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--columns", "clse"), "unknown column clse; choose of session, symbol"),
        (("--columns", ","), "--columns names none"),
        (("--columns", "close", "-f", "json"), "not of json"),
        (("--columns", "year_high", "--no-context"), "needs the context"),
    ],
)
def test_columns_that_cannot_be(options: tuple[str, ...], said: str, run_cli: RunCli) -> None:
    ran = run_cli("session", "2025-02-14", "-l", SAMPLE_CLOSES, *options)
    assert ran.status == 2
    assert said in ran.stderr + ran.stdout
