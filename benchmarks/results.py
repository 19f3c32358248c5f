"""marketmove beside pandas, Polars, DuckDB and Miller: the same jobs, the same files, in one run.

    python benchmarks/results.py [--rows 1e5,1e6,1e7] [--runs N] [--write]

For each job and size all programs run in turn, A B C A B C …, so that a machine whose speed drifts
slows all alike; what is printed are medians of ratios of processor time, above 1 where marketmove
takes more, and the most memory that it had. Each program's moves are held against ours. ``--write``
makes ``benchmarks/RESULTS.md``. What is not installed is left out, and said.
"""

import argparse
import importlib.metadata
import importlib.util
import itertools
import math
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from run import PAIRS

HERE = Path(__file__).parent
PROGRAM = [sys.executable, "-m", "marketmove"]
OTHERS = ("pandas", "polars", "duckdb", "miller")
NAMES = {"pandas": "pandas", "polars": "Polars", "duckdb": "DuckDB", "miller": "Miller"}
# Not after the day to which the calendars reach, and over for everybody.
LAST = np.datetime64("2024-12-31")
_START = """
import os, sys
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(pid, 0)
with open(sys.argv[1], "w") as file:
    cpu_s = used.ru_utime + used.ru_stime
    file.write(f"{os.waitstatus_to_exitcode(status)} {cpu_s} {used.ru_maxrss}")
"""
_LARGE, _WIDEST = 1_000_000, 1_000_000
ENVIRONMENT = os.environ | {"MARKETMOVE_NOW": "2025-03-01T12:00:00+00:00", "LC_ALL": "C.UTF-8"}


class Job(NamedTuple):
    """One job: its words, the file that it reads, and up to how many rows who does it.

    ``ours`` and ``miller`` are lines in which {path}, {date} and {out} stand for what they say.
    """

    name: str
    text: str
    file: str
    ours: str
    most: float
    most_of_others: dict[str, float]
    why: str
    miller: str = ""


JOBS = [
    Job(
        "session",
        "`session`, CSV",
        "csv",
        "session {date} -l {path} -f csv -q",
        1e8,
        {"pandas": 1e7, "polars": 1e8, "duckdb": 1e8, "miller": 1e6},
        "marketmove looks at every cell before it takes a column for dates or closes, and at the"
        " rows around the session for what is doubtful of them.",
        "--icsv --ocsv sort -f date then step -a shift -f close -g symbol then filter"
        " '$date==\"{date}\"' then rename close_shift,prior_close then put"
        " '$change_pts=$close-$prior_close;$change_pct=$change_pts/$prior_close*100' {path}",
    ),
    Job(
        "session",
        "`session`, Parquet",
        "parquet",
        "session {date} -l {path} -f csv -q",
        1e7,
        {"pandas": 1e7, "polars": 1e7, "duckdb": 1e7},
        "a Parquet file tells an engine which of its parts have the session; marketmove reads all"
        " of it, since any row may revise or contradict another.",
    ),
    Job(
        "session",
        "`session` of so many indices, CSV",
        "wide.csv",
        "session {date} -l {path} -f csv -q",
        _WIDEST,
        dict.fromkeys(OTHERS, _WIDEST),
        "each symbol is a text of Python, which is looked up in the registry, sorted and written;"
        " and 18 columns are written.",
        "--icsv --ocsv sort -f date then step -a shift -f close -g symbol then filter"
        " '$date==\"{date}\"' then rename close_shift,prior_close then put"
        " '$change_pts=$close-$prior_close;$change_pct=$change_pts/$prior_close*100' {path}",
    ),
    Job(
        "history",
        "`history`, CSV to CSV",
        "csv",
        "history {first} {date} -l {path} -f csv -q",
        1e7,
        {"pandas": 1e6, "polars": 1e7, "duckdb": 1e7, "miller": 1e6},
        "17 columns are written, and floats by the shortest text that reads back as the same.",
        "--icsv --ocsv sort -f date then step -a shift -f close -g symbol then put"
        " '$change_pts=$close-$close_shift;$change_pct=$change_pts/$close_shift*100' {path}",
    ),
    Job(
        "moves",
        "`history --engine duckdb`, Parquet to Parquet",
        "parquet",
        "history {first} {date} -l {path} --engine duckdb -o {out} -q",
        1e8,
        {"pandas": 1e7, "polars": 1e7, "duckdb": 1e8},
        "a check of all rows comes first; doubts need the rows on both sides, changes are exact,"
        " and 14 columns are written.",
    ),
    Job(
        "convert",
        "`convert`, CSV to Parquet",
        "csv",
        "convert {path} -o {out} -q",
        1e7,
        {"pandas": 1e7, "polars": 1e7, "duckdb": 1e7},
        "marketmove looks at every cell before it takes a column for dates or closes, and sorts by"
        " index and date.",
    ),
]


