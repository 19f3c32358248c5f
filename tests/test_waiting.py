"""A summary waits for the closes that are due, goes out once it is whole, and says what is gone."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from program import Ran, RunCli, Write

HEADER = "date,symbol,close\n"
THURSDAY = "2025-02-13,HSI,21814.37\n2025-02-13,N225,39461.47\n2025-02-13,TWII,23399.41\n"
HSI, N225, TWII = (
    "2025-02-14,HSI,22620.33\n",
    "2025-02-14,N225,39149.43\n",
    "2025-02-14,TWII,23152.61\n",
)
# Taipei is over at 05:30 UTC, Tokyo at 06:30, Hong Kong at 08:00, and final at 08:10: three hours
# after which is 11:10.
SEVEN, TEN, TWELVE = (f"2025-02-14T{hour}:00+00:00" for hour in ("07", "10", "12"))
SILENT = ("", "", 0)


class At(Protocol):
    """Runs the summary of some closes at a moment."""

    def __call__(self, moment: str, closes: str, *more: str) -> Ran: ...


@pytest.fixture
def at(run_cli: RunCli, write: Write, path: Path, monkeypatch: pytest.MonkeyPatch) -> At:
    """Run the summary at a moment, beside the same journal each time."""

    def run(moment: str, closes: str, *more: str) -> Ran:
        monkeypatch.setenv("MARKETMOVE_NOW", moment)
        file = write("closes.csv", HEADER + closes)
        return run_cli("summary", "-l", file, "--once", "--journal", path, *more)

    return run


@pytest.mark.parametrize("asked", [(), ("2025-02-14",), ("--as-of", "now"), ("--complete",)])
def test_one_summary_once_all_is_there(at: At, asked: tuple[str, ...]) -> None:
    assert at(TEN, THURSDAY + HSI, *asked) == SILENT
    assert at(TEN, THURSDAY + HSI + N225, *asked) == SILENT
    whole = at(TEN, THURSDAY + HSI + N225 + TWII, *asked)
    assert whole.stdout.startswith("Hang Seng up 3.69%")
    assert (whole.stderr, whole.status) == ("", 0)
    assert "Not complete" not in whole.stdout
    assert at(TWELVE, THURSDAY + HSI + N225 + TWII, *asked) == SILENT


def test_a_close_that_is_soon_to_come_is_waited_for(at: At) -> None:
    """Half a day is no summary: Hong Kong closes less than three hours after Tokyo."""
    closes = THURSDAY + N225 + TWII
    assert at(SEVEN, closes) == SILENT
    assert at(SEVEN, closes, "--as-of", "now") == SILENT
    assert at(SEVEN, closes, "--wait-until", "09:00") == SILENT
    # It is not where nobody is patient, or the time ends before.
    for asked in (("--patience", "1h"), ("--wait-until", "07:00"), ("--no-complete",)):
        ran = at(SEVEN, closes, *asked, "--dry-run")
        assert "waits for" not in ran.stdout
        assert "standard output: 14 Feb: Taiex down 1.05%" in ran.stdout
    assert at(TEN, closes + HSI).stdout.startswith("Hang Seng up 3.69%")


def test_what_closes_many_hours_later_is_not_waited_for(at: At) -> None:
    """But to a time of day that is after it."""
    new_york = "2025-02-13,SPX,6115.07\n"
    closes = THURSDAY + new_york + HSI + N225 + TWII
    for asked in ((), ("--as-of", "now")):
        assert at(TEN, closes, *asked, "--wait-until", "22:00") == SILENT
        night = "2025-02-14T21:40+00:00"
        assert at(night, closes, *asked, "--wait-until", "22:00") == SILENT
    out = at(TEN, closes)
    assert out.stdout.startswith("Hang Seng up 3.69%")
    assert "Not complete" not in out.stdout


@pytest.mark.parametrize(
    ("limit", "silent", "out"),
    [
        ((), "11:09", "11:10"),
        (("--patience", "90m"), "09:39", "09:40"),
        (("--patience", "1h30m"), "09:39", "09:40"),
        (("--wait-until", "09:15"), "09:14", "09:15"),
        (("--wait-until", "9:15", "--complete"), "09:14", "09:15"),
    ],
)
def test_patience_ends_and_what_lacks_is_said(
    at: At, limit: tuple[str, ...], silent: str, out: str
) -> None:
    closes = THURSDAY + HSI + TWII
    assert at(f"2025-02-14T{silent}+00:00", closes, *limit) == SILENT
    ran = at(f"2025-02-14T{out}+00:00", closes, *limit)
    assert ran.stdout.startswith(
        "Not complete: the close of Nikkei 225 of Fri 14 Feb 2025 has not come.\n\nHang Seng up"
    )
    assert at("2025-02-14T13:00+00:00", closes, *limit) == SILENT
    # The rest comes, and why the summary comes again is its first line.
    again = at("2025-02-14T14:00+00:00", closes + N225, *limit, "--alert", "HSI: 3")
    first, alert = again.stdout.splitlines()[:2]
    assert first == "N225 2025-02-14 came in: 39,149.43"
    assert alert.startswith("Alert: Hang Seng up 3.69%")
    assert "Not complete" not in again.stdout


def test_without_waiting_it_goes_out_as_it_is(at: At, run_cli: RunCli, write: Write) -> None:
    ran = at(TEN, THURSDAY + HSI, "--no-complete")
    assert ran.stdout.startswith("Hang Seng up 3.69%")
    # And a plain summary waits only where that is asked for.
    file = write("closes.csv", HEADER + THURSDAY + HSI)
    assert run_cli("summary", "-l", file).stdout.startswith("Hang Seng")
    assert run_cli("summary", "-l", file, "--complete") == SILENT


def test_new_sessions_without_a_new_close_are_no_news(at: At) -> None:
    closes = THURSDAY + HSI + N225 + TWII
    asked = ("--as-of", "now")
    assert at(TWELVE, closes, *asked).stdout
    # The next week has begun; Taipei is over, then Tokyo too, and the file is the same.
    for more in ((), ("--no-complete",), ("--patience", "0m")):
        assert at("2025-02-17T05:40+00:00", closes, *asked, *more) == SILENT
        assert at("2025-02-17T06:40+00:00", closes, *asked, *more) == SILENT
    # Hong Kong as well: nothing to sum up yet, which is waited for, and then said.
    assert at("2025-02-17T11:00+00:00", closes, *asked) == SILENT
    ran = at("2025-02-17T12:00+00:00", closes, *asked)
    assert (ran.stdout, ran.status) == ("", 4)
    assert "the data has closes from 2025-02-13 to 2025-02-14" in ran.stderr


def test_what_was_there_yesterday_and_is_gone_is_named(at: At) -> None:
    closes = THURSDAY + HSI + N225 + TWII
    assert at(TWELVE, closes).stdout
    monday = "2025-02-17,N225,39174.25\n2025-02-17,TWII,23505.33\n"
    without = "".join(row + "\n" for row in closes.splitlines() if ",HSI," not in row)
    evening = "2025-02-17T12:00+00:00"
    ran = at(evening, without + monday)
    assert ran.stdout.startswith("Hang Seng is no longer in the data.\n")
    assert at("2025-02-17T13:00+00:00", without + monday) == SILENT
    # Where it was asked for the others, none is gone.
    assert "no longer" not in at(evening, without + monday, "-i", "N225").stdout


def test_what_the_configuration_feeds_is_expected(at: At, write: Write) -> None:
    config = write("own.yaml", "feeds:\n  HSI: {url: https://example.com/hsi.csv}\n")
    asked = ("-c", str(config))
    closes = "".join(r + "\n" for r in (THURSDAY + N225 + TWII).splitlines() if ",HSI," not in r)
    assert at(TEN, closes, *asked) == SILENT
    ran = at(TWELVE, closes, *asked)
    assert ran.stdout.startswith("Not complete: the close of Hang Seng of Fri 14 Feb 2025 has not")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("--wait-until", "25:00"), "--wait-until: 25:00 is not a time of day such as 22:00"),
        (("--patience", "soon"), "--patience: soon is not a length of time such as 3h, 90m"),
        (("--patience", ""), "--patience:  is not a length of time such as 3h, 90m"),
        (("--patience", "3h", "--wait-until", "22:00"), "leave one of them out"),
        (("--patience", "3h", "--no-complete"), "say --once or --complete too"),
        (("--patience", "3h", "--force"), "--force waits for none"),
        (("--complete", "--force"), "--force does not; leave one of them out"),
    ],
)
def test_what_cannot_be_waited_for(at: At, typed: tuple[str, ...], said: str) -> None:
    ran = at(TEN, THURSDAY, *typed)
    assert (ran.stdout, ran.status) == ("", 2)
    assert said in ran.stderr
