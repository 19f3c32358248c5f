"""Dates with a time of day: which session a stamp stands for, on the exchange's own clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from program import RunCli, Write


class Stamps(NamedTuple):
    """Two stamps of an index, and the sessions that they stand for; None if they are refused."""

    symbol: str
    stamps: tuple[str, str]
    sessions: tuple[str, str] | None


PLAIN = ("2025-02-13", "2025-02-14")

READ = {
    # Midnight is the date as written, whatever stands behind it.
    "midnight": Stamps("GSPC", ("2025-02-13 00:00:00", "2025-02-14 00:00:00"), PLAIN),
    "midnight_t": Stamps("GSPC", ("2025-02-13T00:00:00.000", "2025-02-14T00:00:00.000"), PLAIN),
    "midnight_offset": Stamps(
        "GSPC", ("2025-02-13 00:00:00-05:00", "2025-02-14 00:00:00-05:00"), PLAIN
    ),
    "midnight_far_offset": Stamps(
        "GSPC", ("2025-02-13T00:00:00+09:00", "2025-02-14T00:00:00+09:00"), PLAIN
    ),
    "midnight_z": Stamps("GSPC", ("2025-02-13T00:00:00Z", "2025-02-14T00:00:00Z"), PLAIN),
    "midnight_over_summer_time": Stamps(
        "GSPC",
        ("2025-03-07 00:00:00-05:00", "2025-03-10 00:00:00-04:00"),
        ("2025-03-07", "2025-03-10"),
    ),
    "midnight_dotted": Stamps("GDAXI", ("13.02.2025 00:00", "14.02.2025 00:00"), PLAIN),
    "midnight_twelve": Stamps("GSPC", ("2/13/2025 12:00:00 AM", "2/14/2025 12:00:00 AM"), PLAIN),
    # The close on the exchange's clock.
    "close": Stamps("GSPC", ("2025-02-13 16:00:00", "2025-02-14 16:00:00"), PLAIN),
    "close_offset": Stamps(
        "GSPC", ("2025-02-13 16:00:00-05:00", "2025-02-14 16:00:00-05:00"), PLAIN
    ),
    "close_in_words": Stamps("GSPC", ("2/13/2025 4:00:00 PM", "2/14/2025 4:00:00 PM"), PLAIN),
    "close_utc": Stamps("GSPC", ("2025-02-13T21:00:00Z", "2025-02-14T21:00:00Z"), PLAIN),
    "close_utc_summer": Stamps(
        "GSPC", ("2025-07-10T20:00:00Z", "2025-07-11T20:00:00Z"), ("2025-07-10", "2025-07-11")
    ),
    "close_london": Stamps("FTSE", ("2025-02-13 16:30:00", "2025-02-14 16:30:00"), PLAIN),
    "close_tokyo_utc": Stamps("N225", ("2025-02-13T06:30:00Z", "2025-02-14T06:30:00Z"), PLAIN),
    # 15:00 UTC is the midnight at which the next day begins in Tokyo.
    "midnight_tokyo_utc": Stamps("N225", ("2025-02-12T15:00:00Z", "2025-02-13T15:00:00Z"), PLAIN),
    "midnight_tokyo_over_a_month": Stamps(
        "N225", ("2025-02-27T15:00:00Z", "2025-03-02T15:00:00Z"), ("2025-02-28", "2025-03-03")
    ),
    # 16:00 UTC is midnight in Hong Kong; 23:00, and 22:00 in summer, is midnight in Frankfurt.
    "midnight_hong_kong_utc": Stamps(
        "HSI", ("2025-02-12T16:00:00Z", "2025-02-13T16:00:00Z"), PLAIN
    ),
    "midnight_frankfurt_utc": Stamps(
        "GDAXI", ("2025-03-27T23:00:00Z", "2025-03-30T22:00:00Z"), ("2025-03-28", "2025-03-31")
    ),
    # Seconds and milliseconds since 1970: the same moments.
    "epoch": Stamps("GSPC", ("1739404800", "1739491200"), PLAIN),
    "epoch_milliseconds": Stamps("GSPC", ("1739404800000", "1739491200000"), PLAIN),
    "epoch_close": Stamps("GSPC", ("1739480400", "1739566800"), PLAIN),
    "epoch_midnight_tokyo": Stamps("N225", ("1739372400", "1739458800"), PLAIN),
    # The open, which labels a day as well: one local time, in winter and in summer.
    "open": Stamps("GSPC", ("2025-02-13 09:30:00-05:00", "2025-02-14 09:30:00-05:00"), PLAIN),
    "open_utc_over_summer_time": Stamps(
        "GSPC", ("2025-03-07T14:30:00Z", "2025-03-10T13:30:00Z"), ("2025-03-07", "2025-03-10")
    ),
    "open_epoch": Stamps("GSPC", ("1739457000", "1739543400"), PLAIN),
    "before_the_open_tokyo_utc": Stamps(
        "N225", ("2025-02-12T23:00:00Z", "2025-02-13T23:00:00Z"), PLAIN
    ),
    # Without an index that is known, one local time is a label of the day; see my_fund below.
    "label": Stamps("my_fund", ("2025-02-13 16:00:00", "2025-02-14 16:00:00"), PLAIN),
    "label_offset": Stamps(
        "my_fund", ("2025-02-13 09:00:00+09:00", "2025-02-14 09:00:00+09:00"), PLAIN
    ),
}
REFUSED = {
    "close_elsewhere": Stamps("N225", ("2025-02-13T21:00:00Z", "2025-02-14T21:00:00Z"), None),
    "hours": Stamps("HSI", ("2025-02-14 10:00:00", "2025-02-14 16:00:00"), None),
    "many_hours": Stamps("HSI", ("2025-02-13 11:12:00", "2025-02-14 13:05:00"), None),
    "evening": Stamps("my_fund", ("2025-02-13 21:00:00", "2025-02-14 21:00:00"), None),
    "unknown_index": Stamps("my_fund", ("2025-02-13T15:00:00Z", "2025-02-14T15:00:00Z"), None),
}


def _text(stamps: Stamps) -> str:
    header = "Timestamp" if stamps.stamps[0].isdecimal() else "Date"
    return f"{header},Close\n{stamps.stamps[0]},5000.25\n{stamps.stamps[1]},5010.75\n"


@pytest.mark.parametrize("name", READ)
def test_a_stamp_is_a_session(
    name: str, run_cli: RunCli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps = READ[name]
    assert stamps.sessions is not None
    prior, session = stamps.sessions
    path = write(f"{stamps.symbol}.csv", _text(stamps))
    monkeypatch.setenv("MARKETMOVE_NOW", "2026-01-01T12:00:00+00:00")
    ran = run_cli("session", session, "--levels", path, "--format", "csv")
    assert (ran.stderr, ran.status) == ("", 0)
    (row,) = ran.rows
    assert (row["close"], row["prior_session"], row["prior_close"]) == ("5010.75", prior, "5000.25")


@pytest.mark.parametrize("name", REFUSED)
def test_a_time_that_ends_no_session_is_refused(name: str, run_cli: RunCli, write: Write) -> None:
    stamps = REFUSED[name]
    path = write(f"{stamps.symbol}.csv", _text(stamps))
    ran = run_cli("session", "latest", "--levels", path, "--format", "csv")
    assert (ran.stdout, ran.status) == ("", 3)
    assert f"{path}:2: {stamps.stamps[0]}" in ran.stderr


def test_half_days_end_early(run_cli: RunCli, write: Write) -> None:
    days = [f"2024-12-{day:02}" for day in (*range(9, 14), *range(16, 21), 23, 26, 27)]
    rows = [f"{day} 16:00:00-05:00,{6000 + n}.25" for n, day in enumerate(days)]
    rows.insert(-2, "2024-12-24 13:00:00-05:00,6040.04")
    path = write("GSPC.csv", "\n".join(["Date,Close", *rows, ""]))
    ran = run_cli("session", "2024-12-26", "--levels", path, "--format", "csv")
    assert (ran.status, ran.stderr) == (0, "")
    assert ran.rows[0]["prior_session"] == "2024-12-24"
