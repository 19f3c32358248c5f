"""DuckDB: one machine, all its cores, and its disk where the memory is too small."""

from __future__ import annotations

import contextlib
import csv
import glob
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from marketmove.engines.engine import LEVELS, Engine, missing_extra
from marketmove.engines.tables import Table
from marketmove.errors import MarketMoveError, OutputError, Place, UnreadableFileError

# Stands for a cell without a value in the text of a small table.
_NULL = "\\N"
# What the text says as Spark does, in DuckDB's words.
_MACRO = "CREATE MACRO unix_date(day) AS CAST(day - DATE '1970-01-01' AS INTEGER)"


@contextlib.contextmanager
def open_duckdb(spill: Path) -> Iterator[Engine]:
    """Open an engine in this process; what is too much for the memory goes to a folder."""
    try:
        import duckdb
    except ImportError:
        raise missing_extra("duckdb") from None
    connection = duckdb.connect()
    try:
        connection.execute(f"SET temp_directory = {_quoted(str(spill))}")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(_MACRO)
        yield _DuckDB(connection, duckdb.Error)
    finally:
        connection.close()


class _DuckDB:
    """A connection, and the errors that it raises."""

    def __init__(self, connection: Any, error: type[Exception]) -> None:
        self._connection, self._error = connection, error

    def read(self, place: str, files: Sequence[str]) -> Mapping[str, str]:
        # A name is taken as it is, whatever signs of a pattern are in it.
        listed = ", ".join(_quoted(glob.escape(file)) for file in files)
        source = f"read_parquet([{listed}], hive_partitioning = false)"
        with self._said(Place(place)):
            self._connection.execute(f"CREATE VIEW {LEVELS} AS SELECT * FROM {source}")
            described = self._connection.execute(f"DESCRIBE {LEVELS}").fetchall()
        return {str(row[0]): str(row[1]) for row in described}

    def add(self, table: Table) -> None:
        kinds = {name: _kind(kind) for name, kind in table.columns.items()}
        columns = ", ".join(f"{_quoted(name)}: {_quoted(kind)}" for name, kind in kinds.items())
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "table.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                write = csv.writer(file)
                write.writerow(table.columns)
                write.writerows([_NULL if v is None else v for v in row] for row in table.rows)
            self._connection.execute(
                f"CREATE OR REPLACE TABLE {table.name} AS SELECT * FROM read_csv("
                f"{_quoted(str(path))}, header = true, auto_detect = false, quote = '\"',"
                f" escape = '\"', nullstr = '{_NULL}', columns = {{{columns}}})"
            )

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        with self._said(None):
            found: list[tuple[Any, ...]] = self._connection.execute(text).fetchall()
        return found

    def write(self, text: str, place: str) -> None:
        with self._said(Place(place), OutputError):
            self._connection.execute(
                f"COPY ({text}) TO {_quoted(place)} (FORMAT parquet, PARTITION_BY (year))"
            )

    def count(self, place: str, columns: str) -> list[tuple[Any, ...]]:
        files = _quoted(f"{glob.escape(place)}/**/*.parquet")
        return self.rows(
            f"SELECT {columns}, count(*) FROM read_parquet({files}) GROUP BY {columns}"
        )

    @contextlib.contextmanager
    def _said(
        self, place: Place | None, kind: type[MarketMoveError] = UnreadableFileError
    ) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            # How Ctrl-C comes out of a query.
            if "interrupt" in str(error).lower():
                raise KeyboardInterrupt from None
            raise
        except self._error as error:
            first = str(error).strip().splitlines()[0]
            raise kind.at(place, f"DuckDB: {first}") from None


def _kind(kind: str) -> str:
    return {"STRING": "VARCHAR", "INT": "INTEGER"}.get(kind, kind)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
