"""A large tidy file, to the moves of one session, against `pandas.read_csv` that only parses it.

    python benchmarks/large.py [RUNS] [INDICES] [SESSIONS]

Writes a file of 10,000 indices and 1,000 sessions (280 MB) to a temporary folder, then runs both
in turn. Prints the ratio of the times, and the most memory that marketmove had.
"""

import datetime as dt
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def write(path: Path, indices: int, sessions: int) -> str:
    """Write closes of weekdays, and give the date of one in the middle."""
    rng = np.random.default_rng(7)
    names = [f"IX{n:05d}" for n in range(indices)]
    levels = rng.uniform(1_000, 40_000, indices)
    days = (dt.date(2021, 1, 4) + dt.timedelta(days=n) for n in range(2 * sessions))
    weekdays = [day.isoformat() for day in days if day.weekday() < 5][:sessions]
    with path.open("w") as file:
        file.write("date,symbol,close\n")
        for day in weekdays:
            levels *= 1 + rng.normal(0, 0.01, indices)
            rows = zip(names, levels, strict=True)
            file.write("".join(f"{day},{name},{level:.2f}\n" for name, level in rows))
    return weekdays[len(weekdays) // 2]


def seconds(command: list[str]) -> float:
    """The time of one run of a command, from start to end."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=dict(os.environ))
    return time.perf_counter() - start


def main() -> None:
    runs, indices, sessions = (
        int(sys.argv[n]) if len(sys.argv) > n else default
        for n, default in ((1, 5), (2, 10_000), (3, 1_000))
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "closes.csv"
        day = write(path, indices, sessions)
        ours = [sys.executable, "-m", "marketmove", "session", day, "-l", str(path), "-f", "csv"]
        read = f"import pandas; pandas.read_csv({str(path)!r})"
        seconds(ours)
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        ratios = [seconds(ours) / seconds([sys.executable, "-c", read]) for _ in range(runs)]
    print(f"{path.name}: {indices:,} indices, {sessions:,} sessions")
    print(
        f"session, to pandas.read_csv: {statistics.median(ratios):.2f}"
        f" ({min(ratios):.2f} to {max(ratios):.2f}); at most {most:,.0f} MB"
    )


if __name__ == "__main__":
    main()
