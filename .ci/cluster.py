"""A history on a Spark cluster of this machine, of which a worker is killed half-way.

    python .ci/cluster.py

Needs Java 17 or later and the extras `spark` and `parquet`; without them it says what it skips.
"""

import contextlib
import csv
import datetime as dt
import importlib.util
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from engine_rows import Row, differences, every_kind, here, table, written

PROGRAM = Path(sys.executable).with_name("marketmove")
DATES = ("2010-01-04", "2025-03-05")
NOW = "2025-02-28T04:30:00+00:00"
INDICES, SESSIONS = 200, 3_000
LONGEST_WAIT = 900


def main() -> None:
    if not shutil.which("java") or importlib.util.find_spec("pyspark") is None:
        print("for real: skipped Spark, as Java or pyspark is not here")
        return
    with tempfile.TemporaryDirectory() as folder:
        by_cluster(Path(folder))


def by_cluster(folder: Path) -> None:
    """Let a cluster work out a history while it loses a worker, and compare it with ours."""
    rows = closes()
    levels = table(folder / "closes.parquet", rows)
    text = folder / "closes.csv"
    with text.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("date", "symbol", "close"), *rows])
    asked = [str(PROGRAM), "history", *DATES, "--all", "--quiet", "--levels"]
    environment = os.environ | {"MARKETMOVE_NOW": NOW, "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(
        [*asked, str(text), "--format", "csv"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    ours = here([*csv.DictReader(done.stdout.splitlines())])
    moves = folder / "moves"
    with cluster(folder) as (master, workers):
        line = [*asked, str(levels), "--engine", "spark", "--master", master]
        running = subprocess.Popen([*line, "--output", str(moves)], env=environment)
        wait_for_parts(folder, running)
        # A worker and its executor are a group of processes of their own.
        os.killpg(workers[0].pid, signal.SIGKILL)
        assert running.poll() is None, "the history was done before a worker was killed"
        assert running.wait(LONGEST_WAIT) == 0, "the history failed"
    # It is an error in there if a row is there twice.
    found = differences(ours, written(moves))
    assert not found, found[:20]
    left = [path.name for path in folder.iterdir() if path.name.startswith(".moves")]
    assert not left, left
    print(f"for real: Spark lost one of two workers half-way, and all {len(ours):,} rows are ours")


def closes() -> list[Row]:
    """Months of all kinds of rows, and years of indices that nobody knows, of many decimals."""
    chance = random.Random(7)  # noqa: S311
    days = [dt.date(2010, 1, 4) + dt.timedelta(days=n) for n in range(SESSIONS * 7 // 5)]
    weekdays = [day for day in days if day.weekday() < 5]
    rows = every_kind()
    for n in range(INDICES):
        level, digits = chance.uniform(1, 40_000), chance.choice([2, 2, 2, 4, 6, 8])
        for day in weekdays:
            level = max(1.0, level * (1 + chance.gauss(0, 0.012)))
            if chance.random() < 0.98:
                rows.append((day, f"IX{n:04}", round(level, digits)))
    return rows


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a master and two workers on the loopback; they end with it."""
    host, port = "127.0.0.1", free_port()
    master = f"spark://{host}:{port}"
    common = ["--host", host, "--webui-port", "0"]
    started = [start(folder, "master.Master", *common, "--port", str(port))]
    try:
        wait_for_port(port)
        for name in ("one", "two"):
            where = ["--work-dir", str(folder / name), "--cores", "1", "--memory", "1g"]
            started.append(start(folder, "worker.Worker", *common, *where, master))
        yield master, started[1:]
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)


def start(folder: Path, kind: str, *arguments: str) -> subprocess.Popen[bytes]:
    import pyspark

    home = Path(pyspark.__file__).parent
    with (folder / f"{kind}.log").open("ab") as log:
        return subprocess.Popen(
            [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind}", *arguments],
            env=os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_HOME": str(home)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for_port(port: int) -> None:
    for _ in range(LONGEST_WAIT):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(1)
    raise SystemExit("for real: the master of Spark did not start")


def wait_for_parts(folder: Path, running: subprocess.Popen[bytes]) -> None:
    """Wait until the first rows are being written."""
    for _ in range(10 * LONGEST_WAIT):
        if any(folder.glob(".moves.*/whole/_temporary/**/*.parquet")):
            return
        assert running.poll() is None, "the history ended before it wrote a row"
        time.sleep(0.1)
    raise SystemExit("for real: Spark wrote nothing")


if __name__ == "__main__":
    main()
