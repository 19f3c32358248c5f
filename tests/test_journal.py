"""A journal that cannot serve costs no summary: damaged files, full disks, closed folders."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kept import (
    FEBRUARY_14,
    HEADLINE,
    NOT_RECORDED,
    RUN,
    in_shell,
    is_printed_and_told,
    needs_unix,
)
from program import RunCli, bare_environment, command, run_process

if TYPE_CHECKING:
    from pathlib import Path

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
        "foreign": "is a SQLite file, but not a journal of marketmove",
        "newer": "this journal was written by a newer marketmove (version 99, known is 4)",
        "folder": "is not a file",
        "pipe": "is not a file",
    }.get(how, "the journal is damaged, or is not one; it was not changed. Move it away")
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


# Disks and folders.


@needs_unix
def test_no_room_for_the_journal(path: Path) -> None:
    """No file may grow beyond a few blocks: what a full disk or a quota does."""
    ran = in_shell(f"ulimit -f 1; {RUN}", path)
    is_printed_and_told(ran, path, "or is full", "no space left")
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
        ran = in_shell(f"{small.format(size)} && {RUN}", path, "unshare", "-m")
        is_printed_and_told(ran, path, "no space left", "or is full")
    fits = in_shell(f"{small.format('1m')} && {RUN}", path, "unshare", "-m")
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
    ran = in_shell(RUN, path, *_no_rights())
    path.parent.chmod(0o755)
    is_printed_and_told(ran, path, "read-only", "no permission")
    assert (path.read_bytes() if path.exists() else None) == before


@needs_unix
def test_a_file_that_cannot_be_written(path: Path) -> None:
    earlier = ("summary", "2025-02-13", *FEBRUARY_14[2:])
    assert run_process(*earlier, "--once", "--journal", path).status == 0
    for mode, reason in ((0o444, "read-only"), (0o000, "no permission")):
        path.chmod(mode)
        ran = in_shell(RUN, path, *_no_rights())
        is_printed_and_told(ran, path, reason)


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
    ran = in_shell(RUN, path, *_no_rights())
    line = [*_no_rights(), *command("journal", "--journal", path)]
    listed = subprocess.run(
        line, capture_output=True, env=bare_environment(), timeout=60, check=False
    )
    path.parent.chmod(0o755)
    is_printed_and_told(ran, path, "no permission")
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
    is_printed_and_told(ran, path, "no such folder")


@needs_unix
@pytest.mark.skipif(sys.platform == "darwin", reason="the user state directory is another one")
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
