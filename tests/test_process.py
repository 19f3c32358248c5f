"""What only a real process shows: pipes, bare environments, full disks."""

from __future__ import annotations

import os
import pkgutil
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from program import SAMPLE_CLOSES, Ran, Write, command, run_fresh, run_process, start_process

# Closes contradict this report, which is said on stderr too.
FEBRUARY_4 = ("session", "2025-02-04", "--quiet")
FEBRUARY_14 = ("session", "2025-02-14", "--levels", SAMPLE_CLOSES)
OUR_SIGNS = "−≈│▇·"

needs_full = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="this system has no /dev/full"
)


def test_a_bare_environment(tmp_path: Path) -> None:
    """As cron starts it: no locale, no home, another folder, nobody at the terminal."""
    ran = run_process(*FEBRUARY_4, cwd=tmp_path)
    assert (ran.stderr, ran.status) == ("", 0)
    lines = ran.stdout.splitlines()
    assert lines[0].startswith("Session of Tue 4 Feb 2025 · as published · samples/published/")
    assert all(sign in ran.stdout for sign in OUR_SIGNS)
    assert "\x1b" not in ran.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "C"},
        {"LANG": "POSIX"},
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX"},
        {"LC_ALL": "C", "LANG": "en_GB.UTF-8"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=str,
)
def test_ascii_signs_where_the_locale_is_plain(environment: dict[str, str]) -> None:
    ran = run_process(*FEBRUARY_4, environment=environment)
    assert (ran.stderr, ran.status) == ("", 0)
    assert ran.stdout.isascii()
    assert "-311.74" in ran.stdout


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": ""},
        {"LANG": "C.UTF-8"},
        {"LANG": "en_GB.UTF-8"},
        {"LC_ALL": "C.UTF-8", "LANG": "C"},
    ],
    ids=str,
)
def test_our_signs_elsewhere(environment: dict[str, str]) -> None:
    ran = run_process(*FEBRUARY_4, environment=environment)
    assert (ran.stderr, ran.status) == ("", 0)
    assert all(sign in ran.stdout for sign in OUR_SIGNS)


@pytest.mark.parametrize(
    ("output_format", "environment"),
    [("csv", {"LC_ALL": "C"}), ("json", {"PYTHONIOENCODING": "latin-1"})],
)
def test_machines_get_utf8_in_any_locale(
    output_format: str, environment: dict[str, str], write: Write
) -> None:
    path = write(
        "report.yaml", "session: 2025-02-04\nfigures:\n  - {index: 沪港指数, change_pct: 1}\n"
    )
    asked = (*FEBRUARY_4, "--levels", path, "--format", output_format)
    ran = run_process(*asked, environment=environment)
    assert (ran.stderr, ran.status) == ("", 0)
    assert "沪港指数" in ran.stdout


def test_a_name_that_the_encoding_cannot_carry(write: Write) -> None:
    path = write(
        "report.yaml", "session: 2025-02-04\nfigures:\n  - {index: 沪港指数, change_pct: 1}\n"
    )
    ran = run_process(*(*FEBRUARY_4, "--levels", path), environment={"PYTHONIOENCODING": "ascii"})
    assert (ran.stderr, ran.status) == ("", 0)
    assert r"\u6caa" in ran.stdout


@pytest.mark.parametrize("output_format", ["table", "csv", "json"])
def test_a_reader_that_leaves_early_is_no_failure(output_format: str, write: Write) -> None:
    """Far more output than a pipe holds, of which the reader takes one line."""
    rows = "".join(
        f"2025-02-13,INDEX{n},10000\n2025-02-14,INDEX{n},{10000 + n}\n" for n in range(1, 2001)
    )
    path = write("closes.csv", "date,symbol,close\n" + rows)
    asked = ("session", "2025-02-14", "-l", path, "-f", output_format, "--all")
    with start_process(*asked) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        process.stdout.close()
        error = process.stderr.read()
        status = process.wait(timeout=60)
    assert first
    assert (error, status) == (b"", 0)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["session", "--help"]])
