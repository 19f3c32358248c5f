"""What `session` takes and refuses: dates, files, standard input, options."""

from __future__ import annotations

from pathlib import Path

import pytest

from program import SAMPLE_CLOSES, RunCli, Write, rows_by_symbol

FEBRUARY_14 = ("session", "2025-02-14", "--levels", SAMPLE_CLOSES)
HEADER = "date,symbol,close\n"


def test_latest_is_the_last_date_in_the_files(run_cli: RunCli) -> None:
    asked = ("--levels", SAMPLE_CLOSES, "--format", "csv")
    assert {row["session"] for row in run_cli("session", *asked).rows} == {"2025-02-28"}
    latest = run_cli("session", "latest", *asked)
    assert latest.stdout == run_cli("session", *asked).stdout
    assert latest.stdout == run_cli("session", "2025-02-28", *asked).stdout


def test_latest_is_of_the_chosen_indices(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-13,HSI,100\n2025-02-14,HSI,101\n2025-02-17,N225,100\n"
    path = write("closes.csv", HEADER + rows)
    ran = run_cli("session", "latest", "-l", path, "-i", "HSI", "-f", "csv")
    assert [(row["session"], row["change_pct"]) for row in ran.rows] == [("2025-02-14", "1.0")]


def test_today_and_yesterday_are_dates(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", HEADER + "1999-12-31,HSI,100\n")
    for word in ("today", "yesterday"):
        ran = run_cli("session", word, "--levels", path)
        assert (ran.stdout, ran.status) == ("", 4)
        assert "the nearest in the data: 1999-12-31" in ran.stderr


def test_several_files_are_one_set_of_closes(run_cli: RunCli, write: Write) -> None:
    old = write("old.csv", HEADER + "2025-02-13,HSI,21814.37\n")
    new = write("N225.csv", "Date;Close\n13.02.2025;39.461,47\n14.02.2025;39.149,43\n")
    last = write("last.yaml", "closes:\n  - {date: 2025-02-14, symbol: ^HSI, close: 22620.33}\n")
    files = ("--levels", old, "--levels", new, "--levels", last)
    rows = rows_by_symbol(run_cli("session", "2025-02-14", *files, "--format", "csv"))
    assert rows["HSI"]["change_pts"] == "805.96"
    assert rows["HSI"]["source"] == f"{last}:2"
    assert rows["N225"]["change_pts"] == "-312.04"
    assert rows["N225"]["source"] == f"{new}:3"
    title = run_cli("session", "2025-02-14", *files).stdout.splitlines()[0]
    assert title == "Session of Fri 14 Feb 2025 · closes (3 files)"


def test_files_that_contradict_each_other(run_cli: RunCli, write: Write) -> None:
    one = write("one.csv", HEADER + "2025-02-13,HSI,100\n2025-02-14,HSI,101\n")
    other = write("other.csv", HEADER + "2025-02-14,HSI,102\n")
    ran = run_cli("session", "2025-02-14", "--levels", one, "--levels", other)
    assert (ran.stdout, ran.status) == ("", 3)
    assert ran.stderr == (
        f"{other}:2: HSI has two closes for 2025-02-14: 102 here and 101 at {one}:3;"
        " remove the wrong one, or say --later-wins\n"
    )


def test_standard_input(run_cli: RunCli) -> None:
    data = SAMPLE_CLOSES.read_bytes()
    piped = run_cli("session", "2025-02-14", "--levels", "-", "--format", "csv", stdin=data)
    named = run_cli(*FEBRUARY_14, "--format", "csv")
    assert piped.status == 0
    assert piped.stdout.replace("<stdin>:", f"{SAMPLE_CLOSES}:") == named.stdout
    assert all(row["source"].startswith("<stdin>:") for row in piped.rows)


def test_standard_input_is_read_once(run_cli: RunCli) -> None:
    ran = run_cli("session", "2025-02-14", "-l", "-", "-l", "-", stdin=b"x")
    assert ran.stderr == "marketmove: --levels - is given twice; standard input is read once\n"
    assert ran.status == 2


@pytest.mark.parametrize(
    ("session", "status", "said"),
    [
        ("2025-02-15", 4, "the nearest in the data: 2025-02-14 and 2025-02-17"),
        ("2030-01-01", 4, "the nearest in the data: 2025-02-28"),
        ("1999-12-31", 4, "the nearest in the data: 2023-12-28"),
        ("2025-02-30", 2, "2025-02-30 is not a date"),
        ("2025-2-4x", 2, "2025-2-4x is not a date"),
        ("04.13.2025", 2, "04.13.2025 is not a date"),
        ("04/02/2025", 2, "04/02/2025 may be 2025-02-04 or 2025-04-02"),
        ("0001-01-01", 2, "0001-01-01 is not a date"),
        ("tomorrow", 2, "expected a date such as 2025-02-04, or latest, today, yesterday"),
        ("", 2, "is not a date"),
    ],
)
def test_a_session_that_there_is_not(session: str, status: int, said: str, run_cli: RunCli) -> None:
    ran = run_cli("session", session, "--levels", SAMPLE_CLOSES)
    assert (ran.stdout, ran.status) == ("", status)
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_no_chosen_index_has_a_close(run_cli: RunCli) -> None:
    ran = run_cli("session", "2025-02-04", "--levels", SAMPLE_CLOSES, "--index", "SSEC")
    assert (ran.stdout, ran.status) == ("", 4)
    assert ran.stderr == (
        "marketmove: no chosen index has a close on 2025-02-04; its exchange was shut"
        " (Lunar New Year); the nearest in the data: 2025-01-27 and 2025-02-05\n"
    )


def test_a_session_of_the_bundled_closes(run_cli: RunCli) -> None:
    ran = run_cli("session", "2025-02-14")
    assert ran.status == 0
    assert ran.stdout.splitlines()[0] == (
        "Session of Fri 14 Feb 2025 · closes · samples/closes.csv (bundled sample)"
    )
    rows = run_cli("session", "2025-02-14", "--format", "csv").rows
    assert all(row["source"].startswith("samples/closes.csv:") for row in rows)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((), 2),
        (("latest",), 2),
        (("2030-01-01",), 2),
        (("1999-12-31",), 2),
        (("2025-02-15",), 4),
    ],
)
def test_the_samples_serve_only_a_date_that_they_hold(
    arguments: tuple[str, ...], status: int, run_cli: RunCli
) -> None:
    ran = run_cli("session", *arguments)
    assert (ran.stdout, ran.status) == ("", status)
    assert "no closes are named; say --levels FILE, or set levels: in the config" in ran.stderr


