"""Each index's last session that was over at a moment, and the periods that a session ends."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from program import SAMPLE_CLOSES, RunCli, Write, rows_by_symbol

HEADER = "date,symbol,close\n"
HONG_KONG_EVENING = "2025-02-14T18:00+08:00"
# Where it was still the day before, or the session was not over.
THE_DAY_BEFORE = {"FTSE", "GDAXI", "FCHI", "STOXX50E", "SPX", "DJI", "IXIC"}


def test_each_index_has_its_last_completed_session(run_cli: RunCli) -> None:
    rows = rows_by_symbol(run_cli("session", "--as-of", HONG_KONG_EVENING, "-f", "csv"))
    assert len(rows) == 20
    for symbol, row in rows.items():
        expected = "2025-02-13" if symbol in THE_DAY_BEFORE else "2025-02-14"
        assert (row["session"], row["status"]) == (expected, "ok"), symbol
    for day in ("2025-02-13", "2025-02-14"):
        asked = run_cli("session", day, "-l", SAMPLE_CLOSES, "-f", "csv")
        for symbol, row in rows_by_symbol(asked).items():
            if rows[symbol]["session"] == day:
                assert row["change_pct"] == rows[symbol]["change_pct"]


def test_the_document_and_the_table_are_dated_by_row(run_cli: RunCli) -> None:
    asked = ("session", "--as-of", HONG_KONG_EVENING, "-i", "HSI", "-i", "SPX")
    document = run_cli(*asked, "-f", "json").document
    assert (document["session"], document["as_of"]) == (None, "2025-02-14T18:00:00+08:00")
    assert [move["session"] for move in document["moves"]] == ["2025-02-14", "2025-02-13"]
    assert run_cli(*asked).stdout == (
        "As of 14 Feb 2025 18:00 +08:00 · closes · samples/closes.csv"
        " (bundled sample)\n\n"
        "  Index       Session          Close   Prior close    Change   Change %\n"
        "  Hang Seng   2025-02-14   22,620.33     21,814.37   +805.96     +3.69%   │▇▇▇▇▇▇▇▇▇▇\n"
        "  S&P 500     2025-02-13    6,115.07      6,051.97    +63.10     +1.04%   │▇▇▇\n"
        "\n  Highlights: Hang Seng: largest rise since 2024-10-02, highest since 2024-10-07"
        " · S&P 500: largest rise since 2025-01-15\n"
        "  2 up · range 2.65 pp\n"
        "  no divergent pairs: every move is up\n"
    )


@pytest.mark.parametrize(
    ("moment", "symbol", "session"),
    [
        ("2025-02-14T16:09+08:00", "HSI", "2025-02-13"),  # the closing auction ends by 16:10
        ("2025-02-14T16:10+08:00", "HSI", "2025-02-14"),
        ("2025-02-14T08:10Z", "HSI", "2025-02-14"),
        ("2025-01-28T12:09+08:00", "HSI", "2025-01-27"),  # a half day, to noon and its auction
        ("2025-01-28T12:10+08:00", "HSI", "2025-01-28"),
        ("2025-02-01T00:00Z", "HSI", "2025-01-28"),  # Lunar New Year
        ("2025-02-02T23:00-05:00", "SPX", "2025-01-31"),  # a weekend
        ("2024-11-04T15:00+09:00", "N225", "2024-11-01"),  # Culture Day, a Monday
        ("2024-10-31T15:10+09:00", "N225", "2024-10-31"),  # Tokyo then shut at 15:00,
        ("2024-11-05T15:10+09:00", "N225", "2024-11-01"),  # and from that day at 15:30
    ],
)
def test_the_moment_decides(
    moment: str, symbol: str, session: str, run_cli: RunCli, write: Write
) -> None:
    start = dt.date(2024, 10, 1)
    days = [start + dt.timedelta(days=n) for n in range(150)]
    # A feed with a row for every weekday: those of shut days repeat the close before.
    rows, close = "", 1000
    for day in days:
        if day.weekday() < 5:
            shut = str(day) in {"2024-11-04", "2025-01-29", "2025-01-30", "2025-01-31"}
            close += not shut
            rows += f"{day},{symbol},{close}\n"
    path = write("closes.csv", HEADER + rows)
    (row,) = run_cli("session", "--as-of", moment, "-l", path, "-f", "csv").rows
    assert (row["session"], row["status"]) == (session, "ok")


def test_a_close_that_is_not_there_yet_is_pending(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", HEADER + "2025-02-13,HSI,1\n2025-02-13,SPX,2\n2025-02-12,SPX,1\n")
    ran = run_cli("session", "--as-of", HONG_KONG_EVENING, "-l", path, "-f", "csv")
    rows = rows_by_symbol(ran)
    assert (rows["HSI"]["session"], rows["HSI"]["status"]) == ("2025-02-14", "pending")
    assert (rows["SPX"]["session"], rows["SPX"]["status"]) == ("2025-02-13", "ok")
    ran = run_cli("session", "--as-of", HONG_KONG_EVENING, "-l", path, "-i", "HSI")
    assert (ran.stdout, ran.status) == ("", 4)


@pytest.mark.parametrize(
    ("moment", "session"),
    [
        ("2025-02-16T12:00+07:00", "2025-02-14"),  # a Sunday
        ("2025-02-14T15:00+07:00", "2025-02-14"),
        ("2025-02-14T14:59+07:00", "2025-02-13"),
    ],
)
def test_without_a_calendar_the_last_close_that_was_over_counts(
    moment: str, session: str, run_cli: RunCli, write: Write
) -> None:
    """Of Ho Chi Minh City the clock is known, and not the sessions."""
    closes = "date,VNINDEX\n2025-02-12,1260\n2025-02-13,1270\n2025-02-14,1280\n"
    path = write("closes.csv", closes)
    document = run_cli("session", "--as-of", moment, "-l", path, "-f", "json").document
    assert [(m["session"], m["status"]) for m in document["moves"]] == [(session, "ok")]


def test_an_index_without_an_exchange_has_no_last_session(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", HEADER + "2025-02-13,HSI,1\n2025-02-14,HSI,2\n2025-02-14,OWN,1\n")
    ran = run_cli("session", "--as-of", HONG_KONG_EVENING, "-l", path, "-f", "csv")
    row = rows_by_symbol(ran)["OWN"]
    assert (row["session"], row["status"], row["close"]) == ("", "unknown", "")
    table = run_cli("session", "--as-of", HONG_KONG_EVENING, "-l", path).stdout
    assert (
        "  OWN              its last session is not known, as its exchange or its calendar is not\n"
        in table
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("--as-of", "2025-02-14T18:00"), "2025-02-14T18:00 has no offset; expected a date and"),
        (("--as-of", "2025-02-14"), "2025-02-14 has no offset; expected a date and"),
        (("--as-of", "tomorrow"), "tomorrow is not a date and time with its offset from UTC"),
        (
            ("2025-02-14", "--as-of", "now"),
            "2025-02-14 and --as-of both give the date; leave one of",
        ),
        (("--as-of", "now"), "no closes are named; say --levels FILE"),
        (
            ("2025-02-14", "--period", "decade"),
            "unknown period decade; choose day, week",
        ),
    ],
)
def test_what_is_typed_wrong(typed: tuple[str, ...], said: str, run_cli: RunCli) -> None:
    ran = run_cli("session", *typed)
    assert (ran.stdout, ran.status) == ("", 2)
    assert said in ran.stderr


def test_now_reads_the_clock(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the day is, the sample ended long ago."""
    monkeypatch.delenv("MARKETMOVE_NOW")
    ran = run_cli("session", "--as-of", "now", "-l", SAMPLE_CLOSES)
    assert (ran.stdout, ran.status) == ("", 4)
    assert "the data has closes from 2023-12-28 to 2025-02-28" in ran.stderr


