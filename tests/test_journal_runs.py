"""Two runs at once, and kills: nothing is lost, and nothing doubled."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kept import (
    FEBRUARY_14,
    HEADLINE,
    RUN,
    in_shell,
    needs_unix,
    plain,
    without_moments,
)
from profiles import tried
from program import SAMPLE_CLOSES, Process, Ran, Write, run_process, start_process

# Two runs at once, and kills.


def _once(session: str, closes: Path, journal: Path) -> tuple[str | Path, ...]:
    asked = ("--levels", closes, "-i", "HSI", "-i", "N225")
    return ("summary", session, *asked, "--once", "--journal", journal)


@needs_unix
def test_two_runs_at_once(path: Path) -> None:
    """One prints; the other waits, finds it done, and prints nothing."""
    for turn in range(tried(5, 20)):
        once = _once("2025-02-14", SAMPLE_CLOSES, path.with_name(f"{turn}.sqlite"))
        runs = [start_process(*once) for _ in range(2)]
        said = [run.communicate(timeout=60) for run in runs]
        assert sorted(said) == [(b"", b""), (plain().encode(), b"")]
        assert [run.returncode for run in runs] == [0, 0]


def _printing(path: Path) -> tuple[Process, int]:
    """A run that is stuck in the middle of its print: the pipe it writes to is full but for a bit.

    Gives the process, and the end of the pipe to read from.
    """
    import fcntl

    reading, writing = os.pipe()
    room = fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    os.write(writing, b"." * (room - 100))
    process = start_process(*FEBRUARY_14, "--once", "--journal", path, stdout=writing)
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
    again = run_process(*FEBRUARY_14, "--once", "--journal", path).stdout
    assert (REPEAT.search(again), _once_only(again)) != (None, again)
    assert _once_only(again) == plain()
    assert run_process(*FEBRUARY_14, "--once", "--journal", path) == ("", "", 0)
    assert without_moments(path)[2] == [(1, "standard output", "printed", "")]


@needs_pipes
def test_a_second_run_waits_for_the_print(path: Path) -> None:
    first, reading = _printing(path)
    listed = run_process("journal", "--journal", path)
    assert (listed.stderr, listed.status) == ("", 0)
    assert listed.stdout.endswith("  0 summaries\n")
    with start_process(*FEBRUARY_14, "--once", "--journal", path) as second:
        time.sleep(2)
        assert second.poll() is None
        with os.fdopen(reading, "rb") as pipe:
            printed = pipe.read().lstrip(b".").decode()
        out, _ = second.communicate(timeout=60)
    assert printed == plain()
    assert (out, second.returncode) == (b"", 0)
    first.communicate(timeout=60)
    assert first.returncode == 0


@needs_pipes
def test_waiting_for_another_run_can_be_interrupted(path: Path) -> None:
    first, reading = _printing(path)
    with start_process(*FEBRUARY_14, "--once", "--journal", path) as second:
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
    ran = in_shell(f"{RUN} > /dev/full", path)
    assert ran.status == 3
    assert "no space left on device" in ran.stderr
    assert "recorded" not in ran.stderr
    assert run_process(*FEBRUARY_14, "--once", "--journal", path).stdout.startswith(HEADLINE)


KILLS, SESSIONS = tried(34, 170), tried(6, 30)


def _usual_s() -> float:
    """How long a run takes."""
    run_process(*FEBRUARY_14)
    start = time.perf_counter()
    for _ in range(3):
        run_process(*FEBRUARY_14)
    return (time.perf_counter() - start) / 3


def _killed_after(seconds: float, asked: tuple[str | Path, ...]) -> Ran:
    process = start_process(*asked)
    time.sleep(seconds)
    process.kill()
    out, err = process.communicate(timeout=60)
    return Ran(out.decode(), err.decode(), process.wait(60))


REPEAT = re.compile(r"This may be a repeat: [^.]*\.\n\n")


def _once_only(text: str) -> str:
    """A summary without what it says of being there before, which none says that was not begun."""
    return REPEAT.sub("", text, count=1)


@needs_unix
def test_kills_at_random_moments(path: Path, write: Write) -> None:
    """Over and over: what is left is what undisturbed runs leave, and all was out."""
    header, *rows = SAMPLE_CLOSES.read_text(encoding="utf-8").splitlines()
    ours = [row for row in rows if row.split(",")[1] in {"HSI", "N225"}]
    closes = write("closes.csv", "\n".join([header, *ours]) + "\n")
    sessions = sorted({row.split(",")[0] for row in ours})[-SESSIONS:]
    chance = random.Random(20250214)  # noqa: S311 - moments, not secrets
    shares = [chance.uniform(0, 1.2) if n % 2 else chance.uniform(0.7, 1.1) for n in range(KILLS)]
    usual_s = _usual_s()
    runs = []
    for n, share in enumerate(shares):
        session = sessions[n * SESSIONS // KILLS]
        runs.append((session, _killed_after(share * usual_s, _once(session, closes, path))))
    runs += [(session, run_process(*_once(session, closes, path))) for session in sessions]

    undisturbed = path.with_name("undisturbed.sqlite")
    wanted = {s: run_process(*_once(s, closes, undisturbed)) for s in sessions}
    assert all(ran.stdout and ran.status == 0 for ran in wanted.values())

    printed = dict.fromkeys(sessions, 0)
    killed = 0
    for session, ran in runs:
        assert ran.status in {0, -signal.SIGKILL}
        assert ran.stderr == ""
        out = _once_only(ran.stdout)
        assert wanted[session].stdout.startswith(out)
        # What comes twice says so.
        assert not printed[session] or not out or REPEAT.match(ran.stdout)
        printed[session] += out == wanted[session].stdout
        killed += ran.status != 0
    assert all(printed.values())
    assert killed > KILLS / 10  # how many depends on what else the machine is doing
    # Made in the order in which they were done at last, which need not be that of the sessions.
    assert _by_session(path) == _by_session(undisturbed)


def _by_session(path: Path) -> dict[str, Any]:
    """What a journal has of each session, without numbers and moments; each session once."""
    summaries, closes, deliveries = without_moments(path)
    assert len({row[1] for row in summaries}) == len(summaries) == SESSIONS
    return {
        row[1]: (
            row[2:],
            [close[1:] for close in closes if close[0] == row[0]],
            [delivery[1:] for delivery in deliveries if delivery[0] == row[0]],
        )
        for row in summaries
    }