def test_a_folder_without_its_option_is_told_where_it_goes(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Downloads").mkdir()
    monkeypatch.chdir(tmp_path)
    for words in (["Downloads"], ["latest", "Downloads"]):
        ran = run_cli("session", *words)
        assert ran.status == 2
        assert "--levels Downloads" in ran.stderr


def test_a_stray_path_is_told_where_it_goes(run_cli: RunCli) -> None:
    ran = run_cli("session", "2025-02-14", "a.csv", "b.csv")
    assert (ran.stdout, ran.status) == ("", 2)
    assert "--levels a.csv" in ran.stderr


def test_a_url_is_told_what_to_type(run_cli: RunCli) -> None:
    ran = run_cli("session", "2025-02-14", "--levels", "https://example.org/closes.csv")
    assert (ran.stdout, ran.status) == ("", 2)
    assert "curl -s https://example.org/closes.csv | marketmove session" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "xml"), "xml"),
        (("--palette", "pink"), "pink"),
        (("--sort", "size"), "size"),
        (("--top", "0"), "--top"),
        (("--decimal", ";"), ";"),
        (("--date-format", "dym"), "dmy, mdy, ymd, or a pattern such as %d/%m/%Y"),
        (("--symbol", " "), "--symbol is empty"),
        (("--nonsense",), "--nonsense"),
    ],
)
def test_a_wrong_option(arguments: tuple[str, ...], said: str, run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, *arguments)
    assert (ran.stdout, ran.status) == ("", 2)
    assert ran.stderr.startswith("marketmove: ")
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_no_command_shows_the_help(run_cli: RunCli) -> None:
    ran = run_cli()
    assert ran.status == 2
    assert "session" in ran.stdout + ran.stderr
