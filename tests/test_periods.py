"""Changes over periods, against plain loops over the closes as written."""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import os
import random
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import marketmove
from marketmove.errors import WrongUsageError
from profiles import THOROUGH, tried
from program import SAMPLE_CLOSES

if TYPE_CHECKING:
    from program import RunCli, Write

Written = dict[dt.date, Decimal]
LONG = Path(os.environ.get("MARKETMOVE_TEST_DATA", "")) / "closes-long"
TYPED = ("week", "month", "qtd", "ytd", "1d", "5d", "21d", "250d", "1w", "2w", "1m", "3m", "1y")


def read_written(path: Path) -> dict[str, Written]:
    """The closes of a file by index, as decimals."""
    found: dict[str, Written] = {}
    with path.open(newline="") as text:
        for row in csv.DictReader(text):
            own = found.setdefault(row.get("symbol") or path.stem, {})
            own[dt.date.fromisoformat(row["date"])] = Decimal(row["close"])
    return found


def base_of(own: Written, session: dt.date, typed: str) -> dt.date | None:
    """The date that a period is measured from, by going back day by day."""
    days = sorted(own)
    number, unit = (int(typed[:-1]), typed[-1]) if typed[0].isdigit() else (0, typed)
    if unit == "d":
        at = days.index(session) - number
        return days[at] if at >= 0 else None
    last = session
    if unit == "week":
        last -= dt.timedelta(session.weekday() + 1)
    elif unit == "month":
        last = session.replace(day=1) - dt.timedelta(1)
    elif unit in {"qtd", "ytd"}:
        month = 1 if unit == "ytd" else {1: 1, 2: 4, 3: 7, 4: 10}[(session.month + 2) // 3]
        last = dt.date(session.year, month, 1) - dt.timedelta(1)
    elif unit == "w":
        last -= dt.timedelta(7 * number)
    elif unit in {"m", "y"}:
        for _ in range(number * (12 if unit == "y" else 1)):
            last = last.replace(day=1) - dt.timedelta(1)
        last = last.replace(day=min(session.day, calendar.monthrange(last.year, last.month)[1]))
    else:
        last = dt.date.fromisoformat(unit.partition(":")[2])
        if last >= session:
            return None
    before = [day for day in days if day <= last]
    return before[-1] if before else None


def column(typed: str) -> str:
    """The name of a period in columns."""
    name = f"{typed[-1]}{typed[:-1]}" if typed[0].isdigit() else typed
    return name.replace(":", "_").replace("-", "_")


def hold(own: Written, session: dt.date, typed: str, row: dict[str, Any]) -> bool:
    """Hold the change of a period against the plain one; and tell whether there is one."""
    name, base = column(typed), base_of(own, session, typed)
    figures = [row[f"{name}_{what}"] for what in ("prior_session", "prior_close", "change_pct")]
    if figures == [None, None, None]:
        # None at all, or one that is too long before.
        assert (row.get(f"{name}_reason", "too_old") == "too_old") or base is None
        return False
    assert base is not None
    assert figures[:2] == [base.isoformat(), float(own[base])]
    exact = (own[session] - own[base]) / own[base] * 100
    assert abs(Decimal(repr(figures[2])) - exact) < Decimal("1e-9")
    assert Decimal(repr(row[f"{name}_change_pts"])) == own[session] - own[base]
    assert row.get(f"{name}_reason") is None
    return True


def periods(typed: tuple[str, ...]) -> list[str]:
    """The options that ask for periods."""
    return [word for text in typed for word in ("--period", text)]


def test_every_period_of_random_sessions_of_the_samples(run_cli: RunCli) -> None:
    """All indices of some sessions, each period from the close that a plain search finds."""
    written = read_written(SAMPLE_CLOSES)
    typed = (*TYPED, "since:2024-06-29")
    days = sorted({day for own in written.values() for day in own})
    held = 0
    for session in random.Random(19).sample(days[1:], tried(8, 300)):  # noqa: S311
        asked: tuple[str | Path, ...] = (
            "session",
            str(session),
            "-l",
            SAMPLE_CLOSES,
            *periods(typed),
            "--no-context",
        )
        for row in run_cli(*asked, "-f", "json", "-q").document["moves"]:
            if row["close"] is not None and not row["doubt"]:
                own = written[row["symbol"]]
                held += sum(hold(own, session, text, row) for text in typed)
    assert held > 500


@pytest.mark.skipif(
    not THOROUGH or "MARKETMOVE_TEST_DATA" not in os.environ, reason="long series, when thorough"
)
@pytest.mark.parametrize("file", sorted(LONG.glob("*.csv")), ids=lambda file: file.stem)
def test_every_period_of_the_long_series(file: Path, run_cli: RunCli) -> None:
    """Each of many random sessions of a quarter of a century, as ``history`` has them."""
    ((symbol, own),) = read_written(file).items()
    ran = run_cli("history", "2000-01-01", "latest", "-l", file, *periods(TYPED), "-f", "json")
    rows = [row for row in ran.document["moves"] if row["close"] is not None]
    kept = {dt.date.fromisoformat(row["session"]) for row in rows}
    rows = [row for row in rows if not row["doubt"]]
    own = {day: close for day, close in own.items() if day in kept}
    held = 0
    for row in random.Random(symbol).sample(rows, 300):  # noqa: S311
        session = dt.date.fromisoformat(row["session"])
        held += sum(hold(own, session, text, row) for text in TYPED if text != "week")
    assert held > 2000


def test_history_has_the_same_as_session(run_cli: RunCli) -> None:
    typed = ("qtd", "5d", "1m", "since:2025-01-31")
    asked: tuple[str | Path, ...] = ("-l", SAMPLE_CLOSES, *periods(typed), "-f", "csv", "-q")
    many = run_cli("history", "2025-02-12", "2025-02-14", *asked).rows
    for day in ("2025-02-12", "2025-02-14"):
        one = run_cli("session", day, *asked).rows
        of_day = {row["symbol"]: row for row in many if row["session"] == day}
        for row in one:
            if row["close"]:
                assert of_day[row["symbol"]] == row


def test_later_closes_and_other_indices_change_no_period(run_cli: RunCli, write: Write) -> None:
    lines = SAMPLE_CLOSES.read_text().splitlines(keepends=True)
    early = [line for line in lines if line[:10] <= "2025-02-07" or line.startswith("date")]
    alone = [early[0], *(line for line in early if ",HSI," in line)]
    asked = ("session", "2025-02-07", *periods(TYPED), "-i", "HSI", "-f", "csv", "-q")
    rows = [
        run_cli(*asked, "-l", write(name, "".join(text))).rows[0]
        for name, text in (("all.csv", lines), ("early.csv", early), ("alone.csv", alone))
    ]
    for row in rows:
        row.pop("source")
    assert rows[0] == rows[1] == rows[2]


@pytest.mark.parametrize(
    ("session", "typed", "base"),
    [
        ("2024-02-29", "1y", "2023-02-28"),  # no 29 February then
        ("2024-05-31", "3m", "2024-02-29"),
        ("2024-05-31", "month", "2024-04-30"),
        ("2024-04-02", "qtd", "2024-03-28"),  # over Easter
        ("2024-05-31", "1w", "2024-05-24"),
        ("2024-05-31", "since:2024-05-26", "2024-05-24"),  # a Sunday
    ],
)
def test_where_a_period_begins(
    session: str, typed: str, base: str, run_cli: RunCli, write: Write
) -> None:
    """Closes of New York on the days that matter, and the ones around them."""
    days = ["2023-02-28", "2023-03-01", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-28"]
    days += ["2024-04-01", "2024-04-02", "2024-04-30", "2024-05-01", "2024-05-23", "2024-05-24"]
    days += ["2024-05-28", "2024-05-30", "2024-05-31"]
    rows = "".join(f"{day},SPX,{5000 + n}\n" for n, day in enumerate(days))
    path = write("c.csv", f"date,symbol,close\n{rows}")
    (row,) = run_cli("session", session, "-l", path, "--period", typed, "-f", "csv", "-q").rows
    assert row[f"{column(typed)}_prior_session"] == base


def test_without_a_base_there_is_no_figure_and_the_reason(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-12,HSI,21857.92\n2025-02-13,HSI,21814.37\n2025-02-14,HSI,22620.33\n"
    path = write("c.csv", f"date,symbol,close\n{rows}")
    typed = ("1y", "5d", "since:2025-02-14", "2d")
    ran = run_cli("session", "2025-02-14", "-l", path, *periods(typed), "-f", "json")
    (row,) = ran.document["moves"]
    assert [row[f"{column(text)}_change_pct"] for text in typed[:3]] == [None] * 3
    reasons = [row[f"{column(text)}_reason"] for text in typed]
    assert reasons == ["no_earlier_close", "no_earlier_close", "not_begun", None]
    notes = [note["text"] for note in ran.document["notes"] if note["code"] == "no_base"]
    assert notes == [
        "no change of the last year of HSI: no close so far back in the data",
        "no change of the last 5 sessions of HSI: no close so far back in the data",
        "no change of the time since 2025-02-14 of HSI: it begins later",
    ]
    assert abs(row["d2_change_pct"] - 3.4880263) < 1e-6


def test_so_many_sessions_over_a_hole_are_said(run_cli: RunCli, write: Write) -> None:
    """Hong Kong had sessions on 11 and 12 February 2025, which this file lacks."""
    rows = "2025-02-07,HSI,21133.54\n2025-02-10,HSI,21521.98\n2025-02-13,HSI,21814.37\n"
    path = write("c.csv", f"date,symbol,close\n{rows}2025-02-14,HSI,22620.33\n")
    ran = run_cli("session", "2025-02-14", "-l", path, "--period", "3d", "-f", "json")
    assert ran.document["moves"][0]["d3_prior_session"] == "2025-02-07"
    (text,) = [w["text"] for w in ran.document["warnings"] if w["code"] == "period_gap"]
    assert text == (
        "HSI: 2 sessions between 2025-02-07 and 2025-02-14 not in the data; the last 3 sessions are"
        " the last 3 closes"
    )


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ("HSI: week 5", True),
        ("HSI: week -5", False),
        ("HSI: ytd +12.7%", True),
        ("N225: since:2025-01-02 -1", True),
        ("HSI: 5d 7.1", False),
        ("any: 1y 40", True),
    ],
)
def test_alerts_watch_periods(condition: str, met: bool, run_cli: RunCli) -> None:
    """Hang Seng on 14 February 2025: +7.04% in five sessions and the week, +12.76% in the year."""
    asked = ("session", "2025-02-14", "-l", SAMPLE_CLOSES, "-f", "json", "-q")
    ran = run_cli(*asked, "--alert", condition)
    assert (ran.status, bool(ran.document["alerts"])) == ((5, True) if met else (0, False))
    assert "week_change_pct" not in ran.document["moves"][0]


def test_an_alert_on_a_period_that_is_not_known_is_said(run_cli: RunCli) -> None:
    asked = ("session", "2025-02-14", "-l", SAMPLE_CLOSES, "-f", "json", "-q")
    ran = run_cli(*asked, "--alert", "HSI: 3y 2")
    (text,) = [n["text"] for n in ran.document["notes"] if n["code"] == "alert_not_judged"]
    assert text.endswith("cannot be judged: no change of the last 3 years of HSI")
    assert ran.status == 0


def test_a_chart_and_a_summary_of_periods(run_cli: RunCli) -> None:
    asked = ("2025-02-14", "-l", SAMPLE_CLOSES, "-i", "HSI", "-i", "N225")
    drawn = run_cli("chart", "session", *asked, "--period", "ytd").stdout
    assert "YTD to the session of Fri 14 Feb 2025" in drawn
    assert ("Hang Seng    +12.76%" in drawn, "Nikkei 225    −1.87%" in drawn) == (True, True)
    text = run_cli("summary", *asked, "--period", "5d", "--period", "qtd").stdout
    assert "Day %    QTD %    5D %" in text
    assert "+3.69%  +12.76%  +7.04%" in text


def test_notebooks_have_the_same_periods() -> None:
    day = marketmove.session(SAMPLE_CLOSES, "2025-02-14", periods=["5d", "ytd"], indices="HSI")
    assert round(float(day.moves["d5_change_pct"].iloc[0]), 2) == 7.04
    with pytest.raises(WrongUsageError, match="unknown period 0d"):
        marketmove.session(SAMPLE_CLOSES, "2025-02-14", periods="0d")