class Cost(NamedTuple):
    """What one run took: seconds of processor time, and the most memory in MB."""

    cpu_s: float
    peak_mb: float


class Row(NamedTuple):
    """A line of the table: a job at a size, its own costs, and its ratios to the others."""

    job: Job
    rows: int
    ours: Cost
    ratios: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", default="1e5,1e6,1e7")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    sizes = [int(float(text)) for text in asked.rows.split(",")]
    lines = [*_head(asked.runs), *_starts(asked.runs)]
    with tempfile.TemporaryDirectory() as folder:
        table = list(_measured(sizes, asked.runs, Path(folder)))
    text = "\n".join([*lines, *_table(table), *_growth(table), *_losses(table)]) + "\n"
    print(text)
    if asked.write:
        (HERE / "RESULTS.md").write_text(text, encoding="utf-8")


def _measured(sizes: Sequence[int], runs: int, folder: Path) -> Iterator[Row]:
    others = [name for name in OTHERS if version(name)]
    for size in sizes:
        # A long run is repeated less often: its ratios hardly spread.
        times = max(1, min(runs, round(runs * 1e6 / size))) if size > 1e6 else runs
        days = write(folder, size)
        for job in JOBS:
            if size > job.most or ("--engine" in job.ours and "duckdb" not in others):
                continue
            programs = {"marketmove": line(job, days, folder)}
            programs |= {
                name: other(name, job, days, folder)
                for name in others
                if size <= job.most_of_others.get(name, 0)
            }
            costs: dict[str, list[Cost]] = {name: [] for name in programs}
            found: dict[str, tuple[float, ...]] = {}
            for _ in range(times):
                for name, command in programs.items():
                    cost, printed = run(command, folder)
                    costs[name].append(cost)
                    if name not in found:
                        to_stdout = job.name in {"session", "history"}
                        found[name] = _sums(printed if to_stdout else folder / "out")
            agree(job, found)
            yield _row(job, size, costs)
        for path in folder.glob("closes.*"):
            path.unlink()


def _row(job: Job, size: int, costs: dict[str, list[Cost]]) -> Row:
    ours = costs.pop("marketmove")
    ratios = {
        name: statistics.median(a.cpu_s / b.cpu_s for a, b in zip(ours, of, strict=True))
        for name, of in costs.items()
    }
    cpu_s = statistics.median(cost.cpu_s for cost in ours)
    row = Row(job, size, Cost(cpu_s, max(cost.peak_mb for cost in ours)), ratios)
    said = ", ".join(f"{ratio:.2f} of {name}" for name, ratio in ratios.items())
    print(f"{size:>11,} {job.text}: {cpu_s:.2f} s, {said}", file=sys.stderr)
    return row


def run(command: list[str], folder: Path) -> tuple[Cost, Path]:
    """Run a command, and give what it cost and what it printed.

    A small process starts it: the most memory of a program is never below that of its parent.
    Threads of pyarrow may abort a program at its very end, so that one may fail once.
    """
    printed, used = folder / "printed.csv", folder / "used"
    program = shutil.which(command[0]) or command[0]
    for _ in range(2):
        shutil.rmtree(folder / "out", ignore_errors=True)
        start = [sys.executable, "-S", "-c", _START, str(used), program, *command[1:]]
        with printed.open("wb") as file:
            subprocess.run(start, stdout=file, env=ENVIRONMENT, check=True)
        status, cpu_s, peak_kb = used.read_text(encoding="ascii").split()
        if status == "0":
            return Cost(float(cpu_s), int(peak_kb) / 1024), printed
        print(f"{command} ended with {status}", file=sys.stderr)
    raise SystemExit(f"{command} failed twice")


def line(job: Job, days: tuple[str, str], folder: Path) -> list[str]:
    """Our own command line of a job."""
    return [*PROGRAM, *_filled(job.ours, job, days, folder)]


