"""How the tests run the program: inside this process, or as a real one."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from marketmove.resources import root

DATA = Path(__file__).parent / "data"
SAMPLE_CLOSES = root() / "samples" / "closes.csv"


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
) -> Ran:
    """Run the program as a process of its own, in an environment that names nothing."""
    done = subprocess.run(
        command(*arguments),
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=bare_environment() | (environment or {}),
        check=False,
        timeout=60,
    )
    return Ran(done.stdout.decode(), done.stderr.decode(), done.returncode)


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "marketmove", *map(str, arguments)]


def bare_environment() -> dict[str, str]:
    """No locale, no home, no settings; PYTHONPATH stays, where this Python needs it."""
    return {name: os.environ[name] for name in ("PYTHONPATH", "SYSTEMROOT") if name in os.environ}


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} in a JSON document")
