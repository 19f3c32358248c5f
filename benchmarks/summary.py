"""The time of `summary` to that of `session`, over 30 indices and 500 sessions each.

    python benchmarks/summary.py [RUNS]

The two run in turn, as in `run.py`, on closes that a fixed seed makes.
"""

import datetime as dt
import random
import statistics
import sys
import tempfile
from pathlib import Path

from run import PROGRAM, cpu_seconds

MOST = 1.5
INDICES, SESSIONS = 30, 500


def write_closes(path: Path) -> dt.date:
    """Write closes of weekdays; give the last."""
    chance = random.Random(1)  # noqa: S311 - no secrets
    levels = {f"I{n:02}": 10_000.0 for n in range(INDICES)}
    days = [dt.date(2023, 1, 2) + dt.timedelta(days=n) for n in range(2 * SESSIONS)]
    weekdays = [day for day in days if day.weekday() < 5][:SESSIONS]
    lines = ["date,symbol,close"]
    for day in weekdays:
        for symbol in levels:
            levels[symbol] *= 1 + chance.gauss(0, 0.01)
            lines.append(f"{day},{symbol},{levels[symbol]:.2f}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return weekdays[-1]


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "closes.csv"
        last = str(write_closes(path))
        session = [*PROGRAM, "session", last, "--levels", str(path)]
        print(f"processor time of summary to session, {runs} pairs: median (lowest to highest)")
        for output_format in ("text", "html"):
            summary = [*PROGRAM, "summary", last, "--levels", str(path), "-f", output_format]
            cpu_seconds(session)
            ratios = [cpu_seconds(summary) / cpu_seconds(session) for _ in range(runs)]
            middle = statistics.median(ratios)
            print(
                f"{output_format:<6} {middle:.2f} ({min(ratios):.2f} to {max(ratios):.2f}),"
                f" at most {MOST}"
            )


if __name__ == "__main__":
    main()