def _filled(text: str, job: Job, days: tuple[str, str], folder: Path) -> list[str]:
    path = folder / f"closes.{job.file}"
    known = {"path": path, "date": days[1], "first": days[0], "out": folder / "out"}
    return shlex.split(text.format(**known))


def other(name: str, job: Job, days: tuple[str, str], folder: Path) -> list[str]:
    """Give the command line of another program for a job."""
    if name == "miller":
        return ["mlr", *_filled(job.miller, job, days, folder)]
    last = {"session": days[1]}.get(job.name, str(folder / "out"))
    script = HERE / "beside" / f"with_{name}.py"
    return [sys.executable, str(script), job.name, str(folder / f"closes.{job.file}"), last]


def version(name: str) -> str:
    """The version of another program; empty if it is not here."""
    if name == "miller":
        if not (found := shutil.which("mlr")):
            return ""
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
        return said.stdout.split()[-1]
    return importlib.metadata.version(name) if importlib.util.find_spec(name) else ""


def agree(job: Job, found: dict[str, tuple[float, ...]]) -> None:
    """Hold what all programs made of a job against each other."""
    ours = found["marketmove"]
    for name, sums in found.items():
        if not all(math.isclose(a, b, rel_tol=1e-6) for a, b in zip(ours, sums, strict=True)):
            raise SystemExit(f"{job.text}: marketmove {ours}, {name} {sums}")


def _sums(result: Path) -> tuple[float, ...]:
    """How many closes a result has, their sum, and that of the sizes of the moves to them."""
    if result.is_file():
        closes, moves = _figures(result)
        return len(closes), math.fsum(closes), math.fsum(np.abs(moves))
    paths = sorted(result.rglob("*.parquet"))
    sums = np.zeros(3)
    for path in paths:
        table = pa.parquet.ParquetFile(path).read()
        sums += len(table), float(np.sum(table["close"].to_numpy())), 0.0
        if "change_pct" in table.column_names:
            sums[2] += float(np.nansum(np.abs(table["change_pct"].to_numpy().astype(float))))
    return tuple(sums.tolist())


def _figures(result: Path) -> list[np.ndarray]:
    """The closes and the moves of CSV, without those that are missing."""
    wanted = ["close", "change_pct"]
    convert = pa.csv.ConvertOptions(
        column_types=dict.fromkeys(wanted, pa.float64()),
        include_columns=wanted,
        include_missing_columns=True,
        null_values=["", "(error)"],
    )
    table = pa.csv.read_csv(result, convert_options=convert)
    return [table[name].drop_null().to_numpy() for name in wanted]


