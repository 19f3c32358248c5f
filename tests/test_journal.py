"""A summary goes out once: what is news, two runs at once, kills, full disks, damaged files."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import json
import os
import random
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from marketmove.journal import STANDARD_OUTPUT, writing
from marketmove.news import Summary
from program import SAMPLE_CLOSES, Ran, RunCli, Write, bare_environment, command, run_process

FEBRUARY_14 = ("summary", "2025-02-14", "--levels", SAMPLE_CLOSES, "-i", "HSI", "-i", "N225")
HEADLINE = "Hang Seng up 3.69%"
NOT_RECORDED = "marketmove: the summary is printed, but not recorded; a run with --once will"

needs_unix = pytest.mark.skipif(os.name != "posix", reason="needs Unix processes")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite"


@pytest.fixture(autouse=True)
def _folder(path: Path) -> None:
    path.parent.mkdir()


def _closes(write: Write, *changes: tuple[str, str]) -> Path:
    """The sample closes with some rows put otherwise, or left out where the new one is empty."""
    text = SAMPLE_CLOSES.read_text(encoding="utf-8")
    for row, other in changes:
        assert f"{row}\n" in text
        text = text.replace(f"{row}\n", f"{other}\n" if other else "")
    return write("closes.csv", text)


def _summaries(run_cli: RunCli, path: Path) -> Any:
    ran = run_cli("journal", "--journal", path, "--format", "json")
    assert (ran.stderr, ran.status) == ("", 0)
    return ran.document["summaries"]


def _without_moments(path: Path) -> list[Any]:
    """All tables of a journal, but for when it was written."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [
            connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608
            for table, columns in (
                ("summaries", "id, sessions, indices, form, options, ended"),
                ("closes", "summary, symbol, session, close, prior_session, prior_close"),
                ("deliveries", "summary, target, result, detail"),
            )
        ]


# What is news.


def test_a_session_is_printed_once(run_cli: RunCli, path: Path) -> None:
    plain = run_cli(*FEBRUARY_14)
    once = (*FEBRUARY_14, "--once", "--journal", path)
    assert run_cli(*once) == plain
    assert plain.stdout.startswith(HEADLINE)
    for _ in range(2):
        assert run_cli(*once) == ("", "", 0)
    (summary,) = _summaries(run_cli, path)
    assert summary["sessions"] == "2025-02-14"
    assert [list(close.values()) for close in summary["closes"]] == [
        ["HSI", "2025-02-14", 22620.33, "2025-02-13", 21814.37],
        ["N225", "2025-02-14", 39149.43, "2025-02-13", 39461.47],
    ]
    (delivery,) = summary["deliveries"]
    assert (delivery["target"], delivery["result"]) == ("standard output", "printed")


def test_a_done_session_says_no_warning_either(run_cli: RunCli, path: Path, write: Write) -> None:
    bad = _closes(write, ("2024-03-01,HSI,16589.44", "2024-03-01,HSI,odd"))
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
    assert len(_summaries(run_cli, path)) == 2


def test_force_alone_has_nothing_to_overrule(run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, "--force")
    assert (ran.stdout, ran.status) == ("", 2)
    assert "--force" in ran.stderr


def test_a_journal_alone_records_all(run_cli: RunCli, path: Path) -> None:
    kept = (*FEBRUARY_14, "--journal", path)
    assert run_cli(*kept) == run_cli(*kept) == run_cli(*FEBRUARY_14)
    assert len(_summaries(run_cli, path)) == 2
    assert run_cli(*kept, "--once") == ("", "", 0)


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
    revised = (*FEBRUARY_14[:3], _closes(write, *changes), *FEBRUARY_14[4:])
    ran = run_cli(*revised, *asked)
    assert ran.stdout.splitlines()[:2] == [line, ""]
    assert "\n".join(ran.stdout.splitlines()[2:]) + "\n" == run_cli(*revised).stdout
    assert run_cli(*revised, *asked) == ("", "", 0)
    back = run_cli(*FEBRUARY_14, *asked)
    assert back.stdout.splitlines()[0].startswith(line[:15])
    assert len(_summaries(run_cli, path)) == 3


