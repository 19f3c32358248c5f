"""Closes as they are handed in: files, streams, DataFrames, or several of them."""

from __future__ import annotations

import datetime as dt
import math
import os
import warnings
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from marketmove.api.results import MarketMoveWarning
from marketmove.closes.find import When, find_closes, named
from marketmove.closes.levels import Levels
from marketmove.closes.read import read_levels
from marketmove.config import Config, load, with_choices
from marketmove.errors import Remark, WrongUsageError, by_place
from marketmove.market.currencies import currency_code
from marketmove.market.groups import find_groups
from marketmove.sources import ReadOptions, Source, open_all, open_source
from marketmove.sources.block import read_options
from marketmove.sources.frames import FRAME_LABEL, frame_source

# An ISO date as text, or a date; a Timestamp at midnight is one too.
Date = str | dt.date
Texts = str | Iterable[str]
File = str | os.PathLike[str]
# A file or a folder, an open stream of bytes, or a frame.
OneSource = File | BinaryIO | pd.DataFrame


@dataclass(frozen=True, eq=False, repr=False)
class CloseTable:
    """Closing levels as opened, what was said of them, and settings; from ``read_closes``."""

    sources: tuple[Source, ...]
    reading: ReadOptions
    config: Config

    @cached_property
    def _levels(self) -> Levels:
        settings = self.config.closes
        return read_levels(find_closes(self.sources, settings).sources, self.reading, settings)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Each ``date``, ``symbol`` and ``close``, also those that figures leave out."""
        levels = self._levels.frame
        columns = {
            "date": levels["session"].astype("datetime64[s]"),
            "symbol": pd.Series(levels["symbol"], dtype="object"),
            "close": levels["close"],
        }
        return pd.DataFrame(columns).sort_values(["date", "symbol"], ignore_index=True)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The indices, in the order of the files."""
        return self._levels.symbols

    @cached_property
    def warnings(self) -> tuple[Remark, ...]:
        """What may make the closes other than they seem: rows that cannot be used, and the like."""
        coded = [("reading", problem) for problem in self._levels.warnings]
        unusable = sorted((fault.problem for fault in self._levels.faults), key=by_place)
        coded = [*(("unusable_row", problem) for problem in unusable), *coded]
        return tuple(Remark(code, p.text, place=p.place) for code, p in coded)

    def __repr__(self) -> str:
        dates = f"{self.frame['date'].min():%Y-%m-%d} to {self.frame['date'].max():%Y-%m-%d}"
        indices = "1 index" if len(self.symbols) == 1 else f"{len(self.symbols)} indices"
        label = named([source.label for source in self.sources])
        return f"<CloseTable {label}: {len(self.frame):,} closes of {indices}, {dates}>"


Closes = CloseTable | OneSource | Iterable[OneSource]


def read_closes(
    closes: OneSource | Iterable[OneSource],
    *,
    symbol: str | None = None,
    decimal: str | None = None,
    date_format: str | None = None,
    encoding: str | None = None,
    config: File | None = None,
) -> CloseTable:
    """Read closing levels, and warn of rows that cannot be used.

    The other functions take the result; or what this takes, where no option is needed.

    Parameters
    ----------
    closes
        A path, a folder, an open stream of bytes or a DataFrame, or several of them. A frame is
        tidy (``date``, ``symbol``, ``close``) or wide (dates in the index or a column, one column
        an index), and read by the rules of files; places in it are positions, as ``iloc`` counts.
    symbol, decimal, date_format, encoding
        As ``--symbol`` and the like, where the closes leave it open.
    config
        A configuration file, used wherever these closes are; None for the bundled defaults.

    Raises
    ------
    UnreadableFileError, UnrecognisedFileError, BadFiguresError, BadConfigError, WrongUsageError
        If a file, the configuration or an option cannot be used with certainty.

    Examples
    --------
    >>> wide = pd.DataFrame({"HSI": [1.5, 1.6]}, pd.to_datetime(["2025-02-13", "2025-02-14"]))
    >>> read_closes(wide)
    <CloseTable DataFrame: 2 closes of 1 index, 2025-02-13 to 2025-02-14>
    """
    settings = load(None if config is None else Path(config))
    table = _opened(closes, read_options(symbol, decimal, date_format, encoding), settings)
    unusable = [remark for remark in table.warnings if remark.code == "unusable_row"]
    said = [str(remark) for remark in table.warnings[len(unusable) :]]
    if unusable:
        rows = "a row" if len(unusable) == 1 else f"{len(unusable):,} rows"
        said.insert(0, f"{rows} cannot be used; the first: {unusable[0]}")
    for text in said:
        warnings.warn(text, MarketMoveWarning, stacklevel=2)
    return table


