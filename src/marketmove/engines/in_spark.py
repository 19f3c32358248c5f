"""Spark: many machines; also what speaks Spark Connect."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from marketmove.engines.engine import LEVELS, Engine, missing_extra
from marketmove.engines.tables import Table
from marketmove.errors import MarketMoveError, OutputError, Place, UnreadableFileError

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_CONNECT = "sc://"
LOCAL = "local[*]"
# Without an appender Spark takes its own settings.
_NO_LOG = """rootLogger.level = off
rootLogger.appenderRef.none.ref = none
appender.none.type = Null
appender.none.name = none
"""


@contextlib.contextmanager
def open_spark(master: str | None) -> Iterator[Engine]:
    """Open a session: on a cluster, by Spark Connect (``sc://…``), else in processes of our own."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        # Of versions of pandas, which nothing here uses.
        warnings.filterwarnings("ignore", module="pyspark")
        try:
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession
        except ImportError:
            raise missing_extra("spark") from None
        where = master or LOCAL
        with _said(Exception, Place(where), UnreadableFileError):
            session = _session(SparkSession.builder, where, Path(folder))
        try:
            yield _Spark(session, PySparkException)
        finally:
            session.stop()


def _session(builder: Any, where: str, folder: Path) -> Any:
    """Begin a session at a place; ``folder`` is for a file that keeps its log off stderr."""
    if where.startswith(_CONNECT):
        return builder.remote(where).create()
    log = folder / "log4j2.properties"
    log.write_text(_NO_LOG, encoding="ascii")
    settings = {
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={log.as_uri()}",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
    }
    if where.startswith("local"):
        # Here all parts of a shuffle are on the same few cores.
        settings["spark.sql.shuffle.partitions"] = str(2 * (os.cpu_count() or 1))
    named = builder.master(where).appName("marketmove")
    for name, value in settings.items():
        named = named.config(name, value)
    session = named.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    return session


class _Spark:
    """A session, and the errors that it raises."""

    def __init__(self, session: Any, error: type[Exception]) -> None:
        self._session, self._error = session, error

    def read(self, place: str, files: Sequence[str]) -> Mapping[str, str]:
        with _said(self._error, Place(place), UnreadableFileError):
            reader = self._session.read.option("recursiveFileLookup", "true")
            frame = reader.parquet(*map(_address, files))
            frame.createOrReplaceTempView(LEVELS)
            kinds = {field.name: field.dataType for field in frame.schema.fields}
        return {name: str(kind.simpleString()).upper() for name, kind in kinds.items()}

    def add(self, table: Table) -> None:
        schema = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
        frame = self._session.createDataFrame(list(table.rows), schema)
        # It goes whole to each worker; the rows beside it stay where they are.
        frame.hint("broadcast").createOrReplaceTempView(table.name)

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
    # Spark takes a name as it is, without the escapes of a URL.
    return place if is_url(place) else f"file://{Path(place).absolute().as_posix()}"


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