def write(folder: Path, rows: int) -> tuple[str, str]:
    """Write closes as CSV and Parquet: so many rows of weekdays, each date's together.

    ``closes.wide.csv`` has as many indices, of two sessions. Gives the first and the last date.
    """
    indices = {3: 10, 4: 50, 5: 100, 6: 1_000, 7: 2_500}.get(round(math.log10(rows)), 10_000)
    days = np.busday_offset(LAST, np.arange(1 - rows // indices, 1))
    _write(folder, days, indices, ("csv", "parquet"))
    if rows <= _WIDEST:
        _write(folder, days[-2:], rows, ("wide.csv",))
    return str(days[0]), str(days[-1])


def _write(folder: Path, days: np.ndarray, indices: int, endings: Sequence[str]) -> None:
    chance = np.random.default_rng(7)
    level = chance.uniform(1_000, 40_000, indices)
    names = pa.array([f"IX{n:06}" for n in range(indices)])
    kinds = pa.schema([("date", pa.date32()), ("symbol", pa.string()), ("close", pa.float64())])
    options = pa.csv.WriteOptions(quoting_style="none")
    writers = [
        pa.csv.CSVWriter(folder / f"closes.{ending}", kinds, write_options=options)
        if ending.endswith("csv")
        else pa.parquet.ParquetWriter(folder / f"closes.{ending}", kinds, compression="zstd")
        for ending in endings
    ]
    at_a_time = max(1, 500_000 // indices)
    for start in range(0, len(days), at_a_time):
        some = days[start : start + at_a_time]
        closes = []
        for _ in some:
            level = np.clip(level * (1 + chance.normal(0, 0.01, indices)), 100, 1e6)
            closes.append(np.round(level, 2))
        columns = [
            pa.array(np.repeat(some, indices)),
            names.take(pa.array(np.tile(np.arange(indices), len(some)))),
            pa.array(np.concatenate(closes)),
        ]
        for writer in writers:
            writer.write_table(pa.table(columns, kinds))
    for writer in writers:
        writer.close()


def _head(runs: int) -> Iterator[str]:
    versions = {NAMES[name]: version(name) for name in OTHERS}
    here = ", ".join(f"{name} {found}" for name, found in versions.items() if found)
    absent = [name for name, found in versions.items() if not found]
    yield "# Results"
    yield ""
    yield "Made by `python benchmarks/results.py --write`; what it does stands at its head."
    yield ""
    rounds = "One round" if runs == 1 else f"Medians of {runs} rounds, fewer of the largest files"
    yield (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {here}"
        f"{'; not here: ' + ', '.join(absent) if absent else ''}. {rounds}. Ratios are of processor"
        " time, ours to theirs: above 1 marketmove takes more."
    )
    yield ""


def _starts(runs: int) -> Iterator[str]:
    yield "| small | ours | ratio |"
    yield "|---|--:|--:|"
    for pair in PAIRS:
        costs = []
        for _ in range(runs):
            ours, theirs = (_of_pair(command) for command in (pair.command, pair.other))
            costs.append((ours, ours / theirs))
        cpu_s, ratio = (statistics.median(column) for column in zip(*costs, strict=True))
        yield f"| {pair.name.replace(', to ', ' beside ')} | {cpu_s:.2f} s | {ratio:.2f} |"
    yield ""


def _of_pair(command: list[str]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return run(command, Path(folder))[0].cpu_s


def _table(table: Sequence[Row]) -> Iterator[str]:
    names = [name for name in OTHERS if any(name in row.ratios for row in table)]
    yield f"| rows | job | ours | memory | {' | '.join(NAMES[name] for name in names)} |"
    yield f"|--:|---|--:|--:|{'--:|' * len(names)}"
    for row in table:
        ratios = [f"{row.ratios[n]:.2f}" if n in row.ratios else "" for n in names]
        yield (
            f"| {_power(row.rows)} | {row.job.text} | {row.ours.cpu_s:.1f} s"
            f" | {row.ours.peak_mb:,.0f} MB | {' | '.join(ratios)} |"
        )
    yield ""


def _growth(table: Sequence[Row]) -> Iterator[str]:
    """What a million rows more cost, from each size to the next."""
    sizes = sorted({row.rows for row in table})
    if len(sizes) < 2:
        return
    steps = [*itertools.pairwise(sizes)]
    yield "Growth: what each million rows more costs, from one size to the next."
    yield ""
    heads = [f"{_power(few)} to {_power(many)}" for few, many in steps]
    yield f"| job | {' | '.join(heads)} |"
    yield f"|---|{'--:|' * len(heads)}"
    for job in JOBS:
        cost = {row.rows: row.ours for row in table if row.job is job}
        cells = []
        for few, many in steps:
            if few in cost and many in cost:
                more, ours, before = (many - few) / 1e6, cost[many], cost[few]
                seconds = (ours.cpu_s - before.cpu_s) / more
                memory = max(0.0, ours.peak_mb - before.peak_mb) / more
                cells.append(f"{seconds:.2f} s, {memory:,.0f} MB")
            else:
                cells.append("")
        yield f"| {job.text} | {' | '.join(cells)} |"
    yield ""


def _losses(table: Sequence[Row]) -> Iterator[str]:
    """Where others take less, and why: of files beside which the start of a program is small."""
    yield "Where marketmove takes more, and why:"
    yield ""
    largest = max(row.rows for row in table)
    for job in JOBS:
        lost = [
            (ratio, NAMES[name], row.rows)
            for row in table
            if row.job is job and row.rows >= min(_LARGE, largest, job.most)
            for name, ratio in row.ratios.items()
            if ratio > 1
        ]
        if lost:
            ratio, name, rows = max(lost)
            times = f"up to {ratio:.1f} times {name}, at {_power(rows)} rows"
            yield f"- {job.text}: {times}: {job.why}"
    yield (
        "- Small files: what is measured is the start of a program. Ours loads Python, typer, numpy"
        " and the calendars; Miller and DuckDB have nothing of that to load."
    )


def _power(rows: int) -> str:
    digits = str(round(math.log10(rows)))
    factor = rows / 10 ** int(digits)
    raised = digits.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{'' if factor == 1 else f'{factor:g}·'}10{raised}"


if __name__ == "__main__":
    main()