def test_a_close_that_comes_in_is_news(run_cli: RunCli, path: Path, write: Write) -> None:
    early = _closes(write, ("2025-02-14,N225,39149.43", ""))
    asked = ("--once", "--journal", path)
    assert run_cli(*FEBRUARY_14[:3], early, *FEBRUARY_14[4:], *asked).status == 0
    ran = run_cli(*FEBRUARY_14, *asked)
    assert ran.stdout.splitlines()[0] == "N225 2025-02-14 came in: 39,149.43"


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
    revised = _closes(write, ("2025-02-14,N225,39149.43", "2025-02-14,N225,39150"))
    ran = run_cli(*FEBRUARY_14[:3], revised, *FEBRUARY_14[4:], *asked)
    assert marked in ran.stdout


def test_revisions_for_machines(run_cli: RunCli, path: Path, write: Write) -> None:
    asked = ("--once", "--journal", path, "--format", "json")
    assert run_cli(*FEBRUARY_14, *asked).document["revised"] == []
    changed = _closes(write, ("2025-02-14,N225,39149.43", "2025-02-14,N225,39150"))
    (told,) = run_cli(*FEBRUARY_14[:3], changed, *FEBRUARY_14[4:], *asked).document["revised"]
    assert told["text"] == "N225 2025-02-14 revised from 39,149.43 to 39,150.00"
    assert [(f["of"], f["what"], f["value"]) for f in told["figures"]] == [
        ("N225", "session", "2025-02-14"),
        ("N225", "close_before", 39149.43),
        ("N225", "close", 39150.0),
    ]
    *_, last = _summaries(run_cli, path)
    revision = {"symbol": "N225", "session": "2025-02-14", "before": 39149.43, "after": 39150.0}
    assert last["revisions"] == [revision]
    *_, row = run_cli("journal", "--journal", path, "--format", "csv").rows
    assert row["revisions"] == told["text"]


def test_the_same_closes_from_another_file_are_no_news(
    run_cli: RunCli, path: Path, write: Write
) -> None:
    asked = ("--once", "--journal", path)
    run_cli(*FEBRUARY_14, *asked)
    assert run_cli(*FEBRUARY_14[:3], _closes(write), *FEBRUARY_14[4:], *asked) == ("", "", 0)


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
    sessions = [summary["sessions"] for summary in _summaries(run_cli, path)]
    assert sessions == ["HSI:2025-02-14 SPX:2025-02-13", "2025-02-14"]


# What `journal` shows.


def test_the_listing(run_cli: RunCli, path: Path, write: Write) -> None:
    asked = ("--once", "--journal", path)
    run_cli(*FEBRUARY_14, *asked)
    changed = _closes(write, ("2025-02-14,N225,39149.43", "2025-02-14,N225,39150"))
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
            number = journal.record(Summary("2025-02-14", "HSI", "text", "", ()), moment)
            journal.went(number, STANDARD_OUTPUT, "printed", moment)
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


# Files that are no sound journal of this version.


