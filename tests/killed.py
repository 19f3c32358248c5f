"""Many runs of the program, each a process of its own that may be killed; one a line of stdin.

The program is loaded once, and each run is forked from it: starting Python anew 200 times would
take minutes. A line is the moment of the kill, as a share of the time that a run takes (or "-" to
leave it alone), then the arguments, separated by tabs. For each run its status is printed (-9 where
it was killed) and what it wrote on stdout and stderr, as a JSON array a line.
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


class _Files(NamedTuple):
    out: Path
    err: Path


def _start(arguments: list[str], files: _Files) -> int:
    child = os.fork()
    if child:
        return child
    for number, path in enumerate(files, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), number)
    os._exit(run(arguments))


def _ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _usual_s(arguments: list[str], files: _Files) -> float:
    """Load what a run needs, and measure how long one takes from then on."""
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - stays for all runs
    kept, sys.stdout = sys.stdout, nowhere
    run(arguments)
    sys.stdout = kept
    start = time.perf_counter()
    for _ in range(_MEASURED):
        _ended(_start(arguments, files))
    return (time.perf_counter() - start) / _MEASURED


def main() -> None:
    first, *lines = sys.stdin.read().splitlines()
    with tempfile.TemporaryDirectory() as folder:
        files = _Files(Path(folder, "out"), Path(folder, "err"))
        usual_s = _usual_s(first.split("\t"), files)
        for line in lines:
            share, *arguments = line.split("\t")
            for path in files:
                path.unlink(missing_ok=True)
            child = _start(arguments, files)
            if share != "-":
                time.sleep(float(share) * usual_s)
                os.kill(child, signal.SIGKILL)
            status = _ended(child)
            written = [p.read_text(encoding="utf-8") if p.exists() else "" for p in files]
            sys.stdout.write(json.dumps([status, *written]) + "\n")


if __name__ == "__main__":
    main()