def close_table(closes: Closes) -> CloseTable:
    """Closes as they were handed in; what is no table with the bundled defaults."""
    return closes if isinstance(closes, CloseTable) else _opened(closes, ReadOptions(), load(None))


def with_floor(closes: Closes, floor_pct: float | None) -> CloseTable:
    """Closes with this floor instead of that of their configuration."""
    wrong = floor_pct is not None and not 0 <= floor_pct < math.inf
    refuse(wrong, f"floor_pct: {floor_pct} is not a percentage such as 0.5")
    table = close_table(closes)
    return replace(table, config=with_choices(table.config, floor_pct=floor_pct))


def _opened(closes: Any, reading: ReadOptions, config: Config) -> CloseTable:
    alone = isinstance(closes, str | os.PathLike | pd.DataFrame) or hasattr(closes, "read")
    items = [closes] if alone or not isinstance(closes, Iterable) else list(closes)
    refuse(not items, "closes: an empty list; name a file or pass a DataFrame")
    names = [f"closes[{n}]" for n in range(len(items))] if len(items) > 1 else [""]
    opened = [opened_one(*each, reading.decimal) for each in zip(items, names, strict=True)]
    return CloseTable(tuple(open_all(opened)), reading, config)


def opened_one(item: Any, name: str = "", decimal: str | None = None) -> Source | Path:
    """A stream or a frame, opened and called by a name; a path is given as such."""
    if isinstance(item, pd.DataFrame):
        return frame_source(item, decimal, name or FRAME_LABEL)
    if isinstance(item, str | os.PathLike):
        return Path(item)
    text = f"closes: {type(item).__name__} is not a path, an open stream of bytes or a DataFrame"
    refuse(not hasattr(item, "read"), text)
    label = getattr(item, "name", None)
    return open_source(item, label if isinstance(label, str) else name or "<stream>")


def asked(table: CloseTable, indices: Texts, groups: Texts) -> dict[str, Any]:
    """What the requests of commands share."""
    known = {"levels": table.sources, "reading": table.reading, "config": table.config}
    found = find_groups(texts(groups), table.config.groups)
    return {**known, "chosen": texts(indices), "groups": found}


def parse_when(value: Date, first: dt.date | None = None) -> When:
    """Read a date, and none before the first, or ``"latest"``."""
    return "latest" if isinstance(value, str) and value == "latest" else parse_day(value, first)


def parse_day(value: Date, first: dt.date | None = None) -> dt.date:
    """A date, and none before the first."""
    day: Any = value
    if isinstance(value, str):
        with suppress(ValueError):
            day = dt.datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007 - a date is a label
    if isinstance(day, dt.datetime) and day == day and not day.tzinfo and day.time() == dt.time():
        day = day.date()
    if isinstance(day, dt.datetime) or not isinstance(day, dt.date):
        raise WrongUsageError.at(None, f"{value} is not a date; expected one such as 2025-02-14")
    refuse(bool(first and first > day), f"{first} is after {day}; the first date comes first")
    return day


def texts(value: Texts) -> tuple[str, ...]:
    """Give texts of which one may be alone."""
    return (value,) if isinstance(value, str) else tuple(value)


def refuse(wrong: bool, text: str) -> None:
    """Raise a ``WrongUsageError`` if something is wrong."""
    if wrong:
        raise WrongUsageError.at(None, text)


def check_moment(name: str, moment: dt.datetime | None) -> None:
    """Refuse a moment without its offset from UTC."""
    if moment is not None and not (isinstance(moment, dt.datetime) and moment.tzinfo):
        text = f"{name}: {moment!r} is not a datetime with its offset from UTC"
        raise WrongUsageError.at(None, f"{text}, such as datetime.now(timezone.utc)")


def currency(text: str) -> str:
    """Return the code of a currency that figures are wanted in; none if that is empty."""
    return currency_code(text, "in_currency") if text else ""