def _damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[200 : len(data) // 2] = b"\xa5" * (len(data) // 2 - 200)
    path.write_bytes(data)


@pytest.mark.parametrize("how", ["damaged", "cut", "text", "foreign", "newer", "folder", "pipe"])
def test_an_unusable_file_is_told_and_left_alone(how: str, run_cli: RunCli, path: Path) -> None:
    once = (*FEBRUARY_14, "--once", "--journal", path)
    plain = run_cli(*FEBRUARY_14)
    if how == "folder":
        path.mkdir()
    elif how == "pipe":
        os.mkfifo(path)
    elif how == "text":
        path.write_text("date,symbol,close\n" * 100, encoding="utf-8")
    elif how == "foreign":
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE places (url TEXT)")
    else:
        assert run_cli(*once) == plain
        if how == "damaged":
            _damage(path)
        elif how == "cut":
            path.write_bytes(path.read_bytes()[:5000])
        else:
            with contextlib.closing(sqlite3.connect(path)) as other:
                other.execute("PRAGMA user_version = 99")
    said = {
        "foreign": "is a SQLite file, but no journal of marketmove",
        "newer": "this journal was written by a newer marketmove (version 99, known is 3)",
        "folder": "is no file",
        "pipe": "is no file",
    }.get(how, "the journal is damaged, or no journal; it is left as it is. Move it away")
    before = path.read_bytes() if path.is_file() else None
    ran = run_cli(*once)
    assert (ran.stdout, ran.status) == (plain.stdout, 3)
    reason, consequence = ran.stderr.splitlines()
    assert reason.startswith(f"{path}: {said}")
    assert consequence.startswith(NOT_RECORDED)
    listed = run_cli("journal", "--journal", path)
    assert (listed.stdout, listed.status) == ("", 3)
    assert listed.stderr.startswith(f"{path}: ")
    assert (path.read_bytes() if path.is_file() else None) == before
    assert list(path.parent.iterdir()) == [path]


def test_an_unusable_file_for_machines(run_cli: RunCli, path: Path) -> None:
    """One document, that of the summary: it is not followed by one of the error."""
    path.write_text("no journal", encoding="utf-8")
    ran = run_cli(*FEBRUARY_14, "--once", "--journal", path, "--format", "json")
    assert ran.status == 3
    assert ran.document["schema"] == "marketmove.summary/1"


def test_an_empty_file_is_a_new_journal(run_cli: RunCli, path: Path) -> None:
    """SQLite makes the file before anything is in it, so that a kill can leave it so."""
    path.touch()
    assert run_cli("journal", "--journal", path).stdout.endswith("  0 summaries\n")
    assert path.read_bytes() == b""
    assert run_cli(*FEBRUARY_14, "--once", "--journal", path).stdout.startswith(HEADLINE)
    assert run_cli(*FEBRUARY_14, "--once", "--journal", path) == ("", "", 0)


# As version 1 made it, written by hand: one place for a summary to go to.
VERSION_1 = """
    CREATE TABLE summaries (
        id INTEGER PRIMARY KEY, sessions TEXT NOT NULL, indices TEXT NOT NULL,
        form TEXT NOT NULL, options TEXT NOT NULL, made_at TEXT NOT NULL
    );
    CREATE INDEX by_asked ON summaries (sessions, indices, form, options);
    CREATE TABLE closes (
        summary INTEGER NOT NULL REFERENCES summaries (id), symbol TEXT NOT NULL, session TEXT,
        close REAL, prior_session TEXT, prior_close REAL, PRIMARY KEY (summary, symbol)
    ) WITHOUT ROWID;
    INSERT INTO summaries VALUES
        (1, '2025-02-14', 'HSI N225', 'text', '', '2025-02-14T10:00:00+00:00');
    INSERT INTO closes VALUES
        (1, 'HSI', '2025-02-14', 22620.33, '2025-02-13', 21814.37),
        (1, 'N225', '2025-02-14', 39149.0, '2025-02-13', 39461.47);
    PRAGMA application_id = 0x6d6d6a6c;
    PRAGMA user_version = 1;
"""


def test_an_older_version_is_read_and_brought_up(run_cli: RunCli, path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1)
    before = path.read_bytes()
    listed = run_cli("journal", "--journal", path)
    assert "2025-02-14 10:00   printed" in listed.stdout
    assert path.read_bytes() == before
    ran = run_cli(*FEBRUARY_14, "--once", "--journal", path)
    assert ran.stdout.startswith("N225 2025-02-14 revised from 39,149.00 to 39,149.43\n\n")
    assert run_cli(*FEBRUARY_14, "--once", "--journal", path) == ("", "", 0)
    first, second = _summaries(run_cli, path)
    assert first["made_at"] == first["deliveries"][0]["at"] == "2025-02-14T10:00:00+00:00"
    assert second["deliveries"][0]["target"] == "standard output"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (3,)


# Disks and folders.


def _in_shell(script: str, path: Path, *prefix: str) -> Ran:
    """Run the program in a shell, which gets the journal first and then the line without it.

    Python leaves half a compiled module behind where it has no room for it (CPython #126606).
    """
    line = [*prefix, "/bin/sh", "-c", script, "sh", str(path)]
    done = subprocess.run(
        [*line, *command(*FEBRUARY_14, "--once")],
        capture_output=True,
        env=bare_environment() | {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=60,
        check=False,
    )
    return Ran(done.stdout.decode(), done.stderr.decode(), done.returncode)


RUN = 'journal=$1; shift; exec "$@" --journal "$journal"'


@functools.cache
def _plain() -> str:
    return run_process(*FEBRUARY_14).stdout


def _is_printed_and_told(ran: Ran, path: Path, *reasons: str) -> None:
    assert ran.stdout.startswith(HEADLINE)
    assert ran.stdout == _plain()
    reason, consequence = ran.stderr.splitlines()
    assert reason.startswith(f"{path}: the journal cannot be ")
    assert any(text in reason for text in reasons), reason
    assert consequence.startswith(NOT_RECORDED)
    assert ran.status == 3


@needs_unix
def test_no_room_for_the_journal(path: Path) -> None:
    """No file may grow beyond a few blocks: what a full disk or a quota does."""
    ran = _in_shell(f"ulimit -f 1; {RUN}", path)
    _is_printed_and_told(ran, path, "or is full", "no space left")
    assert run_process(*FEBRUARY_14, "--once", "--journal", path).stdout.startswith(HEADLINE)
    assert run_process(*FEBRUARY_14, "--once", "--journal", path) == ("", "", 0)


@needs_unix
def test_a_full_disk(path: Path) -> None:
    if not shutil.which("unshare"):
        pytest.skip("needs unshare")
    small = f"mount -t tmpfs -o size={{}} none {shlex.quote(str(path.parent))}"
    probe = ["unshare", "-m", "/bin/sh", "-c", small.format("16k")]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a disk")
    for size in ("4k", "16k"):
        ran = _in_shell(f"{small.format(size)} && {RUN}", path, "unshare", "-m")
        _is_printed_and_told(ran, path, "no space left", "or is full")
    fits = _in_shell(f"{small.format('1m')} && {RUN}", path, "unshare", "-m")
    assert (fits.stderr, fits.status) == ("", 0)


def _no_rights() -> list[str]:
    """What to put before a command so that the modes of files count for root too."""
    if os.getuid():
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root may write everywhere")
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]


@needs_unix
@pytest.mark.parametrize("there", [False, True], ids=["new", "there"])
def test_a_folder_that_cannot_be_written(there: bool, path: Path) -> None:
    if there:
        earlier = ("summary", "2025-02-13", *FEBRUARY_14[2:])
        assert run_process(*earlier, "--once", "--journal", path).status == 0
    before = path.read_bytes() if there else None
    path.parent.chmod(0o555)
    ran = _in_shell(RUN, path, *_no_rights())
    path.parent.chmod(0o755)
    _is_printed_and_told(ran, path, "read-only", "no permission")
    assert (path.read_bytes() if path.exists() else None) == before


@needs_unix
def test_a_file_that_cannot_be_written(path: Path) -> None:
    earlier = ("summary", "2025-02-13", *FEBRUARY_14[2:])
    assert run_process(*earlier, "--once", "--journal", path).status == 0
    for mode, reason in ((0o444, "read-only"), (0o000, "no permission")):
        path.chmod(mode)
        ran = _in_shell(RUN, path, *_no_rights())
        _is_printed_and_told(ran, path, reason)


@needs_unix
def test_a_folder_that_can_only_be_read_is_listed(path: Path) -> None:
    assert run_process(*FEBRUARY_14, "--once", "--journal", path).status == 0
    path.parent.chmod(0o555)
    line = [*_no_rights(), *command("journal", "--journal", path)]
    done = subprocess.run(
        line, capture_output=True, env=bare_environment(), timeout=60, check=False
    )
    path.parent.chmod(0o755)
    assert (done.stderr, done.returncode) == (b"", 0)
    assert b"printed" in done.stdout


@needs_unix
def test_a_folder_that_cannot_be_entered(path: Path) -> None:
    assert run_process(*FEBRUARY_14, "--once", "--journal", path).status == 0
    path.parent.chmod(0o000)
    ran = _in_shell(RUN, path, *_no_rights())
    line = [*_no_rights(), *command("journal", "--journal", path)]
    listed = subprocess.run(
        line, capture_output=True, env=bare_environment(), timeout=60, check=False
    )
    path.parent.chmod(0o755)
    _is_printed_and_told(ran, path, "no permission")
    assert (listed.stdout, listed.returncode) == (b"", 3)
    assert listed.stderr.decode().startswith(f"{path}: the journal cannot be opened: ")


def test_a_journal_is_not_where_the_summary_goes(run_cli: RunCli, path: Path) -> None:
    once = (*FEBRUARY_14, "--once", "--journal", path)
    assert run_cli(*once).status == 0
    before = path.read_bytes()
    for other in (path, path.parent / ".." / path.parent.name / path.name):
        ran = run_cli(*once, "--force", "--output", other)
        assert (ran.stdout, ran.status) == ("", 2)
        assert ran.stderr.startswith("marketmove: --journal and --output are the same file")
    assert path.read_bytes() == before


@needs_unix
def test_standard_output_by_its_other_name(path: Path) -> None:
    """A pipe has another number in each run, and is the same place all the same."""
    once = (*FEBRUARY_14, "--once", "--journal", path, "--output", "/dev/stdout")
    assert run_process(*once).stdout.startswith(HEADLINE)
    assert run_process(*once) == ("", "", 0)


def test_a_folder_that_is_not_there(path: Path) -> None:
    path = path.parent / "none" / "journal.sqlite"
    ran = run_process(*FEBRUARY_14, "--once", "--journal", path)
    _is_printed_and_told(ran, path, "no such folder")


@needs_unix
@pytest.mark.skipif(sys.platform == "darwin", reason="the folder of states is another one")
def test_a_home_that_is_not_there(tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.touch()
    ran = run_process(*FEBRUARY_14, "--once", environment={"HOME": str(home)})
    assert ran.stdout.startswith(HEADLINE)
    assert ran.status == 3
    assert "the folder for the journal cannot be made" in ran.stderr
    assert "--journal PATH" in ran.stderr


def test_a_bare_environment(path: Path, tmp_path: Path) -> None:
    """As cron starts it; and the journal is the same with a locale and a home."""
    once = (*FEBRUARY_14, "--once", "--journal", path)
    bare = run_process(*once, cwd=tmp_path, environment={"LANG": "C"})
    assert (bare.stderr, bare.status) == ("", 0)
    assert bare.stdout.isascii()
    usual = {"LANG": "C.UTF-8", "HOME": str(tmp_path)}
    assert run_process(*once, environment=usual) == ("", "", 0)
    assert [p.name for p in path.parent.iterdir()] == ["journal.sqlite"]


# Two runs at once, and kills.


@needs_unix
def test_two_runs_at_once(path: Path) -> None:
    """One prints; the other waits, finds it done, and prints nothing."""
    journals = [path.with_name(f"{turn}.sqlite") for turn in range(20)]
    runs = _forked(
        [_line(how, "2025-02-14", SAMPLE_CLOSES, one) for one in journals for how in ("&", "-")]
    )
    for one, other in zip(runs[::2], runs[1::2], strict=True):
        assert sorted([one, other]) == [(0, "", ""), (0, _plain(), "")]


def _printing(path: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A run that is stuck in the middle of its print: the pipe it writes to is full but for a bit.

    Gives the process, and the end of the pipe to read from.
    """
    import fcntl

    reading, writing = os.pipe()
    room = fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    os.write(writing, b"." * (room - 100))
    process = subprocess.Popen(
        command(*FEBRUARY_14, "--once", "--journal", path),
        stdout=writing,
        stderr=subprocess.PIPE,
        env=bare_environment(),
    )
    os.close(writing)
    # It holds the lock from before it prints; then it is given time to come to the pipe.
    for _ in range(1200):
        with contextlib.closing(sqlite3.connect(path, timeout=0)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                break
        time.sleep(0.05)
    time.sleep(0.5)
    assert process.poll() is None
    return process, reading


needs_pipes = pytest.mark.skipif(
    sys.platform != "linux", reason="this system has pipes of one size"
)


@needs_pipes
def test_killed_while_it_prints(path: Path) -> None:
    process, reading = _printing(path)
    process.kill()
    process.communicate(timeout=60)
    os.close(reading)
    # Listed first: what the kill left half written is undone by whoever comes next.
    listed = run_process("journal", "--journal", path)
    assert (listed.stderr, listed.status) == ("", 0)
    assert listed.stdout.endswith("  0 summaries\n")
    assert run_process(*FEBRUARY_14, "--once", "--journal", path).stdout.startswith(HEADLINE)
    assert run_process(*FEBRUARY_14, "--once", "--journal", path) == ("", "", 0)
    assert _without_moments(path)[2] == [(1, "standard output", "printed", "")]


@needs_pipes
def test_a_second_run_waits_for_the_print(path: Path) -> None:
    first, reading = _printing(path)
    listed = run_process("journal", "--journal", path)
    assert (listed.stderr, listed.status) == ("", 0)
    assert listed.stdout.endswith("  0 summaries\n")
    with subprocess.Popen(
        command(*FEBRUARY_14, "--once", "--journal", path),
        stdout=subprocess.PIPE,
        env=bare_environment(),
    ) as second:
        time.sleep(2)
        assert second.poll() is None
        with os.fdopen(reading, "rb") as pipe:
            printed = pipe.read().lstrip(b".").decode()
        out, _ = second.communicate(timeout=60)
    assert printed == _plain()
    assert (out, second.returncode) == (b"", 0)
    first.communicate(timeout=60)
    assert first.returncode == 0


@needs_pipes
def test_waiting_for_another_run_can_be_interrupted(path: Path) -> None:
    first, reading = _printing(path)
    with subprocess.Popen(
        command(*FEBRUARY_14, "--once", "--journal", path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=bare_environment(),
    ) as second:
        time.sleep(4)
        second.send_signal(signal.SIGINT)
        assert second.communicate(timeout=20) == (b"", b"")
        assert second.returncode == 130
    first.kill()
    first.communicate(timeout=60)
    os.close(reading)


@needs_pipes
def test_a_reader_that_leaves_has_not_read_it(path: Path) -> None:
    process, reading = _printing(path)
    os.close(reading)
    _, error = process.communicate(timeout=60)
    assert (error, process.returncode) == (b"", 0)
    assert run_process(*FEBRUARY_14, "--once", "--journal", path).stdout.startswith(HEADLINE)


@needs_unix
def test_what_is_not_printed_is_not_done(path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    ran = _in_shell(f"{RUN} > /dev/full", path)
    assert ran.status == 3
    assert "no space left on device" in ran.stderr
    assert "recorded" not in ran.stderr
    assert run_process(*FEBRUARY_14, "--once", "--journal", path).stdout.startswith(HEADLINE)


KILLS, SESSIONS = 170, 30


def _forked(lines: list[list[str]]) -> list[tuple[int, str, str]]:
    """Run lines one after the other, each killed at its share of a usual run, or left alone."""
    measured = [str(word) for word in FEBRUARY_14]
    texts = ["\t".join(line) for line in [measured, *lines]]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", Path(__file__).with_name("killed.py")],
        input="\n".join(texts).encode(),
        stdout=subprocess.PIPE,
        # Forked: a process that has threads would not be safe to copy.
        env=bare_environment() | {"OPENBLAS_NUM_THREADS": "1"},
        timeout=600,
        check=True,
    )
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(runs) == len(lines)
    return [(status, out, err) for status, out, err in runs]


def _line(share: str, session: str, closes: Path, journal: Path) -> list[str]:
    asked = ["--levels", str(closes), "-i", "HSI", "-i", "N225"]
    return [share, "summary", session, *asked, "--once", "--journal", str(journal)]


@needs_unix
def test_kills_at_random_moments(path: Path, write: Write) -> None:
    """200 runs over 30 sessions: what is left is what undisturbed runs leave, and all was out."""
    header, *rows = SAMPLE_CLOSES.read_text(encoding="utf-8").splitlines()
    ours = [row for row in rows if row.split(",")[1] in {"HSI", "N225"}]
    closes = write("closes.csv", "\n".join([header, *ours]) + "\n")
    sessions = sorted({row.split(",")[0] for row in ours})[-SESSIONS:]
    chance = random.Random(20250214)  # noqa: S311 - moments, not secrets
    shares = [chance.uniform(0, 1.2) if n % 2 else chance.uniform(0.7, 1.1) for n in range(KILLS)]
    turns = [(sessions[n * SESSIONS // KILLS], f"{share:.4f}") for n, share in enumerate(shares)]
    turns += [(session, "-") for session in sessions]
    runs = _forked([_line(share, session, closes, path) for session, share in turns])

    undisturbed = path.with_name("undisturbed.sqlite")
    wanted = _forked([_line("-", session, closes, undisturbed) for session in sessions])
    texts = dict(zip(sessions, (out for _, out, _ in wanted), strict=True))
    assert all(text and status == 0 for status, text, _ in wanted)

    printed = dict.fromkeys(sessions, 0)
    killed = 0
    for (session, _), (status, out, err) in zip(turns, runs, strict=True):
        assert status in {0, -signal.SIGKILL}
        assert err == ""
        assert texts[session].startswith(out)
        printed[session] += out == texts[session]
        killed += status != 0
    assert all(printed.values())
    assert killed > KILLS / 4
    # Made in the order in which they were done at last, which need not be that of the sessions.
    assert _by_session(path) == _by_session(undisturbed)


def _by_session(path: Path) -> dict[str, Any]:
    """What a journal has of each session, without numbers and moments; each session once."""
    summaries, closes, deliveries = _without_moments(path)
    assert len({row[1] for row in summaries}) == len(summaries) == SESSIONS
    return {
        row[1]: (
            row[2:],
            [close[1:] for close in closes if close[0] == row[0]],
            [delivery[1:] for delivery in deliveries if delivery[0] == row[0]],
        )
        for row in summaries
    }
