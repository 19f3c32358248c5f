"""``marketmove check``: what a careful person would find, and where."""

from __future__ import annotations

from typing import Any

import pytest

from program import DATA, SAMPLE_CLOSES, Ran, RunCli, Write

# A plain week: every test changes one thing in it.
DAYS = ("2025-02-10", "2025-02-11", "2025-02-12", "2025-02-13", "2025-02-14")
CLOSES = ("21521.98", "21294.86", "21857.92", "21814.37", "22620.33")
WEEK = list(zip(DAYS, CLOSES, strict=True))
COLUMNS = ["severity", "code", "symbol", "session", "place", "text"]


def _tidy(rows: list[tuple[str, str]], symbol: str = "HSI") -> str:
    return "\n".join(["date,symbol,close", *(f"{day},{symbol},{close}" for day, close in rows), ""])


def _beside(header: str, cells: list[str]) -> str:
    """The plain week of one index, with other columns beside the close."""
    rows = [f"{day},{close},{cell}" for (day, close), cell in zip(WEEK, cells, strict=True)]
    return "\n".join([f"Date,Close,{header}", *rows, ""])


def _replaced(day: str, close: str) -> str:
    return _tidy([(d, close if d == day else c) for d, c in WEEK])


def _found(ran: Ran) -> list[tuple[str, str, str, str]]:
    """Severity, code, session and place's line of each finding."""
    return [
        (row["severity"], row["code"], row["session"], row["place"].rpartition(":")[2])
        for row in ran.rows
    ]


