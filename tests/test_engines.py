"""Engines past one machine: the same rows as `history` gives here, to the last bit."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles import tried
from program import Ran, RunCli

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

Row = tuple[object, ...]
Key = tuple[str, str]
Closes = dict[Key, float]

TEXTS = ("name", "status", "closed_for", "doubt")
DATES = ("prior_session", "reopens")
FIGURES = ("close", "prior_close", "change_pts", "change_pct")
COUNTS = ("gap_sessions", "sessions_behind")
# What only our own readers doubt: they have the low and high, and look at all indices together.
ONLY_HERE = {"other_index", "outside_range"}


@pytest.fixture(scope="module")
def duckdb() -> Any:
    return pytest.importorskip("duckdb")


@pytest.fixture
def _parquet() -> None:
    pytest.importorskip("pyarrow")


@pytest.fixture(scope="module")
def sail() -> Iterator[str]:
    """Give the address of a server that speaks Spark Connect, in this process."""
    pytest.importorskip("pyspark")
    server = pytest.importorskip("pysail.spark").SparkConnectServer()
    server.start(background=True)
    yield f"sc://localhost:{server.listening_address[1]}"
    server.stop()


def table(path: Path, rows: Sequence[Row], **kinds: Any) -> Path:
    """Write a typed table of (date, symbol, close)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"date": pa.date32(), "symbol": pa.string(), "close": pa.float64()} | kinds
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    arrays = {n: pa.array(c, types[n]) for n, c in zip(types, columns, strict=True)}
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(arrays), path)
    return path


def written(folder: Path) -> dict[Key, dict[str, object]]:
    """The rows that an engine wrote, by session and symbol, none of them twice."""
    import pyarrow.parquet as pq

    rows: dict[Key, dict[str, object]] = {}
    for path in sorted(folder.glob("year=*/*.parquet")):
        for row in pq.ParquetFile(path).read().to_pylist():
            assert path.parent.name == f"year={row['session'].year}"
            key = (str(row["session"]), row["symbol"])
            assert key not in rows
            rows[key] = row
    return rows


def here(ran: Ran) -> dict[Key, dict[str, str]]:
    return {(row["session"], row["symbol"]): row for row in ran.rows}


def differences(
    ours: Mapping[Key, Mapping[str, str]], theirs: Mapping[Key, Mapping[str, object]]
) -> list[str]:
    """Every cell that is not the same: figures to the last bit."""
    found = [f"{key}: only here" for key in ours.keys() - theirs.keys()]
    found += [f"{key}: only there" for key in theirs.keys() - ours.keys()]
    for key in ours.keys() & theirs.keys():
        mine, other = ours[key], theirs[key]
        for name in (*TEXTS, *DATES, *FIGURES, *COUNTS):
            value = other[name]
            text = mine[name]
            if name in FIGURES:
                same = (float(text) if text else None) == value
            else:
                same = text == ("" if value is None else str(value))
            if name == "doubt" and text in ONLY_HERE:
                continue
            if not same:
                found.append(f"{key} {name}: {text} here, {value} there")
    return sorted(found)


def compare(
    run_cli: RunCli,
    folder: Path,
    closes: Iterable[Row],
    engine: Sequence[str],
    *options: str,
    dates: tuple[str, str],
) -> list[str]:
    """Run both over the same closes, and give what differs."""
    rows = list(closes)
    shutil.rmtree(folder / "moves", ignore_errors=True)
    levels = table(folder / "closes.parquet", rows)
    text = "date,symbol,close\n" + "".join(f'{d},"{s}",{c!r}\n' for d, s, c in rows)
    csv = folder / "closes.csv"
    csv.write_text(text, encoding="utf-8")
    asked = ("history", *dates, *options, "--quiet")
    ours = run_cli(*asked, "--levels", csv, "--format", "csv", "--decimal", ".")
    output = folder / "moves"
    theirs = run_cli(*asked, "--levels", levels, "--output", output, "--engine", *engine)
    if "noise of 32-bit floats" in theirs.stderr:
        assert theirs.status == 3  # what our readers round, an engine refuses
        return []
    assert (theirs.status, ours.status) in {(0, 0), (4, 4)}, (ours.stderr, theirs.stderr)
    return differences(here(ours), written(output)) if not ours.status else []


DAYS = [dt.date(2024, 12, 20) + dt.timedelta(days=n) for n in range(80)]
LEVEL = st.one_of(
    st.sampled_from([100.0, 100.5, 135.0, 65.0, 250.0, 40.0, 1000.0, 10.0]),
    st.decimals("0.01", "99999.99", places=2).map(float),
    st.decimals("0.01", "9999.99999999", places=8).map(float),
    st.decimals("0.0001", "99999.9999999999", places=10).map(float),
    st.floats(1e-6, 1e15, exclude_max=True),
)
SYMBOLS = ["HSI", "N225", "SPX", "VIX", "TASI", "OWN A", "OWN_B", "Ωmega"]
CLOSES = st.dictionaries(
    st.tuples(st.sampled_from(DAYS), st.sampled_from(SYMBOLS)), LEVEL, min_size=1, max_size=60
)
# Runs in which a close is often the one before, or goes there and back: ghosts and stray rows.
STEADY = st.lists(
    st.tuples(st.sampled_from(SYMBOLS[:5]), st.lists(st.sampled_from([100.0, 100.5, 200.0, 350.0]),
                                                     min_size=3, max_size=40)),
    min_size=1, max_size=4, unique_by=lambda pair: pair[0],
).map(
    lambda series: {
        (day, symbol): level
        for symbol, levels in series
        for day, level in zip(DAYS, levels, strict=False)
    }
)  # fmt: skip
OPTIONS = st.sampled_from([(), ("--all",), ("-i", "HSI", "-i", "OWN A"), ("-g", "asia", "--all")])


@settings(max_examples=tried(12, 300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    closes=CLOSES | STEADY,
    options=OPTIONS,
    ends=st.sampled_from(
        [("2024-12-20", "2025-03-20"), ("2025-01-10", "2025-02-14"), ("2025", "latest")]
    ),
)
@pytest.mark.usefixtures("duckdb", "_parquet")
def test_duckdb_gives_the_rows_of_history(
    closes: Closes,
    options: tuple[str, ...],
    ends: tuple[str, str],
    run_cli: RunCli,
    tmp_path: Path,
) -> None:
    rows = [(day, symbol, level) for (day, symbol), level in closes.items()]
    symbols = {symbol for _, symbol in closes}
    if "-g" in options and not symbols & {"HSI", "N225"}:
        options = ("--all",)
    if "-i" in options and not symbols & {"HSI", "OWN A"}:
        options = ()
    if "OWN A" in options and "OWN A" not in symbols:
        options = ("-i", "HSI")
    assert compare(run_cli, tmp_path, rows, ["duckdb"], *options, dates=ends) == []
