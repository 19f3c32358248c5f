"""How the tests run the program: inside this process, or as a real one."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from forked import Forked
from marketmove.resources import root

if TYPE_CHECKING:
    from collections.abc import Sequence

# The Saturday after the last session of the samples.
NOW = "2025-03-01T12:00:00+00:00"
DATA = Path(__file__).parent / "data"
SAMPLE_CLOSES = root() / "samples" / "closes.csv"

Process = Forked | subprocess.Popen[bytes]


class Ran(NamedTuple):
    """What a run left behind."""

    stdout: str
    stderr: str
    status: int

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows of a CSV output, by column."""
        return list(csv.DictReader(io.StringIO(self.stdout)))

    @property
    def document(self) -> Any:
        """The JSON document of the output; NaN and infinities are no JSON."""
        return json.loads(self.stdout, parse_constant=_refuse_constant)


class RunCli(Protocol):
    """Runs the program inside this process."""

    def __call__(self, *arguments: str | Path, stdin: bytes = b"") -> Ran: ...


class Write(Protocol):
    """Writes a file into a folder of the test's own."""

    def __call__(self, name: str, text: str | bytes) -> Path: ...


def rows_by_symbol(ran: Ran) -> dict[str, dict[str, str]]:
    return {row["symbol"]: row for row in ran.rows}


def run_process(
    *arguments: str | Path,
    stdin: bytes = b"",
    cwd: Path | None = None,
    environment: dict[str, str] | None = None,
    fresh: bool = False,
) -> Ran:
    """Run the program as a process of its own, in an environment that names nothing.

    It is forked, unless a fresh Python is asked for or the environment says how Python starts.
    """
    names = environment or {}
    if fresh or any(name.startswith(("PYTHON", "LANG", "LC_")) for name in names):
        return run_fresh(command(*arguments), stdin=stdin, cwd=cwd, environment=names)
    process = start_process(*arguments, stdin=subprocess.PIPE, cwd=cwd, environment=names)
    out, err = process.communicate(stdin, timeout=60)
    return Ran(out.decode(), err.decode(), process.wait(60))


def start_process(
    *arguments: str | Path,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.PIPE,
    stderr: int = subprocess.PIPE,
    cwd: Path | None = None,
    environment: dict[str, str] | None = None,
) -> Process:
    """Start the program as a process of its own: forked, where this system can do that."""
    names = bare_environment() | (environment or {})
    if hasattr(os, "fork"):
        streams = {"stdin": stdin, "stdout": stdout, "stderr": stderr}
        return Forked(*arguments, environment=names, cwd=cwd, **streams)
    line = command(*arguments)
    return subprocess.Popen(line, stdin=stdin, stdout=stdout, stderr=stderr, env=names, cwd=cwd)


def run_fresh(
    line: Sequence[str | Path],
    stdin: bytes = b"",
    cwd: Path | None = None,
    environment: dict[str, str] | None = None,
    stdout: int = subprocess.PIPE,
) -> Ran:
    """Run a command line, of another program too, as its shell would."""
    done = subprocess.run(
        list(map(str, line)),
        input=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=bare_environment() | (environment or {}),
        check=False,
        timeout=60,
    )
    return Ran((done.stdout or b"").decode(), done.stderr.decode(), done.returncode)


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "marketmove", *map(str, arguments)]


def bare_environment() -> dict[str, str]:
    """No locale, no home, no settings; PYTHONPATH stays, where this Python needs it."""
    kept = ("PYTHONPATH", "SYSTEMROOT")
    return {"MARKETMOVE_NOW": NOW} | {name: os.environ[name] for name in kept if name in os.environ}


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} in a JSON document")
