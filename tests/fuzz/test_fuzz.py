"""Inputs at random, with fixed seeds: whatever comes in, a run ends with a status that is known.

A few are tried by default, all where ``MARKETMOVE_THOROUGH`` is set. Nothing is written but into a
folder of the test's own.
"""

from __future__ import annotations

import io
import os
import random
import zipfile
from pathlib import Path

import pytest

from profiles import tried
from program import DATA, SAMPLE_CLOSES, RunCli

STATUSES = {0, 1, 2, 3, 4, 5, 6, 130}
SYMBOLS = ("HSI", "N225", "SPX")
LARGEST = 60_000


def _files(folder: Path) -> list[Path]:
    return [p for p in sorted(folder.rglob("*")) if p.is_file() and p.stat().st_size < LARGEST]


def _damaged(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed, cut out, doubled or put in."""
    for _ in range(chance.randint(1, 3)):
        if not data:
            return data
        start = chance.randrange(len(data))
        end = min(len(data), start + chance.choice((1, 1, 1, 8, 80)))
        other = bytes(chance.randrange(256) for _ in range(end - start))
        new = chance.choice((b"", data[start:end] * 2, other))
        data = data[:start] + new + data[end:]
    return data


def _ends_well(run_cli: RunCli, what: object, *arguments: str | Path) -> None:
    ran = run_cli(*arguments)
    assert ran.status in STATUSES, (what, arguments, ran.stderr)
    assert "Traceback" not in ran.stderr


def test_mutated_files(run_cli: RunCli, tmp_path: Path) -> None:
    chance = random.Random(2101)  # noqa: S311 - damages, not secrets
    files = _files(DATA)
    if folder := os.environ.get("MARKETMOVE_TEST_DATA"):
        files += _files(Path(folder))
    for number in range(tried(60, 20_000)):
        source = chance.choice(files)
        path = tmp_path / source.name
        path.write_bytes(_damaged(source.read_bytes(), chance))
        command: tuple[str | Path, ...] = ("check", path)
        if number % 2:
            command = ("session", "latest", "-l", path, "-f", "json")
        _ends_well(run_cli, (number, source), *command)
        path.unlink()


def _records(folder: Path) -> list[tuple[str, bytes]]:
    """The same closes in every form that is no delimited text, and packed."""
    import bz2
    import gzip
    import lzma

    text = SAMPLE_CLOSES.read_text(encoding="utf-8").splitlines()
    rows = [line.split(",") for line in text[1:] if line.split(",")[1] in SYMBOLS][-60:]
    lines = [f'{{"date":"{d}","symbol":"{s}","close":{c}}}' for d, s, c in rows]
    table = "date,symbol,close\n" + "".join(f"{','.join(row)}\n" for row in rows)
    yaml = "closes:\n" + "".join(f"- {{date: {d}, symbol: {s}, close: {c}}}\n" for d, s, c in rows)
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("closes.csv", table)
    found = [
        ("a.jsonl", "\n".join(lines).encode()),
        ("a.json", f"[{','.join(lines)}]".encode()),
        ("a.yaml", yaml.encode()),
        ("a.csv.gz", gzip.compress(table.encode(), mtime=0)),
        ("a.csv.xz", lzma.compress(table.encode())),
        ("a.csv.bz2", bz2.compress(table.encode())),
        ("a.zip", zipped.getvalue()),
    ]
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(io.StringIO(table))
    for name, write in (("a.xlsx", "to_excel"), ("a.parquet", "to_parquet")):
        try:
            getattr(frame, write)(folder / name, index=False)
        except ImportError:
            continue
        found.append((name, (folder / name).read_bytes()))
    return found


def test_mutated_records_and_packed_files(run_cli: RunCli, tmp_path: Path) -> None:
    chance = random.Random(2103)  # noqa: S311 - as above
    sound = _records(tmp_path)
    for number in range(tried(50, 5_000)):
        name, data = chance.choice(sound)
        path = tmp_path / f"damaged-{name}"
        path.write_bytes(_damaged(data, chance))
        _ends_well(run_cli, (number, name), "session", "latest", "-l", path, "-f", "csv")


VALUES = (
    *("", " ", "0", "-1", "1e9", "99999999999999999999", "nan", "inf", "latest", "today", "now"),
    *(
        "2025-02-14",
        "2025-02-30",
        "0001-01-01",
        "9999-12-31",
        "HSI",
        "HSI-N225",
        "HSI: 3",
        "any: x",
    ),
    *(
        "json",
        "csv",
        "-",
        "--",
        "\x00",
        "\ud800",
        "é" * 500,
        "hex",
        "utf-16",
        "dmy",
        "%Y",
        "%",
        ",",
    ),
    *(".", "/", "/dev/null", "europe", "week", "ytd", "p99", "any pair: p99", "HSI: streak 5"),
)
OPTIONS = (
    *("--index", "--group", "--symbol", "--decimal", "--date-format", "--encoding", "--format"),
    *("--as-of", "--period", "--pair", "--against", "--top", "--floor-pct", "--sort", "--alert"),
    *("--since", "--until", "--window", "--palette", "--strict", "--quiet", "--explain", "--all"),
    *("--ascii", "--wide", "--context", "--no-context", "--once", "--force", "--exit-code"),
)
COMMANDS = ("session", "summary", "history", "pair", "check", "indices", "calc", "schedule")


def test_options_and_values(
    run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    chance = random.Random(2104)  # noqa: S311 - as above
    for number in range(tried(80, 5_000)):
        typed: list[str | Path] = [chance.choice(COMMANDS)]
        typed += chance.choices(VALUES, k=chance.randint(0, 2))
        for _ in range(chance.randint(0, 3)):
            typed.append(chance.choice(OPTIONS))
            typed += chance.choices(VALUES, k=chance.randint(0, 1))
        if chance.random() < 0.7:
            typed += ["--levels", SAMPLE_CLOSES]
        _ends_well(run_cli, number, *typed)


def test_mutated_configuration(run_cli: RunCli, tmp_path: Path) -> None:
    chance = random.Random(2105)  # noqa: S311 - as above
    made = tmp_path / "made.yaml"
    run_cli("init", "--config", made)
    text = made.read_text(encoding="utf-8")
    # What is a comment there is a setting here.
    settings = "".join(
        line.removeprefix("# ") if line.startswith("# ") and ":" in line else line
        for line in text.splitlines(keepends=True)
    )
    path = tmp_path / "config.yaml"
    for number in range(tried(40, 1_500)):
        source = chance.choice(
            (text, settings, "top: 3\npalette: none\nindices:\n  X: {name: Y}\n")
        )
        path.write_bytes(_damaged(source.encode(), chance))
        _ends_well(
            run_cli, number, "session", "2025-02-14", "-l", SAMPLE_CLOSES, "-c", path, "-f", "csv"
        )