def test_periods_start_from_the_last_close_before_them(run_cli: RunCli) -> None:
    """The year to date of HSI on 2025-02-04 is +3.64%, not +5.95% from its first close."""
    asked = ("session", "2025-02-04", "-l", SAMPLE_CLOSES, "-f", "csv")
    rows = rows_by_symbol(run_cli(*asked, "--period", "ytd", "--period", "week", "--period", "day"))
    for symbol, pct in (("HSI", "3.64"), ("N225", "-2.75")):
        assert Decimal(rows[symbol]["ytd_change_pct"]).quantize(Decimal("0.01")) == Decimal(pct)
    assert rows["HSI"]["ytd_prior_session"] == "2024-12-31"
    assert rows["N225"]["ytd_prior_session"] == "2024-12-30"
    # A Tuesday's week has two sessions; Hong Kong was shut from Wednesday of the week before.
    assert (rows["HSI"]["week_prior_session"], rows["FTSE"]["week_prior_session"]) == (
        *("2025-01-28", "2025-01-31"),
    )
    assert list(rows["HSI"])[-12:-4] == [
        *("week_prior_session", "week_prior_close", "week_change_pts", "week_change_pct"),
        *("ytd_prior_session", "ytd_prior_close", "ytd_change_pts", "ytd_change_pct"),
    ]
    assert rows["KS11"]["ytd_change_pct"] == "", "no close before 2025 is known"