def test_a_clean_file_says_so(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", _tidy(WEEK))
    ran = run_cli("check", path)
    assert ran == Ran(
        f"{path} · 5 closes of 1 index · 2025-02-10 to 2025-02-14\n\n"
        "Nothing is wrong with these closes.\n",
        "",
        0,
    )
    assert run_cli("check", path, "--strict").status == 0
    assert run_cli("check", path, "--format", "csv").stdout == ",".join(COLUMNS) + "\n"
    assert run_cli("check", path, "--format", "json").document["findings"] == []


def test_the_sample_closes_have_no_errors(run_cli: RunCli) -> None:
    ran = run_cli("check", SAMPLE_CLOSES, "--format", "csv")
    assert ran.status == 0
    assert "error" not in {row["severity"] for row in ran.rows}


ERRORS = {
    "cell": (_replaced("2025-02-13", "12x"), "unusable", "2025-02-13", 5, "12x is not a number"),
    "zero": (_replaced("2025-02-13", "0"), "unusable", "2025-02-13", 5, "not above zero"),
    "date": (
        _tidy(WEEK).replace("2025-02-13", "2025-02-30"),
        "unusable",
        "",
        5,
        "2025-02-30 is not a date",
    ),
    "conflict": (
        _tidy([*WEEK, ("2025-02-13", "21814.38")]),
        "unusable",
        "2025-02-13",
        7,
        "two closes for 2025-02-13: 21,814.38 here and 21,814.37 at",
    ),
    "ragged": (
        _tidy(WEEK).replace("21814.37", "21814.37,9"),
        "unusable",
        "2025-02-13",
        5,
        "4 cells where the header has 3",
    ),
    "short": (
        _tidy(WEEK).replace("HSI,21814.37", "21814.37"),
        "unusable",
        "2025-02-13",
        5,
        "2 cells where the header has 3",
    ),
    "outside": (
        _beside("Low,High", ["21000,23000"] * 4 + ["21800,22600"]),
        "outside_range",
        "2025-02-14",
        6,
        "close 22,620.33 outside its low 21,800.0 and high 22,600.0",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_ends_with_status_1(name: str, run_cli: RunCli, write: Write) -> None:
    text, code, session, line, message = ERRORS[name]
    path = write("HSI.csv", text)
    ran = run_cli("check", path, "--format", "csv")
    assert ("error", code, session, str(line)) in _found(ran)
    assert message in ran.stdout
    assert (ran.stderr, ran.status) == ("", 1)
    table = run_cli("check", path)
    assert table.status == 1
    assert "Errors\n" in table.stdout
    assert f"{path}:{line}: " in table.stdout


JUMPS = {
    "slipped": ("2025-02-12", "2185.79", "a slipped decimal point?"),
    "stray": ("2025-02-12", "40000.12", "undone by the next: a stray row?"),
}
SUSPICIONS = {
    "repeat": (_tidy([*WEEK, WEEK[-1]]), "repeat", "", 7, "repeats a close"),
    "repeat_in_other_words": (
        _tidy([*WEEK, ("2025-02-14", "22620.330")]),
        "repeat",
        "",
        7,
        "repeats a close",
    ),
    "disorder": (
        _tidy([*WEEK[:2], WEEK[3], WEEK[2], WEEK[4]]),
        "out_of_order",
        "2025-02-12",
        5,
        "2025-02-12 is out of order",
    ),
    "gap": (
        _tidy([("2025-01-02", "19623.32"), *WEEK]),
        "gap",
        "2025-02-10",
        3,
        "no close for 23 sessions between 2025-01-02 and 2025-02-10",
    ),
    "forward": (
        _replaced("2025-02-13", "21857.92"),
        "carried_forward",
        "2025-02-13",
        5,
        "21,857.92 is the close of the session before",
    ),
    **{
        name: (_replaced(day, close), "jump", day, 4, text)
        for name, (day, close, text) in JUMPS.items()
    },
    "future": (
        _tidy([*WEEK, ("2199-02-15", "22700.1")]),
        "future",
        "2199-02-15",
        7,
        "2199-02-15 is in the future",
    ),
    "stated_change": (
        _beside("Change %", ["+1.82%", "-1.06%", "2.64%", "-0.20%", "+3.96%"]),
        "stated_change",
        "2025-02-14",
        6,
        "2025-02-14 is stated as +3.96%; the closes give +3.69%",
    ),
    "stated_prior": (
        _beside("pre_close", ["", "21521.98", "21294.86", "21857.29", "21814.37"]),
        "stated_prior",
        "2025-02-13",
        5,
        "the prior close of 2025-02-13 is stated as 21,857.29; the row before has 21,857.92",
    ),
}


@pytest.mark.parametrize("name", SUSPICIONS)
def test_a_suspicion_is_said_and_fails_strictly_only(
    name: str, run_cli: RunCli, write: Write
) -> None:
    text, code, session, line, message = SUSPICIONS[name]
    path = write("HSI.csv", text)
    ran = run_cli("check", path, "--format", "csv")
    assert ("suspicion", code, session, str(line)) in _found(ran)
    assert {row["code"] for row in ran.rows} <= {code, "gap", "jump"}  # which go together
    assert message in ran.stdout
    assert (ran.stderr, ran.status) == ("", 0)
    strict = run_cli("check", path, "--format", "csv", "--strict")
    assert strict == Ran(ran.stdout, "", 1)
    assert "Suspicions\n" in run_cli("check", path).stdout


def test_percents_rounded_to_two_digits_agree(run_cli: RunCli, write: Write) -> None:
    path = write("HSI.csv", _beside("Chg%", ["1.82%", "-1.06%", "2.64%", "-0.20%", "3.69%"]))
    assert run_cli("check", path, "--format", "csv").rows == []


def test_a_saturday_is_odd_where_the_index_has_hardly_any(run_cli: RunCli, write: Write) -> None:
    weekdays = [f"2025-01-{day:02}" for day in (6, 7, 8, 9, 10, 13, 14, 15, 16, 17)]
    weekdays += [f"2025-01-{day:02}" for day in (20, 21, 22, 23, 24, 27, 28, 29, 30, 31)]
    rows = [(day, f"{20000 + 7 * n}.5") for n, day in enumerate(weekdays)]
    path = write("closes.csv", _tidy([*rows, ("2025-02-01", "20200.25")], "OWN"))
    ran = run_cli("check", path, "--format", "csv")
    assert _found(ran) == [("suspicion", "weekend", "2025-02-01", "22")]
    assert "is a Saturday" in ran.stdout


@pytest.mark.parametrize(("stated", "found"), [("1.51", 0), ("1.52", 1), ("1.48", 1)])
def test_a_stated_change_may_be_off_by_a_hundredth(
    stated: str, found: int, run_cli: RunCli, write: Write
) -> None:
    rows = f"2025-02-13,HSI,200,0\n2025-02-14,HSI,203,{stated}\n"
    path = write("closes.csv", f"date,symbol,close,change %\n{rows}")
    findings = run_cli("check", path, "-f", "json").document["findings"]
    assert [finding["code"] for finding in findings] == ["stated_change"] * found


def test_a_calendar_tells_ghosts_and_shut_days_from_closes(run_cli: RunCli, write: Write) -> None:
    """Hong Kong was shut from 29 to 31 January 2025; its feed had rows all the same."""
    rows = [
        *(("2025-01-27", "20197.77"), ("2025-01-28", "20225.11"), ("2025-01-29", "20225.11")),
        *(("2025-01-30", "20225.11"), ("2025-01-31", "20300.5"), ("2025-02-03", "20217.26")),
        *(("2025-02-05", "20597.09"), ("2025-02-06", "20891.62"), ("2025-02-07", "21133.54")),
    ]
    ran = run_cli("check", write("closes.csv", _tidy(rows)), "--format", "csv")
    assert _found(ran) == [
        ("suspicion", "ghost", "2025-01-29", "4"),
        ("suspicion", "ghost", "2025-01-30", "5"),
        ("suspicion", "shut_day", "2025-01-31", "6"),
        ("suspicion", "gap", "2025-02-05", "8"),
    ]
    assert "HSI: no close for a session between 2025-02-03 and 2025-02-05" in ran.stdout
    assert "XHKG was shut on 2025-01-29 (Lunar New Year); the row repeats the close" in ran.stdout


def test_a_row_of_a_shut_day_is_judged_as_the_figures_judge_it(
    run_cli: RunCli, write: Write
) -> None:
    """Nobody can tell whether it repeats the close before, which is no number: it is left out."""
    rows = [("2025-01-27", "20197.77"), ("2025-01-28", "x"), ("2025-01-29", "20225.11")]
    path = write("closes.csv", _tidy(rows))
    ran = run_cli("check", path, "--format", "csv")
    assert [(row["code"], row["session"]) for row in ran.rows] == [
        ("unusable", "2025-01-28"),
        ("ghost", "2025-01-29"),
    ]
    assert ran.rows[1]["text"] == (
        "HSI: XHKG was shut on 2025-01-29 (Lunar New Year); the row may repeat the close before,"
        " which cannot be used, and does not count"
    )
    history = run_cli("history", "2025-01-29", "2025-01-29", "-l", path)
    assert "has a close" in history.stderr


def test_a_row_that_cannot_be_used_leaves_no_gap_beside(run_cli: RunCli, write: Write) -> None:
    ran = run_cli("check", write("closes.csv", _replaced("2025-02-12", "x")), "--format", "csv")
    assert [row["code"] for row in ran.rows] == ["unusable"]


def test_an_index_that_trades_on_sundays_is_not_odd(run_cli: RunCli, write: Write) -> None:
    week = [f"2025-02-{day:02}" for day in (9, 10, 11, 12, 13, 16, 17, 18, 19, 20)]
    rows = [(day, f"{12000 + 7 * n}.5") for n, day in enumerate(week)]
    path = write("closes.csv", _tidy(rows, "TASI"))
    assert run_cli("check", path, "--format", "csv").rows == []


def test_rows_a_month_apart_are_doubted(run_cli: RunCli, write: Write) -> None:
    rows = [("2024-11-29", "19423.61"), ("2024-12-31", "20059.95"), ("2025-01-31", "20225.11")]
    path = write("closes.csv", _tidy(rows))
    ran = run_cli("check", path, "--format", "csv")
    assert ("suspicion", "reading", "", str(path)) in _found(ran)
    assert "about a month apart" in ran.stdout


def test_newest_first_is_an_order_and_no_disorder(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", _tidy(WEEK[::-1]))
    assert run_cli("check", path, "--format", "csv").rows == []


def test_errors_stand_first_then_files_and_lines(run_cli: RunCli, write: Write) -> None:
    one = write("a.csv", _tidy([*WEEK[:3], ("2025-02-13", "21857.92"), ("2025-02-14", "x")]))
    doubled = [(day, str(2 * float(close))) for day, close in WEEK[1:]]
    two = write("b.csv", _tidy([("2025-02-10", "0"), *doubled], "N225"))
    ran = run_cli("check", one, two, "--format", "csv")
    assert [(row["severity"], row["place"]) for row in ran.rows] == [
        ("error", f"{one}:6"),
        ("error", f"{two}:2"),
        ("suspicion", f"{one}:5"),
        ("suspicion", f"{two}:3"),  # 11 February is a holiday in Tokyo
    ]


def test_json_has_the_reading_and_the_findings(run_cli: RunCli, write: Write) -> None:
    path = write("HSI.csv", _replaced("2025-02-13", "x"))
    ran = run_cli("check", path, "--format", "json")
    document = ran.document
    assert ran.status == 1
    assert [*document] == ["schema", "files", "findings", "notes"]
    assert document["schema"] == "marketmove.check/1"
    (file,) = document["files"]
    how = {"delimiter", "layout", "dates", "decimal_mark", "close", "order", "why", "encoding"}
    extent = {"file", "indices", "closes", "first_session", "last_session"}
    assert how | extent <= set(file)
    assert (file["file"], file["indices"], file["closes"]) == (str(path), 1, 4)
    assert (file["first_session"], file["last_session"]) == ("2025-02-10", "2025-02-14")
    (finding,) = document["findings"]
    assert finding == {
        "severity": "error",
        "code": "unusable",
        "text": "HSI: x is not a number; expected a close such as 22620.33",
        "symbol": "HSI",
        "session": "2025-02-13",
        "place": f"{path}:5",
    }


def test_many_findings_of_a_kind_are_cut_and_listed_with_all(run_cli: RunCli, write: Write) -> None:
    rows = [(f"2025-01-{day:02}", "x") for day in range(1, 31)]
    path = write("closes.csv", _tidy([("2024-12-31", "19000.5"), *rows]))
    ran = run_cli("check", path)
    assert ran.stdout.count("x is not a number") == 20
    assert "and 10 more of unusable; --all lists them" in ran.stdout
    assert "30 errors" in ran.stdout
    assert run_cli("check", path, "--all").stdout.count("x is not a number") == 30
    assert len(run_cli("check", path, "--format", "csv").rows) == 30


def test_standard_input_is_checked(run_cli: RunCli) -> None:
    ran = run_cli("check", "-", "--format", "csv", stdin=_replaced("2025-02-13", "x").encode())
    assert [(row["code"], row["place"]) for row in ran.rows] == [("unusable", "<stdin>:5")]
    assert ran.status == 1


def test_a_folder_is_checked(run_cli: RunCli, write: Write) -> None:
    one = write("all/a.csv", _tidy(WEEK))
    two = write("all/b.csv", _tidy(WEEK, "N225"))
    ran = run_cli("check", one.parent, "--format", "json")
    assert [file["file"] for file in ran.document["files"]] == [str(one), str(two)]


def test_files_of_the_configuration_are_checked(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", _tidy(WEEK))
    config = write("marketmove.yaml", "levels: [closes.csv]\n")
    ran = run_cli("check", "--config", config, "--format", "json")
    assert [file["file"] for file in ran.document["files"]] == [str(path)]


@pytest.mark.parametrize("arguments", [[], ["--format", "json"]])
def test_no_file_named_is_wrong_usage(arguments: list[str], run_cli: RunCli) -> None:
    ran = run_cli("check", *arguments)
    assert ran.status == 2
    assert "no closes are named" in ran.stderr
    if arguments:
        assert ran.document["schema"] == "marketmove.check/1"
        assert ran.document["error"]
    else:
        assert ran.stdout == ""


def test_published_figures_are_no_closes(run_cli: RunCli, write: Write) -> None:
    text = "session: 2025-02-04\nfigures:\n  - {index: HSI, close: 22579.05, change_pct: +3.51}\n"
    ran = run_cli("check", write("report.yaml", text))
    assert (ran.stdout, ran.status) == ("", 2)
    assert "has published figures, not closes" in ran.stderr


@pytest.mark.parametrize("name", ["empty.csv", "date_day_or_month.csv", "quote_not_closed.csv"])
def test_a_file_that_cannot_be_read_at_all_is_refused(name: str, run_cli: RunCli) -> None:
    ran = run_cli("check", DATA / "nasty" / name)
    assert (ran.stdout, ran.status) == ("", 3)
    assert name in ran.stderr


def test_the_result_goes_to_a_file(run_cli: RunCli, write: Write) -> None:
    path = write("closes.csv", _tidy(WEEK))
    target = path.with_name("found.json")
    ran = run_cli("check", path, "--format", "json", "--output", target)
    assert ran == Ran("", "", 0)
    document: Any = Ran(target.read_text("utf-8"), "", 0).document
    assert document["findings"] == []


def test_closes_that_all_contradict_each_other_are_all_named(run_cli: RunCli, write: Write) -> None:
    """Not one is to be used, so that there is neither a first nor a last session."""
    rows = "2025-02-13,HSI,21814.37\n2025-02-13,HSI,21814.38\n"
    path = write("closes.csv", f"date,symbol,close\n{rows}")
    ran = run_cli("check", path)
    assert ran.status == 1
    assert ran.stdout.startswith(f"{path} · 0 closes of 0 indices\n")
    assert "HSI has two closes for 2025-02-13" in ran.stdout
    (file,) = run_cli("check", path, "-f", "json").document["files"]
    assert (file["first_session"], file["last_session"]) == (None, None)
