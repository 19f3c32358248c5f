"""A summary goes out once: what is news, what is told of it, and the listing."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sqlite3
import sys
from pathlib import Path

import pytest

from kept import (
    FEBRUARY_14,
    HEADLINE,
    closes_but,
    summaries,
    without_moments,
)
from marketmove.delivery.journal import writing
from marketmove.delivery.revisions import SummaryKey
from marketmove.delivery.targets import STANDARD_OUTPUT
from program import SAMPLE_CLOSES, RunCli, Write

# What is news.


def test_a_session_is_printed_once(run_cli: RunCli, path: Path) -> None:
    plain = run_cli(*FEBRUARY_14)
    once = (*FEBRUARY_14, "--once", "--journal", path)
    assert run_cli(*once) == plain
    assert plain.stdout.startswith(HEADLINE)
    for _ in range(2):
        assert run_cli(*once) == ("", "", 0)
    (summary,) = summaries(run_cli, path)
    assert summary["sessions"] == "2025-02-14"
    assert [list(close.values()) for close in summary["closes"]] == [
        ["HSI", "2025-02-14", 22620.33, "2025-02-13", 21814.37],
        ["N225", "2025-02-14", 39149.43, "2025-02-13", 39461.47],
    ]
    (delivery,) = summary["deliveries"]
    assert (delivery["target"], delivery["result"]) == ("standard output", "printed")


def test_a_done_session_says_no_warning_either(run_cli: RunCli, path: Path, write: Write) -> None:
    bad = closes_but(write, ("2024-03-01,HSI,16589.44", "2024-03-01,HSI,odd"))
    once = ("summary", "2025-02-14", "-l", bad, "-i", "HSI", "--once", "--journal", path)
    assert "warning: " in run_cli(*once).stderr
    assert run_cli(*once) == ("", "", 0)


def test_nothing_is_written_without_being_asked(run_cli: RunCli, path: Path) -> None:
    assert run_cli(*FEBRUARY_14).status == 0
    home = Path(os.environ["HOME"])
    assert list(home.rglob("*")) == []
    assert not path.exists()


def test_the_usual_place_is_the_folder_of_states(run_cli: RunCli) -> None:
    assert run_cli(*FEBRUARY_14, "--once").stdout.startswith(HEADLINE)
    assert run_cli(*FEBRUARY_14, "--once") == ("", "", 0)
    listed = run_cli("journal")
    assert (listed.stderr, listed.status) == ("", 0)
    assert "HSI, N225" in listed.stdout
    if sys.platform == "linux":
        state = Path(os.environ["XDG_STATE_HOME"])
        assert [p.name for p in (state / "marketmove").iterdir()] == ["journal.sqlite"]


def test_force_prints_and_records(run_cli: RunCli, path: Path) -> None:
    once = (*FEBRUARY_14, "--once", "--journal", path)
    first = run_cli(*once)
    assert run_cli(*once, "--force") == first
    assert run_cli(*once) == ("", "", 0)
    assert len(summaries(run_cli, path)) == 2


def test_force_alone_has_nothing_to_overrule(run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, "--force")
    assert (ran.stdout, ran.status) == ("", 2)
    assert "--force" in ran.stderr


def test_a_journal_alone_records_all(run_cli: RunCli, path: Path) -> None:
    kept = (*FEBRUARY_14, "--journal", path)
    assert run_cli(*kept) == run_cli(*kept) == run_cli(*FEBRUARY_14)
    assert len(summaries(run_cli, path)) == 2
    assert run_cli(*kept, "--once") == ("", "", 0)


def test_a_kill_at_the_very_end_costs_no_alert(run_cli: RunCli, path: Path) -> None:
    """All is out and recorded, but that the run came to its end: then came the kill."""
    once = (*FEBRUARY_14, "--once", "--journal", path, "--alert", "HSI: 3")
    assert run_cli(*once).status == 5
    undisturbed = without_moments(path)
    assert run_cli(*once) == ("", "", 0)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE summaries SET ended = 0")
        connection.commit()
    assert run_cli(*once) == ("", "", 5)
    assert without_moments(path) == undisturbed
    assert run_cli(*once) == ("", "", 0)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            [("2025-02-14,N225,39149.43", "2025-02-14,N225,39150")],
            "N225 2025-02-14 revised from 39,149.43 to 39,150.00",
        ),
        (
            [("2025-02-13,HSI,21814.37", "2025-02-13,HSI,21814.375")],
            "HSI 2025-02-13 revised from 21,814.37 to 21,814.375",
        ),
        (
            [("2025-02-14,N225,39149.43", "")],
            "N225 2025-02-14 withdrawn: it was 39,149.43",
        ),
        (
            [("2025-02-13,N225,39461.47", "")],
            "N225 2025-02-13 withdrawn: it was 39,461.47",
        ),
    ],
)
def test_a_revised_close_is_news(
    changes: list[tuple[str, str]], line: str, run_cli: RunCli, path: Path, write: Write
) -> None:
    asked = ("--once", "--journal", path)
    assert run_cli(*FEBRUARY_14, *asked).stdout.startswith(HEADLINE)
    revised = (*FEBRUARY_14[:3], closes_but(write, *changes), *FEBRUARY_14[4:])
    ran = run_cli(*revised, *asked)
    assert ran.stdout.splitlines()[:2] == [line, ""]
    assert "\n".join(ran.stdout.splitlines()[2:]) + "\n" == run_cli(*revised).stdout
    assert run_cli(*revised, *asked) == ("", "", 0)
    back = run_cli(*FEBRUARY_14, *asked)
    assert back.stdout.splitlines()[0].startswith(line[:15])
    assert len(summaries(run_cli, path)) == 3


def test_a_close_that_comes_in_is_news(run_cli: RunCli, path: Path, write: Write) -> None:
    early = closes_but(write, ("2025-02-14,N225,39149.43", ""))
    asked = ("--once", "--journal", path)
    assert run_cli(*FEBRUARY_14[:3], early, *FEBRUARY_14[4:], *asked).status == 0
    ran = run_cli(*FEBRUARY_14, *asked)
    assert ran.stdout.splitlines()[0] == "N225 2025-02-14 came in: 39,149.43"


def test_an_earlier_session_after_a_later_one_withdraws_nothing(
    run_cli: RunCli, path: Path
) -> None:
    """The summary of a date does not see later closes, which are not gone."""
    later = run_cli(*FEBRUARY_14, "--once", "--journal", path)
    assert later.stdout
    earlier = [one.replace("2025-02-14", "2025-02-13") for one in map(str, FEBRUARY_14)]
    assert run_cli(*earlier, "--once", "--journal", path) == run_cli(*earlier)


@pytest.mark.parametrize(
    ("output_format", "marked"),
    [
        ("markdown", "N225 2025-02-14 revised from 39,149.43 to 39,150.00\n\n*Hang Seng"),
        ("html", ">N225 2025-02-14 revised from 39,149.43 to 39,150.00</p>"),
    ],
)
def test_revisions_in_other_formats(
    output_format: str, marked: str, run_cli: RunCli, path: Path, write: Write
) -> None:
    asked = ("--once", "--journal", path, "--format", output_format)
    run_cli(*FEBRUARY_14, *asked)
    revised = closes_but(write, ("2025-02-14,N225,39149.43", "2025-02-14,N225,39150"))
    ran = run_cli(*FEBRUARY_14[:3], revised, *FEBRUARY_14[4:], *asked)
    assert marked in ran.stdout


def test_revisions_for_machines(run_cli: RunCli, path: Path, write: Write) -> None:
    asked = ("--once", "--journal", path, "--format", "json")
    assert run_cli(*FEBRUARY_14, *asked).document["revised"] == []
    changed = closes_but(write, ("2025-02-14,N225,39149.43", "2025-02-14,N225,39150"))
    (told,) = run_cli(*FEBRUARY_14[:3], changed, *FEBRUARY_14[4:], *asked).document["revised"]
    assert told["text"] == "N225 2025-02-14 revised from 39,149.43 to 39,150.00"
    assert [(f["of"], f["what"], f["value"]) for f in told["figures"]] == [
        ("N225", "session", "2025-02-14"),
        ("N225", "close_before", 39149.43),
        ("N225", "close", 39150.0),
    ]
    *_, last = summaries(run_cli, path)
    revision = {"symbol": "N225", "session": "2025-02-14", "before": 39149.43, "after": 39150.0}
    assert last["revisions"] == [revision]
    *_, row = run_cli("journal", "--journal", path, "--format", "csv").rows
    assert row["revisions"] == told["text"]


def test_the_same_closes_from_another_file_are_no_news(
    run_cli: RunCli, path: Path, write: Write
) -> None:
    asked = ("--once", "--journal", path)
    run_cli(*FEBRUARY_14, *asked)
    assert run_cli(*FEBRUARY_14[:3], closes_but(write), *FEBRUARY_14[4:], *asked) == ("", "", 0)


def test_different_lines_do_not_silence_each_other(
    run_cli: RunCli, path: Path, tmp_path: Path
) -> None:
    asked = ("summary", "2025-02-14", "-l", SAMPLE_CLOSES, "--once", "--journal", path)
    file = tmp_path / "summary.txt"
    lines: list[tuple[str | Path, ...]] = [
        (),
        ("-i", "HSI"),
        ("-g", "europe"),
        ("-g", "asia"),
        ("-g", "asia", "--format", "markdown"),
    ]
    for line in lines:
        assert run_cli(*asked, *line).stdout, line
    assert run_cli(*asked, "--output", file) == ("", "", 0)
    assert file.read_text(encoding="utf-8")
    file.unlink()
    for line in [*lines, ("--output", file)]:
        assert run_cli(*asked, *line) == ("", "", 0), line
    assert not file.exists()


def test_each_index_with_its_own_session(run_cli: RunCli, path: Path) -> None:
    """On Friday evening in Europe New York is open; on Saturday and Sunday it has closed."""
    asked = ("summary", "-l", SAMPLE_CLOSES, "-i", "HSI", "-i", "SPX", "--once", "--journal", path)
    assert run_cli(*asked, "--as-of", "2025-02-14T18:00Z").stdout
    assert run_cli(*asked, "--as-of", "2025-02-14T19:00Z") == ("", "", 0)
    assert run_cli(*asked, "--as-of", "2025-02-15T06:00Z").stdout
    assert run_cli(*asked, "--as-of", "2025-02-16T06:00Z") == ("", "", 0)
    sessions = [summary["sessions"] for summary in summaries(run_cli, path)]
    assert sessions == ["HSI:2025-02-14 SPX:2025-02-13", "2025-02-14"]


# What `journal` shows.


def test_the_listing(run_cli: RunCli, path: Path, write: Write) -> None:
    asked = ("--once", "--journal", path)
    run_cli(*FEBRUARY_14, *asked)
    changed = closes_but(write, ("2025-02-14,N225,39149.43", "2025-02-14,N225,39150"))
    run_cli(*FEBRUARY_14[:3], changed, *FEBRUARY_14[4:], *asked)
    before = path.read_bytes()
    title, _, head, first, second, revised, _, count = run_cli(
        "journal", "--journal", path
    ).stdout.splitlines()
    assert title == f"Journal · {path}"
    assert head.split() == ["Session", "Indices", "Format", "Written", "(UTC)"]
    for line in (first, second):
        assert line.split()[:4] == ["2025-02-14", "HSI,", "N225", "text"]
        assert line.endswith("   printed")
    assert revised.strip() == "N225 2025-02-14 revised from 39,149.43 to 39,150.00"
    assert count == "  2 summaries"
    assert run_cli("journal", "--journal", path, "--ascii").stdout.isascii()
    assert path.read_bytes() == before


def test_a_long_listing_ends_with_the_last(run_cli: RunCli, path: Path) -> None:
    moment = dt.datetime(2025, 2, 14, 10, tzinfo=dt.UTC)
    with writing(path, 1) as journal:
        for _ in range(21):
            number = journal.record(SummaryKey("2025-02-14", "HSI", "text", "", ()), moment)
            journal.record_delivery(number, STANDARD_OUTPUT, "printed", moment)
    listed = run_cli("journal", "--journal", path).stdout
    assert listed.count(" printed") == 20
    assert "  1 summary before; --all shows them" in listed
    assert run_cli("journal", "--journal", path, "--all").stdout.count(" printed") == 21


def test_no_journal_to_list(run_cli: RunCli, path: Path) -> None:
    ran = run_cli("journal", "--journal", path)
    assert (ran.stdout, ran.status) == ("", 3)
    assert ran.stderr.startswith(f"{path}: there is no journal")
    assert not path.exists()
    failed = run_cli("journal", "--journal", path, "--format", "json")
    assert failed.document["schema"] == "marketmove.journal/1"
    assert failed.document["error"]["status"] == 3