def test_a_reader_that_is_not_there(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = start_process(*arguments, stdout=writing)
    os.close(writing)
    _, error = process.communicate(timeout=60)
    assert (error, process.returncode) == (b"", 0)


def test_standard_input_is_a_pipe() -> None:
    data = SAMPLE_CLOSES.read_bytes()
    piped = run_process("session", "2025-02-14", "-l", "-", "-f", "csv", stdin=data)
    assert (piped.stderr, piped.status) == ("", 0)
    named = run_process(*FEBRUARY_14, "-f", "csv")
    assert piped.stdout.replace("<stdin>:", f"{SAMPLE_CLOSES}:") == named.stdout


@pytest.mark.skipif(os.name != "posix", reason="a shell closes streams")
@pytest.mark.parametrize(
    ("closing", "arguments", "said"),
    [
        ("<&-", "session 2025-02-14 --levels -", "- needs standard input"),
        (">&-", "session 2025-02-04 --quiet", "standard output is closed"),
    ],
)
def test_a_stream_that_is_closed(closing: str, arguments: str, said: str) -> None:
    line = f'"$0" -m marketmove {arguments} {closing}'
    ran = run_fresh(["/bin/sh", "-c", line, sys.executable])
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert ran.stdout == ""
    assert ran.status in {2, 3}


def _into_a_full_disk(arguments: list[str]) -> tuple[str, int]:
    """What it says on stderr, and its status."""
    with Path("/dev/full").open("wb") as full:
        process = start_process(*arguments, stdout=full.fileno())
        _, error = process.communicate(timeout=60)
    return error.decode(), process.wait(60)


@needs_full
@pytest.mark.parametrize(
    "arguments",
    [
        ["session", "2025-02-04", "--quiet"],
        ["session", "2025-02-04", "--quiet", "--format", "json"],
        ["calc", "--close", "2", "--prior", "1"],
    ],
    ids=" ".join,
)
def test_a_full_disk(arguments: list[str]) -> None:
    said = "standard output: cannot write the result: no space left on device\n"
    assert _into_a_full_disk(arguments) == (said, 3)


@needs_full
@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["session", "--help"]])
def test_a_full_disk_for_the_help(arguments: list[str]) -> None:
    said, status = _into_a_full_disk(arguments)
    assert status != 0
    assert "no space left on device" in said.casefold()
    assert "a bug" not in said
    assert "Traceback" not in said


def test_output_replaces_a_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "moves.csv"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    ran = run_process(*FEBRUARY_4, "--format", "csv", "--output", path)
    assert ran == ("", "", 0)
    assert path.read_text(encoding="utf-8").startswith("session,symbol,")
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows replaces no file that is open")
def test_who_reads_the_old_file_meanwhile_reads_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "moves.csv"
    path.write_text("old", encoding="utf-8")
    with path.open(encoding="utf-8") as reader:
        assert run_process(*FEBRUARY_4, "--format", "csv", "--output", path).status == 0
        assert reader.read() == "old"


def test_output_keeps_the_old_file_on_failure(tmp_path: Path, write: Write) -> None:
    path = tmp_path / "moves.csv"
    path.write_text("old", encoding="utf-8")
    bad = write("bad.csv", "date,symbol,close\n2025-02-14,HSI,zero\n")
    for output_format in ("csv", "json"):
        ran = run_process(
            *("session", "2025-02-14", "--levels", bad, "-f", output_format, "-o", path)
        )
        assert ran.status == 3
        assert path.read_text(encoding="utf-8") == "old"
    assert sorted(tmp_path.iterdir()) == sorted([path, bad])


def test_output_follows_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    assert run_process(*FEBRUARY_4, "-f", "csv", "-o", link).status == 0
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8").startswith("session,symbol,")


