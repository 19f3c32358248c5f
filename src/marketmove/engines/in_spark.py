"""Spark: many machines; also what speaks Spark Connect."""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from marketmove.engines.engine import LEVELS, Engine, missing_extra
from marketmove.engines.tables import Table
from marketmove.errors import MarketMoveError, OutputError, Place, UnreadableFileError

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_CONNECT = "sc://"
LOCAL = "local[*]"


@contextlib.contextmanager
def open_spark(master: str | None) -> Iterator[Engine]:
    """Open a session: on a cluster, by Spark Connect (``sc://…``), else in processes of our own."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions of pandas, which nothing here uses
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession
    except ImportError:
        raise missing_extra("spark") from None
    builder: Any = SparkSession.builder
    where = master or LOCAL
    with _said(Exception, Place(where), UnreadableFileError):
        if where.startswith(_CONNECT):
            session = builder.remote(where).getOrCreate()
        else:
            quiet = builder.master(where).appName("marketmove").config("spark.ui.enabled", "false")
            quiet = quiet.config("spark.ui.showConsoleProgress", "false")
            session = quiet.config("spark.sql.session.timeZone", "UTC").getOrCreate()
            session.sparkContext.setLogLevel("OFF")
    try:
        yield _Spark(session, PySparkException)
    finally:
        session.stop()


class _Spark:
    """A session, and the errors that it raises."""

    def __init__(self, session: Any, error: type[Exception]) -> None:
        self._session, self._error = session, error

    def read(self, place: str) -> Mapping[str, str]:
        with _said(self._error, Place(place), UnreadableFileError):
            frame = self._session.read.parquet(_address(place))
            frame.createOrReplaceTempView(LEVELS)
            kinds = {field.name: field.dataType for field in frame.schema.fields}
        return {name: str(kind.simpleString()).upper() for name, kind in kinds.items()}

    def add(self, table: Table) -> None:
        schema = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
        frame = self._session.createDataFrame(list(table.rows), schema)
        frame.createOrReplaceTempView(table.name)

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        with _said(self._error, None, UnreadableFileError):
            return [tuple(row) for row in self._session.sql(text).collect()]

    def write(self, text: str, place: str) -> None:
        with _said(self._error, Place(place), OutputError):
            rows = self._session.sql(text).repartition("year")
            rows.write.partitionBy("year").parquet(_address(place))

    def count(self, place: str, columns: str) -> list[tuple[Any, ...]]:
        with _said(self._error, Place(place), UnreadableFileError):
            self._session.read.parquet(_address(place)).createOrReplaceTempView("written")
        return self.rows(f"SELECT {columns}, count(*) FROM written GROUP BY {columns}")


def is_url(place: str) -> bool:
    """Tell a place that the engine finds by itself, such as one of hdfs:// or s3a://."""
    return bool(_URL.match(place))


def _address(place: str) -> str:
    return place if is_url(place) else Path(place).absolute().as_uri()


@contextlib.contextmanager
def _said(
    kind: type[Exception], place: Place | None, ours: type[MarketMoveError]
) -> Iterator[None]:
    """Say in one line what an engine did not do."""
    try:
        yield
    except MarketMoveError:
        raise
    except kind as error:
        first = next(filter(None, str(error).strip().splitlines()), type(error).__name__)
        raise ours.at(place, f"Spark: {first}") from None
