"""Many sessions at once: the same figures as one by one, and what is said where some are bad."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles import tried
from program import SAMPLE_CLOSES, Ran, RunCli, Write, run_process, start_process

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SAMPLES = ("--levels", SAMPLE_CLOSES)
HEADER = "date,symbol,close\n"
Key = tuple[str, str]
Rows = dict[Key, dict[str, str]]


def _by_key(ran: Ran) -> Rows:
    rows = {(row["session"], row["symbol"]): row for row in ran.rows}
    assert len(rows) == len(ran.rows)
    return rows


def _one_by_one(run_cli: RunCli, dates: Iterable[str], *asked: str | Path) -> Rows:
    """The rows of `session` for each date, or of those that have any close."""
    rows: Rows = {}
    for date in dates:
        ran = run_cli("session", date, *asked, "--format", "csv", "--quiet")
        assert ran.status in {0, 4}
        rows |= _by_key(ran) if ran.status == 0 else {}
    return rows


def _days(first: str, last: str) -> list[str]:
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return [str(start + dt.timedelta(n)) for n in range((end - start).days + 1)]


PERIODS = ("--period", "week", "--period", "month", "--period", "ytd")


@pytest.mark.parametrize("options", [PERIODS, ("-i", "SSEC", "-i", "Nikkei")], ids=str)
@pytest.mark.parametrize("first", ["2023-12-28", "2024-12-24"])
def test_the_same_as_session_by_session(
    first: str, options: tuple[str, ...], run_cli: RunCli
) -> None:
    """To the letter: the same text for each figure, each source, each status."""
    dates = _days(first, "2025-02-28")
    shown = sorted({*dates[: tried(3, 9)], *dates[9 :: tried(111, 37)], *dates[-2:]})
    asked: tuple[str | Path, ...] = (*SAMPLES, *options)
    history = run_cli("history", first, "2025-02-28", *asked, "--format", "csv", "--all", "-q")
    many = _by_key(history)
    assert list(many) == sorted(many)
    one = _one_by_one(run_cli, shown, *asked)
    known = {key: row for key, row in one.items() if row["status"] != "unknown"}
    assert known == {key: many[key] for key in known}
    # Where no index has a close, session says so instead of giving rows.
    assert not any(
        row["close"] for key, row in many.items() if key[0] in shown and key not in known
    )


CLOSES = st.dictionaries(
    st.tuples(
        st.dates(dt.date(2024, 12, 23), dt.date(2025, 1, 7)),
        st.sampled_from(["HSI", "N225", "SPX", "Own"]),
    ),
    st.decimals("0.01", "99999.9999", places=4) | st.sampled_from(["100", "100.5"]),
    min_size=3,
    max_size=30,
)


DATES = _days("2024-12-23", "2025-01-08")


@settings(max_examples=tried(8, 40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(closes=CLOSES, date=st.sampled_from(DATES), periods=st.sampled_from([(), PERIODS]))
def test_the_same_as_session_by_session_on_any_closes(
    closes: dict[tuple[dt.date, str], object],
    date: str,
    periods: tuple[str, ...],
    run_cli: RunCli,
) -> None:
    """With weekends, holidays, ghosts and an index that nobody knows."""
    text = HEADER + "".join(f"{day},{name},{close}\n" for (day, name), close in closes.items())
    asked = ("--levels", "-", "--format", "csv", "--quiet", "--decimal", ".", *periods)
    history = run_cli("history", DATES[0], DATES[-1], *asked, "--all", stdin=text.encode())
    assert history.status == 0
    many = {key: row for key, row in _by_key(history).items() if key[0] == date}
    session = run_cli("session", date, *asked, stdin=text.encode())
    if session.status == 4:
        assert not any(row["close"] for row in many.values())
    else:
        one = _by_key(session)
        assert many == {key: row for key, row in one.items() if row["status"] != "unknown"}


def test_every_index_has_a_row_for_every_session_of_its_exchange(
    run_cli: RunCli, write: Write
) -> None:
    rows = "2025-01-24,HSI,1\n2025-01-27,HSI,2\n2025-02-03,HSI,3\n2025-01-28,N225,4\n"
    path = write("closes.csv", HEADER + rows)
    asked = ("history", "2025-01-24", "2025-02-04", "--levels", path, "--format", "csv")
    statuses = {key: row["status"] for key, row in _by_key(run_cli(*asked)).items()}
    assert statuses == {
        # The half day of 28 January is lacking; then the Lunar New Year.
        ("2025-01-24", "HSI"): "no_prior",
        ("2025-01-27", "HSI"): "ok",
        ("2025-01-28", "HSI"): "missing",
        ("2025-02-03", "HSI"): "ok",
        ("2025-02-04", "HSI"): "pending",
        ("2025-01-28", "N225"): "no_prior",
        ("2025-01-29", "N225"): "pending",
        **{(f"2025-01-{day}", "N225"): "stale" for day in (30, 31)},
        **{(f"2025-02-0{day}", "N225"): "stale" for day in (3, 4)},
    }
    rows_of_all = _by_key(run_cli(*asked, "--all"))
    added = {key: rows_of_all[key] for key in rows_of_all.keys() - statuses.keys()}
    assert {key: row["status"] for key, row in added.items()} == {
        **{(f"2025-01-{day}", "HSI"): "closed" for day in (29, 30, 31)},
        # Before its first close.
        **{(f"2025-01-{day}", "N225"): "missing" for day in (24, 27)},
    }
    shut = added["2025-01-29", "HSI"]
    assert (shut["closed_for"], shut["reopens"]) == ("Lunar New Year", "2025-02-03")
    assert rows_of_all["2025-02-03", "HSI"]["gap_sessions"] == "1"


def test_without_a_calendar_only_dates_with_closes_are_rows(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", HEADER + "1995-03-01,HSI,5\n2025-02-03,MINE,1\n2025-02-10,MINE,3\n")
    ran = run_cli("history", "1990-01-01", "2025-02-14", "-l", path, "-i", "MINE", "-f", "csv")
    assert [(r["session"], r["status"]) for r in ran.rows] == [
        ("2025-02-03", "no_prior"),
        ("2025-02-10", "ok"),
    ]
    early = run_cli("history", "1990-01-01", "1999-12-31", "-l", path, "-f", "csv")
    assert [(r["session"], r["status"], r["gap_sessions"]) for r in early.rows] == [
        ("1995-03-01", "no_prior", "")
    ]
    assert "the calendar of XHKG is known from 2000-01-01" in early.stderr


def test_a_ghost_is_no_session_and_another_close_of_a_shut_day_is(
    run_cli: RunCli, write: Write
) -> None:
    # 29 to 31 January 2025 were holidays in Hong Kong.
    rows = "2025-01-28,HSI,100\n2025-01-29,HSI,100\n2025-01-30,HSI,101\n2025-02-03,HSI,102\n"
    path = write("closes.csv", HEADER + rows)
    ran = run_cli("history", "2025-01-28", "2025-02-03", "-l", path, "-f", "csv")
    moves = [(row["session"], row["change_pts"]) for row in ran.rows]
    assert moves == [("2025-01-28", ""), ("2025-01-30", "1.0"), ("2025-02-03", "1.0")]
    ghost, used = ran.stderr.splitlines()
    assert "a row repeats the close before on a date without a session" in ghost
    assert "XHKG was shut on 2025-01-30 (Lunar New Year); the row counts" in used
    assert [row["doubt"] for row in ran.rows] == ["", "shut_day", "shut_day"]
    assert used.startswith(f"{path}:4: warning: ")


BAD = HEADER + (
    "2025-02-03,HSI,100\n2025-02-03,N225,200\n2025-02-04,HSI,101\n2025-02-04,N225,201\n"
    "2025-02-05,HSI,oops\n2025-02-05,N225,202\n2025-02-06,HSI,103\n2025-02-06,N225,203\n"
)


def test_a_bad_row_costs_the_moves_that_rest_on_it(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", BAD)
    ran = run_cli("history", "2025-02-03", "2025-02-06", "-l", path, "--format", "csv")
    assert ran.status == 3
    assert f"{path}:6: " in ran.stderr
    statuses = {key: row["status"] for key, row in _by_key(ran).items()}
    # The close of the 6th is measured from the one that cannot be read.
    assert {key for key, status in statuses.items() if status == "unusable"} == {
        ("2025-02-05", "HSI"),
        ("2025-02-06", "HSI"),
    }
    unusable = _by_key(ran)["2025-02-06", "HSI"]
    assert (unusable["close"], unusable["change_pct"], unusable["source"]) == ("", "", f"{path}:6")
    whole = run_cli("history", "2025-02-03", "2025-02-06", "-l", path, "-f", "csv", "-i", "N225")
    assert {k: r for k, r in _by_key(ran).items() if k[1] == "N225"} == _by_key(whole)
    assert whole.status == 0


@pytest.mark.parametrize("output_format", ["table", "csv", "json", "ndjson"])
def test_what_rests_on_a_bad_row_alone_is_refused(
    output_format: str, run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    path, output = write("closes.csv", BAD), write("moves", "before")
    asked = ("-l", path, "--format", output_format, "--output", output)
    for typed in (("--strict",), ("--index", "HSI")):
        ran = run_cli("history", "2025-02-05", "2025-02-06", *asked, *typed)
        assert ran.status == 3
        assert f"{path}:6: " in ran.stderr
        assert output.read_text() == "before"
    assert run_cli("history", "2025-02-03", "2025-02-04", *asked).status == 0
    there = run_cli("history", "2025-02-03", "2025-02-04", *asked[:-2], "-q").stdout
    assert output.read_bytes().decode() == there
    assert {file.name for file in tmp_path.iterdir()} >= {"closes.csv", "moves"}


def test_a_bad_row_that_touches_nothing_is_a_warning(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", BAD)
    asked = ("-l", path, "--format", "csv")
    before = run_cli("history", "2025-02-03", "2025-02-04", *asked)
    assert (before.status, len(before.rows)) == (0, 4)
    assert before.stderr.startswith(f"{path}:6: warning: a row that these sessions do not touch")
    assert len(before.stderr.splitlines()) == 1
    assert run_cli("history", "2025-02-03", "2025-02-04", *asked, "--quiet").stderr == ""
    assert run_cli("history", "2025-02-03", "2025-02-06", *asked, "-i", "N225").status == 0
    strict = run_cli("history", "2025-02-03", "2025-02-04", *asked, "--strict")
    assert (strict.stdout, strict.status) == ("", 3)


def test_a_bad_row_may_be_the_prior_close_of_a_session_or_a_period(
    run_cli: RunCli, write: Write
) -> None:
    rows = "2025-01-30,MINE,11\n2025-01-31,MINE,?\n2025-02-03,MINE,13\n2025-02-04,MINE,14\n"
    path = write("closes.csv", HEADER + rows)
    asked = ("-l", path, "--format", "csv")
    assert run_cli("history", "2025-02-03", "2025-02-04", *asked).status == 3
    assert run_cli("history", "2025-02-04", "2025-02-04", *asked).status == 0
    assert run_cli("history", "2025-02-04", "2025-02-04", *asked, "--period", "ytd").status == 0
    monthly = run_cli("history", "2025-02-04", "2025-02-04", *asked, "--period", "month")
    assert (monthly.rows[0]["status"], monthly.status) == ("ok", 3)
    assert monthly.rows[0]["month_change_pct"] == ""


def test_two_closes_for_a_date_are_bad(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-03,HSI,11\n2025-02-04,HSI,12\n2025-02-04,HSI,13\n2025-02-05,HSI,14\n"
    path = write("closes.csv", HEADER + rows)
    ran = run_cli("history", "2025-02-03", "2025-02-05", "-l", path, "--format", "csv")
    assert ran.status == 3
    assert [row["status"] for row in ran.rows] == ["no_prior", "unusable", "unusable"]
    assert "HSI has two closes for 2025-02-04" in ran.stderr


def test_gaps_are_told_in_one_line(run_cli: RunCli, write: Write) -> None:
    days = ["2025-02-03", "2025-02-05", "2025-02-07", "2025-02-10"]
    path = write(
        "closes.csv", HEADER + "".join(f"{day},HSI,{n + 11}\n" for n, day in enumerate(days))
    )
    ran = run_cli("history", days[0], days[-1], "-l", path, "--format", "csv", "--period", "week")
    assert ran.stderr.startswith(f"{path}:3: warning: 2 moves span more than one session")
    assert "HSI from 2025-02-03 to 2025-02-05" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert [row["gap_sessions"] for row in ran.rows if row["status"] == "ok"] == ["1", "1", "0"]


def test_a_period_measured_from_an_earlier_close_is_told(run_cli: RunCli, write: Write) -> None:
    rows = "2025-01-30,N225,11\n2025-02-03,N225,12\n2025-02-04,N225,13\n"
    path = write("closes.csv", HEADER + rows)
    asked = ("-l", path, "--format", "csv", "--period", "week")
    ran = run_cli("history", "2025-02-04", "2025-02-04", *asked)
    assert ran.stderr.startswith(
        f"{path}:4: warning: a change of the week measured from an earlier"
    )
    assert "(N225 in 2025-02-04, from 2025-01-30)" in ran.stderr


def test_latest_is_the_last_date_of_the_data(run_cli: RunCli) -> None:
    latest = run_cli("history", "2025-02-20", "latest", *SAMPLES, "--format", "csv")
    assert latest == run_cli("history", "2025-02-20", "2025-02-28", *SAMPLES, "--format", "csv")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("2025-02-05", "2025-02-04"), 2, "2025-02-05 is after 2025-02-04"),
        (("latest", "latest"), 2, "FROM is latest"),
        (("2025-02-03", "2025-02-30"), 2, "2025-02-30 is not a date"),
        (("2025-02-03",), 2, "missing: TO (The last date"),
        (("2025-02-03", "latest"), 2, "no closes are named"),
        (("2023-12-27", "2025-02-04"), 2, "are from 2023-12-28 to 2025-02-28"),
        (("2025-02-03", "2025-03-01"), 2, "are from 2023-12-28 to 2025-02-28"),
        (("2025-02-03", "2025-02-04", "closes.csv"), 2, "closes.csv stands after the date"),
        (("2025-02-15", "2025-02-16", *SAMPLES), 4, "from 2025-02-15 to 2025-02-16; the data has"),
        (("2026-02-15", "latest", *SAMPLES), 4, "the data has closes from 2023-12-28"),
        (("2025-02-03", "2025-02-04", *SAMPLES, "-i", "DAXX"), 2, "unknown index: DAXX"),
    ],
    ids=str,
)
def test_what_cannot_be_given(
    arguments: tuple[str, ...], status: int, said: str, run_cli: RunCli
) -> None:
    ran = run_cli("history", *arguments, "--format", "csv")
    assert (ran.stdout, ran.status) == ("", status)
    assert said in ran.stderr
    error = run_cli("history", *arguments, "--format", "json").document
    assert (error["schema"], error["error"]["status"]) == ("marketmove.history/1", status)


def test_published_figures_are_no_closes(run_cli: RunCli, write: Write) -> None:
    figures = "session: 2025-02-04\nfigures:\n  - {index: HSI, change_pct: 1}\n"
    path = write("report.yaml", figures)
    ran = run_cli("history", "2025-02-04", "2025-02-04", "--levels", path)
    assert (ran.stdout, ran.status) == ("", 2)
    assert "published figures, not closes" in ran.stderr


def test_the_formats_carry_the_same_values(run_cli: RunCli) -> None:
    asked = ("history", "2025-01-27", "2025-02-05", *SAMPLES, "--all", "--period", "ytd")
    rows = run_cli(*asked, "--format", "csv").rows
    document = run_cli(*asked, "--format", "json").document
    lines = run_cli(*asked, "--format", "ndjson").stdout.splitlines()
    assert [json.loads(line) for line in lines] == document["moves"]
    assert list(document) == ["schema", "from", "to", "source", "moves", "warnings", "notes"]
    assert (document["schema"], document["from"]) == ("marketmove.history/1", "2025-01-27")
    assert [[*move] for move in document["moves"]] == [[*row] for row in rows]
    for row, move in zip(rows, document["moves"], strict=True):
        texts = {name: "" if value is None else str(value) for name, value in move.items()}
        assert texts == row


def test_json_lines_of_a_session(run_cli: RunCli) -> None:
    for asked in (("2025-02-04",), ("2025-02-14", *SAMPLES, "--period", "week")):
        lines = run_cli("session", *asked, "--format", "ndjson").stdout.splitlines()
        rows = run_cli("session", *asked, "--format", "csv").rows
        texts = [
            {name: "" if value is None else str(value) for name, value in json.loads(line).items()}
            for line in lines
        ]
        assert texts == rows


def test_a_long_table_is_shortened(run_cli: RunCli) -> None:
    asked = ("history", "2024-01-02", "2024-12-31", *SAMPLES, "-i", "HSI", "-i", "N225")
    lines = run_cli(*asked).stdout.splitlines()
    assert len(lines) < 60
    left_out = next(line for line in lines if "left out; --all shows them" in line)
    count = int(left_out.split()[0])
    rows = run_cli(*asked, "--format", "csv").rows
    assert count + 40 == len(rows)
    whole = run_cli(*asked, "--all").stdout
    assert "left out" not in whole
    assert "shut: Christmas" in whole
    assert whole.count("\n") > len(rows)


def test_the_table_of_the_samples_says_so(run_cli: RunCli) -> None:
    ran = run_cli("history", "2025-02-03", "2025-02-04", "--ascii")
    assert (ran.stderr, ran.status) == ("", 0)
    assert ran.stdout.isascii()
    title = "Moves from Mon 3 Feb 2025 to Tue 4 Feb 2025 - closes - samples/closes.csv"
    assert ran.stdout.splitlines()[0] == f"{title} (bundled sample)"
    assert ran.stdout.count("2025-02-04") == 1


def test_a_reader_may_leave_early() -> None:
    asked = ("history", "2023-12-28", "2025-02-28", "--format", "csv", "--quiet")
    program = start_process(*asked)
    assert program.stdout
    assert program.stderr
    program.stdout.close()
    assert program.stderr.read() == b""
    program.stderr.close()
    assert program.wait(60) == 0


def test_all_rows_reach_a_pipe_beside_a_bad_one(write: Write) -> None:
    path = write("closes.csv", BAD)
    ran = run_process("history", "2025-02-03", "2025-02-06", "-l", path, "-f", "csv")
    assert (len(ran.rows), ran.status) == (8, 3)


def test_the_header_is_that_of_session(run_cli: RunCli) -> None:
    for periods in ((), PERIODS):
        asked = (*SAMPLES, "--format", "csv", *periods)
        many = run_cli("history", "2025-02-03", "2025-02-04", *asked).stdout
        one = run_cli("session", "2025-02-04", *asked).stdout
        assert next(csv.reader(io.StringIO(many))) == next(csv.reader(io.StringIO(one)))