def test_output_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "none" / "moves.csv"
    ran = run_process(*FEBRUARY_4, "-f", "csv", "-o", path)
    assert ran == ("", f"{path}: cannot write the result: no such file or directory\n", 3)
    folder = run_process(*FEBRUARY_4, "-f", "csv", "-o", tmp_path)
    assert folder == ("", f"{tmp_path}: cannot write the result: is a directory\n", 3)
    assert not path.parent.exists()


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="this system has no /dev/stdout")
@pytest.mark.parametrize("device", ["/dev/stdout", "-"])
def test_output_to_standard_output(device: str) -> None:
    ran = run_process(*FEBRUARY_4, "-f", "csv", "-o", device)
    assert ran == run_process(*FEBRUARY_4, "-f", "csv")


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_interrupted() -> None:
    """Control-C while it waits for closes."""
    asked = ("session", "2025-02-14", "--levels", "-")
    with start_process(*asked, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        # It has read what a pipe can hold only when it is waiting for more.
        process.stdin.write(SAMPLE_CLOSES.read_bytes() * 3)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == b""
    assert b"Traceback" not in err


def test_python_finds_no_fault(tmp_path: Path) -> None:
    """Nothing left open, nothing deprecated: what Python says in its development mode."""
    # Typer is behind with what the newest Click calls old.
    parts = [f".{found.name}" for found in pkgutil.iter_modules(typer.__path__)]
    errors = ["error", *(f"ignore::DeprecationWarning:typer{part}" for part in ["", *parts])]
    environment = {"PYTHONDEVMODE": "1", "PYTHONWARNINGS": ",".join(errors)}
    ran = run_process(*FEBRUARY_4, "-f", "csv", cwd=tmp_path, environment=environment)
    assert (ran.stderr, ran.status) == ("", 0)


def test_a_warning_in_a_plain_encoding() -> None:
    report = "session: 2025-02-14\nfigures:\n  - {index: N225, change_pct: 1}\n"
    asked = ("session", "2025-02-14", "--levels", "-")
    ran = run_process(*asked, stdin=report.encode(), environment={"PYTHONIOENCODING": "ascii"})
    assert "Nikkei 225 -0.79%" in ran.stderr


def _without_streams(*arguments: str | Path, closed: str) -> int:
    script = f'exec "$@" {closed}'
    return run_fresh(["/bin/sh", "-c", script, "sh", *command(*arguments)]).status


@pytest.mark.skipif(os.name != "posix", reason="needs a Unix shell")
def test_nothing_to_print_needs_no_standard_output(tmp_path: Path) -> None:
    once = ("summary", *FEBRUARY_14[1:], "--once", "--journal", tmp_path / "journal.sqlite")
    assert run_process(*once).status == 0
    assert _without_streams(*once, closed=">&-") == 0
    assert _without_streams(*once, closed="<&- >&- 2>&-") == 0


@needs_full
def test_standard_error_that_is_full_takes_no_result_away(tmp_path: Path) -> None:
    """A failure still ends with its own status, and a warning does not cost the result."""
    missing = ("session", "2025-02-14", "--levels", tmp_path / "none.csv")
    assert _without_streams(*missing, closed="2> /dev/full") == 3
    out = tmp_path / "out.txt"
    warned = ("session", "2025-02-04", "--output", out)
    assert _without_streams(*warned, closed="2> /dev/full") == 0
    assert "Hang Seng" in out.read_text(encoding="utf-8")


@pytest.mark.skipif(not shutil.which("setpriv"), reason="needs setpriv")
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can")
def test_a_user_who_is_not_in_the_list_of_users() -> None:
    """No HOME, and no entry that would tell one: a container or a service has such users."""
    nobody = ["setpriv", "--reuid", "54321", "--clear-groups"]

    def ran(*arguments: str | Path) -> Ran:
        line = [*nobody, *command(*arguments)]
        return run_fresh(line, environment={"PYTHONDONTWRITEBYTECODE": "1"})

    if ran("calc", "--close", "2", "--prior", "1").status:
        pytest.skip("others may not read this folder")
    figures = ran(*FEBRUARY_4)
    assert (figures.stderr, figures.status) == ("", 0)
    once = ran("summary", *FEBRUARY_14[1:], "--once")
    assert once.stdout
    assert "there is no home folder for the journal; say --journal PATH" in once.stderr
    assert once.status == 3
    assert "name one: --config PATH" in ran("init").stderr
