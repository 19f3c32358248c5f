"""What the program shows on a terminal, and keeps from what is none."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kept import closes_but
from program import (
    SAMPLE_CLOSES,
    Write,
    bare_environment,
    command,
    run_process,
    start_process,
)

if TYPE_CHECKING:
    from pathlib import Path

    from servers import Web

FEBRUARY_4 = ("session", "2025-02-04", "--quiet")
FEBRUARY_14 = ("session", "2025-02-14", "--levels", SAMPLE_CLOSES)

needs_terminal = pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix terminal")


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
    with start_process(
        *arguments,
        stdin=inner,
        stdout=inner,
        stderr=inner,
        environment={"TERM": "xterm-256color"} | (environment or {}),
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
    title, _, below = shown.partition("\n\n")
    assert " · ".join(title.splitlines()).startswith("Session of Fri 14 Feb 2025 · closes · ")
    lines = below.splitlines()
    assert max(map(len, lines)) <= columns
    for figure in ("22,620.33", "21,814.37", "+3.69%", "39,149.43", "39,461.47", "−0.79%"):
        assert figure in shown
    # With room, the widest pair of those that are told in one row; without, the surest.
    assert ("4.49 pp" if columns <= 80 else "6.35 pp") in shown
    assert "▇▇▇▇" in shown
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


@needs_terminal
def test_what_is_sent_or_waited_for_is_said_on_a_terminal(
    web: Web, write: Write, tmp_path: Path
) -> None:
    pytest.importorskip("apprise")
    rows = ("2025-02-13,HSI,21814.37", "2025-02-13,N225,39461.47", "2025-02-14,HSI,22620.33")
    closes = write("closes.csv", "\n".join(["date,symbol,close", *rows, ""]))
    asked = ("summary", "--levels", closes, "--once", "--journal", tmp_path / "journal.sqlite")
    now = {"MARKETMOVE_NOW": "2025-02-14T10:00+00:00", "TZ": "UTC"}
    shown = _on_terminal(*asked, "--to", web.url(), environment=now)
    waits = "waits for Nikkei 225 until 11:10 on Fri 14 Feb 2025; --no-complete sends it now"
    assert shown == (f"marketmove: not sent yet: {waits}\n", 0)
    shown = _on_terminal(*asked, "--to", web.url(), "--no-complete", environment=now)
    assert shown == ("marketmove: session of Fri 14 Feb 2025: sent to json://…\n", 0)
    assert len(web.got) == 1
    # Once it is out there, nothing is said, there or elsewhere.
    assert _on_terminal(*asked, "--to", web.url(), "--no-complete", environment=now) == ("", 0)
    other = ("--to", web.url("other"), "--no-complete", "--quiet")
    assert _on_terminal(*asked, *other, environment=now) == ("", 0)


def test_a_warning_stands_once_where_both_streams_are_one(write: Write) -> None:
    """As cron mails them, in one pipe; and on stderr alone where the summary goes elsewhere."""
    closes = closes_but(write, ("2024-03-01,HSI,16589.44", "2024-03-01,HSI,odd"))
    for output_format in ("text", "markdown", "html"):
        asked = ("summary", "2025-02-14", "-l", closes, "-i", "HSI", "-f", output_format)
        done = subprocess.run(
            command(*asked),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=bare_environment(),
            check=False,
            timeout=60,
        )
        both = " ".join(done.stdout.decode().split())
        assert both.count("odd is not a number") == 1, both
        assert "warning: " in run_process(*asked).stderr
