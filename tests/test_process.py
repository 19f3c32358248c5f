"""What only a real process shows: pipes, terminals, bare environments, full disks."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from program import SAMPLE_CLOSES, Ran, Write, bare_environment, command, run_process

# Closes contradict this report, which is said on stderr too.
FEBRUARY_4 = ("session", "2025-02-04", "--quiet")
FEBRUARY_14 = ("session", "2025-02-14", "--levels", SAMPLE_CLOSES)
OUR_SIGNS = "−≈│▇·"

needs_full = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="this system has no /dev/full"
)
needs_terminal = pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix terminal")


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
        f"2025-02-13,INDEX{n},100\n2025-02-14,INDEX{n},{100 + n}\n" for n in range(1, 2001)
    )
    path = write("closes.csv", "date,symbol,close\n" + rows)
    asked = command("session", "2025-02-14", "-l", path, "-f", output_format, "--all")
    with subprocess.Popen(
        asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=bare_environment()
    ) as process:
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
    done = subprocess.run(
        command(*arguments),
        stdout=writing,
        stderr=subprocess.PIPE,
        env=bare_environment(),
        timeout=60,
        check=False,
    )
    os.close(writing)
    assert (done.stderr, done.returncode) == (b"", 0)


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
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$0" -m marketmove {arguments} {closing}', sys.executable],
        capture_output=True,
        env=bare_environment(),
        timeout=60,
        check=False,
        text=True,
    )
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""
    assert done.returncode in {2, 3}


def _into_a_full_disk(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    with Path("/dev/full").open("wb") as full:
        return subprocess.run(
            command(*arguments),
            stdout=full,
            stderr=subprocess.PIPE,
            env=bare_environment(),
            timeout=60,
            check=False,
            text=True,
        )


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
    done = _into_a_full_disk(arguments)
    assert done.stderr == ("standard output: cannot write the result: no space left on device\n")
    assert done.returncode == 3


@needs_full
@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["session", "--help"]])
def test_a_full_disk_for_the_help(arguments: list[str]) -> None:
    done = _into_a_full_disk(arguments)
    assert done.returncode != 0
    assert "no space left on device" in done.stderr.casefold()
    assert "a bug" not in done.stderr
    assert "Traceback" not in done.stderr


def test_output_replaces_a_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "moves.csv"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    ran = run_process(*FEBRUARY_4, "--format", "csv", "--output", path)
    assert ran == ("", "", 0)
    assert path.read_text(encoding="utf-8").startswith("session,symbol,")
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


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
    with subprocess.Popen(
        command("session", "2025-02-14", "--levels", "-"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=bare_environment(),
    ) as process:
        assert process.stdin is not None
        # It has read what a pipe can hold only when it is waiting for more.
        process.stdin.write(SAMPLE_CLOSES.read_bytes() * 3)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == b""
    assert b"Traceback" not in err


# On a terminal.


def _on_terminal(
    *arguments: str | Path, columns: int = 80, environment: dict[str, str] | None = None
) -> tuple[str, int]:
    """Run the program on a terminal of its own; what it shows, and its status."""
    import fcntl
    import pty
    import struct
    import termios

    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(
        command(*arguments),
        stdin=inner,
        stdout=inner,
        stderr=inner,
        env=bare_environment() | {"TERM": "xterm-256color"} | (environment or {}),
    ) as process:
        os.close(inner)
        shown = bytearray()
        with contextlib.suppress(OSError):  # Linux reports the end of a terminal as an error
            while chunk := os.read(outer, 65536):
                shown += chunk
        status = process.wait(timeout=60)
    os.close(outer)
    return shown.decode().replace("\r\n", "\n"), status


@needs_terminal
@pytest.mark.parametrize(
    ("palette", "up", "down"),
    [
        ("western", "32", "31"),
        ("east-asia", "31", "32"),
        ("korea", "31", "34"),
        ("cvd", "38;5;33", "38;5;208"),
    ],
)
def test_colours_of_a_palette(palette: str, up: str, down: str) -> None:
    shown, status = _on_terminal(*FEBRUARY_4, "--palette", palette)
    assert status == 0
    lines = shown.splitlines()
    rise = next(line for line in lines if "22,579.05" in line)
    fall = next(line for line in lines if "23,152.61" in line)
    assert f"\x1b[{up}m+3.51%\x1b[0m" in rise
    assert f"\x1b[{down}m" not in rise
    assert f"\x1b[{down}m−1.05%\x1b[0m" in fall
    assert f"\x1b[{up}m" not in fall
    assert f"\x1b[{up}mHang Seng Tech > +5%\x1b[0m" in shown
    assert f"\x1b[{down}mTaiex −1.05%\x1b[0m" in shown


@needs_terminal
@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (("--palette", "none"), {}),
        (("--palette", "cvd"), {"NO_COLOR": "1"}),
        ((), {"TERM": "dumb"}),
    ],
)
def test_no_colour(arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    shown, status = _on_terminal(*FEBRUARY_4, *arguments, environment=environment)
    assert status == 0
    assert "\x1b" not in shown
    tables, _, _ = shown.partition("Warning")
    assert tables.replace("▇", "").count("%") == 14


@needs_terminal
def test_green_is_up_and_an_empty_no_color_is_none() -> None:
    shown, _ = _on_terminal(*FEBRUARY_4, environment={"NO_COLOR": ""})
    assert "\x1b[32m+3.51%\x1b[0m" in shown


@pytest.mark.parametrize("output_format", ["table", "csv", "json", "markdown"])
def test_no_escape_codes_in_a_pipe(output_format: str) -> None:
    environment = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    asked = (*FEBRUARY_4, "--palette", "cvd", "--format", output_format)
    ran = run_process(*asked, environment=environment)
    assert (ran.stderr, ran.status) == ("", 0)
    assert "\x1b" not in ran.stdout


def test_no_escape_codes_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "moves.txt"
    if sys.platform == "win32":
        run_process(*FEBRUARY_4, "-o", path)
    else:
        assert _on_terminal(*FEBRUARY_4, "-o", path) == ("", 0)
    assert "\x1b" not in path.read_text(encoding="utf-8")


@needs_terminal
@pytest.mark.parametrize("columns", [60, 80, 140])
def test_tables_fit_the_terminal_and_no_figure_is_cut(columns: int) -> None:
    shown, status = _on_terminal(*FEBRUARY_14, columns=columns, environment={"NO_COLOR": "1"})
    assert status == 0
    title, *lines = shown.splitlines()
    assert title.startswith("Session of Fri 14 Feb 2025 · closes · ")
    assert max(map(len, lines)) <= columns
    for figure in ("22,620.33", "21,814.37", "+3.69%", "39,149.43", "39,461.47", "−0.79%"):
        assert figure in shown
    assert "4.49 pp" in shown
    assert "…" not in shown


@needs_terminal
def test_bars_grow_with_the_terminal() -> None:
    longest = [
        max(line.count("▇") for line in _on_terminal(*FEBRUARY_14, columns=columns)[0].splitlines())
        for columns in (100, 140)
    ]
    assert longest[0] < longest[1]


@needs_terminal
def test_an_escape_code_of_a_file_is_not_sent_to_the_terminal(write: Write) -> None:
    path = write(
        "closes.csv",
        "date,symbol,close\n2025-02-13,\x1b]0;x\x07A,100\n2025-02-14,\x1b]0;x\x07A,101\n",
    )
    shown, status = _on_terminal("session", "2025-02-14", "--levels", path)
    assert status == 0
    assert "\x1b]" not in shown
    assert "\x07" not in shown
    assert r"\x1b]0;x\x07A" in shown


@needs_terminal
def test_a_warning_stands_once_on_a_terminal(write: Write) -> None:
    rows = "2025-02-05,HSI,zero\n2025-02-13,HSI,21814.37\n2025-02-14,HSI,22620.33\n"
    path = write("closes.csv", "date,symbol,close\n" + rows)
    shown, status = _on_terminal("session", "2025-02-14", "--levels", path)
    assert status == 0
    assert shown.count("does not touch") == 1


def test_python_finds_no_fault(tmp_path: Path) -> None:
    """Nothing left open, nothing deprecated: what Python says in its development mode."""
    environment = {"PYTHONDEVMODE": "1", "PYTHONWARNINGS": "error"}
    ran = run_process(*FEBRUARY_4, "-f", "csv", cwd=tmp_path, environment=environment)
    assert (ran.stderr, ran.status) == ("", 0)


def test_a_warning_in_a_plain_encoding() -> None:
    report = "session: 2025-02-14\nfigures:\n  - {index: N225, change_pct: 1}\n"
    asked = ("session", "2025-02-14", "--levels", "-")
    ran = run_process(*asked, stdin=report.encode(), environment={"PYTHONIOENCODING": "ascii"})
    assert "Nikkei 225 -0.79%" in ran.stderr


def _without_streams(*arguments: str | Path, closed: str) -> int:
    script = f'exec "$@" {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *command(*arguments)],
        env=bare_environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode


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
        done = subprocess.run(
            [*nobody, *command(*arguments)],
            capture_output=True,
            env=bare_environment() | {"PYTHONDONTWRITEBYTECODE": "1"},
            timeout=60,
            check=False,
        )
        return Ran(done.stdout.decode(), done.stderr.decode(), done.returncode)

    if ran("calc", "--close", "2", "--prior", "1").status:
        pytest.skip("others may not read this folder")
    figures = ran(*FEBRUARY_4)
    assert (figures.stderr, figures.status) == ("", 0)
    once = ran("summary", *FEBRUARY_14[1:], "--once")
    assert once.stdout
    assert "there is no home folder for the journal; say --journal PATH" in once.stderr
    assert once.status == 3
    assert "name one: --config PATH" in ran("init").stderr
