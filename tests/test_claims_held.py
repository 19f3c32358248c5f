"""What reports say of 52 weeks, records, and the last sessions, held against the closes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from program import RunCli, Write

END = dt.date(2025, 2, 14)


def _closes(write: Write, levels: Sequence[float], days: int) -> Path:
    """Closes of the S&P 500 on the weekdays before a date: a level for the first, then the last."""
    dates: list[dt.date] = []
    day = END
    while len(dates) < days:
        if day.weekday() < 5:
            dates.append(day)
        day -= dt.timedelta(1)
    series = [4000.0] * (days - len(levels)) + list(levels)
    rows = [f"{when},SPX,{close}\n" for when, close in zip(reversed(dates), series, strict=True)]
    return write("closes.csv", "date,symbol,close\n" + "".join(rows))


# From 4,000 up to 5,000, and down to 4,500 on the last day: 10% below the highest.
FALLEN = (5000.0, 4900.0, 4800.0, 4850.0, 4700.0, 4600.0, 4650.0, 4550.0, 4540.0, 4520.0, 4500.0)
RISEN = (4300.0, 4200.0, 4400.0)


@pytest.mark.parametrize(
    ("said", "levels", "days", "verdict"),
    [
        ("closed at a new 52-week high", RISEN, 300, "agrees"),
        ("ended at its 52-week high", FALLEN, 300, "disagrees"),
        ("closed at a 52-week low", (*RISEN, 3900.0), 300, "agrees"),
        ("closed at a 52-week low", (*RISEN, 4100.0), 300, "disagrees"),
        ("had its highest close in a year", RISEN, 300, "agrees"),
        # The closes go back for three months only: they can contradict, and not bear out.
        ("closed at a 52-week high", RISEN, 60, "cannot be checked"),
        ("closed at a 52-week high", FALLEN, 60, "disagrees"),
        ("stood 10% below its record", FALLEN, 1500, "agrees"),
        ("stood 10.0% below its record high of 31 January 2025", FALLEN, 1500, "agrees"),
        ("stood 10% below its record high of 3 February 2025", FALLEN, 1500, "disagrees"),
        ("stood 9% below its record close", FALLEN, 1500, "disagrees"),
        ("stood 10% below its record", FALLEN, 300, "cannot be checked"),
        ("stood 4% below its record", FALLEN, 300, "disagrees"),
        ("was down eight of the past 10 sessions", FALLEN, 300, "agrees"),
        ("was down nine of the last ten sessions", FALLEN, 300, "disagrees"),
        ("has risen two of the past 10 days", FALLEN, 300, "agrees"),
        ("was down eight of the past 10 sessions", FALLEN[3:], 8, "cannot be checked"),
    ],
)
def test_a_claim_is_held_against_the_closes(
    said: str, levels: Sequence[float], days: int, verdict: str, run_cli: RunCli, write: Write
) -> None:
    closes = _closes(write, levels, days)
    close, before = f"{levels[-1]:,.2f}", levels[-2]
    pct = 100 * (levels[-1] / before - 1)
    report = write(
        "report.txt",
        f"NEW YORK, February 14, 2025\n\nThe S&P 500 {said}. The S&P 500 closed at {close},"
        f" {'up' if pct > 0 else 'down'} {abs(pct):.2f}%.\n",
    )
    ran = run_cli("verify", report, "-l", closes)
    claims = [line for line in ran.stdout.splitlines() if 'S&P 500, "' in line]
    text = " ".join(ran.stdout.split())
    assert claims, ran.stdout
    assert f'": {verdict}' in text, text
    assert ran.status == (1 if verdict == "disagrees" else 0)


def test_any_period_is_verified(run_cli: RunCli, write: Write) -> None:
    """4,500 after 4,540 two sessions before is −0.88%; after 4,000 a year before, +12.5%."""
    closes = _closes(write, FALLEN, 300)
    row = "index: SPX, close: 4500.00"
    text = f"session: 2025-02-14\nfigures:\n  - {{{row}, 2d_pct: '-0.88%', 1y_pct: '+12.5%'}}\n"
    ran = run_cli("verify", write("r.yaml", text), "-l", closes, "-f", "json")
    verdicts = {f["period"]: f["verdict"] for f in ran.document["figures"]}
    assert verdicts == {None: "agrees", "d2": "agrees", "y1": "agrees"}
    wrong = text.replace("+12.5%", "+12.6%")
    ran = run_cli("verify", write("r.yaml", wrong), "-l", closes, "-f", "json")
    assert {f["period"]: f["verdict"] for f in ran.document["figures"]}["y1"] == "disagrees"
    other = f"session: 2025-02-14\nfigures:\n  - {{{row}, change_pct: '-0.88%', period: 2d}}\n"
    ran = run_cli("verify", write("r.yaml", other), "-l", closes)
    assert ran.status == 0
    unknown = other.replace("2d", "fortnight")
    ran = run_cli("verify", write("r.yaml", unknown), "-l", closes)
    assert "fortnight is not one of week, month, qtd, ytd, or such as 5d" in ran.stderr
