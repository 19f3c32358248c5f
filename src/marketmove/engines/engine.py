"""What an engine is: it reads Parquet, runs SQL, and writes Parquet, wherever the rows are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from marketmove.engines.request import EngineName
from marketmove.engines.tables import Table
from marketmove.errors import MarketMoveError, WrongUsageError

# The table that the files of closes are.
LEVELS = "levels"


class Engine(Protocol):
    """An engine that is open; only counts and small tables ever come from it."""

    def read(self, place: str, files: Sequence[str]) -> Mapping[str, str]:
        """Make the Parquet of files the table ``levels``; give its columns with their SQL types.

        ``place`` is what people call it.
        """

    def add(self, table: Table) -> None:
        """Make a small table known, in place of one of its name."""

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        """Give the few rows that a query has."""

    def write(self, text: str, place: str) -> None:
        """Write the rows of a query as Parquet, a folder for each ``year`` of them."""

    def count(self, place: str, columns: str) -> list[tuple[Any, ...]]:
        """Give how many rows written there have which values of some columns."""


Opened = AbstractContextManager[Engine]


def missing_extra(engine: EngineName) -> MarketMoveError:
    """Make the error for an engine that is not installed."""
    text = f"--engine {engine} needs an extra: pip install 'marketmove[{engine}]'"
    return WrongUsageError.at(None, text)