def test_a_week_begins_on_monday(run_cli: RunCli, write: Write) -> None:
    """Also where there are closes on Sundays: 121 is 10% above the Sunday's 110."""
    rows = "2025-02-07,OWN,100\n2025-02-09,OWN,110\n2025-02-10,OWN,120\n2025-02-11,OWN,121\n"
    path = write("closes.csv", HEADER + rows)
    (row,) = run_cli("session", "2025-02-11", "-l", path, "--period", "week", "-f", "csv").rows
    assert (row["week_prior_session"], row["week_change_pct"]) == ("2025-02-09", "10.0")


@pytest.mark.parametrize("period", ["week", "month", "ytd"])
def test_a_period_is_what_its_own_closes_give(period: str, run_cli: RunCli) -> None:
    with SAMPLE_CLOSES.open() as file:
        closes = [line.strip().split(",") for line in file][1:]
    day = dt.date(2025, 2, 13)
    starts = {
        "week": dt.date(2025, 2, 10),
        "month": dt.date(2025, 2, 1),
        "ytd": dt.date(2025, 1, 1),
    }
    ran = run_cli("session", str(day), "-l", SAMPLE_CLOSES, "-f", "json", "--period", period)
    for move in ran.document["moves"]:
        own = {date: Decimal(close) for date, symbol, close in closes if symbol == move["symbol"]}
        base = max((date for date in own if date < str(starts[period])), default=None)
        assert move[f"{period}_prior_session"] == base
        if base is not None and str(day) in own:
            change = own[str(day)] - own[base]
            assert move[f"{period}_change_pts"] == float(change)
            assert move[f"{period}_change_pct"] == pytest.approx(
                float(change / own[base] * 100), rel=1e-15
            )


def test_a_base_before_a_hole_is_said(run_cli: RunCli, write: Write) -> None:
    rows = "2024-12-27,HSI,20090.46\n2025-01-02,HSI,19623.32\n2025-01-03,HSI,19760.27\n"
    asked = ("session", "2025-01-03", "-l", write("closes.csv", HEADER + rows), "-f", "csv")
    ran = run_cli(*asked, "--period", "ytd")
    assert ran.stderr == (
        "marketmove: warning: HSI: 2 sessions between 2024-12-27 and the first day of the year not"
        " in the data; measured from that close\n"
    )
    assert run_cli(*asked).stderr == ""


def test_published_figures_have_no_periods(run_cli: RunCli) -> None:
    ran = run_cli("session", "2025-02-04", "--period", "ytd", "-f", "csv")
    assert ran.status == 0
    assert {row["basis"] for row in ran.rows} == {"closes"}, "the bundled closes serve instead"


def test_mixed_kinds_of_return_are_noted(run_cli: RunCli) -> None:
    asked = ("session", "2025-02-14", "-l", SAMPLE_CLOSES, "-f", "json")
    notes = run_cli(*asked, "-i", "DAX", "-i", "FTSE", "-i", "CAC 40").document["notes"]
    (note,) = (note for note in notes if note["code"] == "mixed_returns")
    assert note["text"] == ("DAX with dividends, the others without dividends")
    alone = run_cli(*asked, "-i", "FTSE", "-i", "CAC 40").document["notes"]
    assert "mixed_returns" not in {note["code"] for note in alone}


def test_one_note_where_the_closes_are_hours_apart(run_cli: RunCli) -> None:
    asked = ("session", "2025-02-14", "-l", SAMPLE_CLOSES, "-f", "json")
    notes = run_cli(*asked, "-i", "HSI", "-i", "SPX").document["notes"]
    assert [note["text"] for note in notes if note["code"] == "hours_apart"] == [
        "the closes are hours apart: HSI 08:00 UTC, SPX 21:00 UTC"
    ]
    notes = run_cli(*asked, "-i", "SPX", "-i", "DJI").document["notes"]
    assert [note["code"] for note in notes] == ["no_pair"]
