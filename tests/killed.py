"""Many runs of the program, each a process of its own that may be killed; one a line of stdin.

The program is loaded once, and each run is forked from it: starting Python anew 200 times would
take minutes. A line is the moment of the kill, as a share of the time that a run takes ("-" leaves
it alone, "&" too and starts the next at once), then the arguments, separated by tabs. For each run
its status is printed (-9 where it was killed) and what it wrote on stdout and stderr, as a JSON
array a line.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from marketmove.cli import run

_MEASURED = 3


class _Run(NamedTuple):
    """A process that was started, and the files that it writes to."""

    process: int
    out: Path
    err: Path


def _start(arguments: list[str], folder: Path, number: int) -> _Run:
    files = (folder / f"{number}.out", folder / f"{number}.err")
    process = os.fork()
    if process:
        return _Run(process, *files)
    for stream, path in enumerate(files, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o644), stream)
    os._exit(run(arguments))


def _result(started: _Run) -> list[int | str]:
    status = os.waitstatus_to_exitcode(os.waitpid(started.process, 0)[1])
    written = [p.read_text(encoding="utf-8") if p.exists() else "" for p in started[1:]]
    return [status, *written]


def _usual_s(arguments: list[str], folder: Path) -> float:
    """Load what a run needs, and measure how long one takes from then on."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        kept, sys.stdout = sys.stdout, nowhere
        run(arguments)
        sys.stdout = kept
    start = time.perf_counter()
    for number in range(_MEASURED):
        _result(_start(arguments, folder, -1 - number))
    return (time.perf_counter() - start) / _MEASURED


def main() -> None:
    first, *lines = sys.stdin.read().splitlines()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        usual_s = _usual_s(first.split("\t"), folder)
        started: list[_Run] = []
        for number, line in enumerate(lines):
            share, *arguments = line.split("\t")
            started.append(_start(arguments, folder, number))
            if share == "&":
                continue
            if share != "-":
                time.sleep(float(share) * usual_s)
                os.kill(started[-1].process, signal.SIGKILL)
            results = [json.dumps(_result(one)) for one in started]
            sys.stdout.write("\n".join(results) + "\n")
            sys.stdout.flush()  # or the next fork would have it too
            started = []


if __name__ == "__main__":
    main()
