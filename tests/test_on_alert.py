"""What runs where an alert is met."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from pathlib import Path

import pytest

from program import SAMPLE_CLOSES, RunCli, Write, run_process

FEBRUARY_14 = ("session", "2025-02-14", "--levels", SAMPLE_CLOSES)


def _python(write: Write, code: str, name: str = "the command.py") -> str:
    return f"{shlex.quote(sys.executable)} {shlex.quote(str(write(name, code)))}"


def test_a_command_gets_the_document(write: Write, tmp_path: Path) -> None:
    seen = tmp_path / "seen.json"
    code = (
        "import sys\n"
        "print('told')\n"
        f"open({str(seen)!r}, 'wb').write(sys.stdin.buffer.read())\n"
        "print(sys.argv[1:], file=sys.stderr)\n"
    )
    command = _python(write, code) + " '$HOME; ls' *"
    asked = (*FEBRUARY_14, "--on-alert", command, "--alert")
    quiet = run_process(*asked, "HSI: 4")
    assert (quiet.status, quiet.stderr, seen.exists()) == (0, "", False)
    ran = run_process(*asked, "HSI: 3", "-f", "csv")
    assert ran.status == 5
    assert "told" in ran.stderr
    assert "['$HOME; ls', '*']" in ran.stderr
    assert "told" not in ran.stdout
    document = json.loads(seen.read_text(encoding="utf-8"))
    assert document["schema"] == "marketmove.session/1"
    assert [alert["condition"] for alert in document["alerts"]] == ["HSI: 3"]


PYTHON = shlex.quote(sys.executable)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/no/such/program --now", "/no/such/program: cannot be run: no such file or directory"),
        (f"{PYTHON} -c 'raise SystemExit(7)'", "ended with status 7"),
        (
            f"{shlex.quote(sys.executable)} -c 'import os; os.kill(os.getpid(), 15)'",
            "ended by signal 15",
        ),
    ],
)
def test_a_command_that_fails(command: str, said: str) -> None:
    ran = run_process(*FEBRUARY_14, "--alert", "HSI: 3", "--on-alert", command)
    assert ran.status == 6
    assert ran.stderr.startswith("marketmove: --on-alert: ")
    assert ran.stderr.endswith(f"{said}\n")
    assert ran.stdout.startswith("Alert: ")


def test_a_command_that_does_not_end_is_ended_with_all_it_started(
    write: Write, tmp_path: Path
) -> None:
    child = tmp_path / "child.pid"
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(child)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    started = time.monotonic()
    typed = ("--alert", "HSI: 3", "--on-alert", _python(write, code), "--on-alert-timeout", "2")
    ran = run_process(*FEBRUARY_14, *typed)
    assert time.monotonic() - started < 30
    assert ran.status == 6
    assert "not finished within 2 s (--on-alert-timeout), so it was ended" in ran.stderr
    assert _is_gone(int(child.read_text()))


def _is_gone(process: int) -> bool:
    """Ended, or a zombie that nobody has waited for."""
    for _ in range(50):
        try:
            os.kill(process, 0)
            state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2]
            if state.split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.1)
    return False


def test_a_command_that_reads_nothing_is_no_failure() -> None:
    ran = run_process(*FEBRUARY_14, "--alert", "HSI: 3", "--on-alert", "true")
    assert (ran.status, ran.stderr) == (5, "")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("--on-alert", "true"), "--on-alert: there is no alert; give one with --alert"),
        (("--exit-code",), "--exit-code is about alerts: in a configuration, which has none"),
        (
            ("--alert", "HSI: 3", "--on-alert", "say 'so"),
            "--on-alert: no closing quotation",
        ),
        (("--alert", "HSI: 3", "--on-alert", " "), "--on-alert: expected a command"),
        (
            ("--alert", "HSI: 3", "--on-alert", "true", "--on-alert-timeout", "0"),
            "--on-alert-timeout",
        ),
    ],
)
def test_options_that_could_do_nothing(typed: tuple[str, ...], said: str, run_cli: RunCli) -> None:
    ran = run_cli(*FEBRUARY_14, *typed)
    assert (ran.stdout, ran.status) == ("", 2)
    assert said in ran.stderr
