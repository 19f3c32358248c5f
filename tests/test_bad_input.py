"""What cannot be read gets one clear message a problem, and nothing on stdout."""

from __future__ import annotations

import csv
import itertools
import os
from typing import TYPE_CHECKING, NamedTuple

import pytest

from program import DATA, RunCli, Write

if TYPE_CHECKING:
    from pathlib import Path

NASTY = DATA / "nasty"
SESSION = "2025-02-14"


class Expected(NamedTuple):
    file: str
    status: int
    problems: list[str]


def _expected() -> list[Expected]:
    with (NASTY / "expected.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Expected(name, int(group[0]["status"]), [row["problem"] for row in group])
        for name, group in (
            (name, list(rows_of)) for name, rows_of in itertools.groupby(rows, lambda r: r["file"])
        )
    ]


def test_every_nasty_file_has_its_answer() -> None:
    files = {path.name for path in NASTY.iterdir()} - {"expected.csv"}
    assert files == {expected.file for expected in _expected()}


@pytest.mark.parametrize("expected", _expected(), ids=lambda expected: expected.file)
def test_nasty_file(expected: Expected, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(NASTY)
    asked = ("session", SESSION, "--levels", expected.file, "--strict")

    for_people = run_cli(*asked)
    assert for_people.stderr.splitlines() == expected.problems
    assert for_people.status == expected.status
    assert for_people.stdout == ""

    for_machines = run_cli(*asked, "--format", "json")
    assert for_machines.status == expected.status
    assert for_machines.stderr == for_people.stderr
    error = for_machines.document["error"]
    assert error["status"] == expected.status
    assert [_shown(f"{p['place']}: {p['text']}") for p in error["problems"]] == expected.problems


def _shown(text: str) -> str:
    """An escape code is shown on stderr; in JSON it is data."""
    return text.replace("\x1b", r"\x1b")


def test_broken_yaml_keeps_the_words_of_the_parser(run_cli: RunCli, write: Write) -> None:
    path = write("broken.yaml", "closes: [\n")
    ran = run_cli("session", SESSION, "--levels", path)
    assert ran.stderr.startswith(f"{path}:2: not valid YAML: while parsing a flow node, ")
    assert (ran.stdout, ran.status) == ("", 3)


def test_a_yaml_of_more_than_5_mb(run_cli: RunCli, write: Write) -> None:
    entry = "  - {date: 2025-02-14, symbol: HSI, close: 22620.33}\n"
    path = write("large.yaml", "closes:\n" + entry * 100_000)
    ran = run_cli("session", SESSION, "--levels", path)
    assert ran.stderr == f"{path}: YAML above 5 MB; use CSV\n"
    assert (ran.stdout, ran.status) == ("", 3)


def test_no_such_file(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "closes.csv"
    ran = run_cli("session", SESSION, "--levels", path)
    assert (ran.stdout, ran.stderr, ran.status) == ("", f"{path}: no such file\n", 3)


def test_an_exponent_alone_is_a_name_and_no_number(run_cli: RunCli, write: Write) -> None:
    rows = "2025-02-13,E5,200\n2025-02-14,E5,201\n2025-02-14,X,e5\n"
    path = write("closes.csv", f"date,symbol,close\n{rows}")
    ran = run_cli("session", "2025-02-14", "--levels", path, "--format", "csv")
    assert [(row["symbol"], row["change_pts"]) for row in ran.rows] == [("E5", "1.0"), ("X", "")]
    assert "X: e5 is not a number; expected a close such as 22620.33" in ran.stderr


def test_a_folder(run_cli: RunCli, tmp_path: Path) -> None:
    ran = run_cli("session", SESSION, "--levels", tmp_path)
    assert ran.stderr == f"{tmp_path}: a folder without files\n"
    assert (ran.stdout, ran.status) == ("", 3)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read any file"
)
def test_a_file_without_read_permission(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", "date,symbol,close\n2025-02-14,HSI,22620.33\n")
    path.chmod(0)
    ran = run_cli("session", SESSION, "--levels", path)
    assert ran.stderr == f"{path}: no permission to read it\n"
    assert (ran.stdout, ran.status) == ("", 3)


def test_all_files_that_cannot_be_opened_are_named(run_cli: RunCli, tmp_path: Path) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    ran = run_cli("session", SESSION, "--levels", one, "--levels", other)
    assert ran.stderr == f"{one}: no such file\n{other}: no such file\n"
    assert (ran.stdout, ran.status) == ("", 3)


def test_many_problems_are_counted(run_cli: RunCli, write: Write) -> None:
    rows = "".join(f"2025-02-14,I{n},x\n" for n in range(50))
    path = write("closes.csv", "date,symbol,close\n2025-02-14,HSI,22620.33\n" + rows)
    ran = run_cli("session", SESSION, "--levels", path, "--format", "json", "--strict")
    lines = ran.stderr.splitlines()
    assert len(lines) == 21
    assert lines[0] == f"{path}:3: I0: x is not a number; expected a close such as 22620.33"
    assert lines[-1] == "marketmove: and 30 more"
    assert len(ran.document["error"]["problems"]) == 50


def test_standard_input_that_is_empty(run_cli: RunCli) -> None:
    ran = run_cli("session", SESSION, "--levels", "-")
    assert (ran.stdout, ran.stderr, ran.status) == ("", "<stdin>: an empty file\n", 3)


def test_one_index_on_standard_input_needs_its_name(run_cli: RunCli) -> None:
    closes = b"date,close\n2025-02-13,21814.37\n2025-02-14,22620.33\n"
    ran = run_cli("session", SESSION, "--levels", "-", stdin=closes)
    assert ran.stderr == (
        "<stdin>: closes of one index without its name; say --symbol, such as HSI\n"
    )
    assert (ran.stdout, ran.status) == ("", 3)
    named = run_cli("session", SESSION, "--levels", "-", "--symbol", "HSI", stdin=closes)
    assert named.status == 0
    assert "Hang Seng" in named.stdout


@pytest.mark.parametrize(
    ("file", "option", "value", "move"),
    [
        ("close_ambiguous_point.csv", "--decimal", ".", ("2025-02-14", "1.234")),
        ("close_ambiguous_point.csv", "--decimal", ",", ("2025-02-14", "1234.0")),
        ("close_ambiguous_comma.csv", "--decimal", ".", ("2025-02-14", "1234.0")),
        ("close_ambiguous_comma.csv", "--decimal", ",", ("2025-02-14", "1.234")),
        ("close_ambiguous.yaml", "--decimal", ",", ("2025-02-14", "1234.0")),
        ("date_day_or_month.csv", "--date-format", "dmy", ("2025-03-03", "22620.33")),
        ("date_day_or_month.csv", "--date-format", "mdy", ("2025-03-03", "22620.33")),
        ("date_day_or_month.csv", "--date-format", "%d/%m/%Y", ("2025-03-03", "22620.33")),
        ("date_day_or_month.yaml", "--date-format", "dmy", ("2025-03-02", "21814.37")),
        ("date_day_or_month.yaml", "--date-format", "mdy", ("2025-02-03", "21814.37")),
    ],
)
def test_the_option_that_a_message_names_settles_it(
    file: str, option: str, value: str, move: tuple[str, str], run_cli: RunCli
) -> None:
    session, close = move
    ran = run_cli("session", session, "--levels", NASTY / file, option, value, "--format", "csv")
    assert ran.status == 0
    assert [row["close"] for row in ran.rows] == [close]


def test_a_bad_row_is_fatal_where_it_touches_the_figures_asked_for(run_cli: RunCli) -> None:
    """The same file serves another index, or another session, with a warning."""
    path = NASTY / "wide_bad_cell.csv"
    problem = f"{path}:3: N225: x is not a number; expected a close such as 22620.33"
    assert run_cli("session", SESSION, "--levels", path).stderr == f"{problem}\n"

    other = run_cli("session", SESSION, "--levels", path, "--index", "HSI")
    assert other.status == 0
    assert other.stderr == (
        f"{path}:3: warning: a row that this session does not touch cannot be used; the first:"
        " N225: x is not a number; expected a close such as 22620.33\n"
    )
    quiet = run_cli("session", SESSION, "--levels", path, "--index", "HSI", "--quiet")
    assert (quiet.stdout, quiet.stderr) == (other.stdout, "")
    strict = run_cli("session", SESSION, "--levels", path, "--index", "HSI", "--strict")
    assert (strict.stdout, strict.stderr, strict.status) == ("", f"{problem}\n", 3)


def test_latest_does_not_pass_over_a_last_row_that_cannot_be_read(run_cli: RunCli) -> None:
    ran = run_cli("session", "latest", "--levels", NASTY / "close_zero.csv")
    assert ran.status == 3
    assert "close_zero.csv:3: HSI: 0 is not above zero" in ran.stderr


@pytest.mark.parametrize(
    ("line", "schema"),
    [
        ("session 2025-02-14 --levels check -f json", "session"),
        ("session 2025-02-14 --levels check -fjson", "session"),
        ("session 2025-02-14 --levels check -qfjson", "session"),
        ("session 2025-02-14 --levels check --format=json", "session"),
        ("--debug session 2025-02-14 --levels check --format json", "session"),
        ("check none.csv -f json", "check"),
        ("summary --levels check 2025-02-14 -f json", "summary"),
        ("pair check HSI --levels none.csv -f json", "pair"),
        ("history 2025-02-14 2025-02-13 -f json", "history"),
        # What cannot be parsed.
        ("session --nope -f json", "session"),
        ("session -f json --levels", "session"),
        ("history -f json", "history"),
        ("history --nope check --format json", "history"),
        ("session --top x -f json", "session"),
        ("verify -f json -f json", "verify"),
        # The value of another option.
        ("session 2025-02-14 --levels none.csv --against -fjson", None),
        ("session 2025-02-14 --levels -fjson", None),
        ("session 2025-02-14 --levels none.csv -f csv -- -f json", None),
        ("session 2025-02-14 --levels none.csv -f json -f csv", None),
        # What has no documents.
        ("chart session 2025-02-14 --levels none.csv -f json", None),
        ("schedule -f json", None),
        ("nope -f json", None),
        ("-f json session", None),
    ],
)
def test_the_document_of_a_failure_is_that_of_the_command(
    line: str, schema: str | None, run_cli: RunCli
) -> None:
    ran = run_cli(*line.split())
    assert ran.status in {2, 3}
    assert ran.stderr
    if schema is None:
        assert ran.stdout == ""
    else:
        assert ran.document["schema"] == f"marketmove.{schema}/1"
        assert ran.document["error"]["status"] == ran.status


def test_serial_numbers_are_days_of_spreadsheets(run_cli: RunCli, write: Write) -> None:
    """45702 is 20133 days after 1970-01-01, which is 25569."""
    path = write("closes.csv", "date,HSI\n45701,200\n45702,203\n")
    (row,) = run_cli("session", "2025-02-14", "-l", path, "-f", "csv").rows
    assert (row["close"], row["prior_session"]) == ("203.0", "2025-02-13")


def test_a_text_of_two_possible_encodings_is_refused(run_cli: RunCli, write: Write) -> None:
    rows = b"date,symbol,close\n2025-02-13,\xc0\xc1\xc2,1\n2025-02-14,\xc0\xc1\xc2,2\n"
    path = write("closes.csv", rows)
    ran = run_cli("session", "2025-02-14", "-l", path)
    assert (ran.stdout, ran.status) == ("", 3)
    assert ran.stderr.startswith(f"{path}:2: the text may be ")


@pytest.mark.parametrize(("close", "status"), [("203", 0), ("209", 3)])
def test_a_short_row_counts_where_low_and_high_prove_its_close(
    close: str, status: int, run_cli: RunCli, write: Write
) -> None:
    rows = f"2025-02-12,199,198,200,5\n2025-02-13,200,198,202,5\n2025-02-14,{close},199,204\n"
    path = write("HSI.csv", f"Date,Close,Low,High,Volume\n{rows}")
    ran = run_cli("session", "2025-02-14", "-l", path, "-f", "csv")
    assert ran.status == status
    assert [row["close"] for row in ran.rows] == (["203.0"] if not status else [])
