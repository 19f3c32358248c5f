"""Ratios of marketmove to the smallest scripts that do its job, measured side by side.

    python benchmarks/run.py [RUNS]

Each pair of commands runs in turn, A B A B …, so that a machine whose speed drifts slows both
alike. What is printed is the median of the ratios of the pairs, with the lowest and the highest.
Run it from the top of the repository, with the Python that marketmove is installed in.
"""

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
PYTHON = sys.executable
PROGRAM = [PYTHON, "-m", "marketmove"]
SESSION = [*PROGRAM, "session", "2025-02-14", "--levels", "samples/closes.csv"]


class Pair(NamedTuple):
    """Two commands to compare, and the most that the first may cost of the second."""

    name: str
    command: list[str]
    other: list[str]
    most: float | None


PAIRS = [
    Pair(
        "--help, to a bare typer program",
        [*PROGRAM, "--help"],
        [PYTHON, str(HERE / "smallest_typer.py"), "--help"],
        1.1,
    ),
    Pair(
        "--version, to a bare typer program",
        [*PROGRAM, "--version"],
        [PYTHON, str(HERE / "smallest_typer.py"), "--help"],
        1.15,
    ),
    Pair(
        "session, to typer + rich + pandas",
        SESSION,
        [PYTHON, str(HERE / "smallest_session.py"), "2025-02-14"],
        0.85,
    ),
    Pair(
        "session, to bare pandas (for information)",
        SESSION,
        [PYTHON, str(HERE / "smallest_pandas.py"), "2025-02-14"],
        None,
    ),
]


def cpu_seconds(command: list[str]) -> float:
    """The processor time of one run of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=dict(os.environ))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    print(f"processor time, {runs} pairs each: median of the ratios (lowest to highest)")
    for pair in PAIRS:
        cpu_seconds(pair.command)
        cpu_seconds(pair.other)
        ratios = [cpu_seconds(pair.command) / cpu_seconds(pair.other) for _ in range(runs)]
        wanted = f", at most {pair.most}" if pair.most else ""
        print(
            f"{pair.name:<42} {statistics.median(ratios):.2f}"
            f" ({min(ratios):.2f} to {max(ratios):.2f}){wanted}"
        )


if __name__ == "__main__":
    main()
