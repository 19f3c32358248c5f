"""Names are data, whatever they look like: to a terminal, to a spreadsheet."""

from __future__ import annotations

import csv
import io
import json

import pytest

from program import SAMPLE_CLOSES, RunCli, Write


def test_names_that_a_terminal_would_obey(run_cli: RunCli, write: Write) -> None:
    unseen = "\u3164\u034f\ue000\u115f\u17b4\u180e\u2065\u2800\ufe0f\uffa0\ufff0\U000e0101"
    name = f"A\u009b\u202eB{unseen}D"
    rows = f"date,symbol,close\n2025-02-13,{name},100\n2025-02-14,{name},101\n"
    path = write("a.csv", rows)
    for form in ("table", "json", "markdown"):
        out = run_cli("session", "2025-02-14", "-l", path, "-f", form).stdout
        assert "\u009b" not in out
        assert "\u202e" not in out
        if form == "json":
            assert json.loads(out)["moves"][0]["symbol"] == name
        elif form == "table":
            assert not set(unseen) & set(out)
            assert f"{unseen.encode('unicode_escape').decode()}D" in out


FORMULAS = (
    *('=HYPERLINK("http://127.0.0.1/","HSI")', "+1+1", "-1+1", "@SUM(1)", "=1", "\t=1+1"),
    *("\uff1d1+1", "|cmd", "+1;2", "-", "=", "'=1"),
)


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_of_a_safe_csv_is_a_formula(name: str, run_cli: RunCli, write: Write) -> None:
    rows = [
        {"date": f"2025-02-{day}", "symbol": name, "close": close}
        for day, close in ((13, 101.5), (14, 100.25))
    ]
    path = write("a.json", json.dumps(rows))
    for command in (("session", "2025-02-14"), ("history", "2025-02-13", "2025-02-14")):
        asked = (*command, "-l", path, "-f", "csv")
        plain, safe = run_cli(*asked), run_cli(*asked, "--csv-safe")
        assert (plain.status, safe.status) == (0, 0)
        if name.strip() == name:
            assert {row["symbol"] for row in plain.rows} == {name}
        for row, sure in zip(plain.rows, safe.rows, strict=True):
            assert sure["symbol"].startswith("'")
            for column in ("close", "change_pct", "session", "status", "change_pts"):
                assert sure[column] == row[column]


def test_a_safe_csv_has_no_sign_that_a_terminal_obeys(run_cli: RunCli, write: Write) -> None:
    rows = "date,symbol,close\n2025-02-13,A\x1b[31m\u202eB,100\n2025-02-14,A\x1b[31m\u202eB,101\n"
    path = write("a.csv", rows)
    safe = run_cli("session", "2025-02-14", "-l", path, "-f", "csv", "--csv-safe").stdout
    assert all(cell.isprintable() for row in csv.reader(io.StringIO(safe)) for cell in row)
    assert "A\\x1b[31m\\u202eB" in safe


def test_a_safe_csv_is_the_same_where_there_is_nothing_to_fear(run_cli: RunCli) -> None:
    for command in (
        *(("session", "2025-02-14", "-l", SAMPLE_CLOSES), ("indices",), ("check", SAMPLE_CLOSES)),
        *(("history", "2025-02-10", "2025-02-14", "-l", SAMPLE_CLOSES, "--wide"), ("journal",)),
        ("pair", "HSI", "N225", "-l", SAMPLE_CLOSES),
    ):
        plain = run_cli(*command, "-f", "csv")
        assert run_cli(*command, "-f", "csv", "--csv-safe") == plain
        ran = run_cli(*command, "-f", "json", "--csv-safe")
        assert (ran.status, "--csv-safe is about --format csv" in ran.stderr) == (2, True)
