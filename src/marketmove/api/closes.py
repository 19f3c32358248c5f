"""Closes for the functions of the API: files, streams and DataFrames, read by one set of rules."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from marketmove.api.arguments import reading_of
from marketmove.closes.find import find_closes, named
from marketmove.closes.levels import Levels
from marketmove.closes.read import read_levels
from marketmove.config import Config, load
from marketmove.errors import Remark, WrongUsageError, by_place
from marketmove.sources import ReadOptions, Source, Spec, open_all, open_source
from marketmove.sources.frames import FRAME_LABEL, frame_source

# A file or a folder, an open stream of bytes, or a frame.
OneSource = str | os.PathLike[str] | BinaryIO | pd.DataFrame
_STREAM = "<stream>"


class MarketMoveWarning(UserWarning):
    """Figures may not be what they seem; the result's ``warnings`` say it too."""


@dataclass(frozen=True, eq=False, repr=False)
class CloseTable:
    """Closing levels, with what is known of their indices; made by ``read_closes``.

    Attributes
    ----------
    sources
        The files, streams and frames, as they were opened.
    reading
        What was said of them.
    config
        The settings that all functions use with these closes.
    """

    sources: tuple[Source, ...]
    reading: ReadOptions
    config: Config

    @cached_property
    def _levels(self) -> Levels:
        settings = self.config.closes
        return read_levels(find_closes(self.sources, settings), self.reading, settings)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The closes, a row each, by date and symbol: ``date``, ``symbol``, ``close``.

        Dates are ``datetime64``, exchange-local; closes are index points. All closes of the files
        are here, also such as the figures leave out: ``check`` tells of those.
        """
        closes = self._levels.frame.rename(columns={"session": "date"})
        closes = closes[["date", "symbol", "close"]].astype({"symbol": "object"})
        return closes.sort_values(["date", "symbol"], ignore_index=True)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The indices, in the order of the files."""
        return self._levels.symbols

    @cached_property
    def warnings(self) -> tuple[Remark, ...]:
        """What may make the closes other than they seem: rows that cannot be used, and the like."""
        problems = sorted((fault.problem for fault in self._levels.faults), key=by_place)
        unusable = [Remark("unusable_row", p.text, place=p.place) for p in problems]
        return (
            *unusable,
            *(Remark("reading", w.text, place=w.place) for w in self._levels.warnings),
        )

    def __repr__(self) -> str:
        frame = self.frame
        dates = f"{frame['date'].min():%Y-%m-%d} to {frame['date'].max():%Y-%m-%d}"
        indices = "1 index" if len(self.symbols) == 1 else f"{len(self.symbols)} indices"
        label = named([source.label for source in self.sources])
        return f"<CloseTable {label}: {len(frame):,} closes of {indices}, {dates}>"


Closes = CloseTable | OneSource | Iterable[OneSource]


def read_closes(
    closes: OneSource | Iterable[OneSource],
    *,
    symbol: str | None = None,
    decimal: str | None = None,
    date_format: str | None = None,
    encoding: str | None = None,
    config: str | os.PathLike[str] | None = None,
) -> CloseTable:
    """Read closing levels.

    The other functions take what this returns; or a path or frame itself, where none of the
    options is needed, and then read of a large file only what their figures need.

    Parameters
    ----------
    closes
        A path, a folder, an open stream of bytes or a DataFrame, or several of them. A frame is
        tidy (columns ``date``, ``symbol``, ``close``) or wide (dates in the index or a column, and
        one column an index). It is read by the rules of files: a missing cell is a gap, two closes
        of one date are an error. A number is the number it is. Places in it are positions, as
        ``iloc`` counts: ``DataFrame:12``; of several, ``closes[1]:12``.
    symbol
        The index of closes that do not name it.
    decimal
        The decimal mark, ``"."`` or ``","``, where the text leaves it open.
    date_format
        ``dmy``, ``mdy``, ``ymd`` or a pattern such as ``%d/%m/%Y``, where the dates leave it open.
    encoding
        The codec of the text, such as ``gb18030``.
    config
        A configuration file: its indices, groups, columns, calendars and sizes are used wherever
        these closes are. None for the bundled defaults; no other file is looked for.

    Returns
    -------
    CloseTable
        With ``frame``, ``symbols`` and ``warnings``.

    Raises
    ------
    UnreadableFileError
        If a file is not there, not permitted, empty, or no text.
    UnrecognisedFileError
        If it is not certain what a file means.
    BadFiguresError
        If there is not one usable close.
    BadConfigError
        If the configuration is not sound.
    WrongUsageError
        If an option is not one, or a file has published figures.

    Warns
    -----
    MarketMoveWarning
        If rows cannot be used. They are an error only where figures asked for touch them.

    Examples
    --------
    >>> import pandas as pd
    >>> wide = pd.DataFrame(
    ...     {"HSI": [21814.37, 22620.33], "N225": [39461.47, 39149.43]},
    ...     index=pd.to_datetime(["2025-02-13", "2025-02-14"]),
    ... )
    >>> read_closes(wide)
    <CloseTable DataFrame: 4 closes of 2 indices, 2025-02-13 to 2025-02-14>
    >>> read_closes(wide).frame.iloc[2]["close"]
    np.float64(22620.33)
    """
    settings = load(None if config is None else Path(config))
    table = _opened(closes, reading_of(symbol, decimal, date_format, encoding), settings)
    _ = table.frame
    if unusable := [w for w in table.warnings if w.code == "unusable_row"]:
        rows = "a row" if len(unusable) == 1 else f"{len(unusable):,} rows"
        text = f"{rows} cannot be used; the first: {unusable[0]}"
        warnings.warn(text, MarketMoveWarning, stacklevel=2)
    warn(remark for remark in table.warnings if remark.code != "unusable_row")
    return table


def table_of(closes: Closes) -> CloseTable:
    """Open closes as they were handed in; a path or a frame with the bundled defaults."""
    return closes if isinstance(closes, CloseTable) else _opened(closes, ReadOptions(), load(None))


def open_one(item: OneSource, decimal: str | None = None, name: str | None = None) -> Spec:
    """Open a stream or a frame, and call it by a name; a path is given as such.

    Raises
    ------
    WrongUsageError
        If it is none of them.
    """
    if isinstance(item, pd.DataFrame):
        return frame_source(item, decimal, name or FRAME_LABEL)
    if isinstance(item, str | os.PathLike):
        return Path(item)
    if not hasattr(item, "read"):
        kind = type(item).__name__
        text = f"closes: {kind} is no path, open stream of bytes or DataFrame"
        raise WrongUsageError.at(None, text)
    label = getattr(item, "name", None)
    return open_source(item, label if isinstance(label, str) else name or _STREAM)


def _opened(
    closes: OneSource | Iterable[OneSource], reading: ReadOptions, config: Config
) -> CloseTable:
    alone = isinstance(closes, str | os.PathLike | pd.DataFrame) or hasattr(closes, "read")
    items: list[Any] = list(closes) if isinstance(closes, Iterable) and not alone else [closes]
    if not items:
        raise WrongUsageError.at(None, "closes: an empty list; name a file or pass a DataFrame")
    names = [f"closes[{n}]" for n in range(len(items))] if len(items) > 1 else [None]
    specs = [open_one(item, reading.decimal, name) for item, name in zip(items, names, strict=True)]
    return CloseTable(tuple(open_all(specs)), reading, config)


def warn(remarks: Iterable[Remark]) -> None:
    """Warn the caller of a function of the API."""
    for remark in remarks:
        warnings.warn(str(remark), MarketMoveWarning, stacklevel=3)
