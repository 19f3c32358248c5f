"""How the tests run the program beside a journal, and read what is in it."""

from __future__ import annotations

import contextlib
import functools
import os
import sqlite3
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from program import SAMPLE_CLOSES, Ran, RunCli, Write, bare_environment, command, run_process

if TYPE_CHECKING:
    from pathlib import Path

FEBRUARY_14 = ("summary", "2025-02-14", "--levels", SAMPLE_CLOSES, "-i", "HSI", "-i", "N225")
HEADLINE = "Hang Seng up 3.69%"
NOT_RECORDED = "marketmove: the summary is printed, but not recorded; a run with --once will"

needs_unix = pytest.mark.skipif(os.name != "posix", reason="needs Unix processes")


def closes_but(write: Write, *changes: tuple[str, str]) -> Path:
    """The sample closes with some rows put otherwise, or left out where the new one is empty."""
    text = SAMPLE_CLOSES.read_text(encoding="utf-8")
    for row, other in changes:
        assert f"{row}\n" in text
        text = text.replace(f"{row}\n", f"{other}\n" if other else "")
    return write("closes.csv", text)


def summaries(run_cli: RunCli, path: Path) -> Any:
    ran = run_cli("journal", "--journal", path, "--format", "json")
    assert (ran.stderr, ran.status) == ("", 0)
    return ran.document["summaries"]


def without_moments(path: Path) -> list[Any]:
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


def in_shell(script: str, path: Path, *prefix: str) -> Ran:
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
def plain() -> str:
    return run_process(*FEBRUARY_14).stdout


def is_printed_and_told(ran: Ran, path: Path, *reasons: str) -> None:
    assert ran.stdout.startswith(HEADLINE)
    assert ran.stdout == plain()
    reason, consequence = ran.stderr.splitlines()
    assert reason.startswith(f"{path}: the journal cannot be ")
    assert any(text in reason for text in reasons), reason
    assert consequence.startswith(NOT_RECORDED)
    assert ran.status == 3
