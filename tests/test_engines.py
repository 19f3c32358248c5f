"""Engines past one machine: the same rows as `history` gives here, to the last bit."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine_rows import (
    KINDS,
    LUNCH,
    Key,
    Row,
    differences,
    every_kind,
    here,
    table,
    written,
)
from profiles import THOROUGH, chosen, tried
from program import SAMPLE_CLOSES, Ran, RunCli, Write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

Closes = dict[Key, float]
Words = tuple[str, ...]


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
    return differences(here(ours.rows), written(output)) if not ours.status else []


def every_kind_is_equal(
    run_cli: RunCli, folder: Path, monkeypatch: pytest.MonkeyPatch, engine: Sequence[str]
) -> None:
    monkeypatch.setenv("MARKETMOVE_NOW", LUNCH)
    symbols = dict.fromkeys(["NZ50", *(str(row[1]) for row in every_kind())])
    wanted = ("--all", *(word for symbol in symbols for word in ("-i", symbol)))
    dates = ("2024-09-10", "2025-03-05")
    assert compare(run_cli, folder, every_kind(), engine, *wanted, dates=dates) == []
    rows = written(folder / "moves").values()
    assert {row[name] for row in rows for name in ("status", "doubt")} >= KINDS


@pytest.mark.usefixtures("duckdb", "_parquet")
def test_every_kind_of_row_is_that_of_history_in_duckdb(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every_kind_is_equal(run_cli, tmp_path, monkeypatch, ["duckdb"])


@pytest.mark.usefixtures("_parquet")
def test_every_kind_of_row_is_that_of_history_by_spark_connect(
    sail: str, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every_kind_is_equal(run_cli, tmp_path, monkeypatch, ["spark", "--master", sail])


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


ENDS = st.sampled_from(
    [("2024-12-20", "2025-03-20"), ("2025-01-10", "2025-02-14"), ("2025", "latest")]
)
# A folder may be another example's before: what is in it is written anew.
SHARED = [HealthCheck.function_scoped_fixture]


# One level with the noise of a 32-bit float, beside one so large that its decimals are no guide.
BESIDE_LARGE = {(DAYS[0], "HSI"): 156.24999401, (DAYS[1], "HSI"): 513980377739131.0}


@settings(max_examples=tried(3, 300), suppress_health_check=SHARED)
@example(closes=BESIDE_LARGE, options=(), ends=("2024-12-20", "2025-03-20"))
@given(closes=CLOSES | STEADY, options=OPTIONS, ends=ENDS)
@pytest.mark.usefixtures("duckdb", "_parquet")
def test_duckdb_gives_the_rows_of_history(
    closes: Closes, options: Words, ends: tuple[str, str], run_cli: RunCli, tmp_path: Path
) -> None:
    random_is_equal(run_cli, tmp_path, closes, options, ends, ["duckdb"])


@pytest.mark.skipif(not THOROUGH, reason="a second for each table")
@settings(max_examples=40, suppress_health_check=SHARED)
@given(closes=CLOSES | STEADY, options=OPTIONS, ends=ENDS)
@pytest.mark.usefixtures("_parquet")
def test_spark_connect_gives_the_rows_of_history(
    closes: Closes,
    options: Words,
    ends: tuple[str, str],
    sail: str,
    run_cli: RunCli,
    tmp_path: Path,
) -> None:
    random_is_equal(run_cli, tmp_path, closes, options, ends, ["spark", "--master", sail])


def random_is_equal(
    run_cli: RunCli,
    folder: Path,
    closes: Closes,
    options: Words,
    ends: tuple[str, str],
    engine: Sequence[str],
) -> None:
    rows = [(day, symbol, level) for (day, symbol), level in closes.items()]
    symbols = {symbol for _, symbol in closes}
    if "-g" in options and not symbols & {"HSI", "N225"}:
        options = ("--all",)
    if "-i" in options and not symbols & {"HSI", "OWN A"}:
        options = ()
    if "OWN A" in options and "OWN A" not in symbols:
        options = ("-i", "HSI")
    assert compare(run_cli, folder, rows, engine, *options, dates=ends) == []


DAY = dt.date(2025, 2, 14)
BAD = [
    ({"symbol": ["HSI", None]}, "1 row without a symbol, or with blanks around it; the first: (no"),
    ({"symbol": ["HSI", "HSI "]}, f"the first: ('HSI ', {DAY}, 22620.33)"),
    ({"symbol": ["HSI", "\u2003HSI"]}, f"HSI', {DAY}, 22620.33)"),
    ({"close": [21814.37, None]}, f"the first: ('HSI', {DAY}, no close)"),
    ({"close": [-1.0, float("nan")]}, "2 rows whose close is not a level"),
    ({"close": [1e15, float("inf")]}, "2 rows whose close is not a level"),
    ({"close": [1e-7, 0.0]}, "2 rows whose close is not a level"),
    ({"date": [None, DAY]}, "1 row without a date; the first: ('HSI', no date"),
    ({"date": [DAY, DAY]}, "1 row of a date that the index has already"),
    ({"date": [DAY, DAY], "symbol": ["HSI", "Hang Seng"]}, "of a date that the index has already"),
    ({"close": [21814.369140625, 22620.330078125]}, "32-bit floats, such as 21814.369140625, of"),
]


@pytest.mark.parametrize(("columns", "said"), chosen(BAD, 5))
@pytest.mark.usefixtures("duckdb", "_parquet")
def test_rows_that_cannot_be_used_are_refused_with_a_count_and_the_first(
    columns: dict[str, list[Any]], said: str, run_cli: RunCli, tmp_path: Path
) -> None:
    sound = {
        "date": [dt.date(2025, 2, 13), dt.date(2025, 2, 14)],
        "symbol": ["HSI", "HSI"],
        "close": [21814.37, 22620.33],
    }
    rows = zip(*(sound | columns).values(), strict=True)
    ran = in_duckdb(run_cli, table(tmp_path / "closes.parquet", [*rows]), tmp_path / "moves")
    assert (ran.status, ran.stdout) == (3, "")
    assert said in ran.stderr
    assert "marketmove convert" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["closes.parquet"]


def in_duckdb(run_cli: RunCli, levels: Path, output: Path, *options: str) -> Ran:
    asked = ("history", "2025-02-13", "2025-02-14", "--engine", "duckdb")
    return run_cli(*asked, "--levels", levels, "--output", output, *options)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        # Two zeros were struck off on 2020-07-27.
        (
            [("2020-07-24", "BIST 100", 119_000.0), ("2020-07-27", "BIST 100", 1_187.0)],
            "XU100 was divided by 100 on 2020-07-27",
        ),
        ([("2025-02-13", "DAX", 41.2), ("2025-02-14", "DAX", 41.6)], "DAX is a name of DAX, and"),
    ],
)
@pytest.mark.usefixtures("duckdb", "_parquet")
def test_what_only_our_readers_settle_is_refused(
    rows: list[Row], said: str, run_cli: RunCli, tmp_path: Path
) -> None:
    typed = [(dt.date.fromisoformat(str(day)), *rest) for day, *rest in rows]
    ran = in_duckdb(run_cli, table(tmp_path / "closes.parquet", typed), tmp_path / "moves")
    assert ran.status == 3
    assert said in ran.stderr


@pytest.mark.usefixtures("duckdb", "_parquet")
def test_columns_of_another_type_are_refused(run_cli: RunCli, tmp_path: Path) -> None:
    import pyarrow as pa

    levels = table(tmp_path / "closes.parquet", [], date=pa.timestamp("us"), close=pa.float32())
    ran = in_duckdb(run_cli, levels, tmp_path / "moves")
    assert ran.status == 3
    assert "date is TIMESTAMP; expected date as DATE" in ran.stderr
    assert "close is FLOAT; expected close as DOUBLE" in ran.stderr


@pytest.mark.usefixtures("duckdb", "_parquet")
def test_what_is_converted_is_what_an_engine_reads(
    run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    odd = write(
        "odd.csv",
        "Datum;DAX;Nikkei 225\n12.02.2025;22.148,03;38.963,70\n13.02.2025;22.612,02;39.461,47\n"
        "14.02.2025;22.513,42;-\n30.12.2024;19.909,14;39.894,54\n",
    )
    levels = tmp_path / "closes.parquet"
    ran = run_cli("convert", odd, "--output", levels, "--format", "json")
    assert ran.status == 0, ran.stderr
    assert {k: ran.document[k] for k in ("closes", "indices", "first", "last")} == {
        "closes": 7, "indices": 2, "first": "2024-12-30", "last": "2025-02-14",
    }  # fmt: skip
    assert sorted(path.name for path in levels.iterdir()) == ["year=2024", "year=2025"]
    ran = in_duckdb(run_cli, levels, tmp_path / "moves", "--format", "json")
    assert ran.status == 0, ran.stderr
    assert ran.document["statuses"] == {"ok": 3, "pending": 1}
    rows = written(tmp_path / "moves")
    # 22,513.42 − 22,612.02 and its percent, by hand.
    assert rows["2025-02-14", "GDAXI"]["change_pts"] == -98.6
    assert rows["2025-02-14", "GDAXI"]["change_pct"] == -9860 / 22612.02
    # The readers of every other command take the parts of the table for one.
    ran = run_cli("session", "2025-02-14", "--levels", levels, "-i", "GDAXI", "--format", "csv")
    assert ran.rows[0]["change_pts"] == "-98.6"


@pytest.mark.usefixtures("duckdb", "_parquet")
def test_a_table_may_be_tables_in_parts_and_is_parquet_alone(
    run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    head, *lines = SAMPLE_CLOSES.read_text(encoding="utf-8").splitlines(keepends=True)
    whole = tmp_path / "closes [1].parquet"
    whole.mkdir()
    for name, part in (("a", lines[:2000]), ("b", lines[2000:])):
        csv = write(f"{name}.csv", head + "".join(part))
        assert run_cli("convert", csv, "--output", whole / name).status == 0
    write(f"{whole.name}/_SUCCESS", "")
    ran = in_duckdb(run_cli, whole, tmp_path / "moves", "--format", "json", "-i", "HSI")
    assert ran.document["statuses"] == {"ok": 2}
    assert written(tmp_path / "moves")["2025-02-14", "HSI"]["change_pts"] == 805.96
    (tmp_path / "closes [1].parquet" / "_SUCCESS").unlink()
    ran = run_cli("session", "2025-02-14", "--levels", whole, "-i", "HSI", "--format", "csv")
    assert ran.rows[0]["change_pts"] == "805.96"
    write(f"{whole.name}/odd.csv", "date,symbol,close\n")
    ran = in_duckdb(run_cli, whole, tmp_path / "more")
    assert ran.status == 3
    assert "odd.csv" in ran.stderr
    assert "no Parquet file; marketmove convert" in ran.stderr


@pytest.mark.usefixtures("_parquet")
def test_a_row_that_is_unusable_is_not_converted(
    run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    bad = write("bad.csv", "date,symbol,close\n2025-02-13,HSI,21814.37\n2025-02-14,HSI,n.a.x\n")
    ran = run_cli("convert", bad, "--output", tmp_path / "closes.parquet")
    assert (ran.status, ran.stdout) == (3, "")
    assert "bad.csv:3" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]


@pytest.mark.usefixtures("_parquet")
def test_what_is_there_already_stays_as_it_is(run_cli: RunCli, write: Write) -> None:
    there = write("there/own.txt", "mine").parent
    ran = run_cli("convert", SAMPLE_CLOSES, "--output", there)
    assert ran.status != 0
    assert "already exists" in ran.stderr
    assert [path.name for path in there.iterdir()] == ["own.txt"]


@pytest.mark.usefixtures("_parquet")
def test_what_the_table_has_no_column_for_is_said(
    run_cli: RunCli, write: Write, tmp_path: Path
) -> None:
    text = "date,symbol,open,high,low,close\n2025-02-13,HSI,1,2,1,2\n2025-02-14,HSI,1,2,1,3\n"
    ran = run_cli("convert", write("hsi.csv", text), "--output", tmp_path / "closes.parquet")
    assert ran.status == 0
    assert "hsi.csv:3: warning: HSI: close 3.0 outside its low 1.0 and high 2.0" in ran.stderr


USAGE = [
    (("--output", "moves", "--period", "ytd"), "--period is not worked out by an engine"),
    (("--output", "moves", "--wide"), "--wide is not worked out by an engine"),
    (("--output", "moves", "--decimal", ","), "--decimal is for files that leave something open"),
    (("--output", "moves", "--format", "csv"), "--format csv is not for"),
    (("--output", "moves", "--levels", "b"), "--engine reads one table"),
    (("--output", "moves", "--master", "local[1]"), "--master says where Spark is"),
    ((), "--engine writes a folder of Parquet: --output FOLDER"),
    (("--output", "s3a://bucket/moves"), "--output is a URL, and DuckDB works on files here"),
    (("--output", "closes.parquet/moves"), "within the table that is read"),
]


@pytest.mark.parametrize(("options", "said"), USAGE)
def test_what_an_engine_does_not_do_is_refused_by_name(
    options: tuple[str, ...], said: str, run_cli: RunCli
) -> None:
    asked = ("history", "2025-01-02", "2025-02-14", "--levels", "closes.parquet")
    ran = run_cli(*asked, "--engine", "duckdb", *options)
    assert ran.status == 2
    assert said in ran.stderr


@pytest.mark.parametrize(("engine", "module"), [("duckdb", "duckdb"), ("spark", "pyspark.errors")])
def test_the_extra_that_lacks_is_named(
    engine: str, module: str, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / "closes.parquet").write_bytes(b"PAR1")
    asked = ("history", "2025", "latest", "--levels", tmp_path / "closes.parquet")
    ran = run_cli(*asked, "--engine", engine, "--output", tmp_path / "moves")
    assert ran.status == 2
    assert f"pip install 'marketmove[{engine}]'" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["closes.parquet"]


def test_without_an_engine_there_is_no_master(run_cli: RunCli) -> None:
    ran = run_cli("history", "2025-01-02", "2025-02-14", "--master", "local[1]")
    assert ran.status == 2
    assert "--master says where Spark is" in ran.stderr
